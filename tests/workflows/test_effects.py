"""What follows from a transition of a case or a referral: consents, burdens, grants."""

from __future__ import annotations

from dataclasses import replace

import pytest

from casework.engine.state.case_documents import Grant
from tests.workflows.case_facts import LAB, SENT, START, TALK, facts, fired, waiting
from workflows import effects

HOME = {"abroad": {"parties": [], "providers": list[str]()}}
ABROAD = {"abroad": {"parties": [], "providers": [LAB]}}

# --- effects ---------------------------------------------------------------------------------------------------------


def test_a_no_makes_no_consent() -> None:
    asked = replace(facts(data={"agreed": False, "given_on": "2026-03-01"}), task=waiting("record_consent"))
    assert effects.record_consent.follows(asked) == {}


def test_a_yes_makes_a_consent_of_the_party_that_was_asked() -> None:
    task = replace(waiting("record_consent"), about="need_owner")
    said = replace(
        facts(
            data={"agreed": True, "given_on": "2026-03-01", "providers": [LAB]},
            outside=HOME,
        ),
        task=task,
    )
    assert effects.record_consent.follows(said) == {
        "consents": [
            {"party": "need_owner", "providers": [LAB], "documents": None, "given_on": "2026-03-01", "expires_on": None}
        ]
    }


@pytest.mark.parametrize(
    ("abroad", "terms"), [(None, {"not_to": [LAB]}), (False, {"not_to": [LAB]}), (True, {"abroad": True})]
)
def test_who_was_not_asked_or_says_no_sends_nothing_abroad(abroad: bool | None, terms: dict[str, object]) -> None:
    task = replace(waiting("record_consent"), about="need_owner")
    data = {"agreed": True, "given_on": "2026-03-01", "abroad": abroad}
    (given,) = effects.record_consent.follows(replace(facts(data=data, outside=ABROAD), task=task))["consents"]
    assert {name: value for name, value in given.items() if name in ("abroad", "not_to")} == terms


@pytest.mark.parametrize("party", ["need_owner", "technology_owner"])
def test_a_withdrawal_names_the_party_in_the_outcome(party: str) -> None:
    told = facts(data={"party": party, "reason": "money/price"})
    assert effects.withdrawn.follows(told) == {"outcome": f"withdrawn_{party}", "reasons": ["money/price"]}


def test_a_mediation_is_sent_without_question_or_documents() -> None:
    given = effects.send_referral.follows(facts(here=TALK, data={"documents": ["paper"], "wanted_on": "2026-05-01"}))
    assert given == {
        "provider": LAB,
        "given": {"question": False, "documents": [], "wanted_on": "2026-05-01"},
    }


def test_a_waived_conflict_lets_in_whoever_had_declared_it() -> None:
    told = replace(SENT, fired={"declare_conflict": fired(1, actor="p")})
    assert effects.admit_person.follows(facts(here=told)) == {"interest_ended": ["p"]}


def test_documents_are_shared_again_only_where_sharing_had_ended() -> None:
    here = replace(SENT, named="p", given={"documents": ["paper", "form"]})
    kept = {"g": Grant("g", here.id, "form", (), START)}
    assert effects.grant_again.follows(facts(here=here, grants=kept)) == {"grant": ["paper"]}

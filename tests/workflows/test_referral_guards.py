"""Golden truth tables of the guards of a referral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from casework.definitions import load_library
from casework.engine.definition.guard_facts import Facts
from casework.engine.state.case import Track
from casework.engine.state.case_documents import Consent, Document
from tests.workflows.case_facts import (
    BANK,
    LAB,
    SENT,
    START,
    TALK,
    at,
    consent,
    done,
    facts,
    fired,
    table,
    track,
    waiting,
)
from workflows import referral_guards

# --- referrals -------------------------------------------------------------------------------------------------------

PAPER = Document("paper", "technology_owner", "report", START)
OURS = Document("form", None, "form", START, own=True)
OTHERS = Document("study", None, "report", START, track="elsewhere")
SHARE = {"documents": ["paper"], "provider": LAB}


def sharing(*consents: Consent, here: Track = SENT, data: Mapping[str, Any] = SHARE) -> Facts:
    return facts(here=here, data=data, consents=consents, documents=[PAPER, OURS, OTHERS])


@table(
    {
        "nothing shared": (sharing(data={}), True),
        "no consent": (sharing(), False),
        "consent to all": (sharing(consent("technology_owner")), True),
        "the other party's consent": (sharing(consent("need_owner")), False),
        "this provider": (sharing(consent("technology_owner", providers=(LAB,))), True),
        "another provider": (sharing(consent("technology_owner", providers=(BANK,))), False),
        "this document": (sharing(consent("technology_owner", documents=("paper",))), True),
        "another document": (sharing(consent("technology_owner", documents=("other",))), False),
        "withdrawn": (sharing(consent("technology_owner", ended_at=at(1))), False),
        "run out": (sharing(consent("technology_owner", expires_on="2026-03-31")), False),
        "the office's own": (sharing(data={"documents": ["form"], "provider": LAB}), True),
        "a paper of which nobody said whose it is": (
            sharing(consent("technology_owner"), data={"documents": ["study"], "provider": LAB}),
            False,
        ),
        "the same with both parties' consent": (
            sharing(
                consent("technology_owner"),
                consent("need_owner", id="second"),
                data={"documents": ["study"], "provider": LAB},
            ),
            True,
        ),
        "an unknown paper": (sharing(consent("technology_owner"), data={"documents": ["x"], "provider": LAB}), False),
        "provider of the draft": (
            sharing(consent("technology_owner", providers=(LAB,)), data={"documents": ["paper"]}),
            True,
        ),
        "mediation without papers": (sharing(here=TALK, data={}), True),
        "mediation with papers": (sharing(consent("technology_owner"), here=TALK), False),
        "another document by another consent": (
            sharing(
                consent("technology_owner", documents=("other",)),
                consent("technology_owner", id="second", providers=(LAB,), documents=("paper",)),
            ),
            True,
        ),
        "provider and document by different consents": (
            sharing(
                consent("technology_owner", providers=(LAB,), documents=("other",)),
                consent("technology_owner", id="second", providers=(BANK,), documents=("paper",)),
            ),
            False,
        ),
    }
)
def test_consent_covers_documents(case: Facts, holds: bool) -> None:
    assert referral_guards.consent_covers_documents.holds(case) is holds


def to_a_provider(*consents: Consent, abroad: tuple[str, ...] = (LAB,), data: Mapping[str, Any] = SHARE) -> Facts:
    return replace(sharing(*consents, data=data), outside={"abroad": {"parties": [], "providers": list(abroad)}})


@table(
    {
        "at home": (to_a_provider(consent("technology_owner"), abroad=(BANK,)), True),
        "given while it was at home": (to_a_provider(consent("technology_owner")), False),
        "given for it by name": (to_a_provider(consent("technology_owner", providers=(LAB,))), False),
        "given for abroad": (to_a_provider(consent("technology_owner", abroad=True)), True),
        "not given for abroad": (to_a_provider(consent("technology_owner", not_to=(LAB,))), True),
        "for another": (to_a_provider(consent("technology_owner", providers=(BANK,))), True),
        "one party for abroad, the other before": (
            to_a_provider(consent("technology_owner", abroad=True), consent("need_owner", id="second")),
            False,
        ),
        "asked anew": (
            to_a_provider(consent("technology_owner"), consent("technology_owner", id="second", abroad=True)),
            True,
        ),
        "ended": (to_a_provider(consent("technology_owner", ended_at=at(3))), True),
        "the provider of the referral": (to_a_provider(consent("technology_owner"), data={}), False),
        "nothing is shared, and the sheet is": (
            to_a_provider(consent("technology_owner", sheet=True), data={"provider": LAB}),
            False,
        ),
    }
)
def test_a_consent_given_before_a_provider_was_known_to_be_abroad_covers_no_transfer_there(
    case: Facts, holds: bool
) -> None:
    assert referral_guards.consent_is_for_abroad.holds(case) is holds


@pytest.mark.parametrize("transition", ["send", "supply_info", "accept", "continue"])
def test_every_way_to_a_provider_asks_for_it(transition: str) -> None:
    edition = load_library().latest("referral")
    assert edition is not None
    rules = [rule for rule in edition.transitions if rule.name == transition]
    assert rules
    assert all("consent_is_for_abroad" in rule.guards for rule in rules)


SHARED = replace(SENT, given={"documents": ["paper"]})


@table(
    {
        "nothing was shared": (sharing(data={}), True),
        "covered": (sharing(consent("technology_owner"), here=SHARED, data={}), True),
        "no longer": (sharing(consent("technology_owner", ended_at=at(3)), here=SHARED, data={}), False),
    }
)
def test_consent_covers_what_was_shared(case: Facts, holds: bool) -> None:
    assert referral_guards.consent_covers_what_was_shared.holds(case) is holds


@table(
    {
        "no form yet": (facts(here=SENT), True),
        "the same": (facts(here=SENT, data={"service": "assessment"}), True),
        "another": (facts(here=SENT, data={"service": "mediation"}), False),
    }
)
def test_service_is_the_referrals(case: Facts, holds: bool) -> None:
    assert referral_guards.service_is_the_referrals.holds(case) is holds


BARRED = replace(SENT, barred=frozenset({"p"}))


@table(
    {
        "no form yet": (facts(here=BARRED), True),
        "another person": (facts(here=BARRED, data={"person": "q"}), True),
        "the barred one": (facts(here=BARRED, data={"person": "p"}), False),
        "interest in the case": (facts(here=SENT, data={"person": "p"}, interests=frozenset({"p"})), False),
    }
)
def test_person_is_not_barred(case: Facts, holds: bool) -> None:
    assert referral_guards.person_is_not_barred.holds(case) is holds


@table(
    {
        "nobody has": (facts(here=SENT, actor="p"), True),
        "the person named": (facts(here=SENT, data={"person": "p"}, interests=frozenset({"p"})), False),
        "of another person": (facts(here=SENT, data={"person": "q"}, interests=frozenset({"p"})), True),
    }
)
def test_person_is_not_out(case: Facts, holds: bool) -> None:
    assert referral_guards.person_is_not_out.holds(case) is holds


ACCEPTED = track("referral", "accepted", kind="assessment", fired={"accept": fired(0)})


@table(
    {
        "never accepted": (facts(here=SENT), False),
        "14 working days": (facts(here=ACCEPTED, now=at(18)), False),
        "16 working days": (facts(here=ACCEPTED, now=at(22)), True),
    }
)
def test_start_is_overdue(case: Facts, holds: bool) -> None:
    assert referral_guards.start_is_overdue.holds(case) is holds


MEDIATED = track("referral", "in_progress", kind="mediation", id="asked", fired={"accept": fired(0)})


def more_time(day: int, *granted: tuple[int, int], began: int = 0) -> Facts:
    """A day that is asked for where nothing was planned: the step of the service was due 60 days after it began.

    `granted`: on which days more time was granted before, and until which.
    """
    step = replace(waiting("mediating", on="below", type="step"), opened_at=at(began))
    due = max([began + 60, *(until for on, until in granted if on >= began)])
    decided = [
        replace(done("decide_extension", on, granted=True, until_on=at(until).date().isoformat()), track=MEDIATED.id)
        for on, until in granted
    ]
    return facts(
        track("mediation", "mediating", id="below", parent=MEDIATED.id),
        here=MEDIATED,
        tasks=[replace(step, due_at=at(due)), *decided],
        data={"new_date": at(day).date().isoformat()},
    )


@table(
    {
        "ninety days more than the step has": (more_time(150), True),
        "more than that": (more_time(151), False),
        "ninety days after what was granted first": (more_time(190, (5, 100)), True),
        "more than that after the first grant": (more_time(191, (5, 100)), False),
        "the second grant moves nothing": (more_time(191, (5, 100), (6, 190)), False),
        "nor does a third": (more_time(200, (5, 70), (6, 160), (7, 160)), False),
        "a refused one counts for nothing": (
            replace(
                more_time(151),
                case=replace(
                    more_time(151).case,
                    tasks={
                        **more_time(151).case.tasks,
                        "no": replace(done("decide_extension", 5, granted=False), id="no", track=MEDIATED.id),
                    },
                ),
            ),
            False,
        ),
        "a step that began later has its own": (more_time(300, (5, 100), began=210), True),
    }
)
def test_a_grant_moves_no_bound_where_nothing_was_planned(case: Facts, holds: bool) -> None:
    assert referral_guards.extension_is_bounded.holds(case) is holds


WORKING = track("referral", "in_progress", kind="pledge")


def below(state: str, *, ended: bool = False, **more: Any) -> Facts:
    return facts(track("pledge", state, parent=WORKING.id, ended=ended, **more), here=WORKING)


@table(
    {
        "no machine": (facts(here=WORKING), True),
        "at work": (below("approval"), False),
        "paid": (below("servicing"), True),
        "ended without a loan": (below("refused", ended=True), True),
        "being deregistered": (below("deregistration"), False),
        "replaced": (below("replaced", ended=True, replaced=True), True),
    }
)
def test_work_has_ended(case: Facts, holds: bool) -> None:
    assert referral_guards.work_has_ended.holds(case) is holds


@table({"assessment": (facts(here=SENT), True), "mediation": (facts(here=TALK), False)})
def test_not_a_mediation(case: Facts, holds: bool) -> None:
    assert referral_guards.not_a_mediation.holds(case) is holds


@table(
    {
        "never returned": (facts(here=SENT), True),
        "once": (facts(here=replace(SENT, fired={"return": fired(count=1)})), True),
        "twice": (facts(here=replace(SENT, fired={"return": fired(count=2)})), False),
    }
)
def test_rounds_are_left(case: Facts, holds: bool) -> None:
    assert referral_guards.rounds_are_left.holds(case) is holds

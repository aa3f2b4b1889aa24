"""What a screening must answer, and what follows from it for the record of the organisation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.definitions import load_library
from casework.engine.definition.guard_facts import UNKNOWN, Facts, FormNeeded
from casework.reasons import Reason
from casework.reasons.rights import Holder
from tests.workflows.case_facts import BUYER, SELLER, done, facts, fired, table, track, waiting
from workflows import screening
from workflows.own_limits import RECORD_HOLDS

OWNERS = ("first", "second")


def asked(
    rows: Any = (), *, owners: tuple[str, ...] | None = OWNERS, result: str = "clear", until: str = "2026-06-29"
) -> Facts:
    told = {} if owners is None else {"need_owner": {"organisation": BUYER, "owners": list(owners)}}
    data = {
        "result": result,
        "checked_on": "2026-03-31",
        "holds_until": until,
        "owners": [{"owner": owner, "result": found} for owner, found in rows],
    }
    return replace(facts(data=data, outside={"owners": told}), task=replace(waiting("screening"), about="need_owner"))


FREE = (("first", "clear"), ("second", "clear"))
ONE_HIT = (("first", "clear"), ("second", "hit"))


@table(
    {
        "each once": (asked(FREE), True),
        "in another order": (asked(FREE[::-1]), True),
        "none on record": (asked(owners=()), True),
        "no organisation on record": (asked(owners=None), True),
        "one left out": (asked(FREE[:1]), False),
        "one twice": (asked((*FREE, FREE[0])), False),
        "one who is none": (asked(FREE, owners=("first",)), False),
        "somebody, and no organisation on record": (asked(FREE, owners=None), False),
    }
)
def test_each_owner_is_screened(case: Facts, holds: bool) -> None:
    assert screening.each_owner_is_screened.holds(case) is holds


@table(
    {
        "nobody": (asked(), True),
        "all free": (asked(FREE), True),
        "an owner, said to be none": (asked(ONE_HIT), False),
        "an owner, said so": (asked(ONE_HIT, result="hit"), True),
        "the party alone": (asked(FREE, result="hit"), True),
    }
)
def test_hit_of_an_owner_is_a_hit(case: Facts, holds: bool) -> None:
    assert screening.hit_of_an_owner_is_a_hit.holds(case) is holds


@table(
    {
        "the same day": (asked(until="2026-03-31"), True),
        "the day before": (asked(until="2026-03-30"), False),
        "a year": (asked(until="2027-04-01"), True),
        "more": (asked(until="2027-04-02"), False),
    }
)
def test_screening_ends_within_a_year(case: Facts, holds: bool) -> None:
    assert screening.screening_ends_within_a_year.holds(case) is holds


def test_the_form_says_for_how_long_a_screening_counts_without_an_organisation_on_record() -> None:
    """The limit beside the day is that of a record; of a case alone another one counts."""
    [asked] = [field for field in screening.Screening.rule() if field["name"] == "holds_until"]
    assert asked["holds"] == RECORD_HOLDS.what
    edition = load_library().latest("case")
    assert edition is not None
    assert "counts in this case alone" in edition.text("forms.Screening.holds_until.help")


def test_where_no_organisation_is_on_record_nothing_is_written() -> None:
    assert screening.record_screening.follows(asked(owners=None)) == {}


@given(found=st.dictionaries(st.sampled_from(OWNERS), st.sampled_from(("clear", "hit"))))
def test_what_is_answered_is_what_the_record_is_told(found: dict[str, str]) -> None:
    told = screening.record_screening.follows(asked(found.items(), result="hit"))["screened"]
    assert (told["party"], told["organisation"], told["owners"]) == ("need_owner", BUYER, found)
    assert (told["result"], told["checked_on"], told["valid_until"]) == ("hit", "2026-03-31", "2026-06-29")
    assert set(told["words"].values()) <= screening.Screening.fields().keys()


# --- whoever signs ---------------------------------------------------------------------------------------------------


def looked(result: str = "clear", on: str = "2026-03-20", until: str = "2026-06-18", *, owners: bool = True) -> Any:
    return {"id": "s", "result": result, "checked_on": on, "valid_until": until, "owners_free": owners}


CLEAR = looked()
PARTIES = {"need_owner": CLEAR, "technology_owner": CLEAR}


def signing(
    parties: dict[str, Any] | None = None,
    named: dict[str, Any] | None = None,
    *,
    draft: dict[str, Any] | None = None,
    data: Any = None,
    on: str = "2026-04-01",
    tasks: Any = (),
) -> Facts:
    """A copy that is signed by a draft that names whom it names, and how each of them was looked for."""
    drafted = {"kind": "assignment"} | (draft or {})
    said = drafted | {"executed_on": on} if data is None else data
    owners = {"need_owner": {"organisation": BUYER}, "technology_owner": {"organisation": SELLER}}
    outside = {
        "parties": owners,
        "organisations": {},
        "screenings": PARTIES if parties is None else parties,
        "named_screenings": named or {},
    }
    here = track("agreement", "signing", fired={"propose": fired(3, **drafted)})
    return facts(here=here, data=said, outside=outside, tasks=tasks)


SUBSIDIARY = {"taker_signatory": "sub"}
VENTURE = {"kind": "joint_venture", "company": "venture"}
NOT_IN_CASE = done("screening", about="need_owner", result="clear", checked_on="2026-03-10", holds_until="2026-06-08")


@table(
    {
        "both parties": (signing(), True),
        "one party": (signing({"need_owner": CLEAR}), False),
        "nobody": (signing({}), False),
        "one in the case alone": (signing({"technology_owner": CLEAR}, tasks=[NOT_IN_CASE]), True),
        "a party on a list": (signing(PARTIES | {"need_owner": looked("hit")}), False),
        "an owner on a list": (signing(PARTIES | {"technology_owner": looked(owners=False)}), False),
        # On the day of the signing, not on the day on which it is recorded.
        "its last day": (signing(PARTIES | {"need_owner": looked(until="2026-04-01")}), True),
        "run out the day before": (signing(PARTIES | {"need_owner": looked(until="2026-03-31")}), False),
        "run out since": (signing(PARTIES | {"need_owner": looked(until="2026-03-28")}, on="2026-03-25"), True),
        "longer than one counts": (signing(PARTIES | {"need_owner": looked(on="2025-03-30")}), False),
        "as long as one counts": (signing(PARTIES | {"need_owner": looked(on="2025-03-31")}), True),
        # Who was signed with before anybody had looked is looked for now.
        "made since": (signing(PARTIES | {"need_owner": looked(on="2026-03-31")}, on="2026-03-25"), True),
        # Whoever signs in the place of a party, and the company that takes the rights.
        "a subsidiary that nobody has screened": (signing(draft=SUBSIDIARY), False),
        "a subsidiary": (signing(named={"sub": CLEAR}, draft=SUBSIDIARY), True),
        "a subsidiary on a list": (signing(named={"sub": looked("hit")}, draft=SUBSIDIARY), False),
        "a subsidiary, run out": (signing(named={"sub": looked(until="2026-03-31")}, draft=SUBSIDIARY), False),
        "a subsidiary, and not its party": (
            signing({"technology_owner": CLEAR}, {"sub": CLEAR}, draft=SUBSIDIARY),
            False,
        ),
        "who signs for the owner": (signing(draft={"giver_signatory": "sub"}), False),
        "a company that nobody has screened": (signing(draft=VENTURE), False),
        "a company": (signing(named={"venture": CLEAR}, draft=VENTURE), True),
        # One that was founded after the draft.
        "a company that the copy names": (
            signing(draft={"kind": "joint_venture"}, data=VENTURE | {"executed_on": "2026-04-01"}),
            False,
        ),
        "a company of another kind": (signing(draft={"company": "venture"}), True),
        "somebody who has no part in it": (signing(named={"lender": looked("hit")}), True),
    }
)
def test_whoever_signs_is_screened(case: Facts, holds: bool) -> None:
    assert screening.whoever_signs_is_screened.holds(case) is holds
    because = screening.whoever_signs_is_screened.because
    assert because is not None
    assert bool(because(case)) is not holds


def test_each_who_lacks_a_screening_is_named() -> None:
    because = screening.whoever_signs_is_screened.because
    assert because is not None
    ran_out = looked(until="2026-03-31")
    now = signing(PARTIES | {"need_owner": ran_out}, {"sub": ran_out}, draft=SUBSIDIARY)
    assert [str(why) for why in because(now)] == [
        "Screened on 2026-03-20; that held until 2026-03-31: the need owner.",
        "Screened on 2026-03-20; that held until 2026-03-31: who signs in the place of a party.",
    ]
    called = [why.values["who"] for why in because(now) if isinstance(why, Reason)]
    assert [who.organisation for who in called if isinstance(who, Holder)] == [BUYER, "sub"]


def test_whose_screening_can_never_answer_is_refused_before_there_is_a_form() -> None:
    guard = screening.whoever_signs_is_screened
    assert not guard.holds(replace(signing(draft=SUBSIDIARY), data=UNKNOWN))
    assert not guard.holds(replace(signing({}), data=UNKNOWN))
    # Which day counts the form says alone.
    with pytest.raises(FormNeeded):
        guard.holds(replace(signing(PARTIES | {"need_owner": looked(until="2026-03-31")}), data=UNKNOWN))

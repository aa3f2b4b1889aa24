"""What a screening must answer, and what follows from it for the record of the organisation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.guard_facts import Facts
from tests.workflows.case_facts import BUYER, facts, table, waiting
from workflows import screening

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


def test_where_no_organisation_is_on_record_nothing_is_written() -> None:
    assert screening.record_screening.follows(asked(owners=None)) == {}


@given(found=st.dictionaries(st.sampled_from(OWNERS), st.sampled_from(("clear", "hit"))))
def test_what_is_answered_is_what_the_record_is_told(found: dict[str, str]) -> None:
    told = screening.record_screening.follows(asked(found.items(), result="hit"))["screened"]
    assert (told["party"], told["organisation"], told["owners"]) == ("need_owner", BUYER, found)
    assert (told["result"], told["checked_on"], told["valid_until"]) == ("hit", "2026-03-31", "2026-06-29")
    assert set(told["words"].values()) <= screening.Screening.fields().keys()

"""Two records of one organisation: what speaks against making them one, what is taken over, and whose the rights are then."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.case_objects.merging import FILLED, Facts, filled, owners_after, refusals
from casework.engine.case_objects.right_owners import shares_fit
from casework.engine.state.right_values import OwnerOfRight


def record(id: str, **more: Any) -> dict[str, Any]:
    empty = dict.fromkeys((*FILLED, "merged_into", "expired_at"))
    return {"id": id, "kind": "company", "programme_id": "p", **empty, **more}


def codes(**facts: Any) -> list[str]:
    given = {"gone": record("a"), "kept": record("b")} | facts
    return [getattr(why, "code", str(why)) for why in refusals(Facts(**given))]


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"kept": record("a")}, "merge_with_itself"),
        ({"gone": record("a", merged_into="c")}, "organisation_merged"),
        ({"kept": record("b", merged_into="c")}, "organisation_merged"),
        ({"kept": record("b", expired_at="2026-01-05")}, "merge_into_expired"),
        ({"gone": record("a", kind="provider")}, "kept_by_administrators"),
        ({"accounts": True}, "merge_has_accounts"),
        ({"elsewhere": True}, "merge_across_programmes"),
        ({"cases": ["BJ-2026-0001"]}, "merge_both_parties"),
        (
            {
                "gone": record("a", register_number="HRB 1", country="DE"),
                "kept": record("b", register_number="HRB 2", country="DE"),
            },
            "merge_numbers_differ",
        ),
    ],
)
def test_what_speaks_against_it_is_said_and_nothing_else_does(facts: dict[str, Any], code: str) -> None:
    assert codes() == []
    assert codes(**facts) == [f"catalogue.{code}"]


def test_all_that_speaks_against_it_is_said_at_once() -> None:
    said = codes(accounts=True, elsewhere=True, cases=["BJ-1", "BJ-2"])
    assert len(said) == 3
    [*_, both] = refusals(Facts(gone=record("a"), kept=record("b"), cases=["BJ-1", "BJ-2"]))
    assert both == reasons.catalogue.MERGE_BOTH_PARTIES(cases="BJ-1, BJ-2")


def test_the_same_number_however_its_blanks_are_written_does_not() -> None:
    one, other = record("a", register_number="hrb 1", country="DE"), record("b", register_number="HRB1", country="DE")
    assert codes(gone=one, kept=other) == []


values = st.one_of(st.none(), st.sampled_from(["x", "y"]))
records = st.fixed_dictionaries(dict.fromkeys(FILLED, values))


@given(records, records)
def test_only_what_says_nothing_is_taken_over(one: dict[str, Any], other: dict[str, Any]) -> None:
    gone, kept = record("a") | one, record("b") | other
    taken = filled(gone, kept)
    assert all(kept[name] is None and gone[name] == value is not None for name, value in taken.items())
    left = {name for name in FILLED if kept[name] is None and gone[name] is not None} - taken.keys()
    assert left <= {"register_number"}
    assert not left or kept["country"] not in (None, gone["country"])
    assert filled(gone, kept | {"programme_id": None}) == {}


owners = st.lists(
    st.builds(
        lambda id, share: OwnerOfRight(organisation=id, share=share),
        st.sampled_from("abcd"),
        st.sampled_from([None, "10", "12.5", "25"]),
    ),
    max_size=4,
    unique_by=lambda owner: owner["organisation"],
)


@given(owners)
def test_shares_of_both_are_added_and_none_is_lost(before: list[OwnerOfRight]) -> None:
    after = owners_after(before, "a", "b")
    names = {owner["organisation"] for owner in before}
    assert {owner["organisation"] for owner in after} == names - {"a"} | ({"b"} if names & {"a", "b"} else set())
    assert shares_fit(after)
    if all(owner["share"] for owner in before):
        assert sum(Decimal(owner["share"] or 0) for owner in before) == sum(
            Decimal(owner["share"] or 0) for owner in after
        )
    assert owners_after(after, "a", "b") == sorted(after, key=lambda owner: owner["organisation"])

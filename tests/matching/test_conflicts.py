"""Conflicts of interest: what is certain, what may be, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.matching.conflicts import CERTAIN, Conflict, Owner, Party, conflict_of, is_conflict

MILL, MAKER = Party(id="1", names=["Mill Ltd", "磨坊"]), Party(id="2", names=["Maker GmbH"])
FUND, OTHER = Owner(kind="organisation", name="Green Fund"), Owner(kind="organisation", name="Blue Fund")
WANG = Owner(kind="person", name="王伟", country="CN")


@pytest.mark.parametrize(
    ("need", "technology", "told"),
    [
        (MILL, MILL, Conflict.SAME),
        (replace(MILL, register_number="91 11a"), replace(MAKER, register_number="9111A"), Conflict.SAME),
        (MILL, replace(MAKER, owners=[Owner(kind="organisation", name="mill  LTD")]), Conflict.OWNED),
        (replace(MILL, owners=[Owner(kind="organisation", name="Maker GmbH")]), MAKER, Conflict.OWNED),
        (replace(MILL, owners=[FUND]), replace(MAKER, owners=[OTHER, FUND]), Conflict.OWNER),
        (MILL, replace(MAKER, conflicts=["磨坊"]), Conflict.STANDING),
        (replace(MILL, owners=[WANG]), replace(MAKER, owners=[WANG]), Conflict.NAMESAKE),
        (MILL, replace(MAKER, interest=True), Conflict.INTEREST),
        (replace(MILL, owners=[FUND]), replace(MAKER, owners=[OTHER]), Conflict.NONE),
        (replace(MILL, owners=[WANG]), replace(MAKER, owners=[replace(WANG, country="SG")]), Conflict.NONE),
        (replace(MILL, owners=[FUND]), MAKER, None),
        (MILL, MAKER, None),
        # A person who is called as the organisation is does not own it.
        (MILL, replace(MAKER, owners=[Owner(kind="person", name="Mill Ltd")]), None),
    ],
)
def test_what_stands_between_two_organisations(need: Party, technology: Party, told: Conflict | None) -> None:
    assert conflict_of(need, technology) == told


def test_what_may_be_one_is_not_known_and_never_a_yes() -> None:
    assert [is_conflict(one) for one in (None, "namesake", "interest", "none")] == [None, None, None, False]
    assert all(is_conflict(one) for one in CERTAIN)


PARTIES = st.builds(
    Party,
    id=st.sampled_from(["1", "2"]),
    names=st.lists(st.sampled_from(["A", "B"]), max_size=2),
    register_number=st.none() | st.sampled_from(["", "7"]),
    owners=st.lists(
        st.builds(Owner, kind=st.sampled_from(["person", "organisation"]), name=st.sampled_from(["A", "C", " "])),
        max_size=2,
    ),
    conflicts=st.lists(st.sampled_from(["A", ""]), max_size=1),
)


@given(PARTIES, PARTIES)
def test_it_is_the_same_whichever_of_the_two_has_the_need(one: Party, other: Party) -> None:
    assert conflict_of(one, other) == conflict_of(other, one)

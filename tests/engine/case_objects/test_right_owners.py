"""Owners of a right: each once, with shares of the whole at most."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.right_owners import plain_share, shares_fit
from casework.engine.state.right_values import OwnerOfRight


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("60", "60"), ("60.50", "60.5"), ("33.3333", "33.3333"), ("100 %", "100"), ("5％", "5"), ("", None), (None, None)],
)
def test_a_share_is_written_without_zeros(typed: str | None, kept: str | None) -> None:
    assert plain_share(typed) == kept


@pytest.mark.parametrize("typed", ["0", "-1", "100.01", "half", "NaN", "Infinity", "33.33333"])
def test_what_is_no_share_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        plain_share(typed)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.none() | st.integers(1, 100).map(str)), max_size=5))
def test_shares_fit_where_nobody_is_twice_and_all_have_the_whole_at_most(told: list[tuple[str, str | None]]) -> None:
    owners: list[OwnerOfRight] = [{"organisation": name, "share": share} for name, share in told]
    once = len({name for name, _ in told}) == len(told)
    assert shares_fit(owners) == (once and sum(Decimal(share or 0) for _, share in told) <= 100)

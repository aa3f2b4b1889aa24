"""Passkeys: what a counter and a name may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.errors import InvalidForm
from casework.operations.auth.passkeys import insist_name, went_back


@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_a_counter_goes_on_or_never_counts(kept: int, told: int) -> None:
    assert went_back(kept, told) == (not (told > kept or kept == told == 0))


@given(st.text(max_size=120))
def test_a_name_is_kept_in_one_line_or_refused(given: str) -> None:
    try:
        kept = insist_name(given)
    except InvalidForm:
        return
    assert kept == kept.strip()
    assert 1 <= len(kept) <= 100
    assert kept.isprintable()
    assert insist_name(kept) == kept

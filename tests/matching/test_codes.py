"""Codes in common: as deep as both say them, and each once."""

from __future__ import annotations

import pytest

from casework.matching.codes import levels_of, shared_codes


@pytest.mark.parametrize(
    ("wanted", "said", "shared"),
    [
        (["F24D3/08"], ["F24D3/08"], ["F24D3/08"]),
        # The one is a part of the other: what both say is the wider one.
        (["F24D"], ["F24D3/08"], ["F24D"]),
        (["F24D3/00"], ["F24D3/08"], ["F24D3/00"]),
        (["F24D3/08"], ["F24D3/10"], ["F24D3/00"]),
        (["F24D3/08"], ["F24D19/10"], ["F24D"]),
        # A class is wide: it counts only where one of them says no more.
        (["F24D3/08"], ["F24H1/00"], []),
        (["F24"], ["F24H1/00"], ["F24"]),
        (["F24D3/08", "C10L"], ["F24D3/08", "F24D19/10", "C10L5/44"], ["C10L", "F24D3/08"]),
        (["F24D"], ["B01D"], []),
        ([], ["F24D"], []),
    ],
)
def test_codes_are_shared_as_deep_as_both_say_them(wanted: list[str], said: list[str], shared: list[str]) -> None:
    assert shared_codes(wanted, said) == shared
    assert shared_codes(said, wanted) == shared


def test_what_is_no_code_is_shared_as_it_stands_alone() -> None:
    assert levels_of("F24D3/08") == ["F24", "F24D", "F24D3/00", "F24D3/08"]
    assert levels_of("F24D3/00") == ["F24", "F24D", "F24D3/00"]
    assert shared_codes(["heat"], ["heat", "F24D"]) == ["heat"]

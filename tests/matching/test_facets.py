"""What lists may be narrowed to: a term for each value, and one for what is not known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.matching.facets import LONGEST, UNKNOWN, Facet, facet_of, facets_of, term_of, value_of


@pytest.mark.parametrize(
    ("low", "high", "levels"),
    [(5, 6, "56"), (9, None, "9"), (None, 3, "3"), (None, None, None)],
)
def test_a_range_is_each_of_its_levels(low: int | None, high: int | None, levels: str | None) -> None:
    record: dict[str, Any] = {"source": "desk", "confirmed": False, "status": "published"}
    terms = facets_of("technology", record | {"readiness_low": low, "readiness_high": high})
    told = [facet_of(term).value for term in terms if term.startswith("=readiness=")]
    assert told == (list(levels) if levels else [""])


def test_a_value_is_read_again_whatever_it_holds() -> None:
    for value in ("DE", "", "a=b", "'quoted\\", "能源"):
        assert facet_of(term_of(Facet("sector", value))) == ("sector", value)
    # As an address has it after it was cleaned, whatever a source has written.
    for written, value in (
        ("东城\u3000区", "东城 区"),
        ("A\xa0B ", "A B"),
        ("x" * 199 + " y", "x" * 199),
        ("unknown", ""),
    ):
        assert facet_of(term_of(Facet("sector", written))).value == value == value_of(value)
    assert len(term_of(Facet("sector", "x" * 10_000))) == len("=sector=") + LONGEST


@given(st.text(max_size=300) | st.text(alphabet="unkow \t\u2028é", max_size=12))
def test_a_value_is_said_with_single_plain_blanks_and_once_said_so_it_stays(said: str) -> None:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())[:LONGEST].rstrip()
    value = value_of(said)
    assert value == ("" if plain == UNKNOWN else plain)
    assert value_of(value) == value

"""A letterhead as it may be set, and the numbers of letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.letterheads import FIELDS, cleaned, number
from casework.errors import InvalidForm


def test_what_is_not_said_is_empty_and_leaves_a_place_for_the_seal() -> None:
    assert cleaned({}) == {**dict.fromkeys(FIELDS), "seal": True}
    assert cleaned({"office": "  Beijing   IP Office ", "seal": False})["office"] == "Beijing IP Office"
    assert cleaned({"seal": False})["seal"] is False


@pytest.mark.parametrize(
    "form", ["{n}", "{year}", "{year}{n}{n}", "{year}-{n}-{code}", "{year}{n}%s", "<b>{year}{n}", "{{year}}{n}", "x"]
)
def test_a_number_names_year_and_number_once_and_nothing_else(form: str) -> None:
    with pytest.raises(InvalidForm) as refusal:
        cleaned({"number_form": form})
    assert set(refusal.value.fields) == {"number_form"}


def test_every_fault_is_named_at_once() -> None:
    with pytest.raises(InvalidForm) as refusal:
        cleaned({"number_form": "x", "office": "o" * 201, "signatory_zh": "s" * 101})
    assert set(refusal.value.fields) == {"number_form", "office", "signatory_zh"}


words = st.text(st.characters(blacklist_characters="{}%<>", whitelist_categories=("L", "Nd", "P")), max_size=10)


@given(words, words, words, st.integers(2000, 2100), st.integers(1, 10_000), st.booleans())
def test_a_form_that_is_taken_numbers_every_letter_apart(
    before: str, between: str, after: str, year: int, n: int, year_first: bool
) -> None:
    places = ("{year}", "{n}") if year_first else ("{n}", "{year}")
    # A digit beside the places would run into the number.
    form = f"{before}{places[0]}〕{between}〔{places[1]}{after}".strip()
    taken = cleaned({"number_form": form})["number_form"]
    assert taken == form
    assert number(taken, year, n) == {
        "year": year,
        "n": n,
        "written": form.replace("{year}", str(year)).replace("{n}", str(n)),
    }
    assert number(taken, year, n)["written"] != number(taken, year, n + 1)["written"]

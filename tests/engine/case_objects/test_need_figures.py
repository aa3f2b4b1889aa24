"""The figures of a need: rows that are whole in themselves, cleaned, and each refused at its cell."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.case_objects.need_figures import COMPARISONS, MOST, rows_of, words_of_figures
from casework.errors import InvalidForm

NOX = {
    "parameter": "NOx",
    "unit": "mg/m3",
    "now": "80",
    "comparison": "at_most",
    "target": "30",
    "condition": "at full load",
}


def refused(rows: Any) -> dict[str, Any]:
    with pytest.raises(InvalidForm) as wrong:
        rows_of(rows)
    return dict(wrong.value.fields)


def test_a_row_is_kept_as_it_was_said_without_what_it_leaves_empty() -> None:
    assert rows_of([NOX]) == [NOX]
    said = {"parameter": "  Loss  of\nefficiency ", "unit": "", "now": None, "comparison": "at_most", "target": "1"}
    assert rows_of([said]) == [{"parameter": "Loss of efficiency", "comparison": "at_most", "target": "1"}]
    assert rows_of([{"parameter": "CO2", "now": "-0.40"}]) == [{"parameter": "CO2", "now": "-0.40"}]


def test_what_rows_say_in_words_is_of_what_they_are_in_which_unit_and_when_and_no_number() -> None:
    assert words_of_figures(rows_of([NOX, {"parameter": "Noise", "now": "60"}])) == "NOx mg/m3 at full load Noise"
    assert words_of_figures([]) == ""


@pytest.mark.parametrize(
    ("now", "comparison", "target", "where", "why"),
    [
        (True, True, True, None, None),
        (False, True, True, None, None),
        (True, False, False, None, None),
        (True, True, False, "target", reasons.catalogue.TARGET_MISSING),
        (False, True, False, "target", reasons.catalogue.TARGET_MISSING),
        (True, False, True, "comparison", reasons.catalogue.COMPARISON_MISSING),
        (False, False, True, "comparison", reasons.catalogue.COMPARISON_MISSING),
        (False, False, False, "now", reasons.catalogue.FIGURE_MISSING),
    ],
)
def test_a_row_says_what_is_or_what_is_wanted_and_how_it_compares(
    now: bool, comparison: bool, target: bool, where: str | None, why: object
) -> None:
    told = dict(zip(("now", "comparison", "target"), (now, comparison, target), strict=True))
    row = {"parameter": "NOx"} | {name: NOX[name] for name, there in told.items() if there}
    if where is None:
        assert rows_of([row]) == [row]
    else:
        assert refused([NOX, row]) == {f"figures.1.{where}": why}


def test_a_range_has_two_rows_and_none_stands_twice() -> None:
    low = {**NOX, "comparison": "at_least", "target": "10"}
    assert len(rows_of([NOX, low, {**NOX, "condition": "at part load"}])) == 3
    assert refused([NOX, low, {**NOX, "parameter": "nox", "target": "20"}]) == {
        "figures.2.parameter": reasons.catalogue.FIGURE_TWICE
    }


UNFIT = [
    ("parameter", ""), ("parameter", 5), ("parameter", "x" * 201), ("now", "80,5"), ("target", "many"), ("target", "NaN"),
    ("target", True), ("comparison", "about"), ("unit", "x" * 61), ("condition", "x" * 301), ("colour", "red"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value"), UNFIT)
def test_what_does_not_fit_is_said_at_its_cell(cell: str, value: Any) -> None:
    assert set(refused([{**NOX, cell: value}])) == {f"figures.0.{cell}"}


@pytest.mark.parametrize(
    "rows",
    ["NOx", [["NOx"]], {"parameter": "NOx"}, [NOX | {"unit": f"u{n}", "parameter": f"p{n}"} for n in range(MOST + 1)]],
)
def test_what_is_no_list_of_rows_is_refused(rows: Any) -> None:
    assert all(where.startswith("figures") for where in refused(rows))


numbers = st.decimals(min_value=-1000, max_value=1000, places=3, allow_nan=False).map(lambda one: format(one, "f"))
rows = st.fixed_dictionaries(
    {"parameter": st.sampled_from(["NOx", "CO2", "蒸汽温度"])},
    optional={
        "now": numbers,
        "comparison": st.sampled_from([*COMPARISONS]),
        "target": numbers,
        "unit": st.just("mg/m3"),
    },
)


@given(st.lists(rows, max_size=5))
def test_what_was_taken_is_taken_again_and_changes_nothing(given: list[dict[str, str]]) -> None:
    try:
        kept = rows_of(given)
    except InvalidForm:
        return
    assert rows_of(kept) == kept
    assert all(("target" in row) == ("comparison" in row) for row in kept)
    assert all("target" in row or "now" in row for row in kept)

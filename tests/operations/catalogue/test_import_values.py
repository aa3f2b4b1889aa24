"""Numbers and days as they are written anywhere: read where they mean one thing, refused where they may mean two."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.operations.catalogue.import_faults import Wrong
from casework.operations.catalogue.import_values import read_day, read_number


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("1234.5", "1234.5"),
        ("1,234,567.50", "1234567.50"),
        ("1,234", "1234"),
        ("1.234", "1.234"),
        ("1,5", "1.5"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("1.234,50", "1234.50"),
        ("1.234.567", "1234567"),
        ("1 234 567,5", "1234567.5"),
        ("1'234.5", "1234.5"),
        ("-2,5", "-2.5"),
        ("2e3", "2e3"),
    ],
)
def test_a_number_is_read_however_its_marks_are_set(words: str, number: str) -> None:
    assert read_number(words) == Decimal(number)


@pytest.mark.parametrize("words", ["1,50,000", "1.50.000", "1,2,3", "much", "", "1,", ",5", "1.234,", "--1", "0x1F"])
def test_what_is_no_number_is_refused(words: str) -> None:
    with pytest.raises(Wrong):
        read_number(words)


@pytest.mark.parametrize("words", ["1,234", "1.234", "-12,345"])
def test_where_semicolons_part_the_cells_three_digits_may_be_either(words: str) -> None:
    assert read_number(words)
    with pytest.raises(Wrong) as refused:
        read_number(words, semicolons=True)
    assert refused.value.why == reasons.imports.NUMBER_IN_DOUBT
    assert read_number("1.234,50", semicolons=True) == Decimal("1234.50")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_is_read_in_every_order_that_means_one_day(day: date) -> None:
    for form in (
        "%Y-%m-%d",
        "%Y/%m/%d",
        "%Y.%m.%d",
        "%d.%m.%Y",
        "%d %B %Y",
        "%B %d, %Y",
        "%d-%b-%Y",
        "%Y年%m月%d日",
        "%Y-%m-%dT00:00:00Z",
    ):
        assert read_day(day.strftime(form)) == day


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_a_day_that_may_be_two_is_refused_with_both(day: date) -> None:
    told = day.strftime("%d/%m/%Y")
    if day.day > 12 or day.day == day.month:
        assert read_day(told) == read_day(day.strftime("%m/%d/%Y")) == day
        return
    with pytest.raises(Wrong) as refused:
        read_day(told)
    assert day.isoformat() in str(refused.value.why)


@pytest.mark.parametrize(
    "words",
    ["2026-02-30", "31/02/2026", "32.1.2026", "1899-12-31", "2026", "soon", "1 Foo 2026", "13/13/2026", "9" * 50],
)
def test_what_is_no_day_is_refused(words: str) -> None:
    with pytest.raises(Wrong):
        read_day(words)

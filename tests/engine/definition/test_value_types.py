"""Values as a form takes them, and what is refused of each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from casework.engine.definition.value_types import (
    Day,
    Ids,
    MoneyValue,
    decimal_text,
    holds_words,
    insist_day,
    no_control,
)
from casework.errors import FieldFault, InvalidForm


@given(st.decimals("-1e14", "1e14", places=6))
def test_a_number_keeps_every_digit(number: Decimal) -> None:
    assert Decimal(decimal_text(format(number, "f"))) == number


@pytest.mark.parametrize(
    "value", [True, 1.5, None, "", "NaN", "Infinity", "1e15", "1e999999999", "0.0000001", "twelve"]
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(FieldFault):
        decimal_text(value)


@given(st.dates())
def test_a_day_is_taken_as_it_is_written_between_1900_and_2199(day: Any) -> None:
    if 1900 <= day.year <= 2199:
        assert TypeAdapter(Day).validate_python(day.isoformat()) == day
        insist_day(day.isoformat(), "on")
    else:
        with pytest.raises(InvalidForm, match="on"):
            insist_day(day.isoformat(), "on")


@pytest.mark.parametrize("value", [86400, "20260401", "2026-4-1", "2026-02-30", "", None])
def test_nothing_else_is_a_day(value: Any) -> None:
    with pytest.raises(InvalidForm):
        insist_day(value, "on")


def test_an_id_is_named_once() -> None:
    id = "01890000-0000-7000-8000-000000000001"
    assert TypeAdapter(Ids).validate_python([id]) == [id]
    with pytest.raises((FieldFault, ValidationError)):
        TypeAdapter(Ids).validate_python([id, id])


def test_an_amount_has_a_currency() -> None:
    assert MoneyValue.model_validate({"amount": "5", "currency": "CNY"}).amount == "5"
    with pytest.raises(ValidationError):
        MoneyValue.model_validate({"amount": "5", "currency": "yuan"})


@pytest.mark.parametrize(
    ("said", "tells"),
    [("It leaks.", True), ("漏水", True), ("", False), ("-", False), ("12.5", False), ("n", True), ("null", False)],
)
def test_a_reason_holds_words(said: str, tells: bool) -> None:
    assert holds_words(said) is tells


def test_damage_is_refused() -> None:
    assert no_control("two\nlines") == "two\nlines"
    with pytest.raises(FieldFault):
        no_control("a\0b")

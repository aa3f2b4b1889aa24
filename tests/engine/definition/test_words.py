"""What a form takes for an answer: numbers that are finite, days on the right side of today, and reasons in words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Date, Form, Money, Note, Number, Text, holds_words
from casework.errors import InvalidForm

TODAY = date(2026, 3, 2)


class Told(Form):
    """One of each."""

    amount = Number(label="How many", required=False)
    price = Money(label="Price", required=False)
    happened_on = Date(label="When it happened", past=True, required=False)
    planned_on = Date(label="When it is planned", future=True, required=False)
    reason = Note(label="Why", required=False)


class Why(Form):
    reason = Note(label="Why")
    name = Text(label="Name", required=False)


def told(form: type[Form], **data: Any) -> dict[str, Any]:
    return check(build_model(form.__name__, form.rule()), form.rule(), data, TODAY)


@pytest.mark.parametrize(
    "number",
    ["Infinity", "-Infinity", "inf", "NaN", "sNaN", "1e999999999", "1e15", "0.0000001", "", " ", "٣x", "0x10", "1,5"],
)
def test_a_number_is_finite(number: str) -> None:
    for data in ({"amount": number}, {"price": {"amount": number, "currency": "CNY"}}):
        if number == "" and "amount" in data:
            continue
        with pytest.raises(InvalidForm):
            told(Told, **data)


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1.5, True, [1], {"a": 1}])
def test_a_number_travels_as_a_string(value: Any) -> None:
    with pytest.raises(InvalidForm):
        told(Told, amount=value)


def test_what_happened_lies_behind_and_what_is_planned_ahead() -> None:
    assert told(Told, happened_on="2026-03-02", planned_on="2026-03-02")
    for wrong in ({"happened_on": "2026-03-03"}, {"planned_on": "2026-03-01"}, {"happened_on": "2199-01-01"}):
        with pytest.raises(InvalidForm):
            told(Told, **wrong)


@pytest.mark.parametrize(
    "words",
    [
        "2026-03-02",
        "12",
        "—",
        "...",
        "2026-03-02T10:00:00Z",
        "Infinity",
        "-inf",
        "NaN",
        "null",
        "undefined",
        "3.5 2",
        "👍",
        "1e9",
    ],
)
def test_a_reason_holds_words(words: str) -> None:
    assert not holds_words(words)
    with pytest.raises(InvalidForm) as refused:
        told(Why, reason=words)
    assert refused.value.fields == {"reason": reasons.fields.IN_WORDS}


@pytest.mark.parametrize(
    "words", ["No", "无", "Moved to 2026-03-02.", "12号楼停电", "x", "Ende", "Нет", "5kg too heavy"]
)
def test_words_of_any_script_are_a_reason(words: str) -> None:
    assert told(Why, reason=words) == {"reason": words}


def test_what_need_not_be_said_and_names_may_be_anything() -> None:
    assert told(Told, reason="12") == {"reason": "12"}
    assert told(Why, reason="Because", name="2026-1") == {"reason": "Because", "name": "2026-1"}


#: Days of the workflows that may lie on either side of today: from when on or until when something holds.
EITHER = {
    "effective_on", "expires_on", "pledge_by", "finance_by", "operating_from", "answer_by", "first_duty_on", "last_duty_on", "on",
    "shared_until",
}  # fmt: skip


def test_every_day_of_every_workflow_says_on_which_side_of_today_it_lies() -> None:
    library = load_library()
    fields = [
        (edition.workflow, form, one)
        for edition in library.editions.values()
        for form, rules in edition.rules["forms"].items()
        for one in rules
    ]
    undecided = {
        (workflow, form, one["name"])
        for workflow, form, one in fields
        if one["type"] == "date" and not one["past"] and not one["future"]
    }
    assert {name for _, _, name in undecided} <= EITHER

"""What a form takes for an answer: what applies, numbers that are finite, days on the right side of today, reasons in words."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.form_values import build_model, check, split
from casework.engine.definition.forms import Choice, Date, Form, Money, Note, Number, Text
from casework.engine.definition.value_types import holds_words
from casework.errors import InvalidForm
from casework.reasons import Reason

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


BOUNDED = [cast(WrittenField, {"name": "value"} | Number(label="", min="1", max="5").rule())]


@pytest.mark.parametrize("number", ["1", "1.0", "4.9", "5"])
def test_the_bounds_of_a_number_are_allowed_themselves(number: str) -> None:
    assert check(build_model("Bounded", BOUNDED), BOUNDED, {"value": number}, TODAY) == {"value": number}


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("0.9", reasons.fields.AT_LEAST(value="1")),
        ("-3", reasons.fields.AT_LEAST(value="1")),
        ("5.1", reasons.fields.AT_MOST(value="5")),
    ],
)
def test_a_number_beyond_its_bounds_is_refused_with_the_bound(number: str, why: Reason) -> None:
    with pytest.raises(InvalidForm) as refused:
        check(build_model("Bounded", BOUNDED), BOUNDED, {"value": number}, TODAY)
    assert refused.value.fields == {"value": why}


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


class Conditional(Form):
    way = Choice(label="Way", choices={"a": "A", "b": "B"})
    why = Note(label="Why", when=("way", ("b",)))


def test_a_field_is_asked_only_where_it_applies() -> None:
    assert told(Conditional, way="a") == {"way": "a"}
    assert told(Conditional, way="b", why="So.") == {"way": "b", "why": "So."}
    with pytest.raises(InvalidForm) as missing:
        told(Conditional, way="b")
    assert missing.value.fields == {"why": reasons.fields.REQUIRED}
    with pytest.raises(InvalidForm) as beside:
        told(Conditional, way="a", why="So.")
    assert beside.value.fields == {"why": reasons.fields.DOES_NOT_APPLY}


def test_every_fault_of_a_form_is_told_at_once() -> None:
    with pytest.raises(InvalidForm) as refused:
        told(Conditional, way="c", what=1)
    assert set(refused.value.fields) == {"way", "what"}


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(InvalidForm) as refused:
        told(Conditional, way="a", __class__="x")
    assert refused.value.fields == {"__class__": reasons.fields.NOT_OF_FORM}


def test_facts_and_words_go_apart() -> None:
    rules = Conditional.rule()
    assert split(rules, {"way": "b", "why": "So."}) == ({"way": "b"}, {"why": "So."})


def test_faults_of_every_kind_are_told_together() -> None:
    rules: list[WrittenField] = [
        {"name": "kind", "type": "choice", "required": True, "fact": True, "choices": ["a", "b"]},
        {"name": "sure", "type": "yes_no", "required": True, "fact": True, "must": True},
        {"name": "note", "type": "note", "required": True, "fact": False, "max": 100},
    ]
    model = build_model("Three", rules)
    with pytest.raises(InvalidForm) as refused:
        check(model, rules, {"kind": "c", "sure": False, "more": 1}, TODAY)
    assert set(refused.value.fields) == {"kind", "sure", "note", "more"}


#: Days of the workflows that may lie on either side of today: from when on or until when something holds.
EITHER = {
    "effective_on", "expires_on", "pledge_by", "finance_by", "operating_from", "answer_by", "first_duty_on", "last_duty_on", "on",
    "shared_until", "first_base_on", "due_on",
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

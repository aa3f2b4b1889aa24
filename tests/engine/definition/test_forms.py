"""Every type of field against what people and programs send: kept clean, or refused by name with a reason."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

import pytest

from casework.engine.definition import form_values, forms
from casework.engine.definition.edition_schema import WrittenField
from casework.engine.definition.forms import FormField
from casework.errors import InvalidForm
from casework.ledger.canonical_json import canonical
from tests.engine.toys import uuid

TODAY = date(2026, 3, 2)
CHOICES = {"a": "A", "b": "B"}


def check(field: FormField, value: Any) -> Any:
    """What is kept of a value; None when nothing is."""
    rules = [cast(WrittenField, {"name": "value"} | field.rule())]
    kept = form_values.check(form_values.build_model("One", rules), rules, {"value": value}, TODAY)
    canonical(kept)
    return kept.get("value")


def refusal(field: FormField, value: Any) -> str:
    with pytest.raises(InvalidForm) as refused:
        check(field, value)
    (reason,) = refused.value.fields.values()
    assert reason
    return str(reason)


TEXT = forms.Text(label="", max=10)
NUMBER = forms.Number(label="")
MONEY = forms.Money(label="")
DATE = forms.Date(label="")
ITEMS = forms.Items(label="")
IDS = forms.Documents(label="")


class Line(forms.Form):
    what = forms.Text(label="", max=10)
    value = forms.Number(label="", min="0", required=False)
    by = forms.Date(label="", past=True, required=False)
    unit = forms.Choice(label="", choices=CHOICES, when=("what", ("sum",)))


ROWS = forms.Rows(label="", row=Line, most=2)


@pytest.mark.parametrize(
    ("field", "value", "kept"),
    [
        (TEXT, "  words ", "words"),
        (TEXT, "e\u0301", "\u00e9"),
        (TEXT, "専利", "専利"),
        (forms.Note(label=""), "one\r\ntwo", "one\ntwo"),
        (NUMBER, "1.50", "1.50"),
        (NUMBER, 3, "3"),
        (NUMBER, " -2 ", "-2"),
        (NUMBER, "1e3", "1000"),
        (NUMBER, "0.000001", "0.000001"),
        (NUMBER, "0e999999", "0"),
        (NUMBER, "999999999999999.999999", "999999999999999.999999"),
        (MONEY, {"amount": "10.00", "currency": "CNY"}, {"amount": "10.00", "currency": "CNY"}),
        (DATE, "2024-02-29", "2024-02-29"),
        (forms.Date(label="", past=True), "2026-03-02", "2026-03-02"),
        (forms.Date(label="", future=True), "2026-03-02", "2026-03-02"),
        (forms.Choice(label="", choices=CHOICES), "a", "a"),
        (forms.Many(label="", choices=CHOICES), ["b", "a"], ["b", "a"]),
        (forms.YesNo(label=""), False, False),
        (forms.YesNo(label="", must=True), True, True),
        (forms.PartyField(label=""), "need_owner", "need_owner"),
        (forms.RightField(label=""), uuid(1).upper(), uuid(1)),
        (forms.Listed(label="", catalogue="green_items"), "2025/1.3.2", "2025/1.3.2"),
        (forms.ListedMany(label="", catalogue="indicators"), ["cost/CNY", "other/h"], ["cost/CNY", "other/h"]),
        (IDS, [uuid(1), uuid(2)], [uuid(1), uuid(2)]),
        (ITEMS, [{"what": " Dig ", "by": "2026-04-01"}], [{"what": "Dig", "by": "2026-04-01"}]),
        (ROWS, [{"what": " Dig ", "value": 3, "by": ""}], [{"what": "Dig", "value": "3"}]),
        (ROWS, [{"what": "sum", "unit": "a"}, {"what": "b"}], [{"what": "sum", "unit": "a"}, {"what": "b"}]),
        (forms.Rows(label="", row=Line, required=False), [], None),
        (forms.Text(label="", required=False), "", None),
        (forms.Documents(label="", required=False), [], None),
        (forms.Date(label="", required=False), None, None),
    ],
)
def test_what_is_good_is_kept_clean(field: FormField, value: Any, kept: Any) -> None:
    assert check(field, value) == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (TEXT, ""),
        (TEXT, "   "),
        (TEXT, None),
        (TEXT, "x" * 11),
        (TEXT, 5),
        (TEXT, ["x"]),
        (TEXT, {"x": 1}),
        (TEXT, "a\0b"),
        (TEXT, "\ud800"),
        (TEXT, True),
        (NUMBER, "twelve"),
        (NUMBER, ""),
        (NUMBER, 1.5),
        (NUMBER, True),
        (NUMBER, "NaN"),
        (NUMBER, "-Infinity"),
        (NUMBER, "1e15"),
        (NUMBER, "1e999999999"),
        (NUMBER, "-1e99999999999999999999"),
        (NUMBER, "0.0000001"),
        (NUMBER, "1e-999999999"),
        (NUMBER, "9" * 5000),
        (NUMBER, 10**400),
        (NUMBER, "1,5"),
        (NUMBER, []),
        (NUMBER, "sNaN"),
        (forms.Number(label="", min="1"), "0.9"),
        (forms.Number(label="", max="5"), "6"),
        (forms.Number(label="", whole=True), "1.5"),
        (MONEY, "10 CNY"),
        (MONEY, {"amount": "10"}),
        (MONEY, {"amount": "-1", "currency": "CNY"}),
        (MONEY, {"amount": "1", "currency": "cny"}),
        (MONEY, {"amount": "1", "currency": "CNY\n"}),
        (MONEY, {"amount": "1", "currency": "CNY", "to": "me"}),
        (MONEY, {"amount": 1.5, "currency": "CNY"}),
        (MONEY, 10),
        (DATE, "2026-02-30"),
        (DATE, "02/03/2026"),
        (DATE, 86400),
        (DATE, "86400"),
        (DATE, "2026-03-02T00:00:00"),
        (DATE, "2026-3-2"),
        (DATE, "20260302"),
        (DATE, "2026-W10-1"),
        (DATE, "9999-12-31"),
        (DATE, "0001-01-01"),
        (DATE, True),
        (DATE, "２０２６-03-02"),
        (forms.Date(label="", past=True), "2026-03-03"),
        (forms.Date(label="", future=True), "2026-03-01"),
        (forms.Choice(label="", choices=CHOICES), "c"),
        (forms.Choice(label="", choices=CHOICES), ["a"]),
        (forms.Choice(label="", choices=CHOICES), {"a": 1}),
        (forms.Choice(label="", choices=CHOICES), "A"),
        (forms.Many(label="", choices=CHOICES), ["a", "a"]),
        (forms.Many(label="", choices=CHOICES), "a"),
        (forms.Many(label="", choices=CHOICES), ["c"]),
        (forms.Many(label="", choices=CHOICES), []),
        (forms.YesNo(label=""), "yes"),
        (forms.YesNo(label=""), 1),
        (forms.YesNo(label=""), "true"),
        (forms.YesNo(label="", must=True), False),
        (forms.YesNo(label="", must=False), True),
        (forms.PartyField(label=""), "officer"),
        (ROWS, []),
        (ROWS, None),
        (ROWS, [{}]),
        (ROWS, [{"value": "3"}]),
        (ROWS, ["Dig"]),
        (ROWS, {"what": "Dig"}),
        (ROWS, [{"what": "Dig"}] * 3),
        (ROWS, [{"what": "x" * 11}]),
        (ROWS, [{"what": "Dig", "value": "-1"}]),
        (ROWS, [{"what": "Dig", "value": 1.5}]),
        (ROWS, [{"what": "Dig", "by": "2026-03-03"}]),
        (ROWS, [{"what": "Dig", "unit": "a"}]),
        (ROWS, [{"what": "sum"}]),
        (ROWS, [{"what": "Dig", "odd": "x"}]),
        (forms.RightField(label=""), "1"),
        (forms.Listed(label="", catalogue="green_items"), "1.3.2"),
        (forms.Listed(label="", catalogue="green_items"), "2025/节能"),
        (forms.Listed(label="", catalogue="green_items"), "2025/a/b"),
        (forms.Listed(label="", catalogue="green_items"), 7),
        (forms.ListedMany(label="", catalogue="indicators"), ["cost/CNY", "cost/CNY"]),
        (forms.ListedMany(label="", catalogue="indicators"), ["CNY"]),
        (forms.RightField(label=""), [uuid(1)]),
        (forms.Person(label=""), "' OR 1=1 --"),
        (forms.Person(label=""), 7),
        (IDS, uuid(1)),
        (IDS, [uuid(1), uuid(1)]),
        (IDS, [uuid(1), uuid(1).upper()]),
        (IDS, [None]),
        (IDS, []),
        (IDS, [uuid(n) for n in range(101)]),
        (forms.Tasks(label=""), ["x"]),
        (ITEMS, [{"what": "", "by": "2026-04-01"}]),
        (ITEMS, [{"what": "Dig"}]),
        (ITEMS, [{"what": "Dig", "by": 0}]),
        (ITEMS, [{"what": "Dig", "by": "2026-04-01", "more": 1}]),
        (ITEMS, "Dig"),
        (ITEMS, [["Dig", "2026-04-01"]]),
        (ITEMS, [{"what": "Dig", "by": "2026-04-01"}] * 51),
        (ITEMS, []),
    ],
)
def test_what_is_bad_is_refused_by_name_with_a_reason(field: FormField, value: Any) -> None:
    assert "Traceback" not in refusal(field, value)


@pytest.mark.parametrize("name", ["", "sectors", "colours"])
def test_a_field_names_a_catalogue_that_programmes_have(name: str) -> None:
    with pytest.raises(TypeError, match="catalogue"):
        forms.Listed(label="", catalogue=name)


def test_a_form_cannot_hide_its_own_methods() -> None:
    with pytest.raises(TypeError, match="rule"):
        type("Bad", (forms.Form,), {"rule": forms.Text(label="Rule")})


def test_a_fault_of_a_row_is_named_by_its_number_and_its_field() -> None:
    with pytest.raises(InvalidForm) as refused:
        check(ROWS, [{"what": "Dig"}, {"what": "sum", "value": "-1"}])
    assert {where: str(why) for where, why in refused.value.fields.items()} == {
        "value.1.value": "must be at least 0",
        "value.1.unit": "must be answered",
    }


def test_what_a_row_asks_for_is_known_when_it_is_written() -> None:
    class Odd(forms.Form):
        paper = forms.Documents(label="")

    class Empty(forms.Form):
        pass

    class Named(forms.Form):
        label = forms.Text(label="")

    for row in (Odd, Empty, Named):
        with pytest.raises(TypeError):
            forms.Rows(label="", row=row)


def test_columns_are_facts_where_their_rows_are() -> None:
    for fact in (True, False):
        columns = forms.Rows(label="", row=Line, fact=fact).rule()["fields"]
        assert {column["fact"] for column in columns} == {fact}

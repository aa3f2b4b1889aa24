"""A form with every kind of field, and what shows and reads it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import render_template_string

from casework.engine.definition import forms
from casework.engine.definition.form_values import build_model, check
from casework.web.shell.forms import (
    FormView,
    build_form,
    own_texts,
)
from tests.support.pages import Page, read_page

Json = Any


TODAY = date(2026, 3, 2)


ONE, TWO = str(uuid.UUID(int=1)), str(uuid.UUID(int=2))


SHOW = '{% from "macros/forms.html" import render_form with context %}{{ render_form(form, "/there", "Refer to mediation") }}'


KEYS = ["money/price", "other/other"]


OFFERED = {
    "listed": [(key, key) for key in KEYS],
    "listed_many": [(key, key) for key in KEYS],
    "impact": [(ONE, "One record"), (TWO, "Another record")],
    "party": [("need_owner", "Hebei Steam Works"), ("technology_owner", "Nordwind Boilers")],
    "owner": [(ONE, "The first"), (TWO, "The second")],
    "owners.owner": [(ONE, "The first"), (TWO, "The second")],
    **{
        kind: [(ONE, "The first"), (TWO, "The second")]
        for kind in ("right", "burden", "person", "provider", "organisation", "documents", "tasks")
    },
}


class Line(forms.Form):
    parameter = forms.Text(label="Parameter", help="As the statement has it")
    value = forms.Number(label="Value")
    unit = forms.Choice(label="Unit", choices={"percent": "%", "kwh": "kWh"})
    price = forms.Money(label="Price", required=False)
    read_on = forms.Date(label="Read on", required=False, past=True)
    of_load = forms.Number(label="At which load", when=("unit", ("percent",)), required=False)


class Every(forms.Form):
    text = forms.Text(label="Words", help="One line")
    note = forms.Note(label="Sentences", required=False)
    number = forms.Number(label="Heat", unit="MWh", min="0", max="1000")
    money = forms.Money(label="Loan")
    day = forms.Date(label="Day")
    choice = forms.Choice(label="Choice", choices={"a": "First", "b": "Second"})
    long_choice = forms.Choice(label="Long", choices={f"c{n}": f"Choice {n}" for n in range(9)})
    many = forms.Many(label="Many", choices={"x": "Ex", "y": "Why"})
    sure = forms.YesNo(label="Sure?", consequence="The loan is called in.")
    why = forms.Text(label="Why", when=("sure", (True,)))
    kind = forms.Text(label="Kind", when=("choice", ("b",)))
    party = forms.PartyField(label="Party")
    right = forms.RightField(label="Right")
    impact = forms.ImpactField(label="Record")
    rights = forms.Rights(label="Rights")
    person = forms.Person(label="Person")
    people = forms.People(label="People")
    provider = forms.Provider(label="Provider")
    providers = forms.Providers(label="Providers")
    panel = forms.Panel(label="Panel")
    documents = forms.Documents(label="Documents")
    tasks = forms.Tasks(label="Tasks")
    entry = forms.Listed(label="Entry", catalogue="closing_reasons")
    entries = forms.ListedMany(label="Entries", catalogue="indicators")
    items = forms.Items(label="To do")
    lines = forms.Rows(label="Figures", row=Line, most=4)


FULL: dict[str, Json] = {
    "text": "Quotes \" and <b>tags</b> & 中文", "note": "Two\nlines", "number": "12.50",
    "money": {"amount": "3000000.00", "currency": "EUR"}, "day": "2026-03-01", "choice": "b", "long_choice": "c7",
    "many": ["x", "y"], "sure": True, "why": "Because", "kind": "A kind", "party": "need_owner", "right": ONE, "impact": TWO,
    "rights": [ONE, TWO], "person": TWO, "people": [TWO], "provider": ONE, "providers": [ONE], "panel": [TWO, ONE], "documents": [TWO],
    "tasks": [ONE, TWO], "entry": KEYS[1], "entries": KEYS,
    "items": [{"what": "Send \"it\"", "by": "2026-04-01"}, {"what": "Call", "by": "2026-04-02"}],
    "lines": [
        {"parameter": "Heat", "value": "94.2", "unit": "percent", "price": {"amount": "3.00", "currency": "USD"}, "of_load": "30"},
        {"parameter": "Power <used>", "value": "-7", "unit": "kwh", "read_on": "2026-02-01"},
    ],
}  # fmt: skip


def every(**more: Any) -> FormView:
    return build_form("case:1:every", Every.rule(), own_texts(Every), choices=OFFERED, **more)


def html_of(form: FormView) -> str:
    return render_template_string(SHOW, form=form)


def page_of(form: FormView) -> Page:
    return read_page(html_of(form))


def checked(data: Mapping[str, Json], form: type[forms.Form] = Every) -> dict[str, Json]:
    return check(build_model("Form", form.rule()), form.rule(), data, TODAY)


def insist_accessible(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    assert page.described <= set(page.ids)
    assert set(page.controls) <= page.labelled
    assert page.handlers == []
    assert "script" not in page.tags

"""The page of one field: every value that it had, who said it, when, and in which entry of the history."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, request
from flask_babel import gettext
from markupsafe import Markup

from casework.definitions import load_library
from casework.errors import NotFound
from casework.operations.core.perform import calendar_of
from casework.operations.history import field_history
from casework.operations.history.views import HistoryEntry
from casework.web.history.field_changes import say_changes
from casework.web.history.sentences import say_entry, say_fields
from casework.web.shell import layout
from casework.web.shell.session import page_transaction

blueprint = Blueprint("field_history", __name__)


@dataclass(frozen=True)
class Value:
    """A value that a field got, and the entry by which it got it."""

    entry: HistoryEntry
    sentence: str
    #: Of which thing, and what the field is called.
    what: str
    label: str
    value: str | Markup
    erased: bool


@blueprint.get("/cases/<number>/field")
def show(number: str) -> str:
    name, key = request.args.get("f", ""), request.args.get("c", "")
    with page_transaction() as (db, actor):
        if key:
            told = field_history.read_column(db, actor, number, _cell(key))
        else:
            told = field_history.read_answers(db, actor, number, seq=_seq(), field=name)
        layout.use_calendar(calendar_of(db, told.programme))
        values = [one for entry in told.items for one in _values(entry, name, key)]
    if not values:
        raise NotFound("entry")
    return render_template("history/field.html", told=told, values=values, most=field_history.MOST)


def _values(entry: HistoryEntry, name: str, key: str) -> list[Value]:
    editions = load_library().editions
    sentence = say_entry(entry, editions)
    if key:
        return [
            Value(entry, sentence, one.what, one.column, one.after, False)
            for one in say_changes(entry, editions)
            if one.key == key
        ]
    return [
        Value(entry, sentence, "", one.label, one.now or gettext("nothing"), name in entry.erased)
        for one in say_fields(entry, editions)
        if one.name == name
    ]


def _cell(key: str) -> field_history.Cell:
    table, _, rest = key.partition(".")
    column, _, row = rest.partition(".")
    return field_history.Cell(table=table, column=column, row=row)


def _seq() -> int:
    written = request.args.get("e", "")
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise NotFound("entry")
    return int(written)

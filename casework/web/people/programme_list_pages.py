"""A list of a programme: what stands on it, the form of one entry, and the table by which many come in."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from io import StringIO
from uuid import UUID

from flask import Blueprint, Response, render_template, request, url_for
from flask_babel import gettext, ngettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.case_objects.programme_lists import (
    CONTENT,
    GLOSSARY_SETTERS,
    KIND,
    LAST,
    LISTS,
    MOST_SIGNS,
    WANTED,
)
from casework.engine.definition.form_values import build_model, check
from casework.engine.definition.forms import Choice, Form, Note, Number, Text, YesNo
from casework.engine.definition.list_names import CLOSING_REASONS, INDICATORS
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request
from casework.operations.people import programme_lists
from casework.operations.people.list_views import ListEntry, ListShown, ProgrammeList
from casework.permissions.actors import Actor
from casework.web.people.setting_words import MOST_CHANGES, MOST_VERSIONS, say_happened, say_listed_changes
from casework.web.shell.forms import own_texts
from casework.web.shell.i18n import N_
from casework.web.shell.layout import clock
from casework.web.shell.list_words import ABOUT_LISTS, KIND_WORDS, LIST_NAMES
from casework.web.shell.sent_forms import Sent, answer, kept_form, page_with_form
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("programme_lists", __name__, url_prefix="/programmes/<uuid:programme>/settings/lists")


class _Named(Form):
    label = Text(label=N_("English"), max=300)
    label_zh = Text(label=N_("Chinese"), max=300)
    position = Number(
        label=N_("Place"),
        min="1",
        max=str(LAST),
        whole=True,
        required=False,
        help=N_("Smaller numbers are offered first. Empty: last."),
    )


class _Coded(Form):
    code = Text(label=N_("Code"), max=60, help=N_("It stands in cases and records, and never changes."))


class _Printed(Form):
    version = Text(label=N_("Version"), max=60, help=N_("Of the catalogue, such as 2025."))
    code = Text(label=N_("Code"), max=60, help=N_("As the catalogue prints it, such as 1.3.2."))


class _Counted(Form):
    version = Choice(label=N_("Kind"), choices=KIND_WORDS[INDICATORS])
    code = Text(
        label=N_("Code, with the unit last"),
        max=60,
        help=N_("Such as “SO2 kg” or “MWh”: the last word is the unit, and with the code it never changes."),
    )


class _Reasoned(Form):
    version = Choice(label=N_("Kind"), choices=KIND_WORDS[CLOSING_REASONS])


# What an entry is known by is asked before what it is called: fields of the last base come first.


class NewEntryForm(_Named, _Coded):
    """An entry that is new on a list."""


class NewItemForm(_Named, _Printed):
    """An item that is new in a catalogue."""


class NewIndicatorForm(_Named, _Counted):
    """An indicator that is new."""


class NewReasonForm(_Named, _Coded, _Reasoned):
    """A reason to close that is new."""


class EntryForm(_Named):
    """An entry that is there."""

    retired = YesNo(
        label=N_("Is it retired?"), help=N_("Then no form offers it any more. Where it was chosen it stays readable.")
    )
    reason = Note(label=N_("Why"))


class TableForm(Form):
    """Many entries at once."""

    content = Note(
        label=N_("Table"),
        max=MOST_SIGNS,
        help=N_("Paste the rows of a spreadsheet or of a CSV file. The first row names the columns."),
    )
    reason = Note(label=N_("Why"))


@blueprint.get("")
@only(*GLOSSARY_SETTERS)
def show(programme: UUID) -> str:
    name = _name()
    with page_transaction() as (db, actor):
        shown = programme_lists.show_list(db, actor, str(programme), name)
    one = shown.listed
    return render_template(
        "people/programme_list.html",
        one=shown,
        list=one,
        name=gettext(LIST_NAMES[name]),
        mine=one.mine,
        history=[
            (entry, say_happened(entry), say_listed_changes(entry, name)) for entry in shown.history[:MOST_VERSIONS]
        ],
        older=len(shown.history[MOST_VERSIONS:]),
        most_changes=MOST_CHANGES,
        about=gettext(ABOUT_LISTS[name]),
        columns=_columns(one),
        last=LAST,
        kinds={kind: gettext(words) for kind, words in KIND_WORDS.get(name, {}).items()},
        retired=sum(entry.retired for entry in one.entries),
    )


def _columns(one: ProgrammeList) -> list[tuple[str, str, str]]:
    """What the table tells of an entry."""
    before = [("version", gettext("Kind") if one.kinds else gettext("Version"), "")] if one.versioned else []
    return [
        *before,
        ("code", gettext("Code"), "head"),
        *([("unit", gettext("Unit"), "")] if LISTS[one.name].counted else []),
        ("label", gettext("English"), ""),
        ("label_zh", gettext("Chinese"), ""),
        ("place", gettext("Place"), ""),
        ("from", gettext("Set by"), ""),
        ("do", gettext("Actions"), "do"),
    ]


def _name() -> str:
    """The list of the address."""
    return request.args.get("list", "")


def _read(db: Connection, actor: Actor, programme: str, name: str) -> ListShown:
    """The list, for whoever changes it. Raises NotFound, NotAllowed."""
    programme_lists.insist_sets_list(actor, programme, name)
    return programme_lists.show_list(db, actor, programme, name)


def _entry(one: ProgrammeList, key: str) -> ListEntry | None:
    """The entry of the address; None for one that is to be added. Raises NotFound."""
    if not key:
        return None
    found = next((entry for entry in one.entries if entry.key == key), None)
    if found is None:
        raise NotFound
    return found


def _form_of(one: ProgrammeList, entry: ListEntry | None) -> type[Form]:
    if entry is not None:
        return EntryForm
    of_kinds = {INDICATORS: NewIndicatorForm, CLOSING_REASONS: NewReasonForm}
    return of_kinds.get(one.name, NewItemForm if one.versioned else NewEntryForm)


@blueprint.get("/entry")
@only(*GLOSSARY_SETTERS)
def ask_entry(programme: UUID) -> Response:
    return _entry_form(str(programme), _name(), request.args.get("key", ""), None)


def _entry_form(programme: str, name: str, key: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        shown = _read(db, actor, programme, name)
        one = shown.listed
        entry, draft = _entry(one, key), _draft(programme, name, key)
        asked = _form_of(one, entry)
        form = kept_form(
            db,
            actor,
            draft,
            asked.rule(),
            own_texts(asked),
            sent=sent,
            values=None if entry is None else _known(entry),
            revision=shown.version,
        )
    return page_with_form(
        "people/list_entry_form.html", sent, one=shown, form=form, list=one, entry=entry, name=gettext(LIST_NAMES[name])
    )


def _known(entry: ListEntry) -> JsonObject:
    return {
        "label": entry.label,
        "label_zh": entry.label_zh,
        "position": str(entry.position) if entry.position != LAST else "",
        "retired": entry.retired,
    }


def _draft(programme: str, name: str, key: str) -> str:
    # The key of an entry may have letters that no draft's name has.
    return f"list:{programme}:{name}:{key.encode().hex()[:100]}"


def _checked(form: type[Form], data: JsonMapping) -> JsonObject:
    rules = form.rule()
    return check(build_model(form.__name__, rules), rules, data, clock().office_today)


@blueprint.post("/entry")
@only(*GLOSSARY_SETTERS)
def set_entry(programme: UUID) -> BaseResponse:
    id, name, key = str(programme), _name(), request.args.get("key", "")
    with page_transaction() as (db, actor):
        one = _read(db, actor, id, name).listed
        entry = _entry(one, key)
    asked = _form_of(one, entry)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(asked, data)
        reason = given.pop("reason", None)
        if given.get("position"):
            given["position"] = int(given["position"])
        if entry is not None:
            given |= {"code": entry.code, "version": entry.version}
        return programme_lists.set_entry(db, actor, id, name, fields=given, reason=reason, seen=revision, request=key)

    return answer(
        _draft(id, name, key),
        asked.rule(),
        do,
        lambda sent: _entry_form(id, name, key, sent),
        lambda done: url_for("programme_lists.show", programme=id, list=name),
        said=lambda done: gettext("The list is changed. Forms offer it like this from now on."),
    )


@blueprint.get("/import")
@only(*GLOSSARY_SETTERS)
def ask_table(programme: UUID) -> Response:
    return _table_form(str(programme), _name(), None)


def _table_form(programme: str, name: str, sent: Sent | None) -> Response:
    with page_transaction() as (db, actor):
        shown = _read(db, actor, programme, name)
        one = shown.listed
        form = kept_form(
            db,
            actor,
            f"list-table:{programme}:{name}",
            TableForm.rule(),
            own_texts(TableForm),
            sent=sent,
            revision=shown.version,
        )
    columns = LISTS[name].columns
    return page_with_form(
        "people/list_table_form.html",
        sent,
        one=shown,
        form=form,
        list=one,
        name=gettext(LIST_NAMES[name]),
        columns=", ".join(columns),
        example=_example(one.entries, [column for column in columns if column in (*WANTED, "version", KIND)]),
    )


def _example(entries: Sequence[ListEntry], columns: Sequence[str]) -> str:
    """The head of a table and a row of it, as far as an entry is there to show one."""
    table = StringIO()
    rows = csv.writer(table, lineterminator="\n")
    rows.writerow(columns)
    rows.writerows(
        [getattr(entry, "version" if column == KIND else column) for column in columns] for entry in entries[:1]
    )
    return table.getvalue()


@blueprint.post("/import")
@only(*GLOSSARY_SETTERS)
def import_table(programme: UUID) -> BaseResponse:
    id, name = str(programme), _name()
    with page_transaction() as (db, actor):
        _read(db, actor, id, name)

    def do(db: Connection, actor: Actor, key: Request, revision: int, data: JsonObject) -> Done:
        given = _checked(TableForm, data)
        return programme_lists.import_entries(
            db, actor, id, name, content=given[CONTENT], reason=given["reason"], seen=revision, request=key
        )

    return answer(
        f"list-table:{id}:{name}",
        TableForm.rule(),
        do,
        lambda sent: _table_form(id, name, sent),
        lambda done: url_for("programme_lists.show", programme=id, list=name),
        said=lambda done: (
            ngettext("%(num)d entry is added", "%(num)d entries are added", done.answer["added"])
            + gettext("; ")
            + ngettext("%(num)d is changed", "%(num)d are changed", done.answer["changed"])
        ),
    )


__all__ = ["blueprint"]

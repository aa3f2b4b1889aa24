"""A table of rights or of organisations: chosen, looked through, brought in whole or not at all, and what came of it."""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

import uuid_utils
from flask import Blueprint, Flask, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonMapping
from casework.operations.catalogue.import_reader import read_rows
from casework.operations.catalogue.organisation_queries import programme_names
from casework.operations.catalogue.sources import keeps
from casework.operations.catalogue.table_import import MOST_BYTES, import_table
from casework.operations.catalogue.table_log import insist_brings, list_tables, names_of_brought, show_table
from casework.operations.catalogue.table_schemas import NEEDED, ROWS, Table
from casework.operations.core.idempotency import Request
from casework.web.catalogue.table_words import call_column, say_rows
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say, say_faults
from casework.web.shell.session import only_show, page_transaction, viewer
from casework.web.shell.values import name_right

blueprint = Blueprint("tables", __name__, url_prefix="/programmes/<uuid:programme>/tables/<table>")

#: What takes a table, as a file or as it was looked through; and how much of it, with what stands beside it.
_TAKES = frozenset({"tables.preview", "tables.bring"})
_MOST_SENT = MOST_BYTES * 3 // 2 + 1_000_000
#: So many rows of the table are shown, so many refused ones, and so many records that came of it.
_FIRST, _SHOWN = 3, 200
_TITLES = {"rights": N_("Bring in a table of rights"), "organisations": N_("Bring in a table of organisations")}
_LISTS = {"rights": ("rights.index", N_("IP rights")), "organisations": ("parties.index", N_("Organisations"))}
_EXAMPLES = {
    "rights": "kind,office,number,status,owners\ninvention,CN,ZL202110000001.2,in_force,Beijing Heat Works 60%; Nordlicht GmbH 40%\n",
    "organisations": "name,name_zh,country,register_number,contact_name,contact_email\n"
    "Beijing Heat Works,北京热力厂,CN,91110108551385082Q,Li Na,li@example.org\n",
}


def register(app: Flask) -> None:
    """Before a form is read: of whoever may not import nothing large is read."""
    app.extensions["casework.large"] |= dict.fromkeys(_TAKES, _MOST_SENT)
    app.before_request(_allow)


def _allow() -> None:
    if request.method != "POST" or request.endpoint not in _TAKES:
        return
    person = viewer()
    if person is not None and keeps(person.actor, str((request.view_args or {})["programme"])):
        request.max_content_length = request.max_form_memory_size = _MOST_SENT


@dataclass(frozen=True)
class Given:
    """A table as it was sent."""

    content: bytes
    name: str
    source: str

    @property
    def packed(self) -> str:
        return base64.b64encode(self.content).decode()

    def first(self, table: Table) -> tuple[list[int], list[tuple[str, bool, list[str]]]]:
        """The numbers of the first rows, and column by column whether it is read and what stands in these."""
        rows = list(islice((row for row in read_rows(io.BytesIO(self.content), NEEDED[table]) if row.values), _FIRST))
        known = ROWS[table].model_fields
        names = dict.fromkeys(name for row in rows for name in row.values)
        cells = [
            (_cell(name), name in known, [_cell(row.values.get(name)) for row in rows]) for name in islice(names, 60)
        ]
        return [row.number for row in rows], cells


def _cell(value: Any) -> str:
    """As much of a value as the page shows; it may hold what no page can."""
    words = "" if value is None else " ".join(str(value).encode("utf-8", "replace").decode().replace("\0", "").split())
    return words if len(words) <= 120 else words[:119] + "…"


def _kind(table: str) -> Table:
    if table == "rights":
        return "rights"
    if table == "organisations":
        return "organisations"
    raise NotFound()


# --- choose one ----------------------------------------------------------------------------------------------------------


@blueprint.get("")
def new(programme: UUID, table: str) -> Response:
    return _ask(str(programme), _kind(table), {})


def _ask(programme: str, table: Table, faults: dict[str, str]) -> Response:
    with page_transaction() as (db, actor):
        earlier = list_tables(db, actor, programme, table)
        home = programme_names(db, [programme])[programme]
    columns = [name for name in ROWS[table].model_fields if name not in NEEDED[table]]
    page = render_template(
        "catalogue/table_form.html",
        **_head(programme, table),
        home=home,
        faults=faults,
        needed=NEEDED[table],
        columns=columns,
        call=partial(call_column, table),
        example=_EXAMPLES[table],
        earlier=earlier,
    )
    return make_response(page, 422 if faults else 200)


def _head(programme: str, table: Table) -> dict[str, Any]:
    endpoint, name = _LISTS[table]
    return {
        "title": gettext(_TITLES[table]),
        "programme": programme,
        "table_kind": table,
        "crumbs": [(gettext(name), url_for(endpoint))],
        "back": url_for(endpoint),
    }


# --- look it through -----------------------------------------------------------------------------------------------------


@blueprint.post("/preview")
def preview(programme: UUID, table: str) -> Response:
    """What would come of it; nothing is recorded yet."""
    home, kind = str(programme), _kind(table)
    with page_transaction() as (db, actor):
        insist_brings(actor, home)
    file = request.files.get("file")
    given = Given(
        file.stream.read(MOST_BYTES + 1) if file is not None and file.filename else b"",
        (file.filename or "")[:1_000] if file is not None else "",
        request.form.get("source", "").strip(),
    )
    faults = {} if given.name else {"file": say(reasons.imports.CHOOSE_FILE)}
    if not given.source:
        faults["source"] = say(reasons.fields.UNANSWERED)
    if faults:
        return _ask(home, kind, faults)
    # A trial of its own, which the form's key knows nothing of.
    tried = Request(str(uuid_utils.uuid7()), f"table:{kind}")
    try:
        report = _take(home, kind, given, tried, dry_run=True)
    except InvalidForm as refusal:
        return _ask(home, kind, _by_field(refusal))
    return _look(home, kind, given, report)


def _take(programme: str, table: Table, given: Given, key: Request, *, dry_run: bool = False) -> JsonMapping:
    """What came of a table, or would come of it. Raises InvalidForm for one that is none."""
    with page_transaction() as (db, actor):
        done = import_table(
            db,
            actor,
            programme=programme,
            table=table,
            content=given.content,
            source=given.source,
            name=given.name,
            request=key,
            dry_run=dry_run,
        )
    return done.answer


def _by_field(refusal: InvalidForm) -> dict[str, str]:
    """What is wrong, by the fields of the page."""
    return {{"content": "file"}.get(name, name): why for name, why in say_faults(refusal).items()}


def _look(programme: str, table: Table, given: Given, report: JsonMapping) -> Response:
    only_show()
    numbers, columns = given.first(table)
    with page_transaction() as (db, _):
        home = programme_names(db, [programme])[programme]
    page = render_template(
        "catalogue/table_preview.html",
        **_head(programme, table),
        home=home,
        given=given,
        report=report,
        faults=say_rows(table, report["faults"][:_SHOWN]),
        kept=say_rows(table, report["kept"][:_SHOWN]),
        most=_SHOWN,
        numbers=[(place, gettext("Row %(number)s", number=number), "") for place, number in enumerate(numbers)],
        columns=columns,
        call=partial(call_column, table),
    )
    return make_response(page, 422 if report["faults"] else 200)


# --- bring it in ---------------------------------------------------------------------------------------------------------


@blueprint.post("")
def bring(programme: UUID, table: str) -> BaseResponse:
    home, kind = str(programme), _kind(table)
    with page_transaction() as (db, actor):
        insist_brings(actor, home)
    key = read_request()
    try:
        content = base64.b64decode(request.form.get("content", ""), validate=True)
    except binascii.Error:
        content = b""
    given = Given(content, request.form.get("name", "")[:1_000], request.form.get("source", "").strip())
    try:
        report = _take(home, kind, given, key)
    except InvalidForm as refusal:
        return _ask(home, kind, _by_field(refusal))
    if report["faults"]:
        # What the record said has changed since it was looked through.
        return _look(home, kind, given, report)
    if report["entry"] is None:
        flash(gettext("Nothing was changed: all of it is on record."))
        return redirect(url_for("tables.new", programme=home, table=kind), 303)
    flash(gettext("The table is brought in. Nobody has confirmed yet what it says."))
    return redirect(url_for("tables.show", programme=home, table=kind, brought=report["entry"]), 303)


# --- what came of it -----------------------------------------------------------------------------------------------------


@blueprint.get("/<int:brought>")
def show(programme: UUID, table: str, brought: int) -> str:
    home, kind = str(programme), _kind(table)
    with page_transaction() as (db, actor):
        one = show_table(db, actor, home, kind, brought)
        names = names_of_brought(db, actor, kind, one.records[:_SHOWN])
        called = programme_names(db, [home])[home]
    made = [
        (url_for("rights.show", right=row.id), name_right(row.kind, row.office, row.number))
        if kind == "rights"
        else (url_for("parties.show", party=row.id), row.name)
        for row in names
    ]
    return render_template(
        "catalogue/table_result.html", **_head(home, kind), home=called, one=one, made=made, most=_SHOWN
    )


__all__ = ["blueprint", "register"]

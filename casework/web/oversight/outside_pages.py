"""The figures of a programme as they are told outside the office: read by its observers, and by those who want to see what is told.

As of the end of the last quarter, small numbers hidden, no case behind a line. No transaction waits while they are hidden.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import parse_instant
from casework.operations.auth.step_up import insist_proved
from casework.operations.auth.views import Scope
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figure_names import names_told
from casework.operations.oversight.outside_figures import READ_OUTSIDE, find_outside
from casework.web.oversight.figure_files import line_head
from casework.web.oversight.figure_pages import WIDE, programme_asked
from casework.web.oversight.figure_words import Sayer, say_number, say_of, say_units, title_of
from casework.web.oversight.report_tables import outside_sections
from casework.web.shell.downloads import as_file
from casework.web.shell.layout import use_calendar
from casework.web.shell.session import list_transaction, only
from casework.web.shell.spreadsheets import CSV, XLSX, to_csv, to_xlsx

blueprint = Blueprint("outside_figures", __name__, url_prefix="/figures")
readers = only(Role.OFFICER, Role.SUPERVISOR, Role.MANAGER, Role.AUDITOR, Role.OBSERVER)


@dataclass(frozen=True, kw_only=True)
class Read:
    """What is told, of which programme, the day up to which it is, and what its codes are called."""

    told: JsonMapping
    programme: Scope
    programmes: tuple[Scope, ...]
    day: str
    sayer: Sayer


def _read(*, takes_file: bool = False) -> Read:
    """Raises NotFound for who reads nothing of a programme."""
    with list_transaction() as (db, actor):
        programme, programmes = programme_asked(actor, READ_OUTSIDE)
        if takes_file:
            insist_proved(actor)
        give = find_outside(db, actor, programme=programme.id)
    told = give()
    with list_transaction() as (db, _):
        calendar = calendar_of(db, programme.id)
        use_calendar(calendar)
        sayer = Sayer(names_told(db, programme.id, told["figures"]))
    day = calendar.local_date(parse_instant(told["as_of"]["at"])).isoformat()
    return Read(told=told, programme=programme, programmes=programmes, day=day, sayer=sayer)


@blueprint.get("/outside")
@readers
def index() -> str:
    read = _read()
    return render_template(
        "oversight/outside_figures.html",
        read=read,
        query={"programme": read.programme.code} if len(read.programmes) > 1 else {},
        sections=outside_sections(read.told, read.sayer),
        wide={f"outside-{name}" for name in WIDE},
    )


# --- as files --------------------------------------------------------------------------------------------------------


@blueprint.get("/outside.csv", endpoint="csv")
@readers
def take_csv() -> Response:
    read = _read(takes_file=True)
    return _file(read, to_csv(_head(), list(_lines(read))), CSV, "csv")


@blueprint.get("/outside.xlsx", endpoint="xlsx")
@readers
def take_xlsx() -> Response:
    read = _read(takes_file=True)
    return _file(read, to_xlsx(gettext("Figures"), _head(), list(_lines(read))), XLSX, "xlsx")


@blueprint.get("/outside.json", endpoint="json")
@readers
def take_json() -> Response:
    """What the API tells."""
    read = _read(takes_file=True)
    return _file(read, json.dumps(read.told, ensure_ascii=False, indent=1).encode(), "application/json", "json")


def _file(read: Read, content: bytes, kind: str, ending: str) -> Response:
    return as_file(f"figures-outside-{read.programme.code}-{read.day}.{ending}", content, kind)


def _head() -> list[str]:
    return [gettext("As of"), *line_head()]


def _lines(read: Read) -> Iterator[list[str]]:
    """Numbers as they are told, what is hidden as a dash."""
    at = read.told["as_of"]["at"]
    for name, figure in read.told["figures"].items():
        for row in figure["rows"]:
            timed = row["median"] is not None or row["p90"] is not None
            yield [
                at,
                title_of(name),
                say_of(read.sayer, name, row["of"]),
                say_number(row["numerator"]),
                say_number(row["denominator"]),
                *(row[key] or "" for key in ("percent", "median", "p90")),
                say_units(row["of"].get("unit") or (figure["unit"] if timed else None)),
                row["amount"] or "",
            ]


__all__ = ["blueprint"]

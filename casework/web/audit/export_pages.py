"""Findings and the reading log as files for spreadsheets, and with their proof; the API tells the same as JSON."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_babel import gettext

from casework.engine.roles import Role
from casework.operations.audit.findings import export_findings
from casework.operations.auth.step_up import insist_proved
from casework.operations.core.access_log import export_readings
from casework.operations.core.views import Named
from casework.operations.verification.finding_files import take_findings
from casework.operations.verification.reading_files import take_readings
from casework.web.audit.pages import FINDING_STATES, READERS, asked_findings, asked_owner
from casework.web.shell import dates
from casework.web.shell.downloads import as_file
from casework.web.shell.i18n import name_of
from casework.web.shell.layout import clock
from casework.web.shell.session import list_transaction, only
from casework.web.shell.spreadsheets import CSV, XLSX, to_csv, to_xlsx

blueprint = Blueprint("audit_files", __name__)

Table = tuple[str, list[str], list[list[str]]]


@blueprint.get("/findings.csv")
@only(*READERS)
def findings_csv() -> Response:
    return _as_csv(*_findings())


@blueprint.get("/findings.xlsx")
@only(*READERS)
def findings_xlsx() -> Response:
    name, head, rows = _findings()
    return _as_xlsx(name, gettext("Findings"), head, rows)


@blueprint.get("/findings.json")
@only(*READERS)
def findings_json() -> Response:
    """The same with the logs from which it follows, each event proved; what `casework-verify` reads."""
    state, late = asked_findings()
    with list_transaction() as (db, actor):
        content = take_findings(db, actor, state=state, owner=asked_owner(actor), late=late)
    return as_file(f"findings-{clock().today}.json", content, "application/json")


@blueprint.get("/reading.csv")
@only(Role.AUDITOR, Role.MANAGER)
def readings_csv() -> Response:
    return _as_csv(*_readings())


@blueprint.get("/reading.xlsx")
@only(Role.AUDITOR, Role.MANAGER)
def readings_xlsx() -> Response:
    name, head, rows = _readings()
    return _as_xlsx(name, gettext("Reading log"), head, rows)


@blueprint.get("/readings.json")
@only(Role.AUDITOR, Role.MANAGER)
def readings_json() -> Response:
    """The same as far as it is published, each reading proved; what `casework-verify` reads."""
    with list_transaction() as (db, actor):
        content = take_readings(db, actor, number=_asked_number())
    return as_file(f"readings-{clock().today}.json", content, "application/json")


def _findings() -> Table:
    """The name of the file without its ending, the columns, and every finding that the address asks for."""
    state, late = asked_findings()
    with list_transaction() as (db, actor):
        # A file is taken out by whoever has proved lately who it is.
        insist_proved(actor)
        rows = export_findings(db, actor, state=state, owner=asked_owner(actor), late=late)
    head = [
        gettext("Case"),
        gettext("Title"),
        gettext("Entry"),
        gettext("Finding"),
        gettext("State"),
        gettext("Raised"),
        gettext("Raised by"),
        gettext("Owner"),
        gettext("To answer by"),
        gettext("Late"),
        gettext("Answer"),
        gettext("Answered"),
        gettext("Answered by"),
        gettext("Closed"),
        gettext("Closed by"),
    ]
    erased = gettext("erased")
    body = [
        [
            one.number,
            one.title or erased,
            str(one.event),
            erased if one.words is None else one.words,
            gettext(FINDING_STATES[one.state]),
            _moment(one.raised_at),
            _name(one.raised_by),
            _name(one.owner),
            _moment(one.due_at),
            gettext("yes") if one.late else gettext("no"),
            one.answer or (erased if one.answered_at else ""),
            _moment(one.answered_at),
            _name(one.answered_by),
            _moment(one.closed_at),
            _name(one.closed_by),
        ]
        for one in rows
    ]
    return f"findings-{clock().today}", head, body


def _readings() -> Table:
    """The same of the reading log."""
    with list_transaction() as (db, actor):
        insist_proved(actor)
        rows = export_readings(db, actor, number=_asked_number())
    head = [gettext("When"), gettext("Who"), gettext("Case"), gettext("Address")]
    return (
        f"reading-{clock().today}",
        head,
        [[_moment(one.at), one.name, one.number or "", one.address] for one in rows],
    )


def _asked_number() -> str | None:
    return request.args.get("number", "").strip()[:100] or None


def _name(person: Named | None) -> str:
    return "" if person is None else name_of(person) or gettext("erased")


def _moment(at: str | None) -> str:
    return "" if at is None else f"{dates.read_moment(at).astimezone(clock().zone):%Y-%m-%d %H:%M}"


def _as_csv(name: str, head: list[str], rows: list[list[str]]) -> Response:
    return as_file(f"{name}.csv", to_csv(head, rows), CSV)


def _as_xlsx(name: str, title: str, head: list[str], rows: list[list[str]]) -> Response:
    return as_file(f"{name}.xlsx", to_xlsx(title, head, rows), XLSX)

"""Stage reports as programs are told of them, and the file of one with the events by which it is counted again.

The file has what happened in every case of a programme, so it is for whoever reads closed needs there and has declared an interest in no
case of it. It is written while somebody waits, and so is what is found in it: of a long report the command does both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.errors import NotAllowed, NotFound, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import canonical, instant
from casework.operations.auth.step_up import sensitive
from casework.operations.core.set_aside import SetAside, set_aside
from casework.operations.oversight.figures import in_its_time, programme_of_reader, show_figure
from casework.operations.oversight.report_file import LEFT, CheckedReport, check_report_file, export_report
from casework.operations.oversight.report_queries import READ_REPORTS, list_reports, show_report
from casework.operations.oversight.views import ListedReport, ShownReport
from casework.permissions.actors import Actor
from casework.records.row_security import whole

#: So many events are written and counted again while somebody waits.
MOST = 20_000

#: Whether somebody, or whom that person stands in for, has declared an interest in a case of a programme.
_INTERESTED = text("""
    SELECT EXISTS (SELECT FROM cases WHERE programme_id = CAST(:programme AS uuid) AND interests && CAST(:people AS text[]))
""")
#: What a programme is called in files.
_CODE = text("SELECT code FROM programmes WHERE id = CAST(:programme AS uuid)")


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """A file that is written: its name, and what is in it."""

    name: str
    content: SetAside


def tell_reports(db: Connection, actor: Actor, programme: str | None) -> JsonObject:
    """The reports of a programme, or of the reader's first one, the last one first. Raises NotFound."""
    mine = programme_of_reader(actor, programme, READ_REPORTS)
    return {"programme": mine, "items": [_line(one) for one in list_reports(db, actor, mine)]}


def tell_report(db: Connection, actor: Actor, id: str) -> JsonObject:
    """A report with its figures inside and outside, as far as the reader may know of it. Raises NotFound."""
    shown = show_report(db, actor, id)
    return _line(shown.report) | {
        "programme": shown.programme,
        "inside": {name: show_figure(figure) for name, figure in shown.inside.items()},
        "restated": list(shown.restated),
        "outside": shown.outside,
        "before": shown.before,
        "writes": shown.writes,
        "next": shown.next,
        "why_not": shown.why_not,
    }


def _line(one: ListedReport) -> JsonObject:
    return {
        "id": one.id,
        "number": one.number,
        "state": one.state,
        "as_of": instant(one.as_of),
        "digest": one.digest,
        "among": dict(one.among),
        "words": dict(one.words),
        "words_digest": one.words_digest,
        "worded": one.worded,
        "steps": [
            {
                "kind": step.kind,
                "at": instant(step.at),
                "by": {"id": step.by.id, "name": step.by.name},
                "acting_for": step.acting_for and {"id": step.acting_for.id, "name": step.acting_for.name},
            }
            for step in one.steps
        ],
    }


@sensitive
def take_content(db: Connection, actor: Actor, id: str) -> ReportFile:
    """What was frozen, byte for byte: its SHA-256 is the digest. Raises NotFound, and NotAllowed for who reads no closed needs."""
    shown = show_report(db, actor, id)
    if shown.content is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.SUPERVISOR, Role.AUDITOR)))
    return ReportFile(name=_name(db, shown, "content"), content=set_aside([canonical(shown.content)]))


@sensitive
def take_report_file(db: Connection, actor: Actor, id: str) -> ReportFile:
    """The file of a report, by which anybody counts it again. Raises NotFound, NotAllowed, and Refused for one of too many events."""
    shown = show_report(db, actor, id)
    return ReportFile(name=_name(db, shown, "file"), content=_written(db, actor, shown))


def verify_report(db: Connection, actor: Actor, id: str) -> Callable[[], JsonObject]:
    """What counts a report again from its file alone, and says what differs; no transaction waits for that.

    Raises NotFound, NotAllowed, and Refused for one of too many events.
    """
    content = _written(db, actor, show_report(db, actor, id))
    return lambda: _verdict(_checked(content))


def _name(db: Connection, shown: ShownReport, what: str) -> str:
    code = db.execute(_CODE, {"programme": shown.programme}).scalar_one()
    return f"report-{code}-{shown.report.number}-{what}.json"


def _written(db: Connection, actor: Actor, shown: ShownReport) -> SetAside:
    if shown.content is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.SUPERVISOR, Role.AUDITOR)))
    people = [actor.person, *(one.deputy_for for one in actor.memberships if one.deputy_for is not None)]
    with whole(db):
        if db.execute(_INTERESTED, {"programme": shown.programme, "people": people}).scalar_one():
            raise NotAllowed(why=reasons.reports.INTEREST)
    count = sum(shown.content["inside"]["as_of"]["logs"].values())
    if count > MOST:
        raise Refused(reasons.reports.TOO_LONG(count=count, most=MOST))
    in_its_time(db)
    return set_aside(piece.encode() for piece in export_report(db, shown.programme, shown.report.number))


def _checked(content: SetAside) -> CheckedReport:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.json"
        with path.open("wb") as file:
            file.writelines(content.pieces())
        return check_report_file(path)


def _verdict(checked: CheckedReport) -> JsonObject:
    return {
        "number": checked.number,
        "holds": not checked.faults,
        "definitions": checked.definitions,
        "other_definitions": checked.is_left,
        "logs": checked.logs,
        "events": checked.events,
        "figures": checked.figures,
        "left": list(LEFT),
        "faults": list(checked.faults),
    }


def find_report(db: Connection, actor: Actor, id: str) -> tuple[str, int]:
    """Of which programme a report is that the actor may read, and its number. Raises NotFound."""
    row = db.execute(_ONE, {"id": id}).one_or_none()
    if row is None or not actor.in_programme(row.programme, READ_REPORTS):
        raise NotFound("report")
    return row.programme, row.number


#: Of which programme a report is, and its number.
_ONE = text("SELECT programme_id::text AS programme, number FROM reports WHERE id = CAST(:id AS uuid)")


__all__ = [
    "MOST", "ReportFile", "find_report", "take_content", "take_report_file", "tell_report", "tell_reports", "verify_report",
]  # fmt: skip

"""Stage reports as their readers find them: those of a programme, and one with what was frozen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, text

from casework.engine.figures.counting import without_needs
from casework.engine.figures.reports import (
    AGREED,
    IS_AGREED,
    PUBLISHED,
    REPORTERS,
    Report,
    against,
    fold,
    persons_of,
)
from casework.engine.figures.told import read_figures
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.errors import NotFound
from casework.ledger.canonical_json import parse_instant
from casework.operations.core.presenters import names_of
from casework.operations.core.views import to_named
from casework.operations.oversight.report_words import words_of
from casework.operations.oversight.reports import read_content, read_moves
from casework.operations.oversight.views import ListedReport, ReportStep, ShownReport
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.permissions.work import in_the_programme
from casework.reasons import Why

#: Who reads the reports of a programme.
READ_REPORTS = frozenset({*REPORTERS, Role.AUDITOR})


def list_reports(db: Connection, actor: Actor, programme: str) -> list[ListedReport]:
    """The reports of a programme, the last one first. Raises NotFound for others than its supervisors, managers and auditors."""
    if not actor.in_programme(programme, READ_REPORTS):
        raise NotFound("programme")
    return _listed(db, programme)[0]


def show_report(db: Connection, actor: Actor, id: str) -> ShownReport:
    """A report with what was frozen: without closed needs for whoever reads none. Raises NotFound."""
    programme = db.execute(_PROGRAMME, {"id": id}).scalar_one_or_none()
    if programme is None or not actor.in_programme(programme, READ_REPORTS):
        raise NotFound("report")
    listed, reports = _listed(db, programme)
    report = next(one for one in listed if one.id == id)
    content = read_content(db, programme, report.number)
    needs = content["of_needs"]
    inside, restated = read_figures(content["inside"]["figures"], needs), content["restated"]["inside"]
    all_of_it = programme in closed_of(actor)
    if not all_of_it:
        inside = {name: without_needs(figure) for name, figure in inside.items()}
        restated = [one for one in restated if one["figure"] not in needs]
    next_move, why_not = _next(actor, programme, reports, report.number)
    return ShownReport(
        report=report,
        programme=programme,
        inside=inside,
        restated=tuple(restated),
        outside=content["outside"] | {"restated": content["restated"]["outside"]},
        content=content if all_of_it else None,
        before=None if content["before"] is None else content["before"]["number"],
        writes=not reports[report.number].published and in_the_programme(actor, programme, REPORTERS) is not None,
        next=next_move,
        why_not=why_not,
    )


#: Of which programme a report is.
_PROGRAMME = text("SELECT programme_id::text FROM reports WHERE id = CAST(:id AS uuid)")


def _next(actor: Actor, programme: str, reports: Mapping[int, Report], number: int) -> tuple[str | None, Why | None]:
    """What somebody may do with a report, or why not; neither for who never may, or where nothing is left to do."""
    by, report = in_the_programme(actor, programme, REPORTERS), reports[number]
    if by is None or report.published:
        return None, None
    kind = PUBLISHED if report.state == IS_AGREED else AGREED
    why = against(reports, kind, number, persons_of(by.person, by.acting_for))
    return (kind, None) if why is None else (None, why)


def _listed(db: Connection, programme: str) -> tuple[list[ListedReport], dict[int, Report]]:
    events = read_moves(db, programme)
    ids, reports = {row.number: row.id for row in db.execute(_IDS, {"programme": programme})}, fold(events)
    names = names_of(db, {who for event in events for who in (event.actor, event.acting_for)})
    listed = [
        ListedReport(
            id=ids[number],
            number=number,
            state=report.state,
            as_of=parse_instant(report.as_of),
            digest=report.digest,
            steps=tuple(_steps(events, number, names)),
            among=report.among,
            words=words_of(events, number),
            words_digest=report.words,
            worded=report.worded,
        )
        for number, report in sorted(reports.items(), reverse=True)
    ]
    return listed, reports


def _steps(events: Iterable[RegisterEvent], number: int, names: Mapping[str, str]) -> list[ReportStep]:
    mine = [event for event in events if event.effects["report"]["number"] == number]
    return [
        ReportStep(
            kind=event.kind,
            at=event.at,
            by=to_named(event.actor, names),
            acting_for=to_named(event.acting_for, names),
        )
        for event in mine
    ]


#: The reports of a programme by their number.
_IDS = text("SELECT id::text, number FROM reports WHERE programme_id = CAST(:programme AS uuid) ORDER BY number")


__all__ = ["READ_REPORTS", "list_reports", "show_report"]

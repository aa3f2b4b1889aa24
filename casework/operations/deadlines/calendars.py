"""The calendar of a programme: look before a change at every deadline that it would move, change it, count again.

A change is one event of the programme's log; what it moves is an event of each case, written case by case.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import EscalationStep, recount
from casework.engine.execution.clocks import END_ACCESS
from casework.engine.execution.commands import Recount
from casework.engine.roles import Role
from casework.errors import CaseHasMoved, NotFound, Refused
from casework.ledger.canonical_json import instant
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import by_system, stand
from casework.operations.core.presenters import when
from casework.operations.core.reader_names import called
from casework.operations.core.register_log import CHANGED, append
from casework.operations.deadlines.views import (
    CalendarMoves,
    CalendarVersion,
    MovedMoment,
    MovedTask,
    ProgrammeCalendar,
)
from casework.operations.people.administrator_checks import insist_administers, insist_administrator
from casework.permissions.actors import Actor
from casework.records.database import transaction
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole

#: So many moved deadlines a preview names; it counts them all.
MOST_SHOWN = 500
#: The steps that a person reads as the date; the others remind somebody of it.
DATES = frozenset({"due", "expire", END_ACCESS})
_NIL = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True, slots=True)
class Moved:
    """A moment that another calendar moves; `what` is "due", "expire", "fire:<transition>", or a step of the escalation."""

    clock: str
    number: str
    task: MovedTask | None
    what: str
    before: datetime
    #: None for a reminder that falls away, since it would come when the deadline does.
    after: datetime | None

    @property
    def is_date(self) -> bool:
        return self.what in DATES or self.what.startswith("fire:")


def show_calendar(db: Connection, actor: Actor, programme: str, *, to_change: bool = False) -> ProgrammeCalendar:
    """A programme's calendar, its versions the newest first, and whether cases are still to be counted again.

    Every administrator may look at it; whoever administers the programme may change it. Raises NotFound.
    """
    insist_administrator(actor)
    if to_change:
        insist_administers(actor, programme)
    row = db.execute(
        text("SELECT id, code, name, name_zh, calendar, recount_after FROM programmes WHERE id = CAST(:id AS uuid)"),
        {"id": programme},
    ).one_or_none()
    if row is None:
        raise NotFound("programme")
    calendar = Calendar.from_json(row.calendar)
    rows = db.execute(_VERSIONS, {"id": programme})
    versions = [
        CalendarVersion(
            version=row.calendar["version"],
            at=instant(row.at),
            by=row.name,
            digest=Calendar.from_json(row.calendar).digest,
        )
        for row in rows
    ]
    return ProgrammeCalendar(
        id=row.id,
        code=row.code,
        name=row.name,
        name_zh=row.name_zh,
        calendar=row.calendar,
        digest=calendar.digest,
        versions=versions,
        counting=row.recount_after is not None,
        mine=actor.in_programme(programme, (Role.ADMINISTRATOR,)),
    )


#: Each version of a programme's calendar with when it came and from whom, the newest first.
_VERSIONS = text(f"""
    SELECT e.effects->'calendar' AS calendar, e.at, {called("p")} AS name FROM events e
    LEFT JOIN people p ON CAST(p.id AS text) = e.actor_id
    WHERE e.log_id = CAST(:id AS uuid) AND e.effects ? 'calendar' ORDER BY e.seq DESC
""")


def preview_calendar(db: Connection, actor: Actor, programme: str, calendar: Calendar) -> CalendarMoves:
    """Every deadline and reminder that the calendar would move, with its case: old and new. Of sealed mediations nothing.

    Its cases are those that `recount_programme` changes.
    """
    insist_administers(actor, programme)
    moment = now(db)
    # An administrator reads no referral, and must know which of their dates would move.
    with whole(db):
        moved = list(moves(db, programme, calendar))
    dates = [move for move in moved if move.is_date]
    return CalendarMoves(
        count=len(dates),
        reminders=len(moved) - len(dates),
        cases=len({move.number for move in moved}),
        late=sum(date.after is not None and date.after <= moment < date.before for date in dates),
        moved=[
            MovedMoment(
                clock=move.clock,
                number=move.number,
                task=move.task,
                what=move.what,
                before=instant(move.before),
                after=when(move.after),
                late=move.after is not None and move.after <= moment,
            )
            for move in moved[:MOST_SHOWN]
        ],
    )


def moves(db: Connection, programme: str, calendar: Calendar) -> Iterator[Moved]:
    """Each moment of a running clock of the programme's cases that the calendar moves, case by case."""
    rows = db.execute(_RUNNING, {"id": programme})
    library = load_library()
    for row in rows:
        if row.calendar == calendar.digest:
            continue
        steps = tuple(EscalationStep(datetime.fromisoformat(at), what, rule) for at, what, rule in row.steps)
        again = recount(steps, row.next, row.start, calendar)
        # Two reminders of one clock differ in how they are counted.
        after = {(step.what, json.dumps(step.rule)): step.moment for step in again[row.next :]}
        for step in steps[row.next :]:
            then = after.get((step.what, json.dumps(step.rule)))
            if then != step.moment:
                edition = library.editions.get(row.task_edition or "")
                task = (
                    None
                    if row.task_name is None
                    else MovedTask(
                        name=row.task_name,
                        rule=row.task_rule,
                        type=row.task_type,
                        edition=edition.fingerprint if edition else None,
                        about=row.task_about,
                    )
                )
                yield Moved(row.id, row.number, task, step.what, step.moment, then)


#: The running clocks of a programme's cases, with the tasks that they belong to.
_RUNNING = text("""
    SELECT k.id, k.steps, k.next, k.start, k.calendar, c.number, t.name AS task_name, t.rule AS task_rule, t.type AS task_type,
    t.edition AS task_edition, t.about AS task_about
    FROM clocks k JOIN cases c ON c.id = k.log_id LEFT JOIN tasks t ON t.id = k.task_id
    WHERE c.programme_id = CAST(:id AS uuid) AND k.fires_at IS NOT NULL ORDER BY c.number, k.fires_at, k.id
""")


def change_calendar(
    db: Connection, actor: Actor, programme: str, calendar: Calendar, *, seen: str, request: Request
) -> Done:
    """Make a new version of the calendar. Raises CaseHasMoved where the one in force is not the one that was seen.

    The running clocks are counted again afterwards, by `recount_programme` and by the worker.
    """
    insist_administers(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, programme)
    stored = db.execute(
        text("SELECT calendar FROM programmes WHERE id = CAST(:id AS uuid)"), {"id": programme}
    ).scalar_one()
    present = Calendar.from_json(stored)
    if present.digest != seen:
        raise CaseHasMoved
    version = replace(calendar, name=present.name, version=present.version + 1, limits=present.limits)
    if replace(version, version=present.version).digest == present.digest:
        raise Refused(reasons.calendars.SAME)
    written = version.to_json()
    append(db, log, [log.next_event(CHANGED, actor.person, role=Role.ADMINISTRATOR, effects={"calendar": written})])
    db.execute(
        text(
            "UPDATE programmes SET calendar = CAST(:written AS jsonb), recount_after = :nil WHERE id = CAST(:id AS uuid)"
        ),
        {"written": json.dumps(written), "nil": _NIL, "id": programme},
    )
    return finish(db, actor, request, Done({"id": programme, "version": version.version, "digest": version.digest}))


def recount_programme(engine: Engine, programme: str | None = None, *, most: int | None = None) -> int:
    """Count the clocks of a programme again whose calendar has changed, or of all: each log in its own transaction.

    Gives in how many cases something moved, after `most` of them. A sealed mediation is counted again and not counted: the
    number is told to who may not know that there is one. What a crash interrupts goes on where it stood, and several
    processes may do this at once.
    """
    moved = seen = 0
    while most is None or seen < most:
        with transaction(engine) as db:
            counted = recount_next(db, programme)
        if counted is None:
            break
        if counted.kind == "case":
            moved, seen = moved + counted.moved, seen + 1
    return moved


@dataclass(frozen=True, slots=True)
class Recounted:
    """A log whose clocks were counted again, and whether a moment moved."""

    kind: str
    moved: bool


def recount_next(db: Connection, programme: str | None = None) -> Recounted | None:
    """Count one log again; None where nothing is left to do."""
    row = db.execute(_TO_DO, {"programme": programme}).one_or_none()
    if row is None:
        return None
    log = db.execute(_NEXT_LOG, {"programme": row.id, "after": row.recount_after}).one_or_none()
    db.execute(
        text("UPDATE programmes SET recount_after = :after WHERE id = CAST(:id AS uuid)"),
        {"after": log.id if log else None, "id": row.id},
    )
    return Recounted("programme", False) if log is None else Recounted(log.kind, recount_log(db, log.id, log.kind))


def list_to_recount(db: Connection) -> list[str]:
    """The programmes of which cases are still to be counted again."""
    return list(db.execute(text("SELECT id FROM programmes WHERE recount_after IS NOT NULL ORDER BY id")).scalars())


def recount_log(db: Connection, log: str, kind: str) -> bool:
    """Count the clocks of one case again by the calendar as it is; whether a moment moved."""
    return bool(by_system(db, stand(db, log, kind), Recount()))


#: A programme whose clocks must be counted again, locked. A programme at a time, and no two processes at the same one.
_TO_DO = text("""
    SELECT id, recount_after FROM programmes WHERE recount_after IS NOT NULL
    AND (CAST(:programme AS uuid) IS NULL OR id = CAST(:programme AS uuid)) ORDER BY id LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED
""")
#: The next log of a programme that has a running clock.
_NEXT_LOG = text("""
    SELECT l.id, l.kind FROM logs l WHERE l.programme_id = CAST(:programme AS uuid) AND l.id > CAST(:after AS uuid)
    AND EXISTS (SELECT FROM clocks k WHERE k.log_id = l.id AND k.fires_at IS NOT NULL) ORDER BY l.id LIMIT 1
""")

"""Clocks: let every deadline that has come do what it says, each once and in its own transaction."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, text

from casework.engine.execution.commands import FireTimer, Recount
from casework.operations.core.perform import by_system, stand
from casework.operations.core.views import row_as
from casework.operations.people.role_ending import relieve_departed
from casework.records.database import savepoint, transaction

_note = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class DueClock:
    """A clock that is due, in which log and of which kind that is."""

    id: str
    log_id: str
    kind: str
    fires_at: datetime


@dataclass(frozen=True, slots=True)
class Stuck:
    """A clock that was due and could not fire; it stays due, and is tried again next time."""

    clock: str
    log: str
    why: str


@dataclass(frozen=True, slots=True)
class FiredTimers:
    """What came of firing: how many steps fired, and the clocks that could not."""

    count: int
    stuck: tuple[Stuck, ...] = ()


def fire_due_timers(engine: Engine, *, until: datetime | None = None, most: int | None = None) -> int:
    """Fire every clock that is due, in order of time; gives how many steps fired.

    `until` leaves alone what is due after that moment. Several processes may do this at once: each step fires once.
    """
    return fire_timers(engine, until=until, most=most).count


def fire_timers(engine: Engine, *, until: datetime | None = None, most: int | None = None) -> FiredTimers:
    """The same, telling also which clocks could not fire; those do not hold up the others."""
    return _fire_all(engine, until, most, None)


def fire_timers_of_log(engine: Engine, log: str) -> FiredTimers:
    """Fire what is due in one log, in order, and what becomes due meanwhile."""
    return _fire_all(engine, None, None, log)


def list_due(db: Connection, *, but: str, most: int) -> list[str]:
    """Logs in which a clock is due, the earliest first. `but` is a condition on `c.log_id` that leaves some out."""
    rows = db.execute(text(_DUE_LOGS.format(but=but)), {"most": most})
    return list(dict.fromkeys(row.log_id for row in rows))


def _fire_all(engine: Engine, until: datetime | None, most: int | None, log: str | None) -> FiredTimers:
    count, stuck = 0, list[Stuck]()
    while most is None or count < most:
        due = None
        try:
            with transaction(engine) as db:
                due = _next_due(db, until, stuck, log)
                if due is None:
                    break
                fired = _fire(db, due)
            # What was written may be refused as late as with COMMIT.
            count += fired
        except Exception as fault:  # whatever is wrong with one clock is no reason to keep the others waiting
            if due is None:
                raise
            stuck.append(_stuck(due, fault))
    # Time ends roles too, and what was held by them must not wait for somebody who has left.
    relieve_departed(engine)
    return FiredTimers(count, tuple(stuck))


def fire_due_timers_on(
    db: Connection, *, until: datetime | None = None, most: int | None = None, all_or_none: bool = False
) -> int:
    """Fire what is due within the caller's transaction, by this session's clock (`casework.clock_offset`).

    With `all_or_none` a clock that cannot fire is raised, and costs the transaction; the others fire the faster.
    """
    count, stuck = 0, list[Stuck]()
    while most is None or count < most:
        due = _next_due(db, until, stuck)
        if due is None:
            break
        try:
            with nullcontext() if all_or_none else savepoint(db):
                fired = _fire(db, due)
            count += fired
        except Exception as fault:  # as above
            if all_or_none:
                raise
            stuck.append(_stuck(due, fault))
    return count


def next_moment(db: Connection) -> datetime | None:
    """When the next clock fires, due or not; a simulation jumps there."""
    moment: datetime | None = db.execute(
        text("SELECT fires_at FROM clocks WHERE fires_at IS NOT NULL ORDER BY fires_at, id LIMIT 1")
    ).scalar_one_or_none()
    return moment


#: The clock that is due first, beside those that are stuck.
#: The time is asked for once: as a condition on every row, a volatile function would keep the index from being used.
_DUE = text("""
    SELECT c.id, c.log_id, c.fires_at, l.kind FROM clocks c JOIN logs l ON l.id = c.log_id
    WHERE c.fires_at <= (SELECT least(casework_now(), CAST(:until AS timestamptz)))
    AND c.id <> ALL(CAST(:stuck AS uuid[])) AND (CAST(:log AS uuid) IS NULL OR c.log_id = CAST(:log AS uuid))
    ORDER BY c.fires_at, c.id LIMIT 1
""")
#: The logs in which a clock is due, the longest first.
_DUE_LOGS = """
    SELECT c.log_id FROM clocks c WHERE c.fires_at <= (SELECT casework_now()) AND {but}
    ORDER BY c.fires_at, c.id LIMIT :most
"""


def _next_due(db: Connection, until: datetime | None, stuck: list[Stuck], log: str | None = None) -> DueClock | None:
    given = {"until": until, "stuck": [timer.clock for timer in stuck], "log": log}
    row = db.execute(_DUE, given).one_or_none()
    return row_as(DueClock, row) if row else None


def _fire(db: Connection, due: DueClock) -> int:
    """Fire one clock under its log's lock; 0 when somebody else was faster."""
    standing = stand(db, due.log_id, due.kind)
    clock = standing.case.clocks.get(due.id)
    # Looked at again: while we waited for the lock, another process may have fired it, paused or stopped it. If that left
    # it with another moment, it must wait its turn among the others.
    if clock is None or clock.fires_at != due.fires_at or due.fires_at > standing.log.now:
        return 0
    # Its calendar may have changed without its having been counted again: then it is not due when it was.
    if clock.calendar == standing.calendar.digest or not by_system(db, standing, Recount()):
        by_system(db, standing, FireTimer(clock.id))
    return 1


def _stuck(due: DueClock, fault: Exception) -> Stuck:
    lines = str(fault).splitlines()
    why = lines[0] if lines else type(fault).__name__
    # Without the log's id: it may be a sealed one. `casework check` names what is stuck to who may see it.
    _note.warning("a clock could not fire", exc_info=fault)
    return Stuck(due.id, due.log_id, why)

"""Where each track of a case stood from when until when, and whose turn it was: for drawing them beside each other. Reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.time_accounting import Interval, intervals
from casework.engine.state.case import CREATED, RUNNING, Case, Task, Track
from casework.errors import NotFound
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.records.event_log import event_of


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackLane:
    """One track over time."""

    track: str
    intervals: Sequence[Interval]
    #: The states in which it ended; None while it runs.
    ended_at: datetime | None
    #: When its step must be done: the first day of them, where it has several.
    due_at: datetime | None
    #: That day has passed, and the clock did not stand still.
    late: bool
    #: Its clock stands still, or somebody lets the step wait.
    still: bool
    #: Other days that it has before it: when something comes by itself, or a task beside its step is due.
    ahead: Sequence[datetime]

    @property
    def side(self) -> str | None:
        """Whose turn it is; nobody's at an end."""
        return None if self.ended_at is not None or not self.intervals else self.intervals[-1].side


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLanes:
    """The tracks of a case over time, in the case's order, and the moment at which they were read."""

    now: datetime
    start: datetime
    lanes: Sequence[TrackLane]


def read_lanes(db: Connection, actor: Actor, case: Case) -> CaseLanes:
    """Every track of a case over time, for those who see it whole. Raises NotFound."""
    if sight(actor, case) < Sight.ALL:
        raise NotFound("case")
    rows = db.execute(_MOVES, {"log": case.log, "kept": list(_KEPT)}).all()
    stood = intervals(load_library(), (event_of(row.header, row.effects, {}) for row in rows))
    # There is always one: that which opened the case.
    moment: datetime = rows[0].now
    lanes = [_lane(case, track, stood.get(track.id, ()), moment) for track in case.tracks.values()]
    return CaseLanes(now=moment, start=case.opened_at, lanes=lanes)


def _lane(case: Case, track: Track, stood: Sequence[Interval], moment: datetime) -> TrackLane:
    steps = case.step_tasks(track.id) if track.live else []
    first = min(steps, key=lambda task: (task.due_at is None, task.due_at, task.id), default=None)
    return TrackLane(
        track=track.id,
        intervals=stood,
        ended_at=track.ended_at,
        due_at=first.due_at if first else None,
        late=any(case.overdue(task, moment) for task in steps),
        still=bool(steps) and all(case.stands_still(task) for task in steps),
        ahead=_ahead(case, track, steps, moment),
    )


def _ahead(case: Case, track: Track, steps: Sequence[Task], moment: datetime) -> list[datetime]:
    """Days before a track beside those of its steps."""
    of_steps = {task.id for task in steps}
    days = {
        task.due_at
        for task in case.open_tasks()
        if task.track == track.id and task.id not in of_steps and task.state != CREATED and task.due_at is not None
    }
    days |= {
        clock.fires_at
        for clock in case.clocks.values()
        if clock.track == track.id and clock.task is None and clock.state == RUNNING and clock.fires_at is not None
    }
    return sorted(day for day in days if day > moment)


#: What of an event's effects says where tracks stand and whose turn it is.
_KEPT = ("tracks", "ended", "reopened", "replaced", "replaced_tracks", "frozen")
#: The time, and the events of a log that move, open, end or stop a track, each with only what says so, in order.
_MOVES = text("""
    SELECT casework_now() AS now, header, coalesce(
        (SELECT jsonb_object_agg(key, value) FROM jsonb_each(effects) WHERE key = ANY(CAST(:kept AS text[]))), '{}'
    ) AS effects
    FROM events WHERE log_id = CAST(:log AS uuid) AND (kind IN ('fired', 'moved') OR effects ?| CAST(:kept AS text[])) ORDER BY seq
""")

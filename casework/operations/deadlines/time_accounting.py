"""Both sides of a referral: what each must do first, and the time that each was charged with since the offer. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.deadline_explanation import Telling, days_used, tell
from casework.engine.analysis.time_accounting import OFFICE, PROVIDER, Turn, turns
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.timers import WAKE
from casework.engine.state.case import CREATED, PAUSED, Case, Task, Track
from casework.engine.state.events import Event
from casework.json_values import JsonObject, JsonValue
from casework.ledger.canonical_json import instant
from casework.operations.core.actions import calendar_of
from casework.operations.deadlines.queries import explain_clock, name_event, versions
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.records.event_log import event_of


def account_of(db: Connection, actor: Actor, case: Case, referral: Track, moment: datetime) -> JsonObject:
    """The account of both sides; who sees the referral sees it whole, and the causes that lie on tracks that he sees."""
    below = [child.id for child in case.children(referral.id)]
    rows = db.execute(_EVENTS, {"log": case.log, "tracks": [referral.id, *below]})
    events = [event_of(row.header, row.effects, row.body) for row in rows]
    made, calendar = turns(load_library(), events, referral.id), calendar_of(db, case.programme)
    told, calendars = tell(events), versions(db, case.programme)
    seen = None if sight(actor, case) == Sight.ALL else {track.id for track in own_tracks(actor, case)}
    causes = {event.seq: event for event in events if seen is None or event.track in seen}
    sides: JsonObject = {"offered_at": instant(made[0].start) if made else None}
    for side in (PROVIDER, OFFICE):
        mine = [one for one in made if one.side == side]
        first = _first(case, referral, below, side)
        sides[side] = {
            "running": bool(mine) and mine[-1].end is None,
            "minutes": sum(one.minutes(moment) for one in mine),
            "working_minutes": sum(one.working_minutes(moment, calendar) for one in mine),
            "task": first.id if first else None,
            "due_at": instant(first.due_at) if first and first.due_at else None,
            "late": bool(first and case.overdue(first, moment)),
            **_progress(first, told, calendars, moment),
        }
    return sides | {
        "turns": [
            {
                "side": one.side,
                "from": instant(one.start),
                "until": instant(one.end) if one.end else None,
                "minutes": one.minutes(moment),
                "working_minutes": one.working_minutes(moment, calendar),
                "because": _cause(one, causes),
            }
            for one in made
        ]
    }


def _first(case: Case, referral: Track, below: list[str], side: str) -> Task | None:
    """What a side must do first; nothing while its clock stands still."""
    still = {clock.task for clock in case.clocks.values() if clock.state == PAUSED}
    tasks = [
        task
        for task in case.open_tasks()
        if task.track in (referral.id, *below)
        and task.state != CREATED
        and not task.aftercare
        and task.due_at is not None
        and (task.organisation is not None) == (side == PROVIDER)
        and task.id not in still
    ]
    return min(tasks, key=lambda one: (one.due_at or one.opened_at, one.id), default=None)


def _progress(
    task: Task | None, told: Mapping[str, Telling], calendars: Mapping[str, Calendar], moment: datetime
) -> JsonObject:
    mine = [one for one in told.values() if task is not None and one.task == task.id]
    clock = next((one for one in reversed(mine) if one.stretches[0].rungs[0].what != WAKE), None)
    made = explain_clock(clock, calendars) if clock is not None else None
    if clock is None or made is None:
        return {"unit": None, "used_days": None, "given_days": None}
    used, given = days_used(clock, made, calendars, moment)
    return {"unit": clock.unit, "used_days": used, "given_days": given}


def _cause(turn: Turn, causes: Mapping[int, Event]) -> JsonValue:
    return name_event(causes[turn.seq]) if turn.seq in causes else None


_EVENTS = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND (
        track_id = ANY(CAST(:tracks AS uuid[])) OR effects ? 'tracks' OR effects ? 'frozen' OR effects ? 'clocks'
        OR effects ? 'clock_states' OR effects ? 'replaced_tracks'
    ) ORDER BY seq
""")

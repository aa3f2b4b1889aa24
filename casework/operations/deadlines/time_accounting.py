"""Both sides of a referral: what each must do first, and the time that each was charged with since the offer. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.deadline_explanation import Telling, days_used, going_on, tell
from casework.engine.analysis.time_accounting import OFFICE, PROVIDER, turns
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.clocks import WAKE
from casework.engine.state.case import CREATED, Case, Task, Track
from casework.ledger.canonical_json import instant
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import when
from casework.operations.deadlines import views
from casework.operations.deadlines.queries import explain_clock, name_event, versions
from casework.operations.deadlines.views import SideAccount, Sides
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, as_seen, own_tracks, sight
from casework.records.event_log import event_of


def account_of(db: Connection, actor: Actor, case: Case, referral: Track, moment: datetime) -> Sides:
    """The account of both sides; who sees the referral sees it whole, and the causes that lie on tracks that he sees.

    What a hold of the case paused is told to the provider as though it went on, or it would learn of the hold.
    """
    below = [child.id for child in case.children(referral.id)]
    rows = db.execute(_EVENTS, {"log": case.log, "tracks": [referral.id, *below]})
    events = [event_of(row.header, row.effects, row.body) for row in rows]
    all_turns, calendar = turns(load_library(), events, referral.id), calendar_of(db, case.programme)
    clocks, calendars = tell(events), versions(db, case.programme)
    seen = None if sight(actor, case) == Sight.ALL else {track.id for track in own_tracks(actor, case)}
    shown = as_seen(actor, case)
    clocks |= {id: going_on(clocks[id]) for id in (case.held_clocks - shown.held_clocks) & clocks.keys()}
    causes = {event.seq: event for event in events if seen is None or event.track in seen}

    def of_side(side: str) -> SideAccount:
        mine = [turn for turn in all_turns if turn.side == side]
        first = _first(shown, referral, below, side)
        unit, used, given = _progress(first, clocks, calendars, moment)
        return SideAccount(
            running=bool(mine) and mine[-1].end is None,
            minutes=sum(turn.minutes(moment) for turn in mine),
            working_minutes=sum(turn.working_minutes(moment, calendar) for turn in mine),
            task=first.id if first else None,
            due_at=when(first.due_at) if first else None,
            late=bool(first and shown.overdue(first, moment)),
            unit=unit,
            used_days=used,
            given_days=given,
        )

    return Sides(
        offered_at=instant(all_turns[0].start) if all_turns else None,
        provider=of_side(PROVIDER),
        office=of_side(OFFICE),
        turns=[
            views.Turn(
                side=turn.side,
                from_=instant(turn.start),
                until=when(turn.end),
                minutes=turn.minutes(moment),
                working_minutes=turn.working_minutes(moment, calendar),
                because=name_event(causes[turn.seq]) if turn.seq in causes else None,
            )
            for turn in all_turns
        ],
    )


def _first(case: Case, referral: Track, below: list[str], side: str) -> Task | None:
    """What a side must do first; nothing while that stands still."""
    tasks = [
        task
        for task in case.open_tasks()
        if task.track in (referral.id, *below)
        and task.state != CREATED
        and not task.aftercare
        and task.due_at is not None
        and (task.organisation is not None) == (side == PROVIDER)
        and not case.stands_still(task)
    ]
    return min(tasks, key=lambda task: (task.due_at or task.opened_at, task.id), default=None)


def _progress(
    task: Task | None, clocks: Mapping[str, Telling], calendars: Mapping[str, Calendar], moment: datetime
) -> tuple[str | None, int | None, int | None]:
    """How a task's days are counted, how many are used, and how many it was given."""
    mine = [telling for telling in clocks.values() if task is not None and telling.task == task.id]
    clock = next((telling for telling in reversed(mine) if telling.stretches[0].steps[0].what != WAKE), None)
    explanation = explain_clock(clock, calendars) if clock is not None else None
    if clock is None or explanation is None:
        return None, None, None
    return clock.unit, *days_used(clock, explanation, calendars, moment)


#: The events of a log that change whose time runs on some tracks, in order.
_EVENTS = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND (
        track_id = ANY(CAST(:tracks AS uuid[])) OR effects ? 'tracks' OR effects ? 'frozen' OR effects ? 'clocks'
        OR effects ? 'clock_states' OR effects ? 'replaced_tracks'
    ) ORDER BY seq
""")

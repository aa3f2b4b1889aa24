"""Deadlines: the clocks of a case, and why each comes to its moment. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.analysis.deadline_explanation import (
    Explanation,
    Interval,
    Telling,
    days_used,
    explain,
    lines,
    own_moment,
    tell,
)
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.clocks import WAKE
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.events import Event
from casework.errors import NotFound
from casework.json_values import JsonObject, JsonValue
from casework.ledger.canonical_json import instant
from casework.operations.cases.queries import find_case
from casework.operations.tasks.queries import find_task
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.records.event_log import event_of


def list_clocks(db: Connection, actor: Actor, number: str) -> JsonObject:
    """The clocks of a case that run or stand still, as far as the actor sees their tracks. Raises NotFound."""
    case, _ = find_case(db, actor, number)
    clocks = _going(case, _known(db, actor, case))
    return {"items": [{key: clock[key] for key in clock if key not in ("intervals", "lines")} for clock in clocks]}


def read_clocks(db: Connection, actor: Actor, number: str) -> JsonObject:
    """The same for a page: each with its ledger, what it is for, and the track that it belongs to. Raises NotFound."""
    case, _ = find_case(db, actor, number)
    clocks = _going(case, _known(db, actor, case))
    tasks = case.tasks
    return {
        "number": case.number,
        "title": case.title,
        "programme": case.programme,
        "items": [
            clock
            | {
                "belongs_to": _track(case.tracks[clock["track"]], main=case.main.id),
                "of": _task(tasks[clock["task"]]) if clock["task"] in tasks else None,
            }
            for clock in clocks
        ],
    }


def _going(case: Case, known: _Known) -> list[JsonObject]:
    clocks = [
        explanation
        for clock in known.clocks.values()
        if clock.id in case.clocks and (explanation := known.explain(clock)) is not None
    ]
    return sorted(clocks, key=lambda entry: (entry["due_at"] is None, entry["due_at"] or "", entry["id"]))


def _track(track: Track, *, main: str) -> JsonObject:
    return {"main": track.id == main, "workflow": track.workflow, "kind": track.kind, "edition": track.edition}


def _task(task: Task) -> JsonObject:
    return {"edition": task.edition, "rule": task.rule, "type": task.type, "about": task.about}


def show_clock(db: Connection, actor: Actor, number: str, id: str) -> JsonObject:
    """A clock with the ledger of its moment; one that has stopped too. Raises NotFound."""
    case, _ = find_case(db, actor, number)
    known = _known(db, actor, case)
    clock = known.clocks.get(id)
    explained = known.explain(clock) if clock is not None else None
    if explained is None:
        raise NotFound("clock")
    return explained


def explain_task(db: Connection, actor: Actor, task: str) -> JsonObject:
    """Why a task is due when it is, for whoever sees the task. Raises NotFound; also where it has no due date."""
    case, _ = find_task(db, actor, task)
    explanation = explain_tasks(db, actor, case, [task]).get(task)
    if explanation is None:
        raise NotFound("clock")
    return explanation


def explain_tasks(db: Connection, actor: Actor, case: Case, tasks: Iterable[str]) -> dict[str, JsonObject]:
    """Why tasks of a case are due when they are, by task; what the actor may not see is left out."""
    wanted, explanations = set(tasks), dict[str, JsonObject]()
    if not wanted:
        return explanations
    known = _known(db, actor, case)
    for clock in known.clocks.values():
        if clock.task in wanted and (explained := known.explain(clock)) is not None and explained["what"] != WAKE:
            explanations[str(clock.task)] = explained
    return explanations


def explain_clock(clock: Telling, calendars: Mapping[str, Calendar]) -> Explanation | None:
    """The ledger of a clock's own moment: when it is due, fires a transition, or a consent expires."""
    what = own_moment(clock)
    return None if what is None else explain(clock, calendars, what)


def versions(db: Connection, programme: str) -> dict[str, Calendar]:
    """Every version that a programme's calendar has had, by digest."""
    rows = db.execute(
        text(
            "SELECT effects->'calendar' AS calendar FROM events WHERE log_id = CAST(:id AS uuid) AND effects ? 'calendar'"
            " ORDER BY seq"
        ),
        {"id": programme},
    )
    calendars = (Calendar.from_json(row.calendar) for row in rows)
    return {calendar.digest: calendar for calendar in calendars}


@dataclass(frozen=True)
class _Known:
    """What somebody may know of a case's clocks, and what is needed to explain them."""

    clocks: Mapping[str, Telling]
    #: What an event is called that stopped a clock; unseen events have no name.
    names: Mapping[int, JsonValue]
    calendars: Mapping[str, Calendar]
    moment: datetime

    def explain(self, clock: Telling) -> JsonObject | None:
        explanation = explain_clock(clock, self.calendars)
        if explanation is None:
            return None
        used, given = days_used(clock, explanation, self.calendars, self.moment)
        return {
            "id": clock.id,
            "track": clock.track,
            "task": clock.task,
            "state": clock.state,
            "what": explanation.what,
            "unit": clock.unit,
            "due_at": instant(explanation.due) if explanation.due else None,
            "rule": dict(explanation.rule),
            "used_days": used,
            "given_days": given,
            "zone": explanation.zone,
            "calendars": list(explanation.calendars),
            "counted_minutes": explanation.minutes(counted=True),
            "other_minutes": explanation.minutes(counted=False),
            "intervals": [_interval(interval, self.names) for interval in explanation.intervals],
            "lines": [
                {
                    "from": instant(line.start),
                    "until": instant(line.end),
                    "kind": line.kind,
                    "name": line.name,
                    "because": self.names.get(line.seq) if line.seq is not None else None,
                    "minutes": line.minutes,
                    "days": line.days,
                }
                for line in lines(explanation.intervals)
            ],
        }


def _known(db: Connection, actor: Actor, case: Case) -> _Known:
    rows = db.execute(
        text(
            "SELECT header, effects, body, casework_now() AS now FROM events WHERE log_id = CAST(:log AS uuid)"
            " AND (effects ? 'clocks' OR effects ? 'clock_states') ORDER BY seq"
        ),
        {"log": case.log},
    ).all()
    events = [event_of(row.header, row.effects, row.body) for row in rows]
    # Without such an event there is no clock that a moment could be asked of.
    clocks, calendars, moment = tell(events), versions(db, case.programme), rows[0].now if rows else case.last_at
    level = sight(actor, case)
    if level == Sight.ALL:
        return _Known(clocks, {event.seq: name_event(event) for event in events}, calendars, moment)
    if level < Sight.REFERRALS:
        raise NotFound("case")
    tracks = {track.id for track in own_tracks(actor, case)}
    # Of a provider's tracks the steps of the office are the office's own; whose a past task was stands in its event.
    theirs = {
        task["id"] for event in events for task in event.effects.get("tasks", ()) if task["organisation"] is not None
    }
    mine = {id: clock for id, clock in clocks.items() if clock.track in tracks and clock.task in theirs}
    names = {event.seq: name_event(event) for event in events if event.track in tracks}
    return _Known(mine, names, calendars, moment)


def name_event(event: Event) -> JsonObject:
    """What an event is called where it is the cause of something."""
    return {"kind": event.kind, "transition": event.effects.get("transition"), "edition": event.edition}


def _interval(interval: Interval, names: Mapping[int, JsonValue]) -> JsonObject:
    return {
        "from": instant(interval.start),
        "until": instant(interval.end),
        "minutes": interval.minutes,
        "kind": interval.kind,
        "counted": interval.counted,
        "name": dict(interval.name) if interval.name else None,
        "because": names.get(interval.seq) if interval.seq is not None else None,
    }

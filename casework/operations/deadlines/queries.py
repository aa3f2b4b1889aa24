"""Deadlines: the clocks of a case, and why each comes to its moment. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.deadline_explanation import (
    Explanation,
    Interval,
    Line,
    Telling,
    days_used,
    explain,
    lines,
    own_moment,
    tell,
)
from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.clocks import WAKE
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.cases.queries import find_case
from casework.operations.core.presenters import when
from casework.operations.core.reader_names import called, title_of
from casework.operations.core.views import Items, TaskKey, row_as, rows_as
from casework.operations.deadlines.views import (
    CaseClocks,
    ClockCause,
    ClockExplained,
    ClockInterval,
    ClockLine,
    ClockSummary,
    ClockTrack,
    PlacedClock,
)
from casework.operations.tasks.queries import find_task
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.records.event_log import event_of


def list_clocks(db: Connection, actor: Actor, number: str) -> Items[ClockSummary]:
    """The clocks of a case that run or stand still, as far as the actor sees their tracks. Raises NotFound."""
    case, _ = find_case(db, actor, number)
    return Items(items=rows_as(ClockSummary, _going(case, _known(db, actor, case))))


def clocks_of(db: Connection, actor: Actor, case: Case, at: datetime) -> list[ClockSummary]:
    """Those of a case as it was at an instant."""
    return rows_as(ClockSummary, _going(case, _known(db, actor, case, at)))


def read_clocks(db: Connection, actor: Actor, number: str) -> CaseClocks:
    """The same for a page: each with its ledger, what it is for, and the track that it belongs to. Raises NotFound."""
    case, _ = find_case(db, actor, number)
    clocks = _going(case, _known(db, actor, case))
    return CaseClocks(
        number=case.number,
        title=title_of(db, actor, case),
        programme=case.programme,
        items=[
            PlacedClock(
                clock=clock,
                track=row_as(ClockTrack, track := case.tracks[clock.track], main=track.id == case.main.id),
                task=row_as(TaskKey, task) if (task := case.tasks.get(clock.task or "")) else None,
            )
            for clock in clocks
        ],
    )


def _going(case: Case, known: _Known) -> list[ClockExplained]:
    clocks = [
        explanation
        for clock in known.clocks.values()
        if clock.id in case.clocks and (explanation := known.explain(clock)) is not None
    ]
    return sorted(clocks, key=lambda clock: (clock.due_at is None, clock.due_at or "", clock.id))


def show_clock(db: Connection, actor: Actor, number: str, id: str) -> ClockExplained:
    """A clock with the ledger of its moment; one that has stopped too. Raises NotFound."""
    case, _ = find_case(db, actor, number)
    known = _known(db, actor, case)
    clock = known.clocks.get(id)
    explained = known.explain(clock) if clock is not None else None
    if explained is None:
        raise NotFound("clock")
    return explained


def explain_task(db: Connection, actor: Actor, task: str) -> ClockExplained:
    """Why a task is due when it is, for whoever sees the task. Raises NotFound; also where it has no due date."""
    case, _ = find_task(db, actor, task)
    explanation = explain_tasks(db, actor, case, [task]).get(task)
    if explanation is None:
        raise NotFound("clock")
    return explanation


def explain_tasks(db: Connection, actor: Actor, case: Case, tasks: Iterable[str]) -> dict[str, ClockExplained]:
    """Why tasks of a case are due when they are, by task; what the actor may not see is left out."""
    wanted, explanations = set(tasks), dict[str, ClockExplained]()
    if not wanted:
        return explanations
    known = _known(db, actor, case)
    for clock in known.clocks.values():
        if clock.task in wanted and (explained := known.explain(clock)) is not None and explained.what != WAKE:
            explanations[str(clock.task)] = explained
    return explanations


def explain_clock(clock: Telling, calendars: Mapping[str, Calendar]) -> Explanation | None:
    """The ledger of a clock's own moment: when it is due, fires a transition, or a consent expires."""
    what = own_moment(clock)
    return None if what is None else explain(clock, calendars, what)


@dataclass(frozen=True)
class _Setting:
    """That limits were set: when, by whom, and which."""

    at: datetime
    by: str | None
    limits: Collection[str]


def versions(db: Connection, programme: str) -> dict[str, Calendar]:
    """Every version that a programme's calendar has had, by digest."""
    return _versions(db, programme)[0]


def _versions(db: Connection, programme: str) -> tuple[dict[str, Calendar], list[_Setting]]:
    """The same, and when limits were set in them; those with which a programme began it has from the first."""
    calendars, settings = dict[str, Calendar](), list[_Setting]()
    for row in db.execute(_VERSIONS, {"id": programme}):
        calendar = Calendar.from_json(row.calendar)
        limits = row.limits if calendars else calendar.limits
        calendars[calendar.digest] = calendar
        if limits:
            settings.append(_Setting(row.at, row.name, tuple(limits)))
    return calendars, settings


#: Each version of a programme's calendar, with the limits that it was made for, and who made it.
_VERSIONS = text(f"""
    SELECT e.effects->'calendar' AS calendar, e.effects->'limits' AS limits, e.at, {called("p")} AS name FROM events e
    LEFT JOIN people p ON CAST(p.id AS text) = e.actor_id
    WHERE e.log_id = CAST(:id AS uuid) AND e.effects ? 'calendar' ORDER BY e.seq
""")


@dataclass(frozen=True)
class _Known:
    """What somebody may know of a case's clocks, and what is needed to explain them."""

    case: Case
    clocks: Mapping[str, Telling]
    #: What an event is called that stopped a clock; unseen events have no name.
    names: Mapping[int, ClockCause]
    calendars: Mapping[str, Calendar]
    moment: datetime
    #: When a limit was set and by whom, in order; of whoever is not of the office nobody is named.
    settings: Sequence[_Setting] = ()

    def explain(self, clock: Telling) -> ClockExplained | None:
        explanation = explain_clock(clock, self.calendars)
        if explanation is None:
            return None
        used, given = days_used(clock, explanation, self.calendars, self.moment)
        return ClockExplained(
            id=clock.id,
            track=clock.track,
            task=clock.task,
            state=clock.state,
            what=explanation.what,
            unit=clock.unit,
            due_at=when(explanation.due),
            rule=dict(explanation.rule),
            law=self._law(clock, explanation),
            **self._set(clock, explanation),
            moved_from=when(explanation.moved_from),
            used_days=used,
            given_days=given,
            zone=explanation.zone,
            calendars=list(explanation.calendars),
            counted_minutes=explanation.minutes(counted=True),
            other_minutes=explanation.minutes(counted=False),
            intervals=[row_as(ClockInterval, interval, **self._placed(interval)) for interval in explanation.intervals],
            lines=[row_as(ClockLine, line, **self._placed(line)) for line in lines(explanation.intervals)],
            edition=self._edition(clock),
        )

    def _edition(self, clock: Telling) -> str:
        task = self.case.tasks.get(clock.task or "")
        return task.edition if task is not None else self.case.tracks[clock.track].edition

    def _law(self, clock: Telling, explanation: Explanation) -> str | None:
        """What the article is called that sets the limit."""
        law = explanation.rule.get("law")
        return load_library()[self._edition(clock)].text(f"laws.{law}") if law else None

    def _set(self, clock: Telling, explanation: Explanation) -> dict[str, str | None]:
        """When the programme set the limit that counted as the clock began, and who did."""
        what, begun = explanation.rule.get("own"), clock.stretches[0].start
        before = [one for one in self.settings if what in one.limits and one.at <= begun]
        return {"set_on": when(before[-1].at), "set_by": before[-1].by} if before else {"set_on": None, "set_by": None}

    def _placed(self, part: Interval | Line) -> JsonObject:
        """From when until when a part of a ledger lasts, and why."""
        return {
            "from_": instant(part.start),
            "until": instant(part.end),
            "name": dict(part.name) if part.name else None,
            "because": self.names.get(part.seq) if part.seq is not None else None,
        }


#: The time, and the events of a log up to one of them that say something of a clock, in order.
_OF_CLOCKS = text("""
    SELECT header, effects, body, casework_now() AS now FROM events WHERE log_id = CAST(:log AS uuid) AND seq <= :seq
    AND (effects ? 'clocks' OR effects ? 'clock_states') ORDER BY seq
""")


def _known(db: Connection, actor: Actor, case: Case, at: datetime | None = None) -> _Known:
    """What the actor may know of a case's clocks now, or of those of a case as it was at an instant."""
    rows = db.execute(_OF_CLOCKS, {"log": case.log, "seq": case.seq}).all()
    events = [event_of(row.header, row.effects, row.body) for row in rows]
    # Without such an event there is no clock that a moment could be asked of.
    (calendars, settings), clocks = _versions(db, case.programme), tell(events)
    moment = at or (rows[0].now if rows else case.last_at)
    level = sight(actor, case)
    if level == Sight.ALL:
        return _Known(case, clocks, {event.seq: name_event(event) for event in events}, calendars, moment, settings)
    if level < Sight.REFERRALS:
        raise NotFound("case")
    tracks = {track.id for track in own_tracks(actor, case)}
    # Of a provider's tracks the steps of the office are the office's own; whose a past task was stands in its event.
    theirs = {
        task["id"] for event in events for task in event.effects.get("tasks", ()) if task["organisation"] is not None
    }
    mine = {id: clock for id, clock in clocks.items() if clock.track in tracks and clock.task in theirs}
    names = {event.seq: name_event(event) for event in events if event.track in tracks}
    # On the other side one sees the office, not who in it.
    return _Known(case, mine, names, calendars, moment, [replace(one, by=None) for one in settings])


def name_event(event: Event) -> ClockCause:
    """What an event is called where it is the cause of something."""
    return ClockCause(kind=event.kind, transition=event.effects.get("transition"), edition=event.edition)

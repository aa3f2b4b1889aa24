"""Why a clock comes to its moment: every minute from where it counts to where it runs out, and whether it counted.

Pure: from the events of a case that tell of the clock, and the versions of the calendar that they name. It only tells,
so it never fails: of a clock of which the events say too little, it tells as much as they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from casework.engine.deadlines.calendars import MAKE_UP, OUTSIDE, WORKING, Calendar, Unit
from casework.engine.deadlines.deadlines import EscalationStep, Rule, moves, unmoved
from casework.engine.state.case import PAUSED, RUNNING, STOPPED
from casework.engine.state.effects_schema import ClockChange, WrittenStep
from casework.engine.state.events import Event
from casework.ledger.canonical_json import parse_instant

#: Why time counts or does not, besides the calendar's own kinds.
EVERY_DAY, PAUSE, WAITING, MOVED = "every_day", "paused", "waiting", "moved"
COUNTED = frozenset({WORKING, MAKE_UP, EVERY_DAY})
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Stretch:
    """Time for which a clock ran by one version of its calendar, or stood still; `seq` is the event that began it."""

    seq: int
    start: datetime
    state: str
    calendar: str
    steps: tuple[EscalationStep, ...]


@dataclass(frozen=True)
class Telling:
    """What the events of a case tell of one clock."""

    id: str
    track: str
    unit: Unit
    task: str | None
    consent: str | None
    stretches: tuple[Stretch, ...]
    #: The event that stopped it, and when.
    stopped: int | None = None
    stopped_at: datetime | None = None

    @property
    def state(self) -> str:
        return STOPPED if self.stopped is not None else self.stretches[-1].state


@dataclass(frozen=True)
class Interval:
    """Time of one kind; `seq` is the event because of which the clock stood still."""

    start: datetime
    end: datetime
    kind: str
    day: date | None = None
    name: Mapping[str, str] | None = None
    seq: int | None = None

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // _MINUTE

    @property
    def counted(self) -> bool:
        return self.kind in COUNTED


@dataclass(frozen=True)
class Explanation:
    """The ledger of a moment: its intervals follow each other without a gap, and end where it lies.

    While the clock stands still there is no such moment (`due` is None), and the ledger ends where it stopped counting.
    """

    what: str
    due: datetime | None
    #: How it is counted: {"n", "unit"}, and the "day" from which where one was named.
    rule: Rule
    zone: str
    calendars: tuple[str, ...]
    intervals: tuple[Interval, ...]
    #: When the limit would have run out, had law not moved it off a day on which nobody works.
    moved_from: datetime | None = None

    def minutes(self, *, counted: bool) -> int:
        return sum(interval.minutes for interval in self.intervals if interval.counted == counted)


def tell(events: Iterable[Event]) -> dict[str, Telling]:
    """Every clock that the events of a case tell of, by id."""
    clocks: dict[str, Telling] = {}
    for event in events:
        for started in event.effects.get("clocks", ()):
            first = Stretch(
                event.seq, parse_instant(started["start"]), RUNNING, started["calendar"], _steps(started["steps"])
            )
            clocks[started["id"]] = Telling(
                started["id"], started["track"], started["unit"], started.get("task"), started.get("consent"), (first,)
            )
        for change in event.effects.get("clock_states", ()):
            if change["id"] in clocks:
                clocks[change["id"]] = _turned(clocks[change["id"]], change, event)
    return clocks


def going_on(clock: Telling) -> Telling:
    """A clock that stands still as though it did not, and came to its moment as it was to."""
    return replace(clock, stretches=clock.stretches[:-1]) if clock.state == PAUSED else clock


def _turned(clock: Telling, change: ClockChange, event: Event) -> Telling:
    stretches, last, seq = clock.stretches, clock.stretches[-1], event.seq
    task = change.get("task", clock.task)
    if change["state"] == STOPPED:
        return replace(_of(clock, stretches, task), stopped=seq, stopped_at=event.at)
    steps = _steps(change["steps"]) if "steps" in change else last.steps
    calendar = change.get("calendar", last.calendar)
    if change["state"] == PAUSED and last.state != PAUSED:
        # A calendar that had changed meanwhile was counted with before the clock stopped.
        ran = Stretch(last.seq, last.start, RUNNING, calendar, steps)
        at = parse_instant(change["start"]) if "start" in change else event.at
        still = Stretch(seq, at, PAUSED, calendar, steps)
        return _of(clock, (*stretches[:-1], ran, still), task)
    if change["state"] == RUNNING and "start" in change:
        return _of(clock, (*stretches, Stretch(seq, parse_instant(change["start"]), RUNNING, calendar, steps)), task)
    # It runs on, or stands still as before: a task that begins before its day moves on what is paused.
    return _of(clock, (*stretches[:-1], Stretch(last.seq, last.start, last.state, calendar, steps)), task)


def _of(clock: Telling, stretches: tuple[Stretch, ...], task: str | None) -> Telling:
    return replace(clock, task=task, stretches=stretches)


def _steps(written: Iterable[WrittenStep]) -> tuple[EscalationStep, ...]:
    return tuple(EscalationStep(parse_instant(moment), what, rule) for moment, what, rule in written)


def explain(clock: Telling, calendars: Mapping[str, Calendar], what: str = "due") -> Explanation | None:
    """The ledger of one of a clock's moments, by the versions of the calendar that its events name, by digest.

    None where the clock has no such moment, or a version of the calendar is not among those given.
    """
    first, last = clock.stretches[0], clock.stretches[-1]
    begun = _step(first, what)
    ends = _step(last, what)
    if begun is None or ends is None or not all(stretch.calendar in calendars for stretch in clock.stretches):
        return None
    due = None if last.state == PAUSED else ends.moment
    until = _minute(last.start if due is None else due)
    origin = min(_origin(first, begun, calendars[first.calendar]), until)
    intervals: list[Interval] = []
    if _minute(first.start) < origin:
        intervals.append(Interval(_minute(first.start), origin, WAITING))
    for stretch, following in zip(clock.stretches, (*clock.stretches[1:], None), strict=True):
        start = origin if stretch is first else max(origin, _minute(stretch.start))
        end = until if following is None else min(until, max(origin, _minute(following.start)))
        if start < end:
            intervals += _within(stretch, start, end, calendars[stretch.calendar], clock.unit, what=what)
    used = dict.fromkeys(stretch.calendar for stretch in clock.stretches)
    # What a pause left is no rule of its own; another day that was granted is.
    rules = [step.rule for stretch in clock.stretches if (step := _step(stretch, what)) and "n" in step.rule]
    return Explanation(
        what,
        due,
        rules[-1] if rules else {"n": 0, "unit": clock.unit},
        calendars[last.calendar].zone,
        tuple(used),
        tuple(intervals),
        _moved_from(last if last.state == RUNNING else clock.stretches[-2], what, calendars[last.calendar]),
    )


def _moved_from(stretch: Stretch, what: str, calendar: Calendar) -> datetime | None:
    """When a limit of law would have run out if its last day did not move; None where it did not."""
    step = _step(stretch, what)
    if step is None or not moves(step.rule):
        return None
    last_day = unmoved(step.rule, stretch.start, calendar, {one.what: one.moment for one in stretch.steps})
    return last_day if last_day < step.moment else None


def _off_the_holiday(start: datetime, end: datetime, calendar: Calendar) -> Iterator[Interval]:
    """The time for which law waits until people work again: by the names of the holidays, where they have some."""
    for name, spans in groupby(calendar.spans(start, end), key=lambda span: calendar.names.get(span.day)):
        some = list(spans)
        yield Interval(some[0].start, some[-1].end, MOVED, name=name)


#: Moments on the way to a clock's own.
_ON_THE_WAY = frozenset({"activate", "remind", "escalate", "flag"})


def own_moment(clock: Telling) -> str | None:
    """What a clock is there for: that something is due, fires a transition, or expires."""
    return next((step.what for step in clock.stretches[-1].steps if step.what not in _ON_THE_WAY), None)


def days_used(
    clock: Telling, explanation: Explanation, calendars: Mapping[str, Calendar], now: datetime
) -> tuple[int, int]:
    """How many of a clock's days are used by now, and how many it was given: working days, or days, by its unit.

    A day is used when nothing of it is left; the day on which the clock began is given on top.
    """
    last = clock.stretches[-1]
    step = _step(last, explanation.what)
    assert step is not None
    at = last.start if last.state == PAUSED else max(last.start, min(clock.stopped_at or now, now))
    calendar = calendars[last.calendar]
    if clock.unit == "wd":
        left = len({span.day for span in calendar.spans(at, step.moment) if span.kind in (WORKING, MAKE_UP)})
        whole = left + len(
            {interval.day for interval in explanation.intervals if interval.counted and interval.end <= _minute(at)}
        )
    else:
        minutes = calendar.remaining(at, explanation.moved_from or step.moment, "cd")
        counted = sum(_overlap(interval, at) for interval in explanation.intervals if interval.counted)
        left, whole = -(-minutes // _DAY), -(-(minutes + counted) // _DAY)
    named = "day" in explanation.rule and explanation.rule["n"] < 1
    given = whole if named or clock.unit != explanation.rule["unit"] else explanation.rule["n"]
    return given - min(given, left), given


_DAY = 24 * 60


def _overlap(interval: Interval, until: datetime) -> int:
    return max(0, (min(interval.end, _minute(until)) - interval.start) // _MINUTE)


def _step(stretch: Stretch, what: str) -> EscalationStep | None:
    return next((step for step in stretch.steps if step.what == what), None)


def _origin(stretch: Stretch, step: EscalationStep, calendar: Calendar) -> datetime:
    """From where a moment is counted: the start, the step before, or the end of the day that a form named."""
    rule = step.rule
    if "after" in rule:
        base = _step(stretch, rule["after"])
        return _minute(base.moment if base else stretch.start)
    if "day" not in rule or rule["n"] < 1:
        return _minute(stretch.start)
    midnight = datetime.combine(date.fromisoformat(rule["day"]) + timedelta(days=1), time(), ZoneInfo(calendar.zone))
    return midnight.astimezone(stretch.start.tzinfo)


def _within(
    stretch: Stretch, start: datetime, end: datetime, calendar: Calendar, unit: str, *, what: str
) -> Iterator[Interval]:
    if stretch.state == PAUSED:
        yield Interval(start, end, PAUSE, seq=stretch.seq)
    elif unit == "cd":
        last_day = min(end, max(start, _moved_from(stretch, what, calendar) or end))
        if start < last_day:
            yield Interval(start, last_day, EVERY_DAY)
        if last_day < end:
            yield from _off_the_holiday(last_day, end, calendar)
    else:
        for span in calendar.spans(start, end):
            name = calendar.names.get(span.day) if span.kind != WORKING else None
            yield Interval(span.start, span.end, span.kind, span.day, name)


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


# --- as people read it -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Days of one kind in a row: "5 working days, 40 hours", "weekend", "Labour Day"."""

    start: datetime
    end: datetime
    kind: str
    name: Mapping[str, str] | None
    seq: int | None
    #: Minutes that counted; hours in which nobody works lie between those that people do.
    minutes: int
    days: int


def lines(intervals: Sequence[Interval]) -> list[Line]:
    """The ledger in as few lines as tell it: the hours outside working time go with the working days around them."""
    drawn = []
    for (kind, name, seq), some in groupby(_with_their_days(intervals), key=lambda named: named[0]):
        group = [interval for _, interval in some]
        drawn.append(
            Line(
                group[0].start,
                group[-1].end,
                kind,
                dict(name) if name else None,
                seq,
                sum(interval.minutes for interval in group if interval.counted),
                len({interval.day for interval in group if interval.counted and interval.day is not None}),
            )
        )
    return drawn


def _with_their_days(intervals: Sequence[Interval]) -> Iterator[tuple[Any, Interval]]:
    make_up = {interval.day for interval in intervals if interval.kind == MAKE_UP}
    for interval in intervals:
        kind = interval.kind
        if kind == OUTSIDE:
            kind = MAKE_UP if interval.day in make_up else WORKING
        name = tuple(sorted(interval.name.items())) if interval.name and kind not in (WORKING,) else None
        yield (kind, name, interval.seq), interval

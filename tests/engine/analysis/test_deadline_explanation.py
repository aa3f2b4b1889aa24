"""Every due date explains itself: the ledger adds up to the minute, held against a counter that looks at each one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.analysis.deadline_explanation import (
    MOVED,
    Explanation,
    Telling,
    days_used,
    explain,
    going_on,
    lines,
    tell,
)
from casework.engine.deadlines.calendars import Calendar, Unit
from casework.engine.definition.grammar import Final, Law, Limit, State, Workflow, previous, working_days
from casework.engine.execution.commands import Recount
from casework.engine.roles import Role
from casework.operations.core.national_holidays import china
from tests.engine.deadlines.test_calendars import is_open, slots
from tests.engine.toys import Play

BEIJING = ZoneInfo("Asia/Shanghai")
MINUTE = timedelta(minutes=1)
#: Around these the zone's clocks change, or a leap day lies.
ZONES = {
    "Asia/Shanghai": datetime(2028, 2, 26, 2, tzinfo=UTC),
    "Europe/Berlin": datetime(2026, 3, 26, 8, tzinfo=UTC),
    "America/New_York": datetime(2026, 10, 29, 15, tzinfo=UTC),
    "America/Sao_Paulo": datetime(2018, 11, 1, 15, tzinfo=UTC),
    "Asia/Pyongyang": datetime(2018, 5, 2, 2, tzinfo=UTC),
    "Pacific/Apia": datetime(2011, 12, 27, 21, tzinfo=UTC),
    "Australia/Lord_Howe": datetime(2026, 10, 1, 1, tzinfo=UTC),
}


def workflow(limit: Limit) -> type[Workflow]:
    class Waits(Workflow):
        workflow = "case"
        title = "A case that waits"
        working = State("Working", Role.OFFICER, limit, "Work")
        done = Final("Done")
        aside = State("Aside", Role.OFFICER, working_days(5), "Work")
        finish = working.to(done, by=Role.OFFICER, do="Finish", done="finished")
        step_aside = working.to(aside, by=Role.OFFICER, do="Step aside", done="stepped aside")
        step_back = aside.to(previous(), by=Role.OFFICER, do="Step back", done="stepped back")

    return Waits


@dataclass
class Run:
    """Time for which the clock ran, and the calendar by which it counted then."""

    start: datetime
    end: datetime | None
    calendar: Calendar


class Waiting:
    """A case of one step that is left and taken up again, and what a bystander wrote down meanwhile."""

    def __init__(self, calendar: Calendar, start: datetime, limit: Limit) -> None:
        self.limit = limit
        self.play = Play(workflow(limit), now=start, calendar=calendar).start("case")
        self.runs = [Run(start, None, calendar)]
        self.versions = [calendar]

    def turn(self, wait: int) -> None:
        """Let so many minutes pass, and step aside or back."""
        self.play.now += wait * MINUTE
        now, last = self.play.now, self.runs[-1]
        if last.end is None:
            self.play.fire("step_aside")
            last.end, last.calendar = now, self.play.calendar
        else:
            self.play.fire("step_back")
            self.runs.append(Run(now, None, self.play.calendar))

    def change(self, calendar: Calendar) -> None:
        self.play.calendar = calendar
        self.versions.append(calendar)
        # What is counted again may be the clock of the step aside; this one stands still meanwhile.
        if self.play.do(Recount()) and self.runs[-1].end is None:
            self.runs[-1].calendar = calendar

    @property
    def clock(self) -> Telling:
        main = self.play.case.main.id
        return next(one for one in tell(self.play.events).values() if one.track == main)

    @property
    def explained(self) -> Explanation:
        explained = explain(self.clock, {one.digest: one for one in self.versions})
        assert explained is not None
        return explained

    @property
    def due(self) -> datetime | None:
        return next((task.due_at for task in self.play.tasks("working")), None)

    def counts(self, moment: datetime) -> bool:
        """Whether this minute counts, by looking at the wall clock and at what the bystander wrote down."""
        for run in self.runs:
            if _minute(run.start) <= moment and (run.end is None or moment < _minute(run.end)):
                return self.limit.unit == "cd" or is_open(run.calendar, moment)
        return False


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, datetime]:
    zone = draw(st.sampled_from(sorted(ZONES)))
    start = ZONES[zone] + draw(st.integers(0, 3 * 24 * 60)) * MINUTE + draw(st.integers(0, 59)) * timedelta(seconds=1)
    near = st.integers(0, 12).map(lambda days: (start + timedelta(days=days)).date())
    holidays = draw(st.frozensets(near, max_size=3))
    make_up = draw(st.frozensets(near, max_size=2)) - holidays
    return Calendar("any", 1, zone, draw(slots()), holidays, make_up), start


def test_what_stands_still_is_told_as_though_it_came_to_its_moment() -> None:
    waiting = Waiting(china([2026]), datetime(2026, 3, 2, 2, tzinfo=UTC), working_days(5))
    before, running = waiting.explained, waiting.clock
    assert going_on(running) is running
    waiting.turn(3 * 24 * 60)
    assert waiting.explained.due is None
    shown = explain(going_on(waiting.clock), {one.digest: one for one in waiting.versions})
    assert shown == before


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 6), st.sampled_from(["wd", "cd"]), st.lists(st.integers(1, 3000), max_size=5))
def test_the_ledger_is_what_a_minute_counter_counts(
    scene: tuple[Calendar, datetime], n: int, unit: Unit, waits: list[int]
) -> None:
    calendar, start = scene
    waiting = Waiting(calendar, start, Limit(n, unit))
    promised = waiting.explained.minutes(counted=True)
    for wait in waits:
        if waiting.due is not None and waiting.play.now + wait * MINUTE >= waiting.due:
            break
        waiting.turn(wait)
    explained = waiting.explained
    _insist_whole(waiting, explained)
    if explained.due is not None:
        assert explained.due == waiting.due
        # However often it stood still, as much counts as was promised.
        assert explained.minutes(counted=True) == promised


@settings(max_examples=60, deadline=None)
@given(
    calendars(),
    st.integers(1, 5),
    st.lists(st.integers(1, 2000), max_size=3),
    st.lists(st.tuples(st.booleans(), st.integers(0, 12)), min_size=1, max_size=3),
)
def test_a_changed_calendar_is_told_too(
    scene: tuple[Calendar, datetime], n: int, waits: list[int], changes: list[tuple[bool, int]]
) -> None:
    calendar, start = scene
    waiting = Waiting(calendar, start, Limit(n, "wd"))
    for index, (free, days) in enumerate(changes):
        day = (start + timedelta(days=days)).date()
        calendar = replace(
            calendar,
            version=calendar.version + 1,
            holidays=calendar.holidays - {day} | ({day} if free else frozenset()),
            make_up=calendar.make_up - {day} | (frozenset() if free else {day}),
        )
        waiting.change(calendar)
        if index < len(waits) and (waiting.due is None or waiting.play.now + waits[index] * MINUTE < waiting.due):
            waiting.turn(waits[index])
    explained = waiting.explained
    _insist_whole(waiting, explained)
    if explained.due is not None:
        assert explained.due == waiting.due


def _insist_whole(waiting: Waiting, explained: Explanation) -> None:
    intervals = explained.intervals
    for one, following in zip(intervals, intervals[1:], strict=False):
        assert one.end == following.start
    for one in intervals:
        assert one.minutes > 0
        for index in range(one.minutes):
            assert waiting.counts(one.start + index * MINUTE) == one.counted, one
    if intervals and explained.due is not None:
        assert intervals[-1].end == explained.due
        total = explained.minutes(counted=True) + explained.minutes(counted=False)
        assert total * MINUTE == explained.due - intervals[0].start
    told = lines(intervals)
    assert sum(one.minutes for one in told) == explained.minutes(counted=True)
    assert [one.end for one in told[:-1]] == [one.start for one in told[1:]]


@settings(max_examples=60, deadline=None)
@given(
    calendars(),
    st.integers(1, 6),
    st.sampled_from(["wd", "cd"]),
    st.lists(st.integers(1, 3000), max_size=4),
    st.integers(0, 5000),
)
def test_a_day_is_used_when_nothing_of_it_is_left(
    scene: tuple[Calendar, datetime], n: int, unit: Unit, waits: list[int], later: int
) -> None:
    calendar, start = scene
    waiting = Waiting(calendar, start, Limit(n, unit))
    for wait in waits:
        if waiting.due is not None and waiting.play.now + wait * MINUTE >= waiting.due:
            break
        waiting.turn(wait)
    now = waiting.play.now + later * MINUTE
    explained, clock = waiting.explained, waiting.clock
    versions = {calendar.digest: calendar}
    used, allowed = days_used(clock, explained, versions, now)
    assert allowed == n
    assert 0 <= used <= n
    if explained.due is not None:
        assert days_used(clock, explained, versions, explained.due) == (n, n)
        assert (used == n) == (now >= explained.due or calendar.remaining(now, explained.due, clock.unit) == 0)


@settings(max_examples=60, deadline=None)
@given(calendars(), st.integers(1, 9), st.lists(st.integers(1, 3000), max_size=4))
def test_a_limit_of_law_tells_what_it_waited_for(scene: tuple[Calendar, datetime], n: int, waits: list[int]) -> None:
    calendar, start = scene
    waiting = Waiting(calendar, start, Limit(n, "cd", law=Law("some", "Some Law Art. 1")))
    for wait in waits:
        if waiting.due is not None and waiting.play.now + wait * MINUTE >= waiting.due:
            break
        waiting.turn(wait)
    explained = waiting.explained
    assert explained.due == waiting.due
    parts = explained.intervals
    assert all(one.end == following.start for one, following in pairwise(parts))
    assert all(one.minutes > 0 for one in parts)
    moved = [one for one in parts if one.kind == MOVED]
    assert not any(one.counted for one in moved)
    if explained.due is None:
        return
    assert not parts or parts[-1].end == explained.due
    # Whatever it waited for lies behind its last day, and ends when people work.
    last = (explained.due - MINUTE).astimezone(ZoneInfo(calendar.zone)).date()
    assert calendar.is_working_day(last)
    if explained.moved_from is not None:
        assert moved[-1].end == explained.due
        unmoved = (explained.moved_from - MINUTE).astimezone(ZoneInfo(calendar.zone)).date()
        assert not calendar.is_working_day(unmoved)
    versions = {calendar.digest: calendar}
    used, allowed = days_used(waiting.clock, explained, versions, explained.due)
    assert used == allowed == n


# --- the real calendar of 2026 ---------------------------------------------------------------------------------------


def test_a_limit_of_law_moves_off_national_day_and_says_so() -> None:
    """Three months from 1 July 2026 end on National Day, and people work again on the 8th."""
    start = datetime(2026, 7, 1, 2, tzinfo=UTC)
    law = Limit(3, "mo", law=Law("some", "Some Law Art. 1"))
    explained = Waiting(china([2026]), start, law).explained
    assert explained.due == datetime(2026, 10, 8, 9, tzinfo=UTC)
    assert explained.moved_from == datetime(2026, 10, 1, 9, tzinfo=UTC)
    told = [(one.kind, (one.name or {}).get("en")) for one in lines(explained.intervals)]
    assert told[0] == ("every_day", None)
    assert {kind for kind, _ in told[1:]} == {MOVED}
    assert any(name and "National Day" in name for _, name in told)
    ours = Waiting(china([2026]), start, Limit(3, "mo")).explained
    assert (ours.due, ours.moved_from) == (explained.moved_from, None)


def test_the_spring_festival_of_2026_is_told_by_its_names() -> None:
    """Ten working days from Monday, 9 February: eight days of holiday lie between, and both Saturdays are worked."""
    start = datetime(2026, 2, 9, 2, tzinfo=UTC)
    waiting = Waiting(china([2026]), start, Limit(10, "wd"))
    explained = waiting.explained
    _insist_whole(waiting, explained)
    told = [
        (one.kind, one.start.astimezone(BEIJING).date().day, (one.name or {}).get("en"))
        for one in lines(explained.intervals)
    ]
    assert ("make_up", 14) in [one[:2] for one in told]
    assert ("holiday", 17, "Chinese New Year (Spring Festival)") in told
    assert explained.due == datetime(2026, 2, 28, 9, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 364 * 24 * 60),
    st.integers(1, 15),
    st.sampled_from(["wd", "cd"]),
    st.lists(st.integers(1, 9000), max_size=4),
)
def test_every_ledger_of_2026_is_what_a_minute_counter_counts(later: int, n: int, unit: Unit, waits: list[int]) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC) + later * MINUTE
    waiting = Waiting(china([2026, 2027]), start, Limit(n, unit))
    for wait in waits:
        if waiting.due is not None and waiting.play.now + wait * MINUTE >= waiting.due:
            break
        waiting.turn(wait)
    _insist_whole(waiting, waiting.explained)


def test_every_due_date_of_2026_adds_up() -> None:
    calendar = china([2026])
    for day in range(0, 360, 5):
        start = datetime(2026, 1, 1, 3, 30, tzinfo=UTC) + timedelta(days=day)
        explained = Waiting(calendar, start, Limit(3, "wd")).explained
        counted = {one.day for one in explained.intervals if one.counted}
        assert len(counted - {calendar.local_date(start)}) == 3
        assert explained.minutes(counted=True) == calendar.working_minutes(start, explained.due or start)

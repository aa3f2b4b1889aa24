"""A programme's year in minutes: seeded people act in many cases, late and sometimes never, and every clock fires.

What happens is the real thing: the operations that people use, by a session whose clock is moved, and the firing of
clocks as a worker does it. What must hold is looked at from outside, in `watch`.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from casework.demo.assessment import assess_needs
from casework.demo.minutes import Minutes
from casework.demo.scripts import scripts
from casework.demo.scripts.simulated import simulated
from casework.demo.story import import_past, prepare, rounds
from casework.demo.watch import Seen, Watch
from casework.engine.deadlines.calendars import Calendar, day_in
from casework.engine.state.events import Event
from casework.errors import CaseworkError, InvalidSettings
from casework.operations.core.national_holidays import china
from casework.operations.deadlines.timers import fire_due_timers_on, next_moment
from casework.operations.oversight.case_hygiene import KINDS, check_programme
from casework.playbook.driver import Player
from casework.playbook.stage import Stage, set_clock
from casework.playbook.steps import Script, Until, Wait
from casework.records.database import connect_engine, connected
from casework.records.event_log import read_events
from casework.records.row_security import always_whole
from casework.settings import Settings

#: So many findings are told in full.
MOST_TOLD = 20
#: The nightly check looks at this hour.
NIGHT = time(2, 30)
#: Of a hundred steps so many are done within two days, within two weeks, within two months; the others never.
HABITS = ((62, 0, 2), (28, 3, 14), (9, 15, 60))
#: Days until a step of which its script says no more than how long before today it is.
SOME_DAYS = 10.0
#: After so many thirds of the time the office assesses the needs of its districts: whom it asked, and whom it visited.
ASSESSED = (1, 2)
#: No clock that is begun within the time simulated runs further than this.
BEYOND_DAYS = 4 * 366


@dataclass
class Summary:
    """What a simulation comes to; the same for the same cases, days and seed."""

    cases: int
    days: int
    seed: int
    starts: str
    actions: int = 0
    #: Actions that were refused, for the case had moved on without the person.
    refused: int = 0
    #: Cases whose people fell silent before the end.
    silent: int = 0
    events: int = 0
    steps: dict[str, int] = field(default_factory=dict)
    clocks: int = 0
    ledgers: int = 0
    counted_minutes: int = 0
    nights: int = 0
    breaches: dict[str, int] = field(default_factory=dict)
    states: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    #: SHA-256 of what happened in each case, in order and to the minute.
    digest: str = ""

    @property
    def clean(self) -> bool:
        return not self.wrong and not self.breaches


#: How often the rule was broken in each way in the last night.
_BREACHES = text("SELECT breaches FROM case_hygiene_days ORDER BY day DESC LIMIT 1")

Progress = Callable[[int, int], None]
#: Who comes beside the cast, once it is there, and who of them plays each script.
Casting = Callable[[Stage, list[Script]], list[Script]]


def simulate(
    settings: Settings,
    *,
    cases: int,
    days: int,
    seed: int,
    starts: date,
    progress: Progress = lambda done, of: None,
    casting: Casting = lambda stage, chosen: chosen,
) -> Summary:
    """Simulate an empty database's programme from a day on. Raises InvalidSettings in production."""
    if settings.profile == "production":
        raise InvalidSettings("CASEWORK_PROFILE must not be production: the time is simulated.")
    calendar = china(range(starts.year - 1, starts.year + 7))
    zone = ZoneInfo(calendar.zone)
    start = datetime.combine(starts, time(8), zone)
    end = datetime.combine(starts + timedelta(days=days), time(), zone)
    summary = Summary(cases, days, seed, starts.isoformat())
    # A machine that stands still for a while is no reason to begin again.
    patient = {"statement_timeout_ms": 0, "idle_timeout_ms": 0}
    engine = connect_engine(settings.model_copy(update=patient))
    always_whole(engine)
    try:
        with connected(engine) as db:
            # What is thrown away at the end need not be safe on the disk after each action.
            db.execute(text("SET synchronous_commit TO off"))
            # The same few statements come again and again, each with its plan.
            db.execute(text("SET plan_cache_mode TO force_generic_plan"))
            db.commit()
            stage = _SwiftStage(db, calendar, end, {}, start)
            chosen = rounds(simulated(scripts(calendar, end)), cases)
            prepare(settings, stage, chosen)
            chosen = casting(stage, chosen)
            import_past(settings, stage.moment)
            lives = [_Life(stage, script, n, seed, start, days=days) for n, script in enumerate(chosen)]
            _live(stage, lives, starts, days, summary, progress=progress)
            _watch(stage, calendar, starts, days, lives, summary=summary)
    finally:
        engine.dispose()
    return summary


def _live(stage: Stage, lives: list[_Life], starts: date, days: int, summary: Summary, *, progress: Progress) -> None:
    """Days and nights: whoever is to act does so, and each night case hygiene is looked at."""
    waiting = [(life.moment, n) for n, life in enumerate(lives)]
    assessed = {days * thirds // 3 for thirds in ASSESSED}
    heapq.heapify(waiting)
    zone = ZoneInfo(stage.calendar.zone)
    for day in range(1, days + 1):
        night = datetime.combine(starts + timedelta(days=day), NIGHT, zone)
        while waiting and waiting[0][0] < min(night, stage.end):
            moment, n = heapq.heappop(waiting)
            stage.advance(moment)
            if lives[n].live():
                heapq.heappush(waiting, (lives[n].moment, n))
        stage.advance(min(night, stage.end))
        _look(stage, summary)
        if day in assessed:
            assess_needs(stage)
        progress(day, days)
    summary.actions = sum(live.actions for live in lives)
    summary.refused = sum(live.refused for live in lives)
    summary.silent = sum(live.silent for live in lives)


def _look(stage: Stage, summary: Summary) -> None:
    """The nightly check, as a worker does it."""
    summary.nights += 1
    with stage.action() as db:
        if not check_programme(db, stage.ids["programme"]):
            return
        breaches = db.execute(_BREACHES).scalar_one()
    for kind in KINDS:
        if kind in breaches:
            summary.breaches[kind] = summary.breaches.get(kind, 0) + breaches[kind]


def _watch(stage: Stage, calendar: Calendar, starts: date, days: int, lives: list[_Life], *, summary: Summary) -> None:
    """What an observer says who reads it all afterwards."""
    minutes = Minutes(calendar.to_json(), starts - timedelta(days=2), days + BEYOND_DAYS)
    seen, digest = Seen(), hashlib.sha256()
    with stage.db.begin():
        for life in lives:
            for name, (log, _) in life.hand.logs.items():
                events = list(read_events(stage.db, log))
                watch = Watch(minutes, seen, f"case {life.n + 1}, {name}")
                watch.read(events, stage.end)
                watch.compare_ledgers(events, {calendar.digest: calendar})
                summary.events += len(events)
                for line in _lines(life.n, name, events):
                    digest.update(line.encode())
        states = stage.db.execute(text("SELECT state, count(*) AS n FROM cases GROUP BY state ORDER BY state"))
        summary.states = {row.state: row.n for row in states}
    summary.steps = dict(sorted(seen.steps.items()))
    summary.clocks, summary.ledgers, summary.counted_minutes = seen.clocks, seen.ledgers, seen.counted_minutes
    summary.wrong = seen.wrong
    summary.digest = digest.hexdigest()


def _lines(n: int, name: str, events: list[Event]) -> Iterator[str]:
    """What happened, without the ids, which are new each time."""
    for event in events:
        what = event.effects.get("transition") or event.effects.get("what") or event.effects.get("name") or ""
        yield f"{n} {name} {event.at:%Y-%m-%dT%H:%M} {event.kind} {what} {','.join(event.to)}\n"


class _SwiftStage(Stage):
    """A stage on which all clocks up to the next action fire in one transaction, each at its own moment."""

    def advance(self, moment: datetime) -> None:
        try:
            with self.transaction():
                self._fire_all(moment)
        except Exception:  # whatever it was: one by one all others fire, and it is told which cannot
            super().advance(moment)
        self.moment = max(self.moment, moment)

    def _fire_all(self, moment: datetime) -> None:
        while (due := next_moment(self.db)) is not None and due <= moment:
            set_clock(self.db, max(due + timedelta(milliseconds=1), self.moment))
            if fire_due_timers_on(self.db, all_or_none=True) == 0:
                raise LookupError(f"a clock that was due at {due} could not fire")


class _Life(Player):
    """One case in the hands of seeded people, who follow its script in their own time, or not at all."""

    def __init__(self, stage: Stage, script: Script, n: int, seed: int, start: datetime, *, days: int) -> None:
        super().__init__(stage, script, n)
        # One stream of chance for each case: what happens in one moves nothing in another.
        self.dice = random.Random(f"{seed}/{n}")
        self.actions, self.refused, self.silent = 0, 0, 0
        #: How many days before today its script has come, where it has said so.
        self._until: float | None = None
        self.moment = self._in_office(start, self.dice.uniform(0, 0.7 * days))

    def live(self) -> bool:
        """Do the next step; False when nothing more comes."""
        self.skip_waits()
        if self.over:
            return False
        self.stage.moment = self.moment
        try:
            self.step()
            self.actions += 1
        except (CaseworkError, LookupError, ValueError):
            # The case has moved on by itself: whoever comes too late finds nothing to do any more.
            self.refused += 1
            return False
        pause = self._pause()
        if pause is None:
            self.silent += 1
            return False
        self.moment = self._in_office(self.moment, pause)
        return not self.over

    def _pause(self) -> float | None:
        """Days until the next step; None where it is never done."""
        waits = sum((self._days_of(step) for step in self.skip_waits()), 0.0)
        chance = self.dice.uniform(0, 100)
        for share, least, most in HABITS:
            if chance < share:
                return waits + self.dice.uniform(least, most)
            chance -= share
        return None

    def _days_of(self, step: Wait | Until) -> float:
        """How long it waits: from one day before today to the next of its script, or some days."""
        if isinstance(step, Wait):
            return step.days
        before, self._until = self._until, step.days
        return SOME_DAYS if before is None else max(before - step.days, SOME_DAYS)

    def _in_office(self, after: datetime, days: float) -> datetime:
        """A moment of office hours, always at the same second: a slow machine must not change the minute."""
        zone = ZoneInfo(self.stage.calendar.zone)
        later = day_in(after + timedelta(days=days), zone)
        moment = datetime.combine(later, time(9), zone) + timedelta(minutes=self.dice.randrange(8 * 60), seconds=10)
        while moment <= after or not self.stage.calendar.is_working_day(day_in(moment, zone)):
            moment += timedelta(days=1)
        return moment

"""A programme's year in minutes: seeded people act in many cases, late and sometimes never, and every clock fires.

What happens is the real thing: the operations that people use, by a session whose clock is moved, and the firing of
clocks as a worker does it. What must hold is looked at from outside, in `watch`.
"""

from __future__ import annotations

import hashlib
import heapq
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from casework.demo.minutes import Minutes
from casework.demo.story import prepare, rounds
from casework.demo.watch import Seen, Watch
from casework.engine.deadlines.calendars import Calendar, day_in
from casework.engine.state.events import Event
from casework.errors import CaseworkError, InvalidSettings
from casework.operations.core.national_holidays import china
from casework.operations.oversight.case_hygiene import KINDS, check_programme, find_breaches
from casework.playbook.driver import Player
from casework.playbook.stage import Stage
from casework.playbook.steps import Script, Wait
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


Progress = Callable[[int, int], None]


def simulate(
    settings: Settings, *, cases: int, days: int, seed: int, starts: date, progress: Progress = lambda done, of: None
) -> Summary:
    """Simulate an empty database's programme from a day on. Raises InvalidSettings in production."""
    if settings.profile == "production":
        raise InvalidSettings("CASEWORK_PROFILE must not be production: the time is simulated.")
    calendar = china(range(starts.year - 1, starts.year + 7))
    zone = ZoneInfo(calendar.zone)
    start = datetime.combine(starts, time(8), zone)
    end = datetime.combine(starts + timedelta(days=days), time(), zone)
    summary = Summary(cases, days, seed, starts.isoformat())
    engine = connect_engine(settings.model_copy(update={"statement_timeout_ms": 60_000}))
    always_whole(engine)
    try:
        with connected(engine) as db:
            # What is thrown away at the end need not be safe on the disk after each action.
            db.execute(text("SET synchronous_commit TO off"))
            db.commit()
            stage = Stage(db, calendar, end, {}, start)
            chosen = rounds(calendar, end, cases)
            prepare(settings, stage, chosen)
            lives = [_Life(stage, script, n, seed, start, days=days) for n, script in enumerate(chosen)]
            _live(stage, lives, starts, days, summary, progress=progress)
            _watch(stage, calendar, starts, days, lives, summary=summary)
    finally:
        engine.dispose()
    return summary


def _live(stage: Stage, lives: list[_Life], starts: date, days: int, summary: Summary, *, progress: Progress) -> None:
    """Days and nights: whoever is to act does so, and each night case hygiene is looked at."""
    waiting = [(life.moment, n) for n, life in enumerate(lives)]
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
        breaches = Counter(breach.kind for breach in find_breaches(db))
    for kind in KINDS:
        if breaches[kind]:
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


class _Life(Player):
    """One case in the hands of seeded people, who follow its script in their own time, or not at all."""

    def __init__(self, stage: Stage, script: Script, n: int, seed: int, start: datetime, *, days: int) -> None:
        super().__init__(stage, script, n)
        # One stream of chance for each case: what happens in one moves nothing in another.
        self.dice = random.Random(f"{seed}/{n}")
        self.actions, self.refused, self.silent = 0, 0, 0
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
        waits = sum((step.days if isinstance(step, Wait) else 10.0 for step in self.skip_waits()), 0.0)
        chance = self.dice.uniform(0, 100)
        for share, least, most in HABITS:
            if chance < share:
                return waits + self.dice.uniform(least, most)
            chance -= share
        return None

    def _in_office(self, after: datetime, days: float) -> datetime:
        """A moment of office hours, always at the same second: a slow machine must not change the minute."""
        zone = ZoneInfo(self.stage.calendar.zone)
        later = day_in(after + timedelta(days=days), zone)
        moment = datetime.combine(later, time(9), zone) + timedelta(minutes=self.dice.randrange(8 * 60), seconds=10)
        while moment <= after or not self.stage.calendar.is_working_day(day_in(moment, zone)):
            moment += timedelta(days=1)
        return moment

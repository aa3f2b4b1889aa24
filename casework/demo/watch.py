"""An observer of a simulation: reads what happened, and holds every moment against a plan of its own.

The plan knows of each clock when it began, stood still and ended, and by which rules it counts; when each step must come
it works out for itself, in a table of minutes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from casework.demo.minutes import FAR, Minutes
from casework.engine.analysis.deadline_explanation import explain, tell
from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import Rule
from casework.engine.state.case import PAUSED, STOPPED
from casework.engine.state.effects_schema import ClockChange
from casework.engine.state.events import CONSENT_ENDED, FIRED, SYSTEM_ACTOR, TIMER_FIRED, Event
from casework.ledger.canonical_json import parse_instant


@dataclass
class Watched:
    """One clock as the observer has it: what is still to come, and when."""

    id: str
    unit: str
    start: datetime
    #: Those still to come: (what, rule).
    rules: list[tuple[str, Rule]]
    moments: dict[int, int] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    paused: bool = False
    #: Times for which it ran, as far as they have ended.
    runs: list[tuple[int, int]] = field(default_factory=list)
    since: int = 0
    #: Since when it counts as it does now.
    begun: int = 0
    counts_from: int = 0
    due: int | None = None
    #: When it would be due if law did not move it off a day on which nobody works.
    last_day: int | None = None

    def counts_until(self, minute: int) -> int:
        return minute if self.last_day is None else min(minute, max(self.since, self.last_day))


@dataclass
class Seen:
    """What the observer has to say in the end."""

    steps: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    clocks: int = 0
    ledgers: int = 0
    counted_minutes: int = 0


class Watch:
    """The clocks of one log, from its events in order."""

    def __init__(self, minutes: Minutes, seen: Seen, name: str) -> None:
        self.minutes, self.seen, self.name = minutes, seen, name
        self.clocks: dict[str, Watched] = {}
        self.gone: dict[str, Watched] = {}

    def read(self, events: Iterable[Event], end: datetime) -> None:
        for event in events:
            self._read(event)
        last = self.minutes.at(end)
        for clock in self.clocks.values():
            self._insist_nothing_missed(clock, last)

    def _read(self, event: Event) -> None:
        now = self.minutes.at(event.at)
        if event.kind in (TIMER_FIRED, "activated") and "clock" in event.effects and event.effects["what"] != "stopped":
            self._fired(self.clocks[event.effects["clock"]], str(event.effects["what"]), now)
        for entry in event.effects.get("clocks", ()):
            rules = [(what, rule) for _, what, rule in entry["steps"]]
            clock = Watched(entry["id"], entry["unit"], parse_instant(entry["start"]), rules)
            self.clocks[clock.id] = clock
            self._begin(clock)
            self.seen.clocks += 1
        for change in event.effects.get("clock_states", ()):
            self._turn(self.clocks[change["id"]], change, event, now)

    def _fired(self, clock: Watched, what: str, now: int) -> None:
        index = next((i for i, (name, _) in enumerate(clock.rules) if name == what and i in clock.moments), None)
        if index is None:
            self._wrong(f"{what} fired though nothing of the kind was to come", now)
            return
        # What lies behind already when a clock begins, for a form named an earlier day, comes at once.
        if max(clock.moments[index], clock.begun) != now:
            self._wrong(f"{what} fired, and was to come at {self.minutes.moment(clock.moments[index])}", now)
        self.seen.steps[what] += 1
        if what == "due":
            clock.due = clock.moments[index]
        del clock.moments[index]

    def _turn(self, clock: Watched, change: ClockChange, event: Event, now: int) -> None:
        if change["state"] == STOPPED:
            self._stop(clock, event, now)
        elif change["state"] == PAUSED:
            self._insist_nothing_missed(clock, now - 1)
            clock.left = [self._left(clock.rules[i][1], now, moment) for i, moment in sorted(clock.moments.items())]
            clock.rules = [clock.rules[i] for i in sorted(clock.moments)]
            clock.moments, clock.paused = {}, True
            clock.runs.append((clock.since, clock.counts_until(now)))
        elif "start" in change and clock.paused:
            self._resume(clock, now)
        elif "start" in change:
            # Another limit, from now on.
            clock.rules, clock.begun = [(what, rule) for _, what, rule in change["steps"]], now
            self._plan(clock, parse_instant(change["start"]))

    def _stop(self, clock: Watched, event: Event, now: int) -> None:
        by_itself = event.actor == SYSTEM_ACTOR and (
            event.kind == FIRED
            and any(what == f"fire:{event.effects['transition']}" for what, _ in clock.rules)
            or event.kind == CONSENT_ENDED
            and any(what == "expire" for what, _ in clock.rules)
            or event.kind == TIMER_FIRED
            and event.effects["what"] == "stopped"
        )
        if by_itself and clock.moments:
            index, moment = min(clock.moments.items(), key=lambda pair: pair[1])
            what = clock.rules[index][0]
            if max(moment, clock.begun) == now:
                self.seen.steps[what] += 1
                del clock.moments[index]
        self._insist_nothing_missed(clock, now - 1)
        self.gone[clock.id] = self.clocks.pop(clock.id)

    def _insist_nothing_missed(self, clock: Watched, until: int) -> None:
        for index, moment in clock.moments.items():
            if moment <= until:
                self._wrong(f"{clock.rules[index][0]} was to come at {self.minutes.moment(moment)} and did not", until)

    def _wrong(self, words: str, now: int) -> None:
        self.seen.wrong.append(f"{self.name}, {self.minutes.moment(now):%Y-%m-%d %H:%M}: {words}")

    # --- the plan ---

    def _begin(self, clock: Watched) -> None:
        clock.since = clock.counts_from = clock.begun = self.minutes.at(clock.start)
        self._plan(clock, clock.start)
        due = next((rule for what, rule in clock.rules if what == "due"), None)
        if due and "day" in due and due["n"] >= 1:
            day = date.fromisoformat(due["day"]) + timedelta(days=1)
            clock.counts_from = self.minutes.midnight(day)
        elif due and "after" in due:
            index = next(i for i, (what, _) in enumerate(clock.rules) if what == due["after"])
            clock.counts_from = clock.moments[index]

    def _plan(self, clock: Watched, start: datetime) -> None:
        known: dict[str, int] = {}
        clock.moments = {}
        order = sorted(range(len(clock.rules)), key=lambda i: _depth(*clock.rules[i]))
        for i in order:
            what, rule = clock.rules[i]
            last_day = self._last_day(rule, start, known)
            clock.moments[i] = self._moved(rule, last_day)
            known.setdefault(what, clock.moments[i])
            if what == "due":
                clock.last_day = last_day

    def _moved(self, rule: Rule, moment: int) -> int:
        """A limit of law waits until somebody works."""
        day = self.minutes.day(moment - 1)
        if "law" not in rule or rule["unit"] == "wd" or rule.get("n", 0) < 0 or self.minutes.works_on(day):
            return moment
        return self.minutes.nth_close(self.minutes.midnight(day) + 12 * 60, 1)

    def _last_day(self, rule: Rule, start: datetime, known: Mapping[str, int]) -> int:
        table = self.minutes
        base = known[rule["after"]] if "after" in rule else table.at(start)
        if "percent" in rule:
            due = known["due"]
            if rule["unit"] == "wd":
                return table.after(base, table.between(base, due) * rule["percent"] // 100)
            # Of the way in calendar days the seconds count, too.
            begins = table.moment(base) if "after" in rule else start
            way = table.at(begins + (table.moment(due) - begins) * rule["percent"] // 100)
            return table.near(way, base, due) or due
        if rule["unit"] == "mo":
            return table.close_of(
                _months_on(date.fromisoformat(rule["day"]) if "day" in rule else table.day(base), rule["n"])
            )
        if "day" in rule:
            day = date.fromisoformat(rule["day"])
            if rule["unit"] == "wd":
                return table.nth_close(table.midnight(day) + 12 * 60, rule["n"])
            return table.close_of(day + timedelta(days=rule["n"]))
        if rule["unit"] == "wd":
            return table.nth_close(base, rule["n"])
        return table.close_of(table.day(base) + timedelta(days=rule["n"]))

    def _left(self, rule: Rule, now: int, moment: int) -> int:
        if moment >= FAR:
            return FAR
        return self.minutes.between(now, moment) if rule["unit"] == "wd" else max(0, moment - now)

    def _resume(self, clock: Watched, now: int) -> None:
        clock.paused, clock.since, clock.begun, table = False, now, now, self.minutes
        due = next((i for i, (what, _) in enumerate(clock.rules) if what == "due"), None)
        moments: dict[int, int] = {}

        def shifted(i: int) -> int:
            minutes = clock.left[i]
            return table.after(now, minutes) if clock.rules[i][1]["unit"] == "wd" else now + minutes

        if due is not None:
            clock.last_day = shifted(due)
            moments[due] = self._moved(clock.rules[due][1], clock.last_day)
        for i, (what, rule) in enumerate(clock.rules):
            if i == due:
                continue
            if rule.get("after") == "due" and due is not None:
                moments[i] = table.nth_close(moments[due], rule["n"])
                continue
            moment = shifted(i)
            if what in ("escalate", "flag"):
                moment = table.near(moment, moment, moment + 366 * 24 * 60) or moment
            if what == "remind" and due is not None:
                moment = table.near(moment, now, moments[due]) or moments[due]
                if moment >= moments[due]:
                    continue
            moments[i] = moment
        clock.moments = moments

    # --- the ledger ---

    def compare_ledgers(self, events: list[Event], calendars: Mapping[str, Calendar]) -> None:
        """The explanation of every due date against the minutes of the table for which its clock ran."""
        for id, telling in tell(events).items():
            clock = self.gone.get(id) or self.clocks[id]
            ledger = explain(telling, calendars)
            if ledger is None:
                continue
            runs = list(clock.runs)
            if not clock.paused:
                index = next((i for i, (what, _) in enumerate(clock.rules) if what == "due"), None)
                due = clock.moments.get(index, clock.due) if index is not None else clock.due
                if due is None or due >= FAR:
                    continue
                runs = [(start, min(end, due)) for start, end in runs] + [(clock.since, clock.counts_until(due))]
            if clock.unit == "wd" and any(self.minutes.is_beyond(end) for _, end in runs):
                continue
            counted = 0
            for start, end in runs:
                start = max(start, clock.counts_from)
                counted += self.minutes.between(start, end) if clock.unit == "wd" else max(0, end - start)
            self.seen.ledgers += 1
            self.seen.counted_minutes += counted
            if counted != ledger.minutes(counted=True):
                self.seen.wrong.append(
                    f"{self.name}: a ledger has {ledger.minutes(counted=True)} minutes, the table {counted}"
                )


def _months_on(day: date, months: int) -> date:
    """The same number some months on, or the last day before the month after begins."""
    month = day.month - 1 + months
    first = date(day.year + month // 12, month % 12 + 1, 1)
    last = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return min(first.replace(day=min(day.day, 28)) + timedelta(days=max(0, day.day - 28)), last)


def _depth(what: str, rule: Rule) -> int:
    if what == "activate":
        return 0
    if what == "due":
        return 1
    return 3 if "after" in rule or "percent" in rule else 2

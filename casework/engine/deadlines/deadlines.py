"""When limits run out, and the ladder of moments on the way there: how each is counted, and what it comes to.

How a moment is counted is plain data, so that it can be counted again by another version of the calendar and told
afterwards: `{"n": 5, "unit": "wd"}` is five working days from the start, with `"after": "due"` from that rung, with
`"day": "2026-03-10"` from a day that a form named; `{"percent": 60, "unit": "wd"}` is that part of the way to the due
moment; `{"left": 480, "unit": "wd"}` so many minutes that a pause kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, NotRequired
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from casework.engine.deadlines.calendars import Calendar, Unit

#: What a form said, by "field", "transition.field" or "task.field"; None when nothing did.
Said = Callable[[str], Any]


class WrittenLimit(TypedDict):
    """How long something may take, as an edition says it: so many days, perhaps `since` one that a form names."""

    n: int
    unit: Unit
    since: str | None


class Rule(TypedDict):
    """How a moment is counted."""

    unit: Unit
    n: NotRequired[int]
    #: The rung from which it counts, or the day that a form named.
    after: NotRequired[str]
    day: NotRequired[str]
    #: A part of the way to the due moment, or the minutes that a pause kept.
    percent: NotRequired[int]
    left: NotRequired[int]


#: What happens, each with how its moment is counted.
Plan = list[tuple[str, Rule]]

#: Every task has a date: where nothing else says one, a fortnight.
A_FORTNIGHT: Rule = {"n": 10, "unit": "wd"}
#: The usual ladder, where a workflow sets no other: a reminder at this part of the time in percent, then so many working
#: days after the due moment.
LADDER: Mapping[str, int] = {"remind": 60, "escalate": 2, "flag": 5}


class Rung(NamedTuple):
    """A moment, what happens then, and how the moment was counted."""

    moment: datetime
    what: str
    rule: Rule


def rule_of(limit: WrittenLimit, said: Said) -> Rule | None:
    """How a limit is counted; None where the day that it counts from has not been said."""
    rule: Rule = {"n": limit["n"], "unit": limit["unit"]}
    if limit["since"] is None:
        return rule
    day = _day(limit["since"], said)
    return None if day is None else {**rule, "day": day}


def on_day(day: str) -> Rule:
    """Close of business of a day."""
    return {"n": 0, "unit": "cd", "day": day}


def moment_of(rule: Rule, start: datetime, calendar: Calendar, known: Mapping[str, datetime] | None = None) -> datetime:
    """The moment that a rule comes to; `known` has those of the rungs that it may count from."""
    known = known or {}
    base, unit = _base(rule, start, known), rule["unit"]
    if "left" in rule:
        return calendar.resume(base, rule["left"], unit)
    if "percent" in rule:
        due = known["due"]
        if unit == "wd":
            part = max(0, calendar.working_minutes(base, due)) * rule["percent"] // 100
            return calendar.add_working_minutes(base, part)
        part_way: datetime = base + (due - base) * rule["percent"] // 100
        # Nobody is reminded at night; where nobody works on the whole way, not at all.
        return calendar.worked_near(part_way, base, due) or due
    if "day" not in rule:
        return calendar.due(base, rule["n"], unit)
    day = date.fromisoformat(rule["day"])
    if unit == "wd":
        return calendar.due(_noon(calendar, day), rule["n"], "wd")
    # Close of business of the day itself, n days on or back.
    return calendar.due(_noon(calendar, day + timedelta(days=rule["n"] - 1)), 1, "cd")


def runs_out(limit: WrittenLimit, now: datetime, calendar: Calendar, said: Said) -> datetime | None:
    """The moment at which a limit runs out; None where the day that it counts from has not been said."""
    rule = rule_of(limit, said)
    return None if rule is None else moment_of(rule, now, calendar)


def usual(unit: Unit, ladder: Mapping[str, int] = LADDER) -> Plan:
    """Remind, escalate, flag: what surrounds the due moment of a task that has no ladder of its own."""
    return [
        ("remind", {"percent": ladder["remind"], "unit": unit}),
        ("escalate", {"n": ladder["escalate"], "unit": "wd", "after": "due"}),
        ("flag", {"n": ladder["flag"], "unit": "wd", "after": "due"}),
    ]


def plan(due: Rule, rungs: Plan, activate: Rule | None = None) -> Plan:
    """A task's clock: its due moment among the other rungs; all count from the day on which it appears."""
    limits = [("due", due), *rungs]
    if activate is None:
        return limits
    return [
        ("activate", activate),
        *((what, rule if "day" in rule or "after" in rule else {**rule, "after": "activate"}) for what, rule in limits),
    ]


def own_rungs(rungs: Iterable[tuple[WrittenLimit, str]], said: Said) -> Plan:
    """A state's own ladder; what counts from a day that nobody has named falls away."""
    return [(what, rule) for limit, what in rungs if (rule := rule_of(limit, said)) is not None]


def count(planned: Plan, start: datetime, calendar: Calendar, fired: Iterable[Rung] = ()) -> list[Rung]:
    """The rungs of a plan in order of time. Reminders that would come at the due moment or after it fall away.

    `fired` are the rungs that lie behind already, from which others may count.
    """
    known = {rung.what: rung.moment for rung in fired}
    rungs: list[Rung] = []
    for what, rule in sorted(planned, key=_depends):
        if "percent" in rule and known["due"] <= _base(rule, start, known):
            continue
        moment = moment_of(rule, start, calendar, known)
        if "left" in rule:
            moment = _worked(what, moment, start, known.get("due"), calendar)
        rung = Rung(moment, what, rule)
        if "due" in known and ("percent" in rule or what == "remind" and "left" in rule) and moment >= known["due"]:
            continue
        known.setdefault(what, rung.moment)
        rungs.append(rung)
    return sorted(rungs, key=lambda rung: (rung.what != "activate", rung.moment, rung.what))


def _base(rule: Rule, start: datetime, known: Mapping[str, datetime]) -> datetime:
    return known[rule["after"]] if "after" in rule else start


def _depends(limit: tuple[str, Rule]) -> int:
    what, rule = limit
    if what == "activate":
        return 0
    if what == "due":
        return 1
    return 2 if "after" not in rule and "percent" not in rule else 3


def recount(rungs: tuple[Rung, ...], following: int, start: datetime, calendar: Calendar) -> list[Rung]:
    """The rungs of a running clock by another version of its calendar; those before `following` have happened."""
    fired = rungs[:following]
    return [*fired, *count([(rung.what, rung.rule) for rung in rungs[following:]], start, calendar, fired)]


def left(calendar: Calendar, rungs: Iterable[Rung], now: datetime) -> tuple[int, ...]:
    """Minutes that a pause keeps for each rung, in its own unit."""
    return tuple(calendar.remaining(now, rung.moment, rung.rule["unit"]) for rung in rungs)


def resumed(calendar: Calendar, rungs: Iterable[Rung], kept: tuple[int, ...], now: datetime) -> list[Rung]:
    """The rungs of a clock that goes on after a pause, in order of time; what counts from the due moment does so again."""
    restarted: list[Rung] = []
    known: dict[str, datetime] = {}
    pairs = list(zip(rungs, kept, strict=True))
    for rung, minutes in sorted(pairs, key=lambda pair: pair[0].rule.get("after") == "due" or pair[0].what == "remind"):
        again = rung.rule.get("after") == "due" and "due" in known
        rule = rung.rule if again else {"left": minutes, "unit": rung.rule["unit"]}
        moment = moment_of(rule, now, calendar, known)
        moment = _worked(rung.what, moment, now, known.get("due"), calendar)
        if rung.what == "remind" and "due" in known and moment >= known["due"]:
            continue
        known.setdefault(rung.what, moment)
        restarted.append(Rung(moment, rung.what, rule))
    return sorted(restarted, key=lambda rung: (rung.what != "activate", rung.moment, rung.what))


def _worked(what: str, moment: datetime, start: datetime, due: datetime | None, calendar: Calendar) -> datetime:
    """When people are told who are told at that moment: a reminder before the due moment, or there if nobody works before."""
    if what in ("escalate", "flag"):
        return calendar.worked_near(moment, moment, moment + _LONG) or moment
    if what != "remind" or due is None:
        return moment
    return calendar.worked_near(moment, start, due) or due


#: Within so long people work again.
_LONG = timedelta(days=366)


def _day(names: str, said: Said) -> str | None:
    for name in names.split("|"):
        day = said(name)
        if isinstance(day, str):
            return day
    return None


def _noon(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(calendar.zone))

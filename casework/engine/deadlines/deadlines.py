"""When limits run out, and the moments on the way there: how each is counted, and what it comes to.

How a moment is counted is plain data, so that it can be counted again by another version of the calendar and told
afterwards: `{"n": 5, "unit": "wd"}` is five working days from the start, with `"after": "due"` from that step, with
`"day": "2026-03-10"` from a day that a form named; `{"percent": 60, "unit": "wd"}` is that part of the way to the due
moment; `{"left": 480, "unit": "wd"}` so many minutes that a pause kept. `"law": CODE` says which article sets the limit: if its
last day is one on which nobody works, it moves to the next on which people do. No other limit moves. `"own": WHAT` says that the
programme has set the limit of WHAT for itself.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, NamedTuple, NotRequired, TypeAlias
from zoneinfo import ZoneInfo

from typing_extensions import TypedDict

from casework.engine.deadlines.calendars import Calendar, Unit

#: What a form said, by "field", "transition.field" or "task.field", or by several with bars between; None when nothing did.
Said = Callable[[str], Any]


#: In what a limit is told: working days, calendar days, or months, which are calendar days to a clock.
Length: TypeAlias = Literal["wd", "cd", "mo"]


class WrittenLimit(TypedDict):
    """How long something may take, as an edition says it: so many days, perhaps `since` one that a form names."""

    n: int
    unit: Length
    since: str | None
    #: The article that sets it; without one the limit is the programme's own.
    law: NotRequired[str]
    #: The limit of a guard that it is as well, so that both are set at once.
    shared: NotRequired[str]


class Rule(TypedDict):
    """How a moment is counted."""

    unit: Length
    n: NotRequired[int]
    #: The step from which it counts, or the day that a form named.
    after: NotRequired[str]
    day: NotRequired[str]
    #: A part of the way to the due moment, or the minutes that a pause kept.
    percent: NotRequired[int]
    left: NotRequired[int]
    #: The article that sets the limit.
    law: NotRequired[str]
    #: Of which limit it is, where the programme has set it for itself.
    own: NotRequired[str]


#: What happens, each with how its moment is counted.
Plan = list[tuple[str, Rule]]

#: Every task has a date: where nothing else says one, a fortnight.
A_FORTNIGHT: Rule = {"n": 10, "unit": "wd"}
#: The usual escalation, where a workflow sets no other: a reminder at this part of the time in percent, then so many working
#: days after the due moment.
ESCALATION: Mapping[str, int] = {"remind": 60, "escalate": 2, "flag": 5}


class EscalationStep(NamedTuple):
    """A moment, what happens then, and how the moment was counted."""

    moment: datetime
    what: str
    rule: Rule


def rule_of(limit: WrittenLimit, said: Said) -> Rule | None:
    """How a limit is counted; None where the day that it counts from has not been said."""
    rule: Rule = {"n": limit["n"], "unit": limit["unit"]}
    if "law" in limit:
        rule["law"] = limit["law"]
    if limit["since"] is None:
        return rule
    day = _day(limit["since"], said)
    return None if day is None else {**rule, "day": day}


def may_be_set(limit: WrittenLimit | None) -> bool:
    """Whether a programme may set a limit for itself: none of law, and no day that a form names."""
    return limit is not None and "law" not in limit and limit["n"] != 0


def own_rule(limit: WrittenLimit | None, said: Said, calendar: Calendar, what: str) -> Rule | None:
    """How a limit is counted by the programme's own setting, where it has one for `what`; else as the edition says.

    The calendar holds these settings, so that a clock names with its version what was set when it began.
    """
    if limit is None or (rule := rule_of(limit, said)) is None:
        return None
    what = called(limit, what)
    n = set_for(limit, calendar, what)
    return rule if n is None else {**rule, "n": n, "own": what}


def called(limit: WrittenLimit, what: str) -> str:
    """What a limit is called in settings: by itself, or as the guard's limit that it is as well."""
    return limit.get("shared", what)


def set_for(limit: WrittenLimit | None, calendar: Calendar, what: str) -> int | None:
    """How many the programme has set in place of a limit, counted back from its day where the limit is; None where it has not."""
    n = calendar.limits.get(what) if may_be_set(limit) else None
    return n if n is None or limit is None or limit["n"] > 0 else -n


def of_state(workflow: str, state: str) -> str:
    """What the limit of a state is called in a programme's settings."""
    return f"{workflow}.states.{state}"


def of_task(workflow: str, task: str) -> str:
    """The same of a side task, by its key."""
    return f"{workflow}.tasks.{task}"


def of_appearing(workflow: str, task: str) -> str:
    """The same of how long after its opening a side task appears."""
    return f"{workflow}.tasks.{task}.after"


def of_firing(workflow: str, transition: str) -> str:
    """The same of how long a state lasts until the clock fires a transition."""
    return f"{workflow}.transitions.{transition}.after"


def of_answer(workflow: str, service: str, limit: WrittenLimit) -> str:
    """The same of when a referral that is opened is to be answered, by its service and the day from which that counts."""
    return ".".join(filter(None, (workflow, "answers", service, limit["since"])))


def of_step(workflow: str, state: str, place: int) -> str:
    """The same of a step of a state's own escalation, by its place."""
    return f"{workflow}.states.{state}.escalation.{place}"


def on_day(day: str) -> Rule:
    """Close of business of a day."""
    return {"n": 0, "unit": "cd", "day": day}


def unit_of(rule: Rule) -> Unit:
    """In what a clock counts that follows a rule."""
    return "wd" if rule["unit"] == "wd" else "cd"


def moment_of(rule: Rule, start: datetime, calendar: Calendar, known: Mapping[str, datetime] | None = None) -> datetime:
    """The moment that a rule comes to; `known` has those of the steps that it may count from."""
    moment = unmoved(rule, start, calendar, known)
    return calendar.off_the_holiday(moment) if moves(rule) else moment


def moves(rule: Rule) -> bool:
    """Whether the last day moves if nobody works on it: where law sets the limit, and every day counts.

    So the Civil Code in Article 203. What counts back from a day ends before it and does not move.
    """
    return "law" in rule and unit_of(rule) == "cd" and rule.get("n", 0) >= 0


def unmoved(rule: Rule, start: datetime, calendar: Calendar, known: Mapping[str, datetime] | None = None) -> datetime:
    """The moment that a rule comes to on the last day itself, whether or not people work then."""
    known = known or {}
    base, unit = _base(rule, start, known), unit_of(rule)
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
    if rule["unit"] == "mo":
        first = date.fromisoformat(rule["day"]) if "day" in rule else calendar.local_date(base)
        return calendar.due(_noon(calendar, months_after(first, rule["n"]) - _DAY), 1, "cd")
    if "day" not in rule:
        return calendar.due(base, rule["n"], unit)
    day = date.fromisoformat(rule["day"])
    if unit == "wd":
        return calendar.due(_noon(calendar, day), rule["n"], "wd")
    # Close of business of the day itself, n days on or back.
    return calendar.due(_noon(calendar, day + timedelta(days=rule["n"] - 1)), 1, "cd")


def months_after(day: date, months: int) -> date:
    """The day of the same number so many months on; where that month has none, its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def runs_out(limit: WrittenLimit, now: datetime, calendar: Calendar, said: Said, what: str = "") -> datetime | None:
    """The moment at which a limit runs out, as the programme has set it for `what`; None where the day that it counts from has not
    been said."""
    rule = own_rule(limit, said, calendar, what)
    return None if rule is None else moment_of(rule, now, calendar)


def usual(unit: Unit, escalation: Mapping[str, int] = ESCALATION) -> Plan:
    """Remind, escalate, flag: what surrounds the due moment of a task that has no escalation of its own."""
    return [
        ("remind", {"percent": escalation["remind"], "unit": unit}),
        ("escalate", {"n": escalation["escalate"], "unit": "wd", "after": "due"}),
        ("flag", {"n": escalation["flag"], "unit": "wd", "after": "due"}),
    ]


def plan(due: Rule, steps: Plan, activate: Rule | None = None) -> Plan:
    """A task's clock: its due moment among the other steps; all count from the day on which it appears."""
    limits = [("due", due), *steps]
    if activate is None:
        return limits
    return [
        ("activate", activate),
        *((what, rule if "day" in rule or "after" in rule else {**rule, "after": "activate"}) for what, rule in limits),
    ]


def own_steps(
    steps: Iterable[tuple[WrittenLimit, str]], said: Said, calendar: Calendar, workflow: str, state: str
) -> Plan:
    """A state's own escalation; what counts from a day that nobody has named falls away."""
    counted = [
        (what, own_rule(limit, said, calendar, of_step(workflow, state, place)))
        for place, (limit, what) in enumerate(steps)
    ]
    return [(what, rule) for what, rule in counted if rule is not None]


def count(
    planned: Plan, start: datetime, calendar: Calendar, fired: Iterable[EscalationStep] = ()
) -> list[EscalationStep]:
    """The steps of a plan in order of time. Reminders that would come at the due moment or after it fall away.

    `fired` are the steps that lie behind already, from which others may count.
    """
    known = {step.what: step.moment for step in fired}
    steps: list[EscalationStep] = []
    for what, rule in sorted(planned, key=_depends):
        if "percent" in rule and known["due"] <= _base(rule, start, known):
            continue
        moment = moment_of(rule, start, calendar, known)
        if "left" in rule:
            moment = _worked(what, moment, start, known.get("due"), calendar)
        step = EscalationStep(moment, what, rule)
        if "due" in known and ("percent" in rule or what == "remind" and "left" in rule) and moment >= known["due"]:
            continue
        known.setdefault(what, step.moment)
        steps.append(step)
    return sorted(steps, key=lambda step: (step.what != "activate", step.moment, step.what))


def _base(rule: Rule, start: datetime, known: Mapping[str, datetime]) -> datetime:
    return known[rule["after"]] if "after" in rule else start


def _depends(limit: tuple[str, Rule]) -> int:
    what, rule = limit
    if what == "activate":
        return 0
    if what == "due":
        return 1
    return 2 if "after" not in rule and "percent" not in rule else 3


def recount(
    steps: tuple[EscalationStep, ...], following: int, start: datetime, calendar: Calendar
) -> list[EscalationStep]:
    """The steps of a running clock by another version of its calendar; those before `following` have happened."""
    fired = steps[:following]
    return [*fired, *count([(step.what, step.rule) for step in steps[following:]], start, calendar, fired)]


def left(calendar: Calendar, steps: Iterable[EscalationStep], now: datetime) -> tuple[int, ...]:
    """Minutes that a pause keeps for each step, in its own unit."""
    return tuple(calendar.remaining(now, step.moment, unit_of(step.rule)) for step in steps)


def resumed(
    calendar: Calendar, steps: Iterable[EscalationStep], kept: tuple[int, ...], now: datetime
) -> list[EscalationStep]:
    """The steps of a clock that goes on after a pause, in order of time; what counts from the due moment does so again."""
    restarted: list[EscalationStep] = []
    known: dict[str, datetime] = {}
    pairs = list(zip(steps, kept, strict=True))
    for step, minutes in sorted(pairs, key=lambda pair: pair[0].rule.get("after") == "due" or pair[0].what == "remind"):
        again = step.rule.get("after") == "due" and "due" in known
        rule = step.rule if again else _what_is_left(step.rule, minutes)
        moment = moment_of(rule, now, calendar, known)
        moment = _worked(step.what, moment, now, known.get("due"), calendar)
        if step.what == "remind" and "due" in known and moment >= known["due"]:
            continue
        known.setdefault(step.what, moment)
        restarted.append(EscalationStep(moment, step.what, rule))
    return sorted(restarted, key=lambda step: (step.what != "activate", step.moment, step.what))


def _what_is_left(rule: Rule, minutes: int) -> Rule:
    """What a pause left of a step; a limit of law stays one."""
    kept: Rule = {"left": minutes, "unit": unit_of(rule)}
    return {**kept, "law": rule["law"]} if "law" in rule else kept


def _worked(what: str, moment: datetime, start: datetime, due: datetime | None, calendar: Calendar) -> datetime:
    """When people are told who are told at that moment: a reminder before the due moment, or there if nobody works before."""
    if what in ("escalate", "flag"):
        return calendar.worked_near(moment, moment, moment + _LONG) or moment
    if what != "remind" or due is None:
        return moment
    return calendar.worked_near(moment, start, due) or due


_DAY = timedelta(days=1)
#: Within so long people work again.
_LONG = timedelta(days=366)


def _day(names: str, said: Said) -> str | None:
    day = said(names)
    return day if isinstance(day, str) else None


def _noon(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(calendar.zone))

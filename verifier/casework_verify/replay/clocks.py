"""Whether a clock comes to the moments that its limits come to, and fired when it was due and not before."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from casework_verify.replay.context import Context, Found, say
from casework_verify.replay.counting import Calendar, comes_to, moment, told_when_worked, unit_of
from casework_verify.replay.standing import OPEN, Case, Clock, Event, Step, steps_of
from casework_verify.replay.workflows import Workflow, Written

_FORTNIGHT = {"n": 10, "unit": "wd"}
_DECISION = {"n": 5, "unit": "wd"}
#: Of one action all events have one time, but for the order among them.
_AT_ONCE = timedelta(seconds=1)


def clock_faults(context: Context, case: Case, event: Event) -> Found:
    """What is wrong with the clocks that an event starts or changes."""
    for clock in event.effects.get("clocks", ()):
        yield from _started(context, case, event, clock)
    for change in event.effects.get("clock_states", ()):
        clock = case.clocks.get(change["id"])
        if clock is None:
            yield say("clock_unknown")
        elif change["state"] == "stopped":
            if not _may_stop(case, event, clock):
                yield say(
                    "clock_stopped", name=clock.steps[-1].what if clock.task is None else case.tasks[clock.task].name
                )
        elif change["state"] == "paused":
            yield from _paused(context, event, clock, change)
        elif change["state"] == "running" and "steps" in change:
            yield from _goes_on(context, case, event, clock, change)
        elif change["state"] == "running":
            yield from _advanced(event, clock, change)
        else:
            yield say("clock_unknown")
    yield from _dues(event)


def _may_stop(case: Case, event: Event, clock: Clock) -> bool:
    """Whether an event stops a clock as one may: with what it belongs to, or because it has done all that it does."""
    effects = event.effects
    if "removal" in effects or clock.id == effects.get("clock") or clock.steps[0].what == "wake":
        return True
    if event.kind in ("fired", "moved") and clock.track == event.track:
        return True
    closed = {one["id"] for one in effects.get("task_states", ()) if one.get("state", "Ready") not in OPEN}
    anew = {one.get("task") for one in effects.get("clocks", ())}
    if clock.task is not None and clock.task in closed | anew:
        return True
    if clock.grant is not None:
        return clock.grant in {*effects.get("grants_ended", ()), *(one["id"] for one in effects.get("grant_days", ()))}
    return clock.consent is not None and clock.consent in {one["id"] for one in effects.get("consents_ended", ())}


def _calendar(
    context: Context, digest: str, event: Event
) -> Generator[tuple[str, dict[str, Any]], None, Calendar | None]:
    """The version of the calendar; None where the programme did not have it, which is told."""
    since, calendar = context.known_since.get(digest), context.calendars[digest]
    if context.roles is None or since is not None and since <= event.at:
        return calendar
    if context.tells("calendar_not_then", digest):
        yield say("calendar_not_then")
    return None


def _started(context: Context, case: Case, event: Event, clock: Mapping[str, Any]) -> Found:
    calendar = yield from _calendar(context, clock["calendar"], event)
    if calendar is None:
        return
    start, steps = moment(clock["start"]), steps_of(clock["steps"])
    if not timedelta(0) <= event.at - start < _AT_ONCE:
        yield say("clock_start")
    yield from _moments(steps, start, calendar, ())
    yield from _limits(context, case, event, clock, steps=steps, calendar=calendar)


def _moments(steps: list[Step], start: datetime, calendar: Calendar, before: Iterable[Step]) -> Found:
    """Each step comes when its rule says."""
    known = {step.what: step.at for step in before}
    # What others count from comes first.
    for step in sorted(steps, key=_order):
        at = comes_to(step.rule, start, calendar, known)
        if at is not None and "left" in step.rule:
            at = told_when_worked(step.what, at, start, known.get("due"), calendar)
        if at != step.at:
            yield say("clock_moment", what=step.what, told=step.at.isoformat(), counted=_written(at))
        known.setdefault(step.what, step.at)


def _order(step: Step) -> int:
    first = {"activate": 0, "due": 1}.get(step.what)
    return first if first is not None else 2 if "after" not in step.rule and "percent" not in step.rule else 3


def _paused(context: Context, event: Event, clock: Clock, change: Mapping[str, Any]) -> Found:
    """A pause keeps what is left of each step."""
    digest = change.get("calendar", clock.calendar)
    calendar = yield from _calendar(context, digest, event)
    if calendar is None:
        return
    steps = steps_of(change["steps"]) if "steps" in change else clock.steps
    if "steps" in change:
        yield from _moments(steps[clock.next :], clock.start, calendar, steps[: clock.next])
        yield from _same_rules(clock, steps)
    if "start" not in change:
        # It is paused already, and only goes on to its next step.
        return
    now = moment(change["start"])
    wanted = [calendar.left(now, step.at, unit_of(step.rule)) for step in steps[clock.next :]]
    if list(change.get("left", ())) != wanted:
        yield say("clock_left")


def _same_rules(clock: Clock, steps: list[Step]) -> Found:
    if [(step.what, step.rule) for step in steps] != [(step.what, step.rule) for step in clock.steps] and len(
        steps
    ) == len(clock.steps):
        yield say("clock_rules")


def _goes_on(context: Context, case: Case, event: Event, clock: Clock, change: Mapping[str, Any]) -> Found:
    """A clock that is counted anew: after a pause, with more time, or by another version of the calendar."""
    calendar = yield from _calendar(context, change.get("calendar", clock.calendar), event)
    if calendar is None:
        return
    steps = steps_of(change["steps"])
    if "start" not in change:
        yield from _moments(steps[clock.next :], clock.start, calendar, steps[: clock.next])
        yield from _same_rules(clock, steps)
        return
    start = moment(change["start"])
    if not timedelta(0) <= event.at - start < _AT_ONCE:
        yield say("clock_start")
    if clock.state == "paused":
        yield from _resumed(clock, steps, start, calendar)
    else:
        yield from _moments(steps, start, calendar, ())


def _resumed(clock: Clock, steps: list[Step], start: datetime, calendar: Calendar) -> Found:
    """What a pause left is what is counted from its end on."""
    kept = list(zip(clock.steps[clock.next :], clock.left, strict=False))
    if len(kept) != len(clock.left):
        yield say("clock_left")
        return
    known: dict[str, datetime] = {}
    wanted: dict[str, datetime] = {}
    for step, minutes in sorted(kept, key=lambda pair: pair[0].rule.get("after") == "due" or pair[0].what == "remind"):
        again = step.rule.get("after") == "due" and "due" in known
        law = {"law": step.rule["law"]} if "law" in step.rule else {}
        rule = step.rule if again else {"left": minutes, "unit": unit_of(step.rule), **law}
        at = comes_to(rule, start, calendar, known)
        if at is None:
            continue
        at = told_when_worked(step.what, at, start, known.get("due"), calendar)
        if step.what == "remind" and "due" in known and at >= known["due"]:
            continue
        known.setdefault(step.what, at)
        wanted[step.what] = at
    told = {step.what: step.at for step in steps}
    for what in sorted(wanted.keys() | told.keys()):
        if told.get(what) != wanted.get(what):
            yield say("clock_moment", what=what, told=_written(told.get(what)), counted=_written(wanted.get(what)))


def _written(at: datetime | None) -> str:
    return "-" if at is None else at.isoformat()


def _advanced(event: Event, clock: Clock, change: Mapping[str, Any]) -> Found:
    """A clock goes on to its next step, one at a time."""
    if "next" in change and change["next"] != clock.next + 1:
        yield say("clock_skips")


def _dues(event: Event) -> Found:
    """A task is due when the clock that began for it says."""
    due = {
        clock["task"]: at
        for clock in event.effects.get("clocks", ())
        if clock.get("task")
        for at, what, _ in clock["steps"]
        if what == "due"
    }
    counted = {clock.get("task") for clock in event.effects.get("clocks", ())}
    for task in event.effects.get("tasks", ()):
        if task["id"] in counted and task["due"] != due.get(task["id"]):
            yield say("task_due", name=task["name"])


# --- what an edition limits ---------------------------------------------------------------------------------------------


def _limits(
    context: Context, case: Case, event: Event, clock: Mapping[str, Any], *, steps: list[Step], calendar: Calendar
) -> Found:
    """A clock that begins is counted as its edition says, or as the programme has set it for itself."""
    rules = {step.what: step.rule for step in steps}
    task = next((one for one in event.effects.get("tasks", ()) if one["id"] == clock.get("task")), None)
    if task is not None and task["edition"] in context.workflows:
        workflow = context.workflows[task["edition"]]
        yield from _task_limits(workflow, task, rules, calendar, by_person=event.kind == "added")
        own = task["type"] == "step" and workflow.states[task["rule"]].get("escalation")
        if not own:
            yield from _usual(workflow, rules)
    track = case.tracks.get(clock["track"])
    edition = track.edition if track is not None else _opened(event, clock["track"])
    if edition in context.workflows:
        yield from _firing(context.workflows[str(edition)], rules, calendar)


def _opened(event: Event, track: str) -> str | None:
    return next((one["edition"] for one in event.effects.get("tracks", ()) if one["id"] == track), None)


def _task_limits(
    workflow: Workflow, task: Mapping[str, Any], rules: Mapping[str, Any], calendar: Calendar, *, by_person: bool
) -> Found:
    due = rules.get("due")
    if due is None:
        return
    due = {name: value for name, value in due.items() if name != "after"}
    limit: Written | None = _DECISION
    what, per_day = "", False
    if task["type"] == "step":
        limit, what = workflow.states[task["rule"]].get("due"), f"{workflow.name}.states.{task['rule']}"
    elif task["type"] == "side":
        rule = workflow.tasks[task["rule"]]
        limit, what = rule["due"], f"{workflow.name}.tasks.{task['rule']}"
        per_day = by_person or str(rule.get("per") or "").startswith("items:")
        if (after := rule.get("after")) and "activate" in rules:
            yield from _limited(rules["activate"], after, f"{what}.after", calendar, task["name"])
    if per_day and due.get("n") == 0 and "day" in due:
        return
    if due == _FORTNIGHT and (limit is None or limit.get("since")):
        return
    yield from _limited(due, limit, what, calendar, task["name"])


def _limited(rule: Mapping[str, Any], limit: Written | None, what: str, calendar: Calendar, name: str) -> Found:
    """Whether a moment is counted as a limit says."""
    if limit is None:
        yield say("limit_other", name=name)
        return
    n, own = limit["n"], limit.get("shared", what)
    settable = "law" not in limit and n != 0
    if settable and own in calendar.limits:
        n = calendar.limits[own] if n > 0 else -calendar.limits[own]
        if rule.get("own") != own:
            yield say("limit_not_own", name=name)
            return
    elif "own" in rule:
        yield say("limit_not_own", name=name)
        return
    day = "day" in rule
    if (rule.get("n"), rule["unit"], rule.get("law"), day) != (
        n,
        limit["unit"],
        limit.get("law"),
        bool(limit.get("since")),
    ):
        yield say("limit_other", name=name)


def _usual(workflow: Workflow, rules: Mapping[str, Any]) -> Found:
    """Reminder, escalation and mark of a task that has none of its own."""
    marks = workflow.escalation
    if "due" in rules and not {"escalate", "flag"} <= rules.keys():
        yield say("clock_rules")
    told = (
        rules.get("remind", {}).get("percent", marks["remind"]),
        rules.get("escalate", {}).get("n", marks["escalate"]),
    )
    if (*told, rules.get("flag", {}).get("n", marks["flag"])) != (marks["remind"], marks["escalate"], marks["flag"]):
        yield say("clock_rules")


def _firing(workflow: Workflow, rules: Mapping[str, Any], calendar: Calendar) -> Found:
    """What a clock fires, and when, is what the edition says."""
    for what, rule in rules.items():
        name = what.removeprefix("fire:")
        if name == what:
            continue
        fired = next((one for one in workflow.rules["transitions"] if one["name"] == name and one["after"]), None)
        if fired is None:
            yield say("clock_fires_nothing", name=name)
        else:
            yield from _limited(rule, fired["after"], f"{workflow.name}.transitions.{name}.after", calendar, name)


# --- what fires -----------------------------------------------------------------------------------------------------------


def is_due(clock: Clock, event: Event, what: str) -> bool:
    """Whether a clock's next step is this one, and its moment had come."""
    fires_at = clock.fires_at
    return fires_at is not None and fires_at <= event.at and clock.steps[clock.next].what == what


def not_due(case: Case, event: Event, id: str, what: str) -> Found:
    """What speaks against a clock's having fired."""
    clock = case.clocks.get(id)
    if clock is None or clock.fires_at is None:
        yield say("timer_none", what=what)
    elif clock.steps[clock.next].what != what:
        yield say("timer_other", what=what)
    elif clock.fires_at > event.at:
        yield say("timer_early", what=what, due=clock.fires_at.isoformat())

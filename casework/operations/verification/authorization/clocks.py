"""Whether what an event says of a clock is what its limit comes to, by the version of the calendar that it names."""

from __future__ import annotations

from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Rule,
    WrittenLimit,
    may_be_set,
    moment_of,
    of_state,
    of_task,
)
from casework.engine.execution.context import Library
from casework.engine.state.case import RUNNING
from casework.engine.state.effects_schema import ClockSpan, OpenedTask, StartedClock
from casework.engine.state.events import Event
from casework.ledger.canonical_json import parse_instant
from casework.operations.verification.authorization.evidence import Evidence, Reasons


def clocks_against(evidence: Evidence, programme: str, event: Event) -> Reasons:
    """Each clock that begins comes to its moments, and a limit of law is counted as the law says."""
    for clock in event.effects.get("clocks", ()):
        calendar = evidence.past.calendar_of(programme, clock["calendar"], event.at)
        if calendar is None:
            yield "the programme had no such calendar"
            continue
        yield from _moments_against(clock, calendar)
        yield from _law_against(evidence.library, clock, event)
        yield from _own_against(evidence.library, clock, event, calendar)
    for change in event.effects.get("clock_states", ()):
        if change["state"] == RUNNING and "steps" in change and "start" in change and "calendar" in change:
            calendar = evidence.past.calendar_of(programme, change["calendar"], event.at)
            if calendar is None:
                yield "the programme had no such calendar"
                continue
            yield from _moments_against(
                {"start": change["start"], "calendar": change["calendar"], "steps": change["steps"]}, calendar
            )


def _moments_against(clock: ClockSpan, calendar: Calendar) -> Reasons:
    start = parse_instant(clock["start"])
    known = {what: parse_instant(moment) for moment, what, _ in clock["steps"] if what in ("activate", "due")}
    for moment, what, rule in clock["steps"]:
        # What a pause left, and a part of the way, follow from what came before.
        counted = "n" in rule and ("after" not in rule or rule["after"] in known)
        if counted and moment_of(rule, start, calendar, known) != parse_instant(moment):
            yield f"“{what}” comes at another moment than its limit"
        if "own" in rule and calendar.limits.get(rule["own"]) != rule.get("n"):
            yield f"“{what}” is counted as the programme's own limit, and the programme had not set it so"


def _law_against(library: Library, clock: StartedClock, event: Event) -> Reasons:
    """A limit of law is not counted as though it were ours, nor ours as though it were law."""
    known = _counted(library, clock, event)
    if known is None:
        return
    task, due, limit, _ = known
    # A person named the day, or nobody named the day from which the limit counts.
    if not due.get("n") or due == A_FORTNIGHT:
        return
    if due.get("law") != (limit.get("law") if limit is not None else None):
        yield f"the limit of “{task['name']}” is counted by another law than its own"


def _own_against(library: Library, clock: StartedClock, event: Event, calendar: Calendar) -> Reasons:
    """Where the programme has set a limit for itself, that is what counts, as the version of the calendar has it; and nowhere else."""
    known = _counted(library, clock, event)
    if known is None:
        return
    task, due, limit, what = known
    n = calendar.limits.get(what) if may_be_set(limit) else None
    if "own" in due and due["own"] != what:
        yield f"the limit of “{task['name']}” is counted as another limit of the programme's own"
    elif "own" not in due and n is not None and limit is not None and due == {"n": limit["n"], "unit": limit["unit"]}:
        yield f"the limit of “{task['name']}” is the workflow's, and the programme had set its own"


def _counted(
    library: Library, clock: StartedClock, event: Event
) -> tuple[OpenedTask, Rule, WrittenLimit | None, str] | None:
    """The task of a clock that began, how it is counted, the limit of its edition, and what that is called in settings."""
    task = next((one for one in event.effects.get("tasks", ()) if one["id"] == clock.get("task")), None)
    due = next((rule for _, what, rule in clock["steps"] if what == "due"), None)
    if task is None or due is None or task["edition"] not in library.editions:
        return None
    edition = library[task["edition"]]
    if task["type"] == "step" and task["rule"] in edition.states:
        return task, due, edition.states[task["rule"]].due, of_state(edition.workflow, task["rule"])
    if task["type"] == "side" and task["rule"] in edition.tasks:
        return task, due, edition.tasks[task["rule"]].due, of_task(edition.workflow, task["rule"])
    return task, due, None, ""

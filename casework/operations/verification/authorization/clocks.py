"""Whether what an event says of a clock is what its limit comes to, by the version of the calendar that it names."""

from __future__ import annotations

from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import A_FORTNIGHT, WrittenLimit, moment_of
from casework.engine.execution.context import Library
from casework.engine.state.case import RUNNING
from casework.engine.state.effects_schema import ClockSpan, StartedClock
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


def _law_against(library: Library, clock: StartedClock, event: Event) -> Reasons:
    """A limit of law is not counted as though it were ours, nor ours as though it were law."""
    task = next((one for one in event.effects.get("tasks", ()) if one["id"] == clock.get("task")), None)
    due = next((rule for _, what, rule in clock["steps"] if what == "due"), None)
    if task is None or due is None or task["edition"] not in library.editions:
        return
    edition = library[task["edition"]]
    limit: WrittenLimit | None = None
    if task["type"] == "step" and task["rule"] in edition.states:
        limit = edition.states[task["rule"]].due
    elif task["type"] == "side" and task["rule"] in edition.tasks:
        limit = edition.tasks[task["rule"]].due
    # A person named the day, or nobody named the day from which the limit counts.
    if not due.get("n") or due == A_FORTNIGHT:
        return
    if due.get("law") != (limit.get("law") if limit is not None else None):
        yield f"the limit of “{task['name']}” is counted by another law than its own"

"""Whether what an event says of a clock is what its limit comes to, by the version of the calendar that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Rule,
    WrittenLimit,
    called,
    moment_of,
    of_appearing,
    of_firing,
    of_state,
    of_step,
    of_task,
    set_for,
)
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import Library
from casework.engine.state.case import RUNNING, Case
from casework.engine.state.effects_schema import ClockSpan, OpenedTask, StartedClock
from casework.engine.state.events import Event
from casework.ledger.canonical_json import parse_instant
from casework.operations.verification.authorization.evidence import Evidence, Reasons


def clocks_against(evidence: Evidence, programme: str, event: Event, before: Case | None) -> Reasons:
    """Each clock that begins comes to its moments, and a limit of law is counted as the law says."""
    for clock in event.effects.get("clocks", ()):
        calendar = evidence.past.calendar_of(programme, clock["calendar"], event.at)
        if calendar is None:
            yield "the programme had no such calendar"
            continue
        yield from _moments_against(clock, calendar)
        yield from _law_against(evidence.library, clock, event)
        yield from _own_against(_limited(evidence.library, clock, event, before), calendar)
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
        if "own" in rule and calendar.limits.get(rule["own"]) != abs(rule.get("n", 0)):
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


class _Step(NamedTuple):
    """A moment of a clock that a limit of an edition comes to: of what, how it was counted, the limit, and what settings call it."""

    name: str
    rule: Rule
    limit: WrittenLimit
    what: str


def _own_against(steps: Iterable[_Step], calendar: Calendar) -> Reasons:
    """Where the programme has set a limit for itself, that is what counts, as the version of the calendar has it; and nowhere else."""
    for name, rule, limit, what in steps:
        own = called(limit, what)
        if "own" in rule and rule["own"] != own:
            yield f"the limit of “{name}” is counted as another limit of the programme's own"
        elif "own" not in rule and set_for(limit, calendar, own) is not None and _is_the_workflows(rule, limit):
            yield f"the limit of “{name}” is the workflow's, and the programme had set its own"


def _is_the_workflows(rule: Rule, limit: WrittenLimit) -> bool:
    """Whether a moment is counted as the workflow says; else a person has named its day."""
    same = rule.get("n") == limit["n"] and rule["unit"] == limit["unit"]
    return same and ("day" in rule) == (limit["since"] is not None)


def _limited(library: Library, clock: StartedClock, event: Event, before: Case | None) -> Iterator[_Step]:
    """The moments of a clock that begins that limits come to."""
    known = _counted(library, clock, event)
    if known is not None and known[2] is not None:
        yield _Step(known[0]["name"], known[1], known[2], known[3])
    task = next((one for one in event.effects.get("tasks", ()) if one["id"] == clock.get("task")), None)
    if task is not None and task["edition"] in library.editions:
        yield from _around(library[task["edition"]], task, clock)
    made = {track["id"]: track["edition"] for track in event.effects.get("tracks", ())}
    standing = before.tracks.get(clock["track"]) if before is not None else None
    edition = library.editions.get(made.get(clock["track"]) or (standing.edition if standing is not None else ""))
    if edition is None:
        return
    for _, what, rule in clock["steps"]:
        name = what.removeprefix("fire:")
        fired = next((one for one in edition.transitions if one.name == name and one.after is not None), None)
        if what != name and fired is not None and fired.after is not None:
            yield _Step(name, rule, fired.after, of_firing(edition.workflow, name))


def _around(edition: Edition, task: OpenedTask, clock: StartedClock) -> Iterator[_Step]:
    """When a side task appears, and the steps of the escalation that a state has of its own."""
    if task["type"] == "side" and task["rule"] in edition.tasks and (after := edition.tasks[task["rule"]].after):
        for _, what, rule in clock["steps"]:
            if what == "activate":
                yield _Step(task["name"], rule, after, of_appearing(edition.workflow, task["rule"]))
    if task["type"] == "step" and task["rule"] in edition.states:
        steps = [(what, rule) for _, what, rule in clock["steps"] if what != "due"]
        for place, (limit, does) in enumerate(edition.states[task["rule"]].escalation):
            own = of_step(edition.workflow, task["rule"], place)
            mine = [rule for what, rule in steps if what == does and rule.get("own", own) == own]
            if len(mine) == 1 or mine and all(_is_the_workflows(rule, limit) for rule in mine):
                yield _Step(task["name"], mine[0], limit, own)


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

"""What an event makes of the tasks and the clocks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from casework.engine.deadlines.deadlines import EscalationStep
from casework.engine.state.case import OPEN, STOPPED, SUSPENDED, Clock, Task
from casework.engine.state.case_values import Handed, ItemState
from casework.engine.state.copies import replace
from casework.engine.state.effects_schema import ClockChange, OpenedTask, StartedClock, TaskChange, WrittenStep
from casework.engine.state.events import (
    ADDED,
    APPROVED,
    CHANGES_ASKED,
    ITEM_ADDED,
    REVIEW_ASKED,
    SYSTEM_ACTOR,
    TICKED,
    Event,
)
from casework.ledger.canonical_json import instant, parse_instant

Tasks = Mapping[str, Task]
Clocks = Mapping[str, Clock]


def time(written: str | None) -> datetime | None:
    return parse_instant(written) if written is not None else None


# --- tasks -------------------------------------------------------------------------------------------------------------


def opened(tasks: Tasks, entries: list[OpenedTask], event: Event) -> Tasks:
    # Who asked for it.
    initiator = event.actor if event.kind == ADDED and event.actor != SYSTEM_ACTOR else None
    return {
        **tasks,
        **{
            task["id"]: Task(
                id=task["id"],
                track=task["track"],
                name=task["name"],
                edition=task["edition"],
                rule=task["rule"],
                type=task["type"],
                queue=task["queue"],
                organisation=task["organisation"],
                state=task["state"],
                opened_at=event.at,
                due_at=time(task["due"]),
                about=task.get("about"),
                of=task.get("of"),
                aftercare=task.get("aftercare", False),
                awaits=task.get("awaits"),
                initiator=initiator,
            )
            for task in entries
        },
    }


def changed(tasks: Tasks, changes: list[TaskChange], event: Event) -> Tasks:
    after = dict(tasks)
    for change in changes:
        after[change["id"]] = _changed(after[change["id"]], change, event)
    return after


#: Of a change what the task has as it is told.
_AS_TOLD = ("state", "holder", "flagged", "result", "priority")


def _changed(task: Task, change: TaskChange, event: Event) -> Task:
    fields: Mapping[str, Any] = change
    values: dict[str, Any] = {key: fields[key] for key in _AS_TOLD if key in fields}
    if "to" in change:
        values["handed"] = _handed(task, change["to"], event)
    elif "holder" in change and (task.handed is None or change["holder"] != task.handed["to"]):
        values["handed"] = None
    if "item" in change:
        values["items"] = {**task.items, change["item"]: _item(task.items.get(change["item"]), event)}
    if "wait" in change:
        values["wait"] = change["wait"] and {**change["wait"], "seq": event.seq}
    if "due" in change:
        values["due_at"] = time(change["due"])
    state = change.get("state")
    if state == SUSPENDED:
        values["before"] = change.get("before", task.state)
    elif state is not None:
        values |= {"before": None, "wait": None}
        if state not in OPEN:
            values |= {
                "closed_at": event.at,
                "closed_by": change.get("by", event.actor),
                "acted_for": event.acting_for,
            }
    return replace(task, **values)


def _handed(task: Task, to: str | None, event: Event) -> Handed:
    handed: Handed = {"how": event.kind, "by": event.actor, "to": to, "seq": event.seq}
    # Of a review, which round it is, and the `seq` of the event whose body holds the words of the form.
    before = task.handed
    if event.kind == REVIEW_ASKED:
        handed["round"] = (before.get("round", 0) if before is not None else 0) + 1
        handed["form"] = event.seq
    elif event.kind in (APPROVED, CHANGES_ASKED) and before is not None:
        handed["round"], handed["form"] = before["round"], before["form"]
    if "allocation" in event.effects:
        handed["why"] = event.effects["allocation"]["reasons"]
    return handed


def _item(before: ItemState | None, event: Event) -> ItemState:
    """An item of a checklist after it was added, ticked or unticked; an added one keeps where its words stand."""
    item: ItemState = {"done": event.kind == TICKED, "by": event.actor, "at": instant(event.at)}
    if event.kind == ITEM_ADDED:
        item["seq"] = event.seq
    elif before is not None and "seq" in before:
        item["seq"] = before["seq"]
    return item


# --- clocks ------------------------------------------------------------------------------------------------------------


def started(clocks: Clocks, entries: list[StartedClock], event: Event) -> Clocks:
    return {
        **clocks,
        **{
            clock["id"]: Clock(
                id=clock["id"],
                track=clock["track"],
                unit=clock["unit"],
                steps=_steps(clock["steps"]),
                start=parse_instant(clock["start"]),
                calendar=clock["calendar"],
                task=clock.get("task"),
                consent=clock.get("consent"),
                grant=clock.get("grant"),
                of=clock.get("of"),
            )
            for clock in entries
        },
    }


def turned(clocks: Clocks, changes: list[ClockChange], event: Event) -> Clocks:
    after = dict(clocks)
    for change in changes:
        after[change["id"]] = _turned(after[change["id"]], change)
    # A stopped clock says nothing more; its log does.
    return {id: clock for id, clock in after.items() if clock.state != STOPPED}


def _turned(clock: Clock, change: ClockChange) -> Clock:
    values: dict[str, Any] = {"state": change["state"], "left": tuple(change.get("left", ()))}
    if "steps" in change:
        values["steps"] = _steps(change["steps"])
    if "start" in change:
        values["start"] = parse_instant(change["start"])
    if "next" in change:
        values["next"] = change["next"]
    if "task" in change:
        values["task"] = change["task"]
    if "calendar" in change:
        values["calendar"] = change["calendar"]
    return replace(clock, **values)


def _steps(written: list[WrittenStep]) -> tuple[EscalationStep, ...]:
    return tuple(EscalationStep(parse_instant(moment), what, rule) for moment, what, rule in written)

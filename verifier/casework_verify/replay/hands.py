"""The life of a task: who may do what with it in which state, where that leads, and that one person holds it at a time.

The states and operations are those of WS-HumanTask; what stands in no cell of the table is not allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework_verify.replay.actors import works
from casework_verify.replay.context import Context, Found, say
from casework_verify.replay.routing import routed_faults
from casework_verify.replay.standing import Case, Event, Task
from casework_verify.replay.workflows import THEIR_QUEUES, Workflow

#: Who somebody is to a task: of those who work its queue, its holder, who leads its queue, who asked for it.
_WORKER, _HOLDER, _LEADER, _ASKER = "worker", "holder", "leader", "asker"
_W, _H, _L, _A = _WORKER, _HOLDER, _LEADER, _ASKER
_IN_WORK = {"Ready": {_W, _L}, "Reserved": {_H, _L}, "InProgress": {_H, _L}}
_ANY = ("Created", "Ready", "Reserved", "InProgress", "Suspended")
_FINISH = {"Ready": {_W, _L}, "Reserved": {_H}, "InProgress": {_H, _L}}

#: By operation: in which state who, and the state that it leads to.
_TABLE: Mapping[str, tuple[Mapping[str, set[str]], str | None]] = {
    "claim": ({"Ready": {_W, _L}}, "Reserved"),
    "start": ({"Ready": {_W, _L}, "Reserved": {_H}}, "InProgress"),
    "stop": ({"InProgress": {_H, _L}}, "Reserved"),
    "release": ({"Reserved": {_H, _L}, "InProgress": {_H, _L}}, "Ready"),
    "suspend": (_IN_WORK, "Suspended"),
    "resume": ({"Suspended": {_W, _H, _L}}, None),
    "skip": ({"Created": {_A, _L}, **_IN_WORK}, "Obsolete"),
    "delegate": (_IN_WORK, "Reserved"),
    "forward": (_IN_WORK, "Ready"),
    "complete": (_FINISH, "Completed"),
    "fail": ({"InProgress": {_H, _L}}, "Failed"),
    "activate": ({"Created": {_L}}, "Ready"),
    "nominate": ({"Created": {_L}}, "Reserved"),
    "exit": (dict.fromkeys(_ANY, {_L}), "Exited"),
    "modify": (dict.fromkeys(_ANY, {_H, _L, _A}), None),
    "assign": ({"Ready": {_L}, "Reserved": {_H, _L}, "InProgress": {_H, _L}, "Suspended": {_H, _L}}, "Reserved"),
    "tick": (_FINISH, None),
}  # fmt: skip
OPERATIONS: Mapping[str, str] = {
    "claimed": "claim", "started": "start", "stopped": "stop", "released": "release", "suspended": "suspend", "resumed": "resume",
    "skipped": "skip", "delegated": "delegate", "forwarded": "forward", "completed": "complete", "handed_back": "complete",
    "failed": "fail", "activated": "activate", "nominated": "nominate", "exited": "exit", "modified": "modify", "assigned": "assign",
    "review_asked": "complete", "approved": "complete", "changes_asked": "complete", "ticked": "tick", "unticked": "tick",
    "item_added": "tick",
}  # fmt: skip
_REVIEWS = frozenset({"review_asked", "approved", "changes_asked"})
#: What whoever leads the case does with any task of it.
_OF_THE_CASE = frozenset({"skip", "activate", "exit", "modify"})
#: What takes a role that works the queue, where the task is a step or a decision.
_DOING = frozenset({"claim", "start", "delegate", "complete"})
_NOT_OF: Mapping[str, frozenset[str]] = {
    "step": frozenset({"skip", "fail", "exit"}), "decision": frozenset({"skip", "fail", "exit", "tick", "delegate"}), "side": frozenset(),
}  # fmt: skip
_LEADS: Mapping[str, frozenset[str]] = {
    "intake": frozenset({"supervisor"}), "officer": frozenset({"supervisor"}), "supervisor": frozenset({"supervisor"}),
    "compliance": frozenset({"compliance"}), "dispute_officer": frozenset(), "provider": frozenset({"provider_lead"}),
    "provider_lead": frozenset({"provider_lead"}),
}  # fmt: skip
_OWNERS = frozenset({"intake", "officer", "dispute_officer"})
_MAY_CHANGE = frozenset({"task", "name", "held_by", "task_states", "clocks", "clock_states", "hold"})


def operation_faults(context: Context, case: Case, event: Event) -> Found:
    """What speaks against something that was done with a task."""
    task = case.tasks.get(event.effects["task"])
    if task is None:
        yield say("task_unknown")
        return
    if "allocation" in event.effects or event.by_itself and event.kind == "assigned":
        yield from _allocated(context, case, event, task)
        return
    if event.role != "party":
        yield from _table_faults(case, event, task)
    if event.kind == "completed":
        return
    if event.effects.keys() - _MAY_CHANGE:
        yield say("task_more", name=task.name)
    changes = [change for change in event.effects.get("task_states", ()) if change.keys() - {"id", "due"}]
    if [change["id"] for change in changes] != [task.id]:
        yield say("task_other", name=task.name)
        return
    yield from _led(event, task, changes[0])
    workflow = context.workflows.get(task.edition)
    if workflow is not None:
        yield from _ticked(workflow, event, task, changes[0])


def _table_faults(case: Case, event: Event, task: Task) -> Found:
    operation = OPERATIONS[event.kind]
    mine = _who(case, event, task, operation)
    cells, _ = _TABLE[operation]
    named = cells.get(task.state)
    if operation == "resume" and task.before is not None:
        named = _IN_WORK.get(task.before)
    if not named:
        yield say("task_state", name=task.name, kind=event.kind, state=task.state)
    elif operation in _DOING and task.type != "side" and _WORKER not in mine:
        yield say("task_queue", name=task.name, queue=task.queue, role=event.role)
    elif not mine & named:
        code = "task_holder" if task.holder is not None and _HOLDER in named else "task_queue"
        yield say(code, name=task.name, queue=task.queue, role=event.role)
    back = event.kind == "handed_back" or event.kind in _REVIEWS
    if operation in _NOT_OF[task.type] or operation == "complete" and task.type == "step" and not back:
        yield say("task_not_so", name=task.name, kind=event.kind)
    if (
        operation in ("delegate", "forward", "assign", "skip", "fail")
        and _LEADER not in mine
        and (task.lent_by or task.reviewed_for)
    ):
        yield say("task_lent", name=task.name)


def _who(case: Case, event: Event, task: Task, operation: str) -> set[str]:
    mine = set()
    owns = (
        case.owner is not None
        and (event.acting_for or event.actor) == case.owner
        and event.role in ("officer", "dispute_officer")
    )
    elsewhere = task.queue in THEIR_QUEUES and event.organisation != task.organisation
    if task.holder is not None and task.holder in event.people:
        mine.add(_HOLDER)
    asked = case.proposals.get(task.of or "") if task.type == "decision" else None
    if works(task.queue, task.organisation, event) and not (asked and asked.people & event.people):
        mine.add(_WORKER)
    leads = not elsewhere and (task.queue in _OWNERS and owns or event.role in _LEADS.get(task.queue, frozenset()))
    if leads or operation in _OF_THE_CASE and (event.role == "supervisor" or owns):
        mine.add(_LEADER)
    if task.initiator is not None and task.initiator in event.people:
        mine.add(_ASKER)
    return mine


def _led(event: Event, task: Task, change: Mapping[str, Any]) -> Found:
    """Where the task is afterwards, and with whom."""
    wanted, holder, kind = _TABLE[OPERATIONS[event.kind]][1], change.get("holder", task.holder), event.kind
    if kind == "handed_back":
        wanted = "Reserved"
        if holder != task.lent_by:
            yield say("task_back", name=task.name)
    elif kind in _REVIEWS:
        wanted = "Reserved"
        yield from _reviewed(event, task, change, holder)
    elif kind == "assigned" and task.state == "Suspended":
        wanted = "Suspended"
    elif kind == "resumed":
        wanted = (task.before or "Ready") if holder else "Ready"
    elif kind == "nominated" and holder is None:
        wanted = "Ready"
    if change.get("state", task.state) != (wanted or task.state):
        yield say("task_led", name=task.name, told=change.get("state"), wanted=wanted or task.state)
    if kind in ("claimed", "started") and holder != event.actor:
        yield say("task_for_another", name=task.name)
    if kind in ("released", "forwarded") and holder is not None:
        yield say("task_still_held", name=task.name)
    handing = kind in ("assigned", "delegated", "nominated", "handed_back") or kind in _REVIEWS
    if handing and holder != change.get("to"):
        yield say("task_two_holders", name=task.name)


def _reviewed(event: Event, task: Task, change: Mapping[str, Any], holder: str | None) -> Found:
    """Another person looks at it, and the answer goes back to who asked."""
    if event.kind == "review_asked":
        if holder in {task.holder, *event.people}:
            yield say("review_by_oneself", name=task.name)
        return
    asked_by = task.reviewed_for
    if asked_by is None or event.actor != task.holder or asked_by in event.people:
        yield say("review_not_asked", name=task.name)
    if holder != asked_by or "result" in change:
        yield say("task_back", name=task.name)


def _ticked(workflow: Workflow, event: Event, task: Task, change: Mapping[str, Any]) -> Found:
    if OPERATIONS[event.kind] != "tick":
        if "item" in change:
            yield say("item_other", name=task.name)
        return
    if task.type == "step":
        written = workflow.states[task.rule].get("checklist", ())
    else:
        written = workflow.tasks[task.rule].get("checklist", ())
    item, known = change.get("item"), {one["name"] for one in written} | task.items.keys()
    done = task.items.get(str(item), False)
    if event.kind == "item_added":
        if item in known:
            yield say("item_other", name=task.name)
    elif item not in known or done == (event.kind == "ticked"):
        yield say("item_other", name=task.name)


def _allocated(context: Context, case: Case, event: Event, task: Task) -> Found:
    """The rule of a queue gives a free task to one of those it looked at."""
    allocation = event.effects.get("allocation")
    if allocation is None or event.kind != "assigned" or not event.by_itself:
        yield say("allocation_by_none", name=task.name)
        return
    context.as_told["allocation"] += 1
    if task.state != "Ready" or task.handed is not None:
        yield say("task_state", name=task.name, kind=event.kind, state=task.state)
    changes = event.effects.get("task_states", [])
    yield from routed_faults(context, case, event, task)
    among = {one["person"] for one in allocation["among"]}
    if len(changes) != 1 or changes[0]["id"] != task.id or changes[0].get("holder") not in among:
        yield say("task_other", name=task.name)

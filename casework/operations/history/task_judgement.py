"""Whether what an event did to a task was allowed by the table of tasks, and led where the table says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from casework.engine.definition.editions import Edition
from casework.engine.execution import task_lifecycle
from casework.engine.execution.checklists import items_of, unticked
from casework.engine.execution.context import By, Library
from casework.engine.roles import role_of
from casework.engine.state import events
from casework.engine.state.case import READY, RESERVED, SUSPENDED, Case, Task
from casework.engine.state.events import SYSTEM_ACTOR, Event
from casework.engine.tasks.allocation import SKILL, again
from casework.engine.tasks.reviews import approved
from casework.json_values import JsonMapping
from casework.operations.history.past_routing import routed_against
from casework.operations.history.point_in_time import Past
from casework.operations.tasks.skills import SERVICE, service_of
from casework.permissions.work import may_have, may_hold, may_work

#: By kind of event, the operation that it is; `handed_back` is how a delegated task is completed.
OPERATION_OF: Mapping[str, str] = {
    events.CLAIMED: task_lifecycle.CLAIM,
    events.STARTED: task_lifecycle.START,
    events.STOPPED: task_lifecycle.STOP,
    events.RELEASED: task_lifecycle.RELEASE,
    events.SUSPENDED: task_lifecycle.SUSPEND,
    events.RESUMED: task_lifecycle.RESUME,
    events.SKIPPED: task_lifecycle.SKIP,
    events.DELEGATED: task_lifecycle.DELEGATE,
    events.FORWARDED: task_lifecycle.FORWARD,
    events.COMPLETED: task_lifecycle.COMPLETE,
    events.HANDED_BACK: task_lifecycle.COMPLETE,
    events.FAILED: task_lifecycle.FAIL,
    events.ACTIVATED: task_lifecycle.ACTIVATE,
    events.NOMINATED: task_lifecycle.NOMINATE,
    events.EXITED: task_lifecycle.EXIT,
    events.MODIFIED: task_lifecycle.MODIFY,
    events.ASSIGNED: task_lifecycle.ASSIGN,
    **dict.fromkeys((events.REVIEW_ASKED, events.APPROVED, events.CHANGES_ASKED), task_lifecycle.COMPLETE),
    **dict.fromkeys((events.TICKED, events.UNTICKED, events.ITEM_ADDED), task_lifecycle.TICK),
}
_REVIEWS = frozenset({events.REVIEW_ASKED, events.APPROVED, events.CHANGES_ASKED})
#: What gives a task back to somebody who had it.
#: After these it lies with somebody who works its queue or leads it.
_HELD = frozenset({events.HANDED_BACK, events.REVIEW_ASKED, events.APPROVED, events.CHANGES_ASKED})
#: What an operation on a task may change besides: the task, its clocks, and what the hold of its case keeps of them.
_CHANGES = frozenset({"task", "name", "held_by", "task_states", "clocks", "clock_states", "hold"})


def task_reasons(library: Library, past: Past, before: Case, event: Event) -> Iterator[str]:
    """What speaks against an operation on a task: the table, where it leads, and to whom it gives the task."""
    task = before.tasks.get(event.effects["task"])
    if task is None:
        yield "the task was not there"
        return
    if task.edition not in library.editions:
        yield f"the edition {task.edition[:12]} is unknown"
        return
    if "allocation" in event.effects or event.actor == SYSTEM_ACTOR and event.kind == events.ASSIGNED:
        yield from _allocated(past, library, before, task, event)
        return
    by = By(event.actor, role_of(event.role), event.organisation, event.acting_for)
    if (no := task_lifecycle.refusal(library[task.edition], before, task, by, OPERATION_OF[event.kind])) is not None:
        yield f"the table of tasks refuses it: {no.message}"
    if event.kind == events.COMPLETED:
        yield from _completed(library, past, before, task, event)
        return
    if set(event.effects) - _CHANGES:
        yield "it did more than an operation on a task does"
    changes = [change for change in event.effects.get("task_states", ()) if set(change) - {"id", "due"}]
    if [change["id"] for change in changes] != [task.id]:
        yield "it changed another task than it names"
        return
    yield from _led(task, event, changes[0])
    yield from _ticked(library[task.edition], task, event, changes[0])
    to = changes[0].get("to")
    if to is not None and to != event.actor and event.actor != SYSTEM_ACTOR:
        receiver = past.actor(to, _scopes(before, task), event.at)
        fits = may_hold(receiver, before, task) if event.kind in _HELD else may_work(receiver, before, task)
        if not fits:
            yield "it gives the task to somebody who did not work its queue"


def _completed(library: Library, past: Past, before: Case, task: Task, event: Event) -> Iterator[str]:
    """What had to be done before a task was finished."""
    back = task_lifecycle.giver(task)
    if (
        back is not None
        and back != event.actor
        and may_hold(past.actor(back, _scopes(before, task), event.at, surely=True), before, task)
    ):
        yield "the task was delegated, and did not go back to be accepted"
    ended = {state["id"]: state.get("result", {}) for state in event.effects.get("task_states", ())}
    if task_lifecycle.review_for(task) is not None:
        yield "it was being reviewed"
    elif approved(task) and ended.get(task.id, {}) != dict(task.result):
        yield "something else was approved"
    if unticked(library[task.edition], task):
        yield "something that its checklist requires was not ticked"


def _allocated(past: Past, library: Library, before: Case, task: Task, event: Event) -> Iterator[str]:
    """The rule that its queue had at that moment, applied to those who might have the task, leads to who got it."""
    allocation = event.effects.get("allocation")
    if allocation is None or event.kind != events.ASSIGNED or event.actor != SYSTEM_ACTOR:
        yield "only the rule of a queue gives tasks to people, and says why"
        return
    if before.kind == "mediation":
        yield "nothing of a sealed mediation is given to anybody by a rule"
    if task.state != READY or task.handed is not None:
        yield "the task was not free"
    if set(event.effects) != {"task", "allocation", "task_states"}:
        yield "it did more than give a task to somebody"
    changes = event.effects.get("task_states", [])
    if [set(change) for change in changes] != [{"id", "state", "holder", "to"}] or changes[0]["id"] != task.id:
        yield "it changed something else than who holds the task that it names"
        return
    yield from _led(task, event, changes[0])
    rule, among, choice = again(allocation)
    if past.allocation(task.organisation or before.programme, task.queue, event.at) != rule:
        yield "its queue had no such rule"
    yield from routed_against(past, before, task, event)
    if choice is None or (choice.person, list(choice.reasons)) != (changes[0]["to"], allocation["reasons"]):
        yield "the rule leads to somebody else, or for another reason"
    asks = frozenset(allocation.get("asks", ()))
    if rule.strategy == SKILL and {ask for ask in asks if ask.startswith(f"{SERVICE}:")} != service_of(before, task):
        yield "the task asks for another service"
    for candidate in among:
        if rule.strategy == SKILL and candidate.skills not in [
            asks & known for known in past.skills(task.organisation or before.programme, candidate.person, event.at)
        ]:
            yield "it says of somebody to have other skills than were kept"
        if not may_have(
            past.actor(candidate.person, _scopes(before, task), event.at), before, task, library[task.edition]
        ):
            yield "it takes into account somebody who could not have the task"


def _led(task: Task, event: Event, change: JsonMapping) -> Iterator[str]:
    """Whether the task is afterwards where the table says, and with whom the action says."""
    wanted = task_lifecycle.OPERATIONS[OPERATION_OF[event.kind]].to
    holder = change.get("holder", task.holder)
    if event.kind == events.HANDED_BACK:
        wanted = RESERVED
        if holder != task_lifecycle.giver(task):
            yield "it does not go back to whoever delegated it"
    elif event.kind in _REVIEWS:
        wanted = RESERVED
        yield from _reviewed(task, event, change, holder)
    elif event.kind == events.ASSIGNED and task.state == SUSPENDED:
        wanted = SUSPENDED
    elif event.kind == events.RESUMED:
        wanted = (task.before or READY) if holder else READY
    elif event.kind == events.NOMINATED and holder is None:
        wanted = READY
    if change.get("state", task.state) != (wanted or task.state):
        yield f"it leads to {change.get('state')}, not to {wanted}"
    if event.kind in (events.CLAIMED, events.STARTED) and holder != event.actor:
        yield "it takes the task for somebody else"
    if event.kind in (events.RELEASED, events.FORWARDED) and holder is not None:
        yield "somebody holds the task still"
    handing = (events.ASSIGNED, events.DELEGATED, events.NOMINATED, events.HANDED_BACK, *_REVIEWS)
    if event.kind in handing and holder != change.get("to"):
        yield "it names another person than it gives the task to"


def _reviewed(task: Task, event: Event, change: JsonMapping, holder: str | None) -> Iterator[str]:
    """Four eyes: it goes to another person than who asked, and that one's answer goes back."""
    if task.type != "side":
        yield "only a side task is reviewed"
    asked_by = task_lifecycle.review_for(task)
    if event.kind == events.REVIEW_ASKED:
        if holder in (task.holder, event.actor, event.acting_for):
            yield "it asks nobody else to review it"
        return
    if "result" in change:
        yield "it changes what was proposed"
    if asked_by is None or event.actor != task.holder:
        yield "its actor was not asked to review it"
    if asked_by in (event.actor, event.acting_for):
        yield "whoever asked for the review answered it"
    if holder != asked_by:
        yield "it does not go back to whoever asked"


def _ticked(edition: Edition, task: Task, event: Event, change: JsonMapping) -> Iterator[str]:
    """Whether it is an item of the task's checklist, and was not so before; nothing else touches one."""
    if OPERATION_OF[event.kind] != task_lifecycle.TICK:
        if "item" in change:
            yield "it touches the task's checklist"
        return
    if set(change) != {"id", "item"}:
        yield "it changes more of the task than its checklist"
    known = {entry.id: entry for entry in items_of(edition, task)}
    item = known.get(str(change.get("item")))
    if event.kind == events.ITEM_ADDED:
        if item is not None:
            yield "it adds an item that was there"
    elif item is None:
        yield "its item is none of the task's checklist"
    elif item.done == (event.kind == events.TICKED):
        yield "its item was so already"


def _scopes(before: Case, task: Task) -> set[str]:
    return {before.programme} | ({task.organisation} if task.organisation else set())

"""Checklists: what whoever works a step or a side task ticks off, from its definition and added by themselves."""

from __future__ import annotations

from dataclasses import dataclass

from casework import reasons
from casework.engine.definition.editions import Edition, TransitionRule
from casework.engine.definition.grammar import MAIN
from casework.engine.execution import task_lifecycle
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import begin_on, insist_operation, line
from casework.engine.execution.task_changes import commit
from casework.engine.execution.task_commands import AddItem, Tick
from casework.engine.state.case import Case, Task, Track
from casework.engine.state.case_values import ItemState
from casework.engine.state.events import ITEM_ADDED, TICKED, UNTICKED
from casework.errors import ItemsUnticked, NotFound, WrongState

#: So many items people may add to one task: a list, and no store.
MOST = 50


@dataclass(frozen=True)
class Listed:
    """An item as it stands. `text` is the key of its words in the edition; None for one that somebody added."""

    id: str
    text: str | None
    required: bool
    #: Whether it is done, by whom and when; None while nobody has touched it.
    told: ItemState | None

    @property
    def done(self) -> bool:
        return self.told is not None and self.told["done"]


def items_of(edition: Edition, task: Task) -> list[Listed]:
    """The checklist of a task: the definition's items in their order, then the added ones in theirs."""
    if task.type not in ("step", "side"):
        return []
    of, defined = ("states", edition.states) if task.type == "step" else ("tasks", edition.tasks)
    items = [
        Listed(name, f"{of}.{task.rule}.items.{name}", required, task.items.get(name))
        for name, required in defined[task.rule].checklist
    ]
    added = sorted((state["seq"], id) for id, state in task.items.items() if "seq" in state)
    return items + [Listed(id, None, False, task.items[id]) for _, id in added]


def unticked(edition: Edition, task: Task) -> list[Listed]:
    """What is required and not ticked."""
    return [item for item in items_of(edition, task) if item.required and not item.done]


def insist_ticked(edition: Edition, task: Task) -> None:
    """Raises ItemsUnticked while something that is required is not ticked."""
    if missing := unticked(edition, task):
        raise ItemsUnticked(*[edition.as_reason(str(item.text)) for item in missing])


def steps_unticked(edition: Edition, case: Case, track: Track, rule: TransitionRule) -> list[Listed]:
    """What keeps a transition on the workflow's main way from leaving its step; ways out and back stay open."""
    if rule.kind != MAIN or rule.target == "=same":
        return []
    left = [
        task
        for task in case.step_tasks(track.id)
        if any(task.of == place or str(task.of).startswith(place + ".") for place in rule.sources)
    ]
    return [item for task in left for item in unticked(edition, task)]


def insist_step_ticked(builder: EventBuilder, track: Track, rule: TransitionRule) -> None:
    """Raises ItemsUnticked while something is not ticked that the step left requires."""
    edition = builder.library[track.edition]
    if missing := steps_unticked(edition, builder.case, track, rule):
        raise ItemsUnticked(*[edition.as_reason(str(item.text)) for item in missing])


def tick(builder: EventBuilder, command: Tick) -> None:
    """Tick an item, or take the tick away."""
    task = insist_operation(builder, command.task, task_lifecycle.TICK)
    item = next((listed for listed in items_of(builder.library[task.edition], task) if listed.id == command.item), None)
    if item is None:
        raise NotFound("item")
    if item.done == command.done:
        raise WrongState(action=reasons.actions.TICK, why=reasons.tasks.SO_ALREADY)
    begin_on(builder, task, TICKED if command.done else UNTICKED)
    builder.set_task(task, item=item.id)
    commit(builder)


def add_item(builder: EventBuilder, command: AddItem) -> None:
    """Add an item of one's own."""
    task = insist_operation(builder, command.task, task_lifecycle.TICK)
    if sum("seq" in state for state in task.items.values()) >= MOST:
        raise WrongState(action=reasons.actions.ADD_ITEM, why=reasons.tasks.CHECKLIST_FULL)
    begin_on(builder, task, ITEM_ADDED, {"item": line(command.words, "words", 200)})
    builder.set_task(task, item=builder.context.new_id())
    commit(builder)

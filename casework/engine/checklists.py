"""Checklists: what whoever works a side task ticks off, from its definition and added by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.engine import task_table as table
from casework.engine.cases import Task
from casework.engine.checks import begin_on, insist_operation, line
from casework.engine.commands import AddItem, Tick
from casework.engine.draft import Draft
from casework.engine.editions import Edition
from casework.engine.events import ITEM_ADDED, TICKED, UNTICKED
from casework.errors import ItemsUnticked, NotFound, WrongState

Json = Any

#: So many items people may add to one task: a list, and no store.
MOST = 50


@dataclass(frozen=True)
class Listed:
    """An item as it stands. `text` is the key of its words in the edition; None for one that somebody added."""

    id: str
    text: str | None
    required: bool
    #: Whether it is done, by whom and when; empty while nobody has touched it.
    told: Mapping[str, Json]

    @property
    def done(self) -> bool:
        return bool(self.told.get("done"))


def items_of(edition: Edition, task: Task) -> list[Listed]:
    """The checklist of a task: the definition's items in their order, then the added ones in theirs."""
    if task.type != "side":
        return []
    made = [
        Listed(name, f"tasks.{task.rule}.items.{name}", required, task.items.get(name, {}))
        for name, required in edition.tasks[task.rule].checklist
    ]
    added = sorted((told["seq"], id) for id, told in task.items.items() if "seq" in told)
    return made + [Listed(id, None, False, task.items[id]) for _, id in added]


def unticked(edition: Edition, task: Task) -> list[Listed]:
    """What is required and not ticked."""
    return [one for one in items_of(edition, task) if one.required and not one.done]


def insist_ticked(edition: Edition, task: Task) -> None:
    """Raises ItemsUnticked while something that is required is not ticked."""
    if missing := unticked(edition, task):
        raise ItemsUnticked(reasons=[edition.text(str(one.text)) for one in missing])


def tick(draft: Draft, command: Tick) -> None:
    """Tick an item, or take the tick away."""
    task = insist_operation(draft, command.task, table.TICK)
    item = next((one for one in items_of(draft.library[task.edition], task) if one.id == command.item), None)
    if item is None:
        raise NotFound("item")
    if item.done == command.done:
        raise WrongState(action="Tick", why="it is so already.")
    begin_on(draft, task, TICKED if command.done else UNTICKED)
    draft.set_task(task, item=item.id)
    draft.commit()


def add_item(draft: Draft, command: AddItem) -> None:
    """Add an item of one's own."""
    task = insist_operation(draft, command.task, table.TICK)
    if sum("seq" in told for told in task.items.values()) >= MOST:
        raise WrongState(action="Add an item", why="the checklist is full.")
    begin_on(draft, task, ITEM_ADDED, {"item": line(command.words, "words", 200)})
    draft.set_task(task, item=draft.context.new_id())
    draft.commit()

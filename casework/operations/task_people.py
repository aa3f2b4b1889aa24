"""Who may have a task next: for whoever may give it to somebody. Reads only."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.cases import Case, Task
from casework.engine.task_table import OPERATIONS
from casework.errors import NotAllowed
from casework.operations.task_lists import find_task
from casework.permissions import Actor, may_work, operations
from casework.records.people import find_members

Json = Any

#: Operations that name another person.
HANDS_ON = frozenset(name for name, row in OPERATIONS.items() if row.person)


def list_task_people(db: Connection, actor: Actor, task: str) -> dict[str, Json]:
    """Everybody else who may take a task, by name, for whoever may hand it on. Raises NotFound and NotAllowed."""
    case, _ = find_task(db, actor, task)
    one = case.tasks.get(task)
    if one is None or not HANDS_ON & set(operations(actor, case, one, load_library()[one.edition])):
        raise NotAllowed(why="who may have a task next is for those who may hand it on.")
    return {"items": people_for(db, actor, case, one)}


def people_for(db: Connection, actor: Actor, case: Case, task: Task) -> list[dict[str, Json]]:
    """Everybody but the actor and the holder who may take a task, and how many tasks of the case each holds."""
    found = find_members(db, organisations=[task.organisation]) if task.organisation else find_members(db, programmes=[case.programme])
    return [
        {"id": one.person, "name": one.name, "holds": sum(1 for other in case.open_tasks() if other.holder == one.person)}
        for one in found
        if one.person not in (actor.person, task.holder) and may_work(one, case, task) is not None
    ]

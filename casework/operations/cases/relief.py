"""Take tasks back from whoever may not hold them any more."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from casework.engine.execution.context import By
from casework.engine.execution.task_commands import Relieve
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import SYSTEM, follow, home_of, stand
from casework.permissions.actors import Actor
from casework.permissions.work import may_hold
from casework.records.actors import find_actor
from casework.records.row_security import whole


def relieve_holders(db: Connection, done: Done, number: str) -> Done:
    """After an action by which somebody has no part in a case any more: whoever stands in for that one has none either."""
    with whole(db):
        log = home_of(db, number)
        held = {task.holder for task in stand(db, log, "case").case.open_tasks() if task.holder is not None}
        for person in sorted(held):
            relieve(db, person, log, "case", SYSTEM)
    return done


def relieve(db: Connection, person: str, log: str, kind: str, by: By, *, scopes: Collection[str] | None = None) -> None:
    """Take back what a person may not hold any more: in the programmes and organisations where a role ended, or anywhere."""
    standing = stand(db, log, kind)
    left = find_actor(db, person) or Actor(person, "", ())
    held = {
        task.id: task.organisation or standing.case.programme
        for task in standing.case.open_tasks()
        if task.holder == person
    }
    for id, scope in held.items():
        if (scopes is None or scope in scopes) and not may_hold(left, standing.case, standing.case.tasks[id]):
            follow(db, standing, Relieve(id, person), by)
            standing = stand(db, log, kind)

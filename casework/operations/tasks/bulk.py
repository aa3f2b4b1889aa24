"""The same action on several tasks: tried first, then done, with a result for each.

What refuses one keeps no other from being done: each stands behind a savepoint, with a request key of its own. They are
gone through in the order of their logs, so that two people with the same choice lock in the same order. A try does them
all and takes them back together: what becomes of one may decide about another.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.execution import task_lifecycle
from casework.errors import CaseworkError, InvalidForm, NotFound, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.views import row_as
from casework.operations.tasks import service as tasks
from casework.operations.tasks.candidates import Receivers, receivers
from casework.operations.tasks.queries import find_task, placed_row
from casework.operations.tasks.views import ChosenTask, ChosenTasks
from casework.permissions.actors import Actor
from casework.permissions.work import operations
from casework.reasons import Why
from casework.reasons.base import from_json
from casework.records.database import savepoint, send_waiting

MOST = 50
#: What can be done to several at once, and what must be told for it.
NEEDS: Mapping[str, tuple[str, ...]] = {
    task_lifecycle.CLAIM: (), task_lifecycle.RELEASE: (), task_lifecycle.COMPLETE: (), task_lifecycle.ASSIGN: ("person", "note"),
    task_lifecycle.SUSPEND: ("until", "waits_for", "reason"), task_lifecycle.MODIFY: ("priority", "reason"),
}  # fmt: skip
Action = Callable[[Connection, Actor, str, Mapping[str, str], Request], Done]
_ACTIONS: Mapping[str, Action] = {
    task_lifecycle.CLAIM: lambda db, actor, task, facts, request: tasks.claim_task(db, actor, task, request),
    task_lifecycle.RELEASE: lambda db, actor, task, facts, request: tasks.release_task(
        db, actor, task, note=None, request=request
    ),
    task_lifecycle.COMPLETE: lambda db, actor, task, facts, request: tasks.complete_task(
        db, actor, task, data={}, happened_on=None, request=request
    ),
    task_lifecycle.ASSIGN: lambda db, actor, task, facts, request: tasks.assign_task(
        db, actor, task, person=facts["person"], note=facts["note"], request=request
    ),
    task_lifecycle.SUSPEND: lambda db, actor, task, facts, request: tasks.suspend_task(
        db, actor, task, until=facts["until"], waits_for=facts["waits_for"], reason=facts["reason"], request=request
    ),
    task_lifecycle.MODIFY: lambda db, actor, task, facts, request: tasks.modify_task(
        db, actor, task, priority=facts["priority"], reason=facts["reason"], request=request
    ),
}


@dataclass(frozen=True)
class Outcome:
    """What became of one task, or would: refused with its reasons, or done."""

    task: str
    refusal: CaseworkError | None = None

    def as_json(self) -> JsonObject:
        return {
            "task": self.task,
            "done": self.refusal is None,
            "why": None if self.refusal is None else str(self.refusal),
            "refusal": None if self.refusal is None else self.refusal.reason.as_json(),
        }


def why_not(outcome: JsonMapping) -> Why | None:
    """What refused one of several, of an answer; None where it was done.

    An answer that an earlier release kept may have its words alone.
    """
    if outcome["done"]:
        return None
    refusal: Why = from_json(outcome.get("refusal") or {"code": "", "message": outcome["why"]})
    return refusal


def show_chosen(db: Connection, actor: Actor, ids: Sequence[str]) -> ChosenTasks:
    """The chosen tasks that the actor sees, each with what may be done to it, what may be done to any of them, and the `people`
    to whom any may be given."""
    library, chosen = load_library(), []
    homes: dict[tuple[str, str], Receivers] = {}
    people: dict[str, str] = {}
    for id in dict.fromkeys(ids[:MOST]):
        try:
            case, row = find_task(db, actor, id)
        except NotFound:
            continue
        task, may = case.tasks.get(id), []
        if task is not None:
            edition = library[task.edition]
            may = [
                operation
                for operation in operations(actor, case, task, edition)
                if operation in NEEDS and _plain(operation, task.type, edition, task.rule)
            ]
            if task_lifecycle.ASSIGN in may:
                home = (case.kind, task.organisation or case.programme)
                # Of all tasks of one programme or provider the same people are asked.
                if home not in homes:
                    homes[home] = Receivers.read(db, case, task)
                people |= {
                    receiver.id: receiver.name
                    for receiver in receivers(actor, replace(homes[home], case=case, task=task))
                }
        chosen.append((row, may))
    names = names_of(db, {row.holder_id for row, _ in chosen}, {row.organisation_id for row, _ in chosen})
    items = [row_as(ChosenTask, placed_row(row, library, names), may=may) for row, may in chosen]
    return ChosenTasks(
        items=items, may={need: sum(need in item.may for item in items) for need in NEEDS}, people=people
    )


def _plain(operation: str, type: str, edition: Edition, rule: str) -> bool:
    """Whether it can be done without being asked anything: of what is finished, only what has no form."""
    return operation != task_lifecycle.COMPLETE or type == "side" and not edition.tasks[rule].form


def do_to_tasks(
    db: Connection,
    actor: Actor,
    ids: Sequence[str],
    operation: str,
    facts: Mapping[str, str],
    *,
    request: Request,
    dry_run: bool = False,
) -> Done:
    """One action on several tasks, or a try of it that leaves nothing behind; the answer has a result for each."""
    _insist(ids, operation, facts)
    if not dry_run and (earlier := ask(db, actor, request)) is not None:
        return earlier
    with tried(db) if dry_run else nullcontext():
        results = {id: _one(db, actor, id, operation, facts, request=request) for id in in_order(db, ids)}
    _insist_for_one(results.values(), facts)
    items = [(results.get(id) or Outcome(id, NotFound("task"))).as_json() for id in dict.fromkeys(ids)]
    done = Done({"items": items, "done": sum(item["done"] for item in items), "dry_run": dry_run})
    return done if dry_run else finish(db, actor, request, done)


def _insist(ids: Sequence[str], operation: str, facts: Mapping[str, str]) -> None:
    if operation not in NEEDS:
        raise InvalidForm(fields={"operation": reasons.fields.ONE_OF(choices=tuple(NEEDS))})
    faults = {name: reasons.fields.REQUIRED for name in NEEDS[operation] if not facts.get(name, "").strip()}
    if "person" in NEEDS[operation] and "person" not in faults and not _is_id(facts["person"]):
        faults["person"] = reasons.fields.NOT_AN_ID
    if not 1 <= len(set(ids)) <= MOST:
        faults["tasks"] = reasons.fields.BETWEEN(least=1, most=MOST)
    if faults:
        raise InvalidForm(fields=faults)


def _insist_for_one(results: Collection[Outcome], facts: Mapping[str, str]) -> None:
    """What is wrong for every one of them is wrong with what was sent: it is told at its field. Raises InvalidForm."""
    wrong = [outcome.refusal for outcome in results if isinstance(outcome.refusal, InvalidForm)]
    if len(wrong) != len(results) or not wrong or not set(wrong[0].fields) <= set(facts):
        return
    if all(refusal.fields == wrong[0].fields for refusal in wrong):
        raise wrong[0]


def _is_id(words: str) -> bool:
    try:
        UUID(words)
    except ValueError:
        return False
    return True


def in_order(db: Connection, ids: Sequence[str]) -> list[str]:
    """Tasks in the order of their logs; what is none is left out."""
    rows = db.execute(
        text("SELECT id FROM tasks WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY log_id, id"), {"ids": sorted(set(ids))}
    )
    return list(rows.scalars())


def _one(
    db: Connection, actor: Actor, id: str, operation: str, facts: Mapping[str, str], *, request: Request
) -> Outcome:
    def action() -> None:
        if operation == task_lifecycle.COMPLETE:
            _insist_plain(db, actor, id)
        _ACTIONS[operation](db, actor, id, facts, of_one(request, id))

    return Outcome(id, attempt(db, action))


def attempt(db: Connection, action: Callable[[], object]) -> CaseworkError | None:
    """Do it behind a savepoint; gives what refuses it, which keeps nothing else from being done."""
    try:
        with savepoint(db):
            action()
    except CaseworkError as refusal:
        return refusal
    return None


@contextmanager
def tried(db: Connection) -> Iterator[None]:
    """What is done in this block is taken back at its end."""
    with savepoint(db) as point:
        yield
        send_waiting(db)
        point.rollback()


def of_one(request: Request, id: str) -> Request:
    """A key of its own for each thing, however long the key of them all is."""
    return Request(hashlib.sha256(f"{request.key} {id}".encode()).hexdigest(), request.digest)


def _insist_plain(db: Connection, actor: Actor, id: str) -> None:
    _, row = find_task(db, actor, id)
    if not _plain(task_lifecycle.COMPLETE, row.type, load_library()[row.edition], row.rule):
        raise Refused(reasons.tasks.OWN_FORM)


__all__ = [
    "MOST", "NEEDS", "Outcome", "attempt", "do_to_tasks", "in_order", "of_one", "show_chosen", "tried", "why_not",
]  # fmt: skip

"""Tasks: take one from its queue, give it back, finish it, list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.cases import READY, Case, Task
from casework.engine.commands import By, Claim, Command, Complete, Exit, Release
from casework.engine.draft import accepted
from casework.engine.events import Event
from casework.engine.roles import OFFICER, SUPERVISOR
from casework.errors import NotAllowed, NotFound, WrongState
from casework.operations.deeds import Standing, carry_out, perform_on_task, stand
from casework.operations.references import insist_references
from casework.operations.requests import Done, Request, ask, finish
from casework.operations.task_lists import next_claimable
from casework.permissions import Actor, Sight, asked, capacities, choose, conflict, may_work, own_tracks, sight
from casework.records.logs import try_lock

Json = Any


def claim_task(db: Connection, actor: Actor, task: str, request: Request) -> Done:
    """Take a task; of several people who try at once exactly one has it, the others are told who."""
    return _on_task(db, actor, task, lambda standing, one: Claim(task), request)


#: So many are looked at in one go; of those, many pullers at once leave some to each.
_CANDIDATES = 20


def take_next(db: Connection, actor: Actor, request: Request) -> Done:
    """Take the task that is due first of all that one may take, and of those the oldest; exactly one person gets it.

    The answer's id is None where nothing is left to take. A case in which somebody is at work is passed over.
    """
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Those whose case is free first; what remains is worth waiting for.
    for wait in (False, True):
        busy: set[str] = set()
        seen: set[str] = set()
        while fresh := [row for row in next_claimable(db, actor, limit=_CANDIDATES, skip=busy) if row.id not in seen]:
            for row in fresh:
                seen.add(row.id)
                if row.log_id in busy:
                    continue
                done = _try_to_take(db, actor, row, request, wait=wait)
                if isinstance(done, Done):
                    return done
                if done is _BUSY:
                    busy.add(row.log_id)
        if not busy:
            break
    return finish(db, actor, request, Done({"id": None, "state": None, "holder": None}))


_BUSY = object()


def _try_to_take(db: Connection, actor: Actor, row: Any, request: Request, *, wait: bool) -> Done | object | None:
    """The deed, if the task is still there to be taken; _BUSY where somebody else has its case locked."""
    # A savepoint lets the lock of a task that is gone go too: nobody waits for one while holding another.
    with db.begin_nested() as attempt:
        if not wait and not try_lock(db, row.log_id):
            attempt.rollback()
            return _BUSY
        standing = stand(db, row.log_id, row.log_kind)
        # Looked for without a lock: by now it may be gone.
        task = standing.case.tasks.get(row.id)
        by = may_work(actor, standing.case, task) if task is not None and task.state == READY else None
        if by is not None:
            return carry_out(db, actor, standing, Claim(row.id), by, _taken(row.id), request)
        attempt.rollback()
    return None


def _taken(task: str) -> Callable[[Case, list[Event]], dict[str, Json]]:
    def answer(case: Case, events: list[Event]) -> dict[str, Json]:
        one = case.tasks[task]
        return {"id": task, "state": one.state, "holder": one.holder}

    return answer


def release_task(db: Connection, actor: Actor, task: str, *, note: str | None, request: Request) -> Done:
    """Give a task back to its queue."""
    return _on_task(db, actor, task, lambda standing, one: Release(task, note), request)


def complete_task(
    db: Connection, actor: Actor, task: str, *, data: Mapping[str, Json], happened_on: str | None, request: Request
) -> Done:
    """Finish a side task with its form, or decide on what another person proposed."""

    def to_command(standing: Standing, one: Task) -> Command:
        if one.type == "side":
            track = standing.case.tracks[one.track]
            edition = standing.library[one.edition]
            form = edition.tasks[one.rule].form
            insist_references(db, standing.case, edition.form(form), data, track)
        return Complete(task, data, happened_on)

    return _on_task(db, actor, task, to_command, request)


def exit_task(db: Connection, actor: Actor, task: str, *, reason: str, request: Request) -> Done:
    """End a side task that is not needed any more; by the case's officers and supervisors, with a reason."""

    def to_capacity(standing: Standing, one: Task) -> By | None:
        roles = accepted(standing.case, (OFFICER, SUPERVISOR))
        by = choose(capacities(actor, standing.case, standing.case.tracks[one.track]), roles)
        if by is None:
            raise NotAllowed(why=f"“Drop the task” is for: {', '.join(sorted(roles))}.")
        return by

    return _on_task(db, actor, task, lambda standing, one: Exit(task, reason), request, to_capacity)


def _on_task(
    db: Connection, actor: Actor, task: str, to_command: Callable[[Standing, Task], Command], request: Request,
    to_capacity: Callable[[Standing, Task], By | None] | None = None,
) -> Done:  # fmt: skip
    def decided(standing: Standing) -> tuple[Command, By]:
        one = standing.case.tasks.get(task)
        if one is None:
            # A finished step task is not loaded; whoever may see it learns that it is done.
            one = _closed(db, task)
            insist_sees_task(actor, standing.case, one)
            raise WrongState(action="This", why=f"the task is {one.state}.")
        insist_sees_task(actor, standing.case, one)
        if (why := conflict(actor, standing.case)) is not None:
            raise NotAllowed(why=why)
        by = to_capacity(standing, one) if to_capacity else may_work(actor, standing.case, one)
        if by is None:
            if one.type == "decision" and asked(actor, standing.case, one):
                raise NotAllowed(why="another person must decide this than the one who asked for it.")
            raise NotAllowed(why=f"the task is in the queue {one.queue}.")
        return to_command(standing, one), by

    return perform_on_task(db, actor, task, decided, _taken(task), request)


def _closed(db: Connection, task: str) -> Task:
    row = db.execute(text("SELECT * FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task}).one()
    return Task(
        id=row.id, track=row.track_id, name=row.name, edition=row.edition, rule=row.rule, type=row.type, queue=row.queue,
        organisation=row.organisation_id, state=row.state, opened_at=row.opened_at, due_at=row.due_at,
        holder=row.holder_id, about=row.about, of=row.of,
    )  # fmt: skip


def insist_sees_task(actor: Actor, case: Case, task: Task) -> None:
    """Raises NotFound for a task of a case or referral that the actor does not see."""
    level = sight(actor, case)
    if level == Sight.ALL:
        return
    if level == Sight.REFERRALS:
        mine = {track.id for track in own_tracks(actor, case)}
        if task.track in mine and task.organisation is not None:
            return
    raise NotFound("task")

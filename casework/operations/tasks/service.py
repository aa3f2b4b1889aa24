"""What people do with tasks: one function for each operation of `engine.execution.task_lifecycle`, and the next one to take."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution import task_lifecycle
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.task_commands import (
    Activate,
    AddItem,
    AnswerReview,
    AskReview,
    Assign,
    Claim,
    Complete,
    Delegate,
    Exit,
    Fail,
    Forward,
    HandBack,
    Modify,
    Nominate,
    Release,
    Resume,
    Skip,
    Start,
    Stop,
    Suspend,
    Tick,
)
from casework.engine.state.case import READY, Case, Task
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotFound, WrongState
from casework.json_values import Answers, JsonObject
from casework.operations.auth.step_up import insist_proved_for_task
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.perform import Standing, carry_out, perform, perform_on_task, stand
from casework.operations.core.references import reference_faults
from casework.operations.core.screened_cases import Beside, cases_beside, tell_cases
from casework.operations.tasks.candidates import Receivers
from casework.operations.tasks.queue_counts import next_claimable
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, own_tracks, sight
from casework.permissions.work import may_hold, may_review, may_work, operate
from casework.reasons import Why
from casework.records.actors import find_actor
from casework.records.case_loader import task_of
from casework.records.database import savepoint
from casework.records.event_log import try_lock
from casework.records.row_security import whole


def claim_task(db: Connection, actor: Actor, task: str, request: Request) -> Done:
    """Take a task; of several people who try at once exactly one has it, the others are told who."""
    return _on_task(db, actor, task, task_lifecycle.CLAIM, lambda standing, current: Claim(task), request=request)


#: So many are looked at in one go; of those, many pullers at once leave some to each.
_CANDIDATES = 20


def take_next(db: Connection, actor: Actor, request: Request) -> Done:
    """Take the task whose turn is first of all that one may take (`engine.tasks.queue_order`) and that does not stand still; exactly
    one person gets it.

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
    """The action, if the task is still there to be taken; _BUSY where somebody else has its case locked."""
    # A savepoint lets the lock of a task that is gone go too: nobody waits for one while holding another.
    with whole(db), savepoint(db) as attempt:
        if not wait and not try_lock(db, row.log_id):
            attempt.rollback()
            return _BUSY
        standing = stand(db, row.log_id, row.log_kind)
        # Looked for without a lock: by now it may be gone.
        task = standing.case.tasks.get(row.id)
        by = may_work(actor, standing.case, task) if task is not None and task.state == READY else None
        if by is not None:
            return carry_out(db, actor, standing, Claim(row.id), by, answer=_taken(row.id), request=request)
        attempt.rollback()
    return None


def _taken(task: str) -> Callable[[Case, list[Event]], JsonObject]:
    def answer(case: Case, events: list[Event]) -> JsonObject:
        current = case.tasks[task]
        return {"id": task, "state": current.state, "holder": current.holder}

    return answer


def release_task(db: Connection, actor: Actor, task: str, *, note: str | None, request: Request) -> Done:
    """Give a task back to its queue."""
    return _on_task(
        db, actor, task, task_lifecycle.RELEASE, lambda standing, current: Release(task, note), request=request
    )


def start_task(db: Connection, actor: Actor, task: str, request: Request) -> Done:
    """Begin to work on a task; whoever has not taken it takes it so."""
    return _on_task(db, actor, task, task_lifecycle.START, lambda standing, current: Start(task), request=request)


def stop_task(db: Connection, actor: Actor, task: str, request: Request) -> Done:
    """Stop working on a task for now, and keep it."""
    return _on_task(db, actor, task, task_lifecycle.STOP, lambda standing, current: Stop(task), request=request)


def suspend_task(
    db: Connection, actor: Actor, task: str, *, until: str, waits_for: str, reason: str, request: Request
) -> Done:
    """Let a task wait for somebody until a day; it wakes by itself."""
    return _on_task(
        db,
        actor,
        task,
        task_lifecycle.SUSPEND,
        lambda standing, current: Suspend(task, until, waits_for, reason),
        request=request,
    )


def resume_task(db: Connection, actor: Actor, task: str, request: Request) -> Done:
    """Go on with a task that waits."""
    return _on_task(db, actor, task, task_lifecycle.RESUME, lambda standing, current: Resume(task), request=request)


def skip_task(db: Connection, actor: Actor, task: str, *, reason: str, request: Request) -> Done:
    """Leave out a task that nothing waits for."""
    return _on_task(db, actor, task, task_lifecycle.SKIP, lambda standing, current: Skip(task, reason), request=request)


def fail_task(db: Connection, actor: Actor, task: str, *, reason: str, request: Request) -> Done:
    """End a task that cannot be done."""
    return _on_task(db, actor, task, task_lifecycle.FAIL, lambda standing, current: Fail(task, reason), request=request)


def exit_task(db: Connection, actor: Actor, task: str, *, reason: str, request: Request) -> Done:
    """End a side task that is not needed any more, with a reason."""
    return _on_task(db, actor, task, task_lifecycle.EXIT, lambda standing, current: Exit(task, reason), request=request)


def activate_task(db: Connection, actor: Actor, task: str, request: Request) -> Done:
    """Let a task begin before its day."""
    return _on_task(db, actor, task, task_lifecycle.ACTIVATE, lambda standing, current: Activate(task), request=request)


def modify_task(db: Connection, actor: Actor, task: str, *, priority: str, reason: str, request: Request) -> Done:
    """Give a task another priority, and say why."""

    def to_command(standing: Standing, current: Task) -> Command:
        if priority not in task_lifecycle.PRIORITIES:
            raise InvalidForm(fields={"priority": reasons.fields.ONE_OF(choices=tuple(task_lifecycle.PRIORITIES))})
        return Modify(task, task_lifecycle.PRIORITIES[priority], reason)

    return _on_task(db, actor, task, task_lifecycle.MODIFY, to_command, request=request)


def tick_item(db: Connection, actor: Actor, task: str, item: str, *, done: bool, request: Request) -> Done:
    """Tick an item of a task's checklist, or take the tick away."""
    return _on_task(
        db, actor, task, task_lifecycle.TICK, lambda standing, current: Tick(task, item, done), request=request
    )


def add_item(db: Connection, actor: Actor, task: str, *, words: str, request: Request) -> Done:
    """Add an item of one's own to a task's checklist."""
    return _on_task(
        db, actor, task, task_lifecycle.TICK, lambda standing, current: AddItem(task, words), request=request
    )


# --- to another person: each with a note, which the next one sees on the task and in their work -----------------------


def assign_task(db: Connection, actor: Actor, task: str, *, person: str, note: str, request: Request) -> Done:
    """Give a task to another person for good."""

    def to_command(standing: Standing, current: Task) -> Command:
        return Assign(task, _receiver(db, standing, current, person, {current.holder}), note)

    return _on_task(db, actor, task, task_lifecycle.ASSIGN, to_command, request=request)


def delegate_task(db: Connection, actor: Actor, task: str, *, person: str, note: str, request: Request) -> Done:
    """Give a task to another person, who gives it back when it is prepared."""

    def to_command(standing: Standing, current: Task) -> Command:
        return Delegate(task, _receiver(db, standing, current, person, {current.holder, actor.person}), note)

    return _on_task(db, actor, task, task_lifecycle.DELEGATE, to_command, request=request)


def forward_task(db: Connection, actor: Actor, task: str, *, person: str | None, note: str, request: Request) -> Done:
    """Give a task up for its queue, or with one person in mind; whoever takes it first has it."""

    def to_command(standing: Standing, current: Task) -> Command:
        return Forward(
            task,
            note,
            None if person is None else _receiver(db, standing, current, person, {current.holder, actor.person}),
        )

    return _on_task(db, actor, task, task_lifecycle.FORWARD, to_command, request=request)


def nominate_task(db: Connection, actor: Actor, task: str, *, person: str | None, note: str, request: Request) -> Done:
    """Let a task begin before its day, with the person who does it, or for its whole queue."""

    def to_command(standing: Standing, current: Task) -> Command:
        return Nominate(task, note, None if person is None else _receiver(db, standing, current, person, set()))

    return _on_task(db, actor, task, task_lifecycle.NOMINATE, to_command, request=request)


def _receiver(db: Connection, standing: Standing, task: Task, person: str, but: Collection[str | None]) -> str:
    """Who has the task next: the person, or while that one is away the substitute. Raises InvalidForm."""
    if not person:
        raise InvalidForm(fields={"person": reasons.fields.REQUIRED})
    if person in but:
        # The engine says why not, each action in its own words.
        return person
    receiver = Receivers.read(db, standing.case, task).next(person, but)
    if receiver is None:
        raise InvalidForm(fields={"person": reasons.tasks.NOT_IN_QUEUE})
    return receiver


# --- finishing -------------------------------------------------------------------------------------------------------


def complete_task(
    db: Connection,
    actor: Actor,
    task: str,
    *,
    data: Answers,
    happened_on: str | None,
    request: Request,
    note: str | None = None,
    insist: Callable[[Case], None] = lambda case: None,
) -> Done:
    """Finish a side task with its form, or decide on what another person proposed.

    What was delegated goes back to whoever delegated it, to be accepted; the form stands there as it was filled in.
    `insist` raises, under the lock, what stands against it besides.
    """

    def to_command(standing: Standing, current: Task) -> Command:
        insist_proved_for_task(actor, standing.library[current.edition], current)
        insist(standing.case)
        against = _against(db, standing, current, data)
        if _comes_back(db, standing.case, current, actor.person):
            return HandBack(task, data, note, against)
        return Complete(task, data, happened_on, against)

    beside = cases_beside(db, task, data)
    return _on_task(db, actor, task, task_lifecycle.COMPLETE, to_command, request=request, beside=beside)


def ask_review(db: Connection, actor: Actor, task: str, *, person: str, data: Answers, request: Request) -> Done:
    """Have another person look at a side task's form before it is finished."""

    def to_command(standing: Standing, current: Task) -> Command:
        reviewer = _reviewer(db, standing, current, person, actor)
        return AskReview(task, reviewer, data, _against(db, standing, current, data))

    return _on_task(db, actor, task, task_lifecycle.COMPLETE, to_command, request=request)


def _against(db: Connection, standing: Standing, task: Task, data: Answers) -> dict[str, Why]:
    """What is wrong outside the log with the answers to the form of a task; nothing of one that has none."""
    if task.type != "side":
        return {}
    edition = standing.library[task.edition]
    form = edition.form(edition.tasks[task.rule].form)
    return reference_faults(db, standing.case, form, data, standing.case.tracks[task.track])


def _reviewer(db: Connection, standing: Standing, task: Task, person: str, actor: Actor) -> str:
    """Who reviews it where the actor names this person. Raises InvalidForm."""
    if not person:
        raise InvalidForm(fields={"person": reasons.fields.REQUIRED})
    asker = operate(actor, standing.case, task, standing.library[task.edition], task_lifecycle.COMPLETE)
    reviewer = Receivers.read(db, standing.case, task).reviewer(person, asker)
    if reviewer is None:
        raise InvalidForm(fields={"person": _NO_REVIEWER})
    return reviewer


_NO_REVIEWER = reasons.tasks.NO_REVIEWER


def answer_review(
    db: Connection, actor: Actor, task: str, *, approve: bool, note: str | None, request: Request
) -> Done:
    """Approve what was proposed, or ask for changes with words; the task goes back to whoever asked."""

    def to_command(standing: Standing, current: Task) -> Command:
        insist_proved_for_task(actor, standing.library[current.edition], current)
        back = task_lifecycle.review_for(current)
        asker = find_actor(db, back) if back is not None else None
        if back is not None and (asker is None or not may_hold(asker, standing.case, current)):
            raise WrongState(action=reasons.actions.REVIEW, why=reasons.tasks.ASKER_GONE)
        return AnswerReview(task, approve, note)

    def capacity(case: Case, current: Task) -> By | None:
        return may_review(actor, case, current, {task_lifecycle.review_for(current)})

    return _on_task(db, actor, task, task_lifecycle.COMPLETE, to_command, request=request, capacity=capacity)


def _comes_back(db: Connection, case: Case, task: Task, person: str) -> bool:
    """Whether it goes back to whoever delegated it; not if that person could not hold it any more."""
    back = task_lifecycle.giver(task)
    giver = find_actor(db, back) if back is not None and task.holder == person else None
    return giver is not None and may_hold(giver, case, task)


def _on_task(
    db: Connection,
    actor: Actor,
    task: str,
    operation: str,
    to_command: Callable[[Standing, Task], Command],
    *,
    request: Request,
    capacity: Callable[[Case, Task], By | None] = lambda case, task: None,
    beside: Beside | None = None,
) -> Done:
    """An action on a task, in the first capacity that the table allows it in, or in the given one; other cases hear of it."""

    def decided(standing: Standing) -> tuple[Command, By]:
        # A finished step task is not loaded; whoever may see it learns that it is done.
        current = standing.case.tasks.get(task) or _closed(db, task)
        insist_sees_task(actor, standing.case, current)
        by = operate(actor, standing.case, current, standing.library[current.edition], operation)
        return to_command(standing, current), capacity(standing.case, current) or by

    if beside is None or not beside.cases:
        return perform_on_task(db, actor, task, decided, _taken(task), request=request)
    organisation = beside.organisation
    return perform(
        db,
        actor,
        beside.log,
        "case",
        decided,
        answer=_taken(task),
        request=request,
        beside=beside.cases,
        tell=lambda log: tell_cases(db, organisation, [log]),
    )


def _closed(db: Connection, task: str) -> Task:
    return task_of(db.execute(text("SELECT * FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task}).one()._mapping)


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

"""What people do with tasks: take, give back, finish, drop, ask for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework import reasons
from casework.engine import parties
from casework.engine.case_objects.acknowledgements import objectors
from casework.engine.deadlines.deadlines import Rule, on_day
from casework.engine.definition.editions import TaskRule
from casework.engine.definition.registry import GUARDS
from casework.engine.definition.value_types import insist_day
from casework.engine.execution import checklists, task_lifecycle
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.effects import apply_effects, effect_reads
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guard_refusals import Against, refused_by
from casework.engine.execution.guards import (
    begin_on,
    form_data,
    happened,
    insist_another,
    insist_another_than,
    insist_not_frozen,
    insist_nothing,
    insist_operation,
    line,
    told_to_actor,
)
from casework.engine.execution.task_changes import (
    awaken_task,
    close_task,
    commit,
    free_task,
    open_side_task,
    resume_task,
    suspend_task,
)
from casework.engine.execution.task_commands import (
    Activate,
    Add,
    AddItem,
    Allocate,
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
    Relieve,
    Resume,
    Skip,
    Start,
    Stop,
    Suspend,
    Tick,
)
from casework.engine.execution.task_lifecycle import giver
from casework.engine.execution.track_opening import open_tracks
from casework.engine.execution.transitions import confirm, refuse
from casework.engine.roles import Role
from casework.engine.state.case import IN_PROGRESS, READY, RESERVED, SUSPENDED, Task, Track
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    ASSIGNED,
    CLAIMED,
    COMPLETED,
    DELEGATED,
    EXITED,
    FAILED,
    FORWARDED,
    HANDED_BACK,
    MODIFIED,
    NOMINATED,
    RELEASED,
    RELIEVED,
    RESUMED,
    SKIPPED,
    STARTED,
    STOPPED,
    SYSTEM_ACTOR,
)
from casework.engine.state.events import SUSPENDED as SUSPENDED_EVENT
from casework.engine.tasks import reviews
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.json_values import Answers


def _claim(builder: EventBuilder, command: Claim) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.CLAIM)
    begin_on(builder, task, CLAIMED)
    builder.set_task(task, state=RESERVED, holder=builder.by.person)
    commit(builder)


def _start(builder: EventBuilder, command: Start) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.START)
    begin_on(builder, task, STARTED)
    builder.set_task(task, state=IN_PROGRESS, holder=builder.by.person)
    commit(builder)


def _stop(builder: EventBuilder, command: Stop) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.STOP)
    begin_on(builder, task, STOPPED)
    builder.set_task(task, state=RESERVED)
    commit(builder)


def _release(builder: EventBuilder, command: Release) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.RELEASE)
    begin_on(builder, task, RELEASED, {"note": line(command.note, "note")} if command.note else {})
    builder.set_task(task, state=READY, holder=None)
    commit(builder)


def _relieve(builder: EventBuilder, command: Relieve) -> None:
    task = builder.task(command.task)
    if not task.open or task.holder != command.person:
        raise WrongState(action=reasons.actions.RELIEVE, why=reasons.tasks.NOT_HOLDER)
    builder.begin(RELIEVED, builder.case.tracks[task.track], {"task": task.id, "person": command.person})
    free_task(builder, task)
    commit(builder)


# --- waiting ---------------------------------------------------------------------------------------------------------


def _suspend(builder: EventBuilder, command: Suspend) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.SUSPEND)
    insist_day(command.until, "until")
    if command.until <= builder.context.calendar.local_date(builder.context.now).isoformat():
        raise InvalidForm(fields={"until": reasons.fields.DAY_TO_COME})
    if command.waits_for not in task_lifecycle.WAITS_FOR:
        raise InvalidForm(fields={"waits_for": reasons.fields.ONE_OF(choices=task_lifecycle.WAITS_FOR)})
    begin_on(builder, task, SUSPENDED_EVENT, {"reason": line(command.reason, "reason")})
    suspend_task(builder, task, {"for": command.waits_for, "until": command.until})
    commit(builder)


def _resume(builder: EventBuilder, command: Resume) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.RESUME)
    begin_on(builder, task, RESUMED)
    resume_task(builder, task)
    commit(builder)


# --- to another person -----------------------------------------------------------------------------------------------


def _delegate(builder: EventBuilder, command: Delegate) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.DELEGATE)
    _insist_another(builder, task, command.person)
    begin_on(builder, task, DELEGATED, {"note": line(command.note, "note")})
    builder.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    commit(builder)


def _hand_back(builder: EventBuilder, command: HandBack) -> None:
    """What was delegated comes back to be accepted, with the form as it was prepared."""
    task = insist_operation(builder, command.task, task_lifecycle.COMPLETE)
    back = giver(task)
    if back is None or builder.by.person != task.holder:
        raise WrongState(action=reasons.actions.GIVE_BACK, why=reasons.tasks.NOT_DELEGATED)
    facts: dict[str, Any] = {}
    body: dict[str, Any] = {}
    if task.type == "side":
        edition, track = builder.library[task.edition], builder.case.tracks[task.track]
        form = edition.tasks[task.rule].form
        facts, body = form_data(builder, edition, form, command.data, track=track, against=command.against)
    elif command.note:
        body = {"note": line(command.note, "note")}
    begin_on(builder, task, HANDED_BACK, body)
    builder.set_task(task, state=RESERVED, holder=back, to=back, result=facts)
    commit(builder)


def _forward(builder: EventBuilder, command: Forward) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.FORWARD)
    if command.person is not None:
        _insist_another(builder, task, command.person)
    begin_on(builder, task, FORWARDED, {"note": line(command.note, "note")})
    builder.set_task(task, state=READY, holder=None, to=command.person)
    commit(builder)


def _assign(builder: EventBuilder, command: Assign) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.ASSIGN)
    if command.person == task.holder:
        raise WrongState(action=task_lifecycle.OPERATIONS[task_lifecycle.ASSIGN].do, why=reasons.tasks.HAS_IT)
    begin_on(builder, task, ASSIGNED, {"note": line(command.note, "note")})
    if task.state == SUSPENDED:
        # It goes on waiting, and is woken at its day, for whoever has it now.
        builder.set_task(task, holder=command.person, to=command.person, state=SUSPENDED, before=RESERVED)
    else:
        builder.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    commit(builder)


def _allocate(builder: EventBuilder, command: Allocate) -> None:
    """By the rule of its queue. What a person gave to somebody stays there, and a sealed mediation is nobody else's."""
    task = builder.task(command.task)
    if (
        builder.by.person != SYSTEM_ACTOR
        or task.state != READY
        or task.handed is not None
        or builder.case.kind == "mediation"
    ):
        raise WrongState(action=reasons.actions.ALLOCATE, why=reasons.tasks.NO_RULE)
    effects: Effects = {"task": task.id, "allocation": command.allocation}
    builder.begin(ASSIGNED, builder.case.tracks[task.track], effects)
    builder.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    commit(builder)


def _insist_another(builder: EventBuilder, task: Task, person: str) -> None:
    if person in (task.holder, builder.by.person):
        raise InvalidForm(fields={"person": reasons.fields.SOMEBODY_ELSE})


# --- before its day, its rank, and ends without a result -------------------------------------------------------------


def _activate(builder: EventBuilder, command: Activate) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.ACTIVATE)
    begin_on(builder, task, ACTIVATED)
    awaken_task(builder, task)
    builder.set_task(task, state=READY)
    commit(builder)


def _nominate(builder: EventBuilder, command: Nominate) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.NOMINATE)
    begin_on(builder, task, NOMINATED, {"note": line(command.note, "note")})
    awaken_task(builder, task)
    if command.person is None:
        builder.set_task(task, state=READY)
    else:
        builder.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    commit(builder)


def _modify(builder: EventBuilder, command: Modify) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.MODIFY)
    if command.priority not in task_lifecycle.PRIORITIES.values():
        raise InvalidForm(fields={"priority": reasons.fields.ONE_OF(choices=tuple(task_lifecycle.PRIORITIES))})
    if command.priority == task.priority:
        raise WrongState(action=task_lifecycle.OPERATIONS[task_lifecycle.MODIFY].do, why=reasons.tasks.PRIORITY_ALREADY)
    begin_on(builder, task, MODIFIED, {"reason": line(command.reason, "reason")})
    builder.set_task(task, priority=command.priority)
    commit(builder)


def _end(builder: EventBuilder, id: str, operation: str, kind: str, reason: str) -> None:
    task = insist_operation(builder, id, operation)
    begin_on(builder, task, kind, {"reason": line(reason, "reason")})
    close_task(builder, task, str(task_lifecycle.OPERATIONS[operation].to), by=builder.by.person)
    commit(builder)


def _skip(builder: EventBuilder, command: Skip) -> None:
    _end(builder, command.task, task_lifecycle.SKIP, SKIPPED, command.reason)


def _fail(builder: EventBuilder, command: Fail) -> None:
    _end(builder, command.task, task_lifecycle.FAIL, FAILED, command.reason)


def _exit(builder: EventBuilder, command: Exit) -> None:
    """A side task that is not needed any more ends without a result; who ends it says why."""
    _end(builder, command.task, task_lifecycle.EXIT, EXITED, command.reason)


# --- finishing -------------------------------------------------------------------------------------------------------


def _complete(builder: EventBuilder, command: Complete) -> None:
    task = insist_operation(builder, command.task, task_lifecycle.COMPLETE)
    track = builder.case.tracks[task.track]
    edition = builder.library[task.edition]
    if task.type == "step":
        raise WrongState(
            action=task_lifecycle.OPERATIONS[task_lifecycle.COMPLETE].do,
            why=task_lifecycle.NOT_FOR["step"][task_lifecycle.COMPLETE],
        )
    if task.type == "decision":
        _decide_proposal(builder, task, track, command)
        return
    insist_not_frozen(builder)
    rule = edition.tasks[task.rule]
    insist_another_than(builder, rule.not_by, track)
    insist_another(builder, set(objectors(builder.case, task)))
    checklists.insist_ticked(edition, task)

    def beside(answers: Answers) -> Against:
        told = told_to_actor(builder, builder.facts(track, answers, task))
        return refused_by(edition, rule.guards, edition.form(rule.form), told)

    facts, body = form_data(
        builder, edition, rule.form, command.data, track=track, against=command.against, beside=beside
    )
    reviews.insist_reviewed(task, facts)
    insist_nothing(beside(facts))
    complete(builder, task, rule, track, facts, body=body, extra=happened(builder, command.happened_on))


def complete(
    builder: EventBuilder,
    task: Task,
    rule: TaskRule,
    track: Track,
    data: Answers,
    *,
    body: Answers,
    extra: Effects,
) -> None:
    effects: Effects = {"task": task.id, "name": task.name, **extra}
    if rule.answers:
        effects["answers"] = True
    facts = builder.facts(track, data, task)
    reads = {key for name in rule.guards for key in GUARDS[name].reads} | set(effect_reads(rule.effects))
    if kept := {key: builder.context.facts[key] for key in sorted(reads) if key in builder.context.facts}:
        effects["facts"] = kept
    builder.begin(COMPLETED, track, effects, body)
    close_task(builder, task, "Completed", by=builder.by.person, result=dict(data))
    apply_effects(builder, rule.effects, facts)
    open_tracks(builder, rule.opens, track, facts, task.edition)
    for name, value, opens in rule.opens_if:
        if data.get(name) == value:
            open_tracks(builder, opens, track, facts, task.edition)
    commit(builder)


def _decide_proposal(builder: EventBuilder, task: Task, track: Track, command: Complete) -> None:
    values = dict(command.data)
    answer = values.pop("decision", None)
    if answer not in ("confirm", "refuse"):
        raise InvalidForm(fields={"decision": reasons.fields.CONFIRM_OR_REFUSE})
    reason = values.pop("reason", None)
    if values:
        raise InvalidForm(fields=dict.fromkeys(values, reasons.fields.NOT_OF_FORM))
    if answer == "refuse":
        if not reason:
            raise InvalidForm(fields={"reason": reasons.fields.REQUIRED})
        refuse(builder, task, {"reason": line(reason, "reason")})
        return
    way_out = builder.library[track.edition].find(task.rule, track.states)
    if way_out is None:
        raise WrongState(action=reasons.actions.CONFIRM, why=reasons.cases.MOVED_ON)
    confirm(builder, track, *way_out)


def _add(builder: EventBuilder, command: Add) -> None:
    track = builder.track(command.track)
    edition = builder.library[track.edition]
    for offer in edition.rules["on_request"]:
        rule = edition.tasks[offer["task"]]
        if rule.name != command.task:
            continue
        here = any(place in offer["from"] for leaf in track.states for place in _places(leaf))
        if not here:
            raise WrongState(action=edition.as_reason(f"tasks.{rule.key}"), why=reasons.tasks.NOT_ASKED_HERE)
        if builder.by.role not in accepted(builder.case, tuple(map(Role, offer["by"]))):
            raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=offer["by"]))
        if rule.per == "party" and command.about not in (None, *parties.PARTIES):
            raise InvalidForm(fields={"about": reasons.fields.PARTY})
        if command.person not in (None, builder.by.person) and not command.note:
            raise InvalidForm(fields={"note": reasons.fields.REQUIRED})
        due = _day_named(builder, command.due)
        builder.begin(ADDED, track, {"name": rule.name}, {"note": line(command.note, "note")} if command.note else {})
        if not open_side_task(
            builder, rule, track, builder.facts(track, {}), about=command.about, due=due, by_hand=True
        ):
            raise WrongState(action=edition.as_reason(f"tasks.{rule.key}"), why=reasons.tasks.OPEN_ALREADY)
        commit(builder)
        if command.person is not None:
            _give_to(builder, command.person, str(command.note))
        return
    raise NotFound("task")


def _day_named(builder: EventBuilder, day: str | None) -> Rule | None:
    if day is None:
        return None
    insist_day(day, "due")
    if day < builder.context.calendar.local_date(builder.context.now).isoformat():
        raise InvalidForm(fields={"due": reasons.fields.NOT_IN_PAST})
    return on_day(day)


def _give_to(builder: EventBuilder, person: str, note: str) -> None:
    """What was opened just now goes to one person: taken by whoever asked for it, or assigned to another."""
    for task in builder.events[-1].effects["tasks"]:
        if person == builder.by.person:
            _claim(builder, Claim(task["id"]))
        else:
            _assign(builder, Assign(task["id"], person, note))


def _places(leaf: str) -> list[str]:
    parts = leaf.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


#: By command, what is done.
TASK_ACTIONS: Mapping[type, Callable[..., None]] = {
    Claim: _claim,
    Release: _release,
    Relieve: _relieve,
    Complete: _complete,
    Exit: _exit,
    Start: _start,
    Stop: _stop,
    Suspend: _suspend,
    Resume: _resume,
    Skip: _skip,
    Delegate: _delegate,
    HandBack: _hand_back,
    Forward: _forward,
    Assign: _assign,
    Allocate: _allocate,
    Fail: _fail,
    Activate: _activate,
    Nominate: _nominate,
    Modify: _modify,
    Add: _add,
    AskReview: reviews.ask_review,
    AnswerReview: reviews.answer_review,
    Tick: checklists.tick,
    AddItem: checklists.add_item,
}

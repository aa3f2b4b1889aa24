"""What people do with tasks: take, give back, finish, drop, ask for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.engine import parties
from casework.engine.case_objects.acknowledgements import objectors
from casework.engine.deadlines.deadlines import Rule, on_day
from casework.engine.definition import forms
from casework.engine.definition.editions import TaskRule
from casework.engine.definition.registry import GUARDS
from casework.engine.execution import checklists
from casework.engine.execution import task_lifecycle as table
from casework.engine.execution.effects import Draft, accepted
from casework.engine.execution.guards import (
    begin_on,
    form_data,
    happened,
    insist_another,
    insist_another_than,
    insist_not_frozen,
    insist_operation,
    line,
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
from casework.engine.execution.transitions import confirm, effect_reads, refuse
from casework.engine.state.case import IN_PROGRESS, READY, RESERVED, SUSPENDED, Task, Track
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
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState

Json = Any


def _claim(draft: Draft, command: Claim) -> None:
    task = insist_operation(draft, command.task, table.CLAIM)
    begin_on(draft, task, CLAIMED)
    draft.set_task(task, state=RESERVED, holder=draft.by.person)
    draft.commit()


def _start(draft: Draft, command: Start) -> None:
    task = insist_operation(draft, command.task, table.START)
    begin_on(draft, task, STARTED)
    draft.set_task(task, state=IN_PROGRESS, holder=draft.by.person)
    draft.commit()


def _stop(draft: Draft, command: Stop) -> None:
    task = insist_operation(draft, command.task, table.STOP)
    begin_on(draft, task, STOPPED)
    draft.set_task(task, state=RESERVED)
    draft.commit()


def _release(draft: Draft, command: Release) -> None:
    task = insist_operation(draft, command.task, table.RELEASE)
    begin_on(draft, task, RELEASED, {"note": line(command.note, "note")} if command.note else {})
    draft.set_task(task, state=READY, holder=None)
    draft.commit()


def _relieve(draft: Draft, command: Relieve) -> None:
    task = draft.task(command.task)
    if not task.open or task.holder != command.person:
        raise WrongState(action="Relieve", why="that person does not hold the task.")
    draft.begin(RELIEVED, draft.case.tracks[task.track], {"task": task.id, "person": command.person})
    draft.free(task)
    draft.commit()


# --- waiting ---------------------------------------------------------------------------------------------------------


def _suspend(draft: Draft, command: Suspend) -> None:
    task = insist_operation(draft, command.task, table.SUSPEND)
    forms.insist_day(command.until, "until")
    if command.until <= draft.context.calendar.local_date(draft.context.now).isoformat():
        raise InvalidForm(fields={"until": "must be a day to come"})
    if command.waits_for not in table.WAITS_FOR:
        raise InvalidForm(fields={"waits_for": f"must be one of {', '.join(table.WAITS_FOR)}"})
    begin_on(draft, task, SUSPENDED_EVENT, {"reason": line(command.reason, "reason")})
    draft.suspend_task(task, {"for": command.waits_for, "until": command.until})
    draft.commit()


def _resume(draft: Draft, command: Resume) -> None:
    task = insist_operation(draft, command.task, table.RESUME)
    begin_on(draft, task, RESUMED)
    draft.resume_task(task)
    draft.commit()


# --- to another person -----------------------------------------------------------------------------------------------


def _delegate(draft: Draft, command: Delegate) -> None:
    task = insist_operation(draft, command.task, table.DELEGATE)
    _insist_another(draft, task, command.person)
    begin_on(draft, task, DELEGATED, {"note": line(command.note, "note")})
    draft.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    draft.commit()


def _hand_back(draft: Draft, command: HandBack) -> None:
    """What was delegated comes back to be accepted, with the form as it was prepared."""
    task = insist_operation(draft, command.task, table.COMPLETE)
    back = giver(task)
    if back is None or draft.by.person != task.holder:
        raise WrongState(action="Give it back", why="it was not delegated to you.")
    facts: dict[str, Json] = {}
    body: dict[str, Json] = {}
    if task.type == "side":
        edition = draft.library[task.edition]
        facts, body = form_data(draft, edition, edition.tasks[task.rule].form, command.data)
    elif command.note:
        body = {"note": line(command.note, "note")}
    begin_on(draft, task, HANDED_BACK, body)
    draft.set_task(task, state=RESERVED, holder=back, to=back, result=facts)
    draft.commit()


def _forward(draft: Draft, command: Forward) -> None:
    task = insist_operation(draft, command.task, table.FORWARD)
    if command.person is not None:
        _insist_another(draft, task, command.person)
    begin_on(draft, task, FORWARDED, {"note": line(command.note, "note")})
    draft.set_task(task, state=READY, holder=None, to=command.person)
    draft.commit()


def _assign(draft: Draft, command: Assign) -> None:
    task = insist_operation(draft, command.task, table.ASSIGN)
    if command.person == task.holder:
        raise WrongState(action=table.OPERATIONS[table.ASSIGN].do, why="that person has the task already.")
    begin_on(draft, task, ASSIGNED, {"note": line(command.note, "note")})
    if task.state == SUSPENDED:
        # It goes on waiting, and is woken at its day, for whoever has it now.
        draft.set_task(task, holder=command.person, to=command.person, state=SUSPENDED, before=RESERVED)
    else:
        draft.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    draft.commit()


def _allocate(draft: Draft, command: Allocate) -> None:
    """By the rule of its queue. What a person gave to somebody stays there, and a sealed mediation is nobody else's."""
    task = draft.task(command.task)
    if draft.by.person != SYSTEM_ACTOR or task.state != READY or task.handed is not None or draft.case.kind == "mediation":
        raise WrongState(action="Allocate", why="no rule gives this task to anybody.")
    effects = {"task": task.id, "allocation": dict(command.allocation)}
    draft.begin(ASSIGNED, draft.case.tracks[task.track], effects)
    draft.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    draft.commit()


def _insist_another(draft: Draft, task: Task, person: str) -> None:
    if person in (task.holder, draft.by.person):
        raise InvalidForm(fields={"person": "must be somebody else"})


# --- before its day, its rank, and ends without a result -------------------------------------------------------------


def _activate(draft: Draft, command: Activate) -> None:
    task = insist_operation(draft, command.task, table.ACTIVATE)
    begin_on(draft, task, ACTIVATED)
    draft.awaken(task)
    draft.set_task(task, state=READY)
    draft.commit()


def _nominate(draft: Draft, command: Nominate) -> None:
    task = insist_operation(draft, command.task, table.NOMINATE)
    begin_on(draft, task, NOMINATED, {"note": line(command.note, "note")})
    draft.awaken(task)
    if command.person is None:
        draft.set_task(task, state=READY)
    else:
        draft.set_task(task, state=RESERVED, holder=command.person, to=command.person)
    draft.commit()


def _modify(draft: Draft, command: Modify) -> None:
    task = insist_operation(draft, command.task, table.MODIFY)
    if command.priority not in table.PRIORITIES.values():
        raise InvalidForm(fields={"priority": f"must be one of {', '.join(table.PRIORITIES)}"})
    if command.priority == task.priority:
        raise WrongState(action=table.OPERATIONS[table.MODIFY].do, why="the task has this priority already.")
    begin_on(draft, task, MODIFIED, {"reason": line(command.reason, "reason")})
    draft.set_task(task, priority=command.priority)
    draft.commit()


def _end(draft: Draft, id: str, operation: str, kind: str, reason: str) -> None:
    task = insist_operation(draft, id, operation)
    begin_on(draft, task, kind, {"reason": line(reason, "reason")})
    draft.close_task(task, str(table.OPERATIONS[operation].to), by=draft.by.person)
    draft.commit()


def _skip(draft: Draft, command: Skip) -> None:
    _end(draft, command.task, table.SKIP, SKIPPED, command.reason)


def _fail(draft: Draft, command: Fail) -> None:
    _end(draft, command.task, table.FAIL, FAILED, command.reason)


def _exit(draft: Draft, command: Exit) -> None:
    """A side task that is not needed any more ends without a result; who ends it says why."""
    _end(draft, command.task, table.EXIT, EXITED, command.reason)


# --- finishing -------------------------------------------------------------------------------------------------------


def _complete(draft: Draft, command: Complete) -> None:
    task = insist_operation(draft, command.task, table.COMPLETE)
    track = draft.case.tracks[task.track]
    edition = draft.library[task.edition]
    if task.type == "step":
        raise WrongState(action=table.OPERATIONS[table.COMPLETE].do, why=table.NOT_FOR["step"][table.COMPLETE])
    if task.type == "decision":
        _decide_proposal(draft, task, track, command)
        return
    insist_not_frozen(draft)
    rule = edition.tasks[task.rule]
    insist_another_than(draft, rule.not_by, track)
    insist_another(draft, set(objectors(draft.case, task)))
    checklists.insist_ticked(edition, task)
    facts, body = form_data(draft, edition, rule.form, command.data)
    reviews.insist_reviewed(task, facts)
    told = draft.facts(track, facts, task)
    if reasons := [edition.text(f"guards.{n}") for n in rule.guards if not GUARDS[n].holds(told)]:
        raise Refused(reasons=reasons)
    complete(draft, task, rule, track, facts, body, happened(draft, command.happened_on))


def complete(
    draft: Draft, task: Task, rule: TaskRule, track: Track, data: Mapping[str, Json], body: Mapping[str, Json],
    extra: Mapping[str, Json],
) -> None:  # fmt: skip
    effects: dict[str, Json] = {"task": task.id, "name": task.name} | dict(extra)
    facts = draft.facts(track, data, task)
    reads = {key for name in rule.guards for key in GUARDS[name].reads} | set(effect_reads(rule.effects))
    if kept := {key: draft.context.facts[key] for key in sorted(reads) if key in draft.context.facts}:
        effects["facts"] = kept
    draft.begin(COMPLETED, track, effects, body)
    draft.close_task(task, "Completed", by=draft.by.person, result=dict(data))
    draft.apply(rule.effects, facts)
    draft.open_all(rule.opens, track, facts, task.edition)
    for name, value, opens in rule.opens_if:
        if data.get(name) == value:
            draft.open_all(opens, track, facts, task.edition)
    draft.commit()


def _decide_proposal(draft: Draft, task: Task, track: Track, command: Complete) -> None:
    values = dict(command.data)
    answer = values.pop("decision", None)
    if answer not in ("confirm", "refuse"):
        raise InvalidForm(fields={"decision": "say confirm or refuse"})
    reason = values.pop("reason", None)
    if values:
        raise InvalidForm(fields=dict.fromkeys(values, "is not a field of this form"))
    if answer == "refuse":
        if not reason:
            raise InvalidForm(fields={"reason": "is required"})
        refuse(draft, task, {"reason": line(reason, "reason")})
        return
    found = draft.library[track.edition].find(task.rule, track.states)
    if found is None:
        raise WrongState(action="Confirm", why="the case has moved on.")
    confirm(draft, track, *found)


def _add(draft: Draft, command: Add) -> None:
    track = draft.track(command.track)
    edition = draft.library[track.edition]
    for offer in edition.rules["on_request"]:
        rule = edition.tasks[offer["task"]]
        if rule.name != command.task:
            continue
        here = any(place in offer["from"] for leaf in track.states for place in _places(leaf))
        if not here:
            raise WrongState(action=edition.text(f"tasks.{rule.key}"), why="it is not asked for at this step.")
        if draft.by.role not in accepted(draft.case, tuple(offer["by"])):
            raise NotAllowed(why=f"this task is asked for by: {', '.join(offer['by'])}.")
        if rule.per == "party" and command.about not in (None, *parties.PARTIES):
            raise InvalidForm(fields={"about": "must be need_owner or technology_owner"})
        if command.person not in (None, draft.by.person) and not command.note:
            raise InvalidForm(fields={"note": "is required"})
        due = _day_named(draft, command.due)
        draft.begin(ADDED, track, {"name": rule.name}, {"note": line(command.note, "note")} if command.note else {})
        if not draft.open_side_task(rule, track, draft.facts(track, {}), about=command.about, due=due):
            raise WrongState(action=edition.text(f"tasks.{rule.key}"), why="one is open already.")
        draft.commit()
        if command.person is not None:
            _give_to(draft, command.person, str(command.note))
        return
    raise NotFound("task")


def _day_named(draft: Draft, day: str | None) -> Rule | None:
    if day is None:
        return None
    forms.insist_day(day, "due")
    if day < draft.context.calendar.local_date(draft.context.now).isoformat():
        raise InvalidForm(fields={"due": "must not lie in the past"})
    return on_day(day)


def _give_to(draft: Draft, person: str, note: str) -> None:
    """What was opened just now goes to one person: taken by whoever asked for it, or assigned to another."""
    for one in draft.events[-1].effects["tasks"]:
        if person == draft.by.person:
            _claim(draft, Claim(one["id"]))
        else:
            _assign(draft, Assign(one["id"], person, note))


def _places(leaf: str) -> list[str]:
    parts = leaf.split(".")
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


#: By command, what is done.
TASK_DEEDS: Mapping[type, Callable[..., None]] = {
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

"""What people do with tasks: take, give back, finish, drop, ask for one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.engine import fields
from casework.engine.cases import HELD, IN_PROGRESS, READY, RESERVED, Task, Track
from casework.engine.checks import form_data, happened, insist_another_than, insist_not_frozen, line
from casework.engine.commands import Add, Claim, Complete, Exit, Release, Relieve
from casework.engine.draft import Draft, accepted
from casework.engine.editions import TaskRule
from casework.engine.events import ADDED, CLAIMED, COMPLETED, EXITED, RELEASED, RELIEVED
from casework.engine.firing import confirm, effect_reads, refuse
from casework.engine.registry import GUARDS
from casework.errors import AlreadyTaken, InvalidForm, NotAllowed, NotFound, Refused, WrongState

Json = Any


def _claim(draft: Draft, command: Claim) -> None:
    task = draft.task(command.task)
    if task.state in HELD:
        raise AlreadyTaken(holder=task.holder)
    if task.state != READY:
        raise WrongState(action="Claim", why=f"the task is {task.state}.")
    draft.begin(CLAIMED, draft.case.tracks[task.track], {"task": task.id})
    draft.set_task(task, state=RESERVED, holder=draft.by.person)
    draft.commit()


def _release(draft: Draft, command: Release) -> None:
    task = draft.task(command.task)
    if task.state not in HELD:
        raise WrongState(action="Release", why="nobody holds the task.")
    if task.holder != draft.by.person:
        raise NotAllowed(why="somebody else holds the task.")
    body = {"note": line(command.note, "note")} if command.note else {}
    draft.begin(RELEASED, draft.case.tracks[task.track], {"task": task.id}, body)
    draft.set_task(task, state=READY, holder=None)
    draft.commit()


def _relieve(draft: Draft, command: Relieve) -> None:
    task = draft.task(command.task)
    if not task.open or task.holder != command.person:
        raise WrongState(action="Relieve", why="that person does not hold the task.")
    draft.begin(RELIEVED, draft.case.tracks[task.track], {"task": task.id, "person": command.person})
    draft.free(task)
    draft.commit()


def _exit(draft: Draft, command: Exit) -> None:
    """A side task that is not needed any more ends without a result; who ends it says why."""
    task = draft.task(command.task)
    if not task.open:
        raise WrongState(action="Drop", why=f"the task is {task.state}.")
    if task.type != "side":
        raise WrongState(action="Drop", why="it ends when one of its step's actions is done, or with the decision.")
    body = {"reason": line(command.reason, "reason")}
    draft.begin(EXITED, draft.case.tracks[task.track], {"task": task.id, "name": task.name}, body)
    draft.close_task(task, "Exited", by=draft.by.person)
    draft.commit()


def _complete(draft: Draft, command: Complete) -> None:
    task = draft.task(command.task)
    if task.state in HELD and task.holder != draft.by.person:
        raise AlreadyTaken(holder=task.holder)
    if task.state not in (READY, RESERVED, IN_PROGRESS):
        raise WrongState(action="Complete", why=f"the task is {task.state}.")
    if not draft.works(task.queue):
        raise NotAllowed(why=f"the task is in the queue {task.queue}.")
    if task.type == "step":
        raise WrongState(action="Complete", why="this task ends when one of the actions of its step is done.")
    track = draft.case.tracks[task.track]
    edition = draft.library[task.edition]
    if task.type == "decision":
        _decide_proposal(draft, task, track, command)
        return
    insist_not_frozen(draft)
    rule = edition.tasks[task.rule]
    insist_another_than(draft, rule.not_by, track)
    facts, body = form_data(draft, edition, rule.form, command.data)
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
        if rule.per == "party" and command.about not in (None, *fields.PARTIES):
            raise InvalidForm(fields={"about": "must be need_owner or technology_owner"})
        draft.begin(ADDED, track, {"name": rule.name})
        if not draft.open_side_task(rule, track, draft.facts(track, {}), about=command.about):
            raise WrongState(action=edition.text(f"tasks.{rule.key}"), why="one is open already.")
        draft.commit()
        return
    raise NotFound("task")


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
    Add: _add,
}

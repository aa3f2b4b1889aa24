"""Side tasks are added, for a queue or for one person."""

from __future__ import annotations

from sqlalchemy import Connection

from casework import reasons
from casework.engine.definition.editions import TaskRule
from casework.engine.execution.commands import Command
from casework.engine.execution.context import By
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.task_commands import Add
from casework.engine.roles import ORGANISATION_QUEUES, QUEUE_ROLES, Role
from casework.engine.state.case import Case, Track
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonObject
from casework.operations.cases.case_capacities import capacity_on_track, track_for
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, perform
from casework.permissions.actors import Actor
from casework.permissions.work import barred, capacities
from casework.records.actors import find_members


def add_task(
    db: Connection,
    actor: Actor,
    log: str,
    kind: str,
    track: str,
    *,
    task: str,
    about: str | None,
    request: Request,
    due: str | None = None,
    person: str | None = None,
    note: str | None = None,
) -> Done:
    """Add a task from the list that the workflow allows at this step: for its queue, or for one person who works it."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        track_now = track_for(actor, standing.case, track)
        edition = standing.library[track_now.edition]
        offers = [o for o in edition.rules["on_request"] if edition.tasks[o["task"]].name == task]
        if not offers:
            raise NotFound("task")
        by = capacity_on_track(
            actor,
            standing.case,
            track_now,
            tuple(map(Role, offers[0]["by"])),
            edition.as_reason(f"tasks.{offers[0]['task']}"),
        )
        rule = edition.tasks[offers[0]["task"]]
        if person is not None and person not in {id for id, _ in whom_for(db, standing.case, track_now, rule)}:
            raise InvalidForm(fields={"person": reasons.tasks.NOT_IN_QUEUE})
        return Add(track, task, about, due, person, note), by

    def answer(case: Case, events: list[Event]) -> JsonObject:
        return {"tasks": [added["id"] for added in events[0].effects.get("tasks", ())]}

    return perform(db, actor, log, kind, to_command, answer=answer, request=request, status=201)


def whom_for(db: Connection, case: Case, track: Track, rule: TaskRule) -> list[tuple[str, str]]:
    """Who may be given a side task that is to be added, by name: whoever works its queue and may finish it."""
    inside = rule.queue in ORGANISATION_QUEUES
    provider = track.provider if inside else None
    people = find_members(
        db, programmes=[] if inside else [case.programme], organisations=[provider] if provider else []
    )
    return [(person.person, person.name) for person in people if _would_work(person, case, track, rule, provider)]


def _would_work(actor: Actor, case: Case, track: Track, rule: TaskRule, provider: str | None) -> bool:
    mine = [
        by
        for by in capacities(actor, case, track)
        if by.role in QUEUE_ROLES.get(rule.queue, frozenset())
        and by.organisation == provider
        and not duty_reasons(case, rule.not_by, {by.person, by.acting_for}, track)
    ]
    return bool(mine) and barred(actor, case) is None

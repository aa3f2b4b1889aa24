"""Transitions are fired, proposed and confirmed."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.execution.commands import Command, Fire
from casework.engine.execution.context import By
from casework.engine.execution.transitions import find_way_out
from casework.engine.parts import MAIN
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.json_values import JsonMapping, JsonObject
from casework.operations.auth.step_up import insist_proved_for
from casework.operations.cases.case_capacities import capacity_on_track, track_for
from casework.operations.core.access_queries import case_log
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Answer, Choose, Standing, insist_revision, perform, perform_on_case
from casework.operations.core.references import reference_faults
from casework.permissions.actors import Actor


def fire_transition(
    db: Connection,
    actor: Actor,
    log: str,
    kind: str,
    track: str,
    *,
    transition: str,
    data: JsonMapping,
    revision: int,
    request: Request,
    reason: str | None = None,
    happened_on: str | None = None,
    insist: Callable[[Case], None] = lambda case: None,
) -> Done:
    """Fire a transition of a track, or propose it, or confirm what another person proposed.

    `insist` raises, under the lock, what stands against it besides.
    """
    choose, answer = _firing(
        db,
        actor,
        track,
        transition,
        data=data,
        revision=revision,
        reason=reason,
        happened_on=happened_on,
        insist=insist,
    )
    siblings = kind == "case" and _touches_siblings(db, track, transition)
    return perform(db, actor, log, kind, choose, answer=answer, request=request, siblings=siblings)


def fire_case_transition(
    db: Connection,
    actor: Actor,
    number: str,
    track: str,
    *,
    transition: str,
    data: JsonMapping,
    revision: int,
    request: Request,
    reason: str | None = None,
    happened_on: str | None = None,
) -> Done:
    """The same in the case of a number, which is looked for as it is locked. Raises NotFound where the actor sees no such case."""
    choose, answer = _firing(
        db, actor, track, transition, data=data, revision=revision, reason=reason, happened_on=happened_on
    )
    if _may_touch_siblings(transition):
        log = case_log(db, actor, number)
        siblings = _touches_siblings(db, track, transition)
        return perform(db, actor, log, "case", choose, answer=answer, request=request, siblings=siblings)
    return perform_on_case(db, actor, number, choose, answer, request=request)


def _firing(
    db: Connection,
    actor: Actor,
    track: str,
    transition: str,
    *,
    data: JsonMapping,
    revision: int,
    reason: str | None,
    happened_on: str | None,
    insist: Callable[[Case], None] = lambda case: None,
) -> tuple[Choose, Answer]:
    def to_command(standing: Standing) -> tuple[Command, By]:
        case, library = standing.case, standing.library
        track_now = track_for(actor, case, track)
        edition = library[track_now.edition]
        insist_proved_for(actor, edition, transition)
        insist_revision(revision, track_now.revision)
        insist(case)
        way_out = find_way_out(library, case, track_now, transition)
        by = capacity_on_track(actor, case, track_now, way_out.roles, way_out.action)
        asked = () if way_out.pending else edition.form(way_out.rule.form)
        against = reference_faults(db, case, asked, data, track_now)
        return Fire(track, transition, data, happened_on, reason, against), by

    def answer(case: Case, events: list[Event]) -> JsonObject:
        track_now = case.tracks[track]
        return {
            "track": track,
            "revision": track_now.revision,
            "states": list(track_now.states),
            "ended": track_now.outcome,
        }

    return to_command, answer


def _may_touch_siblings(transition: str) -> bool:
    """Whether in any edition it does: few transitions of few editions do, so most actions need not look which edition theirs is."""
    return any(transition in edition.sibling_transitions for edition in load_library().editions.values())


def _touches_siblings(db: Connection, track: str, transition: str) -> bool:
    """Whether the other cases of the need must be locked too; read before the lock, since a track keeps its edition."""
    if not _may_touch_siblings(transition):
        return False
    fingerprint = db.execute(
        text("SELECT edition FROM tracks WHERE id = CAST(:id AS uuid) AND part = :part"), {"id": track, "part": MAIN}
    ).scalar_one_or_none()
    return fingerprint is not None and transition in load_library()[fingerprint].sibling_transitions

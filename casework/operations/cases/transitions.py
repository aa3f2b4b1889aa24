"""Transitions are fired, proposed and confirmed."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.commands import Command, Fire
from casework.engine.execution.context import By
from casework.engine.parts import MAIN
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.errors import NotFound, WrongState
from casework.json_values import JsonMapping, JsonObject
from casework.operations.auth.step_up import insist_proved_for
from casework.operations.cases.case_capacities import capacity_on_track, track_for
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import Standing, insist_revision, perform
from casework.operations.core.references import insist_references
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
) -> Done:
    """Fire a transition of a track, or propose it, or confirm what another person proposed."""

    def to_command(standing: Standing) -> tuple[Command, By]:
        case = standing.case
        track_now = track_for(actor, case, track)
        edition = standing.library[track_now.edition]
        insist_proved_for(actor, edition, transition)
        insist_revision(revision, track_now.revision)
        matching = edition.find(transition, track_now.states)
        if matching is None:
            if not edition.has(transition):
                raise NotFound("action")
            here = [edition.as_reason(f"states.{leaf}") for leaf in track_now.states]
            raise WrongState(
                action=edition.as_reason(f"transitions.{transition}.do"), why=reasons.cases.STANDS_AT(state=here)
            )
        rule = matching[0]
        pending = case.proposal_for(track_now.id, rule.name)
        roles = rule.confirm_by if pending else rule.by_people
        by = capacity_on_track(actor, case, track_now, roles, edition.as_reason(f"transitions.{rule.name}.do"))
        if rule.form and not pending:
            insist_references(db, case, edition.form(rule.form), data, track_now)
        return Fire(track, transition, data, happened_on, reason), by

    def answer(case: Case, events: list[Event]) -> JsonObject:
        track_now = case.tracks[track]
        return {
            "track": track,
            "revision": track_now.revision,
            "states": list(track_now.states),
            "ended": track_now.outcome,
        }

    siblings = kind == "case" and _touches_siblings(db, track, transition)
    return perform(db, actor, log, kind, to_command, answer=answer, request=request, siblings=siblings)


def _touches_siblings(db: Connection, track: str, transition: str) -> bool:
    """Whether the other cases of the need must be locked too; read before the lock, since a track keeps its edition."""
    library = load_library()
    # Few transitions of few editions do: most actions need not look which edition theirs is.
    if not any(transition in edition.sibling_transitions for edition in library.editions.values()):
        return False
    fingerprint = db.execute(
        text("SELECT edition FROM tracks WHERE id = CAST(:id AS uuid) AND part = :part"), {"id": track, "part": MAIN}
    ).scalar_one_or_none()
    return fingerprint is not None and transition in library[fingerprint].sibling_transitions

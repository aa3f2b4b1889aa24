"""Transitions are fired, proposed and confirmed."""

from __future__ import annotations

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
        case, library = standing.case, standing.library
        track_now = track_for(actor, case, track)
        edition = library[track_now.edition]
        insist_proved_for(actor, edition, transition)
        insist_revision(revision, track_now.revision)
        way_out = find_way_out(library, case, track_now, transition)
        by = capacity_on_track(actor, case, track_now, way_out.roles, way_out.action)
        if way_out.rule.form and not way_out.pending:
            insist_references(db, case, edition.form(way_out.rule.form), data, track_now)
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

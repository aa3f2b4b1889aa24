"""Whether a log was unsealed, or opened in an emergency, by those who may."""

from __future__ import annotations

from collections.abc import Mapping

from casework.engine.case_objects import emergency_access, unsealing
from casework.engine.state.case import Case
from casework.engine.state.events import (
    GLASS_BROKEN,
    PARTIES_TOLD,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)
from casework.operations.verification.authorization.actors import any_role_held
from casework.operations.verification.authorization.evidence import Evidence, Reasons, listed, plain

_OPENED_BY: Mapping[str, tuple[str, ...]] = {
    UNSEALING_ASKED: unsealing.ASKERS, PARTIES_TOLD: unsealing.ASKERS, UNSEALED: unsealing.DECIDERS,
    UNSEALING_REFUSED: unsealing.DECIDERS, GLASS_BROKEN: emergency_access.BREAKERS,
}  # fmt: skip


def judge_opening(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """By two persons or in an emergency, each in the role for it and for somebody who could be given it."""
    faults_of = emergency_access.faults_of if event.kind == GLASS_BROKEN else unsealing.faults_of
    yield from faults_of(before, event)
    if event.kind in _OPENED_BY and event.role not in _OPENED_BY[event.kind]:
        yield f"it is for {listed(_OPENED_BY[event.kind])}, not for {event.role}"
    if event.kind == UNSEALED and event.track != before.main.id:
        yield "the center of the mediation was not told"
    # Earlier releases did not keep it.
    if "role_given" in event.effects and plain(event.effects["role_given"]) not in evidence.past.givers(
        before.programme, event.actor, str(event.role), event.at
    ):
        yield "it names somebody else than gave its actor the role, or than agreed to it"
    for opening in event.effects.get("openings", ()):
        for person, roles in ((opening["reader"], unsealing.READERS), (opening["decider"], unsealing.DECIDERS)):
            if opening["kind"] == unsealing.UNSEALING and not any_role_held(
                evidence, before.programme, str(person), roles, event
            ):
                yield f"it names somebody who was none of: {listed(roles)}"

"""A consent ends: withdrawn by its party, or run out."""

from __future__ import annotations

from casework import reasons
from casework.engine.execution.clocks import stop_clocks_of_consent
from casework.engine.execution.commands import EndConsent
from casework.engine.execution.document_grants import end_grants_under
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.guards import line
from casework.engine.execution.task_changes import commit, open_task_of
from casework.engine.execution.transitions import fire
from casework.engine.parts import AFTER_LOST_CONSENT, RESTS
from casework.engine.state.events import CONSENT_ENDED
from casework.errors import NotFound, WrongState


def end_consent(builder: EventBuilder, command: EndConsent) -> None:
    """In one action: the consent ends, its grants end, referrals that leaned on it are suspended, somebody must decide."""
    consent = builder.case.consents.get(command.consent)
    if consent is None:
        raise NotFound("consent")
    if consent.ended_at is not None:
        raise WrongState(action=reasons.actions.WITHDRAW_CONSENT, why=reasons.cases.ENDED)
    body = {"reason": line(command.reason, "reason")} if command.reason else {}
    builder.begin(CONSENT_ENDED, None, {"consents_ended": [{"id": consent.id, "how": command.how}]}, body)
    hit = end_grants_under(builder, consent)
    stop_clocks_of_consent(builder, consent.id)
    if hit:
        open_task_of(builder, AFTER_LOST_CONSENT, about=consent.id)
    because = commit(builder)
    for track in hit:
        referral = builder.case.tracks[track]
        way_out = builder.library[referral.edition].find_part(RESTS, referral.states)
        if way_out is not None:
            fire(builder, referral, way_out[0], way_out[1], {}, body={}, because=because, system=True)

"""Everybody who is told to have been able to do an event, put in its actor's place before the judge of histories."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from sqlalchemy import Connection

from casework.engine.roles import ORGANISATION_ROLES
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import HANDED_OVER, Event
from casework.engine.state.projection import evolve
from casework.operations.history.eligible_actors import Candidates
from casework.operations.history.point_in_time import Past
from casework.operations.history.views import Candidate
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.judge import reasons_against
from casework.records.event_log import read_events


def wrongly_told(db: Connection, log: str) -> Iterator[str]:
    """What the judge has against somebody else who could have done an event of a log, as it is told."""
    past = Past(db)
    evidence, candidates = Evidence(past.library, past), Candidates(past, past.library)
    case: Case | None = None
    for event in read_events(db, log):
        for one in candidates.of(case, event):
            if one.why_not == "" and (why := reasons_against(evidence, case, _in_place(event, one, case))):
                yield f"{event.seq} {event.kind} {event.effects.get('transition', '')} by {one.role}: {'; '.join(why)}"
        assert reasons_against(evidence, case, event) == []
        case = evolve(case, event)


def _in_place(event: Event, one: Candidate, case: Case | None) -> Event:
    """The same action by another person, who then stands wherever the event names its actor."""
    # To whom it is handed over is said in the action; whoever does it need not be one of them.
    same = event.kind == HANDED_OVER
    told = json.dumps(dict(event.effects)).replace(event.actor, one.person)
    if event.acting_for is not None:
        told = told.replace(event.acting_for, (one.deputy_for and one.deputy_for.id) or one.person)
    effects: Effects = event.effects if same else json.loads(told)
    track = case.tracks.get(event.track or "") if case else None
    above = case.referral_of(track) if case and track else None
    organisation = above.provider if above and one.role in ORGANISATION_ROLES else None
    return replace(
        event,
        actor=one.person,
        role=one.role,
        acting_for=one.deputy_for.id if one.deputy_for else None,
        organisation=organisation,
        effects=effects,
    )

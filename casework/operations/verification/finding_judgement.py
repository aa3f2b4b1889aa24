"""Whether what the log of a finding says was done by whom and how it may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.ledger.canonical_json import instant
from casework.operations.audit.finding_rows import ASSIGNED, FELL_DUE, JUDGING, TURNS
from casework.operations.history.point_in_time import Past


def finding_faults(past: Past, events: Sequence[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Nobody answers their own finding or judges their own answer, nor a case that they had a part in; and who is to answer it by when
    an auditor or a supervisor said. Each with the event that it is about."""
    first, due_at = events[0].effects, None
    for event in events:
        judges = event.kind in JUDGING or event.kind == ASSIGNED and event.role == Role.AUDITOR
        if judges and (why := past.partial(event.actor, str(first["case"]), event.at)) is not None:
            yield event.seq, f"Event {event.seq} was not allowed: {why}."
        if event.kind == ASSIGNED:
            due_at = event.effects["due_at"]
            roles = (Role.AUDITOR, Role.SUPERVISOR)
            if event.role not in roles or not past.held(
                str(first["programme"]), event.actor, str(event.role), None, event.at, any_deputy=True
            ):
                yield event.seq, f"Event {event.seq} ({event.kind}) is by somebody who could not do it then."
            if event.effects["owner"] == events[0].actor:
                yield event.seq, f"Event {event.seq} ({event.kind}) has the raiser answer their own finding."
        # Of what the clock does nobody is the actor, and it does it when its moment has come.
        if event.kind == FELL_DUE and (event.actor != SYSTEM_ACTOR or due_at is None or instant(event.at) < due_at):
            yield event.seq, f"Event {event.seq} ({event.kind}) is not by the clock."
    turns = [event for event in events if event.kind in TURNS]
    for earlier, other in zip(turns, turns[1:], strict=False):
        if earlier.actor == other.actor:
            yield other.seq, f"Event {other.seq} ({other.kind}) is by the person who did the step before."

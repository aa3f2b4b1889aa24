"""Whether two persons moved a case, past no guard of law, and all that followed is what follows of such a move."""

from __future__ import annotations

from itertools import count

from casework.engine.definition.guard_facts import NotGiven
from casework.engine.execution.case_moves import ASKERS, DECIDERS, faults_of
from casework.engine.execution.context import By, Context
from casework.engine.roles import role_of
from casework.engine.state.case import Case
from casework.engine.state.events import MOVE_ASKED, Event
from casework.operations.verification.authorization.actors import role_not_among
from casework.operations.verification.authorization.evidence import Evidence, Reasons


def judge_move(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """The move is made again from where the case stood, and compared with what is told."""
    yield from role_not_among(before, event, ASKERS if event.kind == MOVE_ASKED else DECIDERS)
    by = By(event.actor, role_of(event.role), event.organisation, event.acting_for)
    calendar = evidence.past.calendar(before.programme, event.at)
    ids = count(1)
    context = Context(by, event.at, calendar, lambda: f"again-{next(ids)}", event.effects.get("facts", {}))
    try:
        yield from faults_of(evidence.library, before, event, context)
    except NotGiven as missing:
        yield f"it does not keep the facts that the law on its way reads: {missing}"


__all__ = ["judge_move"]

"""What each scope lets a provider's own system do, by the event that follows from it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import TransitionRule
from casework.engine.parts import ANSWERING, ASKING, PEOPLE_ONLY, REFERRAL
from casework.engine.state import events
from casework.engine.state.events import FIRED, Event
from casework.operations.integrations.service_account_scopes import (
    ANSWER,
    ASK,
    DELIVER,
    DOCUMENTS_WRITE,
    NONE,
    SCOPES,
    scope_of_event,
    scope_of_transition,
)

KINDS = sorted(
    value
    for name, value in vars(events).items()
    if name.isupper() and isinstance(value, str) and value not in events.NO_PERSONS
)
RULES = [
    rule for edition in load_library().editions.values() if edition.part == REFERRAL for rule in edition.transitions
]


def event(kind: str) -> Event:
    return Event(log="case", seq=2, at=datetime(2026, 3, 2, tzinfo=UTC), kind=kind, actor="system-of-the-lab")


#: Of each action that a service account may do.
NEEDS = {
    events.CLAIMED: DELIVER, events.RELEASED: DELIVER, events.STARTED: DELIVER, events.STOPPED: DELIVER,
    events.COMPLETED: DELIVER, events.ADDED: DELIVER, events.SAID: ASK, events.RECEIVED: ANSWER,
    events.DOCUMENT_REGISTERED: DOCUMENTS_WRITE, events.DOCUMENT_FILED: DOCUMENTS_WRITE,
    events.DOCUMENT_WITHDRAWN: DOCUMENTS_WRITE, events.PAPERS_RETURNED: DOCUMENTS_WRITE,
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != FIRED])
def test_each_action_needs_its_scope_and_all_others_are_for_people_alone(kind: str) -> None:
    assert scope_of_event(event(kind), None) == NEEDS.get(kind, NONE)
    assert set(NEEDS.values()) <= set(SCOPES)


@pytest.mark.parametrize("said", [ANSWERING, ASKING, PEOPLE_ONLY, ""])
def test_a_transition_needs_what_its_definition_says_and_else_that_of_the_work(said: str) -> None:
    rule = next(rule for rule in RULES if rule.scope == said)
    scope = {ANSWERING: ANSWER, ASKING: ASK, PEOPLE_ONLY: NONE}.get(said, DELIVER)
    assert scope_of_event(event(FIRED), rule) == scope


def test_a_transition_of_no_known_rule_is_for_people_alone() -> None:
    nobody: TransitionRule | None = None
    assert scope_of_event(event(FIRED), nobody) == NONE


def test_what_no_referral_has_is_the_work_of_its_service() -> None:
    assert scope_of_transition("no_transition_of_a_referral") == DELIVER
    assert {scope_of_transition(rule.name) for rule in RULES} <= {*SCOPES, NONE}

"""A party's answer is judged again: it was allowed because of a link that an event gave."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Engine

from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import COMPLETED, LINK_GIVEN, LINK_REVOKED, PARTY_ACTOR, Event
from casework.engine.state.projection import evolve
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.history.point_in_time import Past
from casework.operations.links.answers import Given, answer
from casework.operations.verification.authorization.evidence import Evidence
from casework.operations.verification.authorization.judge import reasons_against
from casework.records.database import transaction
from casework.records.event_log import event_of, read_rows
from tests.operations.links.scene import CONSENT, give, opened, secret_of, task_of_consent, to_consent
from tests.support.world import World

Forge = Callable[[Event, World], Event]


def saying(event: Event, **effects: Any) -> Event:
    return replace(event, effects=cast(Effects, event.effects | effects))


def answered(one: Event) -> bool:
    return one.kind == COMPLETED and one.actor == PARTY_ACTOR


FORGED: dict[str, Forge] = {
    "by a person in the party's name": lambda one, world: (
        replace(one, actor=world.people["officer"]) if answered(one) else one
    ),
    "by the party in a person's role": lambda one, world: replace(one, role="officer") if answered(one) else one,
    "for another organisation": lambda one, world: (
        replace(one, organisation=world.organisations["technology_owner"]) if answered(one) else one
    ),
    "by another link": lambda one, world: saying(one, link="nothing") if answered(one) else one,
    "without using it up": lambda one, world: saying(one, link_states=[]) if answered(one) else one,
    "of another task": lambda one, world: saying(one, task="nothing") if answered(one) else one,
    "a link that nobody gave": lambda one, world: saying(one, links=[]) if one.kind == LINK_GIVEN else one,
    "given by somebody who may not": lambda one, world: (
        replace(one, actor=world.people["compliance"], role="compliance") if one.kind == LINK_GIVEN else one
    ),
    "given by a provider": lambda one, world: (
        replace(one, actor=world.people["provider"], role="provider") if one.kind == LINK_GIVEN else one
    ),
    "withdrawn by a party": lambda one, world: replace(one, kind=LINK_REVOKED) if answered(one) else one,
    "an officer's answer that uses a link": lambda one, world: (
        replace(one, actor=world.people["officer"], role="officer", organisation=None) if answered(one) else one
    ),
}


@pytest.fixture
def log(engine: Engine, world: World, document_store: DocumentStore) -> str:
    with transaction(engine) as db:
        number = to_consent(world, db)
        task, found = task_of_consent(db, number), home_of(db, number)
    token = secret_of(give(engine, world, task))
    with transaction(engine) as db:
        answer(db, document_store, token, opened(engine, token), Given("Zhang Wei", "Director", CONSENT))
    return found


def judged(engine: Engine, log: str, forge: Callable[[Event], Event]) -> list[str]:
    """What speaks against the events of a log, each forged before it is judged."""
    found: list[str] = []
    with transaction(engine) as db:
        past = Past(db)
        evidence, case = Evidence(past.library, past), None
        for row in read_rows(db, log):
            event = event_of(row.header, row.effects, row.body)
            found += reasons_against(evidence, case, forge(event))
            case = evolve(case, event)
    return found


def test_a_true_history_is_not_blamed(engine: Engine, log: str) -> None:
    assert judged(engine, log, lambda one: one) == []


@pytest.mark.parametrize("name", FORGED)
def test_what_could_not_have_been_is_found(engine: Engine, world: World, log: str, name: str) -> None:
    assert judged(engine, log, lambda one: FORGED[name](one, world))

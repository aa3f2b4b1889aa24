"""What the verification says of attestations that were signed as they may not be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.engine.state.events import RegisterEvent
from casework.operations.history.point_in_time import Past
from casework.operations.verification.attestation_judgement import attestation_faults
from casework.operations.verification.attested import ATTESTED
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import read_register
from casework.settings import Settings
from tests.operations.verification.test_attestations import sign
from tests.support.published import sign_and_publish
from tests.support.world import World


@pytest.fixture
def signed(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> str:
    """A programme with two attestations, of which the second stands in the place of the first."""
    sign_and_publish(engine, superuser_engine, settings)
    sign(engine, world)
    sign(engine, world, supersedes=1)
    return world.programmes["BJ"]


def test_what_was_signed_as_it_may_be_verifies(engine: Engine, signed: str) -> None:
    assert list(verify_all(engine)) == []


def with_told(event: RegisterEvent, **told: Any) -> RegisterEvent:
    effect: Any = {**event.effects["attestation"], **told}
    return replace(event, effects={"attestation": effect})


def with_statement(event: RegisterEvent, **said: Any) -> RegisterEvent:
    statement: Any = event.body["statement"]
    return replace(event, body={**event.body, "statement": {**statement, **said}})


Tampered = Callable[[RegisterEvent], RegisterEvent]
OTHER = {"origin": "log.example", "size": 1, "root": "AAAA"}


@pytest.mark.parametrize(
    ("tampered", "why"),
    [
        (lambda one: replace(one, role="supervisor"), "an auditor signs it"),
        (lambda one: replace(one, acting_for="x"), "an auditor signs it in the own name"),
        (lambda one: replace(one, actor="x"), "did not hold the role auditor"),
        (lambda one: replace(one, kind="list_set"), "by an event of its own"),
        (lambda one: replace(one, effects={}), "does not say which attestation"),
        (lambda one: with_told(one, number=7), "was not the next one"),
        (lambda one: with_told(one, supersedes=5), "no attestation 5 was signed before"),
        (lambda one: with_told(one, checkpoint=OTHER), "was never signed here"),
        (lambda one: with_statement(one, signer="x"), "says another signer"),
        (lambda one: with_statement(one, checkpoint=OTHER), "says another checkpoint"),
    ],
)
def test_what_may_not_be_is_found(engine: Engine, signed: str, tampered: Tampered, why: str) -> None:
    with transaction(engine) as db:
        events = list(read_register(db, signed))
        n = max(n for n, event in enumerate(events) if event.kind == ATTESTED)
        events[n] = tampered(events[n])
        assert any(why in said for _, said in attestation_faults(Past(db), signed, events))


def test_one_in_whose_place_two_stand_is_found(engine: Engine, world: World, signed: str) -> None:
    sign(engine, world)
    with transaction(engine) as db:
        events = list(read_register(db, signed))
        events[-1] = with_told(events[-1], supersedes=1)
        told = list(attestation_faults(Past(db), signed, events))
        assert any("stood in the place of attestation 1 by then" in said for _, said in told)

"""The file of an attestation: for whom, when not yet, and what is in it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from casework import reasons
from casework.errors import NotConfirmed, NotFound, Refused
from casework.operations.verification.attestation_files import AttestationFile, take_attestation
from casework.permissions.actors import Proof
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.verification.test_attestations import sign
from tests.support.published import sign_and_publish
from tests.support.world import World


@pytest.fixture
def signed(engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> str:
    """A programme with an attestation whose leaf is not published yet."""
    sign_and_publish(engine, superuser_engine, settings)
    sign(engine, world)
    return world.programmes["BJ"]


@pytest.fixture
def published(engine: Engine, superuser_engine: Engine, settings: Settings, signed: str) -> str:
    sign_and_publish(engine, superuser_engine, settings)
    return signed


def take(engine: Engine, world: World, programme: str, by: str = "manager", number: int = 1) -> AttestationFile:
    with transaction(engine) as db:
        return take_attestation(db, world.actor(db, by), programme, number)


def test_it_has_the_event_whole_and_that_the_tree_goes_on(engine: Engine, world: World, published: str) -> None:
    made = take(engine, world, published)
    content = json.loads(made.data)
    assert made.name == "attestation-BJ-1"
    assert content["event"]["body"]["words"]["value"] == "All of it was looked at."
    assert content["grown"] != []


def test_before_its_leaf_is_published_it_has_to_wait(engine: Engine, world: World, signed: str) -> None:
    with pytest.raises(Refused) as refused:
        take(engine, world, signed)
    assert refused.value.reasons == [reasons.attestations.WAITS]


@pytest.mark.parametrize(("by", "number"), [("officer", 1), ("provider", 1), ("auditor", 2)])
def test_there_is_none_for_others_and_none_of_another_number(
    engine: Engine, world: World, published: str, by: str, number: int
) -> None:
    with pytest.raises(NotFound):
        take(engine, world, published, by, number)


def test_it_is_taken_out_by_who_has_proved_who_it_is(engine: Engine, world: World, published: str) -> None:
    with transaction(engine) as db:
        old = replace(world.actor(db, "auditor"), proof=Proof.OLD)
        with pytest.raises(NotConfirmed):
            take_attestation(db, old, published, 1)

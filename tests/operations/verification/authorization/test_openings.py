"""What one person did alone to open a mediation is found, and a true history is not blamed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Engine

from casework.engine.state.effects_schema import StartedOpening
from casework.engine.state.events import Event
from tests.operations.mediations.openings import Scene, judged, set_scene
from tests.support.world import World

FORGED: dict[str, Callable[[Event, World], Event]] = {
    "asked by itself": lambda one, world: forged(one, "unsealing_asked", actor=world.people["officer"]),
    "agreed by who asked": lambda one, world: forged(
        one, "unsealed", actor=world.people["dispute_officer"], role="dispute_officer"
    ),
    "agreed by the reader": lambda one, world: forged(one, "unsealed", actor=world.people["auditor"], role="auditor"),
    "agreed by another one": lambda one, world: forged(one, "unsealed", actor=world.people["second_compliance"]),
    "agreed in somebody's place": lambda one, world: forged(
        one, "unsealed", acting_for=world.people["second_compliance"]
    ),
    "hidden from the center": lambda one, world: forged(one, "unsealed", track=None),
    "for longer": lambda one, world: lengthened(one, "unsealed"),
    "reader and second person are one": lambda one, world: renamed(one, decider=world.people["auditor"]),
    "for somebody who could not be named": lambda one, world: renamed(one, reader=world.people["provider"]),
    "already open when asked": lambda one, world: renamed(one, state="open", until="2099-01-01T00:00:00.000000Z"),
}


def forged(one: Event, kind: str, **change: Any) -> Event:
    return replace(one, **change) if one.kind == kind else one


def lengthened(one: Event, kind: str) -> Event:
    if one.kind != kind:
        return one
    (told,) = one.effects["opening_states"]
    return replace(one, effects={"opening_states": [told | {"until": "2099-01-01T00:00:00.000000Z"}]})


def renamed(one: Event, **change: Any) -> Event:
    if one.kind != "unsealing_asked":
        return one
    (made,) = one.effects["openings"]
    return replace(one, effects={"openings": [cast(StartedOpening, {**made, **change})]})


@pytest.fixture
def scene(engine: Engine, world: World) -> Scene:
    return set_scene(engine, world)


def test_a_true_history_is_not_blamed(scene: Scene) -> None:
    scene.decide(scene.ask())
    assert judged(scene, scene.mediation, lambda one: one) == []


@pytest.mark.parametrize("forgery", FORGED)
def test_the_verification_finds_what_one_person_did_alone(scene: Scene, forgery: str) -> None:
    scene.decide(scene.ask())
    assert judged(scene, scene.mediation, lambda one: FORGED[forgery](one, scene.world)) != []

"""A case is opened in an emergency, by one who says why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import text

from casework.engine.case_objects.emergency_access import BREAK_GLASS_LASTS
from casework.engine.state.effects_schema import StartedOpening
from casework.engine.state.events import Event
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.mediations import emergency_access
from casework.operations.people.registry import register_person
from casework.operations.people.role_requests import ask_role, decide_role
from casework.permissions.visibility import Sight, sight
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.mediations.openings import Scene, judged
from tests.support.world import World, new_request


def test_an_administrator_reads_the_case_until_the_glass_is_whole_again(scene: Scene) -> None:
    assert scene.sees("administrator") == Sight.NOTHING
    scene.smash()
    assert scene.sees("administrator") == Sight.ALL
    scene.later(int(BREAK_GLASS_LASTS.total_seconds()) // 3600)
    assert scene.sees("administrator") == Sight.NOTHING


def test_whoever_is_no_administrator_any_more_reads_it_no_longer(scene: Scene) -> None:
    scene.smash()
    with scene.engine.begin() as db:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:p AS uuid)"),
            {"p": scene.world.people["administrator"]},
        )
    assert scene.sees("administrator") == Sight.NOTHING


def test_it_opens_that_case_alone_and_no_mediation_about_it(scene: Scene) -> None:
    scene.smash()
    assert not scene.reads("administrator")
    with transaction(scene.engine) as db:
        other = scene.world.new_case(db)
        home = db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": other}).scalar_one()
        assert sight(scene.world.actor(db, "administrator"), load(db, home, "case")) == Sight.NOTHING


@pytest.mark.parametrize(
    "who", ["dispute_officer", "observer", "provider", "foreign_officer", "officer", "auditor", "manager"]
)
def test_nobody_but_an_administrator_of_the_programme_does_it(scene: Scene, who: str) -> None:
    with pytest.raises(NotFound):
        scene.smash(who)


def test_a_case_that_is_open_is_not_opened_twice(scene: Scene) -> None:
    scene.smash()
    with pytest.raises(WrongState):
        scene.smash()


def test_it_stands_in_the_history_of_the_case_and_verifies(scene: Scene) -> None:
    scene.smash()
    with transaction(scene.engine) as db:
        home = str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": scene.number}).scalar_one())
        kinds = (
            db.execute(text("SELECT kind FROM events WHERE log_id = CAST(:l AS uuid) ORDER BY seq"), {"l": home})
            .scalars()
            .all()
        )
    assert kinds[-1] == "glass_broken"
    assert scene.faults(home) == []


@pytest.mark.parametrize(
    "change",
    [
        {"actor": "officer", "role": "officer"},
        {"acting_for": "supervisor"},
        {"effects": "longer"},
        {"effects": "for another"},
    ],
)
def test_the_verification_finds_a_glass_that_was_broken_otherwise(scene: Scene, change: dict[str, str]) -> None:
    scene.smash()
    with transaction(scene.engine) as db:
        home = str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": scene.number}).scalar_one())

    def forge(one: Event) -> Event:
        if one.kind != "glass_broken":
            return one
        (made,) = one.effects["openings"]
        if "effects" in change:
            other = (
                {"until": "2099-01-01T00:00:00.000000Z"}
                if change["effects"] == "longer"
                else {"reader": scene.world.people["officer"]}
            )
            return replace(one, effects={"openings": [cast(StartedOpening, {**made, **other})]})
        told: dict[str, Any] = {
            name: scene.world.people.get(value, value) if name != "role" else value for name, value in change.items()
        }
        return replace(one, **told)

    assert judged(scene, home, lambda one: one) == []
    assert judged(scene, home, forge) != []


ROLE_GIVEN: dict[str, Callable[[Any, World], Any]] = {
    "by another one": lambda told, world: told | {"by": world.people["supervisor"]},
    "agreed by somebody": lambda told, world: told | {"agreed_by": world.people["supervisor"]},
    "by whoever broke it": lambda told, world: told | {"by": world.people.get("puppet", world.people["administrator"])},
    "without who agreed": lambda told, _: {"by": told["by"]},
    "with something more": lambda told, _: told | {"note": "Trust me."},
    "nothing": lambda _, __: None,
    "empty": lambda _, __: {},
    "a name": lambda _, __: "Administrator",
}


@pytest.mark.parametrize("forgery", ROLE_GIVEN)
@pytest.mark.parametrize("by_two", [False, True])
def test_the_verification_finds_another_giver_of_the_role_that_broke_the_glass(
    scene: Scene, forgery: str, by_two: bool
) -> None:
    world = scene.world
    if by_two:
        with transaction(scene.engine) as db:
            world.people["puppet"] = register_person(db, email="puppet@example.org", name="Puppet")
            asked = ask_role(
                db,
                world.people["puppet"],
                "administrator",
                programme=world.programmes["BJ"],
                by=world.people["administrator"],
            )
            decide_role(db, world.actor(db, "second_supervisor"), asked, agree=True, note="", request=new_request())
    scene.smash("puppet" if by_two else "administrator")
    with transaction(scene.engine) as db:
        home = str(db.execute(text("SELECT id FROM cases WHERE number = :n"), {"n": scene.number}).scalar_one())

    def forge(one: Event) -> Event:
        if one.kind != "glass_broken":
            return one
        return replace(
            one, effects={**one.effects, "role_given": ROLE_GIVEN[forgery](one.effects["role_given"], world)}
        )

    def before_it_was_kept(one: Event) -> Event:
        return replace(one, effects={"openings": one.effects["openings"]}) if one.kind == "glass_broken" else one

    assert judged(scene, home, lambda one: one) == []
    assert judged(scene, home, before_it_was_kept) == []
    assert any("gave its actor the role" in one for one in judged(scene, home, forge))


def test_without_a_reason_nothing_is_opened(scene: Scene) -> None:
    with transaction(scene.engine) as db, pytest.raises(InvalidForm):
        emergency_access.break_glass(
            db, scene.world.actor(db, "administrator"), scene.number, reason=" ", request=new_request()
        )


def test_whoever_was_let_in_and_declares_an_interest_is_out_again(scene: Scene) -> None:
    scene.smash()
    with scene.engine.begin() as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[:p]"), {"p": scene.world.people["administrator"]})
    assert scene.sees("administrator") == Sight.NOTHING
    with pytest.raises(NotAllowed):
        scene.smash()

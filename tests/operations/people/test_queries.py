"""What administrators look at: people and organisations, with the roles in them, and how much hangs on somebody."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import NotFound
from casework.operations.people.queries import choices, find_people, own_programmes, show_organisation, show_person
from tests.support.world import World

NOBODY = "00000000-0000-7000-8000-000000000000"


@pytest.mark.parametrize(
    ("words", "names"),
    [("FOREIGN", ["Foreign Officer", "Foreign Provider"]), ("auditor@", ["Auditor"]), ("%", []), ("nobody", [])],
)
def test_people_are_found_by_a_part_of_name_or_address(
    world: World, db: Connection, words: str, names: list[str]
) -> None:
    assert [one.name for one in find_people(db, world.actor(db, "administrator"), words=words)] == names
    assert len(find_people(db, world.actor(db, "administrator"))) == len(world.people)


def test_a_person_is_shown_with_roles_and_with_what_hangs_on_them(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    shown = show_person(db, world.actor(db, "administrator"), world.people["officer"])
    assert [(role.role, role.scope) for role in shown.roles] == [("officer", "Beijing pilot")]
    assert (shown.hangs.cases, shown.hangs.roles, shown.hangs.tokens, shown.own) == (1, 1, 1, False)
    assert show_person(db, world.actor(db, "administrator"), world.people["administrator"]).own
    # What it is about is no administrator's business.
    assert number not in str(shown)


def test_an_organisation_is_shown_with_who_works_there(world: World, db: Connection) -> None:
    shown = show_organisation(db, world.actor(db, "administrator"), world.organisations["lab"])
    assert {role.person for role in shown.roles} == {"Provider", "Provider Lead"}


def test_a_role_is_given_in_ones_own_programmes_and_in_providers(world: World, db: Connection) -> None:
    administrator = world.actor(db, "administrator")
    assert own_programmes(administrator) == [world.programmes["BJ"]]
    offered = choices(db, administrator)
    assert offered["programme"] == [(world.programmes["BJ"], "Beijing pilot")]
    assert {id for id, _ in offered["organisation"]} == {
        world.organisations[key] for key in ("lab", "bank", "inspectors")
    }
    assert len(offered["deputy_for"]) == len(world.people)


@pytest.mark.parametrize("who", ["officer", "supervisor", "auditor", "provider_lead"])
def test_for_everybody_else_there_is_nothing_to_look_at(world: World, db: Connection, who: str) -> None:
    actor = world.actor(db, who)
    for look in (
        lambda: find_people(db, actor),
        lambda: show_person(db, actor, actor.person),
        lambda: show_organisation(db, actor, world.organisations["lab"]),
        lambda: choices(db, actor),
    ):
        with pytest.raises(NotFound):
            look()


def test_what_is_not_there_is_not_found(world: World, db: Connection) -> None:
    administrator = world.actor(db, "administrator")
    for look in (show_person, show_organisation):
        with pytest.raises(NotFound):
            look(db, administrator, NOBODY)

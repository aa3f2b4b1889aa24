"""Programmes, organisations and people as lists: who is shown which of them, and how much of each."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Connection, text

from casework.operations.people.lists import list_members, list_organisations, list_people, list_programmes
from casework.operations.people.registry import end_role, register_phase
from casework.operations.people.views import AccountRow, PersonRow
from tests.support.cast import CAST, ORGANISATIONS
from tests.support.world import World


def names(world: World, db: Connection, who: str) -> set[str]:
    """Whom somebody is shown, by the names of the world."""
    known = {id: name for name, id in world.people.items()}
    return {known[person.id] for person in list_people(db, world.actor(db, who)).items}


def of(*scopes: str) -> set[str]:
    """Everybody who has a role in one of these."""
    return {name for name, _, scope in CAST if scope in scopes}


@pytest.mark.parametrize(
    ("who", "codes"),
    [("officer", ["BJ"]), ("foreign_officer", ["SH"]), ("administrator", ["BJ", "SH"]), ("provider", [])],
)
def test_programmes_are_ones_own_and_all_for_an_administrator(
    world: World, db: Connection, who: str, codes: list[str]
) -> None:
    assert [programme.code for programme in list_programmes(db, world.actor(db, who)).items] == codes


def test_a_programme_has_its_phases_in_their_order(world: World, db: Connection) -> None:
    for name, year in (("Second", 2032), ("First", 2031)):
        register_phase(db, world.programmes["BJ"], name=name, name_zh=None, starts_on=date(year, 1, 1))
    (programme,) = list_programmes(db, world.actor(db, "officer")).items
    assert [phase["name"] for phase in programme.phases] == ["First", "Second"]


@pytest.mark.parametrize(
    ("who", "keys"),
    [("officer", set(ORGANISATIONS)), ("provider", {"lab"}), ("foreign_provider", {"bank"}), ("observer", set())],
)
def test_organisations_are_for_who_works_in_a_programme_and_ones_own(
    world: World, db: Connection, who: str, keys: set[str]
) -> None:
    shown = list_organisations(db, world.actor(db, who)).items
    assert {organisation.id for organisation in shown} == {world.organisations[key] for key in keys}


def test_organisations_of_a_service_are_those_that_offer_it_and_pages_hold_each_once(
    world: World, db: Connection
) -> None:
    officer = world.actor(db, "officer")
    (bank,) = list_organisations(db, officer, service="pledge").items
    assert bank.id == world.organisations["bank"]
    whole = [organisation.id for organisation in list_organisations(db, officer).items]
    seen, cursor = [], None
    while True:
        part = list_organisations(db, officer, cursor=cursor, limit=2)
        seen += [organisation.id for organisation in part.items]
        cursor = part.next
        if cursor is None:
            break
    assert seen == whole


def test_people_are_those_whom_one_works_with_and_all_for_an_administrator(world: World, db: Connection) -> None:
    assert names(world, db, "officer") == of("BJ")
    assert names(world, db, "provider") == of("lab")
    assert names(world, db, "observer") == set()
    assert names(world, db, "administrator") == of("BJ", "SH", *ORGANISATIONS)


def test_addresses_are_for_administrators(world: World, db: Connection) -> None:
    assert {type(person) for person in list_people(db, world.actor(db, "officer")).items} == {PersonRow}
    assert {type(person) for person in list_people(db, world.actor(db, "administrator")).items} == {AccountRow}


def test_a_closed_account_is_shown_to_administrators_alone(world: World, db: Connection) -> None:
    db.execute(text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"), {"id": world.people["auditor"]})
    assert names(world, db, "officer") == of("BJ") - {"auditor"}
    assert "auditor" in names(world, db, "administrator")


def test_a_lead_is_shown_who_holds_a_role_there_now(world: World, db: Connection) -> None:
    lead = world.actor(db, "provider_lead")
    (lab,) = list_members(db, lead)
    assert lab.id == world.organisations["lab"]
    assert {member["name"] for member in lab.members} == {"Provider", "Provider Lead"}
    end_role(db, next(member["membership"] for member in lab.members if member["name"] == "Provider"))
    (lab,) = list_members(db, lead)
    assert {member["name"] for member in lab.members} == {"Provider Lead"}
    assert list_members(db, world.actor(db, "provider")) == []

"""What administrators and leads do with programmes, accounts and roles, and what nobody does to themselves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import CasesLeft, InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.core.encryption import SecretBox
from casework.operations.people.registry import grant_role
from casework.operations.people.service import (
    create_membership,
    create_organisation,
    create_person,
    create_phase,
    create_programme,
    deactivate_person,
    end_member,
    send_link,
)
from casework.records.actors import find_actor
from tests.support.world import World, new_request

NOBODY = "00000000-0000-7000-8000-000000000000"
BOX = SecretBox(["k" * 40])


def role_of(db: Connection, world: World, who: str) -> str:
    found = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people[who]}
    )
    return str(found.scalar_one())


def give(db: Connection, world: World, **other: Any) -> None:
    """Give the observer a provider's role in the lab, or what else is said."""
    given: dict[str, Any] = {
        "person": world.people["observer"],
        "role": "provider",
        "programme": None,
        "organisation": world.organisations["lab"],
        "deputy_for": None,
        "starts_at": None,
        "ends_at": None,
    }
    create_membership(db, world.actor(db, "administrator"), **(given | other), request=new_request())


def test_an_organisation_is_of_a_country_or_region_of_the_standard(world: World, db: Connection) -> None:
    given: dict[str, Any] = {
        "name": "Bank of Leeds",
        "name_zh": None,
        "kind": "provider",
        "services": ["pledge"],
        "register_number": None,
        "language": "en",
    }
    administrator = world.actor(db, "administrator")
    for strange in ("UK", "EU", "XK", "gb", ""):
        with pytest.raises(InvalidForm) as refused:
            create_organisation(db, administrator, **given, country=strange, request=new_request())
        assert list(refused.value.fields) == ["country"]
    for country in ("GB", None):
        assert create_organisation(db, administrator, **given, country=country, request=new_request()).status == 201


def test_a_party_is_of_a_programme_of_the_administrators_and_a_provider_of_none(world: World, db: Connection) -> None:
    given: dict[str, Any] = {"name_zh": None, "country": "CN", "language": "zh"}

    def made(by: str = "administrator", **more: Any) -> Any:
        asked = {"name": "Steam Works", "kind": "company", "services": [], "register_number": None, **given, **more}
        id = create_organisation(db, world.actor(db, by), **asked, request=new_request()).answer["id"]
        return db.execute(
            text("SELECT programme_id FROM organisations WHERE id = CAST(:id AS uuid)"), {"id": id}
        ).scalar()

    def refused(**more: Any) -> list[str]:
        with pytest.raises(InvalidForm) as refusal:
            made(**more)
        return list(refusal.value.fields)

    here, there = world.programmes["BJ"], world.programmes["SH"]
    assert str(made(register_number="91110108551385082Q")) == here
    assert refused(register_number="91110108 551385082q") == ["register_number"]
    assert refused(programme=there) == ["programme"]
    provider: dict[str, Any] = {"kind": "provider", "services": ["pledge"]}
    assert made(**provider) is None
    assert refused(**provider, programme=here) == ["programme"]
    grant_role(db, world.people["administrator"], "administrator", programme=there)
    assert refused() == ["programme"]
    assert str(made(programme=there, register_number="91110108551385082Q")) == there
    assert made(**provider) is None


def test_who_makes_a_programme_is_its_first_administrator(world: World, db: Connection) -> None:
    given: dict[str, Any] = {"code": "GZ", "name": "Guangzhou pilot", "name_zh": None}
    with pytest.raises(NotAllowed):
        create_programme(db, world.actor(db, "supervisor"), **given, calendar="china", request=new_request())
    administrator = world.actor(db, "administrator")
    with pytest.raises(InvalidForm) as refused:
        create_programme(db, administrator, **given, calendar="lunar", request=new_request())
    assert list(refused.value.fields) == ["calendar"]
    made = create_programme(db, administrator, **given, calendar="monday_to_friday", request=new_request()).answer
    assert world.actor(db, "administrator").in_programme(made["id"], (Role.ADMINISTRATOR,))


def test_a_phase_is_of_ones_own_programme_ends_after_it_begins_and_has_a_name_of_its_own(
    world: World, db: Connection
) -> None:
    begin, administrator = date(2031, 1, 1), world.actor(db, "administrator")

    def make(scope: str, name: str, last: date) -> None:
        days: dict[str, Any] = {"starts_on": begin, "ends_on": last}
        create_phase(db, administrator, world.programmes[scope], name=name, name_zh=None, **days, request=new_request())

    make("BJ", "First", begin)
    with pytest.raises(InvalidForm):
        make("BJ", "First", begin)
    with pytest.raises(InvalidForm):
        make("BJ", "Second", begin - timedelta(days=1))
    with pytest.raises(NotFound):
        make("SH", "Second", begin)


def test_the_link_of_a_new_account_stands_in_the_first_answer_only(world: World, db: Connection) -> None:
    request, administrator = new_request(), world.actor(db, "administrator")
    given: dict[str, Any] = {"email": "li@example.org", "name": "Li", "name_zh": None, "language": "en"}
    first, again = (create_person(db, administrator, BOX, **given, mailing=False, request=request) for _ in range(2))
    assert (again.repeated, again.answer["id"]) == (True, first.answer["id"])
    assert set(first.answer) - set(again.answer) == {"link"}


def test_nobody_who_has_a_password_gets_a_link_from_an_administrator(world: World, db: Connection) -> None:
    with pytest.raises(Refused, match="has a password"):
        send_link(db, world.actor(db, "administrator"), BOX, world.people["officer"], new_request(), mailing=False)


def test_nobody_gives_a_role_to_themselves_nor_to_somebody_in_their_place(world: World, db: Connection) -> None:
    administrator = world.people["administrator"]
    with pytest.raises(NotAllowed):
        give(db, world, person=administrator)
    with pytest.raises(NotAllowed):
        give(db, world, deputy_for=administrator)
    with pytest.raises(InvalidForm) as refused:
        give(db, world, deputy_for=world.people["observer"])
    assert list(refused.value.fields) == ["deputy_for"]


def test_whoever_and_whatever_is_not_known_is_named(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as refused:
        give(db, world, person=NOBODY, organisation=NOBODY)
    assert set(refused.value.fields) == {"person", "organisation"}
    with pytest.raises(NotFound):
        give(db, world, role="observer", programme=world.programmes["SH"], organisation=None)


def test_a_lead_ends_roles_of_the_own_organisation_but_not_the_own(world: World, db: Connection) -> None:
    lead = world.actor(db, "provider_lead")
    with pytest.raises(NotAllowed):
        end_member(db, lead, role_of(db, world, "provider_lead"), new_request())
    with pytest.raises(NotFound):
        end_member(db, lead, role_of(db, world, "foreign_provider"), new_request())
    end_member(db, lead, role_of(db, world, "provider"), new_request())
    assert world.actor(db, "provider").memberships == ()


def test_an_account_is_closed_once_its_cases_are_handed_over_or_at_once(world: World, db: Connection) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    administrator, officer = world.actor(db, "administrator"), world.people["officer"]
    with pytest.raises(CasesLeft) as refused, db.begin_nested():
        deactivate_person(db, administrator, officer, new_request())
    assert refused.value.details["left"] == "Beijing pilot: 1"
    assert world.actor(db, "officer").roles() == {Role.OFFICER}
    deactivate_person(db, administrator, officer, new_request(), at_once=True)
    assert find_actor(db, officer) is None


def test_nobody_closes_their_own_account_nor_one_of_another_programme_too(world: World, db: Connection) -> None:
    administrator = world.actor(db, "administrator")
    with pytest.raises(Refused, match="your own account"):
        deactivate_person(db, administrator, administrator.person, new_request())
    grant_role(db, world.people["officer"], "officer", programme=world.programmes["SH"])
    with pytest.raises(NotAllowed):
        deactivate_person(db, administrator, world.people["officer"], new_request())

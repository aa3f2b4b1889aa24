"""Who somebody is at this moment: with the roles that hold now, by an id, a token, or a place where people work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.operations.auth.sessions import secret_hash
from casework.operations.people.registry import grant_role
from casework.records.actors import find_actor, find_actor_by_token, find_members
from casework.records.event_log import now
from tests.support.additions import add_service_account
from tests.support.world import World


@pytest.mark.parametrize(("starts", "ends", "holds"), [(-2, None, True), (-2, 1, True), (-2, -1, False), (1, 2, False)])
def test_a_role_holds_from_its_beginning_until_its_end(
    world: World, db: Connection, starts: int, ends: int | None, holds: bool
) -> None:
    world.add_person(db, "newcomer")
    moment = now(db)
    grant_role(
        db,
        world.people["newcomer"],
        Role.OBSERVER,
        programme=world.programmes["BJ"],
        starts_at=moment + timedelta(days=starts),
        ends_at=None if ends is None else moment + timedelta(days=ends),
    )
    assert world.actor(db, "newcomer").roles() == ({Role.OBSERVER} if holds else set())


def test_beside_the_dispute_officers_role_nobody_decides(world: World, db: Connection) -> None:
    grant_role(db, world.people["officer"], Role.OFFICER, programme=world.programmes["SH"])
    # No action gives both; a database of before may have them.
    db.execute(
        text(
            "INSERT INTO memberships (id, person_id, role, programme_id, starts_at) VALUES (gen_random_uuid(),"
            " CAST(:person AS uuid), 'dispute_officer', CAST(:programme AS uuid), casework_now())"
        ),
        {"person": world.people["officer"], "programme": world.programmes["BJ"]},
    )
    officer = world.actor(db, "officer")
    assert officer.roles(world.programmes["BJ"]) == {Role.DISPUTE_OFFICER}
    assert officer.roles(world.programmes["SH"]) == {Role.OFFICER}
    assert officer.mediated == {world.programmes["BJ"]: None}


def test_whoever_works_for_a_provider_that_mediates_is_one_who_mediates(world: World, db: Connection) -> None:
    assert set(world.actor(db, "provider").mediated) == set(world.programmes.values())
    assert world.actor(db, "foreign_provider").mediated == {}


def test_an_account_that_is_closed_is_nobodys(world: World, db: Connection) -> None:
    db.execute(text("UPDATE people SET active = false WHERE email = 'officer@example.org'"))
    assert find_actor(db, world.people["officer"]) is None
    assert find_actor_by_token(db, secret_hash(world.tokens["officer"])) is None
    assert world.people["officer"] not in [one.person for one in find_members(db, people=[world.people["officer"]])]


def test_a_token_brings_its_scopes_and_says_who_reads(world: World, db: Connection) -> None:
    hash = secret_hash(world.tokens["officer"])
    actor = find_actor_by_token(db, hash)
    assert actor is not None
    assert (actor.person, "decide" in actor.scopes) == (world.people["officer"], True)
    assert db.execute(text("SELECT current_setting('casework.reader')")).scalar_one() == actor.person
    used = text("SELECT used_at IS NOT NULL FROM tokens WHERE hash = :hash")
    assert db.execute(used, {"hash": hash}).scalar_one()
    for change in ("revoked_at = casework_now()", "revoked_at = NULL, expires_at = casework_now()"):
        db.execute(text(f"UPDATE tokens SET {change} WHERE hash = :hash"), {"hash": hash})
        assert find_actor_by_token(db, hash) is None


def test_members_are_found_where_they_work_by_name_and_service_accounts_if_they_count(
    world: World, db: Connection
) -> None:
    account = add_service_account(db, world)
    lab = world.organisations["lab"]
    assert [one.name for one in find_members(db, organisations=[lab])] == ["Provider", "Provider Lead"]
    with_it = find_members(db, organisations=[lab], services=True)
    assert [one.person for one in with_it if one.service] == [account]
    people = find_members(db, organisations=[lab], people=[world.people["auditor"]])
    assert [one.name for one in people] == ["Auditor", "Provider", "Provider Lead"]
    assert find_members(db) == []

"""The policy as conditions of SQL says what the policy says; row security and the random worlds hold the rest of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.permissions.actors import DECIDES, Membership, in_force
from casework.permissions.visibility import reach
from casework.records import access_sql
from casework.records.access_sql import BOUND, COUNTS, DECIDING, ME, in_time, live_token, reach_values, roles_sql
from tests.support.world import World

INSIDE = sorted(set(Role) - {Role.SYSTEM, Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER})


@pytest.mark.parametrize("first", INSIDE)
def test_which_roles_count_beside_one_another_is_the_same_here_and_there(
    world: World, db: Connection, first: Role
) -> None:
    """Every pair, in one programme and in two."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    for second in INSIDE:
        for where in ("BJ", "SH"):
            person = world.people["observer"]
            db.execute(text("DELETE FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": person})
            given = [(first, world.programmes["BJ"]), (second, world.programmes[where])]
            for role, programme in given:
                db.execute(
                    text(
                        "INSERT INTO memberships (id, person_id, role, programme_id, starts_at)"
                        " VALUES (gen_random_uuid(), CAST(:id AS uuid), :role, CAST(:programme AS uuid), :start)"
                    ),
                    {"id": person, "role": role, "programme": programme, "start": start},
                )
            rows = db.execute(
                text(
                    f"SELECT role, programme_id::text FROM memberships m WHERE person_id = CAST(:id AS uuid) AND {COUNTS}"
                ),
                {"id": person},
            )
            counts = in_force(Membership(role, programme, None, None, start, None) for role, programme in given)
            assert sorted(tuple(row) for row in rows) == sorted((one.role, one.programme) for one in counts)


def test_roles_are_listed_in_one_order() -> None:
    assert roles_sql({Role.SUPERVISOR, Role.OFFICER}) == "('officer', 'supervisor')"
    assert roles_sql(DECIDES) == DECIDING


@pytest.mark.parametrize(
    ("starts", "ends", "holds"),
    [
        ("-1 day", None, True),
        ("0", None, True),
        ("-1 day", "1 day", True),
        ("-1 day", "0", False),
        ("1 day", None, False),
    ],
)
def test_what_begins_and_ends_holds_up_to_its_end(db: Connection, starts: str, ends: str | None, holds: bool) -> None:
    row = "SELECT casework_now() + CAST(:starts AS interval) AS starts_at, casework_now() + CAST(:ends AS interval) AS ends_at"
    asked = text(f"SELECT {in_time('m')} FROM ({row}) m")
    assert db.execute(asked, {"starts": starts, "ends": ends}).scalar_one() is holds


@pytest.mark.parametrize(
    ("revoked", "expires", "live"), [(None, None, True), (None, "1 day", True), (None, "0", False), ("0", None, False)]
)
def test_a_token_lives_until_it_is_ended_or_expires(
    db: Connection, revoked: str | None, expires: str | None, live: bool
) -> None:
    row = "SELECT casework_now() + CAST(:revoked AS interval) AS revoked_at, casework_now() + CAST(:expires AS interval) AS expires_at"
    asked = text(f"SELECT {live_token('t')} FROM ({row}) t")
    assert db.execute(asked, {"revoked": revoked, "expires": expires}).scalar_one() is live


def test_every_value_that_a_condition_names_is_given(world: World, db: Connection) -> None:
    given = reach_values(reach(world.actor(db, "officer")))
    named = {name for name in given if f":{name} " in " ".join(vars(BOUND).values())}
    assert named == set(given)
    assert given["all_of"] == [world.programmes["BJ"]]


def test_each_condition_asks_of_the_rows_and_the_asker_that_it_is_given() -> None:
    for condition in (
        access_sql.own_referral("t", "c.interests", ME),
        access_sql.inside_own_referral("t.id", "c.interests", ME),
        access_sql.own_paper("d", "c.interests", ME),
        access_sql.reads_case("c", ME),
        access_sql.named_for("c", ME),
        access_sql.opened_case("c", ME),
        access_sql.opened_mediation("c", ME),
    ):
        assert "me." in condition
        assert ":" not in condition

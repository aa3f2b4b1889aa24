"""Sessions: known by a hash alone, alive while they are used, and ended by their person or with their account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound, WrongPassword
from casework.operations.auth.sessions import (
    IDLE,
    LONGEST,
    MOST_SESSIONS,
    SESSION_PREFIX,
    begin_session,
    choose_programme,
    close_account,
    end_access_of_all,
    end_other_sessions,
    end_session,
    find_actor_by_secret,
    find_actor_by_session,
    find_viewer,
    list_sessions,
    person_of_ended,
    person_of_session,
    renew_session,
    secret_hash,
    show_me,
    sign_out,
)
from casework.operations.people.registry import grant_role
from tests.support.world import World, new_request


def age(db: Connection, column: str, by: timedelta) -> None:
    """As if it had been so much earlier."""
    db.execute(text(f"UPDATE sessions SET {column} = {column} - CAST(:by AS interval)"), {"by": by})


def test_a_session_is_its_persons_and_its_secret_is_kept_nowhere(world: World, db: Connection) -> None:
    secret = begin_session(db, world.people["officer"], {"browser": "Firefox"})
    assert secret.startswith(SESSION_PREFIX)
    for found in (find_actor_by_session(db, secret), find_actor_by_secret(db, secret)):
        assert found is not None
        assert found.person == world.people["officer"]
        assert found.proved is not None
    assert find_actor_by_session(db, secret + "x") is None
    kept = db.execute(text("SELECT string_agg(to_jsonb(s)::text, '') FROM sessions s")).scalar_one()
    assert secret not in kept
    assert secret_hash(secret).hex() in kept


def test_the_password_of_an_address_opens_its_account_however_that_is_written(world: World, db: Connection) -> None:
    assert person_of_session(db, " OFFICER@example.org", world.password) == world.people["officer"]
    for email, password in (("officer@example.org", "wrong horse"), ("nobody@example.org", world.password)):
        with pytest.raises(WrongPassword):
            person_of_session(db, email, password)


@pytest.mark.parametrize(("column", "after"), [("seen_at", IDLE), ("expires_at", LONGEST)])
def test_it_ends_when_nobody_asks_or_after_its_longest_time(
    world: World, db: Connection, column: str, after: timedelta
) -> None:
    secret = begin_session(db, world.people["officer"], {})
    age(db, column, after - timedelta(minutes=1))
    assert find_actor_by_session(db, secret) is not None
    # That somebody asked is noted, and puts the end off where nothing was asked for.
    age(db, column, after if column == "seen_at" else timedelta(minutes=1))
    assert find_actor_by_session(db, secret) is None
    assert find_viewer(db, secret) is None
    assert person_of_ended(db, secret) == world.people["officer"]


def test_one_that_waits_for_a_second_factor_opens_nothing(world: World, db: Connection) -> None:
    secret = begin_session(db, world.people["officer"], {}, "second_factor")
    assert find_actor_by_session(db, secret) is None
    viewer = find_viewer(db, secret)
    assert viewer is not None
    assert viewer.awaits == "second_factor"
    assert db.execute(text("SELECT current_setting('casework.reader')")).scalar_one() == ""
    assert list_sessions(db, world.actor(db, "officer")).items == []


def test_whoever_signs_out_is_out_and_is_not_told_that_it_ran_out(world: World, db: Connection) -> None:
    secret = begin_session(db, world.people["officer"], {})
    sign_out(db, secret)
    sign_out(db, secret)
    assert find_actor_by_session(db, secret) is None
    assert person_of_ended(db, secret) is None


def test_of_too_many_the_one_not_used_for_longest_ends(world: World, db: Connection) -> None:
    first = begin_session(db, world.people["officer"], {})
    age(db, "seen_at", timedelta(minutes=2))
    others = [begin_session(db, world.people["officer"], {}) for _ in range(MOST_SESSIONS)]
    assert find_actor_by_session(db, first) is None
    assert all(find_actor_by_session(db, secret) for secret in others)


def test_a_person_ends_ones_own_alone(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    here, there = (begin_session(db, officer.person, {}) for _ in range(2))
    foreign = begin_session(db, world.people["supervisor"], {})
    with pytest.raises(NotFound):
        end_session(db, officer, secret_hash(foreign).hex(), new_request())
    end_session(db, officer, secret_hash(there).hex(), new_request())
    assert [one.id for one in list_sessions(db, officer).items] == [secret_hash(here).hex()]
    begin_session(db, officer.person, {})
    assert end_other_sessions(db, officer, here, new_request()).answer == {"ended": 1}
    assert find_actor_by_session(db, here) is not None
    assert find_actor_by_session(db, foreign) is not None


def test_a_new_secret_is_the_only_one_left(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    old, other = begin_session(db, officer.person, {"browser": "Firefox"}), begin_session(db, officer.person, {})
    new = renew_session(db, officer, old)
    assert [find_actor_by_secret(db, secret) for secret in (old, other, world.tokens["officer"])] == [None] * 3
    assert find_actor_by_secret(db, new) is not None
    assert list_sessions(db, officer).items[0].about["browser"] == "Firefox"


def test_of_a_session_that_says_nothing_of_itself_nothing_is_known(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    begin_session(db, officer.person, {})
    db.execute(text("UPDATE sessions SET about = '{}'"))
    assert list_sessions(db, officer).items[0].about == {"browser": None, "address": None}


def test_with_the_account_everything_ends(world: World, db: Connection) -> None:
    secret = begin_session(db, world.people["officer"], {})
    close_account(db, world.people["officer"])
    assert find_actor_by_secret(db, secret) is None
    assert find_actor_by_secret(db, world.tokens["officer"]) is None
    with pytest.raises(WrongPassword):
        person_of_session(db, "officer@example.org", world.password)


def test_an_administrator_ends_what_everybody_else_has_open_when_sure(world: World, db: Connection) -> None:
    administrator = world.actor(db, "administrator")
    mine, other = begin_session(db, administrator.person, {}), begin_session(db, world.people["officer"], {})
    with pytest.raises(NotAllowed):
        end_access_of_all(db, world.actor(db, "supervisor"), new_request(), sure=True)
    with pytest.raises(InvalidForm):
        end_access_of_all(db, administrator, new_request(), sure=False)
    ended = end_access_of_all(db, administrator, new_request(), sure=True).answer["ended"]
    assert ended == len(world.people) - 1
    assert find_actor_by_session(db, mine) is not None
    assert find_actor_by_session(db, other) is None


def test_lists_show_one_programme_of_ones_own_when_one_has_several(world: World, db: Connection) -> None:
    secret = begin_session(db, world.people["officer"], {})
    viewer = find_viewer(db, secret)
    assert viewer is not None
    with pytest.raises(NotFound):
        choose_programme(db, viewer, "SH")
    grant_role(db, world.people["officer"], "officer", programme=world.programmes["SH"])
    viewer = find_viewer(db, secret)
    assert viewer is not None
    assert {one.code for one in viewer.programmes} == {"BJ", "SH"}
    for code, focus in (("SH", "SH"), ("", None)):
        choose_programme(db, viewer, code)
        shown = find_viewer(db, secret)
        assert shown is not None
        assert (shown.focus and shown.focus.code) == focus


def test_who_one_is_is_told_with_the_roles_that_hold(world: World, db: Connection) -> None:
    me = show_me(world.actor(db, "provider"))
    assert (me.id, me.name) == (world.people["provider"], "Provider")
    assert [(role.role, role.organisation) for role in me.roles] == [("provider", world.organisations["lab"])]

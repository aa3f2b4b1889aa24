"""Link and code together open an invitation, for one person, once; every other way leads nowhere."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotFound, Refused, TooManyAttempts
from casework.operations.auth.passwords import hash_password
from casework.operations.auth.sessions import find_actor_by_session
from casework.operations.people import invitations, registry
from casework.operations.people.invitation_acceptance import (
    accept_as_new,
    accept_signed_in,
    insist_open,
    show_opened,
    try_code,
)
from casework.records.actors import find_actor
from casework.records.database import transaction
from tests.operations.people.test_invitations import (
    PASSWORD,
    accept,
    invite,
    lab_log,
    later,
    open_it,
    state_of,
)
from tests.support.world import World, build_world


def test_link_and_code_make_an_account_with_the_role_and_a_session(world: World, db: Connection) -> None:
    secret = accept(db, invite(db, world, roles=["provider", "verifier"]))
    actor = find_actor_by_session(db, secret)
    assert actor is not None
    assert (actor.name, actor.language, actor.roles()) == ("New Colleague", "zh-Hans", {"provider", "verifier"})
    assert {one.organisation for one in actor.memberships} == {world.organisations["lab"]}
    assert state_of(db, world) == ["accepted"]
    assert lab_log(db, world) == []


def test_the_link_alone_opens_nothing(world: World, db: Connection) -> None:
    one = invite(db, world)
    assert show_opened(db, one.token, None) is None
    assert show_opened(db, one.token, "anything") is None
    with pytest.raises(NotFound):
        accept(db, one, secret="anything")


def test_the_code_opens_only_its_own_link(world: World, db: Connection) -> None:
    one, other = invite(db, world), invite(db, world, email="other@example.org")
    assert try_code(db, other.token, one.code) is None


def test_the_code_may_be_written_with_spaces(world: World, db: Connection) -> None:
    one = invite(db, world)
    assert try_code(db, one.token, f" {one.code[:4]} {one.code[4:]} ") is not None


def test_whoever_guesses_waits_and_whom_it_is_for_gets_in(world: World, db: Connection) -> None:
    one = invite(db, world)
    wrong = "1" * 8 if one.code != "1" * 8 else "2" * 8
    assert [try_code(db, one.token, wrong, "203.0.113.9") for _ in range(3)] == [None] * 3
    for code in (wrong, one.code):
        with pytest.raises(TooManyAttempts):
            try_code(db, one.token, code, "203.0.113.9")
    assert state_of(db, world) == ["open"]
    assert try_code(db, one.token, one.code, "198.51.100.7") is not None
    assert lab_log(db, world) == []


def test_from_many_addresses_a_code_is_guessed_at_so_often_and_no_more(world: World, db: Connection) -> None:
    one = invite(db, world)
    heard = 0
    with pytest.raises(TooManyAttempts):
        for number in range(invitations.MOST_WRONG + 1):
            assert try_code(db, one.token, "", f"203.0.113.{number}") is None
            heard += 1
    assert heard == invitations.MOST_WRONG


def test_it_is_used_once(world: World, db: Connection) -> None:
    one = invite(db, world)
    secret = open_it(db, one)
    accept(db, one, secret)
    tries: tuple[Callable[[], object], ...] = (
        lambda: accept(db, one, secret),
        lambda: try_code(db, one.token, one.code),
        lambda: insist_open(db, one.token),
    )
    for again in tries:
        with pytest.raises(NotFound):
            again()


def test_of_two_who_accept_at_once_one_wins(engine: Engine) -> None:
    with transaction(engine) as db:
        world = build_world(db)
        one = invite(db, world)
        secret = open_it(db, one)
    barrier, won, lost = threading.Barrier(2), [], []

    def try_it() -> None:
        barrier.wait()
        try:
            with transaction(engine) as db:
                won.append(accept(db, one, secret))
        except NotFound:
            lost.append(True)

    threads = [threading.Thread(target=try_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 1)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM people WHERE email = 'new@example.org'")).scalar_one() == 1
        assert lab_log(db, world) == []


def test_of_many_wrong_codes_at_once_one_is_heard_where_one_may_be(engine: Engine) -> None:
    with transaction(engine) as db:
        one = invite(db, build_world(db))
        # Missed so often before that the wait after the next miss is longer than all of this takes on a busy machine.
        for _ in range(9):
            assert try_code(db, one.token, "x", "203.0.113.9") is None
            db.execute(text("UPDATE sign_in_attempts SET at = at - interval '1 minute'"))
    heard, refused = [], []

    def guess(number: int) -> None:
        try:
            with transaction(engine) as db:
                heard.append(try_code(db, one.token, f"x{number}", "203.0.113.9"))
        except TooManyAttempts:
            refused.append(number)

    threads = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(heard), len(refused)) == (1, 7)


def test_it_ends_by_time(world: World, db: Connection) -> None:
    one = invite(db, world)
    later(db, 7)
    with pytest.raises(NotFound):
        try_code(db, one.token, one.code)
    assert state_of(db, world) == ["lapsed"]


def test_whoever_has_an_account_accepts_signed_in(world: World, db: Connection) -> None:
    person = registry.register_person(
        db, email="new@example.org", name="Newcomer", password_hash=hash_password(PASSWORD)
    )
    one = invite(db, world, email="NEW@example.org")
    secret = open_it(db, one)
    opened = show_opened(db, one.token, secret)
    assert opened is not None
    assert opened.account == person
    actor = find_actor(db, person)
    assert actor is not None
    accept_signed_in(db, actor, one.token, secret)
    after = find_actor(db, person)
    assert after is not None
    assert after.roles() == {"provider"}
    assert lab_log(db, world) == []


def test_nobody_else_accepts_for_an_account(world: World, db: Connection) -> None:
    registry.register_person(db, email="new@example.org", name="Newcomer")
    one = invite(db, world)
    secret = open_it(db, one)
    with pytest.raises(Refused):
        accept_signed_in(db, world.actor(db, "provider"), one.token, secret)
    with pytest.raises(InvalidForm):
        accept(db, one, secret)


@pytest.mark.parametrize("password", ["passwordpassword", "Haidian Assessment 2026", "new@example.org1"])
def test_a_password_that_is_guessed_first_is_refused(world: World, db: Connection, password: str) -> None:
    one = invite(db, world)
    with pytest.raises(InvalidForm, match="password"):
        accept_as_new(
            db,
            one.token,
            open_it(db, one),
            name="New Colleague",
            name_zh=None,
            password=password,
            language="en",
            about={},
            insist=False,
        )


def test_who_works_elsewhere_needs_an_administrator(world: World, db: Connection) -> None:
    one = invite(db, world, email="officer@example.org")
    secret = open_it(db, one)
    with pytest.raises(Refused, match="only an administrator"):
        accept_signed_in(db, world.actor(db, "officer"), one.token, secret)
    again = invite(db, world, "administrator", email="manager@example.org")
    accept_signed_in(db, world.actor(db, "manager"), again.token, open_it(db, again))
    assert "provider" in world.actor(db, "manager").roles()

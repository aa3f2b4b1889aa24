"""Signing in: up to the second factor where there is one, and out again after too many wrong codes."""

from __future__ import annotations

import pyotp
import pytest
from sqlalchemy import Connection

from casework.errors import NotFound, WrongCode, WrongPassword
from casework.operations.auth import second_factor
from casework.operations.auth.account_log import CODES_MISSED
from casework.operations.auth.passkeys import Proof
from casework.operations.auth.sessions import find_actor_by_session, list_sessions
from casework.operations.auth.sign_in import (
    MOST_MISSES,
    finish_sign_in,
    miss_code,
    prove_again,
    sign_in,
    sign_in_with_passkey,
)
from casework.operations.core.encryption import SecretBox
from casework.records.event_log import now, read_register
from tests.support.world import World

BOX = SecretBox(["k" * 40])
EMAIL = "officer@example.org"


@pytest.fixture
def codes(world: World, db: Connection) -> list[str]:
    """The recovery codes of an officer with an app."""
    officer = world.actor(db, "officer")
    secret = second_factor.begin(db, officer, EMAIL, BOX).secret
    return second_factor.confirm(db, officer, pyotp.TOTP(secret).at(now(db)), BOX)


def test_without_a_second_factor_the_password_is_enough_unless_one_must_have_it(world: World, db: Connection) -> None:
    signed_in = sign_in(db, EMAIL, world.password)
    assert signed_in.awaits is None
    assert find_actor_by_session(db, signed_in.secret) is not None
    assert sign_in(db, EMAIL, world.password, insist=True).awaits == "set_up"
    with pytest.raises(WrongPassword):
        sign_in(db, EMAIL, "wrong horse battery")


def test_a_code_finishes_what_the_password_began(world: World, db: Connection, codes: list[str]) -> None:
    signed_in = sign_in(db, EMAIL, world.password, {"browser": "Firefox"})
    assert signed_in.awaits == "second_factor"
    assert find_actor_by_session(db, signed_in.secret) is None
    with pytest.raises(WrongCode):
        finish_sign_in(db, signed_in.secret, "000000", BOX)
    secret = finish_sign_in(db, signed_in.secret, codes[0], BOX)
    assert secret != signed_in.secret
    assert find_actor_by_session(db, secret) is not None
    assert [one.about["browser"] for one in list_sessions(db, world.actor(db, "officer")).items] == ["Firefox"]
    # What has waited is over, and the code with it.
    with pytest.raises(NotFound):
        finish_sign_in(db, signed_in.secret, codes[1], BOX)
    with pytest.raises(WrongCode):
        finish_sign_in(db, sign_in(db, EMAIL, world.password).secret, codes[0], BOX)


def test_after_too_many_wrong_codes_it_is_over_and_the_owner_is_told(
    world: World, db: Connection, codes: list[str]
) -> None:
    secret = sign_in(db, EMAIL, world.password).secret
    assert [miss_code(db, secret) for _ in range(MOST_MISSES)] == [False] * (MOST_MISSES - 1) + [True]
    assert not miss_code(db, secret)
    with pytest.raises(NotFound):
        finish_sign_in(db, secret, codes[0], BOX)
    told = [event.effects.get("what") for event in read_register(db, world.people["officer"])]
    assert told.count(CODES_MISSED) == 1


def test_a_passkey_counts_for_both_factors_and_ends_what_waited(world: World, db: Connection, codes: list[str]) -> None:
    assert codes
    waiting = sign_in(db, EMAIL, world.password).secret
    secret = sign_in_with_passkey(db, Proof(world.people["officer"], "passkey"), {}, waiting)
    assert find_actor_by_session(db, secret) is not None
    with pytest.raises(NotFound):
        finish_sign_in(db, waiting, codes[0], BOX)


def test_whoever_proves_it_again_has_another_secret_for_the_same_session(world: World, db: Connection) -> None:
    secret = sign_in(db, EMAIL, world.password, {"browser": "Firefox"}).secret
    officer = world.actor(db, "officer")
    [before] = list_sessions(db, officer).items
    renewed = prove_again(db, officer, secret)
    [after] = list_sessions(db, officer).items
    assert (after.created_at, after.expires_at, after.about) == (before.created_at, before.expires_at, before.about)
    assert find_actor_by_session(db, secret) is None
    assert find_actor_by_session(db, renewed) is not None
    for actor, gone in ((officer, secret), (world.actor(db, "supervisor"), renewed)):
        with pytest.raises(NotFound):
            prove_again(db, actor, gone)

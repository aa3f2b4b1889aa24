"""Tokens: made by a person for a time, with scopes that there are, and ended by that person at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.auth.tokens import (
    MOST_DECIDING_DAYS,
    MOST_TOKEN_DAYS,
    TOKEN_PREFIX,
    create_token,
    list_tokens,
    make_token,
    revoke_all,
    revoke_token,
    usable_scopes,
)
from casework.operations.core.idempotency import Done
from casework.operations.verification.service import verify_case
from casework.permissions.actors import Actor
from casework.permissions.token_scopes import TOKEN_SCOPES
from tests.support.world import World, new_request


@pytest.fixture
def officer(world: World, db: Connection) -> Actor:
    """An officer who is signed in."""
    return replace(world.actor(db, "officer"), proved=timedelta(0))


def create(db: Connection, actor: Actor, **other: Any) -> Done:
    given: dict[str, Any] = {"name": "Script", "scopes": ["read"], "days": 30} | other
    return create_token(db, actor, **given, request=new_request())


def test_a_token_acts_for_its_person_within_its_scopes(world: World, db: Connection, officer: Actor) -> None:
    secret = create(db, officer, scopes=["write", "read"]).answer["token"]
    assert secret.startswith(TOKEN_PREFIX)
    actor = find_actor_by_secret(db, secret)
    assert actor is not None
    assert (actor.person, actor.scopes, actor.proved) == (officer.person, frozenset({"read", "write"}), None)
    assert secret not in db.execute(text("SELECT string_agg(to_jsonb(t)::text, '') FROM tokens t")).scalar_one()
    assert verify_case(db, officer.person) == []


def test_the_secret_is_in_the_first_answer_alone(db: Connection, officer: Actor) -> None:
    request = new_request()
    first = create_token(db, officer, name="Script", scopes=["read"], days=1, request=request)
    again = create_token(db, officer, name="Script", scopes=["read"], days=1, request=request)
    assert again.answer == {key: value for key, value in first.answer.items() if key != "token"}
    assert len([one for one in list_tokens(db, officer).items if one.name == "Script"]) == 1


@pytest.mark.parametrize(
    ("name", "cannot"),
    [
        ("officer", {"admin"}),
        ("supervisor", {"admin"}),
        ("administrator", {"import"}),
        ("provider", {"import", "admin"}),
        ("auditor", {"import", "admin"}),
        ("observer", {"import", "admin"}),
    ],
)
def test_nobody_is_offered_a_scope_that_they_cannot_use(
    world: World, db: Connection, name: str, cannot: set[str]
) -> None:
    actor = replace(world.actor(db, name), proved=timedelta(0))
    assert set(usable_scopes(actor)) == set(TOKEN_SCOPES) - cannot
    for scope in sorted(cannot):
        with pytest.raises(InvalidForm) as refused:
            create(db, actor, scopes=["read", scope])
        assert set(refused.value.fields) == {"scopes"}


def test_a_token_makes_no_other(db: Connection, officer: Actor) -> None:
    with pytest.raises(NotAllowed):
        create(db, replace(officer, proved=None))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\nb"}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["read", "everything"]}, "scopes"),
        ({"days": 0}, "days"),
        ({"days": MOST_TOKEN_DAYS + 1}, "days"),
        ({"scopes": ["decide"], "days": MOST_DECIDING_DAYS + 1}, "days"),
    ],
)
def test_a_faulty_one_is_not_made(db: Connection, officer: Actor, given: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        create(db, officer, **given)
    assert set(refused.value.fields) == {field}
    create(db, officer, days=MOST_TOKEN_DAYS)
    create(db, officer, scopes=["decide"], days=MOST_DECIDING_DAYS)


def test_it_ends_by_time(world: World, db: Connection, officer: Actor) -> None:
    _, secret = make_token(db, officer.person, name="Short", scopes=["read"], lasts=timedelta(days=1))
    assert find_actor_by_secret(db, secret) is not None
    db.execute(text("UPDATE tokens SET expires_at = casework_now() WHERE name = 'Short'"))
    assert find_actor_by_secret(db, secret) is None
    assert [one.live for one in list_tokens(db, officer).items if one.name == "Short"] == [False]


def test_one_ends_ones_own_alone_and_at_once(world: World, db: Connection, officer: Actor) -> None:
    done = create(db, officer)
    with pytest.raises(NotFound):
        revoke_token(db, world.actor(db, "supervisor"), done.answer["id"], new_request())
    revoke_token(db, officer, done.answer["id"], new_request())
    assert find_actor_by_secret(db, done.answer["token"]) is None
    assert verify_case(db, officer.person) == []


def test_all_of_them_end_together_when_one_is_sure(world: World, db: Connection, officer: Actor) -> None:
    secrets = [create(db, officer).answer["token"] for _ in range(2)]
    with pytest.raises(InvalidForm):
        revoke_all(db, officer, new_request(), sure=False)
    # Two, and the one that everybody has here.
    assert revoke_all(db, officer, new_request()).answer == {"ended": 3}
    assert [find_actor_by_secret(db, secret) for secret in secrets] == [None, None]
    assert find_actor_by_secret(db, world.tokens["supervisor"]) is not None

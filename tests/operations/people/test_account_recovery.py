"""Whoever has lost the means to sign in: two persons agree, and each tells one half of a code that works once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongCode
from casework.operations.auth.sessions import begin_session, find_actor_by_session
from casework.operations.core.encryption import SecretBox
from casework.operations.people.account_recovery import (
    ask_recovery,
    decide_recovery,
    find_recovery,
    list_recoveries,
    new_half,
    plain,
    use_recovery,
)
from casework.operations.verification.service import verify_case
from tests.support.world import World, new_request

BOX = SecretBox(["k" * 40])
EMAIL = "officer@example.org"


def ask(db: Connection, world: World, by: str = "administrator", **other: Any) -> tuple[str, str]:
    """The recovery, and the first half of its code."""
    given: dict[str, Any] = {"person": world.people["officer"], "means": ["password"], "reason": "She called."} | other
    answer = ask_recovery(db, world.actor(db, by), **given, request=new_request()).answer
    return str(answer["id"]), str(answer["half"])


def agree(db: Connection, world: World, recovery: str, by: str = "supervisor") -> str:
    return str(decide_recovery(db, world.actor(db, by), recovery, agree=True, request=new_request()).answer["half"])


def test_both_halves_together_open_the_account_once(world: World, db: Connection) -> None:
    session = begin_session(db, world.people["officer"], {})
    recovery, first = ask(db, world)
    with pytest.raises(WrongCode):
        use_recovery(db, BOX, EMAIL, first, first)
    second = agree(db, world, recovery)
    for halves in ((first, first), (second, second), (first, ""), ("", second)):
        with pytest.raises(WrongCode):
            use_recovery(db, BOX, EMAIL, *halves)
    assert find_actor_by_session(db, session) is not None
    link = use_recovery(db, BOX, " OFFICER@example.org", first.upper().replace("-", " "), second)
    assert link is not None
    assert "/password#" in link
    assert find_actor_by_session(db, session) is None
    with pytest.raises(WrongCode):
        use_recovery(db, BOX, EMAIL, first, second)
    assert verify_case(db, world.people["officer"]) == []


def test_nobody_does_it_alone(world: World, db: Connection) -> None:
    recovery, _ = ask(db, world)
    with pytest.raises(Refused):
        agree(db, world, recovery, "administrator")
    with pytest.raises(NotFound):
        agree(db, world, recovery, "provider")
    with pytest.raises(NotAllowed):
        ask(db, world, "supervisor")
    with pytest.raises(NotAllowed):
        ask(db, world, person=world.people["administrator"])


@pytest.mark.parametrize(
    ("given", "field"), [({"means": []}, "means"), ({"means": ["name"]}, "means"), ({"reason": " no "}, "reason")]
)
def test_it_is_said_what_was_lost_and_how_one_knows(
    world: World, db: Connection, given: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        ask(db, world, **given)
    assert set(refused.value.fields) == {field}


def test_what_was_not_agreed_to_or_asked_for_anew_opens_nothing(world: World, db: Connection) -> None:
    old, first = ask(db, world)
    second = agree(db, world, old)
    ask(db, world)
    with pytest.raises(WrongCode):
        use_recovery(db, BOX, EMAIL, first, second)
    refused, _ = ask(db, world)
    decide_recovery(
        db, world.actor(db, "supervisor"), refused, agree=False, reason="Nobody called.", request=new_request()
    )
    with pytest.raises(Refused):
        agree(db, world, refused, "second_supervisor")
    with pytest.raises(NotFound):
        list_recoveries(db, world.actor(db, "provider"))


@pytest.mark.parametrize("reason", ["", "  ", " no ", "x" * 1001])
def test_who_does_not_agree_says_why(world: World, db: Connection, reason: str) -> None:
    recovery, _ = ask(db, world)
    supervisor = world.actor(db, "supervisor")
    with pytest.raises(InvalidForm) as refused:
        decide_recovery(db, supervisor, recovery, agree=False, reason=reason, request=new_request())
    assert set(refused.value.fields) == {"reason"}
    assert find_recovery(db, supervisor, recovery).state == "asked"
    decide_recovery(db, supervisor, recovery, agree=False, reason=" It was not she. ", request=new_request())
    told = find_recovery(db, world.actor(db, "second_supervisor"), recovery)
    assert (told.state, told.decision_reason) == ("refused", "It was not she.")
    assert verify_case(db, world.people["officer"]) == []
    with pytest.raises(NotFound):
        find_recovery(db, world.actor(db, "foreign_officer"), recovery)


def test_a_half_is_compared_however_it_was_typed_and_none_is_empty() -> None:
    half = new_half()
    assert plain(half) == plain(f" {half.upper()} ") == plain(half.replace("-", ""))
    assert len(plain(half)) == 8
    assert plain("") != ""
    assert len({new_half() for _ in range(50)}) == 50

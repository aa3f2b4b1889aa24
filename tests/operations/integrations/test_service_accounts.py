"""Service accounts: a provider's own system, with few rights, an end, and a place of its own in the history."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotFound, Refused, TooManyRequests, WrongPassword
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.auth.sign_in import sign_in
from casework.operations.core.perform import home_of
from casework.operations.integrations import service_accounts
from casework.operations.integrations.service_account_scopes import SCOPES
from casework.operations.integrations.service_accounts import MOST_A_MINUTE, count_request
from casework.operations.people.lists import list_members
from casework.operations.verification.service import verify_case
from casework.records.actors import find_members
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


def make(db: Connection, world: World, **more: Any) -> tuple[str, str]:
    """(The account, its token)."""
    given: dict[str, Any] = {
        "organisation": world.organisations["lab"],
        "name": "LIMS",
        "scopes": list(SCOPES),
        "days": 90,
    } | more
    done = service_accounts.create_service_account(db, world.actor(db, "provider_lead"), **given, request=new_request())
    return done.answer["id"], done.answer["token"]


def log_of(db: Connection, world: World) -> list[Any]:
    return verify_case(db, world.organisations["lab"])


def test_it_is_an_actor_of_its_own_with_the_role_of_a_member_alone(world: World, db: Connection) -> None:
    id, token = make(db, world, scopes=["referrals.read"])
    actor = find_actor_by_secret(db, token)
    assert actor is not None
    assert (actor.person, actor.service, actor.scopes) == (id, True, frozenset({"referrals.read"}))
    assert [(one.role, one.organisation) for one in actor.memberships] == [("provider", world.organisations["lab"])]
    assert actor.name == "LIMS (system of Haidian Assessment Lab)"
    assert log_of(db, world) == []


def test_its_token_is_kept_as_a_hash_alone(world: World, db: Connection) -> None:
    _, token = make(db, world)
    kept = db.execute(text("SELECT string_agg(to_jsonb(t)::text, '') FROM tokens t")).scalar_one()
    answers = db.execute(text("SELECT coalesce(string_agg(answer::text, ''), '') FROM requests")).scalar_one()
    assert token not in kept + answers


def test_it_signs_in_to_no_page(world: World, db: Connection) -> None:
    id, token = make(db, world)
    address = db.execute(text("SELECT email FROM people WHERE id = CAST(:id AS uuid)"), {"id": id}).scalar_one()
    for password in (world.password, token, " "):
        with pytest.raises(WrongPassword):
            sign_in(db, address, password)
    with pytest.raises(InvalidForm):
        sign_in(db, address, "")


def test_it_is_no_member_and_nobody_chooses_it(world: World, db: Connection) -> None:
    id, _ = make(db, world)
    lead = world.actor(db, "provider_lead")
    assert id not in {one["id"] for organisation in list_members(db, lead) for one in organisation.members}
    assert id not in {one.person for one in find_members(db, organisations=[world.organisations["lab"]])}


def test_it_ends_at_once(world: World, db: Connection) -> None:
    id, token = make(db, world)
    service_accounts.end_service_account(db, world.actor(db, "provider_lead"), id, new_request())
    assert find_actor_by_secret(db, token) is None
    assert [one.live for one in service_accounts.list_service_accounts(db, world.actor(db, "provider_lead")).items] == [
        False
    ]
    assert log_of(db, world) == []


def test_it_ends_by_time(world: World, db: Connection) -> None:
    _, token = make(db, world, days=1)
    db.execute(text("UPDATE tokens SET expires_at = casework_now() WHERE name = 'service account'"))
    assert find_actor_by_secret(db, token) is None


def test_a_new_token_and_the_one_before_hold_together_for_a_day(world: World, db: Connection) -> None:
    id, first = make(db, world)
    lead = world.actor(db, "provider_lead")
    second = service_accounts.rotate_service_token(db, lead, id, new_request()).answer["token"]
    assert find_actor_by_secret(db, first) is not None
    assert find_actor_by_secret(db, second) is not None
    db.execute(text("UPDATE tokens SET expires_at = expires_at - CAST(:day AS interval)"), {"day": timedelta(days=1)})
    assert find_actor_by_secret(db, first) is None
    assert find_actor_by_secret(db, second) is not None
    assert log_of(db, world) == []


def test_of_three_tokens_the_first_has_ended(world: World, db: Connection) -> None:
    id, first = make(db, world)
    lead = world.actor(db, "provider_lead")
    second, third = (
        service_accounts.rotate_service_token(db, lead, id, new_request()).answer["token"] for _ in range(2)
    )
    assert [find_actor_by_secret(db, one) is not None for one in (first, second, third)] == [False, True, True]


def test_what_has_ended_gets_no_new_token(world: World, db: Connection) -> None:
    id, _ = make(db, world)
    lead = world.actor(db, "provider_lead")
    service_accounts.end_service_account(db, lead, id, new_request())
    with pytest.raises(Refused):
        service_accounts.rotate_service_token(db, lead, id, new_request())


def test_another_organisation_is_not_the_leads(world: World, db: Connection) -> None:
    id, _ = make(db, world)
    with pytest.raises(NotFound):
        make(db, world, organisation=world.organisations["bank"])
    for action in (service_accounts.rotate_service_token, service_accounts.end_service_account):
        with pytest.raises(NotFound):
            action(db, world.actor(db, "administrator"), id, new_request())


@pytest.mark.parametrize(
    "more", [{"name": " "}, {"name": "x" * 61}, {"scopes": []}, {"scopes": ["admin"]}, {"days": 0}, {"days": 366}]
)
def test_a_faulty_account_is_refused(world: World, db: Connection, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidForm):
        make(db, world, **more)


def test_it_asks_so_often_within_a_minute(world: World, db: Connection) -> None:
    id, token = make(db, world)
    count_request(db, token)
    db.execute(text("UPDATE service_accounts SET asked = :most"), {"most": MOST_A_MINUTE})
    with pytest.raises(TooManyRequests):
        for _ in range(2):
            count_request(db, token)
    db.execute(text("UPDATE service_accounts SET minute = minute - interval '1 minute'"))
    count_request(db, token)
    assert id


def test_the_log_tells_scopes_that_were_widened_in_the_table(world: World, db: Connection) -> None:
    make(db, world, scopes=["referrals.read"])
    db.execute(text("UPDATE service_accounts SET scopes = ARRAY['referrals.read', 'referrals.deliver']"))
    assert [(found.table, found.column) for found in log_of(db, world)] == [("service_accounts", "scopes")]


@pytest.mark.parametrize(
    ("transition", "data", "words"),
    [
        ("ask_info", {"items": "Where is it?"}, "did not have the scope referrals.ask"),
        ("declare_conflict", {"nature": "competitor", "note": "Ours."}, "is for people alone"),
    ],
)
def test_verification_tells_what_went_beyond_the_scopes(
    world: World, db: Connection, transition: str, data: dict[str, Any], words: str
) -> None:
    number, referral = to_referral(world, db)
    world.people["system"] = make(db, world, scopes=["referrals.read"])[0]
    # As if it had come in by another way than the API, which asks for the scope.
    world.fire(db, "system", number, transition, data, track=referral)
    assert any(words in found.sentence for found in verify_case(db, home_of(db, number)))


def test_verification_accepts_what_lay_within_them(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    world.people["system"] = make(db, world, scopes=["referrals.ask"])[0]
    world.fire(db, "system", number, "ask_info", {"items": "Where is it?"}, track=referral)
    assert verify_case(db, home_of(db, number)) == []

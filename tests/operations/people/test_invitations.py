"""Invitations: link and code together open one, for one person, once; every other way leads nowhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, TooManyAttempts
from casework.operations.auth.passwords import hash_password
from casework.operations.auth.sessions import find_actor_by_session
from casework.operations.core.encryption import SecretBox
from casework.operations.people import invitations, registry
from casework.operations.people.invitation_acceptance import (
    accept_as_new,
    accept_signed_in,
    insist_open,
    show_opened,
    try_code,
)
from casework.operations.people.invitation_mail import token_hash
from casework.operations.people.invitations import Scope
from casework.operations.people.role_requests import decide_role, list_requests
from casework.operations.people.service import deactivate_person, end_membership
from casework.operations.verification.service import verify_case
from casework.records.actors import find_actor
from casework.records.database import transaction
from tests.support.world import World, build_world, new_request

SECRET_BOX = SecretBox(["k" * 40])
PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Sent:
    """An invitation as both sides know it together."""

    id: str
    code: str
    token: str


def sent(id: str, code: str, issue: int = 1) -> Sent:
    return Sent(id, code, SECRET_BOX.secrets_of(f"invitation {id} {issue}")[0])


def invite(db: Connection, world: World, by: str = "provider_lead", **more: Any) -> Sent:
    given: dict[str, Any] = {
        "scope": Scope(organisation=world.organisations["lab"]),
        "email": "new@example.org",
        "name": "New Colleague",
        "roles": ["provider"],
    } | more
    done = invitations.invite(db, world.actor(db, by), SECRET_BOX, **given, request=new_request())
    return sent(done.answer["id"], done.answer["code"])


def open_it(db: Connection, one: Sent) -> str:
    secret = try_code(db, one.token, one.code)
    assert secret is not None
    return secret


def accept(db: Connection, one: Sent, secret: str | None = None) -> str:
    """Accept as somebody new; gives the secret of the session."""
    secret = secret or open_it(db, one)
    return accept_as_new(
        db,
        one.token,
        secret,
        name="New Colleague",
        name_zh=None,
        password=PASSWORD,
        language="zh-Hans",
        about={},
        insist=False,
    ).secret


def state_of(db: Connection, world: World, by: str = "provider_lead") -> list[str]:
    return [one.state for one in invitations.list_invitations(db, world.actor(db, by)).items]


def lab_log(db: Connection, world: World) -> list[Any]:
    return verify_case(db, world.organisations["lab"])


def later(db: Connection, days: int) -> None:
    """As if the invitation had been made so much earlier; what its log tells then differs."""
    db.execute(text("UPDATE invitations SET expires_at = expires_at - make_interval(days => :days)"), {"days": days})


def test_link_and_code_make_an_account_with_the_role_and_a_session(world: World, db: Connection) -> None:
    secret = accept(db, invite(db, world, roles=["provider", "verifier"]))
    actor = find_actor_by_session(db, secret)
    assert actor is not None
    assert (actor.name, actor.language, actor.roles()) == ("New Colleague", "zh-Hans", {"provider", "verifier"})
    assert {one.organisation for one in actor.memberships} == {world.organisations["lab"]}
    assert state_of(db, world) == ["accepted"]
    assert lab_log(db, world) == []


def test_neither_link_nor_code_is_kept(world: World, db: Connection) -> None:
    one = invite(db, world)
    kept = db.execute(
        text("SELECT to_jsonb(i)::text || (SELECT string_agg(to_jsonb(m)::text, '') FROM mails m) FROM invitations i")
    ).scalar_one()
    assert one.token not in kept
    assert one.code not in kept


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


def test_sent_again_only_the_new_link_and_the_new_code_count(world: World, db: Connection) -> None:
    one = invite(db, world)
    secret = open_it(db, one)
    done = invitations.invite_again(db, world.actor(db, "provider_lead"), SECRET_BOX, one.id, new_request())
    two = sent(one.id, done.answer["code"], 2)
    for old in (lambda: insist_open(db, one.token), lambda: accept(db, one, secret)):
        with pytest.raises(NotFound):
            old()
    assert try_code(db, two.token, one.code) is None
    accept(db, two)
    assert lab_log(db, world) == []


def test_what_was_withdrawn_opens_nothing(world: World, db: Connection) -> None:
    one = invite(db, world)
    secret = open_it(db, one)
    invitations.revoke_invitation(db, world.actor(db, "provider_lead"), one.id, new_request())
    with pytest.raises(NotFound):
        accept(db, one, secret)
    assert state_of(db, world) == ["revoked"]
    assert lab_log(db, world) == []


def test_what_was_accepted_is_not_withdrawn(world: World, db: Connection) -> None:
    one = invite(db, world)
    accept(db, one)
    with pytest.raises(Refused):
        invitations.revoke_invitation(db, world.actor(db, "provider_lead"), one.id, new_request())


@pytest.mark.parametrize("gone", ["role", "account"])
def test_whom_a_lead_invited_stays_out_when_the_lead_has_gone(world: World, db: Connection, gone: str) -> None:
    one = invite(db, world)
    secret, administrator = open_it(db, one), world.actor(db, "administrator")
    if gone == "role":
        membership = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["provider_lead"]},
        ).scalar_one()
        end_membership(db, administrator, membership, new_request())
    else:
        deactivate_person(db, administrator, world.people["provider_lead"], new_request())
    with pytest.raises(NotFound):
        accept(db, one, secret)


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


def test_who_invites_learns_nothing_of_accounts(world: World, db: Connection) -> None:
    actor = world.actor(db, "provider_lead")
    answers = [
        invitations.invite(
            db,
            actor,
            SECRET_BOX,
            scope=Scope(organisation=world.organisations["lab"]),
            email=email,
            name="Somebody",
            roles=["provider"],
            request=new_request(),
        )
        for email in ("nobody@example.org", "officer@example.org", "foreign_provider@example.org")
    ]
    assert [(one.status, sorted(one.answer)) for one in answers] == [(201, ["code", "id", "state"])] * 3
    listed = invitations.list_invitations(db, actor).items
    assert {(one.state, one.person, one.name) for one in listed} == {("open", None, "Somebody")}


def test_who_works_elsewhere_needs_an_administrator(world: World, db: Connection) -> None:
    one = invite(db, world, email="officer@example.org")
    secret = open_it(db, one)
    with pytest.raises(Refused, match="only an administrator"):
        accept_signed_in(db, world.actor(db, "officer"), one.token, secret)
    again = invite(db, world, "administrator", email="manager@example.org")
    accept_signed_in(db, world.actor(db, "manager"), again.token, open_it(db, again))
    assert "provider" in world.actor(db, "manager").roles()


def test_an_administrator_invites_to_the_own_programme(world: World, db: Connection) -> None:
    """Who accepts has the roles as soon as a second person has agreed to each."""
    one = invite(
        db, world, "administrator", scope=Scope(programme=world.programmes["BJ"]), roles=["officer", "manager"]
    )
    session = accept(db, one)
    supervisor = world.actor(db, "supervisor")
    asked = [one for one in list_requests(db, supervisor).items if one.state == "asked"]
    assert {one.role for one in asked} == {"officer", "manager"}
    for number, wanted in enumerate(asked):
        actor = find_actor_by_session(db, session)
        assert actor is not None
        assert len(actor.roles(world.programmes["BJ"])) == number
        decide_role(db, supervisor, wanted.id, agree=True, note="", request=new_request())
    actor = find_actor_by_session(db, session)
    assert actor is not None
    assert actor.roles(world.programmes["BJ"]) == {"officer", "manager"}
    assert verify_case(db, world.programmes["BJ"]) == []


@pytest.mark.parametrize(
    ("by", "programme", "organisation", "refusal"),
    [
        ("officer", None, "lab", NotAllowed),
        ("provider", None, "lab", NotAllowed),
        ("provider_lead", None, "bank", NotFound),
        ("provider_lead", "BJ", None, NotFound),
        ("administrator", "SH", None, NotFound),
    ],
)
def test_nobody_invites_beyond_the_own(
    world: World, db: Connection, by: str, programme: str | None, organisation: str | None, refusal: type[Exception]
) -> None:
    scope = Scope(
        world.programmes[programme] if programme else None, world.organisations[organisation] if organisation else None
    )
    with pytest.raises(refusal):
        invite(db, world, by, scope=scope, roles=["officer"] if programme else ["provider"])


@pytest.mark.parametrize(
    "more",
    [
        {"email": "nobody"},
        {"email": "provider_lead@example.org"},
        {"email": "provider@example.org"},
        {"name": " "},
        {"roles": []},
        {"roles": ["officer"]},
        {"roles": ["system"]},
        {"language": "xx"},
        {"days": 0},
        {"days": 31},
    ],
)
def test_a_faulty_invitation_is_refused(world: World, db: Connection, more: dict[str, Any]) -> None:
    with pytest.raises(InvalidForm):
        invite(db, world, **more)


def test_nobody_is_invited_twice_at_once(world: World, db: Connection) -> None:
    invite(db, world)
    with pytest.raises(InvalidForm, match="open invitation"):
        invite(db, world, email="New@example.org")


def test_the_log_tells_a_role_that_nobody_accepted(world: World, db: Connection) -> None:
    one = invite(db, world)
    registry.grant_role(
        db,
        world.people["observer"],
        "provider",
        organisation=world.organisations["lab"],
        invitation=one.id,
        by=world.people["observer"],
    )
    assert [found.kind for found in lab_log(db, world)] == ["allowed"]


def test_the_log_tells_an_end_that_was_put_off_in_the_table(world: World, db: Connection) -> None:
    invite(db, world)
    later(db, -7)
    assert [(found.table, found.column) for found in lab_log(db, world)] == [("invitations", "expires_at")]


def test_a_link_is_known_by_its_hash_alone(world: World, db: Connection) -> None:
    one = invite(db, world)
    assert bytes(db.execute(text("SELECT token FROM invitations")).scalar_one()) == token_hash(one.token)


def test_the_log_tells_who_invited_without_a_right(world: World, db: Connection) -> None:
    invitations.record_invitation(
        db,
        world.people["provider"],
        SECRET_BOX,
        scope=Scope(organisation=world.organisations["lab"]),
        email="new@example.org",
        name="New",
        roles=["provider"],
        language="en",
        days=7,
    )
    assert [found.sentence for found in lab_log(db, world) if "could not do it then" in found.sentence]


def test_whose_address_was_erased_joins_no_more(world: World, db: Connection) -> None:
    one = invite(db, world)
    secret = open_it(db, one)
    db.execute(text("UPDATE invitations SET email = NULL, name = NULL"))
    with pytest.raises(NotFound):
        accept(db, one, secret)
    assert state_of(db, world) == ["lapsed"]

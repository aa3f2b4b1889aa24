"""Invitations: who may invite whom, sent again, withdrawn, and never kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.auth.sessions import find_actor_by_session
from casework.operations.core.encryption import SecretBox
from casework.operations.people import invitations, registry
from casework.operations.people.invitation_acceptance import (
    accept_as_new,
    insist_open,
    try_code,
)
from casework.operations.people.invitation_mail import token_hash
from casework.operations.people.invitations import Scope
from casework.operations.people.role_requests import decide_role, list_requests
from casework.operations.people.service import deactivate_person, end_membership
from casework.operations.verification.service import verify_case
from tests.support.world import World, new_request

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


def test_neither_link_nor_code_is_kept(world: World, db: Connection) -> None:
    one = invite(db, world)
    kept = db.execute(
        text("SELECT to_jsonb(i)::text || (SELECT string_agg(to_jsonb(m)::text, '') FROM mails m) FROM invitations i")
    ).scalar_one()
    assert one.token not in kept
    assert one.code not in kept


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

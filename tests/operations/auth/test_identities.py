"""Who people are for the provider of sign-in: one link each way, ways that are used once, and what the history tells of it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import Refused
from casework.operations.auth import identities
from casework.operations.auth.openid import Claims, Trip
from casework.operations.auth.sessions import find_actor_by_session
from casework.operations.core.encryption import SecretBox
from casework.records.actors import find_actor
from tests.support.world import World

BOX = SecretBox(["k" * 43])


def of(subject: str, issuer: str = "https://id.example.org") -> Claims:
    return Claims(issuer=issuer, subject=subject, email=None, sid="s", auth_time=None, methods=frozenset())


def test_nobody_has_two_links_and_nobody_shares_one(db: Connection, world: World) -> None:
    identities.link(db, world.people["officer"], of("one"))
    for person, subject in (("officer", "two"), ("supervisor", "one")):
        with pytest.raises(Refused):
            identities.link(db, world.people[person], of(subject))
    identities.link(db, world.people["supervisor"], of("one", "https://other.example.org"))


def test_a_way_there_is_used_once_and_in_time(db: Connection) -> None:
    trip = identities.begin_trip(db, BOX, "sign_in", target="/x", carried=[("name", "words")])
    kept = db.execute(text("SELECT sealed FROM provider_flows")).scalar_one()
    assert b"words" not in bytes(kept)
    assert (back := identities.end_trip(db, BOX, trip)).carried == (("name", "words"),)
    assert (back.purpose, back.target, back.person) == ("sign_in", "/x", None)
    late = identities.begin_trip(db, BOX, "sign_in")
    db.execute(text("UPDATE provider_flows SET expires_at = casework_now()"))
    for gone in (trip, late, Trip("nobody's")):
        with pytest.raises(Refused):
            identities.end_trip(db, BOX, gone)


def test_what_is_linked_stands_in_the_history_and_goes_with_its_sessions_tied_no_more(
    db: Connection, world: World
) -> None:
    person = world.people["officer"]
    identities.link(db, person, of("one"))
    opened = identities.sign_in_by_provider(db, of("one"), {}, insist=False, strong=False)
    assert identities.is_from_provider(db, opened.secret)
    actor = find_actor(db, person)
    assert actor is not None
    identities.unlink(db, actor, "https://id.example.org")
    assert find_actor_by_session(db, opened.secret) is not None
    told = db.execute(
        text("SELECT effects->>'what' FROM events WHERE log_id = CAST(:id AS uuid) AND kind = 'account' ORDER BY seq"),
        {"id": person},
    )
    assert told.scalars().all()[-2:] == ["identity_linked", "identity_removed"]
    with pytest.raises(Refused):
        identities.sign_in_by_provider(db, of("one"), {}, insist=False, strong=False)

"""Messages over the API: what one answers, and which documents stand beside it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from casework.operations.documents.storage import DocumentStore
from tests.support.api_client import Client
from tests.support.way_to_referral import to_accepted
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def test_a_reply_names_what_it_answers_and_the_documents_that_both_sides_see(
    client_for: Clients, world: World, committed: Committed, document_store: DocumentStore
) -> None:
    number, referral = committed(lambda db: to_accepted(world, db))
    officer, provider = client_for("officer"), client_for("provider")
    path = f"/referrals/{referral}/messages"
    asked = officer.post(path, {"audience": "shared", "words": "Where is it?"}).json
    paper = world.hand_in(document_store, number, "provider", referral=referral)
    answer = provider.post(
        path, {"audience": "shared", "words": "Here.", "reply_to": asked["id"], "documents": [paper]}
    )
    assert answer.status_code == 201
    for client, author in (
        (officer, {"id": world.people["officer"], "name": "Officer"}),
        (provider, {"id": None, "name": "officer"}),
    ):
        reply, first = client.get(path).json["items"]
        assert reply["reply_to"] == {"id": asked["id"], "at": first["at"], "author": author}
        assert reply["documents"] == [{"id": paper, "title": "Test report"}]
        assert reply["mentions"] == []
        assert (first["reply_to"], first["documents"]) == (None, [])
    (mention,) = officer.get("/mentions").json["items"]
    assert mention["message"] == reply["id"]


def test_what_does_not_stand_there_is_refused_as_what_stands_nowhere(
    client_for: Clients, world: World, committed: Committed, document_store: DocumentStore
) -> None:
    number, referral = committed(lambda db: to_accepted(world, db))
    officer, provider = client_for("officer"), client_for("provider")
    note = officer.post(f"/cases/{number}/messages", {"audience": "internal", "words": "They are slow."}).json["id"]
    paper = world.hand_in(document_store, number)
    nowhere = "00000000-0000-4000-8000-000000000000"
    for field, hidden, absent in (("reply_to", note, nowhere), ("documents", [paper], [nowhere])):
        told = [
            provider.post(f"/referrals/{referral}/messages", {"audience": "shared", "words": "So?", field: value})
            for value in (hidden, absent)
        ]
        assert [one.status_code for one in told] == [422, 422]
        first, second = ({**one.json, "request_id": None} for one in told)
        assert first == second
    assert provider.get(f"/referrals/{referral}/messages").json["items"] == []

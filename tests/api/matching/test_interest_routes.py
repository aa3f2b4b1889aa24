"""Questions to both sides over the API: asked from the shortlist of a need, answered by the link alone, and taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from tests.operations.matching.test_interest import ADDRESS, shortlisted
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]
_NEED = text("SELECT need_id::text FROM matches WHERE id = CAST(:id AS uuid)")


def test_a_side_is_asked_listed_and_the_question_taken_back(
    client_for: Clients, world: World, committed: Committed
) -> None:
    match = committed(lambda db: shortlisted(db, world))
    need = committed(lambda db: db.execute(_NEED, {"id": match}).scalar_one())
    officer, path = client_for("officer"), f"/needs/{need}/interest-requests"
    asked = {"side": "need_owner", "matches": [match], "address": ADDRESS, "language": "en"}
    assert officer.post(path, asked | {"days": 0}).status_code == 422
    assert officer.post(f"/needs/{world.needs[1]}/interest-requests", asked).status_code == 404
    made = officer.post(path, asked)
    assert (made.status_code, set(made.json)) == (201, {"id"})
    assert officer.post(path, asked).status_code == 409
    (listed,) = client_for("auditor").get(path).json["items"]
    assert (listed["state"], listed["matches"], listed["answers"]) == ("open", [match], [])
    back = officer.post(f"/interest-requests/{made.json['id']}/withdraw", {})
    assert (back.status_code, back.json["state"]) == (200, "withdrawn")

"""Needs that enterprises state over the API: listed, read with their files, asked back, accepted and refused by officers alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask
from sqlalchemy import Connection

from casework.operations.catalogue.need_links import send_statement
from casework.operations.documents.storage import DocumentStore
from tests.operations.catalogue.test_need_files import with_file
from tests.operations.catalogue.test_need_renewals import answer, asked, on_record
from tests.operations.catalogue.test_need_statements import SAID, sent
from tests.support.api_client import Client
from tests.support.file_makers import PDF
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def test_a_statement_is_read_asked_back_and_accepted(client_for: Clients, world: World, committed: Committed) -> None:
    id, _, _ = committed(lambda db: sent(db, world))
    officer, at = client_for("officer"), f"/need-statements/{id}"
    (listed,) = officer.get("/need-statements").json["items"]
    assert listed == officer.get(at).json
    assert (listed["state"], listed["by"], listed["fields"]["title"]) == ("submitted", "周敏", "利用余热供热")
    assert client_for("manager").get(at).status_code == 404
    assert client_for("auditor").post(f"{at}/accept", {}).status_code == 403
    assert officer.post(f"{at}/ask", {"question": " "}).status_code == 422
    asked = officer.post(f"{at}/ask", {"question": "So?"})
    assert (asked.status_code, asked.json["state"], officer.get(at).json["question"]) == (200, "asked", "So?")
    done = officer.post(f"{at}/accept", {})
    assert (done.status_code, done.json["state"]) == (200, "accepted")
    assert officer.get(f"/needs/{done.json['need']}").json["source"] == "enterprise"
    assert officer.post(f"{at}/refuse", {"reason": "So."}).status_code == 409


def test_one_is_refused_with_a_reason(client_for: Clients, world: World, committed: Committed) -> None:
    id, _, _ = committed(lambda db: sent(db, world))
    officer, at = client_for("officer"), f"/need-statements/{id}"
    assert officer.post(f"{at}/refuse", {"reason": "Not ours."}).json["state"] == "refused"
    assert officer.get(at).json["reason"] == "Not ours."


def test_nothing_is_decided_but_what_was_read_and_the_list_goes_on(
    client_for: Clients, world: World, committed: Committed
) -> None:
    id, token, opened = committed(lambda db: sent(db, world))
    officer, at = client_for("officer"), f"/need-statements/{id}"
    seen = officer.get(at).json["sent_at"]
    assert officer.post(f"{at}/ask", {"question": "So?", "seen": seen}).status_code == 200
    committed(lambda db: send_statement(db, token, opened, SAID))
    acts: dict[str, dict[str, str]] = {"accept": {}, "ask": {"question": "So?"}, "refuse": {"reason": "So."}}
    for do, words in acts.items():
        assert officer.post(f"{at}/{do}", words | {"seen": seen}).status_code == 412
    other, _, _ = committed(lambda db: sent(db, world))
    first = officer.get("/need-statements?limit=1").json
    rest = officer.get(f"/need-statements?limit=1&cursor={first['next']}").json
    assert [one["id"] for one in first["items"] + rest["items"]] == [other, id]
    assert rest["next"] is None
    assert officer.post(f"{at}/accept", {"seen": officer.get(at).json["sent_at"]}).status_code == 200


def test_its_files_are_listed_and_taken_out(app: Flask, client_for: Clients, world: World) -> None:
    kept = app.extensions
    store = DocumentStore(kept["casework"], kept["casework.store"], kept["casework.secret_box"])
    id, _, _, file = with_file(store, world)
    officer = client_for("officer")
    (one,) = officer.get(f"/need-statements/{id}").json["files"]
    assert (one["id"], one["name"], one["size"], one["type"]) == (file, "plan.pdf", len(PDF), "pdf")
    assert officer.get(f"/need-statements/{id}/files/{file}").text == PDF.decode("utf-8", "replace")
    assert client_for("manager").get(f"/need-statements/{id}/files/{file}").status_code == 404


def test_whether_a_need_still_holds_is_asked_taken_back_and_what_is_said_otherwise_accepted(
    client_for: Clients, world: World, committed: Committed
) -> None:
    need = committed(lambda db: on_record(db, world))
    officer, at = client_for("officer"), f"/needs/{need}/renewals"
    asking = {"address": "zhou@campus.example", "language": "zh-Hans"}
    assert officer.get(at).json["items"] == []
    assert officer.post(at, asking | {"address": "nobody"}).status_code == 422
    first = officer.post(at, asking)
    assert (first.status_code, list(first.json)) == (201, ["id"])
    assert officer.post(at, asking).status_code == 409
    assert client_for("auditor").post(at, asking).status_code == 403
    assert client_for("foreign_officer").get(at).status_code == 404
    back = f"/need-statements/{first.json['id']}/take-back"
    assert client_for("auditor").post(back, {}).status_code == 403
    assert officer.post(back, {}).json == {"id": first.json["id"], "state": "revoked"}
    assert officer.post(back, {}).status_code == 409

    def say(db: Connection) -> str:
        id, token, opened = asked(db, world, need)
        answer(db, token, opened, title="利用余热制冷", tried=None)
        return id

    id = committed(say)
    one = officer.get(at).json["items"][0]
    assert (one["id"], one["state"], one["renews"], one["fields"]) == (
        id,
        "submitted",
        need,
        {"title": "利用余热制冷", "tried": None},
    )
    accept = f"/need-statements/{id}/accept"
    assert officer.post(accept, {"revision": 1}).status_code == 412
    assert officer.post(accept, {"seen": one["sent_at"], "revision": 5}).json["need"] == need
    assert officer.get(f"/needs/{need}").json["title"] == "利用余热制冷"

"""One-time links over the API: the office gives, reads and withdraws; the party answers on the page of its link."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.links.scene import task_of_consent, to_consent
from tests.support.api_client import Client
from tests.support.web_client import Browser
from tests.support.world import World

Clients = Callable[[str | None], Client]
FORM = "/answer/form"
ANSWER = {"f-agreed": "yes", "f-sheet": "yes", "answered_by": "张伟", "answered_as": "总经理"}


@pytest.fixture
def task(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return task_of_consent(db, to_consent(world, db))


def test_what_a_party_answers_is_read_by_a_program(
    client_for: Clients, anonymous: Browser, engine: Engine, task: str
) -> None:
    officer, links = client_for("officer"), f"/tasks/{task}/links"
    listed = officer.get(links).json
    assert listed["items"] == []
    assert [(one["party"], one["language"]) for one in listed["possible"]] == [("need_owner", "en")]
    given = officer.post(links, {"party": "need_owner", "language": "en", "name": "Zhang Wei"})
    assert given.status_code == 201
    assert len(given.json["code"]) == 8
    [row] = officer.get(links).json["items"]
    assert (row["state"], row["code"], row["mail"], row["answered_by"]) == ("open", True, False, None)
    secret = given.json["path"].partition("#")[2]
    assert anonymous.post("/answer", {"secret": secret}, page="/answer").status_code == 303
    assert anonymous.post("/answer/code", {"code": given.json["code"]}, page=FORM).status_code == 303
    assert anonymous.post(FORM, ANSWER, page=FORM).status_code == 200
    [row] = officer.get(links).json["items"]
    assert (row["state"], row["answered_by"], row["answered_as"]) == ("used", "张伟", "总经理")
    assert row["answered_at"] > row["given_at"]
    assert officer.get(links).json["why"]
    assert officer.get(f"/tasks/{task}").json["result"]["agreed"] is True
    assert list(verify_all(engine)) == []


def test_the_secret_is_told_in_the_first_answer_only(client_for: Clients, task: str) -> None:
    officer, sent = client_for("officer"), {"party": "need_owner", "language": "en"}
    first = officer.post(f"/tasks/{task}/links", sent, key="one-key-for-both-of-them")
    again = officer.post(f"/tasks/{task}/links", sent, key="one-key-for-both-of-them")
    assert (first.json["id"], first.status_code) == (again.json["id"], again.status_code)
    assert first.json["path"]
    assert again.json.get("path") is None
    assert again.json.get("code") is None
    assert "answer#" not in str(officer.get(f"/tasks/{task}/links").json)


def test_a_mailed_link_is_not_told_to_the_office(client_for: Clients, task: str) -> None:
    officer, links = client_for("officer"), f"/tasks/{task}/links"
    sent = {"party": "need_owner", "language": "en", "address": "zhang@boiler.example", "code": False}
    given = officer.post(links, sent).json
    assert given.get("path") is None
    assert given.get("code") is None
    [row] = officer.get(links).json["items"]
    assert (row["mail"], row["address"], row["mailed"]) == (True, "zhang@boiler.example", "queued")


def test_a_withdrawn_link_opens_nothing(client_for: Clients, anonymous: Browser, task: str) -> None:
    officer = client_for("officer")
    given = officer.post(f"/tasks/{task}/links", {"party": "need_owner", "language": "en"}).json
    done = officer.post(f"/links/{given['id']}/revoke")
    assert (done.status_code, done.json["state"], done.json["task"]) == (200, "revoked", task)
    assert officer.post(f"/links/{given['id']}/revoke").status_code == 409
    secret = given["path"].partition("#")[2]
    assert anonymous.post("/answer", {"secret": secret}, page="/answer").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"party": "technology_owner"}, "party"),
        ({"days": 91}, "days"),
        ({"days": 0}, "days"),
        ({"language": "tlh"}, "language"),
        ({"address": "no address"}, "address"),
        ({"providers": ["00000000-0000-0000-0000-000000000000"]}, "providers"),
        ({"documents": ["00000000-0000-0000-0000-000000000000"]}, "documents"),
    ],
)
def test_what_is_wrong_is_named(client_for: Clients, task: str, wrong: dict[str, object], field: str) -> None:
    sent = {"party": "need_owner", "language": "en"} | wrong
    answer = client_for("officer").post(f"/tasks/{task}/links", sent)
    assert answer.status_code == 422
    assert field in answer.json["fields"]


def test_a_provider_finds_no_links(client_for: Clients, task: str) -> None:
    assert client_for("provider").get(f"/tasks/{task}/links").status_code == 404
    sent = {"party": "need_owner", "language": "en"}
    assert client_for("provider").post(f"/tasks/{task}/links", sent).status_code == 404
    assert client_for("auditor").post(f"/tasks/{task}/links", sent).status_code == 403

"""What a request must bring along: its key, the revision that it saw, and a body that can be read."""

from __future__ import annotations

import gzip
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from casework.api import ROUTES
from casework.records.database import connect_engine
from casework.settings import Settings
from tests.support.api_client import PREFIX, Answer, Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def is_problem(answer: Answer, status: int) -> bool:
    """Problem details as RFC 9457 has them."""
    return (
        answer.status_code == status
        and answer.mimetype == "application/problem+json"
        and {"type", "title", "status", "detail"} <= answer.json.keys()
        and answer.json["status"] == status
    )


# --- keys ------------------------------------------------------------------------------------------------------------


def test_a_post_without_a_key_does_nothing(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    assert is_problem(officer.post(f"/matches/{world.matches[0]}/open", key=None), 400)
    assert officer.get("/cases").json["items"] == []


@pytest.mark.parametrize("key", ["a b", "é", "x" * 201, "\t"])
def test_a_key_that_is_none_is_refused(client_for: Clients, world: World, key: str) -> None:
    assert is_problem(client_for("officer").post(f"/matches/{world.matches[0]}/open", key=key), 400)


def test_the_same_request_again_has_the_same_answer_and_is_not_done_twice(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    first = officer.post(f"/matches/{world.matches[0]}/open", key="once")
    again = officer.post(f"/matches/{world.matches[0]}/open", key="once")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json == first.json
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert len(officer.get("/cases").json["items"]) == 1


def test_a_repeated_transition_answers_with_the_revision_of_then(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    number, track, revision = opened(officer, world)
    path = f"/cases/{number}/tracks/{track}/transitions/take"
    first = officer.post(path, key="take", if_match=revision)
    again = officer.post(path, key="take", if_match=revision)
    assert first.status_code == again.status_code == 200
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_same_key_with_another_content_is_refused(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    officer.post(f"/matches/{world.matches[0]}/open", key="once")
    assert is_problem(officer.post(f"/matches/{world.matches[1]}/open", key="once"), 422)
    assert len(officer.get("/cases").json["items"]) == 1


def test_a_key_belongs_to_whoever_sent_it(client_for: Clients, world: World) -> None:
    client_for("officer").post(f"/matches/{world.matches[0]}/open", key="once")
    other = client_for("other_officer").post(f"/matches/{world.matches[1]}/open", key="once")
    assert other.status_code == 201
    assert "Idempotency-Replayed" not in other.headers


def test_a_refused_request_leaves_its_key_free(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    number, track, revision = opened(officer, world)
    path = f"/cases/{number}/tracks/{track}/transitions/take"
    assert officer.post(path, key="k", if_match=revision + 1).status_code == 412
    assert officer.post(path, key="k", if_match=revision).status_code == 200


def test_ten_posts_of_one_key_at_once_make_one_event(
    app: Flask, client_for: Clients, world: World, committed: Committed
) -> None:
    officer = client_for("officer")
    number, track, revision = opened(officer, world)
    answers: list[Answer] = []
    gate = threading.Barrier(10)

    def send() -> None:
        client = Client(app.test_client(), world.tokens["officer"])
        gate.wait()
        answers.append(client.post(f"/cases/{number}/tracks/{track}/transitions/take", key="ten", if_match=revision))

    threads = [threading.Thread(target=send) for _ in range(10)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [200] * 10
    assert len({one.text for one in answers}) == 1
    fired = committed(
        lambda db: db.execute(text("SELECT count(*) FROM events WHERE effects->>'transition' = 'take'")).scalar_one()
    )
    assert fired == 1
    assert sum("Idempotency-Replayed" not in one.headers for one in answers) == 1


# --- revisions -------------------------------------------------------------------------------------------------------


def opened(officer: Client, world: World) -> tuple[str, str, int]:
    made = officer.post(f"/matches/{world.matches[0]}/open").json
    shown = officer.get(f"/cases/{made['number']}")
    return made["number"], made["track"], shown.json["tracks"][0]["revision"]


@pytest.mark.parametrize("seen", [None, "*", ""])
def test_without_a_revision_nothing_moves(client_for: Clients, world: World, seen: str | None) -> None:
    officer = client_for("officer")
    number, track, _ = opened(officer, world)
    answer = officer.post(f"/cases/{number}/tracks/{track}/transitions/take", if_match=seen)
    assert is_problem(answer, 428)


@pytest.mark.parametrize("seen", ["1", "99", 'W/"1"', "abc", '"abc"', '"-1"', '"1", "2"', '1"', '"9999999999"'])
def test_a_revision_that_is_none_is_told_how_to_write_it(client_for: Clients, world: World, seen: str) -> None:
    officer = client_for("officer")
    number, track, _ = opened(officer, world)
    answer = officer.post(f"/cases/{number}/tracks/{track}/transitions/take", if_match=seen)
    assert is_problem(answer, 400)
    assert 'If-Match: "7"' in answer.json["detail"]
    assert officer.get(f"/cases/{number}").json["state"] == "proposed"


@pytest.mark.parametrize("seen", ['"99"', '"1"'])
def test_with_another_revision_nothing_moves(client_for: Clients, world: World, seen: str) -> None:
    officer = client_for("officer")
    number, track, _ = opened(officer, world)
    answer = officer.post(f"/cases/{number}/tracks/{track}/transitions/take", if_match=seen)
    assert is_problem(answer, 412)
    assert officer.get(f"/cases/{number}").json["state"] == "proposed"


def test_a_case_tells_its_revision(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    number, _, _ = opened(officer, world)
    shown = officer.get(f"/cases/{number}")
    assert shown.headers["ETag"] == f'"{shown.json["revision"]}"'


# --- refusals --------------------------------------------------------------------------------------------------------


def test_faults_of_a_form_are_named_field_by_field(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    number, track, revision = opened(officer, world)
    officer.post(f"/cases/{number}/tracks/{track}/transitions/take", if_match=revision)
    revision = officer.get(f"/cases/{number}").json["tracks"][0]["revision"]
    answer = officer.post(
        f"/cases/{number}/tracks/{track}/transitions/propose_close", {"data": {"nonsense": 1}}, if_match=revision
    )
    assert is_problem(answer, 422)
    assert answer.json["fields"]["nonsense"] == "is not a field of this form"
    assert len(answer.json["fields"]) > 1


def test_a_guard_gives_every_reason(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    number, track, revision = opened(officer, world)
    officer.post(f"/cases/{number}/tracks/{track}/transitions/take", if_match=revision)
    revision = officer.get(f"/cases/{number}").json["tracks"][0]["revision"]
    answer = officer.post(f"/cases/{number}/tracks/{track}/transitions/pass_triage", if_match=revision)
    assert is_problem(answer, 409)
    assert answer.json["reasons"]


def test_a_task_that_somebody_has_names_the_holder(client_for: Clients, world: World) -> None:
    officer, other = client_for("officer"), client_for("other_officer")
    number, _, _ = opened(officer, world)
    task = officer.get(f"/cases/{number}").json["tasks"][0]["id"]
    assert officer.post(f"/tasks/{task}/claim").status_code == 200
    answer = other.post(f"/tasks/{task}/claim")
    assert is_problem(answer, 409)
    assert answer.json["holder"] == world.people["officer"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"\xff", 400),
        (b'{"a": NaN}', 400),
        (b'{"a": 1, "a": 2}', 400),
        (b"[" * 100_000, 400),
        (b'{"data": {"a": "\\u0000"}}', 400),
        (b'{"data": {"a": "\\ud800"}}', 400),
        (b"[]", 422),
        (b'"words"', 422),
        (b"null", 422),
        (b'{"unknown": 1}', 422),
        (b'{"data": []}', 422),
        (b'{"happened_on": "tomorrow"}', 422),
    ],
)
def test_a_body_that_is_wrong_is_told(app: Flask, client_for: Clients, world: World, body: bytes, status: int) -> None:
    number, track, revision = opened(client_for("officer"), world)
    answer = app.test_client().post(
        f"{PREFIX}/cases/{number}/tracks/{track}/transitions/take",
        data=body,
        content_type="application/json",
        headers={
            "Authorization": f"Bearer {world.tokens['officer']}",
            "Idempotency-Key": "k",
            "If-Match": f'"{revision}"',
        },
    )
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "headers", "told"),
    [
        (b"{}", {"Content-Type": "text/plain"}, "Content-Type: application/json"),
        (b"{}", {"Content-Type": ""}, "Content-Type: application/json"),
        ('{"note": "好"}'.encode("gb18030"), {"Content-Type": "application/json; charset=gb18030"}, "UTF-8"),
        (
            gzip.compress(b"{}", mtime=0),
            {"Content-Type": "application/json", "Content-Encoding": "gzip"},
            "Content-Encoding",
        ),
        (b"{", {"Content-Type": "application/json"}, "no valid JSON"),
    ],
)
def test_a_body_of_another_kind_is_told_which_kind_is_read(
    app: Flask, client_for: Clients, world: World, content: bytes, headers: dict[str, str], told: str
) -> None:
    number, track, revision = opened(client_for("officer"), world)
    sent = {"Authorization": f"Bearer {world.tokens['officer']}", "Idempotency-Key": "k", "If-Match": f'"{revision}"'}
    path = f"{PREFIX}/cases/{number}/tracks/{track}/transitions/take"
    answer = app.test_client().post(path, data=content, headers=sent | headers)
    assert answer.status_code == 400
    assert told in answer.get_json()["detail"]


@pytest.mark.parametrize("day", ["2026-13-01", "2026-02-30", "1.2.2026", "2026-2-1", "20260201", "1", "tomorrow"])
def test_a_day_that_is_none_is_told_how_to_write_it(client_for: Clients, day: str) -> None:
    answer = client_for("officer").get(f"/agenda?from={day}")
    assert is_problem(answer, 422)
    assert list(answer.json["fields"]) == ["from"]


def test_a_body_that_is_too_large_is_refused(client_for: Clients, world: World) -> None:
    answer = client_for("officer").post(f"/matches/{world.matches[0]}/open", {"a": "x" * 1_100_000})
    assert is_problem(answer, 413)


@pytest.mark.parametrize("id", ["not-an-id", "0", "'; DROP TABLE cases;--", "%00"])
def test_an_id_that_is_none_names_nothing(client_for: Clients, id: str) -> None:
    answer = client_for("officer").get(f"/tasks/{id}")
    assert is_problem(answer, 404)


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=x", "cursor=abc", "cursor=WyJhIiwiYiJd", "owner=x", "nothing=1", "state=X"]
)
def test_a_query_that_is_wrong_is_told(client_for: Clients, query: str) -> None:
    answer = client_for("officer").get(f"/cases?{query}")
    assert is_problem(answer, 422)
    assert list(answer.json["fields"]) == [query.split("=")[0]]


@pytest.mark.parametrize(
    "token", ["", "Bearer", "Bearer nonsense-nonsense", "Basic abcdefghijkl", "Bearer cwt_" + "a" * 43]
)
def test_without_a_valid_token_nobody_gets_in(app: Flask, token: str) -> None:
    answer = app.test_client().get(f"{PREFIX}/cases", headers={"Authorization": token} if token else {})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_database_that_is_locked_asks_to_come_again(
    settings: Settings, app: Flask, client_for: Clients, world: World
) -> None:
    officer = client_for("officer")
    number, track, revision = opened(officer, world)
    engine = connect_engine(settings)
    app.extensions["casework"].dispose()
    app.extensions["casework"] = connect_engine(settings.model_copy(update={"lock_timeout_ms": 50}))
    with engine.begin() as db:
        db.execute(text("SELECT 1 FROM logs FOR UPDATE"))
        answer = officer.post(f"/cases/{number}/tracks/{track}/transitions/take", key="wait", if_match=revision)
        assert is_problem(answer, 503)
        assert answer.headers["Retry-After"]
    assert (
        officer.post(f"/cases/{number}/tracks/{track}/transitions/take", key="wait", if_match=revision).status_code
        == 200
    )
    engine.dispose()


# --- addresses -------------------------------------------------------------------------------------------------------


def test_what_is_no_id_names_nothing(client_for: Clients) -> None:
    """Wherever an address has a place, words in it that name nothing are no fault of ours."""
    client = client_for("officer")
    for route in ROUTES:
        path = re.sub(r"\{\w+\}", "nothing", route.path)
        told = client.get(path) if route.method == "GET" else client.post(path, {})
        assert told.status_code < 500, (route.method, path, told.text)

"""Who was let in and who was refused stands in the log: structured, with who, where, when and by which rule, and nothing else."""

from __future__ import annotations

import io
import json
import logging
import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, g
from sqlalchemy import Connection, text

from casework import logs
from casework.operations.auth.sessions import begin_session, find_actor_by_secret, find_viewer
from casework.records.database import ENGINE, reader_transaction, transaction
from casework.records.row_security import read_as
from casework.web.shell.security_log import GIVING_ACCESS, SEALED_PATTERN
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """The lines that were written since, as an operator reads them."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    before = root.handlers, root.level
    logs.configure()
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.handlers, root.level = before


Written = Callable[[], list[dict[str, Any]]]


def test_signing_in_and_failing_to_is_noted_with_who_and_where(app: Flask, world: World, written: Written) -> None:
    browser = Browser(app.test_client())
    browser.sign_in("officer@example.org", 'quicksilver\n{"event": "signed_in"}')
    browser.sign_in("officer@example.org")
    browser.post("/sign-out")
    lines = [one for one in written() if one["logger"] == "casework.security"]
    assert [one["event"] for one in lines] == ["sign_in_failed", "signed_in", "signed_out"]
    assert [one["decision"] for one in lines] == ["refused", "allowed", "allowed"]
    for one in lines:
        assert one["timestamp"].endswith("Z")
        assert one["request"]
        assert one["address"] == "127.0.0.1"
    assert lines[0]["account"] == lines[1]["account"]
    assert lines[2]["actor"] == world.people["officer"]
    assert "quicksilver" not in json.dumps(lines)
    assert "officer@" not in json.dumps(lines)


def test_every_line_of_a_request_has_its_number_whoever_writes_it(app: Flask, written: Written) -> None:
    with app.test_request_context("/static/nothing"):
        app.preprocess_request()
        logging.getLogger("of.a.library").warning("it is slow")
        number = g.request_id
    logging.getLogger("of.a.library").warning("it is slow")
    assert [one.get("request") for one in written()] == [number, None]


def test_refusals_are_noted_without_what_was_looked_for(
    app: Flask, world: World, browser_for: Enter, written: Written
) -> None:
    officer = browser_for("officer")
    officer.get("/mediations/0194f0a0-0000-7000-8000-00000000abcd")
    officer.flask.post("/search", headers={"Origin": "https://evil.example"})
    officer.flask.post("/preferences", data={"csrf_token": "forged"})
    app.test_client().get("/api/v1/cases", headers={"Authorization": "Bearer cwt_nobody_at_all"})
    lines = [one for one in written() if one["logger"] == "casework.security" and one["event"] != "signed_in"]
    assert [(one["event"], one["status"]) for one in lines] == [
        ("refused", 404),
        ("foreign_origin", 400),
        ("forged_form", 400),
        ("refused", 401),
    ]
    assert lines[0]["actor"] == world.people["officer"]
    assert "00000000abcd" not in json.dumps(lines)
    assert "cwt_" not in json.dumps(lines)


def test_a_fault_is_told_by_its_place_and_not_by_values(written: Written) -> None:
    try:
        raise ValueError("a word of ours")
    except ValueError as fault:
        logging.getLogger("casework.web").error("a fault of ours (request %s)", "r", exc_info=fault)
    (line,) = written()
    assert line["event"] == "a fault of ours (request r)"
    assert line["fault"][0] == "ValueError: a word of ours"
    assert "test_security_log.py" in line["fault"][1]


def test_requests_that_wait_for_a_thread_are_not_noted_one_by_one(written: Written) -> None:
    for name in ("waitress.queue", "waitress"):
        logging.getLogger(name).warning("Task queue depth is %d", 1)
    assert [line["logger"] for line in written()] == ["waitress"]


def test_keys_and_files_are_noted_with_who_and_where(
    app: Flask, world: World, browser_for: Enter, written: Written
) -> None:
    officer = browser_for("officer")
    officer.flask.get("/cases.csv")
    officer.post("/account/tokens", {"name": "typed", "scopes": "read", "days": "30"}, page="/account/tokens")
    officer.flask.post("/account/tokens", data={"name": "without_a_form"})
    officer.flask.get("/cases")
    lines = [one for one in written() if one["logger"] == "casework.security" and one["event"] != "signed_in"]
    assert [(one["event"], one["decision"], one["endpoint"]) for one in lines] == [
        ("taken_out", "allowed", "cases.csv"),
        ("access_changed", "allowed", "tokens.make"),
        ("forged_form", "refused", "tokens.make"),
    ]
    assert all(one["actor"] == world.people["officer"] for one in lines)
    assert "typed" not in json.dumps(lines)


#: What sounds like access and gives none.
NO_ACCESS = {
    "/account/passkeys/options", "/sign-in/passkey/options", "/api/v1/sessions", "/sign-in/passkey",
}  # fmt: skip


def test_no_way_to_a_key_goes_unnoted(app: Flask) -> None:
    sounds = re.compile(
        r"token|passw|passkey|recover|people|end-access|role|member|invit|service-acc|webhook|witness|second-factor|session"
    )
    for rule in app.url_map.iter_rules():
        if (rule.methods or set()) & {"POST"} and sounds.search(rule.rule) and rule.rule not in NO_ACCESS:
            assert GIVING_ACCESS.match(rule.rule), rule.rule


def test_nothing_that_is_sealed_is_told(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("mediations.") or "mediation" in rule.rule:
            assert SEALED_PATTERN.search(rule.rule), rule.rule


def test_the_database_names_the_request_whoever_reads(app: Flask, world: World) -> None:
    engine = app.extensions["casework"]
    with transaction(engine) as db:
        session = begin_session(db, world.people["officer"], {})
    begins: dict[str, Callable[[Connection], object]] = {
        "a session": lambda db: find_viewer(db, session),
        "a token": lambda db: find_actor_by_secret(db, world.tokens["officer"]),
        "whom an earlier transaction has found": lambda db: read_as(db, world.people["officer"]),
        "the engine": lambda db: read_as(db, ENGINE),
    }

    def names() -> dict[str, object]:
        found = {}
        for what, begin in begins.items():
            with reader_transaction(engine) as db:
                begin(db)
                found[what] = db.execute(text("SELECT current_setting('application_name')")).scalar_one()
        return found

    with app.test_request_context("/"):
        app.preprocess_request()
        assert names() == dict.fromkeys(begins, f"casework request {g.request_id}")
    logs.forget()
    assert names() == dict.fromkeys(begins, "casework app")

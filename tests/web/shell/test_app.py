"""What every answer of the application carries, and its few plain pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.errors import InvalidSettings
from casework.records import migrate
from casework.records.database import transaction
from casework.records.standbys import OutcomeUnknown
from casework.settings import Settings
from casework.web.app import CONTENT_SECURITY_POLICY, create_app
from casework.web.shell import errors


@pytest.fixture
def app(settings: Settings) -> Iterator[Flask]:
    made = create_app(settings)
    yield made
    made.extensions["casework"].dispose()


@pytest.mark.parametrize("path", ["/", "/health", "/api/v1/me", "/api/v1/openapi.json", "/nowhere", "/api/v1/nowhere"])
def test_every_answer_has_the_security_headers(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Request-ID"]
    assert "Strict-Transport-Security" not in answer.headers


def test_the_root_asks_strangers_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in"


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/api/v1/docs"])
def test_a_page_keeps_to_the_policy(app: Flask, path: str) -> None:
    page = app.test_client().get(path).text
    assert "<style" not in page
    assert re.search(r"<[^>]* style=", page) is None
    assert re.search(r"<[^>]* on[a-z]+=", page) is None
    assert all(" src=" in script for script in re.findall(r"<script[^>]*>", page))
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', page)
    assert [one for one in addresses if not one.startswith(("/", "#", "data:,", "openapi.json"))] == []


def test_assets_are_kept_by_browsers_and_their_addresses_change_with_them(app: Flask) -> None:
    page = app.test_client().get("/sign-in").text
    for address in re.findall(r'"(/static/[^"]+)"', page):
        answer = app.test_client().get(address)
        assert answer.status_code == 200
        answer.close()
        assert "max-age=31536000" in answer.headers["Cache-Control"]
        assert "v=" in address


def test_what_is_not_there_is_told_in_the_frame(app: Flask) -> None:
    answer = app.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_each_status_says_what_happened_what_is_safe_and_what_to_do(app: Flask, language: str) -> None:
    said = set()
    for status in (400, 403, 404, 405, 409, 410, 412, 413, 422, 429, 500, 503):
        with app.test_request_context("/", headers={"Accept-Language": language}):
            answer = errors.show(status)
        assert answer.status_code == status
        page = answer.get_data(as_text=True)
        words = re.findall(r"<dd>([^<]+)</dd>", page)
        assert len(words) == 3
        assert all(words)
        said.add(re.findall(r"<h1>([^<]+)</h1>", page)[0])
        if language != "en":
            assert not set(re.findall(r"[A-Za-z]{3,}", " ".join(words))) - {"Casework"}
    # Each has a title of its own.
    assert len(said) == 12


def test_a_refused_form_leads_back_to_its_page(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data={"page": "/cases"}):
        assert 'href="/cases"' in errors.show(409).get_data(as_text=True)
    with app.test_request_context("/", method="POST", data={"page": "https://elsewhere.example/"}):
        assert "elsewhere" not in errors.show(409).get_data(as_text=True)


def test_what_is_too_large_for_an_address_that_is_none_is_not_read(app: Flask) -> None:
    answer = app.test_client().post("/nowhere", data={"page": "/cases", "words": "x" * 3_000_000})
    assert answer.status_code == 404


def test_without_a_database_a_page_says_so(tmp_path: Path) -> None:
    away = Settings(profile="test", var=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    client = create_app(away).test_client()
    client.set_cookie("sid", "cws_anything")
    answer = client.get("/account")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "127.0.0.1" not in answer.text
    assert "Nothing of this step is recorded" in answer.text


def test_where_nobody_knows_whether_it_is_recorded_no_page_says_that_it_is_not(app: Flask) -> None:
    with app.test_request_context("/"):
        answer = errors.answer_refusal(OutcomeUnknown())
    assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    page = answer.get_data(as_text=True)
    assert "look whether it is there" in page
    assert "Nothing of this step is recorded" not in page


def test_a_fault_of_ours_shows_its_number_and_nothing_else(app: Flask) -> None:
    app.add_url_rule("/broken", "broken", lambda: str(1 // 0))
    answer = app.test_client().get("/broken")
    assert answer.status_code == 500
    assert "ZeroDivisionError" not in answer.text
    assert answer.headers["X-Request-ID"] in answer.text


def test_health_asks_the_database(app: Flask) -> None:
    assert app.test_client().get("/health").json == {"status": "ok"}


def test_it_is_ready_while_the_tables_are_those_of_this_release_or_later(
    app: Flask, owner_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ask(revision: str) -> int:
        with transaction(owner_engine) as db:
            db.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
        return app.test_client().get("/ready").status_code

    needed = migrate.head()
    assert [ask(one) for one in (needed, "of_the_next_release", needed)] == [200, 200, 200]
    with transaction(owner_engine) as db:
        db.execute(text("DELETE FROM alembic_version"))
    assert ask(needed) == 503
    with transaction(owner_engine) as db:
        db.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": needed})
    monkeypatch.setattr(migrate, "head", lambda: "of_a_release_that_needs_more")
    assert ask(needed) == 503


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_without_a_database_health_says_so(path: str, tmp_path: Path) -> None:
    away = Settings(profile="test", var=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    answer = create_app(away).test_client().get(path)
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert "127.0.0.1" not in answer.text


def test_what_is_not_there_is_told_as_a_problem_in_the_api(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("key", [None, "short", "a" * 40])
def test_production_needs_a_good_key(settings: Settings, key: str | None) -> None:
    secret = Settings(profile="test", secret_key=key).secret_key
    given = {"profile": "production", "trusted_hosts": "casework.example", "secret_key": secret}
    with pytest.raises(InvalidSettings, match="CASEWORK_SECRET_KEY"):
        create_app(settings.model_copy(update=given))


def test_a_demo_makes_its_key_once_and_keeps_it_to_itself(settings: Settings) -> None:
    first, second = create_app(settings), create_app(settings)
    assert first.config["SECRET_KEY"] == second.config["SECRET_KEY"]
    assert (settings.var / "secret_key").stat().st_mode & 0o777 == 0o600


def test_production_names_its_hosts(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="CASEWORK_TRUSTED_HOSTS"):
        create_app(Settings(profile="production", var=tmp_path, database_url="postgresql://a@127.0.0.1:1/b"))


def test_production_answers_to_its_hosts_alone_and_asks_for_https(settings: Settings) -> None:
    key = Settings(profile="test", secret_key="V8s-Qm2xLr7TzKp0WdYc5NfHb3JgUa9E").secret_key
    given = {"profile": "production", "trusted_hosts": "casework.example", "secret_key": key}
    app = create_app(settings.model_copy(update=given))
    client = app.test_client()
    assert client.get("/", base_url="https://evil.example").status_code == 400
    answer = client.get("/sign-in", base_url="https://casework.example")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    app.extensions["casework"].dispose()

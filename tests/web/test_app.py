"""What every answer of the application carries, and its few plain pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from casework.errors import InvalidSettings
from casework.settings import Settings
from casework.web.app import CONTENT_SECURITY_POLICY, create_app


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


def test_the_root_says_where_the_api_is(app: Flask) -> None:
    page = app.test_client().get("/")
    assert page.status_code == 200
    assert 'href="/api/v1/docs"' in page.text
    assert "<style" not in page.text
    assert "<script" not in page.text


def test_health_asks_the_database(app: Flask) -> None:
    assert app.test_client().get("/health").json == {"status": "ok"}


def test_without_a_database_health_says_so(tmp_path: Path) -> None:
    away = Settings(profile="test", var=tmp_path, database_url="postgresql://nobody@127.0.0.1:1/nothing")
    answer = create_app(away).test_client().get("/health")
    assert answer.status_code == 503
    assert answer.mimetype == "application/problem+json"
    assert answer.headers["Retry-After"]
    assert "127.0.0.1" not in answer.text


def test_what_is_not_there_is_told_as_a_problem_in_the_api(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/nowhere")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"


def test_production_names_its_hosts(tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings, match="trusted_hosts"):
        create_app(Settings(profile="production", var=tmp_path, database_url="postgresql://a@127.0.0.1:1/b"))


def test_production_answers_to_its_hosts_alone_and_asks_for_https(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"profile": "production", "trusted_hosts": "casework.example"}))
    client = app.test_client()
    assert client.get("/", base_url="https://evil.example").status_code == 400
    answer = client.get("/", base_url="https://casework.example")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    app.extensions["casework"].dispose()

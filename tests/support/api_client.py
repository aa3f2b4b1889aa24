"""The API as a program meets it: a real application on a real database, and a client for each person."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from casework.records.database import transaction
from tests.support.world import World

Json = Any
PREFIX = "/api/v1"
_keys = itertools.count(1)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status_code: int
    headers: Headers
    mimetype: str
    text: str
    json: Json


def _answer(found: TestResponse) -> Answer:
    mimetype = found.mimetype or ""
    told = mimetype.endswith("json")
    return Answer(
        found.status_code,
        found.headers,
        mimetype,
        found.data.decode("utf-8", "replace"),
        found.get_json() if told else None,
    )


@dataclass
class Client:
    """Asks as one person; sends a fresh key with every POST unless told otherwise."""

    flask: FlaskClient
    token: str | None

    def get(self, path: str, **headers: str) -> Answer:
        return _answer(self.flask.get(PREFIX + path, headers=self._headers(headers)))

    def post(
        self,
        path: str,
        body: Json = None,
        *,
        key: str | None = "",
        if_match: int | str | None = None,
        **headers: str,
    ) -> Answer:
        sent = self._headers(headers)
        if key is not None:
            sent["Idempotency-Key"] = key or f"key-{next(_keys)}"
        if if_match is not None:
            sent["If-Match"] = f'"{if_match}"' if isinstance(if_match, int) else if_match
        return _answer(self.flask.post(PREFIX + path, json={} if body is None else body, headers=sent))

    def _headers(self, more: Mapping[str, str]) -> dict[str, str]:
        return ({"Authorization": f"Bearer {self.token}"} if self.token else {}) | dict(more)


@pytest.fixture
def client_for(app: Flask, world: World) -> Callable[[str | None], Client]:
    """A client that asks as a person of the world, or as nobody."""
    return lambda name: Client(app.test_client(), world.tokens[name] if name else None)


@pytest.fixture
def committed(engine: Engine) -> Callable[[Callable[[Connection], Any]], Any]:
    """Do something in a transaction of its own, which is committed."""

    def do(action: Callable[[Connection], Any]) -> Any:
        with transaction(engine) as db:
            return action(db)

    return do

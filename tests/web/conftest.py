"""The pages as a person meets them: an application on a real database, and a browser without scripts for each person."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.world import World

PASSWORD = World.password
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')


@dataclass
class Browser:
    """Follows links and sends forms as one person would, with the tokens of the page before."""

    flask: FlaskClient
    last: TestResponse | None = field(default=None, repr=False)

    def get(self, path: str, **more: Any) -> TestResponse:
        self.last = self.flask.get(path, **more)
        return self.last

    def post(
        self, path: str, data: Mapping[str, Any] | None = None, *, page: str = "/account", follow: bool = False, **more: Any
    ) -> TestResponse:  # fmt: skip
        """Send a form that stands on `page`, which is opened first for its token and key."""
        opened = self.flask.get(page, follow_redirects=True).text
        token, key = _TOKEN.search(opened), _KEY.search(opened)
        sent = {"csrf_token": token[1] if token else "", "key": key[1] if key else "k" * 24, **(data or {})}
        self.last = self.flask.post(path, data=sent, follow_redirects=follow, **more)
        return self.last

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        return self.post("/sign-in", {"email": email, "password": password, **more}, page="/sign-in")

    def cookie(self, name: str) -> str | None:
        found = self.flask.get_cookie(name)
        return found.value if found else None


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def browser_for(app: Flask, world: World) -> Callable[[str], Browser]:
    """A browser in which a person of the world has signed in."""

    def enter(name: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{name}@example.org").status_code == 303
        return browser

    return enter

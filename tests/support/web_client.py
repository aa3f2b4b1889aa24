"""The pages as a person meets them: an application on a real database, and a browser without scripts for each person."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from casework.api.protocol.requests import about_client
from casework.operations.auth.sessions import begin_session
from casework.records.database import transaction
from tests.support.world import World

PASSWORD = World.password
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_KEY = re.compile(r'name="key" value="([^"]+)"')
_LINK = re.compile(r'name="link" value="([^"]+)"')


@dataclass
class Browser:
    """Follows links and sends forms as one person would, with the tokens of the page before, and the link that it shows."""

    flask: FlaskClient
    last: TestResponse | None = field(default=None, repr=False)
    #: The token that stands in all forms until somebody signs in or out.
    _token: str | None = field(default=None, repr=False)

    def get(self, path: str, **more: Any) -> TestResponse:
        self.last = self.flask.get(path, **more)
        return self.last

    def post(
        self,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        page: str | None = None,
        follow: bool = False,
        **more: Any,
    ) -> TestResponse:
        """Send a form that stands on `page`, which is opened first for its token and key; on any page where none is named."""
        if page or not self._token:
            return self._send(path, self._open(page or "/account"), data, follow, more)
        given = {"csrf_token": self._token, "key": secrets.token_urlsafe(18)}
        answer = self._send(path, given, data, follow, more)
        # The server may have begun another session meanwhile.
        return self._send(path, self._open("/account"), data, follow, more) if answer.status_code == 400 else answer

    def _send(
        self, path: str, given: Mapping[str, str], data: Mapping[str, Any] | None, follow: bool, more: Mapping[str, Any]
    ) -> TestResponse:
        sent = {**given, **(data or {})}
        self.last = self.flask.post(path, data=sent, follow_redirects=follow, **more)
        return self.last

    def _open(self, page: str) -> dict[str, str]:
        opened = self.flask.get(page, follow_redirects=True).text
        token, key, link = _TOKEN.search(opened), _KEY.search(opened), _LINK.search(opened)
        self._token = token[1] if token else None
        given = {"csrf_token": self._token or "", "key": key[1] if key else "k" * 24}
        return given | ({"link": link[1]} if link else {})

    def ready(self) -> None:
        """Have the token before the first form, where it is counted what a form asks."""
        self._open("/account")

    def sign_in(self, email: str, password: str = PASSWORD, **more: str) -> TestResponse:
        answer = self.post("/sign-in", {"email": email, "password": password, **more}, page="/sign-in")
        # Whoever has signed in has another session, and so another token.
        self._token = None
        return answer

    def cookie(self, name: str) -> str | None:
        found = self.flask.get_cookie(name)
        return found.value if found else None


@pytest.fixture
def anonymous(app: Flask) -> Browser:
    return Browser(app.test_client())


@pytest.fixture
def browser_for(app: Flask, world: World) -> Callable[[str], Browser]:
    """A browser in which a person of the world has signed in, without the page for it: that has tests of its own."""
    with app.test_request_context():
        about = about_client(request)

    def enter(name: str) -> Browser:
        browser = Browser(app.test_client())
        with transaction(app.extensions["casework"]) as db:
            browser.flask.set_cookie("sid", begin_session(db, world.people[name], about))
        return browser

    return enter

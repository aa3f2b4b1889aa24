"""Random requests to every page and every route, as no browser would send them: none is a fault of ours.

Each run has a seed and is the same again; the seed and the request stand in what the test says.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from casework.operations.integrations.webhook_signatures import new_secret
from casework.records.database import transaction
from tests.security.authorization_web import TABLE
from tests.support.databases import DatabaseServer
from tests.support.scene import Scene, set_scene
from tests.support.web_client import _TOKEN

WEB = Path(__file__).parents[2] / "casework" / "web"
#: What the pages read from forms and addresses.
NAMES = sorted(
    {
        name
        for file in WEB.rglob("*.py")
        for name in re.findall(
            r'request\.(?:form|args|values|files)(?:\.get|\.getlist)?[\[(]"([^"]+)"', file.read_text("utf-8")
        )
    }
)
UGLY: tuple[str, ...] = (
    "\0", "a\0b", "\ud800", "a\udfffb", "\ufffe", "\u202eabc", "", " ", "x" * 300, "1e999", "-1", "0", "99999999999999999999",
    "Infinity", "NaN", "9999-12-31", "0000-00-00", "2025-02-30", "٣", "İ", "'; DROP TABLE people; --", "{{7*7}}", "%00", "%", "../..",
    "null", "true", "[]", "{}", '{"a": "\\ud800"}', '"\\u0000"', "00000000-0000-0000-0000-000000000000", "a" * 70_000,
)  # fmt: skip
METHODS = ("GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "CONNECT", "X")
TYPES = (
    "application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain",
    "application/octet-stream", "application/json; charset=utf-16", "application/x-www-form-urlencoded; charset=nothing", "x", "\xff/\xfe",
)  # fmt: skip
HEADERS: dict[str, tuple[str, ...]] = {
    "Accept-Language": ("zh", "en;q=nothing", "*;q=1e9", "x" * 5_000, "\0"), "Accept": ("*/*", "application/json", ";;;"),
    "If-Match": ('"1"', "1", '"99999999999"', "*", "\0"), "Idempotency-Key": ("k" * 24, "", "\0", "k" * 500, "\xff"),
    "Range": ("bytes=0-1", "bytes=9-1", "x"), "Cookie": ("sid=\0", "sid=" + "x" * 5_000, "page=\xff; theme=\0",
        "language=zh-Hans; ;=", '="'),
    "User-Agent": ("\0", "\xff\xfe", "x" * 5_000), "Origin": ("null", "http://[", "https://other.example"), "Referer": ("\0", "http://["),
    "Authorization": ("Bearer", "Bearer \0", "Basic \xff", "Digest =", "Bearer " + "x" * 199), "X-Casework": ("script",),
    "X-Forwarded-For": ("1.2.3.4", "\0"), "X-Forwarded-Host": ("evil.example",), "Host": ("[", "a b", "localhost:x", "\xff"),
    "If-Modified-Since": ("never",), "Content-Encoding": ("gzip",), "Content-Length": ("-1", "x", "5"), "Sec-Fetch-Site": ("cross-site",),
    "Transfer-Encoding": ("chunked",), "Date": ("\xff",), "Connection": ("Upgrade",),
}  # fmt: skip


# A form that breaks off in a file leaves that to Python to close.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    with set_scene(database_server, template_database, tmp_path_factory.mktemp("random")) as made:
        _seal_secrets(made)
        yield made


def _seal_secrets(scene: Scene) -> None:
    """Whatever a message is signed with is held against secrets that open: no other test of the scene does that."""
    box, engine = scene.app.extensions["casework.secret_box"], scene.app.extensions["casework"]
    with transaction(engine) as db:
        for incoming in {things["incoming"] for things in scene.things.values() if "incoming" in things}:
            values = {"id": incoming, "secret": box.seal(new_secret(), incoming)}
            db.execute(text("UPDATE incoming_webhooks SET secret = :secret WHERE id = :id"), values)


def test_hundreds_of_random_requests_are_answered(scene: Scene) -> None:
    Storm(scene, seed=1).blow(400)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_ten_thousand_random_requests_are_answered(scene: Scene, seed: int) -> None:
    Storm(scene, seed=100 + seed).blow(1_000)


@pytest.mark.parametrize(
    "path",
    [
        "/sign-in?next=%00",
        "/search?q=%00",
        "/cases?state=%00",
        "/sign-in?%00=1",
        "/cases/BJ%00",
        "/mediations/%00",
        "/static/%00",
    ],
)
def test_an_address_with_nul_is_refused(scene: Scene, path: str) -> None:
    for browser in scene.browsers.values():
        assert browser.get(path).status_code in (400, 404)


def test_a_form_with_nul_is_refused_and_nothing_is_logged_of_it(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    refused = scene.browsers["anonymous"].post(
        "/sign-in", {"email": "quick\0silver@example.org", "password": "quicksilver"}, page="/sign-in"
    )
    assert refused.status_code == 400
    assert "quick" not in caplog.text


class Storm:
    """Requests that one seed decides."""

    def __init__(self, scene: Scene, seed: int) -> None:
        self.scene, self.seed, self.chance = scene, seed, random.Random(seed)
        self.rules = list(scene.app.url_map.iter_rules())
        self.forms = {row.name: row for row in TABLE if row.method == "POST"}
        self.tokens: dict[str, str] = {}

    def blow(self, count: int) -> None:
        faults = []
        for number in range(count):
            said, answer = self._send()
            if answer.status_code >= 500:
                faults.append(f"seed {self.seed}, request {number}: {answer.status_code} {said}"[:600])
        assert not faults, "\n".join(faults)

    def _send(self) -> tuple[str, TestResponse]:
        rule, role = self.chance.choice(self.rules), self.chance.choice(list(self.scene.browsers))
        method = self.chance.choice(METHODS) if self._sometimes(0.1) else self.chance.choice(sorted(rule.methods or ()))
        path, query, headers = self._path(rule), self._fields(0.4), self._headers(rule, role)
        body, type_ = self._body(rule, role) if method not in ("GET", "HEAD") or self._sometimes(0.05) else (b"", None)
        if type_ is not None:
            headers["Content-Type"] = type_
        said = f"{role}: {method} {path} {query} {headers} {body[:200]!r}"
        client = self.scene.browsers[role].flask
        answer = client.open(
            path,
            method=method,
            query_string=_encode(query),
            data=body,
            headers=headers,
            follow_redirects=False,
            environ_overrides={"REMOTE_ADDR": f"10.0.{self.chance.randrange(256)}.{self.chance.randrange(256)}"},
        )
        answer.close()
        if answer.headers.get("Location", "").startswith("/sign-in"):
            self.tokens.pop(role, None)
            self.scene.browsers[role].sign_in(f"{role}@example.org")
        return said, answer

    def _sometimes(self, how_often: float) -> bool:
        return self.chance.random() < how_often

    def _path(self, rule: Rule) -> str:
        things = self.scene.things["here"]

        def value(name: str) -> str:
            if name in things and not self._sometimes(0.15):
                return things[name]
            return re.sub(r"[/?#]", "", _quoted(self.chance.choice(UGLY)[:500])) or "x"

        return re.sub(r"<(?:[^:>]+:)?(\w+)>", lambda found: value(found[1]), rule.rule)

    def _fields(self, how_often: float) -> list[tuple[str, str]]:
        found = []
        while self._sometimes(how_often):
            name = self.chance.choice(NAMES) if self._sometimes(0.9) else self.chance.choice(UGLY)[:50]
            found.append((name, self.chance.choice(UGLY)))
        return found

    def _headers(self, rule: Rule, role: str) -> dict[str, str]:
        found = {}
        if rule.endpoint.startswith("api."):
            tokens = self.scene.world.tokens
            found = {
                "Authorization": f"Bearer {tokens.get(role, 'none at all')}",
                "Idempotency-Key": f"{self.chance.random()}",
                "If-Match": '"1"',
            }
        while self._sometimes(0.3):
            name = self.chance.choice(list(HEADERS))
            found[name] = self.chance.choice(HEADERS[name])
        return found

    def _body(self, rule: Rule, role: str) -> tuple[bytes, str | None]:
        makers: tuple[Callable[[Rule, str], tuple[bytes, str | None]], ...] = (
            self._form,
            self._form,
            self._form,
            self._json,
            self._raw,
        )
        if rule.endpoint.startswith("api."):
            makers = (self._json, self._json, self._json, self._raw)
        return self.chance.choice(makers)(rule, role)

    def _form(self, rule: Rule, role: str) -> tuple[bytes, str | None]:
        """The form of this page as the table knows it, some of its values spoilt, and others besides."""
        things = self.scene.things["here"]
        row = self.forms.get("POST " + re.sub(r"<(?:[^:>]+:)?(\w+)>", r"<\1>", rule.rule))
        fields = list(row.sent(things).items()) if row else []
        fields = [
            (name, self.chance.choice(UGLY) if self._sometimes(0.3) else value) for name, value in fields
        ] + self._fields(0.5)
        if self._sometimes(0.02):
            fields.append((self.chance.choice(NAMES), "x" * 1_000_000))
        fields += [
            ("csrf_token", self._token(role)),
            ("key", f"{self.chance.random():.20f}".rjust(24, "k")),
            ("revision", "1"),
        ]
        if self._sometimes(0.2):
            parts = [
                f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
            ]
            parts.append(
                '--x\r\nContent-Disposition: form-data; name="files"; filename="a\0.pdf"\r\n\r\n%PDF-1.7\0\r\n'
            )
            end = "" if self._sometimes(0.2) else "--x--\r\n"
            return ("".join(parts) + end).encode("utf-8", "surrogatepass"), "multipart/form-data; boundary=x"
        return _encode(fields).encode(), "application/x-www-form-urlencoded"

    def _token(self, role: str) -> str:
        if role not in self.tokens:
            found = _TOKEN.search(self.scene.browsers[role].get("/account", follow_redirects=True).text)
            self.tokens[role] = found[1] if found else ""
        return self.tokens[role]

    def _json(self, rule: Rule, role: str) -> tuple[bytes, str | None]:
        if self._sometimes(0.1):
            depth = self.chance.choice((50, 5_000, 100_000))
            return b'{"a":' * depth + b"1" + b"}" * depth, "application/json"
        written = json.dumps(
            {name: self._value(3) for name, _ in [("reason", ""), ("form", ""), ("sure", ""), *self._fields(0.7)]}
        )
        return written.encode(), "application/json"

    def _value(self, depth: int) -> Any:
        kind = self.chance.randrange(7 if depth else 5)
        plain: tuple[Any, ...] = (self.chance.choice(UGLY), 10**400, -1.5, None, True)
        if kind < 5:
            return plain[kind]
        inner = [self._value(depth - 1) for _ in range(self.chance.randrange(3))]
        return inner if kind == 5 else {self.chance.choice(UGLY)[:30]: one for one in inner}

    def _raw(self, rule: Rule, role: str) -> tuple[bytes, str | None]:
        return self.chance.randbytes(self.chance.choice((0, 1, 50, 5_000))), self.chance.choice(TYPES)


def _quoted(value: str) -> str:
    return "".join(f"%{byte:02X}" for byte in value.encode("utf-8", "surrogatepass"))


def _encode(fields: list[tuple[str, str]]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in fields)

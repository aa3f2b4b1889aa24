"""Who is at the other end: behind proxies, from a device that is known, and never by plain http in production."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World

BASE = "https://casework.example"
KEY = "V8s-Qm2xLr7TzKp0WdYc5NfHb3JgUa9E"


@contextmanager
def production(settings: Settings, **more: Any) -> Iterator[Flask]:
    secret = Settings(profile="test", secret_key=KEY).secret_key
    given = {"profile": "production", "trusted_hosts": "casework.example", "secret_key": secret, "proxy_hops": 1}
    app = create_app(settings.model_copy(update=given | more))
    yield app
    app.extensions["casework"].dispose()


def sent_by_proxy(*addresses: str, scheme: str = "https") -> dict[str, Any]:
    return {
        "base_url": BASE.replace("https", "http"),
        "headers": {"X-Forwarded-For": ", ".join(addresses), "X-Forwarded-Proto": scheme},
    }


# --- one stranger keeps nobody out -----------------------------------------------------------------------------------


def guess(app: Flask, address: str, times: int) -> int:
    """Guess at as many accounts as there are tries; gives the last status."""
    browser = Browser(app.test_client())
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)[0]
    status = 0
    for number in range(times):
        data = {"csrf_token": token, "email": f"nobody{number}@example.org", "password": "a wrong password"}
        status = browser.flask.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": address}).status_code
    return status


def known_device(app: Flask) -> Browser:
    """A browser that has signed in by the page, which keeps the device."""
    browser = Browser(app.test_client())
    assert browser.sign_in("officer@example.org").status_code == 303
    return browser


def test_whoever_guesses_from_the_same_network_keeps_no_known_device_out(app: Flask, world: World) -> None:
    known = known_device(app)
    known.post("/sign-out")
    assert guess(app, "127.0.0.1", 51) == 429
    assert Browser(app.test_client()).sign_in("supervisor@example.org").status_code == 429
    assert known.sign_in("officer@example.org").status_code == 303
    # Of another account this device is not known.
    known.post("/sign-out")
    assert known.sign_in("supervisor@example.org").status_code == 429


def test_whoever_guesses_at_an_account_keeps_its_known_device_in_another_network_not_out(
    app: Flask, world: World
) -> None:
    known, stranger = known_device(app), Browser(app.test_client())
    known.post("/sign-out")
    for _ in range(5):
        stranger.sign_in("officer@example.org", "a wrong password")
    assert stranger.sign_in("officer@example.org").status_code == 429
    token = re.findall(r'name="csrf_token" value="([^"]+)"', known.get("/sign-in").text)[0]
    data = {"csrf_token": token, "email": "Officer@example.org", "password": PASSWORD}
    assert known.flask.post("/sign-in", data=data, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}).status_code == 303


def test_a_known_device_that_guesses_waits_as_others_do(app: Flask, world: World) -> None:
    thief = known_device(app)
    thief.post("/sign-out")
    for _ in range(4):
        last = thief.sign_in("officer@example.org", "a wrong password").status_code
    assert last == 429


def test_a_device_that_was_made_up_is_not_known(app: Flask, world: World) -> None:
    known_device(app)
    made_up = Browser(app.test_client())
    made_up.flask.set_cookie("device", "WyJtYWRlIHVwIl0.aaaa.bbbb")
    assert guess(app, "127.0.0.1", 51) == 429
    assert made_up.sign_in("officer@example.org").status_code == 429


def test_addresses_of_one_network_are_one(app: Flask, world: World) -> None:
    browser = Browser(app.test_client())
    token = re.findall(r'name="csrf_token" value="([^"]+)"', browser.get("/sign-in").text)[0]
    for number in range(51):
        data = {"csrf_token": token, "email": f"nobody{number}@example.org", "password": "a wrong password"}
        last = browser.flask.post(
            "/sign-in", data=data, environ_overrides={"REMOTE_ADDR": f"2001:db8::{number:x}"}
        ).status_code
    assert last == 429


# --- proxies ---------------------------------------------------------------------------------------------------------


def tried_from(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return list(db.execute(text("SELECT DISTINCT address FROM sign_in_attempts ORDER BY 1")).scalars())


def try_once(app: Flask, **sent: Any) -> int:
    client = app.test_client()
    opened = client.get("/sign-in", **sent).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', opened)[0]
    sent["headers"] = sent["headers"] | {"Referer": f"{BASE}/sign-in"}
    data = {"csrf_token": token, "email": "nobody@example.org", "password": "a wrong password"}
    return client.post("/sign-in", data=data, **sent).status_code


@pytest.mark.parametrize(
    ("hops", "told", "counted"),
    [
        (1, ("198.51.100.7",), "198.51.100.7"),
        (1, ("10.9.9.9", "198.51.100.7"), "198.51.100.7"),
        (2, ("198.51.100.7", "10.0.0.1"), "198.51.100.7"),
    ],
)
def test_the_client_is_who_the_trusted_proxies_say(
    settings: Settings, engine: Engine, world: World, hops: int, told: tuple[str, ...], counted: str
) -> None:
    with production(settings, proxy_hops=hops) as app:
        sent = sent_by_proxy(*told, scheme=", ".join(["https"] * hops))
        assert try_once(app, **sent) == 422
    assert tried_from(engine) == [counted]


def test_no_header_says_where_the_pages_lie(settings: Settings, world: World) -> None:
    with production(settings) as app:
        sent = sent_by_proxy("198.51.100.7")
        sent["headers"] |= {
            "X-Forwarded-Host": "evil.example",
            "X-Forwarded-Prefix": "/evil",
            "X-Forwarded-Port": "1",
            "Script-Name": "/evil",
        }
        assert "evil" not in app.test_client().get("/sign-in", **sent).text


def test_production_does_not_take_every_client_for_the_proxy(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with production(settings, proxy_hops=0) as app:
        answer = app.test_client().get("/sign-in", base_url=BASE, headers={"X-Forwarded-For": "198.51.100.7"})
        assert answer.status_code == 400
        assert "CASEWORK_PROXY_HOPS" in answer.text
        assert "CASEWORK_PROXY_HOPS" in caplog.text
        assert app.test_client().get("/sign-in", base_url=BASE).status_code == 200


def test_production_takes_no_token_by_plain_http(settings: Settings, world: World) -> None:
    with production(settings) as app:
        client, token = app.test_client(), {"Authorization": f"Bearer {world.tokens['officer']}"}
        assert client.get("/api/v1/me", base_url=BASE.replace("https", "http"), headers=token).status_code == 403
        assert client.get("/api/v1/me", base_url=BASE, headers=token).status_code == 200
        assert client.get("/sign-in", **sent_by_proxy("198.51.100.7", scheme="http")).status_code == 400
        assert client.get("/health", base_url=BASE.replace("https", "http")).status_code == 200


# --- what production tells strangers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/api/v1/docs", "/api/v1/openapi.json"])
def test_strangers_read_the_documentation_of_a_production_where_it_says_so(
    settings: Settings, world: World, path: str
) -> None:
    with production(settings) as app:
        client, token = app.test_client(), {"Authorization": f"Bearer {world.tokens['provider']}"}
        assert client.get(path, base_url=BASE).status_code == 401
        assert client.get(path, base_url=BASE, headers=token).status_code == 200
    with production(settings, open_docs=True) as app:
        assert app.test_client().get(path, base_url=BASE).status_code == 200


def test_every_cookie_of_production_can_be_set_by_https_alone(settings: Settings, world: World) -> None:
    with production(settings) as app:
        client = app.test_client()
        token = re.findall(r'name="csrf_token" value="([^"]+)"', client.get("/sign-in", base_url=BASE).text)[0]
        headers = {"Referer": f"{BASE}/sign-in"}
        chosen = client.post(
            "/preferences",
            base_url=BASE,
            headers=headers,
            data={"csrf_token": token, "language": "zh-Hans", "theme": "dark"},
        )
        data = {"csrf_token": token, "email": "provider@example.org", "password": PASSWORD}
        entered = client.post("/sign-in", base_url=BASE, headers=headers, data=data)
        assert entered.status_code == 303
        cookies = chosen.headers.getlist("Set-Cookie") + entered.headers.getlist("Set-Cookie")
        assert {one.split("=")[0] for one in cookies} >= {
            "__Host-language",
            "__Host-theme",
            "__Host-sid",
            "__Host-device",
        }
        for one in cookies:
            assert one.startswith("__Host-")
            assert "Secure" in one
            assert "Path=/" in one
            assert "Domain" not in one


def test_a_demo_answers_to_this_machine_alone(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"profile": "demo"}))
    client = app.test_client()
    assert client.get("/sign-in", base_url="http://127.0.0.1:8000").status_code == 200
    assert client.get("/sign-in", base_url="http://localhost:8000").status_code == 200
    assert client.get("/sign-in", base_url="http://rebound.example").status_code == 400
    app.extensions["casework"].dispose()

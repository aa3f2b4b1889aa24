"""Passkeys: making one, signing in with it alone or after the password, copies, and giving the last one up."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.authenticator import Authenticator
from tests.support.web_client import Browser
from tests.web.auth.test_pages import set_up

Json = Any
Enter = Callable[[str], Browser]
NEW, USE = "/account/passkeys", "/sign-in/passkey"


def options(browser: Browser, path: str, page: str) -> Json:
    answer = browser.post(f"{path}/options", page=page)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def make(browser: Browser, key: Authenticator, name: str = "Phone") -> list[str]:
    """Make a passkey; gives the recovery codes that came with it."""
    answer = key.create(options(browser, NEW, "/account"))
    made = browser.post(NEW, {"credential": answer, "name": name}, page="/account")
    codes = re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){5})</li>", made.text)
    assert made.status_code == (200 if codes else 303)
    return codes


def use(browser: Browser, key: Authenticator, page: str = "/sign-in", **more: str) -> str:
    """Sign in; gives where it led to."""
    answer = key.sign(options(browser, USE, page))
    return browser.post(USE, {"credential": answer, **more}, page=page).headers["Location"]


def test_a_passkey_signs_in_without_a_name_a_password_or_a_code(browser_for: Enter, app: Flask) -> None:
    key, other = Authenticator(), Browser(app.test_client())
    assert len(make(browser_for("officer"), key)) == 10
    assert use(other, key, next="/account") == "/account"
    page = other.get("/account").text
    assert "officer@example.org" in page
    assert 'value="Phone"' in page


def test_it_counts_as_the_second_factor_after_the_password(browser_for: Enter, app: Flask) -> None:
    key, other = Authenticator(), Browser(app.test_client())
    make(browser_for("officer"), key)
    assert other.sign_in("officer@example.org", next="/account").headers["Location"] == "/sign-in/code?next=/account"
    assert other.get("/account").status_code == 303
    half = other.cookie("sid")
    assert use(other, key, "/sign-in/code", next="/account") == "/account"
    assert other.get("/account").status_code == 200
    assert other.cookie("sid") != half


def test_who_has_lost_it_signs_in_with_a_recovery_code(browser_for: Enter, app: Flask) -> None:
    [code, *_], other = make(browser_for("officer"), Authenticator()), Browser(app.test_client())
    other.sign_in("officer@example.org")
    assert other.post("/sign-in/code", {"code": code}, page="/sign-in/code").status_code == 303


def test_after_the_password_of_one_the_passkey_of_another_does_not_count(browser_for: Enter, app: Flask) -> None:
    mine, theirs = Authenticator(), Authenticator()
    make(browser_for("officer"), mine)
    make(browser_for("auditor"), theirs)
    other = Browser(app.test_client())
    other.sign_in("officer@example.org")
    assert use(other, theirs, "/sign-in/code") == "/sign-in/code"
    assert "not one of this account" in other.get("/sign-in/code").text
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"site": "evil.example"},
        {"verifies": False},
        {"user": b"somebody else"},
        {"credential": b"unknown" * 5},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_what_does_not_fit_opens_nothing(browser_for: Enter, app: Flask, lie: dict[str, Any]) -> None:
    key, other = Authenticator(), Browser(app.test_client())
    make(browser_for("officer"), key)
    for name, value in lie.items():
        setattr(key, name, value)
    assert use(other, key) == "/sign-in"
    assert "The passkey was not accepted" in other.get("/sign-in").text
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize(
    "lie",
    [{"origin": "https://evil.example"}, {"site": "evil.example"}, {"verifies": False}],
    ids=lambda lie: next(iter(lie)),
)
def test_what_does_not_fit_is_not_kept(browser_for: Enter, lie: dict[str, Any], engine: Engine) -> None:
    browser = browser_for("officer")
    answer = Authenticator(**lie).create(options(browser, NEW, "/account"))
    assert browser.post(NEW, {"credential": answer, "name": "Phone"}).status_code == 303
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM passkeys")).scalar_one() == 0


def test_an_answer_counts_once(browser_for: Enter, app: Flask) -> None:
    key, other = Authenticator(), Browser(app.test_client())
    make(browser_for("officer"), key)
    answer = key.sign(options(other, USE, "/sign-in"))
    assert other.post(USE, {"credential": answer}, page="/sign-in").headers["Location"] == "/"
    again = Browser(app.test_client())
    assert again.post(USE, {"credential": answer}, page="/sign-in").headers["Location"] == "/sign-in"


def test_a_challenge_is_used_up_by_a_wrong_answer(browser_for: Enter, app: Flask) -> None:
    key, other = Authenticator(), Browser(app.test_client())
    make(browser_for("officer"), key)
    asked = options(other, USE, "/sign-in")
    key.verifies = False
    other.post(USE, {"credential": key.sign(asked)}, page="/sign-in")
    key.verifies = True
    assert other.post(USE, {"credential": key.sign(asked)}, page="/sign-in").headers["Location"] == "/sign-in"


def test_a_challenge_does_not_last(browser_for: Enter, app: Flask, engine: Engine) -> None:
    key, other = Authenticator(), Browser(app.test_client())
    make(browser_for("officer"), key)
    asked = options(other, USE, "/sign-in")
    with transaction(engine) as db:
        db.execute(text("UPDATE challenges SET expires_at = casework_now()"))
    assert other.post(USE, {"credential": key.sign(asked)}, page="/sign-in").headers["Location"] == "/sign-in"


def test_a_challenge_for_one_purpose_does_not_serve_another(browser_for: Enter, app: Flask) -> None:
    key, browser, other = Authenticator(), browser_for("officer"), Browser(app.test_client())
    make(browser, key)
    asked = options(browser, NEW, "/account")
    assert other.post(USE, {"credential": key.sign(asked)}, page="/sign-in").headers["Location"] == "/sign-in"


def test_a_copy_betrays_itself_and_the_passkey_opens_nothing_any_more(browser_for: Enter, app: Flask) -> None:
    key = Authenticator()
    make(browser_for("officer"), key)
    first = Browser(app.test_client())
    assert use(first, key) == "/"
    copied_at = key.count
    assert use(Browser(app.test_client()), key) == "/"
    key.count = copied_at - 1
    thief = Browser(app.test_client())
    assert use(thief, key) == "/sign-in"
    assert "may be a copy" in thief.get("/sign-in").text
    # Not even the right counter helps now, and its owner is told.
    key.count = 40
    assert use(Browser(app.test_client()), key) == "/sign-in"
    assert "may have been copied" in first.get("/account").text


def test_a_wrong_signature_does_not_lock_the_passkey(browser_for: Enter, app: Flask) -> None:
    key, forged = Authenticator(), Authenticator()
    make(browser_for("officer"), key)
    assert use(Browser(app.test_client()), key) == "/"
    forged.credential, forged.user = key.credential, key.user
    assert use(Browser(app.test_client()), forged) == "/sign-in"
    assert use(Browser(app.test_client()), key) == "/"


def test_the_passkey_of_a_closed_account_opens_nothing(browser_for: Enter, app: Flask, engine: Engine) -> None:
    key = Authenticator()
    make(browser_for("officer"), key)
    with transaction(engine) as db:
        db.execute(text("UPDATE people SET active = false"))
    assert use(Browser(app.test_client()), key) == "/sign-in"


def test_one_renames_and_removes_ones_own_only(browser_for: Enter, engine: Engine) -> None:
    browser, other = browser_for("officer"), browser_for("auditor")
    make(browser, Authenticator())
    [id] = re.findall(rf"{NEW}/([0-9a-f-]{{36}})/rename", browser.get("/account").text)
    assert other.post(f"{NEW}/{id}/rename", {"name": "Mine"}).status_code == 404
    assert other.post(f"{NEW}/{id}/remove").status_code == 404
    assert browser.post(f"{NEW}/{id}/rename", {"name": "  Old   phone "}).status_code == 303
    assert 'value="Old phone"' in browser.get("/account").text
    browser.post(f"{NEW}/{id}/rename", {"name": " "})
    assert "must be answered" in browser.get("/account").text
    assert browser.post(f"{NEW}/{id}/remove").status_code == 303
    assert "You have none yet" in browser.get("/account").text
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM recovery_codes")).scalar_one() == 0


def test_making_one_ends_every_other_session(browser_for: Enter) -> None:
    here, there = browser_for("officer"), browser_for("officer")
    make(here, Authenticator())
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_the_last_factor_stays_where_every_account_needs_one(
    browser_for: Enter, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_for("officer")
    set_up(browser)
    make(browser, Authenticator())
    # The application is that of all tests.
    monkeypatch.setitem(app.config, "INSIST_ON_SECOND_FACTOR", True)
    assert browser.post("/account/second-factor/remove").headers["Location"] == "/account"
    [id] = re.findall(rf"{NEW}/([0-9a-f-]{{36}})/remove", browser.get("/account").text)
    browser.post(f"{NEW}/{id}/remove")
    page = browser.get("/account").text
    assert "Every account needs a second factor here" in page
    assert f"{NEW}/{id}/remove" in page
    provider = browser_for("provider")
    make(provider, Authenticator())
    [id] = re.findall(rf"{NEW}/([0-9a-f-]{{36}})/remove", provider.get("/account").text)
    provider.post(f"{NEW}/{id}/remove")
    assert f"{NEW}/{id}/remove" in provider.get("/account").text


@pytest.mark.parametrize(
    "answer", ["", "{}", "[]", "null", '{"id": 3}', '{"response": {"clientDataJSON": "e30"}}', "x" * 60_000]
)
def test_what_is_no_answer_is_refused(anonymous: Browser, answer: str) -> None:
    assert anonymous.post(USE, {"credential": answer}, page="/sign-in").headers["Location"] == "/sign-in"


def test_without_a_script_the_page_says_what_else_can_be_done(anonymous: Browser, browser_for: Enter) -> None:
    assert "<noscript>" in anonymous.get("/sign-in").text
    assert "Sign in with your password above." in anonymous.get("/sign-in").text
    assert "An app for one-time codes works without it." in browser_for("officer").get(f"{NEW}/new").text


def test_a_bare_address_has_no_passkeys(anonymous: Browser) -> None:
    page = anonymous.get("/sign-in", base_url="http://127.0.0.1:8000").text
    assert "Passkeys need a host name" in page
    assert "data-passkey" not in page


# --- pure ------------------------------------------------------------------------------------------------------------

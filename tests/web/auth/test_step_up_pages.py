"""Sensitive actions ask once more who one is; then they go on with what was sent."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from casework.web.auth.step_up_pages import OWN_ACCOUNT
from tests.support.authenticator import Authenticator
from tests.support.pages import read_page
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World
from tests.web.auth.test_pages import code_at, set_up
from tests.web.auth.test_passkey_pages import make, options

Enter = Callable[[str], Browser]
ASKED = "Confirm that it is you"
SOMETHING = "00000000-0000-4000-8000-000000000000"


def age(engine: Engine, minutes: int = 11) -> None:
    """Let the last proof of every session lie so long ago."""
    with transaction(engine) as db:
        db.execute(
            text("UPDATE sessions SET proved_at = proved_at - make_interval(mins => :minutes)"), {"minutes": minutes}
        )


def form_of(page: str) -> str:
    """The form that takes the proof, without those of the frame around it."""
    found = re.search(r'<form method="post" action="/confirm">.*?</form>', page, re.DOTALL)
    assert found
    return found[0]


def go_on(browser: Browser, **proof: str) -> Any:
    """Send the page's form with a proof, and what it carries, wherever it leads."""
    assert browser.last is not None
    sent = read_page(form_of(browser.last.text)).sent.to_dict(flat=False) | {
        name: [value] for name, value in proof.items()
    }
    browser.last = browser.flask.post("/confirm", data=sent)
    if browser.last.status_code == 307:
        # As browsers do: the same form, sent on.
        browser.last = browser.flask.post(browser.last.headers["Location"], data=sent, follow_redirects=True)
    elif browser.last.status_code == 303:
        browser.last = browser.flask.get(browser.last.headers["Location"], follow_redirects=True)
    return browser.last


@pytest.mark.parametrize("endpoint", sorted(OWN_ACCOUNT))
def test_every_page_of_the_own_account_asks_when_the_proof_is_old(
    browser_for: Enter, app: Flask, engine: Engine, endpoint: str
) -> None:
    browser = browser_for("administrator")
    [rule] = [one for one in app.url_map.iter_rules() if one.endpoint == endpoint]
    path = app.url_map.bind("localhost").build(endpoint, dict.fromkeys(rule.arguments, SOMETHING))

    def ask() -> Any:
        posts = rule.methods and "POST" in rule.methods
        return browser.post(path) if posts else browser.get(path, follow_redirects=True)

    assert ASKED not in ask().text
    age(engine)
    answer = ask()
    assert answer.status_code == 200
    assert f"<h1>{ASKED}</h1>" in answer.text


def test_a_route_of_others_asks_for_nothing(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    age(engine)
    for path in ("/", "/queues", "/cases", "/account"):
        assert ASKED not in browser.get(path).text
    assert browser.post("/account/preferences", {"theme": "dark"}).status_code == 303


def test_who_is_not_signed_in_is_asked_to_sign_in(anonymous: Browser) -> None:
    assert anonymous.get("/account/second-factor").headers["Location"].startswith("/sign-in")
    assert anonymous.get("/confirm").headers["Location"].startswith("/sign-in")


def test_an_action_goes_on_with_what_was_typed(browser_for: Enter, engine: Engine, world: World) -> None:
    browser = browser_for("administrator")
    age(engine)
    typed = {"email": "new@example.org", "name": 'Li "Wen" <b>\nsecond line', "name_zh": "李文", "language": "en"}
    page = browser.post("/administration/people/new", typed, page="/administration/people/new")
    assert ASKED in page.text
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM people WHERE email = 'new@example.org'")).scalar_one() == 0
    before = browser.cookie("sid")
    wrong = go_on(browser, confirm_password="wrong")
    assert wrong.status_code == 422
    assert "The password is wrong." in wrong.text
    carried = read_page(form_of(wrong.text)).sent
    assert {name: carried[name] for name in typed} == typed
    done = go_on(browser, confirm_password=PASSWORD)
    assert done.status_code in (200, 422)
    assert done.request.path != "/confirm"
    assert ASKED not in done.text
    assert browser.cookie("sid") != before


def test_a_simple_action_is_done_at_once(browser_for: Enter, engine: Engine) -> None:
    here, there = browser_for("officer"), browser_for("officer")
    age(engine)
    assert ASKED in here.post("/account/sessions/end-others").text
    assert there.get("/account").status_code == 200
    done = go_on(here, confirm_password=PASSWORD)
    assert "1 other session has ended." in done.text
    assert there.get("/account").status_code == 303
    # And the next one needs no proof.
    assert "You were signed in nowhere else." in here.post("/account/sessions/end-others", follow=True).text


def test_a_page_is_opened_after_the_proof(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    age(engine)
    asked = browser.get("/account/second-factor")
    assert asked.headers["Location"] == "/confirm?next=/account/second-factor"
    browser.get("/confirm?next=/account/second-factor")
    assert "Set up the second factor" in go_on(browser, confirm_password=PASSWORD).text


def test_where_there_is_a_second_factor_the_password_is_not_enough(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    secret, _ = set_up(browser)
    age(engine)
    assert ASKED in browser.post("/account/second-factor/remove").text
    assert go_on(browser, confirm_password=PASSWORD, confirm_code="").status_code == 422
    done = go_on(browser, confirm_code=code_at(secret))
    assert done.request.path == "/account"
    assert "is not set up" in done.text


def test_a_passkey_confirms(browser_for: Enter, engine: Engine, app: Flask) -> None:
    browser, key, other = browser_for("officer"), Authenticator(), Authenticator()
    make(browser, key)
    make(browser_for("auditor"), other)
    age(engine)
    page = browser.post("/account/second-factor/codes").text
    assert 'data-passkey="get"' in page
    for one, status in ((other, 422), (key, 200)):
        one.user = key.user
        signed = one.sign(options(browser, "/sign-in/passkey", "/account"))
        browser.post("/account/second-factor/codes")
        done = go_on(browser, confirm_credential=signed)
        assert done.status_code == status
    assert "Your recovery codes" in done.text


def test_guessing_is_slowed_down(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    age(engine)
    statuses = []
    for n in range(4):
        browser.get("/confirm")
        statuses.append(go_on(browser, confirm_password=f"guess {n}").status_code)
    assert statuses == [422, 422, 422, 429]


def test_the_proof_leaves_nothing_in_what_is_kept(browser_for: Enter, engine: Engine) -> None:
    """The digest of a request is the one that it has without the proof."""
    browser = browser_for("officer")
    digests = []
    for old in (False, True):
        if old:
            age(engine)
        browser.post("/account/sessions/end-others", {"key": f"one-key-of-the-test-{old}"})
        if old:
            go_on(browser, confirm_password=PASSWORD)
        with transaction(engine) as db:
            digests.append(
                db.execute(
                    text("SELECT digest FROM requests WHERE key = :key"), {"key": f"one-key-of-the-test-{old}"}
                ).scalar_one()
            )
    assert digests[0] == digests[1]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/x", "/\\evil.example"])
def test_nobody_is_sent_to_another_site(browser_for: Enter, target: str) -> None:
    browser = browser_for("officer")
    token = re.findall(r'name="csrf_token" value="([^"]+)"', html.unescape(browser.get("/confirm").text))[0]
    sent = {"csrf_token": token, "confirm_target": target, "confirm_method": "POST", "confirm_password": PASSWORD}
    assert browser.flask.post("/confirm", data=sent).headers["Location"] == "/"


def test_a_session_lasts_no_longer_for_a_proof(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    with transaction(engine) as db:
        db.execute(text("UPDATE sessions SET expires_at = expires_at - interval '11 hours'"))
        before = db.execute(text("SELECT expires_at FROM sessions")).scalar_one()
    browser.get("/confirm")
    go_on(browser, confirm_password=PASSWORD)
    with transaction(engine) as db:
        assert db.execute(text("SELECT expires_at FROM sessions WHERE ended_at IS NULL")).scalar_one() == before

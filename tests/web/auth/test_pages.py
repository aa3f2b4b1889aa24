"""Signing in and out, the second factor, sessions and preferences."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def test_a_page_asks_to_sign_in_and_comes_back(anonymous: Browser, world: World) -> None:
    answer = anonymous.get("/account")
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/account"
    entered = anonymous.sign_in("officer@example.org", next="/account")
    assert entered.headers["Location"] == "/account"
    assert "officer@example.org" in anonymous.get("/account").text


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/\n/evil.example"]
)
def test_nobody_is_sent_to_another_site(anonymous: Browser, world: World, target: str) -> None:
    assert anonymous.sign_in("officer@example.org", next=target).headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_person_look_alike(anonymous: Browser, world: World) -> None:
    wrong = anonymous.sign_in("officer@example.org", "wrong")
    unknown = anonymous.sign_in("nobody@example.org", "wrong")
    assert wrong.status_code == unknown.status_code == 422

    def plain(page: str) -> str:
        return re.sub(r'value="[^"]*"|<code>[^<]*</code>', "", page)

    assert plain(wrong.text) == plain(unknown.text)
    assert "wrong" not in re.findall(r'value="([^"]*)"', wrong.text)


def test_the_cookie_is_new_after_signing_in(anonymous: Browser, world: World) -> None:
    anonymous.flask.set_cookie("sid", "cws_chosen-by-somebody-else")
    anonymous.get("/sign-in")
    before = anonymous.cookie("page")
    anonymous.sign_in("officer@example.org")
    assert anonymous.cookie("sid") != "cws_chosen-by-somebody-else"
    assert anonymous.cookie("page") != before


def test_a_token_of_a_form_from_before_does_not_count_after(anonymous: Browser, world: World) -> None:
    token = re.findall(r'name="csrf_token" value="([^"]+)"', anonymous.get("/sign-in").text)[0]
    anonymous.sign_in("officer@example.org")
    assert anonymous.flask.post("/account/preferences", data={"csrf_token": token, "theme": "dark"}).status_code == 400


def test_the_cookies_are_closed_to_scripts_and_to_other_sites(anonymous: Browser, world: World) -> None:
    cookies = anonymous.sign_in("officer@example.org").headers.getlist("Set-Cookie")
    sid = next(one for one in cookies if one.startswith("sid="))
    assert "HttpOnly" in sid
    assert "SameSite=Lax" in sid
    assert "Path=/" in sid
    assert "Domain" not in sid


def test_signing_out_ends_the_session_itself(browser_for: Enter, app: Flask) -> None:
    browser = browser_for("officer")
    secret = browser.cookie("sid")
    assert secret
    left = browser.post("/sign-out")
    assert left.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert browser.cookie("sid") is None
    thief = app.test_client()
    thief.set_cookie("sid", secret)
    assert thief.get("/account").status_code == 303


def test_a_form_without_its_token_does_nothing(browser_for: Enter) -> None:
    browser = browser_for("officer")
    assert browser.flask.post("/account/preferences", data={"theme": "dark"}).status_code == 400
    assert 'data-bs-theme="auto"' in browser.get("/account").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_form_from_another_site_does_nothing(browser_for: Enter, headers: dict[str, str]) -> None:
    browser = browser_for("officer")
    assert browser.post("/account/preferences", {"theme": "dark"}, headers=headers).status_code == 400
    assert 'data-bs-theme="auto"' in browser.get("/account").text


def test_our_own_origin_is_let_through(browser_for: Enter) -> None:
    answer = browser_for("officer").post(
        "/account/preferences", {"theme": "dark"}, headers={"Origin": "http://localhost"}
    )
    assert answer.status_code == 303


def test_guessing_is_slowed_down_and_a_known_address_is_not_locked_out(app: Flask, world: World) -> None:
    known = Browser(app.test_client())
    known.sign_in("officer@example.org")
    stranger = app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    guesser = Browser(stranger)
    statuses = [guesser.sign_in("officer@example.org", f"guess {n}").status_code for n in range(4)]
    assert statuses == [422, 422, 422, 429]
    assert guesser.last is not None
    assert int(guesser.last.headers["Retry-After"]) > 0
    # Not even the right password is looked at meanwhile; from where the person works, it is.
    assert guesser.sign_in("officer@example.org").status_code == 429
    assert Browser(app.test_client()).sign_in("officer@example.org").status_code == 303


def test_an_address_that_guesses_at_many_accounts_is_slowed_down(app: Flask, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO sign_in_attempts (account, address, at, succeeded)"
                " SELECT sha256(n::text::bytea), '127.0.0.1', casework_now(), false FROM generate_series(1, 50) n"
            )
        )
    assert Browser(app.test_client()).sign_in("officer@example.org").status_code == 429


def test_the_language_is_switched_and_stays(anonymous: Browser, world: World) -> None:
    assert 'lang="en"' in anonymous.get("/sign-in").text
    answer = anonymous.post("/preferences", {"language": "zh-Hans", "page": "/sign-in"}, page="/sign-in")
    assert answer.headers["Location"] == "/sign-in"
    page = anonymous.get("/sign-in").text
    assert '<html lang="zh-Hans"' in page
    assert "登录" in page


def test_the_browser_is_heard_where_nothing_was_chosen(anonymous: Browser) -> None:
    page = anonymous.get("/sign-in", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5"})
    assert '<html lang="zh-Hans"' in page.text


def test_preferences_are_kept_with_the_person(browser_for: Enter) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": "zh-Hans", "zone": "Europe/Berlin", "theme": "dark"})
    page = browser_for("officer").get("/account").text
    assert '<html lang="zh-Hans" data-bs-theme="dark">' in page
    assert "<option selected>Europe/Berlin</option>" in page


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"zone": "Mars/Phobos"}, {"theme": "<script>"}])
def test_an_unknown_preference_is_refused(browser_for: Enter, wrong: dict[str, str]) -> None:
    assert browser_for("officer").post("/account/preferences", wrong).status_code == 422


def test_one_sees_and_ends_ones_own_sessions(browser_for: Enter) -> None:
    here, there = browser_for("officer"), browser_for("officer")
    ends = re.findall(r"/account/sessions/([0-9a-f]{64})/end", here.get("/account").text)
    assert len(ends) == 2
    for session in ends:
        if session not in _marked(here):
            assert here.post(f"/account/sessions/{session}/end").status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def _marked(browser: Browser) -> str:
    """The row of this session."""
    return next(row for row in browser.get("/account").text.split("<tr") if 'class="tag good"' in row)


def test_nobody_ends_another_persons_session(browser_for: Enter) -> None:
    other = browser_for("auditor")
    session = re.findall(r"/account/sessions/([0-9a-f]{64})/end", other.get("/account").text)[0]
    assert browser_for("officer").post(f"/account/sessions/{session}/end").status_code == 404
    assert other.get("/account").status_code == 200


# --- the second factor -----------------------------------------------------------------------------------------------


def set_up(browser: Browser, seconds: int = -30) -> tuple[str, list[str]]:
    """Set the second factor up; gives the secret and the recovery codes."""
    page = browser.get("/account/second-factor").text
    secret = "".join(re.findall(r"<code>([A-Z2-7 ]+)</code>", page)[0].split())
    confirmed = browser.post(
        "/account/second-factor", {"code": code_at(secret, seconds)}, page="/account/second-factor"
    )
    assert confirmed.status_code == 200
    return secret, re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){5})</li>", confirmed.text)


def code_at(secret: str, seconds: int = 0) -> str:
    """The code that an app shows. One that is about to go is left to go first: it counts no longer than it is shown."""
    left = 30 - time.time() % 30
    if seconds == 0 and left < 8:
        time.sleep(left)
    return pyotp.TOTP(secret).at(datetime.now(UTC) + timedelta(seconds=seconds))


def test_a_second_factor_is_asked_for_once_it_is_set_up(browser_for: Enter, app: Flask) -> None:
    secret, codes = set_up(browser_for("officer"))
    assert len(codes) == 10
    again = Browser(app.test_client())
    assert again.sign_in("officer@example.org", next="/account").headers["Location"] == "/sign-in/code?next=/account"
    # The password alone opens nothing.
    assert again.get("/account").status_code == 303
    assert again.get("/account/second-factor").status_code == 303
    half = again.cookie("sid")
    entered = again.post("/sign-in/code", {"code": code_at(secret), "next": "/account"}, page="/sign-in/code")
    assert entered.headers["Location"] == "/account"
    assert again.get("/account").status_code == 200
    assert again.cookie("sid") != half


def test_a_code_counts_once(browser_for: Enter, app: Flask) -> None:
    secret, _ = set_up(browser_for("officer"))
    waiting = [Browser(app.test_client()) for _ in range(2)]
    for one in waiting:
        one.sign_in("officer@example.org")
    code = code_at(secret)
    for again, expected in zip(waiting, (303, 422), strict=True):
        assert again.post("/sign-in/code", {"code": code}, page="/sign-in/code").status_code == expected


def test_a_recovery_code_counts_once(browser_for: Enter, app: Flask) -> None:
    _, codes = set_up(browser_for("officer"))
    for expected in (303, 422):
        again = Browser(app.test_client())
        again.sign_in("officer@example.org")
        assert again.post("/sign-in/code", {"code": codes[3].upper()}, page="/sign-in/code").status_code == expected


def test_codes_cannot_be_guessed_quickly(browser_for: Enter, app: Flask) -> None:
    set_up(browser_for("officer"))
    again = Browser(app.test_client())
    again.sign_in("officer@example.org")
    statuses = [again.post("/sign-in/code", {"code": f"{n:06}"}, page="/sign-in/code").status_code for n in range(4)]
    assert statuses[-1] == 429


def test_setting_it_up_ends_every_other_session(browser_for: Enter) -> None:
    here, there = browser_for("officer"), browser_for("officer")
    set_up(here)
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_the_secret_is_not_shown_again(browser_for: Enter) -> None:
    browser = browser_for("officer")
    secret, _ = set_up(browser)
    assert secret not in browser.get("/account/second-factor").text.replace(" ", "")


def test_it_is_removed_with_its_recovery_codes(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    set_up(browser)
    assert browser.post("/account/second-factor/remove", page="/account/second-factor").status_code == 303
    assert "Set it up" in browser.get("/account").text
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM recovery_codes")).scalar_one() == 0


def test_new_recovery_codes_replace_the_old_ones(browser_for: Enter, app: Flask) -> None:
    browser = browser_for("officer")
    assert browser.post("/account/second-factor/codes").status_code == 404
    _, old = set_up(browser)
    page = browser.post("/account/second-factor/codes").text
    new = re.findall(r"<li>([a-z2-7]{4}(?:-[a-z2-7]{4}){5})</li>", page)
    assert len(new) == 10
    assert not set(new) & set(old)
    again = Browser(app.test_client())
    again.sign_in("officer@example.org")
    assert again.post("/sign-in/code", {"code": old[0]}, page="/sign-in/code").status_code == 422
    assert again.post("/sign-in/code", {"code": new[0]}, page="/sign-in/code").status_code == 303


def test_the_others_of_ones_sessions_end_together(browser_for: Enter) -> None:
    here, there, stranger = browser_for("officer"), browser_for("officer"), browser_for("auditor")
    assert "1 other session has ended." in here.post("/account/sessions/end-others", follow=True).text
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    assert stranger.get("/account").status_code == 200


@pytest.fixture
def production(settings: Settings, world: World) -> Flask:
    return create_app(
        settings.model_copy(
            update={
                "profile": "production",
                "trusted_hosts": "casework.example",
                "secret_key": Settings(profile="test", secret_key="V8s-Qm2xLr7TzKp0WdYc5NfHb3JgUa9E").secret_key,
            }
        )
    )


@pytest.mark.parametrize("name", ["officer", "auditor", "administrator", "provider", "verifier", "observer"])
def test_production_insists_on_a_second_factor(production: Flask, name: str) -> None:
    client = production.test_client()
    base = "https://casework.example"
    page = client.get("/sign-in", base_url=base).text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    entered = client.post(
        "/sign-in",
        base_url=base,
        headers={"Referer": f"{base}/sign-in"},
        data={"csrf_token": token, "email": f"{name}@example.org", "password": PASSWORD},
    )
    assert entered.headers["Location"] == "/account/second-factor"
    assert client.get("/account", base_url=base).status_code == 303
    assert client.get("/account/second-factor", base_url=base).status_code == 200
    cookies = entered.headers.getlist("Set-Cookie")
    sid = next(one for one in cookies if one.startswith("__Host-sid="))
    assert "Secure" in sid
    assert "Domain" not in sid
    production.extensions["casework"].dispose()


def test_a_program_is_slowed_down_too(app: Flask, world: World) -> None:
    client = app.test_client()

    def guess(password: str, key: int) -> int:
        return client.post(
            "/api/v1/sessions",
            json={"email": "officer@example.org", "password": password},
            headers={"Idempotency-Key": f"guess-key-number-{key}"},
        ).status_code

    assert [guess("wrong", n) for n in range(4)] == [401, 401, 401, 429]
    assert guess(PASSWORD, 9) == 429


def test_a_password_alone_opens_no_program_session_past_a_second_factor(browser_for: Enter, app: Flask) -> None:
    set_up(browser_for("officer"))
    answer = app.test_client().post(
        "/api/v1/sessions",
        json={"email": "officer@example.org", "password": PASSWORD},
        headers={"Idempotency-Key": "one-good-long-key"},
    )
    assert answer.status_code == 403


# --- what was typed --------------------------------------------------------------------------------------------------


def test_what_was_typed_when_the_session_ran_out_is_kept(browser_for: Enter, engine: Engine, world: World) -> None:
    browser = browser_for("officer")
    page = browser.get("/account").text
    token = re.findall(r'name="csrf_token" value="([^"]+)"', page)[0]
    with transaction(engine) as db:
        db.execute(text("UPDATE sessions SET seen_at = seen_at - interval '2 hours'"))
    sent = {"csrf_token": token, "key": "k" * 24, "form": "case:1:refer", "page": "/account", "f-note": "Long words"}
    answer = browser.flask.post("/account/preferences", data=sent)
    assert answer.headers["Location"] == "/sign-in?next=/account"
    assert "Your text is kept" in browser.get("/sign-in").text
    with transaction(engine) as db:
        kept = db.execute(text("SELECT data FROM drafts WHERE form = 'case:1:refer'")).scalar_one()
    assert kept == {"f-note": ["Long words"]}


def test_a_draft_is_kept_while_one_types(browser_for: Enter, engine: Engine) -> None:
    browser = browser_for("officer")
    assert browser.post("/drafts", {"form": "case:1:refer", "f-note": "Half a"}).status_code == 204
    assert browser.post("/drafts", {"form": "<script>", "f-note": "x"}).status_code == 404
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM drafts")).scalar_one() == 1
    browser.post("/drafts/drop", {"form": "case:1:refer"})
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM drafts")).scalar_one() == 0

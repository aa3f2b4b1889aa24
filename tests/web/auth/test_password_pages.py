"""Changing and resetting a password, the first one by a link, and being let in again by two persons."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World
from tests.web.auth.test_pages import code_at, set_up

Enter = Callable[[str], Browser]
NEW = "seven lazy herons wade"
CHANGE, RESET = "/account/password", "/password-reset"


def told(browser: Browser, engine: Engine) -> str:
    """The page of what a person was told, once a worker has told it."""
    tell_due(engine, mailing=False)
    return unescape(browser.get("/notifications").text)


def change(browser: Browser, present: str = PASSWORD, password: str = NEW, again: str | None = None) -> int:
    given = {"present": present, "password": password, "again": password if again is None else again}
    return browser.post(CHANGE, given, page=CHANGE).status_code


# --- changing it -----------------------------------------------------------------------------------------------------


def test_a_password_is_changed_and_what_was_open_elsewhere_ends(
    browser_for: Enter, app: Flask, engine: Engine, world: World
) -> None:
    here, there = browser_for("officer"), browser_for("officer")
    assert change(here) == 303
    assert "Your password is changed" in here.get("/account").text
    assert there.get("/account").status_code == 303
    program = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {world.tokens['officer']}"})
    assert program.status_code == 401
    assert Browser(app.test_client()).sign_in("officer@example.org").status_code == 422
    assert Browser(app.test_client()).sign_in("officer@example.org", NEW).status_code == 303
    assert "Your password was changed" in told(here, engine)


def test_without_the_present_one_nothing_is_changed_and_guessing_is_slowed_down(browser_for: Enter, app: Flask) -> None:
    browser = browser_for("officer")
    assert [change(browser, f"guess {n}") for n in range(4)] == [422, 422, 422, 429]
    assert Browser(app.test_client()).sign_in("officer@example.org", NEW).status_code != 303


@pytest.mark.parametrize(
    ("password", "words"),
    [
        ("fourteen chars", "between 15 and 256"),
        ("x y" * 100, "between 15 and 256"),
        ("passwordpassword", "guessed first"),
        ("PasswordPassword1!", "guessed first"),
        ("aaaaaaaaaaaaaaaa", "guessed first"),
        ("Casework-2026-Casework", "anybody here"),
        ("Beijing pilot 2026!", "anybody here"),
        ("officer@example.org", "anybody here"),
    ],
)
def test_what_is_guessed_first_is_refused(browser_for: Enter, password: str, words: str) -> None:
    browser = browser_for("officer")
    assert change(browser, password=password) == 422
    assert browser.last is not None
    assert words in browser.last.text


def test_what_is_typed_twice_must_be_the_same(browser_for: Enter) -> None:
    assert change(browser_for("officer"), again="something else that is long") == 422


def test_beside_a_second_factor_a_shorter_one_will_do(browser_for: Enter) -> None:
    browser = browser_for("officer")
    assert change(browser, password="lazy herons 7") == 422
    set_up(browser)
    assert change(browser, password="lazy herons 7") == 303


def test_every_character_counts_and_a_longer_one_is_refused(browser_for: Enter, app: Flask) -> None:
    long = "herons wade " * 21 + "tail"
    assert len(long) == 256
    assert change(browser_for("officer"), password=long) == 303
    for sent, status in ((long, 303), (long[:-1] + "x", 422), (long + "x", 422)):
        browser = Browser(app.test_client())
        assert browser.sign_in("officer@example.org", sent).status_code == status
    assert browser.last is not None
    assert "256" in browser.last.text


# --- by a link -------------------------------------------------------------------------------------------------------


@pytest.fixture
def mailing(settings: Settings, world: World) -> Iterator[Flask]:
    """The same installation with a mail server."""
    more = {"smtp_host": "localhost", "base_url": "http://localhost"}
    made = create_app(settings.model_copy(update=more))
    yield made
    made.extensions["casework"].dispose()


def secret_of(app: Flask, engine: Engine) -> str:
    """Of the last link, as its mail has it."""
    with transaction(engine) as db:
        id = db.execute(text("SELECT id FROM password_links ORDER BY made_at DESC, id DESC LIMIT 1")).scalar_one()
    found: str = app.extensions["casework.secret_box"].secrets_of(f"password link {id}")[0]
    return found


def ask(browser: Browser, email: str) -> str:
    return browser.post(RESET, {"email": email}, page=RESET).text


def set_by_link(browser: Browser, secret: str, password: str = NEW) -> int:
    if (landed := browser.post("/password", {"secret": secret}, page="/password").status_code) != 303:
        return landed
    given = {"password": password, "again": password}
    return browser.post("/password/new", given, page="/password/new").status_code


def test_a_lost_password_is_set_anew_by_the_link_of_a_mail_once(mailing: Flask, engine: Engine, world: World) -> None:
    browser = Browser(mailing.test_client())
    page = ask(browser, "Officer@Example.org")
    secret = secret_of(mailing, engine)
    assert set_by_link(browser, secret) == 303
    assert set_by_link(browser, secret) == 404
    assert browser.sign_in("officer@example.org", NEW).status_code == 303
    with transaction(engine) as db:
        kept = db.execute(
            text(
                "SELECT string_agg(to_jsonb(l)::text, '') || (SELECT string_agg(to_jsonb(m)::text, '') FROM mails m) FROM password_links l"
            )
        )
        assert secret not in kept.scalar_one()
        assert db.execute(text("SELECT count(*) FROM mails WHERE kind = 'password_link'")).scalar_one() == 1

    def plain(page: str) -> str:
        return re.sub(r'value="[^"]*"|<code>[^<]*</code>', "", page)

    # Nobody learns by this who has an account.
    assert plain(page) == plain(ask(Browser(mailing.test_client()), "nobody@example.org"))


def test_a_link_ends_after_an_hour_and_with_the_next_one(mailing: Flask, engine: Engine, world: World) -> None:
    browser = Browser(mailing.test_client())
    ask(browser, "officer@example.org")
    first = secret_of(mailing, engine)
    ask(browser, "officer@example.org")
    second = secret_of(mailing, engine)
    assert first != second
    assert set_by_link(browser, first) == 404
    with transaction(engine) as db:
        db.execute(text("UPDATE password_links SET expires_at = expires_at - interval '1 hour'"))
    assert set_by_link(browser, second) == 404


def test_nobody_is_flooded_with_links(mailing: Flask, engine: Engine, world: World) -> None:
    for n in range(5):
        client = mailing.test_client()
        client.environ_base["REMOTE_ADDR"] = f"203.0.113.{n}"
        with transaction(engine) as db:
            db.execute(text("DELETE FROM sign_in_attempts"))
        ask(Browser(client), "officer@example.org")
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM password_links")).scalar_one() == 3


def test_a_link_leaves_the_second_factor_as_it_is(mailing: Flask, engine: Engine, browser_for: Enter) -> None:
    set_up(browser_for("officer"))
    browser = Browser(mailing.test_client())
    ask(browser, "officer@example.org")
    assert set_by_link(browser, secret_of(mailing, engine)) == 303
    assert browser.sign_in("officer@example.org", NEW).headers["Location"] == "/sign-in/code"


def test_without_a_mail_server_nobody_asks_for_a_link(anonymous: Browser, world: World) -> None:
    page = anonymous.get(RESET).text
    assert "Mail me a link" not in page
    assert "Two persons of the office" in page
    assert anonymous.post(RESET, {"email": "officer@example.org"}, page=RESET).status_code == 404


def test_the_first_password_is_set_by_its_person(browser_for: Enter, app: Flask) -> None:
    administrator = browser_for("administrator")
    assert 'type="password"' not in administrator.get("/administration/people/new").text
    page = administrator.post(
        "/administration/people/new",
        {"email": "new@example.org", "name": "New", "language": "en"},
        page="/administration/people/new",
    ).text
    link = re.search(r"/password#([\w-]+)", unescape(page))
    assert link
    browser = Browser(app.test_client())
    assert set_by_link(browser, link[1]) == 303
    assert browser.sign_in("new@example.org", NEW).status_code == 303


# --- two persons -----------------------------------------------------------------------------------------------------


def half_on(page: str) -> str:
    found = re.search(r'class="code-told">([a-z2-7-]+)<', page)
    assert found is not None, page
    return found[1]


def recovery(browser_for: Enter, world: World, means: list[str], by: str = "supervisor") -> tuple[str, str]:
    """Two persons let the officer in again; gives both halves of the code."""
    path = f"/recoveries/new/{world.people['officer']}"
    given = {"means": means, "reason": "She stood before me."}
    first = half_on(browser_for("administrator").post(path, given, page=path).text)
    second = browser_for(by)
    page = waiting(second)
    return first, half_on(second.post(f"{page}/decide", {"decision": "agree"}, page=page).text)


def waiting(second: Browser) -> str:
    """The page of the one recovery that waits for a second person."""
    [page] = set(re.findall(r'href="(/recoveries/[0-9a-f-]{36})"', second.get("/recoveries").text))
    return str(page)


def use(browser: Browser, first: str, second: str, email: str = "officer@example.org") -> str | int:
    answer = browser.post(f"{RESET}/code", {"email": email, "first": first, "second": second}, page=RESET)
    return answer.headers.get("Location") or answer.status_code


def test_two_persons_take_a_lost_second_factor_out_and_its_owner_is_told(
    browser_for: Enter, app: Flask, engine: Engine, world: World
) -> None:
    here = browser_for("officer")
    set_up(here)
    first, second = recovery(browser_for, world, ["second_factor"])
    browser = Browser(app.test_client())
    # Neither half alone, nor one of them twice.
    for wrong in ((first, first), (second, second), (second, first)):
        assert use(browser, *wrong) == 422
    with transaction(engine) as db:
        db.execute(text("DELETE FROM sign_in_attempts"))
    assert use(browser, first.upper(), f" {second} ") == "/sign-in"
    assert here.get("/account").status_code == 303
    assert browser.sign_in("officer@example.org").headers["Location"] == "/"
    page = told(browser, engine)
    assert "An administrator asked for you" in page
    assert "Two persons agreed" in page
    assert "opened with the code of two persons" in page
    assert use(browser, first, second) == 422


def test_two_persons_help_where_the_password_is_lost(browser_for: Enter, app: Flask, world: World) -> None:
    first, second = recovery(browser_for, world, ["password"], by="compliance")
    browser = Browser(app.test_client())
    assert use(browser, first, second) == "/password/new"
    # The old one opens nothing from here on.
    assert Browser(app.test_client()).sign_in("officer@example.org").status_code == 422
    given = {"password": NEW, "again": NEW}
    assert browser.post("/password/new", given, page="/password/new").status_code == 303
    assert browser.sign_in("officer@example.org", NEW).status_code == 303


def test_whoever_asked_does_not_agree_and_nobody_helps_themselves(browser_for: Enter, world: World) -> None:
    administrator = browser_for("administrator")
    own = f"/recoveries/new/{world.people['administrator']}"
    given = {"means": "password", "reason": "It is me, really."}
    assert administrator.post(own, given, page=own).status_code == 403
    path = f"/recoveries/new/{world.people['officer']}"
    administrator.post(path, given, page=path)
    supervisor = browser_for("supervisor")
    page = waiting(supervisor)
    decide = f"{page}/decide"
    assert decide not in administrator.get(page).text
    assert "You asked for it, so another person decides" in administrator.get(page).text
    assert "Press one of the buttons." in supervisor.post(decide, {"reason": "It is she."}, page=page).text
    assert decide in supervisor.get(page).text
    assert administrator.post(decide, {"decision": "agree"}, page=page).status_code == 409
    assert browser_for("officer").post(decide, {"decision": "agree"}).status_code == 404
    # Who does not agree says why, and the next one reads it.
    bare = supervisor.post(decide, {"decision": "refuse", "reason": "no"}, page=page)
    assert bare.status_code == 422
    assert 'id="reason-fault"' in bare.text
    refused = {"decision": "refuse", "reason": "She is in the next room and knows nothing of it."}
    assert supervisor.post(decide, refused, page=page).status_code == 303
    assert refused["reason"] in browser_for("compliance").get(page).text


def test_before_the_second_person_agrees_the_first_half_opens_nothing(
    browser_for: Enter, app: Flask, world: World
) -> None:
    path = f"/recoveries/new/{world.people['officer']}"
    given = {"means": "password", "reason": "She stood before me."}
    first = half_on(browser_for("administrator").post(path, given, page=path).text)
    assert use(Browser(app.test_client()), first, "-") == 422


# --- closing, opening again, ending everything -------------------------------------------------------------------------


def test_a_closed_account_is_opened_again_and_takes_no_role_meanwhile(
    browser_for: Enter, app: Flask, engine: Engine, world: World
) -> None:
    administrator, person = browser_for("administrator"), world.people["auditor"]
    page = f"/administration/people/{person}"
    assert administrator.post(f"{page}/deactivate", {"sure": "yes"}, page=page).status_code == 303
    role = {"role": "manager", "programme": world.programmes["BJ"]}
    refused = administrator.post(f"{page}/roles", role, page=page)
    assert refused.status_code == 422
    observing = {"role": "observer", "programme": world.programmes["BJ"]}
    assert administrator.post(f"{page}/roles", observing, page=page).status_code == 422
    shown = administrator.post(f"{page}/reopen", page=page).text
    link = re.search(r"/password#([\w-]+)", unescape(shown))
    assert link
    # With the old password nobody comes in.
    assert Browser(app.test_client()).sign_in("auditor@example.org").status_code == 422
    browser = Browser(app.test_client())
    assert set_by_link(browser, link[1]) == 303
    assert browser.sign_in("auditor@example.org", NEW).status_code == 303
    assert administrator.post(f"{page}/roles", observing, page=page).status_code == 303
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        told = set(
            db.execute(
                text("SELECT words FROM notifications WHERE person_id = CAST(:id AS uuid)"), {"id": person}
            ).scalars()
        )
    assert {"closed", "reopened", "password_set", "role_given"} <= told


def test_an_administrator_ends_what_somebody_has_open(browser_for: Enter, app: Flask, world: World) -> None:
    administrator, officer, auditor = browser_for("administrator"), browser_for("officer"), browser_for("auditor")
    page = f"/administration/people/{world.people['officer']}"
    assert administrator.post(f"{page}/end-access", page=page).status_code == 303
    assert officer.get("/account").status_code == 303
    program = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {world.tokens['officer']}"})
    assert program.status_code == 401
    assert auditor.get("/account").status_code == 200
    assert browser_for("officer").post(f"{page}/end-access").status_code == 404


def test_an_administrator_ends_what_everybody_has_open(browser_for: Enter, world: World) -> None:
    administrator, officer, auditor = browser_for("administrator"), browser_for("officer"), browser_for("auditor")
    assert administrator.post("/administration/end-access", page="/administration/people").status_code == 422
    assert officer.get("/account").status_code == 200
    assert (
        administrator.post("/administration/end-access", {"sure": "yes"}, page="/administration/people").status_code
        == 303
    )
    assert administrator.get("/account").status_code == 200
    for other in (officer, auditor):
        assert other.get("/account").status_code == 303


# --- tokens, sessions, codes ------------------------------------------------------------------------------------------


def test_a_token_is_made_and_ended_on_its_page(browser_for: Enter, app: Flask, engine: Engine) -> None:
    browser, path = browser_for("officer"), "/account/tokens"
    shown = browser.post(path, {"name": "My script", "scopes": ["read"], "days": "30"}, page=path).text
    secret = re.search(r"cwt_[\w-]+", shown)
    assert secret
    program = {"Authorization": f"Bearer {secret[0]}"}
    assert app.test_client().get("/api/v1/me", headers=program).status_code == 200
    listed = browser.get(path).text
    assert "My script" in listed
    assert secret[0] not in listed
    row = next(row for row in listed.split("<tr") if "My script" in row)
    end = re.search(r'action="(/account/tokens/[^"]+/end)"', row)
    assert end
    assert browser_for("auditor").post(end[1]).status_code == 404
    assert browser.post(end[1], page=path).status_code == 303
    assert app.test_client().get("/api/v1/me", headers=program).status_code == 401
    assert "A token was made" in told(browser, engine)


@pytest.mark.parametrize(
    "given", [{"name": "", "scopes": ["read"]}, {"name": "x"}, {"name": "x", "scopes": ["read"], "days": "400"}]
)
def test_a_faulty_token_is_not_made(browser_for: Enter, given: dict[str, object]) -> None:
    path = "/account/tokens"
    assert browser_for("officer").post(path, {"days": "30", **given}, page=path).status_code == 422


def test_the_form_offers_the_scopes_that_one_can_use(browser_for: Enter) -> None:
    offered = {
        name: set(re.findall(r'name="scopes" value="(\w+)"', browser_for(name).get("/account/tokens").text))
        for name in ("officer", "administrator", "auditor")
    }
    assert offered["officer"] == {"read", "write", "import", "decide"}
    assert offered["administrator"] == {"read", "write", "admin", "decide"}
    assert offered["auditor"] == {"read", "write", "decide"}


def test_a_new_second_factor_ends_the_tokens_from_before(browser_for: Enter, app: Flask, world: World) -> None:
    set_up(browser_for("officer"))
    program = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {world.tokens['officer']}"})
    assert program.status_code == 401


def test_new_recovery_codes_end_every_other_session(browser_for: Enter, app: Flask) -> None:
    here = browser_for("officer")
    secret, _ = set_up(here)
    there = Browser(app.test_client())
    there.sign_in("officer@example.org")
    there.post("/sign-in/code", {"code": code_at(secret)}, page="/sign-in/code")
    assert there.get("/account").status_code == 200
    assert here.post("/account/second-factor/codes").status_code == 200
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_after_five_wrong_codes_the_password_is_asked_for_again_and_its_owner_is_told(
    browser_for: Enter, app: Flask, engine: Engine
) -> None:
    here = browser_for("officer")
    set_up(here)
    there = Browser(app.test_client())
    there.sign_in("officer@example.org")
    for n in range(5):
        with transaction(engine) as db:
            db.execute(text("DELETE FROM sign_in_attempts"))
        answer = there.post("/sign-in/code", {"code": f"{n:06}"}, page="/sign-in/code")
    assert answer.headers["Location"] == "/sign-in"
    assert there.get("/sign-in/code").status_code == 303
    assert "Somebody knew your password" in told(here, engine)


def test_a_browser_that_was_not_used_before_is_told_of(browser_for: Enter, app: Flask, engine: Engine) -> None:
    here = browser_for("officer")
    assert "was not used before" not in told(here, engine)
    other = app.test_client()
    other.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    Browser(other).sign_in("officer@example.org")
    assert "was not used before" in told(here, engine)


def test_of_too_many_sessions_the_one_not_used_for_longest_ends(browser_for: Enter, app: Flask, engine: Engine) -> None:
    first = browser_for("officer")
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO sessions (hash, person_id, created_at, seen_at, proved_at, "
                "expires_at, about) SELECT sha256(n::text::bytea), person_id,"
                " created_at, seen_at + n * interval '1 second', proved_at, expires_at, about FROM sessions, generate_series(1, 19) n"
            )
        )
    assert first.get("/account").status_code == 200
    browser_for("officer")
    assert first.get("/account").status_code == 303

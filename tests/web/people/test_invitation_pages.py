"""Inviting and accepting on pages: the inviter reads a code once, and the invited joins with link and code."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.auth.passwords import hash_password
from casework.operations.core.encryption import SecretBox
from casework.operations.people import registry
from casework.records.database import transaction
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
NEW = {"name": "Newcomer", "password": "a long enough password", "language": "en"}


def invite(browser: Browser, **more: object) -> str:
    """Send the form; gives the page that follows."""
    given = {"email": "new@example.org", "name": "New Colleague", "roles": "provider", "language": "en", "days": "7"}
    page = browser.get("/invitations/new").text
    only = re.search(r'name="where" value="([^"]+)"', page)
    where = {"where": only[1]} if only else {}
    return browser.post("/invitations", given | where | more, page="/invitations/new").text


def code_on(page: str) -> str:
    found = re.search(r'class="code-told">([\d ]+)<', page)
    assert found is not None, page
    return found[1]


@pytest.fixture
def link(app: Flask, engine: Engine) -> Callable[[], str]:
    """The secret of the link in the last mail."""

    def made() -> str:
        with transaction(engine) as db:
            id, issue = db.execute(text("SELECT id, issue FROM invitations ORDER BY made_at DESC LIMIT 1")).one()
        secret_box: SecretBox = app.extensions["casework.secret_box"]
        return secret_box.secrets_of(f"invitation {id} {issue}")[0]

    return made


Link = Callable[[], str]


JOIN = "/invitation/join"


def land(browser: Browser, secret: str) -> int:
    """As the page does where the link leads: what stands behind the mark is sent by its form."""
    return browser.post("/invitation", {"secret": secret}, page="/invitation").status_code


def give_code(browser: Browser, secret: str, code: str) -> int:
    if (landed := land(browser, secret)) != 303:
        return landed
    return browser.post(f"{JOIN}/code", {"code": code}, page=JOIN).status_code


def test_the_invited_join_with_link_and_code_and_are_signed_in(
    browser_for: BrowserFor, anonymous: Browser, link: Link, world: World
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    assert give_code(anonymous, link(), code) == 303
    page = anonymous.get(JOIN).text
    assert "Haidian Assessment Lab" in page
    assert 'value="New Colleague"' in page
    answer = anonymous.post(f"{JOIN}/accept", NEW, page=JOIN, follow=True)
    assert answer.status_code == 200
    assert "Welcome to Casework" in answer.text
    assert "Newcomer" in browser_for("provider_lead").get("/members").text


def test_before_the_code_the_link_tells_nothing(browser_for: BrowserFor, anonymous: Browser, link: Link) -> None:
    invite(browser_for("provider_lead"))
    assert land(anonymous, link()) == 303
    page = anonymous.get(JOIN).text
    for secret in ("Haidian", "New Colleague", "new@example.org", "provider"):
        assert secret not in page[page.index("<main") :]


def test_opening_the_link_changes_nothing(
    browser_for: BrowserFor, anonymous: Browser, link: Link, engine: Engine
) -> None:
    invite(browser_for("provider_lead"))
    kept = text("SELECT to_jsonb(i)::text FROM invitations i")
    with transaction(engine) as db:
        before = db.execute(kept).scalar_one()
    land(anonymous, link())
    anonymous.get(JOIN)
    with transaction(engine) as db:
        assert db.execute(kept).scalar_one() == before


def test_who_has_the_mail_alone_cannot_accept(
    browser_for: BrowserFor, anonymous: Browser, link: Link, engine: Engine
) -> None:
    invite(browser_for("provider_lead"))
    land(anonymous, link())
    assert anonymous.post(f"{JOIN}/accept", NEW, page=JOIN).status_code == 404
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM people WHERE email = 'new@example.org'")).scalar_one() == 0


def test_what_one_browser_has_opened_is_closed_in_another(
    app: Flask, browser_for: BrowserFor, anonymous: Browser, link: Link
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    give_code(anonymous, link(), code)
    other = Browser(app.test_client())
    land(other, link())
    assert 'name="code"' in other.get(JOIN).text


def test_whoever_guesses_waits_and_another_still_gets_in(
    app: Flask, browser_for: BrowserFor, anonymous: Browser, link: Link
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    stranger = app.test_client()
    stranger.environ_base["REMOTE_ADDR"] = "203.0.113.9"
    guesser = Browser(stranger)
    assert [give_code(guesser, link(), "none") for _ in range(4)] == [422] * 3 + [429]
    assert guesser.last is not None
    assert int(guesser.last.headers["Retry-After"]) > 0
    assert give_code(anonymous, link(), code) == 303


def test_a_dead_link_says_what_to_do(anonymous: Browser) -> None:
    assert land(anonymous, "x" * 43) == 404
    assert anonymous.last is not None
    assert "Ask the person who invited you" in anonymous.last.text


def test_the_secret_of_a_link_stands_in_no_address(browser_for: BrowserFor, anonymous: Browser, link: Link) -> None:
    invite(browser_for("provider_lead"))
    # A link of a mail from before is brought behind the mark at once.
    assert anonymous.get(f"/invitation/{link()}").headers["Location"] == f"/invitation#{link()}"
    land(anonymous, link())
    page = anonymous.get(JOIN)
    assert link() not in page.text
    assert link() not in str(page.headers)


@pytest.mark.parametrize(
    ("given", "words"),
    [({"password": "short"}, "between 15 and 256"), ({"name": " "}, "Enter this, or choose an answer.")],
)
def test_faults_stand_at_their_fields(
    browser_for: BrowserFor, anonymous: Browser, link: Link, given: dict[str, str], words: str
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    give_code(anonymous, link(), code)
    answer = anonymous.post(f"{JOIN}/accept", NEW | given, page=JOIN)
    assert answer.status_code == 422
    assert words in answer.text
    assert NEW["password"] not in answer.text


def test_who_has_an_account_signs_in_and_accepts(
    app: Flask, browser_for: BrowserFor, link: Link, engine: Engine
) -> None:
    with transaction(engine) as db:
        registry.register_person(db, email="new@example.org", name="Known", password_hash=hash_password(PASSWORD))
    code = code_on(invite(browser_for("provider_lead")))
    theirs = Browser(app.test_client())
    give_code(theirs, link(), code)
    page = theirs.get(JOIN).text
    assert 'type="password"' not in page
    assert f"/sign-in?next={JOIN}" in unescape(page)
    assert theirs.sign_in("new@example.org", next=JOIN).headers["Location"] == JOIN
    assert "signed in as Known" in theirs.get(JOIN).text
    assert theirs.post(f"{JOIN}/accept", page=JOIN).status_code == 303
    assert theirs.get("/referrals/working").status_code == 200


def test_somebody_else_who_is_signed_in_is_told_to_sign_out(browser_for: BrowserFor, link: Link) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    other = browser_for("verifier")
    give_code(other, link(), code)
    assert "Sign out, and open the link" in other.get(JOIN).text
    assert other.post(f"{JOIN}/accept", page=JOIN).status_code == 409


def test_the_code_is_shown_once(browser_for: BrowserFor) -> None:
    lead = browser_for("provider_lead")
    key = re.search(r'name="key" value="([^"]+)"', lead.get("/invitations/new").text)
    assert key is not None
    code = code_on(invite(lead, key=key[1]))
    again = invite(lead, key=key[1])
    assert "code-told" not in again
    for page in (again, lead.get("/invitations").text):
        assert code not in page
        assert code.replace(" ", "") not in page


def test_sent_again_there_is_a_new_code(browser_for: BrowserFor, anonymous: Browser, link: Link) -> None:
    lead = browser_for("provider_lead")
    old = code_on(invite(lead))
    dead = link()
    found = re.search(r'action="(/invitations/[^"]+/resend)"', lead.get("/invitations").text)
    assert found is not None
    new = code_on(lead.post(found[1], page="/invitations").text)
    assert give_code(anonymous, dead, old) == 404
    assert give_code(anonymous, link(), new) == 303


def test_withdrawn_the_link_opens_nothing(browser_for: BrowserFor, anonymous: Browser, link: Link) -> None:
    lead = browser_for("provider_lead")
    invite(lead)
    found = re.search(r'action="(/invitations/[^"]+/revoke)"', lead.get("/invitations").text)
    assert found is not None
    assert "no longer works" in lead.post(found[1], page="/invitations", follow=True).text
    assert land(anonymous, link()) == 404


def test_an_administrator_chooses_where(browser_for: BrowserFor, world: World) -> None:
    administrator = browser_for("administrator")
    page = administrator.get("/invitations/new").text
    assert f"programme:{world.programmes['BJ']}" in page
    assert f"programme:{world.programmes['SH']}" not in page
    code_on(invite(administrator, where=f"programme:{world.programmes['BJ']}", roles="officer"))
    assert "case officer" in administrator.get("/invitations").text


@pytest.mark.parametrize(
    "given",
    [{"where": "organisation:nowhere"}, {"where": ""}, {"roles": "officer"}, {"days": "soon"}, {"email": "nobody"}],
)
def test_a_faulty_invitation_comes_back_as_typed(browser_for: BrowserFor, given: dict[str, str]) -> None:
    page = invite(browser_for("provider_lead"), **given)
    assert "data-faulty" in page or 'class="fault"' in page or "note danger" in page
    assert 'value="New Colleague"' in page

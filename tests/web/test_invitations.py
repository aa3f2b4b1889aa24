"""Inviting and accepting on pages: the inviter reads a code once, and the invited joins with link and code."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations import registers
from casework.operations.accounts import hash_password
from casework.operations.vault import Vault
from casework.records.database import transaction
from tests.web.conftest import PASSWORD, Browser
from tests.world import World

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
    """The address in the last mail."""

    def made() -> str:
        with transaction(engine) as db:
            id, issue = db.execute(text("SELECT id, issue FROM invitations ORDER BY made_at DESC LIMIT 1")).one()
        vault: Vault = app.extensions["casework.vault"]
        return f"/invitation/{vault.secrets_of(f'invitation {id} {issue}')[0]}"

    return made


Link = Callable[[], str]


def give_code(browser: Browser, address: str, code: str) -> int:
    return browser.post(f"{address}/code", {"code": code}, page=address).status_code


def test_the_invited_join_with_link_and_code_and_are_signed_in(
    browser_for: BrowserFor, anonymous: Browser, link: Link, world: World
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    assert give_code(anonymous, link(), code) == 303
    page = anonymous.get(link()).text
    assert "Haidian Assessment Lab" in page
    assert 'value="New Colleague"' in page
    answer = anonymous.post(f"{link()}/accept", NEW, page=link(), follow=True)
    assert answer.status_code == 200
    assert "Welcome to Casework" in answer.text
    assert "Newcomer" in browser_for("provider_lead").get("/members").text


def test_before_the_code_the_link_tells_nothing(browser_for: BrowserFor, anonymous: Browser, link: Link) -> None:
    invite(browser_for("provider_lead"))
    page = anonymous.get(link()).text
    for secret in ("Haidian", "New Colleague", "new@example.org", "provider"):
        assert secret not in page[page.index("<main") :]


def test_opening_the_link_changes_nothing(browser_for: BrowserFor, anonymous: Browser, link: Link, engine: Engine) -> None:
    invite(browser_for("provider_lead"))
    kept = text("SELECT to_jsonb(i)::text FROM invitations i")
    with transaction(engine) as db:
        before = db.execute(kept).scalar_one()
    anonymous.get(link())
    with transaction(engine) as db:
        assert db.execute(kept).scalar_one() == before


def test_who_has_the_mail_alone_cannot_accept(browser_for: BrowserFor, anonymous: Browser, link: Link, engine: Engine) -> None:
    invite(browser_for("provider_lead"))
    assert anonymous.post(f"{link()}/accept", NEW, page=link()).status_code == 404
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM people WHERE email = 'new@example.org'")).scalar_one() == 0


def test_what_one_browser_has_opened_is_closed_in_another(
    app: Flask, browser_for: BrowserFor, anonymous: Browser, link: Link
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    give_code(anonymous, link(), code)
    assert 'name="code"' in Browser(app.test_client()).get(link()).text


def test_a_wrong_code_is_told_and_five_kill_it(browser_for: BrowserFor, anonymous: Browser, link: Link) -> None:
    lead = browser_for("provider_lead")
    code = code_on(invite(lead))
    assert [give_code(anonymous, link(), "none") for _ in range(6)] == [422] * 4 + [404] * 2
    assert give_code(anonymous, link(), code) == 404
    assert "too many wrong codes" in lead.get("/invitations").text


def test_a_dead_link_says_what_to_do(anonymous: Browser) -> None:
    answer = anonymous.get("/invitation/" + "x" * 43)
    assert answer.status_code == 404
    assert "Ask whoever invited you" in answer.text


@pytest.mark.parametrize(("given", "words"), [({"password": "short"}, "at least 15"), ({"name": " "}, "is required")])
def test_faults_stand_at_their_fields(
    browser_for: BrowserFor, anonymous: Browser, link: Link, given: dict[str, str], words: str
) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    give_code(anonymous, link(), code)
    answer = anonymous.post(f"{link()}/accept", NEW | given, page=link())
    assert answer.status_code == 422
    assert words in answer.text
    assert NEW["password"] not in answer.text


def test_who_has_an_account_signs_in_and_accepts(
    app: Flask, browser_for: BrowserFor, link: Link, engine: Engine
) -> None:
    with transaction(engine) as db:
        registers.register_person(db, email="new@example.org", name="Known", password_hash=hash_password(PASSWORD))
    code = code_on(invite(browser_for("provider_lead")))
    theirs = Browser(app.test_client())
    give_code(theirs, link(), code)
    page = theirs.get(link()).text
    assert 'type="password"' not in page
    assert f"/sign-in?next={link()}" in unescape(page)
    assert theirs.sign_in("new@example.org", next=link()).headers["Location"] == link()
    assert "signed in as Known" in theirs.get(link()).text
    assert theirs.post(f"{link()}/accept", page=link()).status_code == 303
    assert theirs.get("/referrals/working").status_code == 200


def test_somebody_else_who_is_signed_in_is_told_to_sign_out(browser_for: BrowserFor, link: Link) -> None:
    code = code_on(invite(browser_for("provider_lead")))
    other = browser_for("verifier")
    give_code(other, link(), code)
    assert "Sign out, and open the link" in other.get(link()).text
    assert other.post(f"{link()}/accept", page=link()).status_code == 409


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
    assert "opens nothing any more" in lead.post(found[1], page="/invitations", follow=True).text
    assert anonymous.get(link()).status_code == 404


def test_an_administrator_chooses_where(browser_for: BrowserFor, world: World) -> None:
    administrator = browser_for("administrator")
    page = administrator.get("/invitations/new").text
    assert f"programme:{world.programmes['BJ']}" in page
    assert f"programme:{world.programmes['SH']}" not in page
    code_on(invite(administrator, where=f"programme:{world.programmes['BJ']}", roles="officer"))
    assert "case officer" in administrator.get("/invitations").text


@pytest.mark.parametrize(
    "given", [{"where": "organisation:nowhere"}, {"where": ""}, {"roles": "officer"}, {"days": "soon"}, {"email": "nobody"}]
)
def test_a_faulty_invitation_comes_back_as_typed(browser_for: BrowserFor, given: dict[str, str]) -> None:
    page = invite(browser_for("provider_lead"), **given)
    assert "data-faulty" in page or 'class="fault"' in page or "flash danger" in page
    assert 'value="New Colleague"' in page

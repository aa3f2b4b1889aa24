"""Signing in with a provider of OpenID Connect that really runs: there and back, joining, linking, proving, leaving; and what a hostile
one tries."""

from __future__ import annotations

import base64
import json
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, Response
from sqlalchemy import Engine, text

from casework.commands import doctor_around
from casework.operations.auth import identities
from casework.operations.auth.openid import Claims
from casework.operations.people.invitations import Scope, record_invitation
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.app import create_app
from casework.web.auth.provider_client import connect_provider
from tests.support.oidc_provider import CLIENT, SECRET, OidcProvider, User, running_provider
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


@pytest.fixture(scope="module")
def there() -> Iterator[OidcProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(there: OidcProvider, app: Flask, settings: Settings) -> Iterator[OidcProvider]:
    """The provider, as the application of this test knows it."""
    before = app.extensions["casework.provider"], app.config["BASE_URL"]
    there.user, there.bent = User("somebody"), {}
    there.asked.clear()
    app.extensions["casework.provider"] = connect_provider(with_provider(settings, there.issuer))
    app.config["BASE_URL"] = "https://casework.test"
    yield there
    app.extensions["casework.provider"], app.config["BASE_URL"] = before


def with_provider(settings: Settings, issuer: str, **more: Any) -> Settings:
    given = settings.model_dump() | {
        "oidc_issuer": issuer,
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "base_url": "https://casework.test",
        "oidc_name": "City ID",
        **more,
    }
    return Settings(**given)


def link(engine: Engine, person: str, provider: OidcProvider, subject: str = "somebody") -> None:
    claims = Claims(issuer=provider.issuer, subject=subject, email=None, sid=None, auth_time=None, methods=frozenset())
    with transaction(engine) as db:
        identities.link(db, person, claims)


def go(browser: Browser, provider: OidcProvider, **sent: str) -> str:
    """Press the button, and go there; gives where the browser is sent back to."""
    return provider.visit(browser.post("/sign-in/provider", sent, page="/sign-in").headers["Location"])


def come(browser: Browser, back: str) -> Any:
    parts = urlsplit(back)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "casework.test", "/sign-in/provider/callback")
    browser._token = None
    return browser.get(f"{parts.path}?{parts.query}")


def told(browser: Browser) -> str:
    """What the sign-in page says of why."""
    return re.sub(r"<[^>]+>", "", browser.get("/sign-in").text)


def lines(caplog: pytest.LogCaptureFixture, event: str = "") -> list[dict[str, Any]]:
    """What stands in the security log, of one event or all."""
    told = [one.msg for one in caplog.records if one.name == "casework.security" and isinstance(one.msg, dict)]
    return [one for one in told if event in ("", one["event"])]


def test_without_a_provider_nothing_of_it_is_there(app: Flask, browser_for: Enter) -> None:
    anonymous, officer = Browser(app.test_client()), browser_for("officer")
    assert "provider" not in anonymous.get("/sign-in").text
    assert "City ID" not in officer.get("/account").text
    for path in (
        "/sign-in/provider",
        "/account/provider",
        "/account/provider/remove",
        "/confirm/provider",
        "/invitation/join/provider",
    ):
        assert officer.post(path, page="/account").status_code == 404, path
    assert anonymous.get("/sign-in/provider/callback").status_code == 404
    assert app.test_client().post("/sign-in/provider/logout", data={"logout_token": "x"}).status_code == 404


def test_who_is_linked_is_let_in_and_led_on(app: Flask, provider: OidcProvider, engine: Engine, world: World) -> None:
    link(engine, world.people["officer"], provider)
    browser = Browser(app.test_client())
    page = browser.get("/sign-in")
    assert "Sign in with City ID" in page.text
    assert f"form-action 'self' {provider.issuer};" in page.headers["Content-Security-Policy"]
    back = go(browser, provider, next="/account")
    answer = come(browser, back)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/account"
    assert "officer@example.org" in browser.get("/account").text
    # The same answer once more opens nothing.
    other = Browser(app.test_client())
    assert come(other, back).headers["Location"] == "/sign-in"
    assert "another browser" in told(other)


def test_what_is_sent_there_is_bound_to_the_browser(app: Flask, provider: OidcProvider) -> None:
    browser = Browser(app.test_client())
    sent = [
        parse_qs(
            urlsplit(
                browser.post("/sign-in/provider", {"next": "//evil.example"}, page="/sign-in").headers["Location"]
            ).query
        )
        for _ in range(2)
    ]
    for name in ("state", "nonce", "code_challenge"):
        assert sent[0][name] != sent[1][name]
        assert len(sent[0][name][0]) == 43
    assert sent[0]["code_challenge_method"] == ["S256"]
    assert sent[0]["redirect_uri"] == ["https://casework.test/sign-in/provider/callback"]
    assert "evil" not in json.dumps(sent)


def test_who_is_not_linked_and_whose_account_is_closed_hear_the_same(
    app: Flask, provider: OidcProvider, engine: Engine, world: World
) -> None:
    # Even with the verified address of somebody who has an account.
    provider.user = User("stranger", email="officer@example.org")
    heard = []
    for closed in (False, True):
        if closed:
            link(engine, world.people["officer"], provider, "stranger")
            with transaction(engine) as db:
                db.execute(
                    text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"),
                    {"id": world.people["officer"]},
                )
        browser = Browser(app.test_client())
        assert come(browser, go(browser, provider)).headers["Location"] == "/sign-in"
        heard.append(told(browser))
        assert browser.get("/account").status_code == 303
    assert "ask an administrator to invite you" in heard[0]
    assert heard[0] == heard[1]


def test_a_second_factor_is_asked_for_unless_the_providers_word_counts(
    app: Flask, provider: OidcProvider, engine: Engine, world: World, settings: Settings
) -> None:
    link(engine, world.people["officer"], provider)
    provider.user = User("somebody", amr=("pwd", "otp"))
    app.config["INSIST_ON_SECOND_FACTOR"] = True
    try:
        browser = Browser(app.test_client())
        assert come(browser, go(browser, provider)).headers["Location"].startswith("/account/second-factor")
        app.extensions["casework.provider"] = connect_provider(
            with_provider(settings, provider.issuer, oidc_strong="otp, hwk")
        )
        browser = Browser(app.test_client())
        assert come(browser, go(browser, provider)).headers["Location"] == "/"
    finally:
        app.config["INSIST_ON_SECOND_FACTOR"] = False


def test_keys_that_changed_are_fetched_once_more(
    app: Flask, provider: OidcProvider, engine: Engine, world: World
) -> None:
    link(engine, world.people["officer"], provider)
    for _ in range(2):
        browser = Browser(app.test_client())
        assert come(browser, go(browser, provider)).headers["Location"] == "/"
        provider.rotate()
    # Of a key that it does not publish nobody is let in, and it is not asked without end.
    provider.bent["/keys"] = lambda told: {"keys": []}
    browser = Browser(app.test_client())
    assert come(browser, go(browser, provider)).headers["Location"] == "/sign-in"
    assert provider.asked.count("/keys") == 2


def test_what_the_provider_refuses_is_told_and_logged(
    app: Flask, provider: OidcProvider, caplog: pytest.LogCaptureFixture
) -> None:
    provider.user = None
    browser = Browser(app.test_client())
    with caplog.at_level(logging.INFO):
        back = go(browser, provider, next="/account")
        assert "error=access_denied" in back
        assert come(browser, back).headers["Location"] == "/sign-in?next=/account"
    assert "did not let you in" in told(browser)
    assert [one["decision"] for one in lines(caplog, "provider_refused")] == ["refused"]


def test_each_way_to_be_refused_has_its_line(
    app: Flask, provider: OidcProvider, engine: Engine, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """By the word for it; with the number of the request, and nothing of what the provider said."""
    link(engine, world.people["officer"], provider)

    def refuse(bend: Callable[[Any], Any] | None = None, *, subject: str = "somebody", other: bool = False) -> str:
        caplog.clear()
        provider.user, provider.bent = User(subject), {} if bend is None else {"/token": bend}
        browser = Browser(app.test_client())
        back = go(browser, provider)
        come(Browser(app.test_client()) if other else browser, back)
        [line] = [one for one in lines(caplog) if one["event"].startswith("provider_")]
        assert (line["decision"], line["endpoint"]) == ("refused", "provider.come_back")
        assert line["request"]
        assert subject not in json.dumps(line)
        return str(line["event"])

    def saying(**more: Any) -> Callable[[Any], Any]:
        return lambda answer: answer | {"id_token": provider.sign(_claims(answer) | more)}

    with caplog.at_level(logging.INFO):
        assert refuse(subject="stranger") == "provider_not_linked"
        assert refuse(other=True) == "provider_state"
        assert (
            refuse(lambda answer: answer | {"id_token": answer["id_token"][:-8] + "AAAAAAAA"}) == "provider_signature"
        )
        assert refuse(saying(iss="https://evil.example")) == "provider_iss"
        assert refuse(saying(aud="another")) == "provider_aud"
        assert refuse(saying(nonce="another")) == "provider_nonce"
        assert refuse(saying(exp=1_700_000_000)) == "provider_exp"
        assert refuse(lambda _: Response("{}", 503)) == "provider_silent"
        caplog.clear()
        app.test_client().post("/sign-in/provider/logout", data={"logout_token": provider.logout_token(aud="another")})
        assert [one["event"] for one in lines(caplog)] == ["provider_logout_aud"]


BEND: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "discovery of another issuer": ("/.well-known/openid-configuration", lambda told: told | {"issuer": "https://evil.example"}),
    "token endpoint elsewhere": (
        "/.well-known/openid-configuration", lambda told: told | {"token_endpoint": "http://169.254.169.254/token"},
    ),
    "no token": ("/token", lambda told: {"access_token": "x"}),
    "no JSON object": ("/token", lambda told: [1]),
    "huge answer": ("/token", lambda told: told | {"more": "x" * 400_000}),
}  # fmt: skip


@pytest.mark.parametrize("how", sorted(BEND))
def test_of_a_provider_that_lies_nobody_is_let_in(
    how: str, app: Flask, provider: OidcProvider, engine: Engine, world: World
) -> None:
    link(engine, world.people["officer"], provider)
    path, bend = BEND[how]
    provider.bent[path] = bend
    browser = Browser(app.test_client())
    answer = browser.post("/sign-in/provider", page="/sign-in")
    if path == "/token":
        answer = come(browser, provider.visit(answer.headers["Location"]))
    assert answer.headers["Location"] == "/sign-in"
    assert "organisation" in told(browser)
    assert browser.get("/account").status_code == 303


def test_who_is_signed_in_links_their_own_account_and_removes_it(
    provider: OidcProvider, browser_for: Enter, engine: Engine, world: World, app: Flask
) -> None:
    browser, elsewhere = browser_for("officer"), browser_for("officer")
    assert "Link it" in browser.get("/account").text
    sent = browser.post("/account/provider", page="/account").headers["Location"]
    assert come(browser, provider.visit(sent)).headers["Location"] == "/account"
    assert "Remove the link" in browser.get("/account").text
    assert elsewhere.get("/account").status_code == 303
    # Nobody else has it as well.
    other = browser_for("supervisor")
    sent = other.post("/account/provider", page="/account").headers["Location"]
    come(other, provider.visit(sent))
    assert "cannot be linked" in other.get("/account").text
    fresh = Browser(app.test_client())
    assert come(fresh, go(fresh, provider)).headers["Location"] == "/"
    assert browser.post("/account/provider/remove", page="/account").status_code == 303
    assert "Link it" in browser.get("/account").text
    assert fresh.get("/account").status_code == 303


def test_a_link_that_another_browser_began_is_not_mine(provider: OidcProvider, browser_for: Enter) -> None:
    """Somebody who lures another into finishing their way links nothing."""
    officer, supervisor = browser_for("officer"), browser_for("supervisor")
    sent = officer.post("/account/provider", page="/account").headers["Location"]
    assert come(supervisor, provider.visit(sent)).headers["Location"] == "/sign-in"
    assert "Link it" in supervisor.get("/account").text


def grow_old(engine: Engine) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE sessions SET proved_at = proved_at - interval '1 hour'"))


def test_a_sensitive_action_is_confirmed_there_anew(
    provider: OidcProvider, browser_for: Enter, engine: Engine, world: World
) -> None:
    link(engine, world.people["officer"], provider)
    browser = browser_for("officer")
    browser.get("/account")
    grow_old(engine)
    asked = browser.post("/account/sessions/end-others", {"kept": "words"}, page="/account")
    assert "Confirm with City ID" in asked.text
    carried = {"confirm_target": "/account/sessions/end-others", "confirm_method": "POST", "kept": "words"}
    sent = browser.post("/confirm/provider", carried).headers["Location"]
    query = parse_qs(urlsplit(sent).query)
    assert (query["prompt"], query["max_age"]) == (["login"], ["0"])
    page = come(browser, provider.visit(sent))
    assert page.status_code == 200
    assert 'action="/account/sessions/end-others"' in page.text
    assert 'name="kept" value="words"' in page.text
    assert browser.post("/account/sessions/end-others").status_code == 303


@pytest.mark.parametrize("how", ["not anew", "somebody else"])
def test_what_was_shown_before_or_by_another_confirms_nothing(
    how: str, provider: OidcProvider, browser_for: Enter, engine: Engine, world: World
) -> None:
    link(engine, world.people["officer"], provider)
    browser = browser_for("officer")
    browser.get("/account")
    grow_old(engine)
    if how == "not anew":
        # A provider that takes no notice of max_age.
        provider.bent["/token"] = lambda told: (
            told | {"id_token": provider.sign(_claims(told) | {"auth_time": 1_700_000_000})}
        )
    else:
        provider.user = User("another")
    browser.post("/account/sessions/end-others", page="/account")
    carried = {"confirm_target": "/account/sessions/end-others", "confirm_method": "POST"}
    sent = browser.post("/confirm/provider", carried).headers["Location"]
    assert "does not prove anew" in come(browser, provider.visit(sent)).text
    assert "Confirm that it is you" in browser.post("/account/sessions/end-others", page="/account").text


def _claims(told: Any) -> dict[str, Any]:
    body = told["id_token"].split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def test_signing_out_leads_there_where_one_came_from_there(
    app: Flask, provider: OidcProvider, engine: Engine, world: World, browser_for: Enter
) -> None:
    link(engine, world.people["officer"], provider)
    browser = Browser(app.test_client())
    come(browser, go(browser, provider))
    away = browser.post("/sign-out", page="/account").headers["Location"]
    assert away.startswith(f"{provider.issuer}/end?")
    assert provider.visit(away) == "https://casework.test/sign-in"
    assert browser_for("officer").post("/sign-out", page="/account").headers["Location"] == "/sign-in"


def test_a_session_that_ended_there_ends_here(app: Flask, provider: OidcProvider, engine: Engine, world: World) -> None:
    link(engine, world.people["officer"], provider)
    browsers = []
    for sid in ("there-1", "there-2"):
        provider.user = User("somebody", sid=sid)
        browser = Browser(app.test_client())
        come(browser, go(browser, provider))
        browsers.append(browser)

    def say(token: str) -> int:
        return app.test_client().post("/sign-in/provider/logout", data={"logout_token": token}).status_code

    first = provider.logout_token(sid="there-1")
    assert [say(first), *(one.get("/account").status_code for one in browsers)] == [200, 303, 200]
    # Signed in anew, that session is not ended by what was said of the one before.
    provider.user = User("somebody", sid="there-1")
    come(browsers[0], go(browsers[0], provider))
    assert [say(first), browsers[0].get("/account").status_code] == [200, 200]
    for wrong in (
        provider.logout_token(sub="somebody", nonce="n"),
        provider.logout_token(sub="somebody", events={}),
        provider.logout_token(sub="somebody", aud="another"),
        provider.logout_token(sub="somebody", exp=1_700_000_000),
        provider.logout_token(),
        "no token",
    ):
        assert say(wrong) == 400
    assert [one.get("/account").status_code for one in browsers] == [200, 200]
    assert [say(provider.logout_token(sub="somebody")), *(one.get("/account").status_code for one in browsers)] == [
        200,
        303,
        303,
    ]


def test_the_doctor_asks_whether_it_answers(provider: OidcProvider, settings: Settings) -> None:
    def found(issuer: str) -> tuple[str, str]:
        [one] = doctor_around.look_at_provider(with_provider(settings, issuer))
        return one.state, one.says

    assert found(provider.issuer) == ("fine", f"{provider.issuer} answers, with 1 key that signs.")
    assert found("http://127.0.0.1:1")[0] == "wrong"
    provider.bent["/.well-known/openid-configuration"] = lambda told: told | {"issuer": "https://evil.example"}
    assert "letter by letter" in found(provider.issuer)[1]


def test_groups_there_give_roles_here_as_long_as_they_are_stated(
    app: Flask,
    provider: OidcProvider,
    engine: Engine,
    world: World,
    settings: Settings,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    browser_for: Enter,
) -> None:
    """Signing in again and again: given, asked for, ended; and by a claim that is damaged, or a file, nothing, but a line."""
    path = tmp_path / "groups.csv"
    path.write_text("group,role,programme\n/observers,observer,BJ\n/managers,manager,BJ\n", encoding="utf-8")
    path.chmod(0o644)
    more = {"oidc_groups_claim": "groups", "oidc_groups_file": path}
    app.extensions["casework.provider"] = connect_provider(with_provider(settings, provider.issuer, **more))
    with transaction(engine) as db:
        person = world.add_person(db, "newcomer")
    link(engine, person, provider)

    def enter(**stated: Any) -> tuple[Browser, list[tuple[Any, ...]]]:
        caplog.clear()
        provider.user = User("somebody", more=stated)
        browser = Browser(app.test_client())
        assert come(browser, go(browser, provider)).headers["Location"] == "/"
        told = [*lines(caplog, "provider_groups"), *lines(caplog, "group_role")]
        assert all(one["actor"] == person and one["request"] and one["file"] for one in told)
        return browser, [(one["decision"], one.get("what"), one.get("group"), one["why"]) for one in told]

    with caplog.at_level(logging.INFO):
        first, said = enter(groups=["/observers", "/managers", "/others"])
        assert said == [("allowed", "given", "/observers", None), ("allowed", "asked", "/managers", None)]
        assert enter(groups=["/managers", "/observers"])[1] == []
        administrator = browser_for("administrator")
        assert "by the group /observers" in administrator.get(f"/administration/people/{person}").text
        with transaction(engine) as db:
            db.execute(text("UPDATE people SET language = 'zh-Hans' WHERE email = 'administrator@example.org'"))
        assert "由用户组 /observers 授予" in administrator.get(f"/administration/people/{person}").text
        assert "the group /managers" in browser_for("supervisor").get("/roles").text
        for stated, why in (
            ({}, "missing"),
            ({"groups": None}, "missing"),
            ({"groups": "/observers"}, "form"),
            ({"groups": [["/observers"]]}, "form"),
            ({"groups": [str(n) for n in range(501)]}, "too_many"),
        ):
            assert enter(**stated)[1] == [("refused", None, None, why)]
        odd = ["/observers", "/managers", "/mana\u202egers", "\n"]
        assert enter(groups=odd)[1] == [("refused", None, None, "names")]
        whole = path.read_text(encoding="utf-8")
        path.write_text(whole.replace("BJ", "XX"), encoding="utf-8")
        assert enter(groups=[])[1] == [("refused", None, None, "file")]
        path.write_text(whole, encoding="utf-8")
        path.chmod(0o666)
        assert enter(groups=[])[1] == [("refused", None, None, "file")]
        path.unlink()
        assert enter(groups=[])[1] == [("refused", None, None, "file")]
        path.write_text(whole, encoding="utf-8")
        path.chmod(0o644)
        assert "observer" in first.get("/account").text.lower()
        last, said = enter(groups=[])
    assert said == [("allowed", "ended", "/observers", None), ("allowed", "withdrawn", "/managers", None)]
    # With a role end the sessions from before it, and not the one that begins.
    assert [one.get("/account").status_code for one in (first, last)] == [303, 200]


def test_groups_are_asked_for_by_both_settings(settings: Settings, tmp_path: Path) -> None:
    for more in ({"oidc_groups_claim": "groups"}, {"oidc_groups_file": tmp_path / "groups.csv"}):
        with pytest.raises(ValueError, match="are needed together"):
            with_provider(settings, "https://id.example.org", **more)


def test_production_wants_a_whole_provider_by_https(settings: Settings) -> None:
    for more in ({"oidc_client_id": None}, {"oidc_client_secret": None}, {"base_url": None}):
        with pytest.raises(ValueError, match="is needed"):
            with_provider(settings, "https://id.example.org", **more)
    with pytest.raises(ValueError, match="https://"):
        with_provider(settings, "http://id.example.org", profile="production")
    assert create_app(settings).extensions["casework.provider"] is None


def test_who_was_invited_joins_without_a_password(
    app: Flask, provider: OidcProvider, engine: Engine, world: World, settings: Settings, tmp_path: Path
) -> None:
    """With link and code, and by the address that was invited, once the provider has verified it; with the roles of groups at once."""
    path = tmp_path / "groups.csv"
    path.write_text("group,role,programme\noffice,observer,SH\n", encoding="utf-8")
    path.chmod(0o644)
    more = {"oidc_groups_claim": "groups", "oidc_groups_file": path}
    app.extensions["casework.provider"] = connect_provider(with_provider(settings, provider.issuer, **more))
    with transaction(engine) as db:
        box = app.extensions["casework.secret_box"]
        _, code, secret = record_invitation(
            db,
            None,
            box,
            scope=Scope(programme=world.programmes["BJ"]),
            email="new@example.org",
            name="Nina New",
            roles=["officer"],
            language="en",
            days=7,
        )
    browser = Browser(app.test_client())
    browser.post("/invitation", {"secret": secret}, page="/invitation")
    # Not before the code was given.
    assert browser.post("/invitation/join/provider", page="/invitation/join").headers["Location"] == "/invitation/join"
    browser.post("/invitation/join/code", {"code": code}, page="/invitation/join")
    assert "Join with City ID" in browser.get("/invitation/join").text
    for user in (User("nina", email="other@example.org"), User("nina", email="new@example.org", email_verified=False)):
        provider.user = user
        sent = browser.post("/invitation/join/provider", {"name": "Nina", "language": "en"}, page="/invitation/join")
        come(browser, provider.visit(sent.headers["Location"]))
        assert "has not confirmed that you own" in browser.get("/invitation/join").text
    provider.user = User("nina", email="New@example.org", more={"groups": ["office"]})
    sent = browser.post("/invitation/join/provider", {"name": "Nina", "language": "en"}, page="/invitation/join")
    assert come(browser, provider.visit(sent.headers["Location"])).headers["Location"] == "/"
    assert "new@example.org" in browser.get("/account").text
    with transaction(engine) as db:
        roles = db.execute(
            text("SELECT m.role FROM memberships m JOIN people p ON p.id = m.person_id AND p.email = 'new@example.org'")
        )
        assert set(roles.scalars()) >= {"observer"}
    # It is the only way in, and stays.
    browser.post("/account/provider/remove", page="/account")
    assert "you have no password" in browser.get("/account").text
    again = Browser(app.test_client())
    assert come(again, go(again, provider)).headers["Location"] == "/"

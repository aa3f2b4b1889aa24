"""An enterprise without an account on the page of the link that asks whether its need still holds, and the officer who asks and accepts."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse as Response

from casework.operations.catalogue import need_statements
from casework.operations.catalogue.need_links import forget_statements, send_statement
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.documents.storage import any_left
from casework.operations.links.office_links import open_link
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.row_security import whole
from tests.operations.catalogue.test_need_statements import SAID
from tests.support.file_makers import PDF
from tests.support.pages import Page
from tests.support.web_client import Browser
from tests.support.world import World, new_request

FORM = "/renew-need/form"
Enter = Callable[[str], Browser]


@pytest.fixture
def need(app: Flask, engine: Engine, world: World) -> str:
    """A need that an enterprise stated, in Chinese, and an officer accepted."""
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        done = need_statements.invite(
            db,
            officer,
            app.extensions["casework.secret_box"],
            programme=world.programmes["BJ"],
            organisation=world.organisations["need_owner"],
            address="",
            language="zh-Hans",
            request=new_request(),
        )
        token = str(done.answer["path"]).partition("#")[2]
        send_statement(db, token, open_link(db, STATEMENT, token), SAID)
        done = need_statements.accept(db, officer, str(done.answer["id"]), request=new_request())
    return str(done.answer["need"])


def asked(officer: Browser, need: str, anonymous: Browser) -> str:
    """An officer asks by hand and hands the link over, and the enterprise opens it; gives what the form holds."""
    at = f"/needs/{need}/ask-whether"
    assert "Ask whether it still holds" in officer.get(f"/needs/{need}").text
    shown = officer.post(at, {"f-address": "", "f-language": "zh-Hans", "f-days": "30"}, page=at)
    secret = re.search(r"/renew-need#([\w-]{43})", shown.text)
    assert secret is not None, shown.text
    assert anonymous.post("/renew-need", {"secret": secret[1]}, page="/renew-need").status_code == 303
    return secret[1]


def typed(page: str) -> dict[str, str]:
    """The form as it stands on the page, as a browser sends it."""
    read = Page()
    read.feed(page)
    return {name: value for name, value in read.sent.items() if name == "seen" or name.startswith("f-")}


def test_it_says_that_its_need_still_holds_as_it_was(
    anonymous: Browser, browser_for: Enter, need: str, engine: Engine
) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    page = anonymous.get(FORM).text
    assert 'lang="zh-Hans"' in page
    assert [
        words for words in ("您的技术需求是否仍然有效？", "利用余热供热", "供水温度", "蓄热水箱") if words not in page
    ] == []
    answered = anonymous.post(FORM, typed(page) | {"f-by": "周敏"}, page=FORM)
    assert answered.status_code == 303, re.findall(r'class="fault"[^>]*>[^<]*', answered.text)
    # A browser that sends the form as it stood changes nothing.
    with transaction(engine) as db:
        row = db.execute(text("SELECT state, said FROM need_statements WHERE renews_id IS NOT NULL")).one()
    assert (row.state, row.said.keys()) == ("renewed", {"by", "position", "valid_until"}), row.said
    assert "按原样继续有效" in anonymous.get(FORM).text
    shown = officer.get(f"/needs/{need}").text
    assert "周敏 said by a link that it still holds" in shown
    assert "holds on" in shown


def test_a_need_still_holds_though_the_day_has_passed_by_which_it_was_wanted(
    anonymous: Browser, browser_for: Enter, need: str, engine: Engine
) -> None:
    with transaction(engine) as db:
        query = "UPDATE need_statements SET said = jsonb_set(said, '{fields,wanted_by}', to_jsonb(CAST('2020-01-01' AS text)))"
        db.execute(text(query))
    asked(browser_for("officer"), need, anonymous)
    answered = anonymous.post(FORM, typed(anonymous.get(FORM).text) | {"f-by": "周敏"}, page=FORM)
    assert answered.status_code == 303, re.findall(r'class="fault"[^>]*>[^<]*', answered.text)
    with transaction(engine) as db:
        query = "SELECT state FROM need_statements WHERE renews_id IS NOT NULL"
        assert db.execute(text(query)).scalar_one() == "renewed"


def test_what_it_changes_an_officer_looks_at_and_accepts(anonymous: Browser, browser_for: Enter, need: str) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    page = anonymous.get(FORM).text
    wrong = anonymous.post(FORM, typed(page) | {"f-by": "周敏", "f-title": ""}, page=FORM)
    assert (wrong.status_code, '<details id="change" open>' in wrong.text) == (422, True)
    sent = typed(page) | {"f-by": "周敏", "f-title": "利用余热制冷"}
    assert anonymous.post(FORM, sent, page=FORM).status_code == 303
    assert "已收到" in anonymous.get(FORM).text
    assert "An enterprise has answered whether its need still holds" in officer.get("/notifications").text
    (at,) = set(re.findall(r"/needs/stated/[0-9a-f-]{36}", officer.get(f"/needs/{need}").text))
    shown = officer.get(at).text
    assert "<del>利用余热供热</del> 利用余热制冷" in shown
    done = officer.post(
        f"{at}/accept", dict(re.findall(r'name="(seen|revision)" value="([^"]*)"', shown)), page=at, follow=True
    )
    assert "accepted what its enterprise changed by a link" in done.text
    assert "继续有效，您的说明已写入记录" in anonymous.get(FORM).text


def test_what_was_put_right_meanwhile_is_looked_at_again(anonymous: Browser, browser_for: Enter, need: str) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    anonymous.post(FORM, typed(anonymous.get(FORM).text) | {"f-by": "周敏", "f-title": "利用余热制冷"}, page=FORM)
    (at,) = set(re.findall(r"/needs/stated/[0-9a-f-]{36}", officer.get(f"/needs/{need}").text))
    given = dict(re.findall(r'name="(seen|revision)" value="([^"]*)"', officer.get(at).text))
    given["revision"] = str(int(given["revision"]) - 1)
    assert officer.post(f"{at}/accept", given, page=at).status_code == 409


def test_it_withdraws_its_need_and_says_that_it_is_sure(anonymous: Browser, browser_for: Enter, need: str) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    at, words = "/renew-need/withdraw", {"reason": "我们自己建好了。", "who": "周敏", "sure": "yes"}
    for name in words:
        refused = anonymous.post(at, words | {name: ""}, page=FORM)
        assert (refused.status_code, f'id="{name}-fault"' in refused.text) == (422, True)
        assert name == "reason" or "我们自己建好了。" in refused.text
    assert anonymous.post(at, words, page=FORM).status_code == 303
    assert "您的需求已撤回" in anonymous.get(FORM).text
    shown = officer.get(f"/needs/{need}").text
    assert "周敏 withdrew it by a link" in shown
    assert "我们自己建好了。" in shown
    # Twice it is withdrawn once.
    assert anonymous.post(at, words, page=FORM).status_code in (303, 404)


def test_a_link_taken_back_asks_nothing_and_it_can_be_asked_again(
    anonymous: Browser, browser_for: Enter, need: str
) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    (at,) = set(re.findall(r"/needs/stated/[0-9a-f-]{36}/take-back", officer.get(f"/needs/{need}").text))
    assert "asked already" in officer.get(f"/needs/{need}/ask-whether").text
    assert officer.post(at, {}, page=f"/needs/{need}").status_code == 303
    page = anonymous.get(FORM).text
    assert "办公室不再询问" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    asked(officer, need, anonymous)


def sent_with(browser: Browser, *files: tuple[str, bytes], **more: str) -> Response:
    """The form as it stands with a name, and with files."""
    many = [(io.BytesIO(content), name) for name, content in files]
    return browser.post(FORM, {**typed(browser.get(FORM).text), "f-by": "周敏", **more, "files": many}, page=FORM)


def stored(engine: Engine) -> int:
    with transaction(engine) as db, whole(db):
        return int(db.execute(text("SELECT count(*) FROM blobs")).scalar_one())


def test_files_that_come_with_it_an_officer_looks_at_and_they_stand_on_the_record(
    anonymous: Browser, browser_for: Enter, need: str, engine: Engine
) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    wrong = sent_with(anonymous, ("run.exe", b"MZ"), ("plan.pdf", PDF))
    assert (wrong.status_code, "run.exe" in wrong.text) == (422, True)
    assert sent_with(anonymous, ("plan.pdf", PDF), **{"f-valid_until": "2999-01-31"}).status_code == 422
    # What was shown before it was put right is refused with all that came with it.
    assert sent_with(anonymous, ("plan.pdf", PDF), seen="0").status_code == 422
    assert stored(engine) == 0
    assert sent_with(anonymous, ("plan.pdf", PDF)).status_code == 303
    page = anonymous.get(FORM).text
    assert ("已收到" in page, "plan.pdf" in page) == (True, True)
    found = re.search(r"(/needs/stated/[0-9a-f-]{36})", officer.get(f"/needs/{need}").text)
    assert found is not None
    file = re.search(rf"{found[1]}/files/[\w-]+", officer.get(found[1]).text)
    assert file is not None
    assert officer.get(file[0]).data == PDF
    officer.post(f"{found[1]}/ask", {"question": "哪一份？"}, page=found[1])
    assert sent_with(anonymous, ("other.pdf", PDF + b"\n"), drop=file[0].rpartition("/")[2]).status_code == 303
    done = officer.post(f"{found[1]}/accept", {}, page=found[1], follow=True).text
    assert ("other.pdf" in done, "plan.pdf" in done) == (True, False)
    assert list(verify_all(engine)) == []


def test_files_of_what_is_withdrawn_or_taken_back_go(
    anonymous: Browser, browser_for: Enter, need: str, engine: Engine
) -> None:
    officer = browser_for("officer")
    asked(officer, need, anonymous)
    sent_with(anonymous, ("plan.pdf", PDF))
    found = re.search(r"(/needs/stated/[0-9a-f-]{36})", officer.get(f"/needs/{need}").text)
    assert found is not None
    officer.post(f"{found[1]}/ask", {"question": "哪一份？"}, page=found[1])
    assert officer.post(f"{found[1]}/take-back", {}, page=found[1]).status_code == 303
    with transaction(engine) as db, whole(db):
        db.execute(text("UPDATE office_link_secrets SET until = casework_now() - interval '1 minute'"))
    with transaction(engine) as db:
        assert (any_left(db), forget_statements(db), any_left(db)) == (False, 1, True)
    asked(officer, need, anonymous)
    sent_with(anonymous, ("other.pdf", PDF + b"\n"))
    words = {"reason": "我们自己建好了。", "who": "周敏", "sure": "yes"}
    assert anonymous.post("/renew-need/withdraw", words, page=FORM).status_code == 303
    with transaction(engine) as db, whole(db):
        held = "SELECT count(*) FROM need_statements WHERE renews_id IS NOT NULL AND said ? 'files'"
        assert db.execute(text(held)).scalar_one() == 0
    assert list(verify_all(engine)) == []


def test_it_is_offered_only_where_somebody_can_be_asked(
    anonymous: Browser, browser_for: Enter, need: str, world: World
) -> None:
    officer, offered = browser_for("officer"), "/ask-whether"
    assert offered in officer.get(f"/needs/{need}").text
    asked(officer, need, anonymous)
    assert offered not in officer.get(f"/needs/{need}").text
    # Of this one nobody stated anything by a link.
    page = officer.get(f"/needs/{world.needs[0]}").text
    assert ("Put right" in page or "/correct" in page, offered in page) == (True, False)


def test_what_is_typed_is_kept_and_nothing_is_sent(anonymous: Browser, browser_for: Enter, need: str) -> None:
    asked(browser_for("officer"), need, anonymous)
    kept = anonymous.post("/renew-need/draft", {"f-title": "半句话"}, page=FORM, headers={"X-Casework": "script"})
    assert kept.status_code == 204
    assert "半句话" in anonymous.get(FORM).text
    other = Browser(anonymous.flask.application.test_client())
    assert other.get(FORM).status_code == 404


def test_the_link_of_another_kind_opens_nothing_here(anonymous: Browser, browser_for: Enter, need: str) -> None:
    secret = asked(browser_for("officer"), need, anonymous)
    assert anonymous.post("/state-need", {"secret": secret}, page="/state-need").status_code == 404

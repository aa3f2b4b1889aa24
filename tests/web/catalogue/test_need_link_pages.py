"""An enterprise without an account on the pages of its link: it states its need, is asked back, and reads what became of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine, event, text
from werkzeug.test import TestResponse as Response

from casework.engine.case_objects.programme_lists import overlay
from casework.operations.catalogue import need_statements
from casework.operations.links import office_links
from casework.records.database import transaction
from casework.records.row_security import whole
from casework.web.catalogue.statement_pages import said_in
from casework.web.shell import security_log
from tests.support.file_makers import PDF
from tests.support.web_client import Browser
from tests.support.world import World, new_request

FORM = "/state-need/form"
NEED = {
    "f-title": "利用余热供热", "f-problem": "二十兆瓦数据中心全年排出余热。", "f-tried": "蓄热水箱", "f-site": "昌平", "f-by": "周敏",
    "f-publication": "closed", "f-figures.0.f-parameter": "供水温度", "f-figures.0.f-unit": "°C", "f-figures.0.f-now": "30",
    "f-figures.0.f-comparison": "at_least", "f-figures.0.f-target": "70",
}  # fmt: skip
Enter = Callable[[str], Browser]


@pytest.fixture
def link(app: Flask, engine: Engine, world: World) -> tuple[str, str]:
    """An enterprise is invited, in Chinese: (the statement, the secret of its link)."""
    with transaction(engine) as db:
        done = need_statements.invite(
            db,
            world.actor(db, "officer"),
            app.extensions["casework.secret_box"],
            programme=world.programmes["BJ"],
            organisation=world.organisations["need_owner"],
            address="",
            language="zh-Hans",
            request=new_request(),
        )
    return str(done.answer["id"]), str(done.answer["path"]).partition("#")[2]


def land(browser: Browser, secret: str) -> int:
    """As the page does where the link leads: what stands behind the mark is sent by its form."""
    return browser.post("/state-need", {"secret": secret}, page="/state-need").status_code


def test_it_states_its_need_is_asked_back_and_reads_what_became_of_it(
    anonymous: Browser, browser_for: Enter, link: tuple[str, str], engine: Engine
) -> None:
    statement, secret = link
    assert land(anonymous, secret) == 303
    page = anonymous.get(FORM).text
    assert 'lang="zh-Hans"' in page
    assert "填写技术需求" in page
    wrong = anonymous.post(FORM, NEED | {"f-title": ""}, page=FORM)
    assert (wrong.status_code, "蓄热水箱" in wrong.text) == (422, True)
    assert anonymous.post(FORM, NEED, page=FORM).status_code == 303
    assert "已收到" in anonymous.get(FORM).text
    officer, at = browser_for("officer"), f"/needs/stated/{statement}"
    shown = officer.get(at).text
    assert "利用余热供热" in shown
    assert "供水温度" in shown
    assert "利用余热供热" in officer.get("/needs/stated").text
    assert officer.post(f"{at}/ask", {"question": "多少兆瓦？"}, page=at).status_code == 303
    again = anonymous.get(FORM).text
    assert "多少兆瓦？" in again
    assert "蓄热水箱" in again
    assert anonymous.post(FORM, NEED | {"f-target": "冬季八兆瓦"}, page=FORM).status_code == 303
    done = officer.post(f"{at}/accept", {}, page=at, follow=True)
    assert "冬季八兆瓦" in done.text
    assert "The need is on record." in done.text
    assert "已采纳" in anonymous.get(FORM).text
    # A closed need: whoever may not see it finds nothing.
    with transaction(engine) as db:
        need_id = db.execute(text("SELECT need_id FROM need_statements")).scalar_one()
    assert [browser_for(who).get(f"/needs/{need_id}").status_code for who in ("auditor", "manager")] == [200, 404]


def test_each_answer_that_is_wrong_is_named_above_the_form_and_led_to(
    anonymous: Browser, link: tuple[str, str]
) -> None:
    land(anonymous, link[1])
    wrong = {"f-title": "", "f-figures.0.f-target": "七十", "f-budget.amount": "很多", "f-budget.currency": "CNY"}
    page = anonymous.post(FORM, NEED | wrong, page=FORM).text
    above = page[page.index('class="faults"') : page.index("<form", page.index('class="faults"'))]
    led = re.findall(r'href="#([^"]+)">([^<]+)', above)
    assert [id for id, _ in led] == ["f-title", "f-target-figures.0.", "f-budget"]
    assert all(f'id="{id}"' in page for id, _ in led)
    assert "第 1 行" in led[1][1]


def test_what_is_typed_is_kept_without_a_click_and_stands_there_again(
    anonymous: Browser, link: tuple[str, str]
) -> None:
    land(anonymous, link[1])
    kept = anonymous.post("/state-need/draft", {"f-title": "半句话"}, page=FORM, headers={"X-Casework": "script"})
    assert kept.status_code == 204
    assert "半句话" in anonymous.get(FORM).text
    other = Browser(anonymous.flask.application.test_client())
    assert other.get(FORM).status_code == 404
    assert land(other, link[1]) == 303
    assert "半句话" in other.get(FORM).text


def test_what_was_chosen_from_a_list_is_called_in_the_readers_language(
    app: Flask, anonymous: Browser, link: tuple[str, str], engine: Engine, world: World
) -> None:
    land(anonymous, link[1])
    assert anonymous.post(FORM, NEED | {"f-district": "Changping"}, page=FORM).status_code == 303
    with transaction(engine) as db:
        one = need_statements.show_statement(db, world.actor(db, "officer"), link[0])
    assert one.fields["district"] == "Changping"
    with app.test_request_context(), force_locale("zh_Hans"):
        assert "昌平区" in dict(said_in(one, overlay([]))).values()


def test_a_need_is_taken_back(anonymous: Browser, browser_for: Enter, link: tuple[str, str]) -> None:
    land(anonymous, link[1])
    anonymous.post(FORM, NEED, page=FORM)
    assert "如您撤回" in anonymous.get(FORM).text
    assert anonymous.post("/state-need/withdraw", {}, page=FORM).status_code == 303
    assert "已撤回" in anonymous.get(FORM).text or "撤回" in anonymous.get(FORM).text
    for path in ("/needs/stated", f"/needs/stated/{link[0]}"):
        page = browser_for("officer").get(path).text
        assert ("What was sent is kept no more" in page, "昌平" in page, "利用余热供热" in page) == (True, False, False)
    # Who presses a button again is led to what became of it.
    for path in (FORM, "/state-need/withdraw", "/state-need/draft"):
        again = anonymous.post(path, NEED, page=FORM)
        assert (again.status_code, again.headers["Location"]) == (303, FORM)


def test_what_is_asked_back_opens_as_it_was_sent_though_what_was_typed_is_gone(
    anonymous: Browser, browser_for: Enter, link: tuple[str, str], engine: Engine
) -> None:
    land(anonymous, link[1])
    more = {"f-budget.amount": "5000000", "f-budget.currency": "EUR", "f-readiness_low": "6", "f-position": "厂长"}
    assert anonymous.post(FORM, NEED | more, page=FORM).status_code == 303
    with transaction(engine) as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        db.execute(text("UPDATE office_link_secrets SET typed = NULL"))
    at = f"/needs/stated/{link[0]}"
    browser_for("officer").post(f"{at}/ask", {"question": "多少兆瓦？"}, page=at)
    page = anonymous.get(FORM).text
    chosen = ("closed", "at_least")
    assert "<option selected>EUR" in page
    for value in (NEED | more | {"f-budget.currency": ""}).values():
        mark = f'value="{value}"' if value.isascii() else value
        assert re.search(rf'value="{value}" (selected|checked)' if value in chosen else mark, page), value


def test_a_need_is_sent_in_its_programmes_turn_before_what_opens_it_is_locked(
    anonymous: Browser, link: tuple[str, str], engine: Engine
) -> None:
    land(anonymous, link[1])
    anonymous.get(FORM)
    locks: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_: object) -> None:
        locks.extend(name for name in ("FROM logs", "UPDATE office_link_secrets") if name in statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert anonymous.post(FORM, NEED, page=FORM).status_code == 303
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert "UPDATE office_link_secrets" in locks
    assert locks[0] == "FROM logs"


def test_a_need_has_as_many_letters_in_chinese_and_what_is_too_large_is_said(
    anonymous: Browser, link: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    land(anonymous, link[1])
    monkeypatch.setattr(office_links, "LARGEST", 1_000)
    assert anonymous.post(FORM, NEED | {"f-target": "热" * 2_000}, page=FORM).status_code == 422
    said = anonymous.post(FORM, NEED | {"f-target": "热" * 2_000}, page=FORM).text
    assert "过大，无法保存" in said
    assert anonymous.post(FORM, NEED | {"f-target": "热" * 200}, page=FORM).status_code == 303


def test_what_is_typed_on_the_page_of_a_link_is_never_kept_as_that_of_another(
    app: Flask, anonymous: Browser, link: tuple[str, str], engine: Engine, world: World
) -> None:
    """Two tabs of one browser: the later link is the one that the browser holds."""
    land(anonymous, link[1])
    anonymous.post(FORM, NEED, page=FORM)
    with transaction(engine) as db:
        done = need_statements.invite(
            db,
            world.actor(db, "officer"),
            app.extensions["casework.secret_box"],
            programme=world.programmes["BJ"],
            organisation=world.organisations["need_owner"],
            address="",
            language="zh-Hans",
            request=new_request(),
        )
    other = str(done.answer["id"])
    for path in (FORM, "/state-need/draft", "/state-need/withdraw"):
        # The tab of the other link is older: it stands open while this one is answered.
        told = anonymous.post(path, NEED | {"link": other}, page=FORM, follow=True).text
        assert "另一个链接" in told
    quiet = anonymous.post("/state-need/draft", {"link": other}, page=FORM, headers={"X-Casework": "script"})
    assert quiet.status_code == 404
    with transaction(engine) as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        rows = db.execute(text("SELECT id::text, state FROM need_statements")).all()
        assert {row.id: row.state for row in rows} == {link[0]: "submitted", other: "draft"}


@pytest.mark.parametrize("path", ["/state-need/form", "/state-need/draft", "/state-need/withdraw"])
def test_without_a_link_there_is_nothing(anonymous: Browser, link: tuple[str, str], path: str) -> None:
    assert land(anonymous, "x" * 43) == 404
    assert anonymous.post(path, NEED, page="/state-need", follow=True).status_code == 404
    assert anonymous.get(FORM).status_code == 404


def sent_files(browser: Browser, *files: tuple[str, bytes], **more: str) -> Response:
    many = [(io.BytesIO(content), name) for name, content in files]
    return browser.post(FORM, NEED | more | {"files": many}, page=FORM)


def test_files_come_with_a_need_and_stand_at_its_review_and_on_the_record(
    anonymous: Browser, browser_for: Enter, link: tuple[str, str]
) -> None:
    assert sent_files(anonymous, ("plan.pdf", PDF)).status_code != 422
    land(anonymous, link[1])
    wrong = sent_files(anonymous, ("run.exe", b"MZ"), ("plan.pdf", PDF))
    assert (wrong.status_code, "run.exe" in wrong.text, "蓄热水箱" in wrong.text) == (422, True, True)
    many = sent_files(anonymous, *((f"{n}.pdf", PDF) for n in range(6)))
    assert (many.status_code, "最多" in many.text) == (422, True)
    assert sent_files(anonymous, ("plan.pdf", PDF)).status_code == 303
    assert "plan.pdf" in anonymous.get(FORM).text
    officer, at = browser_for("officer"), f"/needs/stated/{link[0]}"
    found = re.search(rf"{at}/files/[\w-]+", officer.get(at).text)
    assert found is not None
    taken = officer.get(found[0])
    assert (taken.data, "attachment" in taken.headers["Content-Disposition"]) == (PDF, True)
    officer.post(f"{at}/ask", {"question": "多少兆瓦？"}, page=at)
    file = found[0].rpartition("/")[2]
    assert f'value="{file}"' in anonymous.get(FORM).text
    assert sent_files(anonymous, ("other.pdf", PDF + b"\n"), drop=file).status_code == 303
    page = officer.get(at).text
    assert ("other.pdf" in page, "plan.pdf" in page) == (True, False)
    assert "other.pdf" in officer.post(f"{at}/accept", {}, page=at, follow=True).text


def test_a_file_that_is_refused_behind_a_link_is_noted(
    anonymous: Browser, link: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    noted: list[str] = []
    monkeypatch.setattr(security_log, "security", lambda event, **more: noted.append(event))
    land(anonymous, link[1])
    assert sent_files(anonymous, ("plan.pdf", PDF), **{"f-title": ""}).status_code == 422
    assert noted == []
    assert sent_files(anonymous, ("run.exe", b"MZ")).status_code == 422
    assert noted == ["upload_refused"]


def stored(engine: Engine) -> int:
    with transaction(engine) as db, whole(db):
        return int(db.execute(text("SELECT count(*) FROM blobs")).scalar_one())


def test_nothing_is_put_into_the_store_of_what_cannot_be_sent(
    anonymous: Browser, browser_for: Enter, link: tuple[str, str], engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    land(anonymous, link[1])
    file = ("plan.pdf", PDF)
    with monkeypatch.context() as few:
        few.setattr(office_links, "LARGEST", 1_000)
        assert sent_files(anonymous, file, **{"f-unasked": "x" * 2_000}).status_code == 422
    assert sent_files(anonymous, file, **{"f-figures.0.f-comparison": ""}).status_code == 422
    assert stored(engine) == 0
    assert anonymous.post(FORM, NEED, page=FORM).status_code == 303
    officer, at = browser_for("officer"), f"/needs/stated/{link[0]}"
    for state in ("submitted", "refused"):
        again = sent_files(anonymous, file, link=link[0])
        assert (state, again.status_code, stored(engine)) == (state, 303, 0)
        officer.post(f"{at}/refuse", {"reason": "So."}, page=at)


def test_an_officer_decides_on_nothing_that_was_sent_after_the_page_was_opened(
    anonymous: Browser, browser_for: Enter, link: tuple[str, str], engine: Engine
) -> None:
    land(anonymous, link[1])
    anonymous.post(FORM, NEED, page=FORM)
    officer, at = browser_for("officer"), f"/needs/stated/{link[0]}"

    def shown() -> str:
        found = {*re.findall(r'name="seen" value="([^"]+)"', officer.get(at).text)}
        assert len(found) == 1
        return str(found.pop())

    seen = shown()
    assert officer.post(f"{at}/ask", {"question": "多少兆瓦？", "seen": seen}, page=at).status_code == 303
    assert anonymous.post(FORM, NEED | {"f-target": "冬季八兆瓦"}, page=FORM).status_code == 303
    acts: dict[str, dict[str, str]] = {
        "accept": {},
        "ask": {"question": "何时需要？"},
        "refuse": {"reason": "不属于本项目。"},
    }
    for do, typed in acts.items():
        again = officer.post(f"{at}/{do}", typed | {"seen": seen}, page=at)
        assert (do, again.status_code, "冬季八兆瓦" in again.text) == (do, 409, True)
        assert all(words in again.text for words in ("Somebody has changed this record", *typed.values()))
    assert officer.post(f"{at}/accept", {"seen": shown()}, page=at).status_code == 303


def test_nothing_large_is_read_of_a_browser_that_has_opened_no_link(anonymous: Browser, link: tuple[str, str]) -> None:
    body = b"f-title=" + b"0" * 2_000_000

    def send() -> int:
        return anonymous.flask.post(FORM, data=body, content_type="application/octet-stream").status_code

    assert send() == 413
    land(anonymous, link[1])
    # What is large is read of whoever has opened a link, and refused for having no token.
    assert send() == 400

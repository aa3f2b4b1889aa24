"""A story: an enterprise on a telephone, by night and in Chinese, says what has changed of its need, and later that it holds no more."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from casework.operations.catalogue import need_statements
from casework.operations.catalogue.need_links import send_statement
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.links.office_links import open_link, secret_of
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.pictures import FOLDER
from tests.browser.site import Site
from tests.browser.test_invitations import insist_accessible
from tests.operations.catalogue.test_need_statements import SAID
from tests.support.world import new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_need_is_renewed_and_withdrawn_from_a_phone(site: Site, page_of: PageOf) -> None:
    box = site.document_store.secret_box
    with transaction(site.engine) as db:
        who = site.world.actor(db, "officer")
        done = need_statements.invite(
            db,
            who,
            box,
            programme=site.world.programmes["BJ"],
            organisation=site.world.organisations["need_owner"],
            address="",
            language="zh-Hans",
            request=new_request(),
        )
        token = str(done.answer["path"]).partition("#")[2]
        send_statement(db, token, open_link(db, STATEMENT, token), SAID)
        need = need_statements.accept(db, who, str(done.answer["id"]), request=new_request()).answer["need"]

    officer = page_of("officer")
    phone = page_of(None, locale="zh-CN", phone=True, dark=True)
    for does in ("changes", "withdraws"):
        officer.open(f"/needs/{need}")
        officer.follow(officer.page.locator("a[href$='/ask-whether']").first)
        insist_accessible(officer)
        officer.follow(officer.page.locator("main form.asks .form-actions button"))
        with transaction(site.engine) as db:
            newest = "SELECT id::text FROM need_statements WHERE renews_id IS NOT NULL ORDER BY id DESC LIMIT 1"
            id = db.execute(text(newest)).scalar_one()
        phone.open_link(f"{RENEWAL.page}#{secret_of(box, RENEWAL, id)}", "/renew-need/form")
        expect(phone.page.locator("main")).to_contain_text("您的技术需求是否仍然有效？")
        # What has changed, and that it holds no more, is unfolded only by who says so.
        assert phone.page.locator("[name=f-title]").is_visible() is False
        if does == "changes":
            phone.page.fill("[name=f-by]", "周敏")
            phone.page.locator("#change > summary").click()
            insist_accessible(phone)
            _picture(phone, "phone-change")
            phone.page.fill("[name=f-title]", "利用余热制冷")
            phone.follow(phone.page.locator("main form.asks .form-actions button.btn-primary"))
            assert "已收到" in phone.page.inner_text("main")
            insist_accessible(phone)
            officer.open(f"/needs/stated/{id}")
            insist_accessible(officer)
            _picture(officer, "officer-review")
            officer.follow(officer.page.locator("form[action$='/accept'] button"))
            expect(officer.page.locator("main")).to_contain_text("accepted what its enterprise changed by a link")
        else:
            phone.page.locator("#withdraw > summary").click()
            phone.page.fill("[name=reason]", "我们自己建好了。")
            phone.page.fill("[name=who]", "周敏")
            phone.page.check("[name=sure]")
            insist_accessible(phone)
            _picture(phone, "phone-withdraw")
            phone.follow(phone.page.locator("#withdraw form button.btn-secondary"))
            assert "您的需求已撤回" in phone.page.inner_text("body")
            insist_accessible(phone)
    officer.open(f"/needs/{need}")
    insist_accessible(officer)
    _picture(officer, "officer-need")
    expect(officer.page.locator("main")).to_contain_text(re.compile("周敏 withdrew it by a link"))
    assert list(verify_all(site.engine)) == []


def _picture(reader: Any, name: str) -> None:
    """To be looked at, where pictures are asked for."""
    if FOLDER:
        reader.page.screenshot(path=f"{FOLDER}/{name}.png", full_page=True)

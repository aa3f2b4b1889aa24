"""Whoever was invited, at a real browser: the code, the account, the first page; every step whole and accessible."""

from __future__ import annotations

import pytest

from casework.operations.invitations import Scope, invite
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.browser.test_pages import LOOKS, TAGS, VENDOR
from tests.world import new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def insist_accessible(reader: Reader) -> None:
    reader.page.evaluate((VENDOR / "axe.min.js").read_text("utf-8"))
    faults = reader.page.evaluate("tags => axe.run(document, {runOnly: tags}).then(told => told.violations)", TAGS)
    assert not [(fault["id"], fault["nodes"][0]["html"]) for fault in faults], reader.path


@pytest.mark.parametrize("look", LOOKS)
def test_the_invited_join_step_by_step(page_of: PageOf, site: Site, look: str) -> None:
    vault = site.cabinet.vault
    with transaction(site.engine) as db:
        done = invite(
            db, site.world.actor(db, "provider_lead"), vault, scope=Scope(organisation=site.world.organisations["lab"]),
            email="new@example.org", name="Newcomer", roles=["provider"], request=new_request(),
        )  # fmt: skip
    address = f"/invitation#{vault.secrets_of('invitation ' + done.answer['id'] + ' 1')[0]}"
    reader = page_of(None, **LOOKS[look])
    reader.open(address)
    insist_accessible(reader)
    for code in ("1234", done.answer["code"]):
        reader.page.fill("#code", code)
        reader.follow(reader.page.locator("main form button"))
        insist_accessible(reader)
    reader.page.fill("#password", "a long enough password")
    reader.follow(reader.page.locator("main form button"))
    assert reader.path == "/"
    reader.open(address)
    insist_accessible(reader)

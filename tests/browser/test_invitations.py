"""Links of mails at a real browser: whoever was invited, and whoever sets a password; every step whole and accessible."""

from __future__ import annotations

import pytest

from casework.operations.people.invitations import Scope, invite
from casework.operations.people.service import create_person
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.browser.test_pages import LOOKS, TAGS, VENDOR
from tests.support.world import new_request

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: What a link carries behind its mark only a script can send on; without one it is copied into a field.
SCRIPTED = [look for look, settings in LOOKS.items() if not settings.get("empty_scripts")]


def insist_accessible(reader: Reader) -> None:
    reader.page.evaluate((VENDOR / "axe.min.js").read_text("utf-8"))
    faults = reader.page.evaluate("tags => axe.run(document, {runOnly: tags}).then(told => told.violations)", TAGS)
    assert not [(fault["id"], fault["nodes"][0]["html"]) for fault in faults], reader.path


@pytest.mark.parametrize("look", SCRIPTED)
def test_the_invited_join_step_by_step(page_of: PageOf, site: Site, look: str) -> None:
    secret_box = site.document_store.secret_box
    with transaction(site.engine) as db:
        done = invite(
            db,
            site.world.actor(db, "provider_lead"),
            secret_box,
            scope=Scope(organisation=site.world.organisations["lab"]),
            email="new@example.org",
            name="Newcomer",
            roles=["provider"],
            request=new_request(),
        )
    address = f"/invitation#{secret_box.secrets_of('invitation ' + done.answer['id'] + ' 1')[0]}"
    reader = page_of(None, **LOOKS[look])
    reader.open_link(address, "/invitation/join")
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


@pytest.mark.parametrize("look", SCRIPTED)
def test_a_first_password_is_set_by_the_link(page_of: PageOf, site: Site, look: str) -> None:
    with transaction(site.engine) as db:
        made = create_person(
            db,
            site.world.actor(db, "administrator"),
            site.document_store.secret_box,
            email="new@example.org",
            name="Newcomer",
            name_zh=None,
            language="en",
            mailing=False,
            request=new_request(),
        )
    reader = page_of(None, **LOOKS[look])
    reader.open_link(made.answer["link"], "/password/new")
    insist_accessible(reader)
    for again, leads_to in (("another one", "/password/new"), ("a long enough password", "/sign-in")):
        reader.page.fill("#password", "a long enough password")
        reader.page.fill("#again", again)
        reader.follow(reader.page.locator("main form button"))
        assert reader.path == leads_to
        insist_accessible(reader)
    reader.open("/password")
    reader.page.fill("#secret", made.answer["link"].partition("#")[2])
    reader.follow(reader.page.locator("main form button"))
    insist_accessible(reader)
    assert reader.page.locator("#password").count() == 0, "the link opens nothing any more"

"""Documents at a browser: several files sent at once, and names and titles that would be scripts and are words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, FilePayload

from casework.operations.cases.case_actions import register_document
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.file_makers import PDF, SCRIPT, SCRIPTS
from tests.support.samples import by_default
from tests.support.world import new_request

pytestmark = pytest.mark.browser


def send(reader: Reader, *files: tuple[str, bytes]) -> None:
    reader.page.set_input_files(
        "#files", [FilePayload(name=name, mimeType="text/html", buffer=content) for name, content in files]
    )
    reader.page.select_option("#f-kind", "report")
    reader.page.check("input[name=f-whose][value=both]")


# The list of all shows each of them; by default a quarter is opened one by one.
@by_default("every", 4, whole=1)
def test_script_strings_as_names_and_titles_are_words(page_of: PageOf, site: Site, every: int) -> None:
    assert len(SCRIPTS) == 40
    with transaction(site.engine) as db:
        number = site.world.open_case(db)
        for words in SCRIPTS:
            register_document(
                db,
                site.world.actor(db, "officer"),
                number,
                title=words,
                kind="report",
                party=None,
                language=None,
                valid_until=None,
                revision=1,
                request=new_request(),
            )
    officer, said = page_of("officer"), list[str]()

    def hear(one: Dialog) -> None:
        said.append(one.message)
        one.dismiss()

    officer.page.on("dialog", hear)
    for start in (0, 20):
        officer.open(f"/cases/{number}/documents")
        send(officer, *[(f"{words}.pdf", PDF + b"%d" % n) for n, words in enumerate(SCRIPTS[start : start + 20])])
        with officer.page.expect_navigation():
            officer.page.locator("form[data-uploads] .form-actions button.btn").click()
    assert site.ids("SELECT count(*) FROM files") == ["40"]
    for path in (f"/cases/{number}/documents", f"/cases/{number}", f"/cases/{number}/history?show=documents"):
        officer.open(path)
        # Whatever waits for a mouse or for the focus gets it.
        for place in officer.page.locator("main a").all()[:40]:
            place.dispatch_event("mouseover")
            place.focus()
    documents = site.ids("SELECT id FROM documents ORDER BY registered_at, id")
    for id in documents[::every]:
        officer.open(f"/documents/{id}")
    assert said == []


def test_several_files_show_how_far_each_is_and_what_is_wrong_with_one(page_of: PageOf, site: Site) -> None:
    with transaction(site.engine) as db:
        number = site.world.open_case(db)
    officer = page_of("officer")
    officer.open(f"/cases/{number}/documents")
    send(officer, ("good.pdf", PDF), ("bad.pdf", SCRIPT))
    officer.page.locator("form[data-uploads] .form-actions button.btn").click()
    lines = officer.page.locator("[data-progress] > div")
    lines.nth(1).locator(".wrong", has_text="its content is not what its name says.").wait_for()
    assert "taken" in lines.nth(0).inner_text()
    assert site.ids("SELECT name FROM files") == ["good.pdf"]


def test_without_a_script_the_plain_form_does_it(page_of: PageOf, site: Site) -> None:
    with transaction(site.engine) as db:
        number = site.world.open_case(db)
    officer = page_of("officer", java_script=False)
    officer.open(f"/cases/{number}/documents")
    send(officer, ("one.pdf", PDF), ("two.pdf", PDF + b"%2"))
    officer.follow(officer.page.locator("form[data-uploads] .form-actions button.btn"))
    assert site.ids("SELECT name FROM files ORDER BY name") == ["one.pdf", "two.pdf"]

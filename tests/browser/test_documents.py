"""Documents at a browser: several files sent at once, and names and titles that would be scripts and are words."""

from __future__ import annotations

import pytest
from playwright.sync_api import Dialog, FilePayload

from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.file_makers import PDF, SCRIPT, SCRIPTS
from tests.support.samples import by_default
from tests.support.way_to_referral import to_plan
from tests.support.world import new_request, today

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


def test_a_file_survives_what_was_forgotten_and_is_sent_once_beside_others(page_of: PageOf, site: Site) -> None:
    with transaction(site.engine) as db:
        number = site.world.open_case(db)
    officer = page_of("officer")
    officer.open(f"/cases/{number}/documents")
    button = officer.page.locator("form[data-uploads] .form-actions button.btn")
    officer.page.set_input_files("#files", FilePayload(name="kept.pdf", mimeType="application/pdf", buffer=PDF))
    officer.follow(button)
    assert officer.page.locator("#hand-in .files li", has_text="kept.pdf").count() == 1
    # Two more go by the script, one by one.
    send(officer, ("one.pdf", PDF + b"%1"), ("two.pdf", PDF + b"%2"))
    with officer.page.expect_navigation():
        button.click()
    assert site.ids("SELECT name FROM files ORDER BY name") == ["kept.pdf", "one.pdf", "two.pdf"]


def test_where_the_form_stands_beside_the_list_nothing_leads_to_it(page_of: PageOf, site: Site) -> None:
    with transaction(site.engine) as db:
        number = site.world.open_case(db)
    officer = page_of("officer")
    for file in (("one.pdf", PDF), None):
        officer.open(f"/cases/{number}/documents")
        # Without a document the form is in sight anyway.
        assert officer.page.locator(".to-form").count() == (0 if file else 1)
        if file:
            send(officer, file)
            officer.follow(officer.page.locator("form[data-uploads] .form-actions button.btn"))
    for width, seen in ((1440, False), (390, True)):
        officer.page.set_viewport_size({"width": width, "height": 800})
        assert officer.page.locator(".to-form").is_visible() is seen


@pytest.mark.parametrize("scripted", [True, False])
def test_a_file_is_attached_without_leaving_the_page_of_the_task(page_of: PageOf, site: Site, scripted: bool) -> None:
    """Chosen once, it survives what was forgotten, and is a document of the case with the task that it was asked for."""
    with transaction(site.engine) as db:
        number = to_plan(site.world, db)
        case = load(db, home_of(db, number), "case")
    task = next(task.id for task in case.open_tasks() if task.name == "kick_off")
    officer = page_of("officer", java_script=scripted)
    officer.open(f"/tasks/{task}")
    send_it = officer.page.locator("form.asks .form-actions button.btn").last
    chooser, whose = officer.page.locator("input[name=u-minutes]"), officer.page.locator("#f-whose-minutes")
    boxes = [one.bounding_box() for one in (chooser, whose, whose.locator("legend"))]
    tops, ends = [box["y"] for box in boxes if box], [box["y"] + box["height"] for box in boxes if box]
    # Whose paper it is stands off from the file, and within its own line.
    assert tops[1] - ends[0] >= 16
    assert tops[2] >= tops[1]
    minutes = FilePayload(name="minutes.pdf", mimeType="application/pdf", buffer=PDF)
    officer.page.set_input_files("input[name=u-minutes]", minutes)
    officer.follow(send_it)
    assert officer.page.locator(".files li", has_text="minutes.pdf").count() == 1
    assert "whom it is about" in officer.page.locator(".faults").inner_text()
    officer.page.check("input[name=minutes-f-whose][value=both]")
    officer.page.fill("#f-held_on", today().isoformat())
    for asked in ("need_owner_present", "technology_owner_present"):
        officer.page.check(f"input[name=f-{asked}][value=yes]")
    officer.follow(send_it)
    assert site.ids("SELECT name FROM files") == ["minutes.pdf"]
    assert site.ids(f"SELECT state FROM tasks WHERE id = '{task}'") == ["Completed"]

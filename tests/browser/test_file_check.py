"""A file that an auditor drops onto the page at a browser: it is taken as if it had been chosen, and checked."""

from __future__ import annotations

from base64 import b64encode

import pytest

from casework.operations.verification.case_archive import make_case_file
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site

pytestmark = pytest.mark.browser

#: A hand that drags a file out of a folder: what the browser is handed is what it gets from the desktop.
_CARRY = """([name, packed]) => {
    const carried = new DataTransfer();
    const bytes = Uint8Array.from(atob(packed), (one) => one.charCodeAt(0));
    carried.items.add(new File([bytes], name, { type: "application/zip" }));
    return carried;
}"""


def drop(reader: Reader, name: str, content: bytes) -> None:
    carried = reader.page.evaluate_handle(_CARRY, [name, b64encode(content).decode()])
    field = reader.page.locator("[data-drop]")
    for gesture in ("dragenter", "dragover"):
        field.dispatch_event(gesture, {"dataTransfer": carried})
    assert "over" in (field.get_attribute("class") or ""), "the field shows where it can be dropped"
    field.dispatch_event("drop", {"dataTransfer": carried})


def check(reader: Reader) -> None:
    with reader.page.expect_navigation():
        reader.page.locator("main form button.btn-primary").click()


@pytest.fixture
def case_file(site: Site) -> tuple[str, bytes]:
    """The number of a case, and its file."""
    with transaction(site.engine) as db:
        number = site.world.open_case(db)
        file = make_case_file(db, site.world.actor(db, "auditor"), site.document_store, number, "/cases/x/file")
    return number, b"".join(file.pieces())


def test_a_file_that_is_dropped_is_checked(page_of: PageOf, site: Site, case_file: tuple[str, bytes]) -> None:
    number, content = case_file
    auditor = page_of("auditor")
    auditor.open("/verification/file")
    drop(auditor, "从桌面来.zip", content)
    assert auditor.page.locator("#file").evaluate("input => input.files[0].name") == "从桌面来.zip"
    assert "over" not in (auditor.page.locator("[data-drop]").get_attribute("class") or "")
    check(auditor)
    assert auditor.page.locator("#found").inner_text() == "从桌面来.zip"
    assert auditor.page.locator(f"main a[href='/cases/{number}/history']").count() == 1


def test_of_several_files_the_first_is_taken(page_of: PageOf, site: Site) -> None:
    auditor = page_of("auditor")
    auditor.open("/verification/file")
    carried = auditor.page.evaluate_handle(
        """() => {
            const carried = new DataTransfer();
            for (const name of ["one.zip", "two.zip"]) carried.items.add(new File(["PK"], name));
            return carried;
        }"""
    )
    auditor.page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": carried})
    names = auditor.page.locator("#file").evaluate("input => [...input.files].map((one) => one.name)")
    assert names == ["one.zip"]


def test_words_that_are_dropped_are_no_file(page_of: PageOf, site: Site) -> None:
    auditor = page_of("auditor")
    auditor.open("/verification/file")
    carried = auditor.page.evaluate_handle(
        '() => { const carried = new DataTransfer(); carried.setData("text/plain", "words"); return carried; }'
    )
    auditor.page.locator("[data-drop]").dispatch_event("drop", {"dataTransfer": carried})
    assert auditor.page.locator("#file").evaluate("input => input.files.length") == 0

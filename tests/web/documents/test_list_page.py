"""The page of documents: what was chosen in its form survives a fault of it, and is handed in once."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import Engine

from casework.operations.core.perform import home_of
from casework.operations.documents.upload_limits import MOST_FILES
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.web.cases.progress import step_name
from tests.support.file_makers import PDF, SCRIPT
from tests.support.pages import read_page
from tests.support.way_to_referral import to_accepted
from tests.support.web_client import Browser

Enter = Callable[[str], Browser]
File = tuple[io.BytesIO, str]
pytestmark = pytest.mark.stage(play=to_accepted)


def file(name: str = "report.pdf", content: bytes = PDF) -> File:
    return io.BytesIO(content), name


def send(browser: Browser, path: str, page: str = "", **more: Any) -> Any:
    """The form as the page has it, with `more`."""
    source = (page or browser.get(path).text).split('id="hand-in"')[1].split("</form>")[0]
    read = read_page(f"<section {source}</form>").sent
    sent: dict[str, Any] = {name: read.getlist(name) for name in read}
    return browser.flask.post(path, data=sent | more, content_type="multipart/form-data")


def papers(engine: Engine, number: str) -> list[tuple[str, str | None, str | None]]:
    """Whose each paper is, of which referral, and of which kind; the history of the case holds."""
    with transaction(engine) as db:
        assert verify_case(db, home_of(db, number)) == []
        case = load(db, home_of(db, number), "case")
    return [(one.kind, one.party, one.track) for one in case.documents.values()]


def names(page: str) -> list[str]:
    """The files that the form has kept."""
    return re.findall(r"<li><span><strong>([^<]*)</strong>", page.split('id="hand-in"')[1])


def test_what_was_chosen_is_kept_and_handed_in_as_whose_it_is_said_to_be(
    browser_for: Enter, engine: Engine, staged: tuple[str, str]
) -> None:
    officer, path = browser_for("officer"), f"/cases/{staged[0]}/documents"
    before = papers(engine, staged[0])
    refused = send(officer, path, files=[file()])
    assert refused.status_code == 422
    assert names(refused.text) == ["report.pdf"]
    # Nor is it lost by a second fault, or asked for again.
    again = send(officer, path, refused.text, **{"f-whose": "need_owner"})
    assert (again.status_code, names(again.text)) == (422, ["report.pdf"])
    assert papers(engine, staged[0]) == before
    said = {"f-kind": "report", "f-whose": "need_owner", "f-title": "The figures"}
    for _ in range(2):
        assert send(officer, path, again.text, **said).status_code == 303
    assert [one for one in papers(engine, staged[0]) if one not in before] == [("report", "need_owner", None)]
    page = officer.get(path).text
    assert page.count(">The figures</a>") == 1
    assert page.count("download>report.pdf") == 1


def test_those_kept_and_those_chosen_afterwards_go_together(
    browser_for: Enter, engine: Engine, staged: tuple[str, str]
) -> None:
    officer, path = browser_for("officer"), f"/cases/{staged[0]}/documents"
    refused = send(officer, path, files=[file("one.pdf"), file("two.pdf", PDF + b"\n"), file("bad.pdf", SCRIPT)])
    # What is not taken is said at once.
    assert "its content is not what its name says." in refused.text
    assert names(refused.text) == ["one.pdf", "two.pdf"]
    taken_out = read_page(refused.text.split('id="hand-in"')[1]).sent.getlist("held-files")[0]
    said: dict[str, Any] = {"f-kind": "report", "f-whose": "both", "held-out": taken_out}
    assert send(officer, path, refused.text, files=[file("three.pdf")], **said).status_code == 303
    page = officer.get(path).text
    assert [name for name in ("one", "two", "three") if f"download>{name}.pdf" in page] == ["two", "three"]


def test_of_more_than_are_taken_the_first_are_kept(browser_for: Enter, staged: tuple[str, str]) -> None:
    many = [file(f"{n}.pdf") for n in range(MOST_FILES + 1)]
    said: dict[str, Any] = {"f-kind": "report", "f-whose": "both", "files": many}
    refused = send(browser_for("officer"), f"/cases/{staged[0]}/documents", **said)
    assert f"Choose {MOST_FILES} files at most." in refused.text
    assert names(refused.text) == [f"{n}.pdf" for n in range(MOST_FILES)]


def test_a_providers_files_are_kept_for_its_referral_alone(
    browser_for: Enter, engine: Engine, staged: tuple[str, str]
) -> None:
    provider, path = browser_for("provider"), f"/referrals/{staged[1]}/documents"
    refused = send(provider, path, files=[file()])
    assert names(refused.text) == ["report.pdf"]
    # Sent elsewhere or by somebody else, it is not there.
    [token] = read_page(refused.text.split('id="hand-in"')[1]).sent.getlist("held-files")
    said: dict[str, Any] = {"f-kind": "report", "f-whose": "both", "held-files": [token]}
    elsewhere = send(browser_for("officer"), f"/cases/{staged[0]}/documents", **said)
    assert "Choose at least one file." in elsewhere.text
    assert send(provider, path, refused.text, **{"f-kind": "report"}).status_code == 303
    assert ("report", None, staged[1]) in papers(engine, staged[0])


def test_what_was_kept_is_still_there_in_the_draft_until_it_is_handed_in(
    browser_for: Enter, staged: tuple[str, str]
) -> None:
    officer, path = browser_for("officer"), f"/cases/{staged[0]}/documents"
    refused = send(officer, path, files=[file()]).text
    read = read_page(refused.split('id="hand-in"')[1].split("</form>")[0]).sent
    kept = {name: read.getlist(name) for name in read} | {"form": f"documents:case:{staged[0]}", "f-title": "Figures"}
    officer.flask.post("/drafts", data=kept)
    opened = officer.get(path).text
    assert names(opened) == ["report.pdf"]
    assert send(officer, path, opened, **{"f-kind": "report", "f-whose": "both"}).status_code == 303
    assert names(officer.get(path).text) == []


def test_what_was_kept_goes_along_with_files_that_a_script_sends_one_by_one(
    browser_for: Enter, staged: tuple[str, str]
) -> None:
    officer, path = browser_for("officer"), f"/cases/{staged[0]}/documents"
    page = send(officer, path, files=[file("kept.pdf")]).text
    read = read_page(page.split('id="hand-in"')[1].split("</form>")[0]).sent
    sent: dict[str, Any] = {name: read.getlist(name) for name in read} | {"f-kind": "report", "f-whose": "both"}

    def part(files: File) -> Any:
        answer = officer.flask.post(
            path,
            data=sent | {"part": "0", "files": [files]},
            content_type="multipart/form-data",
            headers={"Accept": "application/json"},
        )
        return answer.get_json()

    told = part(file("bad.pdf", SCRIPT))
    assert (told["taken"], told["refused"][0]["name"]) == (["kept.pdf"], "bad.pdf")
    assert part(file("good.pdf"))["taken"] == ["kept.pdf", "good.pdf"]
    shown = officer.get(path).text
    assert (shown.count("download>kept.pdf"), shown.count("download>good.pdf")) == (1, 1)


def test_the_form_says_plainly_what_may_be_left_empty(browser_for: Enter, staged: tuple[str, str]) -> None:
    page = browser_for("officer").get(f"/cases/{staged[0]}/documents").text
    label = page.split('<label for="f-title">')[1].split("</label>")[0]
    assert label == 'Title <span class="optional">(optional)</span>'
    assert "Leave it empty to use the file&#39;s name" in page
    # What need not be answered can be left open in words.
    assert "Not specified" in page.split("Language of the paper")[1].split("</fieldset>")[0]


def test_in_chinese_a_file_is_a_thing_and_the_parties_have_their_names(
    browser_for: Enter, staged: tuple[str, str], app: Flask
) -> None:
    officer, path = browser_for("officer"), f"/cases/{staged[0]}/documents"
    said: dict[str, Any] = {"f-kind": "report", "f-whose": "both", "files": [file()]}
    assert send(officer, path, **said).status_code == 303
    officer.post("/account/preferences", {"language": "zh-Hans"})
    page = officer.get(path).text
    assert re.findall(r"<th[^>]*scope=\"col\"[^>]*>([^<]*)", page)[:2] == ["文件", "附件"]
    assert "技术供给方" in page.split('name="f-whose"')[2]
    with app.test_request_context(), force_locale("zh_Hans"):
        # The step of the same English word is a deed.
        assert step_name("File") == "提交"


def test_what_was_typed_before_a_refusal_is_there_when_the_page_is_opened_anew(
    browser_for: Enter, staged: tuple[str, str]
) -> None:
    browser, path = browser_for("provider"), f"/referrals/{staged[1]}/documents"
    # No file at all, and one that is none: neither loses a word.
    for words, files in (("Typed, no file", []), ("Typed, bad file", [file("run.pdf", b"MZ is no PDF")])):
        typed: dict[str, Any] = {"f-title": words, "f-kind": "report"} | ({"files": files} if files else {})
        assert send(browser, path, **typed).status_code == 422
        assert words in browser.get(path).text
    assert send(browser, path, **{"f-title": "Report", "f-kind": "report"}, files=[file()]).status_code == 303
    assert "Typed, bad file" not in browser.get(path).text

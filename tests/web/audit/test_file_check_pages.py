"""The page onto which an auditor drops a file: what it says, to whom it is there, and that nothing of the file stays."""

from __future__ import annotations

import html
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.ledger.signed_notes import key_from_seed, sign_note
from casework.operations.core.perform import home_of
from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification import file_checks
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.file_checks import UNREAD, FileVerdict, hold_against
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from casework.web.audit import file_check_pages
from tests.support.published import sign_and_publish
from tests.support.web_client import Browser
from tests.support.world import World
from tests.verifier.forging import Forgery

BrowserFor = Callable[[str], Browser]
PAGE = "/verification/file"


@pytest.fixture
def case_file(
    app: Flask,
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    world: World,
    document_store: DocumentStore,
) -> Iterator[bytes]:
    """The file of a case that was signed with the keys which the pages know."""
    known = app.extensions["casework.log_keys"]
    app.extensions["casework.log_keys"] = partial(log_keys.public_keys, settings)
    with transaction(engine) as db:
        number = world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    with transaction(engine) as db:
        file = make_case_file(db, world.actor(db, "auditor"), document_store, number, "/cases/x/file")
    yield b"".join(file.pieces())
    app.extensions["casework.log_keys"] = known


def drop(browser: Browser, content: bytes, name: str = "case.zip") -> TestResponse:
    return browser.post(PAGE, {"file": (io.BytesIO(content), name)}, page=PAGE)


def large(browser: Browser) -> int:
    """The status of what a megabyte and more is answered with, without the tokens of a form."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.zip"\r\n\r\n'
    body = head + bytes(1_100_000) + b"\r\n--x--\r\n"
    answer = browser.flask.post(PAGE, data=body, content_type="multipart/form-data; boundary=x")
    answer.request.environ["werkzeug.request"].close()
    return answer.status_code


def said(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.status_code
    return html.unescape(answer.text)


def test_a_whole_file_is_called_whole(browser_for: BrowserFor, case_file: bytes) -> None:
    page = said(drop(browser_for("auditor"), case_file, "BJ.zip"))
    assert "BJ.zip" in page
    assert "Whole: nothing is wrong with it." in page
    assert "The log that is here had this very tree" in page
    assert "The file was not kept." in page


def test_what_is_wrong_is_said_with_its_event_and_part(
    browser_for: BrowserFor, case_file: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "whole.zip"
    path.write_bytes(case_file)
    one = Forgery(path)
    one.rows[0]["header"]["actor"] = "somebody else"
    page = said(drop(browser_for("auditor"), one.write(tmp_path / "a.zip").read_bytes()))
    assert "Something is wrong with it." in page
    assert "The header of event 1 is not the one that was recorded." in page
    assert "history.ndjson" in page


def test_it_is_said_in_the_language_of_the_page(browser_for: BrowserFor) -> None:
    browser = browser_for("auditor")
    browser.get("/account")
    browser.post("/account/preferences", {"language": "zh-Hans"})
    page = said(drop(browser, b"PK\3\4"))
    assert "文件已损坏" in page
    assert "file is damaged" not in page


def test_a_name_of_a_file_is_shown_and_obeyed_by_nobody(browser_for: BrowserFor) -> None:
    page = drop(browser_for("auditor"), b"{}", "<script>alert(1)</script>.json").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_a_file_that_bears_no_signature_of_this_log_is_said_to_be_foreign(
    browser_for: BrowserFor, case_file: bytes
) -> None:
    with zipfile.ZipFile(io.BytesIO(case_file)) as archive:
        said_here = json.loads(archive.read("proof.json"))["checkpoint"].rpartition("\n\n")[0] + "\n"
    note = sign_note(said_here, [key_from_seed("elsewhere.example/log", bytes(32))])
    page = said(drop(browser_for("auditor"), note.encode(), "checkpoint"))
    assert "No key of this log signed it" in page
    assert "Something is wrong with it." in page


def test_without_a_file_the_field_says_so(browser_for: BrowserFor) -> None:
    answer = browser_for("auditor").post(PAGE, {}, page=PAGE)
    assert answer.status_code == 422
    assert 'id="file-fault"' in answer.text


def test_a_file_that_is_too_large_is_refused_beside_the_field(
    browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_check_pages, "MOST_BYTES", 1000)
    answer = drop(browser_for("auditor"), bytes(1001))
    assert answer.status_code == 422
    assert 'id="file-fault"' in answer.text


def test_more_than_a_page_takes_is_refused_before_it_is_read(
    browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_for("auditor")
    assert large(browser) != 413
    monkeypatch.setattr(file_check_pages, "MOST_BYTES", 1000)
    assert large(browser) == 413


@pytest.mark.parametrize("role", ["officer", "supervisor", "manager", "provider_lead", "observer", "administrator"])
def test_for_others_it_is_not_there(browser_for: BrowserFor, role: str) -> None:
    browser = browser_for(role)
    assert browser.get(PAGE).status_code == 404
    assert browser.post(PAGE, {"file": (io.BytesIO(b"x"), "x")}).status_code == 404
    # Nothing large is read of them.
    assert large(browser) == 413


def test_it_may_be_asked_for_so_often_and_no_more(browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_checks, "find_verifier", lambda: None)
    browser = browser_for("auditor")
    codes = [drop(browser, b"x").status_code for _ in range(ALLOWANCES["file_check"].most + 1)]
    assert set(codes[:-1]) == {200}
    assert codes[-1] == 429


def test_that_a_file_was_checked_stands_in_the_reading_log_and_nothing_of_the_file(
    browser_for: BrowserFor, engine: Engine, case_file: bytes
) -> None:
    drop(browser_for("auditor"), case_file, "secret-name.zip")
    with transaction(engine) as db:
        addresses = db.execute(text("SELECT address FROM readings ORDER BY id")).scalars().all()
    assert addresses[-1] == PAGE
    assert not [one for one in addresses if "secret" in one]


def test_where_there_is_no_room_one_is_told_to_come_again(
    browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = browser_for("auditor")
    monkeypatch.setattr(file_checks, "_PATIENCE_S", 0.01)
    with file_checks._FREE:
        assert drop(browser, b"x").status_code == 429


def test_a_server_that_has_no_key_of_its_log_calls_nothing_whole(
    app: Flask, browser_for: BrowserFor, case_file: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions, "casework.log_keys", tuple)
    page = said(drop(browser_for("auditor"), case_file))
    assert "It cannot be read or judged." in page
    assert "No key was given" in page


def number_of(engine: Engine) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT max(number) FROM cases")).scalar_one())


def test_the_file_of_a_case_that_is_here_leads_to_it(browser_for: BrowserFor, engine: Engine, case_file: bytes) -> None:
    number = number_of(engine)
    page = said(drop(browser_for("auditor"), case_file))
    assert f'href="/cases/{number}/history"' in page
    assert f'href="/cases/{number}/verify"' in page


def test_what_is_wrong_leads_to_the_entry(
    browser_for: BrowserFor, engine: Engine, case_file: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "whole.zip"
    path.write_bytes(case_file)
    one = Forgery(path)
    one.rows[0]["header"]["actor"] = "somebody else"
    page = said(drop(browser_for("auditor"), one.write(tmp_path / "a.zip").read_bytes()))
    assert f'href="/cases/{number_of(engine)}/history/1"' in page


def test_a_case_that_the_auditor_does_not_see_is_not_named(engine: Engine, world: World, case_file: bytes) -> None:
    number = number_of(engine)
    with transaction(engine) as db:
        auditor, verdict = world.actor(db, "auditor"), FileVerdict(outcome=UNREAD, log=home_of(db, number))
        elsewhere = tuple(replace(one, programme=world.programmes["SH"]) for one in auditor.memberships)
        assert hold_against(db, auditor, verdict).number == number
        assert hold_against(db, replace(auditor, memberships=elsewhere), verdict).number is None
        assert hold_against(db, auditor, replace(verdict, foreign=True)).number is None
        assert hold_against(db, auditor, replace(verdict, log="no id")).number is None

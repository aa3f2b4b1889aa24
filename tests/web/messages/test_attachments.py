"""Documents beside a message at its page: chosen or handed in with it, kept through a fault, shown to those who see them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import SCRIPT
from tests.support.pages import read_page
from tests.support.queries import counted
from tests.support.way_to_referral import to_accepted, to_both
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.documents.test_held import file, titles, tokens
from tests.web.documents.test_pages import share, take_consent_back

Enter = Callable[[str], Browser]
pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def notes(staged: tuple[str, ...]) -> str:
    return f"/cases/{staged[0]}/messages"


@pytest.fixture
def thread(staged: tuple[str, ...]) -> str:
    return f"/referrals/{staged[1]}/messages"


def send(
    browser: Browser, path: str, words: str, more: Mapping[str, Any] | None = None, page: str | None = None
) -> Any:
    """The composer as the page has it, with `more`."""
    composer = re.search(r'<section class="composer.*?</section>', page or browser.get(path).text, re.DOTALL)
    assert composer is not None
    read = read_page(composer[0])
    sent: dict[str, Any] = {name: read.sent.getlist(name) for name in read.sent}
    return browser.flask.post(
        path, data=sent | {"f-words": words} | dict(more or {}), content_type="multipart/form-data"
    )


def offered(page: str) -> list[str]:
    return re.findall(r'name="f-documents" value="([^"]+)"', page)


def written(engine: Engine) -> int:
    with transaction(engine) as db:
        count: int = db.execute(text("SELECT count(*) FROM events WHERE kind IN ('noted', 'said')")).scalar_one()
    return count


def kept(engine: Engine) -> int:
    """How many files lie in the store, named by a document or not."""
    with transaction(engine) as db:
        count: int = db.execute(text("SELECT count(*) FROM blobs")).scalar_one()
    return count


def verifies(engine: Engine, number: str) -> bool:
    with transaction(engine) as db:
        return verify_case(db, home_of(db, number)) == []


def test_a_file_comes_with_a_note_and_becomes_a_document_of_the_case(
    browser_for: Enter, engine: Engine, staged: tuple[str, ...], notes: str
) -> None:
    officer = browser_for("officer")
    assert send(officer, notes, "See this.", {"u-documents": [file("offer.pdf")]}).status_code == 303
    assert titles(engine) == ["offer.pdf"]
    page = officer.get(notes).text
    link = re.search(r'<ul class="attached".*?href="(/documents/([^"]+))">offer</a>.*?</ul>', page, re.DOTALL)
    assert link is not None
    assert re.search(rf'href="{link[1]}/\d+[^"]*" download>offer.pdf</a>', link[0])
    assert f'href="{link[1]}/1/preview"' in link[0]
    assert officer.get(link[1]).status_code == 200
    # Nobody has said that it is the office's own: without the consent of both sides no provider sees it.
    with transaction(engine) as db:
        (document,) = load(db, home_of(db, staged[0]), "case").documents.values()
    assert (document.kind, len(document.concerns)) == ("other", 2)
    assert verifies(engine, staged[0])


def test_a_file_survives_a_fault_and_is_registered_only_with_the_message(
    browser_for: Enter, engine: Engine, notes: str
) -> None:
    officer = browser_for("officer")
    refused = send(officer, notes, "", {"u-documents": [file("offer.pdf"), file("bad.pdf", SCRIPT)]})
    assert refused.status_code == 422
    assert "kept from your first try" in refused.text
    assert '<details class="attach" open>' in refused.text
    assert (titles(engine), written(engine), len(tokens(refused.text))) == ([], 0, 1)
    refused = send(officer, notes, "", page=refused.text)
    assert (titles(engine), written(engine), len(tokens(refused.text))) == ([], 0, 1)
    for _ in range(2):
        assert send(officer, notes, "See this.", page=refused.text).status_code == 303
    assert (titles(engine), written(engine)) == (["offer.pdf"], 1)


def test_a_file_survives_a_message_that_is_refused_for_another_reason(
    browser_for: Enter, engine: Engine, notes: str
) -> None:
    officer = browser_for("officer")
    refused = send(officer, notes, "So?", {"reply_to": "nothing", "u-documents": [file()]})
    assert (refused.status_code, titles(engine), written(engine)) == (422, [], 0)
    assert len(tokens(refused.text)) == 1


def test_a_file_of_one_box_is_not_there_in_another(
    browser_for: Enter, engine: Engine, notes: str, thread: str, staged: tuple[str, ...]
) -> None:
    provider, officer = browser_for("provider"), browser_for("officer")
    [token] = tokens(send(officer, notes, "", {"u-documents": [file()]}).text)
    for browser, path in ((provider, thread), (officer, thread)):
        assert send(browser, path, "So.", {"held-documents": token}).status_code == 303
    assert titles(engine) == []


def test_a_provider_hands_in_with_its_message(
    browser_for: Enter, engine: Engine, thread: str, staged: tuple[str, ...]
) -> None:
    provider, officer = browser_for("provider"), browser_for("officer")
    assert send(provider, thread, "See this.", {"u-documents": [file("protocol.pdf")]}).status_code == 303
    with transaction(engine) as db:
        (document,) = load(db, home_of(db, staged[0]), "case").documents.values()
    assert document.track == staged[1]
    for browser in (provider, officer):
        page = browser.get(thread).text
        assert "protocol.pdf" in page
        assert offered(page) == [document.id]
    assert send(officer, thread, "I have it.", {"f-documents": document.id}).status_code == 303
    assert provider.get(thread).text.count(">protocol.pdf</a>") == 2
    assert verifies(engine, staged[0])


def test_the_office_names_in_a_thread_only_what_its_provider_sees(
    browser_for: Enter,
    engine: Engine,
    document_store: DocumentStore,
    world: World,
    staged: tuple[str, ...],
    thread: str,
) -> None:
    officer, provider = browser_for("officer"), browser_for("provider")
    paper = world.hand_in(document_store, staged[0], title="Between us")
    page = officer.get(thread).text
    assert offered(page) == []
    assert 'type="file"' not in page
    for browser in (officer, provider):
        refused = send(browser, thread, "See this.", {"f-documents": paper})
        assert refused.status_code == 422
        assert "names a document that the provider does not see" in refused.text
        assert written(engine) == 0
    assert "Between us" not in provider.get(thread).text
    before = kept(engine)
    refused = send(officer, thread, "See this.", {"u-documents": [file()]})
    assert refused.status_code == 422
    assert "takes no file from you here" in refused.text
    assert (written(engine), kept(engine)) == (0, before)


def test_a_draft_still_has_its_files_and_documents(browser_for: Enter, engine: Engine, notes: str) -> None:
    officer = browser_for("officer")
    assert send(officer, notes, "The first.", {"u-documents": [file("plan.pdf")]}).status_code == 303
    refused = send(officer, notes, "", {"u-documents": [file("offer.pdf")]}).text
    # What the page keeps by itself as one goes on typing.
    read = read_page(refused).sent
    [paper] = offered(refused)
    kept_so: dict[str, Any] = {name: read.getlist(name) for name in read}
    officer.flask.post("/drafts", data=kept_so | {"f-words": "See both.", "f-documents": paper})
    page = officer.get(notes).text
    assert "offer.pdf" in page
    assert tokens(page) == tokens(refused) != []
    assert re.search(rf'value="{paper}" checked', page)
    assert '<details class="attach" open>' in page
    assert send(officer, notes, "See both.", {"f-documents": paper}).status_code == 303
    assert titles(engine) == ["offer.pdf", "plan.pdf"]
    assert tokens(officer.get(notes).text) == []


def test_a_file_that_is_refused_comes_back_with_the_names_of_its_reader(
    browser_for: Enter, engine: Engine, thread: str
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET title_zh = '不用煤的蒸汽'"))
    officer = browser_for("officer")
    officer.post("/account/preferences", {"language": "zh-Hans"})
    refused = send(officer, thread, "See this.", {"u-documents": [file()]})
    assert refused.status_code == 422
    assert "不用煤的蒸汽" in refused.text.split("<main")[1]


def test_a_document_that_is_shared_no_longer_has_no_name(
    browser_for: Enter,
    engine: Engine,
    document_store: DocumentStore,
    world: World,
    staged: tuple[str, ...],
    thread: str,
) -> None:
    provider, officer = browser_for("provider"), browser_for("officer")
    paper = world.hand_in(document_store, staged[0], title="Figures", name="figures.pdf", party="need_owner")
    with transaction(engine) as db:
        share(world, db, staged[0], staged[1], paper)
    assert send(officer, thread, "See this.", {"f-documents": paper}).status_code == 303
    assert "figures.pdf" in provider.get(thread).text
    with transaction(engine) as db:
        take_consent_back(world, db, staged[0])
    page = provider.get(thread).text
    assert "A document that you no longer see" in page
    assert "igures" not in page
    assert paper not in page
    assert "figures.pdf" in officer.get(thread).text
    assert verifies(engine, staged[0])


def test_who_does_not_write_hands_in_nothing(browser_for: Enter, engine: Engine, notes: str, thread: str) -> None:
    officer = browser_for("officer")
    for name in ("auditor", "manager", "other_officer"):
        browser = browser_for(name)
        for path in (notes, thread):
            page = officer.get(path).text
            token = browser.get("/account").text
            csrf = re.search(r'name="csrf_token" value="([^"]+)"', token)
            assert csrf is not None
            answer = send(browser, path, "See this.", {"csrf_token": csrf[1], "u-documents": [file()]}, page)
            assert answer.status_code == 403
    assert (written(engine), kept(engine)) == (0, 0)


@pytest.mark.stage(play=to_both)
def test_before_it_has_accepted_a_provider_hands_in_nothing(browser_for: Enter, engine: Engine, thread: str) -> None:
    provider = browser_for("provider")
    assert 'type="file"' not in provider.get(thread).text
    assert send(provider, thread, "See this.", {"u-documents": [file()]}).status_code == 422
    assert send(provider, thread, "When may I?").status_code == 303
    assert (written(engine), kept(engine)) == (1, 0)


def test_the_number_of_queries_does_not_depend_on_how_much_is_attached(
    app: Flask, browser_for: Enter, world: World, document_store: DocumentStore, staged: tuple[str, ...], notes: str
) -> None:
    officer = browser_for("officer")
    sent = []
    for n in (1, 6):
        for _ in range(n):
            paper = world.hand_in(document_store, staged[0])
            with transaction(document_store.engine) as db:
                case = load(db, home_of(db, staged[0]), "case")
                world.write(db, "officer", case, words="See this.", documents=[paper])
        officer.get(notes)
        with counted(app) as statements:
            officer.get(notes)
        sent.append(len(statements))
    assert sent[0] == sent[1] < 26

"""The office writes the story of a case that went well, asks both parties, publishes it, and takes it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.documents.storage import DocumentStore
from casework.operations.links.office_links import secret_of
from casework.operations.results.consent_mail import STORY
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.stories import ADDRESS, TEXT, end_well, published, reopen, says, written
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]
GIVEN = {f"f-{name}": words for name, words in TEXT.items()}


@pytest.fixture
def document_store(app: Flask) -> DocumentStore:
    return DocumentStore(
        app.extensions["casework"], app.extensions["casework.store"], app.extensions["casework.secret_box"]
    )


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        number = world.open_case(db)
        end_well(db, number)
        return number


def test_from_the_case_to_what_everybody_reads_and_back(
    app: Flask, engine: Engine, world: World, browser_for: Enter, number: str
) -> None:
    officer, supervisor = browser_for("officer"), browser_for("supervisor")
    here = f"/cases/{number}/story"
    assert here in officer.get(f"/cases/{number}").text
    refused = officer.post(f"{here}/text", GIVEN | {"f-words_zh": "", "revision": "0"}, page=f"{here}/text")
    assert refused.status_code == 422
    assert "It burns straw." in refused.text
    page = officer.post(f"{here}/text", GIVEN | {"revision": "0"}, page=f"{here}/text", follow=True).text
    assert "It burns straw." in page
    for side in ("need-owner", "technology-owner"):
        ask = f"{here}/ask-{side}"
        wrong = officer.post(ask, {"f-address": "x", "f-language": "en", "f-days": "14"}, page=ask)
        assert wrong.status_code == 422
        sent = officer.post(ask, {"f-address": ADDRESS, "f-language": "en", "f-days": "14"}, page=ask)
        assert sent.status_code == 303
    late = officer.post(f"{here}/text", GIVEN | {"revision": "2"}, page=f"{here}/text")
    assert late.status_code == 409
    assert supervisor.post(f"{here}/publish", {}, page=here).status_code == 409
    with transaction(engine) as db:
        for id in db.execute(text("SELECT id::text FROM story_consents")).scalars().all():
            says(db, secret_of(app.extensions["casework.secret_box"], STORY, id))
    assert "Publish the story" not in officer.get(here).text
    assert "Publish the story" in supervisor.get(here).text
    page = supervisor.post(f"{here}/publish", {}, page=here, follow=True).text
    assert "does not show its results in public" in page
    assert "Steam from straw" in officer.get("/stories").text
    back = f"{here}/take-back"
    assert officer.post(back, {"f-reason": ""}, page=back).status_code == 422
    page = officer.post(back, {"f-reason": "A figure is wrong."}, page=back, follow=True).text
    assert "Change the text" in page


def test_of_other_cases_there_is_no_story(engine: Engine, world: World, browser_for: Enter) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    officer, here = browser_for("officer"), f"/cases/{number}/story"
    assert here not in officer.get(f"/cases/{number}").text
    assert "once the case is closed and went well" in officer.get(here).text
    assert officer.post(f"{here}/text", GIVEN | {"revision": "0"}, page=f"{here}/text").status_code == 409


def test_the_picture_is_drawn_of_a_paper_of_the_case(
    engine: Engine, world: World, browser_for: Enter, document_store: DocumentStore
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    paper = world.hand_in(document_store, number, content=PDF)
    with transaction(engine) as db:
        end_well(db, number)
    officer, here = browser_for("officer"), f"/cases/{number}/story"
    officer.post(f"{here}/text", GIVEN | {"revision": "0"}, page=f"{here}/text")
    ask = f"{here}/picture"
    assert officer.post(ask, {"f-paper": paper, "f-caption": "The boiler"}, page=ask).status_code == 422
    given = {"f-paper": paper, "f-caption": "The boiler", "f-caption_zh": "锅炉"}
    assert "The boiler" in officer.post(ask, given, page=ask, follow=True).text
    assert officer.get(f"{here}/image").data.startswith(b"\x89PNG")
    officer.post(ask, {"f-paper": "none"}, page=ask)
    assert officer.get(f"{here}/image").status_code == 404


def test_the_office_takes_a_question_back(engine: Engine, world: World, browser_for: Enter) -> None:
    with transaction(engine) as db:
        number = written(db, world)
    officer, here = browser_for("officer"), f"/cases/{number}/story"
    ask = f"{here}/ask-need-owner"
    officer.post(ask, {"f-address": ADDRESS, "f-language": "en", "f-days": "14"}, page=ask)
    with transaction(engine) as db:
        id = db.execute(text("SELECT id::text FROM story_consents")).scalar_one()
    assert "Take the question back" in officer.get(here).text
    assert officer.post(f"/story-consents/{id}/withdraw", {}, page=here).status_code == 303
    assert "Take the question back" not in officer.get(here).text


def test_what_a_party_says_stands_on_the_front_page_of_whoever_asked(
    app: Flask, engine: Engine, world: World, browser_for: Enter
) -> None:
    with transaction(engine) as db:
        number = written(db, world)
    officer, here = browser_for("officer"), f"/cases/{number}/story"
    ask = f"{here}/ask-need-owner"
    officer.post(ask, {"f-address": ADDRESS, "f-language": "en", "f-days": "14"}, page=ask)
    assert "Answers to success stories" not in officer.get("/").text
    with transaction(engine) as db:
        id = db.execute(text("SELECT id::text FROM story_consents")).scalar_one()
        says(db, secret_of(app.extensions["casework.secret_box"], STORY, id), consents=False)
    page = officer.get("/").text
    assert "Answers to success stories" in page
    assert f'href="{here}"' in page
    assert "does not consent" in page
    assert "Answers to success stories" not in browser_for("supervisor").get("/").text


def test_of_a_case_that_is_open_again_the_page_says_that_its_story_is_hidden(
    app: Flask, engine: Engine, world: World, browser_for: Enter
) -> None:
    with transaction(engine) as db:
        number, _ = published(db, world, app.extensions["casework.secret_box"])
        db.execute(text("UPDATE public_catalogues SET results = true"))
    officer, here, hidden = browser_for("officer"), f"/cases/{number}/story", "It is hidden: its case is open again"
    assert hidden not in officer.get(here).text
    with transaction(engine) as db:
        reopen(db, number)
    assert hidden in officer.get(here).text

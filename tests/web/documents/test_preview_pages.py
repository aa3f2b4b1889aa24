"""Previews in the pages: pictures alone, side by side, kept nowhere, noted, and gone with the right to see."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import Engine, text

from casework.operations.documents.storage import DocumentStore
from casework.records.database import transaction
from tests.support.file_makers import packed
from tests.support.way_to_referral import to_accepted
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


@pytest.fixture
def document_store(app: Flask) -> DocumentStore:
    return DocumentStore(
        app.extensions["casework"], app.extensions["casework.store"], app.extensions["casework.secret_box"]
    )


def paper(pages: int = 1) -> bytes:
    made = io.BytesIO()
    first, *others = [Image.new("RGB", (300, 200), "red") for _ in range(pages)]
    first.save(made, "PDF", save_all=True, append_images=others)
    return made.getvalue()


def addresses(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return list(
            db.execute(text("SELECT address FROM readings WHERE document_id IS NOT NULL ORDER BY id")).scalars()
        )


def test_a_paper_is_shown_page_by_page_and_each_look_is_noted(
    engine: Engine, world: World, browser_for: Enter, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id = world.hand_in(document_store, scene[0], content=paper(2))
    officer = browser_for("officer")
    page = officer.get(f"/documents/{id}/1/preview").text
    assert page.count("<img ") == 2
    assert 'width="1200" height="800" loading="lazy" alt="Page 2 of 2, version 1"' in page
    assert f'href="/documents/{id}/1" download' in page
    # The page itself shows nothing of it.
    assert addresses(engine) == []
    answer = officer.get(f"/documents/{id}/1/preview/2")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (200, "image/png", "no-store")
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 800)
    assert addresses(engine) == [f"/documents/{id}/1/preview/2"]
    assert "version 1" in officer.get(f"/documents/{id}").text.rpartition("Who opened it")[2]


def test_what_has_no_preview_is_offered_to_be_downloaded(
    world: World, browser_for: Enter, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id = world.hand_in(document_store, scene[0], content=packed({"a.txt": b"a"}), name="packed.zip")
    officer = browser_for("officer")
    page = officer.get(f"/documents/{id}/1/preview").text
    assert "There is no preview of this file." in page
    assert f'href="/documents/{id}/1"' in page
    answer = officer.get(f"/documents/{id}/1/preview/1")
    assert (answer.status_code, "Download the file instead." in answer.text) == (422, True)


def test_two_versions_stand_side_by_side(
    world: World, browser_for: Enter, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id, officer = world.hand_in(document_store, scene[0], content=paper(1)), browser_for("officer")
    officer.post(
        f"/documents/{id}/versions",
        {"files": [(io.BytesIO(paper(3)), "next.pdf")]},
        page=f"/documents/{id}",
        content_type="multipart/form-data",
    )
    alone = officer.get(f"/documents/{id}/2/preview").text
    assert (alone.count("<img "), f'href="/documents/{id}/2/preview?with=1"' in alone) == (3, True)
    beside = officer.get(f"/documents/{id}/2/preview?with=1").text
    assert (beside.count("<img "), 'class="halves"' in beside) == (4, True)
    assert officer.get(f"/documents/{id}/2/preview?with=7").status_code == 404
    assert officer.get(f"/documents/{id}/7/preview").status_code == 404
    assert officer.get(f"/documents/{id}/7/preview/1").status_code == 404


def test_a_provider_looks_until_the_grant_has_ended(
    engine: Engine, world: World, browser_for: Enter, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    number, referral = scene
    id = world.hand_in(document_store, number, content=paper(), party="need_owner")
    provider = browser_for("provider")
    looks = [f"/documents/{id}/1/preview", f"/documents/{id}/1/preview/1"]
    assert [provider.get(one).status_code for one in looks] == [404, 404]
    with transaction(engine) as db:
        world.fire(db, "provider", number, "ask_info", {"items": "The figures"}, track=referral)
        world.fire(db, "officer", number, "supply_info", {"documents": [id], "answer": "Here."}, track=referral)
    assert [provider.get(one).status_code for one in looks] == [200, 200]
    with transaction(engine) as db:
        grant = db.execute(text("SELECT id FROM grants WHERE ended_at IS NULL")).scalar_one()
    ended = browser_for("officer").post(
        f"/cases/{number}/grants/{grant}/end", {"f-reason": "It was the wrong one."}, page=f"/documents/{id}"
    )
    assert ended.status_code == 303
    assert [provider.get(one).status_code for one in looks] == [404, 404]
    assert addresses(engine) == [looks[1]]

"""Documents in the pages: handed in with a plain form, taken out as an attachment, and what each side sees of them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from casework.errors import AccessEnded
from casework.operations.cases.case_actions import withdraw_consent
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.people.registry import end_role
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF, SCRIPT, SVG, packed
from tests.support.pages import read_page
from tests.support.queries import counted
from tests.support.way_to_referral import to_accepted
from tests.support.web_client import _TOKEN, Browser
from tests.support.world import World, new_request

Enter = Callable[[str], Browser]
File = tuple[io.BytesIO, str]


def file(name: str = "report.pdf", content: bytes = PDF) -> File:
    return io.BytesIO(content), name


pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def scene(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


@pytest.fixture
def document_store(app: Flask) -> DocumentStore:
    return DocumentStore(
        app.extensions["casework"], app.extensions["casework.store"], app.extensions["casework.secret_box"]
    )


def hand_in(browser: Browser, path: str, *files: File, **more: str) -> TestResponse:
    return browser.post(
        path,
        {"f-kind": "report", "f-whose": "both", "files": list(files), **more},
        page=path,
        content_type="multipart/form-data",
    )


def test_a_file_is_handed_in_with_a_plain_form_and_listed(browser_for: Enter, scene: tuple[str, str]) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    assert hand_in(officer, path, file()).status_code == 303
    assert "report.pdf" in officer.get(path).text


def test_several_are_handed_in_at_once_each_under_its_own_name(browser_for: Enter, scene: tuple[str, str]) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    hand_in(officer, path, file("one.pdf"), file("two.pdf"), file("三.pdf"))
    shown = officer.get(path).text
    assert [name for name in ("one.pdf", "two.pdf", "三.pdf") if name not in shown] == []


def test_what_is_wrong_with_one_keeps_no_other_out(browser_for: Enter, scene: tuple[str, str]) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    answer = hand_in(officer, path, file("good.pdf"), file("bad.pdf", SCRIPT))
    assert answer.status_code == 422
    assert "its content is not what its name says." in answer.text
    assert "good.pdf" in officer.get(path).text


def test_a_script_is_told_file_by_file(browser_for: Enter, scene: tuple[str, str]) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    sent = {"f-kind": "report", "f-whose": "both", "part": "0", "files": [file("bad.svg", SVG)]}
    answer = officer.post(
        path, sent, page=path, content_type="multipart/form-data", headers={"Accept": "application/json"}
    )
    told = answer.get_json()
    assert (answer.status_code, told["taken"], told["refused"][0]["name"]) == (200, [], "bad.svg")


def test_without_a_file_the_form_says_so_and_keeps_what_was_chosen(browser_for: Enter, scene: tuple[str, str]) -> None:
    answer = hand_in(browser_for("officer"), f"/cases/{scene[0]}/documents", **{"f-title": "Kept words"})
    assert answer.status_code == 422
    assert "Choose at least one file." in answer.text
    assert "Kept words" in answer.text


def test_a_second_click_files_nothing_twice(browser_for: Enter, scene: tuple[str, str]) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    for _ in range(2):
        hand_in(officer, path, file(), key="k" * 24)
    assert officer.get(path).text.count("download>report.pdf") == 1


def test_a_file_leaves_as_an_attachment_of_plain_bytes(
    browser_for: Enter, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id = world.hand_in(document_store, scene[0], name='报告 "draft".pdf')
    answer = browser_for("officer").get(f"/documents/{id}/1")
    assert answer.data == PDF
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Content-Disposition"] == (
        "attachment; filename=\"__ _draft_.pdf\"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%20_draft_.pdf"
    )


def test_who_is_not_signed_in_is_not_listened_to_for_long(anonymous: Browser, scene: tuple[str, str]) -> None:
    path = f"/cases/{scene[0]}/documents"
    boundary, body = encode_multipart({"files": FileStorage(io.BytesIO(PDF + b" " * 2_000_000), "x.pdf")})
    answer = anonymous.flask.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 413


def test_a_file_beyond_a_forms_usual_size_is_taken(browser_for: Enter, scene: tuple[str, str]) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    token = _TOKEN.search(officer.get(path).text)
    assert token is not None
    sent = {
        "csrf_token": token[1],
        "key": "k" * 24,
        "f-kind": "report",
        "f-whose": "both",
        "files": FileStorage(io.BytesIO(PDF + b" " * 5_000_000), "large.pdf"),
    }
    boundary, body = encode_multipart(sent)
    answer = officer.flask.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")
    assert answer.status_code == 303


def test_a_new_version_and_a_withdrawal_by_the_page_of_the_document(
    browser_for: Enter, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id, officer = world.hand_in(document_store, scene[0]), browser_for("officer")
    page = f"/documents/{id}"
    sent = {"files": [file("next.pdf")]}
    assert officer.post(f"{page}/versions", sent, page=page, content_type="multipart/form-data").status_code == 303
    assert "next.pdf" in officer.get(page).text
    assert officer.post(f"{page}/withdraw", {"f-reason": "Wrong one", "key": "w" * 24}, page=page).status_code == 422
    assert (
        officer.post(
            f"{page}/withdraw", {"f-reason": "Wrong one", "sure": "yes", "key": "w" * 24}, page=page
        ).status_code
        == 303
    )
    assert "No form names it any more" in officer.get(page).text


def test_a_provider_sees_and_hands_in_what_belongs_to_its_referral_alone(
    browser_for: Enter, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    world.hand_in(document_store, scene[0], title="Secret figures")
    provider, path = browser_for("provider"), f"/referrals/{scene[1]}/documents"
    assert hand_in(provider, path, file("assessment.pdf")).status_code == 303
    shown = provider.get(path).text
    assert ("assessment.pdf" in shown, "Secret figures" in shown) == (True, False)


def test_an_archive_is_as_harmless_as_any_file(
    browser_for: Enter, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id = world.hand_in(document_store, scene[0], name="pictures.zip", content=packed({"a.txt": b"x"}))
    assert browser_for("officer").get(f"/documents/{id}/1").mimetype == "application/octet-stream"


def test_the_page_asks_the_database_as_often_for_many_documents_as_for_few(
    app: Flask, browser_for: Enter, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    counts = []
    for _ in range(2):
        for n in range(3):
            world.hand_in(document_store, scene[0], title=f"Paper {n}")
        with counted(app) as sent:
            officer.get(path)
        counts.append(len(sent))
    assert counts[0] == counts[1]


# --- where a form asks for documents ---------------------------------------------------------------------------------


def deliver(browser: Browser, referral: str, **more: Any) -> Any:
    path = f"/referrals/{referral}/{referral}/deliver_part"
    page = read_page(browser.get(path).text)
    sent = {name: page.sent.getlist(name) for name in page.sent} | {"f-part": "The first half"} | more
    return browser.flask.post(path, data=sent, content_type="multipart/form-data")


def test_a_providers_form_takes_its_deliverable_in_place(
    browser_for: Enter, engine: Engine, world: World, scene: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        world.fire(db, "provider", scene[0], "start", track=scene[1])
    provider = browser_for("provider")
    assert deliver(provider, scene[1], **{"u-documents": file("first half.pdf")}).status_code == 303
    assert "first half.pdf" in provider.get(f"/referrals/{scene[1]}/documents").text
    with transaction(engine) as db:
        told = db.execute(
            text("SELECT fired->'deliver_part'->'data' FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": scene[1]}
        ).scalar_one()
    assert len(told["documents"]) == 1


def test_what_is_wrong_with_the_deliverable_is_said_beside_it(
    browser_for: Enter, engine: Engine, world: World, scene: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        world.fire(db, "provider", scene[0], "start", track=scene[1])
    answer = deliver(browser_for("provider"), scene[1], **{"u-documents": file("bad.pdf", SCRIPT)})
    assert answer.status_code == 422
    assert "its content is not what its name says." in answer.text
    assert "The first half" in answer.text


def test_what_has_expired_does_not_count(
    browser_for: Enter, engine: Engine, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    with transaction(engine) as db:
        world.fire(db, "provider", scene[0], "start", track=scene[1])
    id = world.hand_in(document_store, scene[0], "provider", referral=scene[1])
    with transaction(engine) as db:
        db.execute(text("UPDATE documents SET valid_until = '2020-01-01'"))
    answer = deliver(browser_for("provider"), scene[1], **{"f-documents": id})
    assert answer.status_code == 422
    assert "not valid any more" in answer.text


# --- papers that an action asks for ----------------------------------------------------------------------------------


def test_an_action_lists_the_papers_that_it_asks_for(
    browser_for: Enter, scene: tuple[str, str], engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        track = world.main_track(db, scene[0])
    shown = browser_for("officer").get(f"/cases/{scene[0]}/tracks/{track}/assessment_passed").text
    assert "Papers that must be on file" in shown
    assert "Not on file: verification statement." in shown
    assert "handed in by the provider of: green technology assessment" in shown


def test_whoever_comes_from_an_action_finds_the_kind_chosen_and_goes_back(
    browser_for: Enter, scene: tuple[str, str]
) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    shown = officer.get(f"{path}?kind=signed_agreement&back=/cases/{scene[0]}").text
    assert '<option value="signed_agreement" selected>' in shown
    sent = {"f-kind": "signed_agreement", "f-whose": "both", "files": [file()]}
    answer = officer.post(f"{path}?back=/cases/{scene[0]}", sent, page=path, content_type="multipart/form-data")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{scene[0]}")


@pytest.mark.parametrize("back", ["//elsewhere.example", "https://elsewhere.example/", "/\\elsewhere.example"])
def test_nobody_is_sent_elsewhere(browser_for: Enter, scene: tuple[str, str], back: str) -> None:
    officer, path = browser_for("officer"), f"/cases/{scene[0]}/documents"
    answer = officer.post(
        f"{path}?{urlencode({'back': back})}",
        {"f-kind": "report", "f-whose": "both", "files": [file()]},
        page=path,
        content_type="multipart/form-data",
    )
    assert answer.headers["Location"] == path


# --- what ends while a file is on its way ----------------------------------------------------------------------------

BIG = PDF + b"%" + b"8B" * 6_000_000


def share(world: World, db: Connection, number: str, referral: str, document: str) -> None:
    world.fire(db, "provider", number, "ask_info", {"items": "The study"}, track=referral)
    world.fire(db, "officer", number, "supply_info", {"documents": [document], "answer": "Here."}, track=referral)


def take_consent_back(world: World, db: Connection, number: str) -> None:
    case = load(db, home_of(db, number), "case")
    for consent in [one.id for one in case.consents.values() if one.ended_at is None]:
        revision = load(db, case.log, "case").revision
        withdraw_consent(
            db,
            world.actor(db, "officer"),
            number,
            consent,
            reason="By letter",
            revision=revision,
            request=new_request(),
        )


@pytest.mark.parametrize("by", ["page", "program"])
def test_a_download_is_broken_off_when_a_consent_is_withdrawn(
    app: Flask,
    browser_for: Enter,
    engine: Engine,
    world: World,
    scene: tuple[str, str],
    document_store: DocumentStore,
    by: str,
) -> None:
    id = world.hand_in(document_store, scene[0], content=BIG, party="need_owner")
    with transaction(engine) as db:
        share(world, db, scene[0], scene[1], id)
    if by == "page":
        answer = browser_for("provider").flask.get(f"/documents/{id}/1", buffered=False)
    else:
        headers = {"Authorization": f"Bearer {world.tokens['provider']}"}
        answer = app.test_client().get(f"/api/v1/documents/{id}/versions/1", headers=headers, buffered=False)
    assert (answer.status_code, answer.content_length) == (200, len(BIG))
    pieces = iter(answer.iter_encoded())
    got = next(pieces)
    with transaction(engine) as db:
        take_consent_back(world, db, scene[0])
    with pytest.raises(AccessEnded):
        for piece in pieces:
            got += piece
    assert len(got) <= 5 * 1024**2
    assert browser_for("provider").flask.get(f"/documents/{id}/1").status_code == 404


def test_the_file_of_a_case_is_broken_off_when_its_taker_loses_the_role(
    browser_for: Enter, engine: Engine, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    world.hand_in(document_store, scene[0], content=BIG)
    answer = browser_for("auditor").flask.get(f"/cases/{scene[0]}/file", buffered=False)
    assert answer.status_code == 200
    pieces = iter(answer.iter_encoded())
    got = len(next(pieces))
    with transaction(engine) as db:
        given = {"person": world.people["auditor"]}
        end_role(
            db,
            db.execute(text("SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)"), given).scalar_one(),
        )
    with pytest.raises(AccessEnded):
        for piece in pieces:
            got += len(piece)
    assert got <= 5 * 1024**2


def test_who_may_still_see_it_gets_all_of_it(
    browser_for: Enter, engine: Engine, world: World, scene: tuple[str, str], document_store: DocumentStore
) -> None:
    id = world.hand_in(document_store, scene[0], content=BIG, party="need_owner")
    with transaction(engine) as db:
        share(world, db, scene[0], scene[1], id)
    assert browser_for("provider").flask.get(f"/documents/{id}/1").data == BIG

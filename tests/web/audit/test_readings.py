"""Whoever is shown what is confidential leaves a line in the reading log: every route that shows it, walked."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.mediations.emergency_access import break_glass
from casework.operations.mediations.service import open_mediation
from casework.operations.mediations.unsealing import decide_unsealing
from casework.operations.notifications.service import tell_due
from casework.operations.referrals.service import fire_in_referral
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.security.test_canaries import words_of
from tests.security.test_lost_sight import Scene
from tests.support.additions import add_unsealing
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

TITLE, WORDS, PAPER, SEALED = "Canary-title-1T", "Canary-words-2W", "Canary-paper-3P", "Canary-sealed-4S"


@pytest.fixture
def scene(app: Flask, engine: Engine, world: World) -> Scene:
    """A case full of canaries and a mediation that runs at its center, both open to one more reader."""
    document_store = DocumentStore(engine, app.extensions["casework.store"], app.extensions["casework.secret_box"])
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
        db.execute(text("UPDATE cases SET title = :t WHERE number = :n"), {"t": TITLE, "n": number})
        message = world.write(db, "officer", load(db, home_of(db, number), "case"), referral, WORDS)
        made = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
        mediation, track = str(made["id"]), str(made["track"])
        revision = db.execute(
            text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track}
        ).scalar_one()
        told = {
            "service": "mediation",
            "provider": world.organisations["lab"],
            "fee": "both",
            "wanted_on": today().replace(year=today().year + 1, day=1).isoformat(),
        }
        fire_in_referral(
            db,
            world.actor(db, "dispute_officer"),
            track,
            "send",
            track=None,
            revision=revision,
            data=told,
            request=new_request(),
        )
        home = load(db, mediation, "mediation")
        world.write(db, "dispute_officer", home, track, SEALED)
        world.write(db, "dispute_officer", home, None, SEALED)
        opening = add_unsealing(db, world, mediation, "manager")
        decide_unsealing(db, world.actor(db, "compliance"), opening, agree=True, note=None, request=new_request())
        break_glass(db, world.actor(db, "administrator"), number, reason="Nobody else is there.", request=new_request())
    document = world.hand_in(
        document_store, number, "provider", title=PAPER, content=PDF + b"Canary", referral=referral
    )
    ids = {
        "number": number,
        "referral": referral,
        "track": referral,
        "document": document,
        "version": "1",
        "task": referral,
        "message": message,
        "notification": referral,
        "provider": world.organisations["lab"],
        "mediation": mediation,
        "sealed": track,
    }
    return Scene(app, engine, world, ids)


def count(scene: Scene, who: str, where: str = "true") -> int:
    with transaction(scene.engine) as db:
        given = {"p": scene.world.people[who]}
        found = db.execute(
            text(f"SELECT count(*) FROM readings WHERE person_id = CAST(:p AS uuid) AND {where}"), given
        ).scalar_one()
        sealed = db.execute(
            text("SELECT count(*) FROM sealed_readings WHERE person_id = CAST(:p AS uuid)"), given
        ).scalar_one()
    return int(found) + int(sealed)


def unnoted(scene: Scene, who: str, canaries: tuple[str, ...], links: list[str]) -> Iterator[str]:
    """Links that show somebody a canary, on a page or by the API, and leave no line. At least some must show one."""
    browser, bearer, shown = scene.browser(who), {"Authorization": f"Bearer {scene.world.tokens[who]}"}, 0
    for link in links:
        before = count(scene, who)
        answer = scene.app.test_client().get(link, headers=bearer) if link.startswith("/api/") else browser.get(link)
        if answer.status_code != 200 or not any(one in words_of(answer) for one in canaries):
            continue
        shown += 1
        if count(scene, who) == before:
            yield link
    assert shown > 3


@pytest.mark.parametrize("who", ["auditor", "administrator"])
def test_every_route_that_shows_the_case_to_an_auditor_or_in_an_emergency_is_noted(scene: Scene, who: str) -> None:
    assert list(unnoted(scene, who, (TITLE, WORDS, PAPER), scene.links())) == []


def sealed_links(scene: Scene) -> list[str]:
    track = scene.ids["sealed"]
    more = [
        f"{base}/{track}{rest}"
        for base in ("/referrals", "/api/v1/referrals")
        for rest in ("", "/messages", "/contract")
    ]
    return [one for one in scene.links() if "/mediations/" in one] + more


@pytest.mark.parametrize("who", ["dispute_officer", "manager", "provider"])
def test_every_route_that_shows_a_sealed_mediation_is_noted_whoever_opens_it(scene: Scene, who: str) -> None:
    """Of the one named for it, of the reader for whom it was unsealed, and of its center."""
    with transaction(scene.engine) as db:
        db.execute(text("UPDATE mediations SET title = :t"), {"t": SEALED})
    assert list(unnoted(scene, who, (SEALED,), sealed_links(scene))) == []


def test_a_task_of_a_sealed_mediation_is_an_opening_of_it_wherever_it_is_shown(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        sealed = db.execute(text("SELECT id FROM tasks WHERE sealed AND organisation_id IS NULL LIMIT 1")).scalar_one()
        plain = db.execute(text("SELECT id FROM tasks WHERE NOT sealed LIMIT 1")).scalar_one()
    links = [f"/tasks/{sealed}/preview", f"/tasks/{sealed}/due", f"/api/v1/tasks/{sealed}"]
    browser, api = scene.browser("dispute_officer"), scene.app.test_client()
    bearer = {"Authorization": f"Bearer {scene.world.tokens['dispute_officer']}"}
    for link in links:
        before = count(scene, "dispute_officer")
        assert (api.get(link, headers=bearer) if "/api/" in link else browser.get(link)).status_code == 200
        assert count(scene, "dispute_officer") == before + 1, link
    # By itself it opens for nobody, and another task is nobody's business here.
    assert browser.get(f"/tasks/{sealed}/preview", headers={"X-Casework": "script"}).status_code == 204
    assert count(scene, "dispute_officer") == before + 1
    assert scene.browser("officer").get(f"/tasks/{plain}/preview").status_code == 200
    assert count(scene, "officer") == 0


def test_nothing_that_a_page_shows_by_itself_is_told_to_a_watched_person(scene: Scene) -> None:
    """So that each line of the log is something that the person asked for: of what opens by itself there is nothing to note."""
    with transaction(scene.engine) as db:
        scene.world.fire(db, "officer", scene.world.new_case(db), "take")
    tell_due(scene.engine, mailing=False)
    browser, script = scene.browser("officer"), {"X-Casework": "script"}
    look = re.findall('data-look="([^"]*)"', browser.get("/").text)[0]
    assert browser.get(look, headers=script).status_code == 200
    assert browser.get("/news", headers=script).get_json()["news"]
    with transaction(scene.engine) as db:
        db.execute(
            text(
                "INSERT INTO openings (id, log_id, kind, state, reader_id, asker_id, asked_at, days, until)"
                " SELECT gen_random_uuid(), log_id, kind, state, CAST(:reader AS uuid), asker_id, asked_at, days, until"
                " FROM openings WHERE kind = 'unsealing'"
            ),
            {"reader": scene.world.people["officer"]},
        )
    page = browser.get("/").text
    assert '<tr class="task' in page
    assert "data-look" not in page
    assert "beside-list" not in page
    before = count(scene, "officer")
    preview, news = browser.get(look, headers=script), browser.get("/news", headers=script)
    assert (preview.status_code, preview.data) == (204, b"")
    assert news.get_json()["news"] == []
    assert news.get_json()["unread"]
    assert count(scene, "officer") == before
    assert browser.get(look).status_code == 200
    assert count(scene, "officer") == before + 1


@pytest.mark.parametrize(
    ("who", "link", "kind"),
    [
        ("officer", "/documents/{document}/1", "document_id IS NOT NULL"),
        ("officer", "/api/v1/documents/{document}/versions/1", "document_id IS NOT NULL"),
        ("provider", "/documents/{document}/1", "document_id IS NOT NULL"),
        ("provider", "/api/v1/documents/{document}/versions/1", "document_id IS NOT NULL"),
        ("officer", "/cases/{number}/file", "number IS NOT NULL"),
        ("officer", "/api/v1/cases/{number}/file", "number IS NOT NULL"),
        ("officer", "/cases.csv", "address LIKE '/cases.csv%'"),
        ("supervisor", "/cases.xlsx", "address LIKE '/cases.xlsx%'"),
        ("officer", "/figures.csv", "address LIKE '/figures.csv%'"),
        ("supervisor", "/process.csv", "address LIKE '/process.csv%'"),
        ("officer", "/findings.csv", "address LIKE '/findings.csv%'"),
        ("officer", "/cases/{number}/history.pdf", "address LIKE '%/history.pdf'"),
        ("manager", "/reading.xlsx", "address LIKE '/reading.xlsx%'"),
    ],
)
def test_whatever_is_taken_out_is_noted_of_everybody_and_listed_to_auditors(
    scene: Scene, who: str, link: str, kind: str
) -> None:
    address, bearer = link.format(**scene.ids), {"Authorization": f"Bearer {scene.world.tokens[who]}"}
    answer = (
        scene.app.test_client().get(address, headers=bearer)
        if address.startswith("/api/")
        else scene.browser(who).get(address)
    )
    assert answer.status_code == 200
    assert count(scene, who, kind) >= 1
    assert address in scene.browser("auditor").get("/reading").text


def test_of_a_mediation_auditors_see_no_line(scene: Scene) -> None:
    for who in ("dispute_officer", "manager"):
        assert scene.browser(who).get(f"/mediations/{scene.ids['mediation']}").status_code == 200
    shown = scene.browser("auditor").get("/reading").text
    assert "ediation" not in shown
    assert scene.ids["mediation"] not in shown
    assert scene.ids["sealed"] not in shown

"""Whoever declares a conflict loses the case at once: in a session that is open, by a token, by links given before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.notifications.mail_outbox import compose
from casework.operations.notifications.service import tell_due
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.security.test_canaries import words_of
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_referral
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World, new_request

TITLE, WORDS, PAPER, FILE = "Canary-title-1T", "Canary-words-2W", "Canary-paper-3P", b"Canary-file-4F"


@dataclass
class Scene:
    """A case full of canaries with a referral that the lab has accepted, and the links that lead to its things."""

    app: Flask
    engine: Engine
    world: World
    ids: dict[str, str]

    def links(self) -> list[str]:
        """Every address that there is, of pages and of the API, with this case's things in it."""
        more = self.ids | {"name": "start", "transition": "start", "seq": "1", "position": "1", "operation": "claim"}
        rules = [
            one for one in self.app.url_map.iter_rules() if "GET" in (one.methods or ()) and one.endpoint != "static"
        ]
        found = {
            re.sub(r"<(?:\w+:)?(\w+)>", lambda part: more.get(part[1], more["referral"]), one.rule) for one in rules
        }
        home = f"/referrals/{self.ids['referral']}"
        return sorted(
            {*found, f"{home}/{self.ids['referral']}/start", "/search?q=Canary-title", "/referrals/working", "/done"}
        )

    def shown(self, by: str, links: list[str], browser: Browser) -> Iterator[str]:
        """The links that show a canary, opened in a session, and asked for with a token."""
        bearer = {"Authorization": f"Bearer {self.world.tokens[by]}"}
        for link in links:
            answer = self.app.test_client().get(link, headers=bearer) if link.startswith("/api/") else browser.get(link)
            if any(one in words_of(answer) for one in (TITLE, WORDS, PAPER, FILE.decode())):
                yield link

    def browser(self, name: str) -> Browser:
        made = Browser(self.app.test_client())
        assert made.sign_in(f"{name}@example.org", PASSWORD).status_code == 303
        return made

    def declare(self, by: str) -> None:
        with transaction(self.engine) as db:
            if by == "provider":
                told = {"nature": "family", "note": "A cousin."}
                self.world.fire(db, by, self.ids["number"], "declare_conflict", told, track=self.ids["referral"])
            else:
                declare_interest(
                    db,
                    self.world.actor(db, by),
                    self.ids["number"],
                    nature="Family.",
                    request=replace(new_request(), sure=True),
                )


@pytest.fixture
def scene(app: Flask, engine: Engine, world: World) -> Scene:
    document_store = DocumentStore(engine, app.extensions["casework.store"], app.extensions["casework.secret_box"])
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
        db.execute(text("UPDATE cases SET title = :t WHERE number = :n"), {"t": TITLE, "n": number})
        case = load(db, home_of(db, number), "case")
        message = world.write(db, "officer", case, referral, WORDS, tell=("provider", "supervisor"))
        task = db.execute(
            text(
                "SELECT id FROM tasks WHERE track_id IN (SELECT id FROM tracks WHERE parent_id "
                "= CAST(:id AS uuid) OR id = CAST(:id AS uuid)) AND closed_at IS NULL LIMIT 1"
            ),
            {"id": referral},
        ).scalar_one()
    document = world.hand_in(document_store, number, "provider", title=PAPER, content=PDF + FILE, referral=referral)
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        notification = db.execute(
            text("SELECT id FROM notifications WHERE person_id = CAST(:p AS uuid) AND kind = 'mention'"),
            {"p": world.people["provider"]},
        ).scalar_one()
        found = {
            "number": number,
            "referral": referral,
            "track": referral,
            "document": document,
            "version": "1",
            "task": str(task),
            "message": message,
            "notification": str(notification),
            "provider": world.organisations["lab"],
        }
    return Scene(app, engine, world, found)


def test_no_link_shows_a_provider_anything_of_it_any_more(scene: Scene) -> None:
    browser = scene.browser("provider")
    document, referral = scene.ids["document"], scene.ids["referral"]
    showing = [
        f"/documents/{document}/1",
        f"/api/v1/documents/{document}/versions/1",
        f"/referrals/{referral}",
        f"/referrals/{referral}/messages",
        f"/api/v1/referrals/{referral}/messages",
        f"/api/v1/cases/{scene.ids['number']}",
    ]
    # Or what follows would prove nothing.
    assert set(showing) <= set(scene.links())
    assert list(scene.shown("provider", showing, browser)) == showing
    scene.declare("provider")
    assert list(scene.shown("provider", scene.links(), browser)) == []


def test_a_link_in_a_mail_leads_a_provider_nowhere(scene: Scene) -> None:
    browser, link = scene.browser("provider"), f"/notifications/{scene.ids['notification']}"
    assert browser.get(link).status_code == 303
    scene.declare("provider")
    assert browser.get(link).status_code == 404


def test_a_mail_that_waits_does_not_go(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        db.execute(text("UPDATE mails SET send_at = casework_now()"))
        mine = text("SELECT id FROM mails WHERE person_id = CAST(:p AS uuid) AND state = 'queued'")
        queued = list(db.execute(mine, {"p": scene.world.people["provider"]}).scalars())
    assert queued
    scene.declare("provider")
    with transaction(scene.engine) as db:
        assert [compose(db, one, SecretBox(["k" * 32])) for one in queued] == [None] * len(queued)


@pytest.mark.parametrize("who", ["officer", "supervisor", "auditor", "manager"])
def test_nobody_with_an_interest_takes_a_paper_or_the_file_of_the_case_out(scene: Scene, who: str) -> None:
    browser, bearer = scene.browser(who), {"Authorization": f"Bearer {scene.world.tokens[who]}"}
    document, number = scene.ids["document"], scene.ids["number"]
    links = [f"/documents/{document}", f"/documents/{document}/1", f"/cases/{number}/file"]
    tokens = [f"/api/v1/documents/{document}/versions/1", f"/api/v1/cases/{number}/file"]

    def answers() -> list[int]:
        ask = scene.app.test_client()
        return [browser.get(one).status_code for one in links] + [
            ask.get(one, headers=bearer).status_code for one in tokens
        ]

    assert answers() == [200] * 5
    scene.declare(who)
    assert answers() == [404, 404, 403, 404, 403]

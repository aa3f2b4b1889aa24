"""What lies sealed in the database is opened for nobody who brings it along, and searched by nobody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.errors import Unreadable
from casework.operations.core.perform import home_of
from casework.operations.deadlines.calendar_import import read_ics
from casework.operations.mediations.service import open_mediation
from casework.operations.search.service import search
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.field_encryption import MARK
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request

SECRET = "Quicksilver settles for nothing."


@pytest.fixture
def scene(engine: Engine, world: World) -> tuple[str, str]:
    """A case with a referral to the lab, and a sealed mediation in which something was said: (number, referral)."""
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        opened = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
        world.write(db, "dispute_officer", load(db, str(opened["id"]), "mediation"), words=SECRET)
    return number, referral


@pytest.fixture
def stolen(scene: tuple[str, str], superuser_engine: Engine) -> str:
    """The words as the database has them: whoever finds a backup has them too."""
    statement = (
        "SELECT e.body->'words'->>'value' FROM events e JOIN logs l ON "
        "l.id = e.log_id WHERE l.kind = 'mediation' AND e.kind = 'noted'"
    )
    with superuser_engine.connect() as db:
        sealed = str(db.execute(text(statement)).scalar_one())
    assert sealed.startswith(MARK)
    return sealed


@pytest.mark.parametrize("words", ["{}", "Look: {}", "{} and more"])
def test_a_page_takes_no_sealed_words(
    scene: tuple[str, str], stolen: str, browser_for: Callable[[str], Browser], words: str
) -> None:
    page = f"/referrals/{scene[1]}/messages"
    browser = browser_for("provider")
    assert browser.post(page, {"f-words": words.format(stolen), "audience": "shared", "sure": "yes"}).status_code == 400
    assert "Quicksilver" not in browser.get(page).text


def test_the_api_takes_no_sealed_words(app: Flask, world: World, scene: tuple[str, str], stolen: str) -> None:
    client, headers = (
        app.test_client(),
        {"Authorization": f"Bearer {world.tokens['provider']}", "Idempotency-Key": "k" * 24},
    )
    path = f"/api/v1/referrals/{scene[1]}/messages"
    escaped = stolen.replace("s", "\\u0073", 1)
    for written in (stolen, escaped):
        body = f'{{"audience": "shared", "words": "{written}", "sure": true}}'
        answer = client.post(path, data=body, content_type="application/json", headers=headers)
        assert answer.status_code == 400, answer.text
    assert "Quicksilver" not in client.get(path, headers=headers).text


def test_no_history_takes_sealed_words_whichever_way_they_come(
    engine: Engine, world: World, scene: tuple[str, str], stolen: str
) -> None:
    number, referral = scene
    with pytest.raises(Unreadable), transaction(engine) as db:
        world.write(db, "provider", load(db, home_of(db, number), "case"), referral, words=stolen)
    assert list(verify_all(engine)) == []


def test_a_calendar_brings_no_sealed_names(stolen: str) -> None:
    # A long line is folded, so that the mark stands in two lines.
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTART;VALUE=DATE:20270101\r\nSUMMARY:休 {stolen[:3]}\r\n {stolen[3:60]}\r\nEND:VEVENT\r\n"
    found = read_ics(f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}END:VCALENDAR\r\n".encode())
    assert found.faults


@pytest.mark.parametrize("who", ["dispute_officer", "officer", "supervisor"])
@pytest.mark.parametrize("words", ["sealed", "Quicksilver", "settles"])
def test_nobody_finds_sealed_words(engine: Engine, world: World, scene: tuple[str, str], who: str, words: str) -> None:
    def messages(db: Connection) -> object:
        return search(db, world.actor(db, who), words).messages

    with transaction(engine) as db:
        assert messages(db) == []

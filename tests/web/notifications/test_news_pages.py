"""What an open page asks by itself: whether there is news. The session is no more in use by it, and ends as it would."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text

from casework.operations.auth.sessions import IDLE
from casework.operations.mediations.service import open_mediation
from casework.operations.notifications.service import tell_due
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)
Enter = Callable[[str], Browser]
SCRIPT = {"X-Casework": "script"}


def _known(browser: Browser) -> str:
    """What the page that is open knows already."""
    found = re.search(r'data-known="([^"]*)"', browser.get("/account").text)
    assert found
    return found[1]


def _age(engine: Engine, by: timedelta) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE sessions SET seen_at = seen_at - :by"), {"by": by})


def test_a_page_hears_of_what_came_after_it(
    browser_for: Enter, engine: Engine, world: World, staged: tuple[str, str]
) -> None:
    tell_due(engine, mailing=False)
    officer, provider = browser_for("officer"), browser_for("provider")
    known = _known(officer)
    nothing = officer.get(f"/news?known={known}", headers=SCRIPT)
    assert (nothing.status_code, nothing.data) == (204, b"")
    with transaction(engine) as db:
        world.fire(db, "provider", staged[0], "decline", {"reason": "no_capacity"}, track=staged[1])
    tell_due(engine, mailing=False)
    told = officer.get(f"/news?known={known}", headers=SCRIPT)
    assert told.status_code == 200
    assert told.headers["Cache-Control"] == "no-store"
    assert told.json
    assert int(told.json["unread"]) > 1
    assert told.json["news"][0]["words"].startswith(f"{staged[0]}: ")
    assert officer.get(told.json["news"][0]["url"]).status_code == 303
    assert officer.get(f"/news?known={told.json['known']}").status_code == 204
    # Whoever has nothing new hears nothing.
    assert provider.get(f"/news?known={_known(provider)}").status_code == 204
    assert browser_for("manager").get(f"/news?known={_known(browser_for('manager'))}").status_code == 204


def test_a_page_hears_that_something_was_read_elsewhere(
    browser_for: Enter, engine: Engine, staged: tuple[str, str]
) -> None:
    tell_due(engine, mailing=False)
    officer = browser_for("officer")
    known = _known(officer)
    assert known != "0"
    assert officer.post("/notifications/read").status_code == 303
    told = officer.get(f"/news?known={known}", headers=SCRIPT)
    assert (told.status_code, told.json) == (200, {"unread": "", "known": "0", "news": []})
    assert officer.get("/news?known=0", headers=SCRIPT).status_code == 204


def test_of_what_is_sealed_nothing_is_named(
    browser_for: Enter, engine: Engine, world: World, staged: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), staged[0], new_request()).answer
        case = load(db, str(mediation["id"]), "mediation")
        db.execute(
            text(
                "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at)"
                " VALUES (gen_random_uuid(), :person, :log, 1, 'moved', '', casework_now())"
            ),
            {"person": world.people["dispute_officer"], "log": case.log},
        )
    told = browser_for("dispute_officer").get("/news").json
    assert told
    assert {one["words"] for one in told["news"]} == {"Something needs your attention"}
    assert staged[0] not in str(told)


def test_asking_does_not_keep_a_session_alive(browser_for: Enter, engine: Engine) -> None:
    officer = browser_for("officer")
    _age(engine, timedelta(minutes=2))

    def seen() -> object:
        with transaction(engine) as db:
            return db.execute(text("SELECT max(seen_at) FROM sessions")).scalar_one()

    before = seen()
    for _ in range(3):
        assert officer.get("/news?known=0", headers=SCRIPT).status_code == 204
    assert seen() == before
    officer.get("/account")
    assert seen() != before
    _age(engine, IDLE)
    over = officer.get("/news?known=0", headers=SCRIPT)
    assert (over.status_code, over.data) == (204, b"")
    assert over.headers["X-Sign-In"].startswith("/sign-in")
    assert officer.get("/news").status_code == 303


def test_nobody_is_told_what_is_new_to_others(browser_for: Enter, engine: Engine, staged: tuple[str, str]) -> None:
    tell_due(engine, mailing=False)
    told = {name: browser_for(name).get("/news").json for name in ("officer", "foreign_officer", "administrator")}
    assert told["officer"]
    assert told["officer"]["news"]
    nothing = {"unread": "", "known": "0", "news": []}
    assert told["foreign_officer"] == told["administrator"] == nothing

"""Erasing a person on the pages: two persons in two browsers, a refusal that says why, and names that are gone after it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.people import registry
from casework.operations.privacy.erasure import carry_out
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

NAME = "Quentin Zephyrine"


@pytest.fixture
def person(engine: Engine, world: World) -> str:
    """Somebody whose account is closed, and of whom a note in a case speaks."""
    with transaction(engine) as db:
        id = registry.register_person(db, email="q.zephyrine@canary.example", name=NAME)
        number = world.open_case(db)
        world.people["quentin"] = id
        world.write(db, "officer", load(db, home_of(db, number), "case"), words=f"Ask {NAME}.")
        db.execute(text("UPDATE people SET active = false WHERE id = CAST(:id AS uuid)"), {"id": id})
    return id


def form(world: World, person: str) -> dict[str, str]:
    return {
        "programme": world.programmes["BJ"],
        "person": person,
        "words": "+86 10 6655 4433",
        "basis": "request",
        "reason": "As asked.",
    }


def test_two_persons_erase_a_third(
    world: World, engine: Engine, person: str, browser_for: Callable[[str], Browser]
) -> None:
    asker, decider = browser_for("administrator"), browser_for("compliance")
    assert NAME in asker.get(f"/erasures/new?person={person}").text
    asked = asker.post("/erasures", form(world, person), page="/erasures/new", follow=True)
    assert "A compliance officer or manager of the programme decides" in asked.text
    assert "Who decides" in asked.text
    assert 'name="decision"' not in asked.text
    assert NAME in decider.get("/erasures").text
    with engine.connect() as db:
        erasure = str(db.execute(text("SELECT id FROM erasures")).scalar_one())
    page = f"/erasures/{erasure}"
    unread = decider.post(f"{page}/decide", {"decision": "agree"}, page=page)
    assert unread.status_code == 422
    agreed = decider.post(f"{page}/decide", {"decision": "agree", "sure": "yes"}, page=page, follow=True)
    assert "You have agreed" in agreed.text
    carry_out(engine, erasure)
    shown = [asker.get(page).text, asker.get("/erasures").text, asker.get(f"/administration/people/{person}").text]
    assert all(NAME not in one for one in shown)
    assert all("Erased person 1" in one for one in shown)
    number = "BJ-2026-0001"
    with engine.connect() as db:
        number = str(db.execute(text("SELECT number FROM cases")).scalar_one())
    notes = browser_for("officer").get(f"/cases/{number}/messages").text
    assert NAME not in notes
    assert "erased" in notes


def test_the_page_says_what_must_be_kept(world: World, browser_for: Callable[[str], Browser]) -> None:
    answer = browser_for("administrator").post("/erasures", form(world, world.people["provider"]), page="/erasures/new")
    assert answer.status_code == 409
    assert "The account is open. Close it first" in answer.text
    assert "As asked." in answer.text, "nothing typed is lost"


def test_it_is_refused_with_a_note(
    world: World, engine: Engine, person: str, browser_for: Callable[[str], Browser]
) -> None:
    browser_for("administrator").post("/erasures", form(world, person), page="/erasures/new")
    with engine.connect() as db:
        erasure = str(db.execute(text("SELECT id FROM erasures")).scalar_one())
    decider, page = browser_for("manager"), f"/erasures/{erasure}"
    shown = decider.get(page).text
    assert [part.split('"')[0] for part in shown.split('name="decision" value="')[1:]] == ["agree", "refuse"]
    assert "Nothing must be kept by law." in shown
    unsaid = decider.post(f"{page}/decide", {"note": "Not she."}, page=page)
    assert (unsaid.status_code, "Press one of the buttons." in unsaid.text) == (422, True)
    assert decider.post(f"{page}/decide", {"decision": "refuse"}, page=page).status_code == 422
    assert (
        "Nothing is erased"
        in decider.post(f"{page}/decide", {"decision": "refuse", "note": "Not she."}, page=page, follow=True).text
    )


def test_pages_say_erased_where_the_title_of_a_case_was(
    world: World, engine: Engine, person: str, browser_for: Callable[[str], Browser]
) -> None:
    """Every page of the officer's that shows a title, as it is after the title named the person."""
    with transaction(engine) as db:
        number = str(db.execute(text("SELECT number FROM cases")).scalar_one())
        world.fire(db, "officer", number, "take")
        db.execute(text("UPDATE cases SET title = NULL"))
    officer = browser_for("officer")
    for page in (
        "/",
        "/cases",
        f"/cases/{number}",
        f"/cases/{number}/history",
        f"/cases/{number}/clocks",
        f"/search?q={number}",
    ):
        shown = officer.get(page, follow_redirects=True)
        assert shown.status_code == 200, page
        assert "erased" in shown.text, page
        assert ">None<" not in shown.text, page

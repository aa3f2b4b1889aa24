"""An officer asks both sides from the desk: looks at what they will see, sends it, and reads there and on My work what they answered."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.links.office_links import open_link, secret_of
from casework.operations.matching import interest
from casework.operations.matching.interest_links import Says, send_interest
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.matching.shortlist import set_shortlisted
from casework.records.database import transaction
from tests.operations.matching.test_interest import ADDRESS, publish, shortlisted
from tests.support.web_client import Browser
from tests.support.world import World, add_match, add_technology, new_request

Enter = Callable[[str], Browser]
FORM = {"f-address": ADDRESS, "f-contact": "other", "f-language": "zh-Hans", "f-days": "14", "f-message": "请看。"}


@pytest.fixture
def desk(engine: Engine, world: World) -> str:
    """The need of a shortlisted match."""
    with transaction(engine) as db:
        match = shortlisted(db, world)
        found = db.execute(text("SELECT need_id FROM matches WHERE id = CAST(:id AS uuid)"), {"id": match})
        return str(found.scalar_one())


def send(browser: Browser, at: str, more: dict[str, str]) -> str:
    """The officer looks at what is asked, and sends it; gives what was looked at."""
    looked = browser.post(at, FORM | more, page=at)
    assert looked.status_code == 200, looked.text
    seen = re.search(r'name="seen" value="(\w+)"', looked.text)
    assert seen is not None
    assert browser.post(at, FORM | more | {"do": "go", "seen": seen[1]}, page=at).status_code == 303
    return looked.text


def answer(app: Flask, engine: Engine, world: World, side: str, says: Says) -> None:
    with transaction(engine) as db:
        query = text("SELECT id::text FROM interest_requests WHERE side = :side AND state = 'open'")
        id = db.execute(query, {"side": side}).scalar_one()
        token = secret_of(app.extensions["casework.secret_box"], INTEREST, id)
        send_interest(db, token, open_link(db, INTEREST, token), {world.matches[0]: says}, by="周敏")


def test_both_sides_are_asked_and_what_they_say_stands_on_the_desk_and_on_my_work(
    app: Flask, browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    officer, match = browser_for("officer"), world.matches[0]
    enterprise, owner = f"/needs/{desk}/ask-enterprise", f"/matches/{match}/ask-owner"
    seen = send(officer, enterprise, {"f-matches": match})
    assert "Heat pump boiler" in seen
    with transaction(engine) as db:
        names = text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)")
        name = db.execute(names, {"id": world.organisations["technology_owner"]}).scalar_one()
    assert name not in seen
    seen = send(officer, owner, {"f-need_words": "Waste heat in the north."})
    assert "Waste heat in the north." in seen
    shortlist = f"/needs/{desk}/desk?view=shortlist"
    assert officer.get(shortlist).text.count("answers until") == 2
    answer(app, engine, world, "need_owner", Says(says="yes"))
    assert "Answers came" in officer.get("/").text
    assert "Both said yes" not in officer.get(shortlist).text
    answer(app, engine, world, "technology_owner", Says(says="yes"))
    assert "Both said yes" in officer.get(shortlist).text
    assert "Next: accept the match" in officer.get("/").text
    assert "Answers came" not in browser_for("other_officer").get("/").text


def test_what_was_typed_stands_there_again_and_a_question_is_taken_back(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    officer, at = browser_for("officer"), f"/needs/{desk}/ask-enterprise"
    wrong = officer.post(at, FORM | {"f-address": "nobody", "f-matches": world.matches[0]}, page=at)
    assert (wrong.status_code, "请看。" in wrong.text) == (422, True)
    changed = officer.post(at, FORM | {"f-matches": world.matches[0], "do": "change"}, page=at)
    assert (changed.status_code, "请看。" in changed.text) == (200, True)
    send(officer, at, {"f-matches": world.matches[0]})
    page = officer.get(f"/needs/{desk}/desk?view=shortlist").text
    action = re.search(r"/interest-requests/[\w-]+/withdraw", page)
    assert action is not None
    assert officer.post(action[0], {}, page=at).status_code == 303
    assert "answers until" not in officer.get(f"/needs/{desk}/desk?view=shortlist").text


def test_of_a_closed_need_the_owner_sees_the_officers_words_alone(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    with transaction(engine) as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        publish(db, world, "closed")
        title = db.execute(text("SELECT title FROM needs WHERE id = CAST(:id AS uuid)"), {"id": desk}).scalar_one()
    officer, at = browser_for("officer"), f"/matches/{world.matches[0]}/ask-owner"
    assert officer.post(at, FORM, page=at).status_code == 422
    told = re.search(r"<section.*</section>", send(officer, at, {"f-need_words": "Waste heat."}), re.DOTALL)
    assert told is not None
    assert ("Waste heat." in told[0], title in told[0]) == (True, False)
    assert interest.DAYS == 14


def test_where_nothing_is_on_the_shortlist_any_more_the_page_says_so(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    officer, at = browser_for("officer"), f"/needs/{desk}/ask-enterprise"
    officer.get(at)
    with transaction(engine) as db:
        set_shortlisted(db, world.actor(db, "officer"), world.matches[0], on=False, request=new_request())
    for do in ("", "go"):
        sent = officer.post(at, FORM | {"f-matches": world.matches[0], "do": do}, page=at)
        assert (sent.status_code, "Nothing is on the shortlist." in sent.text) == (409, True)


def test_a_technology_that_has_ended_keeps_nobody_from_asking_about_the_others(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    with transaction(engine) as db:
        actor, programme = world.actor(db, "officer"), world.programmes["BJ"]
        gone = add_technology(db, programme, "gone", world.organisations["technology_owner"])
        set_shortlisted(db, actor, add_match(db, actor, programme, desk, gone), on=True, request=new_request())
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        db.execute(text("UPDATE technologies SET status = 'withdrawn' WHERE id = CAST(:id AS uuid)"), {"id": gone})
    send(browser_for("officer"), f"/needs/{desk}/ask-enterprise", {"f-matches": world.matches[0]})


def test_what_is_open_is_taken_back_though_it_is_on_the_shortlist_no_more(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    officer = browser_for("officer")
    send(officer, f"/needs/{desk}/ask-enterprise", {"f-matches": world.matches[0]})
    with transaction(engine) as db:
        set_shortlisted(db, world.actor(db, "officer"), world.matches[0], on=False, request=new_request())
    page = officer.get(f"/needs/{desk}/desk?view=proposed").text
    assert "Take the question back" in page


def test_what_is_asked_already_is_not_ticked_and_a_refusal_names_it(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    officer, at, match = browser_for("officer"), f"/needs/{desk}/ask-enterprise", world.matches[0]
    ticked = re.compile(rf'value="{match}"[^>]*checked')
    assert ticked.search(officer.get(at).text)
    send(officer, at, {"f-matches": match})
    page = officer.get(at).text
    assert ("asked already" in page, ticked.search(page)) == (True, None)
    seen = re.search(r'name="seen" value="(\w+)"', officer.post(at, FORM | {"f-matches": match}, page=at).text)
    assert seen is not None
    again = officer.post(at, FORM | {"f-matches": match, "do": "go", "seen": seen[1]}, page=at)
    assert (again.status_code, "still works: Heat pump boiler" in again.text) == (409, True)


def test_what_has_changed_since_it_was_looked_at_is_not_sent(
    browser_for: Enter, engine: Engine, world: World, desk: str
) -> None:
    officer, at, match = browser_for("officer"), f"/needs/{desk}/ask-enterprise", world.matches[0]
    seen = re.search(r'name="seen" value="(\w+)"', officer.post(at, FORM | {"f-matches": match}, page=at).text)
    assert seen is not None
    with transaction(engine) as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', true)"))
        db.execute(text("UPDATE technologies SET advantage = 'Cheaper.'"))
    sent = officer.post(at, FORM | {"f-matches": match, "do": "go", "seen": seen[1]}, page=at)
    assert (sent.status_code, "look at it again" in sent.text, "请看。" in sent.text) == (409, True, True)

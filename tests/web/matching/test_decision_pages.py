"""On the match desk a candidate is shortlisted, refused with a reason, or accepted, which opens its case once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.programme_lists import LISTS
from casework.operations.catalogue.matches import create_match, judge_match
from casework.operations.core.paging import PAGE
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.web.catalogue.correct_words import TO_DO
from tests.operations.core.test_catalogue_index import enter
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_record_pages import fill
from tests.web.matching.test_desk_pages import newest_run, open_desk

Enter = Callable[[str], Browser]


def propose(world: World, db: Connection, need: str, technology: str) -> str:
    """A match that an officer has entered."""
    done = create_match(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        need=need,
        technology=technology,
        source="desk",
        external_id=None,
        proposed_on=None,
        proposed_by=None,
        score=None,
        rationale=None,
        request=new_request(),
    )
    return str(done.answer["id"])


def test_a_candidate_is_shortlisted_and_taken_off(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/shortlist"
    assert route in browser.get(page).text
    sent = browser.post(route, {"on": "yes", "back": page}, page=page)
    assert sent.location == f"{page}#c-{ids['pump']}"
    assert "It is on the shortlist." in browser.get(page).text
    assert ids["pump"] in browser.get(f"{page}?view=shortlist").text
    browser.post(route, {"on": "no", "back": "https://elsewhere.example"}, page=page)
    assert "It is taken off the shortlist." in browser.get(page).text
    assert "Nothing is on the shortlist." in browser.get(f"{page}?view=shortlist").text
    assert list(verify_all(engine)) == []


def test_a_refusal_says_why_and_a_refused_form_keeps_its_words(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/refuse"
    assert route in browser.get(page).text
    said = fill(browser, route, reason="It is but an idea.")
    assert "It is but an idea." in said
    assert "The candidate is refused." not in said
    assert "The candidate is refused." in fill(browser, route, code="not_ready", reason="It is but an idea.")
    assert "The technology is not ready" in browser.get(f"{page}?view=refused").text
    assert list(verify_all(engine)) == []


def test_accepting_asks_first_and_opens_one_case(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/accept"
    assert route in browser.get(page).text
    asked = browser.get(route).text
    assert "Open the case" in asked
    sent = browser.post(route, {}, page=route)
    assert sent.location.startswith("/cases/BJ-")
    # Another time, and in another tab: one is shown the case that is open.
    assert sent.location in browser.get(route).text
    assert "Open the case" not in browser.get(route).text
    assert browser.post(route, {}, page=page).location == sent.location
    assert sent.location in browser.get(page).text
    assert list(verify_all(engine)) == []


def test_whoever_only_reads_decides_nothing(browser_for: Enter, world: World, engine: Engine) -> None:
    ids, page = open_desk(browser_for("officer"), world, engine)
    auditor, at = browser_for("auditor"), f"/match-runs/{newest_run(engine)}/{ids['pump']}"
    for route in (f"{at}/refuse", f"{at}/accept"):
        assert route not in auditor.get(page).text
        assert auditor.get(route).status_code == 403
    assert browser_for("officer").get(f"{at[:-36]}{ids['idea']}/accept").status_code == 404


def test_a_refusal_of_fact_asks_for_the_record_to_be_put_right(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, _ = open_desk(browser, world, engine)
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/refuse"
    fill(browser, route, code="not_ready", reason="It is but an idea.")
    assert "Records to put right" in browser.get("/desk").text
    assert "How often each rank was accepted" in browser.get("/desk").text
    assert "It is but an idea." in browser.get(f"/technologies/{ids['pump']}").text
    page = f"/technologies/{ids['pump']}"
    browser.post(f"{page}/confirm", {"field": "readiness_low"}, page=page)
    assert "Records to put right" not in browser.get("/desk").text


def test_more_records_to_put_right_than_a_page_holds_stand_on_the_next(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        need = enter(world, db, "need", title="Heat for a dye house")
    for n in range(PAGE + 1):
        with transaction(engine) as db:
            pump, officer = enter(world, db, "technology", title=f"Pump {n:02}"), world.actor(db, "officer")
            match = propose(world, db, need, pump)
            judge_match(
                db, officer, match, refused=True, code="not_ready", reason=f"Idea {n:02}.", request=new_request()
            )
    browser = browser_for("officer")
    first = browser.get("/desk").text
    assert [n for n in range(PAGE + 1) if f"Idea {n:02}." not in first] == [PAGE]
    (following,) = re.findall(r'href="([^"]*[?]wrong=[^"]*)"', first)
    second = browser.get(html.unescape(following)).text
    assert [n for n in range(PAGE + 1) if f"Idea {n:02}." in second] == [PAGE]
    assert 'href="/desk#wrong"' in second


def test_every_reason_of_the_list_is_offered_and_each_of_fact_stands_on_my_work_with_its_record(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/refuse"
    asked = browser.get(route).text
    assert [one.code for one in LISTS["match_refusals"].start if f'value="{one.code}"' not in asked] == []
    for code, words in TO_DO.items():
        assert "The candidate is refused." in fill(browser, route, code=code, reason=f"Said of {code}.")
        work = browser.get("/").text
        assert (f"/technologies/{ids['pump']}" in work, words in work, f"Said of {code}." in work) == (True, True, True)
        assert words in browser.get("/desk").text
        assert words in browser.get(f"/technologies/{ids['pump']}").text
        with transaction(engine) as db:
            match = db.execute(
                text("SELECT id::text FROM matches WHERE refusal_code = :code"), {"code": code}
            ).scalar_one()
        browser.post(f"/matches/{match}/judge", {"refused": "no", "reason": "Not so."}, page=f"/matches/{match}")
        assert words not in browser.get("/").text


def test_what_is_confirmed_already_is_confirmed_again_where_a_refusal_doubts_it(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, _ = open_desk(browser, world, engine)
    page = f"/technologies/{ids['pump']}"
    browser.post(f"{page}/confirm", {"field": "readiness_low"}, page=page)
    assert "Confirm again" not in browser.get(page).text
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/refuse"
    fill(browser, route, code="not_ready", reason="It is but an idea.")
    assert "Confirm again" in browser.get(page).text
    assert "Confirm again" not in browser_for("auditor").get(page).text
    assert "Records to put right" not in browser_for("auditor").get("/").text
    browser.post(f"{page}/confirm", {"field": "readiness_low"}, page=page)
    assert "Confirm again" not in browser.get(page).text
    assert "Records to put right" not in browser.get("/").text
    assert list(verify_all(engine)) == []


def test_the_desk_tells_week_by_week_how_often_each_rank_was_accepted(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    ids, page = open_desk(browser, world, engine)
    route = f"/match-runs/{newest_run(engine)}/{ids['pump']}/accept"
    browser.post(route, {}, page=route)
    said = words_of(browser.get("/desk").text)
    assert "How often each rank was accepted, week by week" in said
    assert "1 of 1" in said

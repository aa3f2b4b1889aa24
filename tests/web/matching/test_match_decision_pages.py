"""What a run did not find is accepted from the desk: the page says what the filters say, and asks why where one removes it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from urllib.parse import quote

from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.matches import create_match
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_acceptance import WHY, of_one_owner
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_record_pages import fill

Enter = Callable[[str], Browser]


def test_before_it_is_accepted_the_page_says_what_the_filters_say(browser_for: Enter, world: World) -> None:
    page = f"/matches/{world.matches[0]}/open"
    words = words_of(browser_for("officer").get(page).text)
    assert "Conflict of interest not known not all owners of the two are on record" in words
    assert "Open the case" in words
    assert browser_for("auditor").get(page).status_code == 403


def test_against_a_conflict_of_interest_it_is_accepted_with_a_reason_alone(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    with transaction(engine) as db:
        need, _, match = of_one_owner(world, db)
    page = f"/matches/{match}/open"
    asked = words_of(browser.get(page).text)
    assert "Conflict of interest does not pass need and technology belong to one organisation" in asked
    # As the list of matches offers it, without a word: it is refused, and asks.
    refused = browser.post(page, {}, page=page)
    assert refused.status_code == 422
    assert "Why it is accepted in spite of the conflict of interest" in refused.text
    assert "is open." in fill(browser, page, against_conflict=WHY)
    assert "Officer accepted it although a filter removes it" in browser.get(f"/matches/{match}").text
    number = browser.get(page).text.split('href="/cases/')[1].split('"')[0]
    first = words_of(browser.get(f"/cases/{number}/history/1").text)
    assert f"Why it is accepted in spite of the conflict of interest {WHY}" in first
    assert list(verify_all(engine)) == []


def test_a_case_is_opened_as_a_further_site_and_each_of_the_two_leads_to_the_other(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, page = browser_for("officer"), f"/matches/{world.matches[1]}/open"
    with transaction(engine) as db:
        first = world.open_case(db, 0)
    refused = fill(browser, page, follows_from="BJ-2000-0001")
    assert "is the number of no case of this programme that you see." in refused
    shown = fill(browser, page, follows_from=f" {first} ")
    assert "is open." in shown
    number = browser.get(page).text.split('href="/cases/')[1].split('"')[0]
    for one, other, words in ((number, first, "Further site of case"), (first, number, "Further sites")):
        about = browser.get(f"/cases/{one}").text.partition('id="about-title"')[2].partition("</section>")[0]
        assert f"{words} {other}" in words_of(about)
        assert f'href="/cases/{other}"' in about
    assert list(verify_all(engine)) == []


def test_on_the_desk_an_imported_match_is_refused_and_the_next_one_follows(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, need = browser_for("officer"), world.needs[0]
    with transaction(engine) as db:
        made = enter(world, db, "technology", title="Another boiler")
        second = match_of(world, db, need, made, "0.2")
    page, first = f"/needs/{need}/desk?view=proposed", world.matches[0]
    desk = browser.get(page).text
    onward = re.search(rf'href="(/matches/{first}/refuse\?back=[^"]+)"', desk)
    assert onward is not None
    assert f"/matches/{second}/refuse" in desk
    asked = html.unescape(onward[1])
    sent = read_page(browser.get(asked).text).sent
    sent["f-code"], sent["f-reason"] = "other", "Too small."
    done = browser.flask.post(asked, data=sent)
    assert done.headers["Location"] == f"{page}#c-{made}"
    shown = browser.get(page).text
    assert "The match is refused." in shown
    assert f"/matches/{first}/refuse" not in shown
    assert list(verify_all(engine)) == []


def test_a_refusal_without_a_code_is_asked_again(browser_for: Enter, world: World) -> None:
    page = f"/matches/{world.matches[0]}/refuse"
    assert "The match is refused." not in fill(browser_for("officer"), page, reason="Too small.")
    assert browser_for("auditor").get(page).status_code == 403


def test_on_the_desk_an_imported_match_is_accepted_and_the_next_one_follows(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, need = browser_for("officer"), world.needs[0]
    with transaction(engine) as db:
        made = enter(world, db, "technology", title="Another boiler")
        match_of(world, db, need, made, "0.2")
    page = f"/needs/{need}/desk?view=proposed"
    asked = f"/matches/{world.matches[0]}/open?back={quote(page)}%23c-{made}"
    done = browser.post(asked, {}, page=asked)
    assert done.location == f"{page}#c-{made}"
    assert re.search(r"The case BJ-\d{4}-0001 is open", browser.get(page).text)
    # Another address than one of ours is none.
    other = f"/matches/{world.matches[1]}/open?back=https://elsewhere.example"
    assert browser.post(other, {}, page=other).location.startswith("/cases/")


def test_what_the_program_proposes_stands_among_the_proposed_by_its_score(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, need = browser_for("officer"), world.needs[0]
    with transaction(engine) as db:
        made = enter(world, db, "technology", title="Another boiler")
        proposal = propose(db, world, need, made, "0.9500")
    page = f"/needs/{need}/desk?view=proposed"
    shown = browser.get(page).text
    assert shown.index(f'id="c-{made}"') < shown.index(f'id="c-{world.technologies[0]}"')
    assert "says of the need: boiler" in words_of(shown)
    taken = browser.post(f"/match-proposals/{proposal}/match", {"back": f"{page}#c-{made}"}, page=page)
    assert taken.location == f"{page}#c-{made}"
    assert "It is a match now: accept it, shortlist it or refuse it." in browser.get(page).text
    with transaction(engine) as db:
        other = propose(db, world, need, enter(world, db, "technology", title="A third boiler"), "0.4")
    asked = f"/match-proposals/{other}?back={quote(page)}"
    sent = read_page(browser.get(asked).text).sent
    sent["f-reason"] = "Too small."
    assert browser.flask.post(asked, data=sent).headers["Location"] == page


def match_of(world: World, db: Connection, need: str, technology: str, score: str) -> str:
    """A match as an import brings it."""
    made = create_match(
        db,
        world.actor(db, "officer"),
        programme=world.programmes["BJ"],
        need=need,
        technology=technology,
        source="A list",
        external_id=technology,
        proposed_on=None,
        proposed_by=None,
        score=score,
        rationale=None,
        request=new_request(),
    )
    return str(made.answer["id"])


def propose(db: Connection, world: World, need: str, technology: str, share: str) -> str:
    """A proposal as the program makes it."""
    told = """
        INSERT INTO match_proposals (id, programme_id, need_id, technology_id, share, words, made_at)
        VALUES (gen_random_uuid(), :programme, :need, :technology, CAST(:share AS numeric), '["boiler"]', casework_now())
        RETURNING id::text
    """
    given = {"programme": world.programmes["BJ"], "need": need, "technology": technology, "share": share}
    return str(db.execute(text(told), given).scalar_one())

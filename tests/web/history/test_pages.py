"""The history of a case as people read it: sentences, filters, pages, and what each entry unfolds to."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.perform import home_of
from casework.records.database import transaction
from casework.web.history.pages import say_guard
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    return to_referral(world, db, more_plan={"pledge": "bank"})[0]


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def number(staged: str) -> str:
    return staged


@pytest.fixture
def db(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as db:
        yield db


def actions(page: str) -> list[str]:
    found = re.findall(r'<span class="action">(.*?)</span>', page, re.DOTALL)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in found]


def every_action(browser: Browser, path: str) -> list[str]:
    found, address = [], path
    while address:
        page = browser.get(address).text
        found += actions(page)
        more = re.search(r'<a href="([^"]+)" rel="next">', page)
        address = more[1].replace("&amp;", "&") if more else ""
    return found


def test_each_entry_is_a_sentence(browser_for: BrowserFor, number: str) -> None:
    said = every_action(browser_for("auditor"), f"/cases/{number}/history?order=oldest")
    assert said[0] == "Officer opened the case"
    assert "Officer took the case" in said
    assert "Supervisor approved the plan" in said
    assert "Officer sent the request" in said
    assert "Officer recorded the party's consent: need owner" in said
    assert "Officer recorded the signed non-disclosure agreement" in said
    assert "Officer checked the match" in said
    assert not [one for one in said if "finished the task" in one]
    assert all("%(" not in one and "None" not in one for one in said)


@pytest.mark.parametrize("name", ["auditor", "officer", "provider"])
def test_no_entry_shows_an_id_a_code_or_a_piece_of_the_page_itself(
    browser_for: BrowserFor, number: str, name: str
) -> None:
    browser, address, seen = browser_for(name), f"/cases/{number}/history", 0
    while address:
        page = browser.get(address).text
        entries = page[page.index('<ol class="history">') : page.rindex("</ol>")]
        words = html.unescape(re.sub(r"<[^>]+>", " ", entries))
        seen += len(words)
        assert "something that is not there any more" not in words
        assert not re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}|</?time|\b[a-z]+_[a-z_]+\b", words)
        more = re.search(r'<a href="([^"]+)" rel="next">', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert seen


def test_what_an_action_asks_for_is_said_as_a_rule_and_not_as_its_refusal(app: Flask) -> None:
    asked = 0
    with app.test_request_context("/"):
        for edition in load_library().editions.values():
            for guard in {name for rule in edition.transitions for name in rule.guards}:
                asked += 1
                words = say_guard(edition, guard)
                assert words
                assert words != guard
                assert words != edition.text(f"guards.{guard}"), (edition.workflow, guard)
    assert asked > 20


def test_the_newest_stands_first_and_pages_join_without_a_gap(browser_for: BrowserFor, number: str) -> None:
    browser = browser_for("officer")
    newest = every_action(browser, f"/cases/{number}/history")
    oldest = every_action(browser, f"/cases/{number}/history?order=oldest")
    assert newest == oldest[::-1]
    assert len(newest) > 10


def test_filters_leave_what_was_asked_for(browser_for: BrowserFor, number: str, db: Connection) -> None:
    browser = browser_for("supervisor")
    whole = every_action(browser, f"/cases/{number}/history")
    decisions = every_action(browser, f"/cases/{number}/history?show=decisions")
    assert decisions == ["Supervisor approved the plan"]
    referrals = every_action(browser, f"/cases/{number}/history?show=referrals")
    assert referrals == ["Officer sent the request"]
    documents = every_action(browser, f"/cases/{number}/history?show=documents")
    assert len(documents) == 2  # both parties' consents
    system = every_action(browser, f"/cases/{number}/history?show=system")
    assert not [one for one in system if one.startswith(("Officer", "Supervisor"))]
    assert set(decisions + referrals + documents + system) <= set(whole)
    assert every_action(browser, f"/cases/{number}/history?show=nonsense") == whole


def test_an_entry_unfolds_to_rule_people_and_proof(browser_for: BrowserFor, number: str, db: Connection) -> None:
    page = browser_for("auditor").get(f"/cases/{number}/history?show=decisions").text
    assert "<details>" in page
    for words in ("What it changed", "By which rule", "Who could have done it", "Case, edition 1", "Hash before"):
        assert words in page
    assert "/workflows/case/1" in page
    # Two supervisors held the role; the one who did not do it could have: who, says the entry's own page.
    assert "Besides the person who did it, 1 other could have done it at that moment." in page
    assert "Second Supervisor" not in page
    approved = db.execute(text("SELECT seq, hash FROM events WHERE effects->>'transition' = 'approve_plan'")).one()
    assert approved.hash in page
    assert f'href="/cases/{number}/history/{approved.seq}#who"' in page
    entry = browser_for("auditor").get(f"/cases/{number}/history/{approved.seq}").text
    assert 'id="who"' in entry
    assert "Second Supervisor" in entry


def test_before_and_after_are_told(browser_for: BrowserFor, number: str) -> None:
    page = browser_for("auditor").get(f"/cases/{number}/history?show=decisions").text
    rows = re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.DOTALL)
    cells = [tuple(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)) for row in rows]
    assert ("Case", "state", "Scoping", "Assessment") in cells


def test_an_entry_has_a_page_of_its_own(browser_for: BrowserFor, number: str) -> None:
    browser = browser_for("officer")
    assert "Officer opened the case" in browser.get(f"/cases/{number}/history/1").text
    assert browser.get(f"/cases/{number}/history/0").status_code == 404
    assert browser.get(f"/cases/{number}/history/99999").status_code == 404
    assert browser.get(f"/cases/{number}/history/99999999999999999999999").status_code == 404


def test_the_opening_tells_how_both_records_ended_then(browser_for: BrowserFor, number: str, db: Connection) -> None:
    """In the words of whoever reads; a provider is told nothing of them."""
    opening = text(
        "SELECT e.effects->'case'->'records' FROM events e JOIN cases c ON c.id = e.log_id WHERE number = :n AND seq = 1"
    )
    records = db.execute(opening, {"n": number}).scalar_one()
    page = browser_for("auditor").get(f"/cases/{number}/history/1").text
    assert "Both records as they were" in page
    assert "By which search it was found" not in page
    provider = browser_for("provider").get(f"/cases/{number}/history").text
    for then in records.values():
        assert f'entry {then["seq"]} <code class="hash">{then["head"]}</code>' in page
        assert then["head"] not in provider
    assert "Both records" not in provider


def test_a_provider_sees_positions_of_its_own(
    browser_for: BrowserFor, number: str, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        referral = world.referral(db, number, "assessment")
        world.fire(db, "provider", number, "ask_info", {"items": "How hot is it?"}, track=referral)
    browser = browser_for("provider")
    page = browser.get(f"/cases/{number}/history").text
    assert actions(page) == ["Case officer sent the request", "Provider asked for information"]
    for hidden in (
        "Officer<",
        "Proof",
        "Who could have done it",
        "approved the plan",
        "/verify",
        "Chaoyang Green Bank",
    ):
        assert hidden not in page
    assert browser.get(f"/cases/{number}/history/1").status_code == 404


def test_late_recordings_are_flagged(browser_for: BrowserFor, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        track = world.main_track(db, number)
        fire_transition(
            db,
            world.actor(db, "officer"),
            home_of(db, number),
            "case",
            track,
            transition="take",
            data={},
            revision=0,
            request=new_request(),
            happened_on=(today() - timedelta(days=20)).isoformat(),
        )
    page = browser_for("auditor").get(f"/cases/{number}/history").text
    assert re.search(r"recorded 1\d working days later", page)


def test_the_history_is_chinese_for_who_reads_chinese(browser_for: BrowserFor, number: str, engine: Engine) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE people SET language = 'zh-Hans'"))
    page = browser_for("auditor").get(f"/cases/{number}/history?order=oldest").text
    assert "Officer创建了案件" in actions(page)
    assert "opened the case" not in page


@pytest.mark.parametrize("cursor", ["rubbish", "W10", "WzEsMiwzXQ"])
def test_a_cursor_that_is_not_ours_is_refused(browser_for: BrowserFor, number: str, cursor: str) -> None:
    assert browser_for("officer").get(f"/cases/{number}/history?cursor={cursor}").status_code == 422


def test_strangers_are_asked_to_sign_in(app: Flask, number: str) -> None:
    answer = app.test_client().get(f"/cases/{number}/history")
    assert answer.status_code == 303
    assert "/sign-in" in answer.headers["Location"]

"""The calendar of one's work: what is due on which day, whose it is, and which days are worked."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.mediations.service import open_mediation
from casework.operations.tasks.service import claim_task
from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]
TRIAGE = "Check the match and declare conflicts of interest"


def _play(world: World, db: Connection) -> str:
    made = world.new_case(db)
    world.fire(db, "officer", made, "take")
    return made


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def number(engine: Engine, staged: str) -> str:
    """A case of the officer's, whose check of the match is due today at noon and the step in a week."""
    due(engine, staged, "triage_check", today())
    due(engine, staged, "triage", today() + timedelta(days=7))
    return staged


def due(engine: Engine, number: str, task: str, day: date) -> None:
    with transaction(engine) as db:
        db.execute(
            text(
                "UPDATE tasks SET due_at = (CAST(:day AS date) + time '12:00') AT TIME ZONE 'Asia/Shanghai'"
                " WHERE name = :task AND log_id = (SELECT id FROM cases WHERE number = :number)"
            ),
            {"task": task, "number": number, "day": day},
        )


def shown(page: str) -> dict[str, str]:
    """What stands on each day of the page."""
    parts = re.split(r'<tbody role="rowgroup" id="day-([\d-]+)">', page.split("<main")[1])
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_a_task_stands_on_the_day_that_it_is_due(number: str, browser_for: BrowserFor) -> None:
    page = browser_for("officer").get("/agenda").text
    days = shown(page)
    monday = today() - timedelta(days=today().weekday())
    assert list(days) == [(monday + timedelta(days=n)).isoformat() for n in range(7)]
    assert [day for day, words in days.items() if TRIAGE in words] == [today().isoformat()]
    assert number in days[today().isoformat()]
    assert ">today</span>" in days[today().isoformat()]


def test_the_following_week_is_one_link_away(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("officer")
    page = browser.get("/agenda").text
    [later] = re.findall(r'href="([^"]+)" rel="next"', page)
    following = browser.get(later.replace("&amp;", "&")).text
    assert "Complete the triage" in shown(following)[(today() + timedelta(days=7)).isoformat()]
    assert ">Today</a>" in following


def test_a_day_and_a_month_lead_to_the_same_task(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("officer")
    month = browser.get("/agenda?view=month").text
    [day] = re.findall(rf'class="count[^"]*" href="(/agenda\?[^"]*day={today()}[^"]*)"', month)
    found = shown(browser.get(day.replace("&amp;", "&")).text)
    assert list(found) == [today().isoformat()]
    assert TRIAGE in found[today().isoformat()]


@pytest.mark.parametrize("day", ["2026-02-30", "", "0001-01-01", "9999-12-31", "tomorrow"])
@pytest.mark.parametrize("view", ["day", "week", "month", "century"])
def test_a_day_that_no_calendar_has_is_today(browser_for: BrowserFor, day: str, view: str) -> None:
    page = browser_for("officer").get(f"/agenda?view={view}&whose=nobody&day={day}")
    assert page.status_code == 200
    assert ">today</span>" in page.text


@pytest.mark.parametrize("first", ["2026-02-01", "2027-01-01", "2027-02-01", "2026-12-01"])
def test_months_follow_each_other_without_a_gap(browser_for: BrowserFor, first: str) -> None:
    browser = browser_for("officer")
    names = []
    at = f"/agenda?view=month&day={first}"
    for way in ("next", "prev"):
        page = browser.get(at).text
        names += re.findall(r"<h2>([^<]+)</h2>", page)
        at = re.findall(rf'href="([^"]+)" rel="{way}"', page)[0].replace("&amp;", "&")
    assert names[0] != names[1]
    assert re.findall(r"<h2>([^<]+)</h2>", browser.get(at).text) == names[:1]


def test_the_team_is_all_that_the_offices_must_do(
    engine: Engine, number: str, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        task = db.execute(text("SELECT id FROM tasks WHERE name = 'triage_check'")).scalar_one()
        claim_task(db, world.actor(db, "officer"), str(task), new_request())
    for name in ("other_officer", "supervisor", "compliance"):
        browser = browser_for(name)
        assert TRIAGE not in browser.get("/agenda").text
        assert (
            '<td class="with" role="cell" data-label="Waits for">Officer</td>'
            in shown(browser.get("/agenda?whose=team").text)[today().isoformat()]
        )
    assert TRIAGE not in browser_for("foreign_officer").get("/agenda?whose=team").text


def test_what_others_must_do_stands_under_waiting(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        db.execute(text("UPDATE tasks SET due_at = casework_now() WHERE queue = 'provider' AND state = 'Ready'"))
    browser = browser_for("officer")
    assert "Haidian Assessment Lab" in shown(browser.get("/agenda?whose=waiting").text)[today().isoformat()]
    assert "Haidian Assessment Lab" not in browser.get("/agenda?whose=team").text
    assert number not in shown(browser.get("/agenda").text)[today().isoformat()]


def test_a_sealed_mediation_is_in_the_calendar_of_those_who_lead_it_alone(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
        db.execute(text("UPDATE tasks SET due_at = casework_now() WHERE queue = 'dispute_officer'"))
    page = browser_for("dispute_officer").get("/agenda").text
    assert "sealed" in shown(page)[today().isoformat()]
    assert ">Team</a>" not in page
    for name in ("officer", "supervisor", "second_supervisor"):
        assert "sealed" not in browser_for(name).get("/agenda?whose=team").text.split("<main")[1]


def test_the_page_asks_the_same_number_of_questions_however_much_is_due(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    browser = browser_for("officer")
    asked = []
    for n in (1, 5):
        with transaction(engine) as db:
            for _ in range(n):
                world.fire(db, "officer", world.new_case(db), "take")
            db.execute(text("UPDATE tasks SET due_at = casework_now() WHERE name = 'triage_check'"))
        for path in ("/agenda", "/agenda?view=month&whose=team", "/agenda?whose=waiting"):
            with counted(browser.flask.application) as statements:
                assert browser.get(path).status_code == 200
            asked.append((path, len(statements)))
    assert asked[:3] == asked[3:]

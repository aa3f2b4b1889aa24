"""The administrator's calendars: look before you change, file in, versions out."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from io import BytesIO

import pytest
from sqlalchemy import Engine, text

from casework.operations.mediations.service import open_mediation
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def browser(browser_for: BrowserFor) -> Browser:
    return browser_for("administrator")


def home(world: World) -> str:
    return f"/administration/calendars/{world.programmes['BJ']}"


def typed(page: str) -> dict[str, str]:
    """What the form of the page says now."""
    found = dict(re.findall(r'name="(zone|seen|hours_\d)" value="([^"]*)"', page))
    for name in ("holidays", "make_up"):
        match = re.search(rf'<textarea[^>]*name="{name}"[^>]*>([^<]*)</textarea>', page)
        assert match is not None
        found[name] = match[1]
    return {name: unescape(words) for name, words in found.items()}


def test_a_day_off_is_looked_at_first_and_then_moves_the_deadlines(
    browser: Browser, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    form = typed(browser.get(f"{home(world)}/edit").text)
    days = [today() + timedelta(days=n) for n in range(1, 6)]
    form["holidays"] += "\n" + "\n".join(f"{day.isoformat()} Storm / 台风" for day in days)
    form["make_up"] = ""
    page = browser.post(f"{home(world)}/preview", form, page=f"{home(world)}/edit").text
    assert "Deadlines that move" in page
    assert number in page
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM events WHERE kind = 'recounted'")).scalar_one() == 0
    answer = browser.post(home(world), typed(page), page=f"{home(world)}/edit")
    assert answer.status_code == 303, answer.text
    shown = browser.get(home(world)).text
    assert "The calendar is changed." in shown
    assert "Storm" in shown
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM events WHERE kind = 'recounted'")).scalar_one() >= 1
    stale = browser.post(home(world), typed(page), page=f"{home(world)}/edit")
    assert stale.status_code == 409
    assert "Storm" in stale.text


def test_the_preview_says_what_the_result_says_and_neither_tells_of_a_mediation(
    browser: Browser, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    form = typed(browser.get(f"{home(world)}/edit").text)
    days = [today() + timedelta(days=n) for n in range(1, 30)]
    form["holidays"] += "\n" + "\n".join(f"{day.isoformat()} Storm / 台风" for day in days)
    form["make_up"] = ""
    page = browser.post(f"{home(world)}/preview", form, page=f"{home(world)}/edit").text
    assert "in 1 case." in page
    # A reminder moves as well, and is told.
    assert "Reminder: " in page
    browser.post(home(world), typed(page), page=f"{home(world)}/edit")
    shown = browser.get(home(world)).text
    assert "1 case has other dates now." in shown
    with transaction(engine) as db:
        logs = db.execute(text("SELECT count(DISTINCT log_id) FROM events WHERE kind = 'recounted'")).scalar_one()
    # The mediation was counted again all the same.
    assert logs == 2


def test_faults_stand_at_their_fields_and_what_was_typed_stays(browser: Browser, world: World) -> None:
    form = typed(browser.get(f"{home(world)}/edit").text) | {"hours_0": "nine to five", "holidays": "2026-99-01 Never"}
    answer = browser.post(f"{home(world)}/preview", form, page=f"{home(world)}/edit")
    assert answer.status_code == 422
    assert "nine to five" in answer.text
    assert "2026-99-01 Never" in answer.text
    assert answer.text.count('class="fault"') == 2


def test_days_of_a_file_are_filled_in_and_its_faults_named(browser: Browser, world: World) -> None:
    form = typed(browser.get(f"{home(world)}/edit").text)
    file = (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20300501\r\nSUMMARY:<b>Labour</b>\r\nEND:VEVENT\r\n"
        b"BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:2030\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    sent = {**form, "file": (BytesIO(file), "days.ics")}
    page = browser.post(f"{home(world)}/edit", sent, page=f"{home(world)}/edit").text
    assert "2030-05-01 &lt;b&gt;Labour&lt;/b&gt;" in page
    assert "Line 6 of the file" in page
    assert typed(page)["holidays"].splitlines()[0] == form["holidays"].splitlines()[0]


def test_public_holidays_are_filled_in(browser: Browser, world: World) -> None:
    form = typed(browser.get(f"{home(world)}/edit").text) | {"country": "DE", "year": "2031"}
    page = browser.post(f"{home(world)}/edit", form, page=f"{home(world)}/edit").text
    assert "2031-10-03 German Unity Day" in page
    back = browser.post(f"{home(world)}/edit-again", typed(page), page=f"{home(world)}/edit").text
    assert "2031-10-03 German Unity Day" in back


def test_countries_are_offered_by_name_each_once(browser: Browser, world: World) -> None:
    page = browser.get(f"{home(world)}/edit").text
    select = page.split('id="country"')[1].split("</select>")[0]
    offered = re.findall(r'<option value="(\w+)"[^>]*>([^<]*)', select)
    assert len(offered) > 150
    assert not [name for code, name in offered if name == code or re.fullmatch("[A-Z]{2,3}", name)]
    assert len({name for _, name in offered}) == len(offered)
    names = [name for _, name in offered]
    assert names.index("Afghanistan") < names.index("Germany") < names.index("Zimbabwe")

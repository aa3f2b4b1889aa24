"""The page on which people say that they are away, and who stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.additions import add_absence
from tests.support.queries import counted
from tests.support.web_client import Browser
from tests.support.world import World, today

Enter = Callable[[str], Browser]


def form(world: World, person: str, substitute: str, first: int = 1, last: int = 5) -> dict[str, str]:
    return {
        "whom": f"{world.programmes['BJ']} {world.people[person]}",
        "substitute": world.people[substitute],
        "first_day": (today() + timedelta(days=first)).isoformat(),
        "last_day": (today() + timedelta(days=last)).isoformat(),
    }


def test_an_officer_enters_an_absence_and_strikes_it_out(app: Flask, world: World, browser_for: Enter) -> None:
    officer, given = browser_for("officer"), form(world, "officer", "other_officer")
    shown = officer.post("/away", given, page="/away", follow=True).text
    assert "The absence is entered" in shown
    # From the first to the last day, and of no midnight after it.
    assert [f'<time datetime="{given[name]}"' in shown for name in ("first_day", "last_day")] == [True, True]
    assert "00:00" not in shown
    end = shown.split('action="/away/')[1].split('"')[0]
    assert "Nobody is entered as away." in officer.post(f"/away/{end}", page="/away", follow=True).text


def test_what_was_typed_stays_where_it_is_refused(world: World, browser_for: Enter) -> None:
    given = form(world, "officer", "other_officer", first=5, last=1)
    answer = browser_for("officer").post("/away", given, page="/away")
    assert answer.status_code == 422
    assert "must not come before the first day" in answer.text
    assert given["first_day"] in answer.text


def test_a_supervisor_enters_it_on_behalf(world: World, browser_for: Enter) -> None:
    supervisor = browser_for("supervisor")
    shown = supervisor.post("/away", form(world, "officer", "other_officer"), page="/away", follow=True).text
    assert "Other Officer" in shown.split("<tbody")[1].split("</tbody>")[0]


def test_an_officer_is_offered_nobody_else_as_away(world: World, browser_for: Enter) -> None:
    shown = browser_for("officer").get("/away").text
    assert f'<input type="hidden" name="whom" value="{world.programmes["BJ"]} {world.people["officer"]}">' in shown


def test_more_absences_take_no_more_queries(app: Flask, engine: Engine, world: World, browser_for: Enter) -> None:
    supervisor, counts = browser_for("supervisor"), []
    for first in (10, 20, 30):
        with transaction(engine) as db:
            add_absence(db, world, "officer", "other_officer", "BJ", first=first, last=first + 5)
        with counted(app) as sent:
            supervisor.get("/away")
        counts.append(len(sent))
    assert len(set(counts)) == 1

"""What is due on which day of a programme's calendar, and whose it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import HOLIDAY, MAKE_UP, WEEKEND, WORKING
from casework.errors import InvalidForm
from casework.operations.tasks.calendar_view import MOST_DAYS, list_agenda, teams_of
from tests.support.world import World, today


def due(db: Connection, day: date, time: str) -> None:
    """Let every check of a match be due on a day and at a time of Beijing."""
    db.execute(
        text(
            "UPDATE tasks SET due_at = (CAST(:day AS date) + CAST(:time AS time)) AT TIME ZONE 'Asia/Shanghai'"
            " WHERE name = 'triage_check'"
        ),
        {"day": day, "time": time},
    )


def test_days_are_what_the_calendar_of_the_programme_says(world: World, db: Connection) -> None:
    told = list_agenda(db, world.actor(db, "officer"), first=date(2026, 9, 28), last=date(2026, 10, 11))
    kinds = {one.day: (one.kind, one.name.get("en", "")) for one in told.days}
    assert kinds["2026-09-28"][0] == WORKING
    assert kinds["2026-10-01"][0] == HOLIDAY
    assert kinds["2026-10-01"][1]
    assert kinds["2026-10-10"][0] == MAKE_UP
    assert kinds["2026-10-11"][0] == WEEKEND


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 5, 2), date(2026, 5, 1), "to"),
        (date(2026, 5, 1), date(2026, 5, 1) + timedelta(days=MOST_DAYS), "to"),
        (date(1, 1, 1), date(1, 1, 2), "from"),
        (date(9999, 12, 30), date(9999, 12, 31), "from"),
    ],
)
def test_no_more_days_than_a_month_fills_are_told(
    world: World, db: Connection, first: date, last: date, field: str
) -> None:
    with pytest.raises(InvalidForm) as refused:
        list_agenda(db, world.actor(db, "officer"), first=first, last=last)
    assert list(refused.value.fields) == [field]


def test_nobody_elses_agenda_is_told(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as refused:
        list_agenda(db, world.actor(db, "officer"), whose="nobody")
    assert list(refused.value.fields) == ["whose"]


def test_what_the_limit_leaves_out_is_still_counted(world: World, db: Connection) -> None:
    for _ in range(3):
        world.fire(db, "officer", world.new_case(db), "take")
    due(db, today(), "12:00")
    told = list_agenda(db, world.actor(db, "officer"), first=today(), last=today(), limit=2)
    assert len(told.items) == 2
    assert told.more
    assert told.days[0].due == 3


@pytest.mark.parametrize("time", ["00:00", "00:30", "23:59"])
def test_a_day_begins_and_ends_at_midnight_of_the_programme(world: World, db: Connection, time: str) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    day, officer = today() + timedelta(days=100), world.actor(db, "officer")
    due(db, day, time)
    told = list_agenda(db, officer, first=day, last=day)
    assert ([item.day for item in told.items], told.days[0].due) == ([day.isoformat()], 1)
    for other in (day - timedelta(days=1), day + timedelta(days=1)):
        assert list_agenda(db, officer, first=other, last=other).items == []


def test_a_team_is_of_those_who_see_every_case_of_it_to_work_on_it(world: World, db: Connection) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    due(db, today(), "12:00")
    teams = {
        who: (teams_of(actor), len(list_agenda(db, actor, whose="team", first=today(), last=today()).items))
        for who in ("officer", "supervisor", "compliance", "foreign_officer", "auditor", "provider")
        for actor in [world.actor(db, who)]
    }
    beijing, shanghai = [world.programmes["BJ"]], [world.programmes["SH"]]
    assert teams == {
        "officer": (beijing, 1),
        "supervisor": (beijing, 1),
        "compliance": (beijing, 1),
        "foreign_officer": (shanghai, 0),
        "auditor": ([], 0),
        "provider": ([], 0),
    }

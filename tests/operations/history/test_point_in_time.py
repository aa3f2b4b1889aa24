"""What stood at a past moment, as the logs of the registers tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.auth.sessions import close_account
from casework.operations.core.perform import calendar_of
from casework.operations.core.register_log import AWAY, BACK, ENDED, GRANTED
from casework.operations.deadlines.calendars import change_calendar
from casework.operations.history.point_in_time import GRACE, Held, Past, absences, memberships
from casework.operations.people.registry import end_role
from casework.records.event_log import now
from tests.support.world import World, new_request

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
END = BEGIN + timedelta(days=30)


def held(**other: Any) -> Held:
    """An officer's role of a month, which was given when it began."""
    given: dict[str, Any] = {
        "id": "m",
        "person": "p",
        "role": Role.OFFICER,
        "deputy_for": None,
        "starts_at": BEGIN,
        "ends_at": END,
        "granted_at": BEGIN,
    }
    return Held(**(given | other))


@pytest.mark.parametrize(
    ("moment", "excuses", "accuses"),
    [
        (BEGIN - SECOND, False, False),
        (BEGIN, True, False),
        (BEGIN + GRACE, True, True),
        (END - SECOND, True, True),
        (END, True, False),
        (END + GRACE, False, False),
    ],
)
def test_a_role_excuses_a_little_longer_than_it_accuses(moment: datetime, excuses: bool, accuses: bool) -> None:
    assert (held().at(moment), held().surely_at(moment)) == (excuses, accuses)


def test_a_role_that_has_just_ended_is_held_no_more() -> None:
    moments = (BEGIN - SECOND, BEGIN, END - SECOND, END, END + SECOND)
    assert [held().holds(moment) for moment in moments] == [False, True, True, False, False]
    assert held(ends_at=None).holds(END + DAY)
    assert not held(granted_at=END).holds(BEGIN)


def test_a_grant_that_was_written_later_excuses_nothing_before_it() -> None:
    late = held(granted_at=BEGIN + DAY)
    assert [late.at(moment) for moment in (BEGIN, BEGIN + DAY - SECOND, BEGIN + DAY)] == [False, False, True]


def test_a_log_folds_to_roles_with_who_gave_and_who_ended_them() -> None:
    given: RegisterEffects = {
        "membership": "m",
        "person": "p",
        "role": "officer",
        "deputy_for": None,
        "starts_at": BEGIN.isoformat(),
        "ends_at": None,
    }
    ended: RegisterEffects = {"membership": "m", "ends_at": END.isoformat()}
    unknown: RegisterEffects = {"membership": "x", "ends_at": END.isoformat()}
    events = [(GRANTED, BEGIN, "giver", given), (ENDED, END, "ender", ended), (ENDED, END, "ender", unknown)]
    assert memberships(events[:1]) == {"m": held(ends_at=None, granted_by="giver")}
    assert memberships(events) == {"m": held(granted_by="giver", ended=(END, "ender"))}


def test_an_absence_ends_when_its_person_is_back() -> None:
    away: RegisterEffects = {
        "absence": "a",
        "person": "p",
        "substitute": "s",
        "starts_at": BEGIN.isoformat(),
        "ends_at": END.isoformat(),
    }
    back: RegisterEffects = {"absence": "a", "ends_at": (BEGIN + DAY).isoformat()}
    assert [absence.ends_at for absence in absences([(AWAY, away)]).values()] == [END]
    assert [absence.ends_at for absence in absences([(AWAY, away), (BACK, back)]).values()] == [BEGIN + DAY]


def test_a_role_was_held_by_its_person_in_its_place_and_not_before_it_was_given(world: World, db: Connection) -> None:
    past, moment, people = Past(db), now(db), world.people
    beijing, shanghai = world.programmes["BJ"], world.programmes["SH"]
    assert past.held(beijing, people["officer"], Role.OFFICER, None, moment)
    assert not past.held(beijing, people["officer"], Role.OFFICER, None, moment - DAY)
    assert not past.held(beijing, people["officer"], Role.SUPERVISOR, None, moment)
    assert not past.held(shanghai, people["officer"], Role.OFFICER, None, moment)
    assert not past.held(beijing, people["officer"], Role.OFFICER, people["supervisor"], moment)


def test_what_has_ended_since_is_read_in_the_next_transaction(world: World, db: Connection) -> None:
    past, programme, officer = Past(db), world.programmes["BJ"], world.people["officer"]
    later = now(db) + 2 * GRACE
    assert past.actor(officer, [programme], later).roles() == {Role.OFFICER}
    membership = text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)")
    end_role(db, str(db.execute(membership, {"id": officer}).scalar_one()), by=world.people["administrator"])
    past.seen_by(db)
    assert past.actor(officer, [programme], later).roles() == set()
    assert past.ended_by(programme, officer, world.people["administrator"], later)
    assert not past.ended_by(programme, officer, world.people["supervisor"], later)


def test_an_account_was_closed_from_then_on(world: World, db: Connection) -> None:
    moment = now(db)
    close_account(db, world.people["officer"])
    past = Past(db)
    assert [past.closed(world.people["officer"], at) for at in (moment - GRACE, moment + GRACE)] == [False, True]
    assert not past.closed(world.people["supervisor"], moment + GRACE)


def test_each_moment_has_the_calendar_that_was_in_force(world: World, db: Connection) -> None:
    programme, moment = world.programmes["BJ"], now(db)
    first = calendar_of(db, programme)
    new = replace(first, holidays=first.holidays | {date(2041, 5, 6)})
    change_calendar(db, world.actor(db, "administrator"), programme, new, seen=first.digest, request=new_request())
    past, second = Past(db), calendar_of(db, programme)
    assert date(2041, 5, 6) in second.holidays
    assert past.calendar(programme, moment - GRACE).digest == first.digest
    assert past.calendar(programme, moment + GRACE).digest == second.digest
    assert not past.knows_calendar(programme, second.digest, moment - GRACE)
    assert past.knows_calendar(programme, first.digest, moment + GRACE)

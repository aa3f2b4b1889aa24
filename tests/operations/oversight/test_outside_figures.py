"""Outside the office figures are told as of the end of a quarter, with small cells hidden, and without the cases behind them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from casework.errors import NotFound
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.outside_figures import find_outside, last_quarter, tell_outside
from casework.records.event_log import now
from tests.support.world import World


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        # In Beijing the second quarter begins sixteen hours into the last day of March.
        (datetime(2026, 3, 31, 15, 59, tzinfo=UTC), datetime(2025, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)),
        (datetime(2026, 3, 31, 16, tzinfo=UTC), datetime(2026, 3, 31, 15, 59, 59, 999999, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 9, 30, 15, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_the_last_quarter_ended_at_midnight_in_the_programme(
    world: World, db: Connection, moment: datetime, end: datetime
) -> None:
    assert last_quarter(moment, calendar_of(db, world.programmes["BJ"])) == end


@pytest.mark.parametrize("role", ["observer", "officer", "auditor"])
def test_of_a_programme_that_began_in_this_quarter_nothing_is_told(world: World, db: Connection, role: str) -> None:
    world.open_case(db)
    shown = find_outside(db, world.actor(db, role))()
    assert shown["figures"] == {}
    assert shown["as_of"]["programme"] == world.programmes["BJ"]


def test_one_case_is_fewer_than_three_and_has_no_number(world: World, db: Connection) -> None:
    number = world.open_case(db)
    told = tell_outside(db, world.programmes["BJ"], now(db))()
    opened = next(row for row in told["figures"]["conversion"]["rows"] if row["of"].get("step") == "opened")
    assert (opened["denominator"], opened["numerator"], opened["percent"]) == ("<3", "<3", None)
    written = json.dumps(told)
    assert number not in written
    assert world.needs[0] not in written
    assert "workload" not in told["figures"]
    assert told["figures"]["activities"]["rows"] == []


@pytest.mark.parametrize("role", ["compliance", "administrator", "dispute_officer", "provider"])
def test_others_are_told_of_no_figures(world: World, db: Connection, role: str) -> None:
    for programme in (None, world.programmes["BJ"]):
        with pytest.raises(NotFound):
            find_outside(db, world.actor(db, role), programme=programme)


def test_nor_an_observer_of_those_of_another_programme(world: World, db: Connection) -> None:
    with pytest.raises(NotFound):
        find_outside(db, world.actor(db, "observer"), programme=world.programmes["SH"])

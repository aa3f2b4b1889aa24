"""A case from its rows is the case that its history adds up to, one by one and many at once."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.state.events import Event
from casework.engine.state.projection import fold
from casework.errors import NotFound
from casework.operations.core.perform import calendar_of, home_of, read_calendar
from casework.records.case_loader import load, load_live, load_several, load_with_calendar
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_accepted
from tests.support.world import World

pytestmark = pytest.mark.stage(play=to_accepted)


@pytest.fixture
def log(db: Connection, staged: tuple[str, ...]) -> str:
    return home_of(db, staged[0])


def test_a_case_is_what_its_events_add_up_to(db: Connection, log: str) -> None:
    events: list[Event] = list(read_events(db, log))
    case, folded = load(db, log, "case", every_task=True), fold(events)
    assert folded is not None
    assert case.tracks == folded.tracks
    assert case.tasks == folded.tasks
    assert case.clocks == folded.clocks
    assert case.consents == folded.consents
    assert case.documents == folded.documents
    assert case.grants == folded.grants
    assert (case.seq, case.owner, case.team, case.hold) == (folded.seq, folded.owner, folded.team, folded.hold)


def test_what_is_over_is_left_out_unless_it_is_asked_for(db: Connection, log: str) -> None:
    some, every = load(db, log, "case"), load(db, log, "case", every_task=True)
    assert set(some.tasks) <= set(every.tasks)
    assert {task.id for task in some.open_tasks()} == {task.id for task in every.open_tasks()}


def test_its_programmes_calendar_comes_along(world: World, db: Connection, log: str) -> None:
    case, written, editions = load_with_calendar(db, log, "case")
    assert editions == "{}"
    assert case == load(db, log, "case")
    assert read_calendar(case.programme, written) == calendar_of(db, world.programmes["BJ"])


def test_many_are_loaded_as_one_is(world: World, db: Connection, log: str) -> None:
    other = home_of(db, world.new_case(db))
    several = load_several(db, [log, other])
    assert several == {log: load(db, log, "case"), other: load(db, other, "case")}
    assert load_several(db, []) == {}
    live = load_live(db, [world.programmes["BJ"]], 10)
    assert [case.log for case in live] == [log, other]
    assert [case.log for case in load_live(db, [world.programmes["BJ"]], 1)] == [log]
    assert load_live(db, [world.programmes["SH"]], 10) == []


def test_what_is_not_there_is_not_found(world: World, db: Connection, log: str) -> None:
    for home, kind in ((log, "mediation"), (world.people["officer"], "case")):
        with pytest.raises(NotFound):
            load(db, home, kind)

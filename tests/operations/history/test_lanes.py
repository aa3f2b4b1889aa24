"""Every track over time: as the events tell it, for those alone who see the whole case, and with the days before it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any, cast

import pytest
from sqlalchemy import Connection, event, text

from casework.definitions import load_library
from casework.engine.analysis.time_accounting import OFFICE, PROVIDER, intervals
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import Effects
from casework.errors import NotFound
from casework.operations.core.perform import home_of
from casework.operations.history import lanes
from casework.operations.history.lanes import TrackLane, read_lanes
from casework.records.case_loader import load
from casework.records.event_log import event_of
from tests.engine.test_random_walks import walked
from tests.engine.walk_starts import WALKS
from tests.engine.walks import library
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def read(world: World, db: Connection, number: str, who: str = "officer") -> dict[str, TrackLane]:
    return {lane.track: lane for lane in read_lanes(db, world.actor(db, who), case_of(db, number)).lanes}


def test_a_referral_is_the_providers_turn_once_it_is_sent_and_ours_once_it_asks(db: Connection, world: World) -> None:
    number, referral = to_referral(world, db)
    sent = read(world, db, number)
    assert sent[referral].side == PROVIDER
    assert [one.side for one in sent[referral].intervals] == [OFFICE, PROVIDER]
    world.fire(db, "provider", number, "ask_info", {"items": "The drawings"}, track=referral)
    asked = read(world, db, number)[referral]
    assert asked.side == OFFICE
    assert all(one.end == following.start for one, following in pairwise(asked.intervals))
    assert asked.intervals[-1].end is None


def test_lanes_come_in_the_order_of_the_case_and_begin_with_it(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    case = case_of(db, number)
    told = read_lanes(db, world.actor(db, "officer"), case)
    assert [lane.track for lane in told.lanes] == list(case.tracks)
    assert told.start == case.opened_at == told.lanes[0].intervals[0].start
    assert told.now >= case.last_at


def test_a_limit_that_has_passed_is_late_and_one_whose_clock_stands_still_is_not(db: Connection, world: World) -> None:
    number, referral = to_referral(world, db)
    before = read(world, db, number)[referral]
    assert before.due_at is not None
    assert not before.late
    db.execute(
        text("UPDATE tasks SET due_at = casework_now() - interval '3 days' WHERE track_id = :id"), {"id": referral}
    )
    after = read(world, db, number)[referral]
    assert after.late
    assert not after.still
    assert after.due_at is not None
    assert after.due_at < before.due_at - timedelta(days=1)


def test_what_a_reader_does_not_see_whole_is_not_drawn(db: Connection, world: World) -> None:
    number, _ = to_referral(world, db)
    for who in ("provider", "observer", "foreign_officer"):
        with pytest.raises(NotFound):
            read(world, db, number, who)
    assert read(world, db, number, "auditor")


def test_the_moves_alone_say_as_much_as_all_events(db: Connection, world: World) -> None:
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    rows = db.execute(
        text("SELECT header, effects, body FROM events WHERE log_id = :log ORDER BY seq"),
        {"log": case_of(db, number).log},
    )
    whole = intervals(load_library(), [event_of(row.header, row.effects, row.body) for row in rows])
    assert {id: tuple(lane.intervals) for id, lane in read(world, db, number).items()} == whole


def _only(effects: Mapping[str, Any]) -> Effects:
    """What the statement reads of them."""
    return cast(Effects, {key: value for key, value in effects.items() if key in lanes._KEPT})


@pytest.mark.parametrize("name", ["case", "pledge in a referral", "mediation in its own log"])
def test_what_of_the_events_is_read_is_enough_on_random_walks(name: str) -> None:
    assert name in WALKS
    for walk in walked(name)[:6]:
        kept = [
            replace(moved, effects=_only(moved.effects))
            for moved in walk.events
            if moved.kind == "fired" or set(lanes._KEPT) & set(moved.effects)
        ]
        assert intervals(library(), kept) == intervals(library(), walk.events)


def test_lanes_ask_the_database_as_often_however_long_the_case_is(db: Connection, world: World) -> None:
    asked: list[str] = []
    event.listen(db, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    number, referral = to_referral(world, db)

    def count() -> int:
        case, actor = case_of(db, number), world.actor(db, "officer")
        asked.clear()
        read_lanes(db, actor, case)
        return len(asked)

    few = count()
    world.accept(db, number, referral)
    assert count() == few == 1

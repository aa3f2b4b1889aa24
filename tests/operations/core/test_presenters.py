"""Moments as they are handed out, and the names of people and organisations."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sqlalchemy import Connection

from casework.engine.state.events import SYSTEM_ACTOR
from casework.operations.core.presenters import names_of, when
from tests.support.world import World


def test_a_moment_is_handed_out_in_utc() -> None:
    beijing = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=8)))
    assert when(beijing) == when(datetime(2026, 3, 2, 2, tzinfo=UTC)) == "2026-03-02T02:00:00.000000Z"
    assert when(None) is None


def test_names_are_looked_up_of_people_and_organisations_alone(world: World, db: Connection) -> None:
    officer, lab = world.people["officer"], world.organisations["lab"]
    assert names_of(db, {officer, None, SYSTEM_ACTOR}, {lab, None}) == {
        officer: "Officer",
        lab: "Haidian Assessment Lab",
    }
    # An id is looked for among its own kind.
    assert names_of(db, {lab}, {officer}) == {}
    assert names_of(db, set()) == {}

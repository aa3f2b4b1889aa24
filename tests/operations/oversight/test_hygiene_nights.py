"""Case hygiene night by night: what was found, the mean of the nights, and who reads it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.oversight.hygiene_nights import list_nights, mean_of
from casework.records.database import transaction
from tests.support.world import World


@pytest.mark.parametrize(
    ("nights", "mean"),
    [
        ([], None),
        ([(0, 0)], None),
        ([(4, 0)], "100.0"),
        ([(4, 4)], "0.0"),
        # 100 and 50, whatever the number of cases; a night without a case says nothing.
        ([(100, 0), (2, 1), (0, 0)], "75.0"),
        ([(3, 1)], "66.7"),
    ],
)
def test_each_night_counts_the_same(nights: list[tuple[int, int]], mean: str | None) -> None:
    assert mean_of(nights) == mean


def put(db: Connection, programme: str, *nights: tuple[str, int, int]) -> None:
    statement = text(
        "INSERT INTO case_hygiene_days (programme_id, day, at, live, broken, breaches)"
        " VALUES (CAST(:programme AS uuid), CAST(:day AS date), now(), :live, :broken, '{}')"
    )
    for day, live, broken in nights:
        db.execute(statement, {"programme": programme, "day": day, "live": live, "broken": broken})


@pytest.mark.parametrize("who", ["officer", "supervisor", "manager", "auditor"])
def test_readers_of_figures_find_the_last_nights_of_their_programme(
    owner_engine: Engine, engine: Engine, world: World, who: str
) -> None:
    with owner_engine.begin() as db:
        put(db, world.programmes["BJ"], ("2026-01-01", 8, 4), ("2026-01-02", 4, 0), ("2026-01-03", 4, 1))
        put(db, world.programmes["SH"], ("2026-01-04", 9, 9))
    with transaction(engine) as db:
        told = list_nights(db, world.actor(db, who), most=2)
    assert [(one.day, one.live, one.broken) for one in told.days] == [("2026-01-03", 4, 1), ("2026-01-02", 4, 0)]
    assert told.mean == "87.5"


@pytest.mark.parametrize("who", ["observer", "provider", "compliance", "administrator", "foreign_officer"])
def test_others_find_none(engine: Engine, world: World, who: str) -> None:
    with transaction(engine) as db, pytest.raises(NotFound):
        list_nights(db, world.actor(db, who), world.programmes["BJ"])

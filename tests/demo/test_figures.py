"""Every figure of the demo, and of a simulated programme, is what an outsider folds from the stored events with nothing of ours."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.demo.simulation import simulate
from casework.engine.figures.every import every_figure
from casework.operations.oversight.figure_facts import bring_after, find_differing
from casework.operations.oversight.figures import count_programme, read_world, show_counted
from casework.operations.oversight.process import fold_process
from casework.records.database import connect_engine, transaction
from casework.records.row_security import always_whole
from tests.demo.told import Told
from tests.support.databases import DatabaseServer
from tests.support.figure_fold_every import differing, filled
from tests.support.samples import by_default

#: At the end, and at moments before it: of so many tenths of the time.
MOMENTS = (10, 7, 4)
#: Figures behind which stand no cases, or none of the demo.
WITHOUT_CASES = {"activities", "data_quality", "discipline", "mediations", "past_projects", "second_sites"}
#: No site of the demo became more, no night of it was looked at, and of one mediation nothing is told.
EMPTY_IN_THE_DEMO = {"discipline", "mediations", "second_sites"}
#: So many simulated cases leave no figure empty; but for mediations, of which nothing is told where there are fewer than five.
ENOUGH, TOLD_OF_FIVE = 300, {"mediations"}
#: What a dozen that have just begun fill already.
FILLED_BY_A_FEW = {
    "activities",
    "conversion",
    "discipline",
    "endings",
    "funnel",
    "past_projects",
    "referrals",
    "workload",
}


def equal_at_every_moment(db: Connection, end: datetime | None = None) -> dict[str, Any]:
    """All figures at the end: that, or else the last event."""
    programme = db.execute(text("SELECT id::text FROM programmes")).scalar_one()
    first, last = db.execute(text("SELECT min(at), max(at) FROM events")).one()
    last = end or last
    at_the_end: dict[str, Any] = {}
    for tenths in MOMENTS:
        until: datetime = first + (last - first) * tenths / 10
        ours = show_counted(count_programme(db, programme, until))["figures"]
        assert differing(db, programme, until, ours) == {}, until
        at_the_end = at_the_end or ours
    return at_the_end


def test_what_is_kept_of_the_demo_gives_the_same_figures_at_every_moment(told: Told) -> None:
    """Cases of every kind, with holds, requests, sites, records of effect and mediations."""
    with transaction(told.engine) as db:
        programme = db.execute(text("SELECT id::text FROM programmes")).scalar_one()
        first, last = db.execute(text("SELECT min(at), max(at) FROM events")).one()
    assert bring_after(told.engine, programme) > told.cases
    assert find_differing(told.engine, programme) == []
    with transaction(told.engine) as db:
        for tenths in MOMENTS:
            until: datetime = first + (last - first) * tenths / 10
            kept, folded = (read_world(db, programme, until, from_logs=whole) for whole in (False, True))
            assert kept == folded, until
            assert every_figure(kept[0]) == every_figure(folded[0]), until
            ran, again = (fold_process(db, programme, until, from_logs=whole) for whole in (False, True))
            assert ran == again, until


def test_the_demos_figures_are_what_an_outsider_finds(told: Told) -> None:
    with transaction(told.engine) as db:
        figures = equal_at_every_moment(db)
    # A fold of nothing would be equal as well.
    behind = {name: {number for row in figure["rows"] for number in row["cases"]} for name, figure in figures.items()}
    assert {name for name, cases in behind.items() if not cases} == WITHOUT_CASES
    assert figures.keys() - filled(figures) == EMPTY_IN_THE_DEMO


@pytest.mark.slow
@by_default("cases", 12, whole=300)
def test_a_simulated_programmes_figures_are_what_an_outsider_finds(
    database_server: DatabaseServer, template_database: str, tmp_path: Path, cases: int
) -> None:
    name = database_server.create(template_database)
    try:
        settings = database_server.settings(name, tmp_path)
        # The whole of it has passed: nothing is counted up to a moment that is still to come.
        starts, days = datetime(2024, 1, 5, tzinfo=UTC), 3 * cases + 60
        simulate(settings, cases=cases, days=days, seed=11, starts=date(2024, 1, 5))
        engine = connect_engine(settings)
        always_whole(engine)
        with transaction(engine) as db:
            figures = equal_at_every_moment(db, starts + timedelta(days=days))
        engine.dispose()
        wanted = figures.keys() - TOLD_OF_FIVE if cases >= ENOUGH else FILLED_BY_A_FEW
        assert wanted - filled(figures) == set()
    finally:
        database_server.drop(name)

"""As of each moment of each journey an auditor is shown of its cases what was shown at that moment, but for what could be done."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from tests.journeys.journey import Journey, start_clock
from tests.journeys.scripts import SCRIPTS
from tests.journeys.world import build_world


@pytest.mark.long
@pytest.mark.parametrize("name", SCRIPTS)
def test_each_moment_is_shown_as_it_was(name: str, journeys_db: Connection) -> None:
    with journeys_db.begin() as transaction:
        start_clock(journeys_db, days_before=7)
        world = build_world(journeys_db)
        start_clock(journeys_db)
        journey = Journey(journeys_db, world).run(SCRIPTS[name])
        assert journey.looks, "nothing was looked at"
        journey.insist_past()
        transaction.rollback()

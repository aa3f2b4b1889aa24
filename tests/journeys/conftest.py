"""One world for all journeys; each is rolled back, and each is played once however many tests ask about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from casework.records.database import connect_engine
from casework.records.row_security import always_whole
from tests.journeys.journey import Edge, Journey, start_clock
from tests.journeys.scripts import SCRIPTS
from tests.journeys.world import build_world
from tests.support.databases import DatabaseServer

#: After how many steps an auditor looks, to be shown the same as of that moment afterwards; each one in `test_past.py`.
LOOK_EVERY = 7

Fired = frozenset[Edge]
Play = Callable[[str], Fired]


@pytest.fixture(scope="session")
def journeys_db(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Connection]:
    """The application's connection to a database of its own."""
    name = database_server.create(template_database)
    var: Path = tmp_path_factory.mktemp("journeys")
    engine = connect_engine(database_server.settings(name, var))
    always_whole(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()
    database_server.drop(name)


@pytest.fixture(scope="session")
def play(journeys_db: Connection) -> Play:
    """Play a script, if it has not been played yet: gives what fired, or raises what went wrong, each time anew."""
    with journeys_db.begin():
        start_clock(journeys_db, days_before=7)
        world = build_world(journeys_db)
    played: dict[str, Fired | BaseException] = {}

    def play_once(name: str) -> Fired:
        if name not in played:
            with journeys_db.begin() as transaction:
                try:
                    start_clock(journeys_db)
                    journey = Journey(journeys_db, world, look_every=LOOK_EVERY).run(SCRIPTS[name])
                    journey.insist_whole()
                    journey.insist_visible()
                    journey.insist_past()
                    journey.insist_nothing_waits_unseen()
                    played[name] = frozenset(journey.fired())
                except Exception as fault:
                    played[name] = fault
                finally:
                    transaction.rollback()
        result = played[name]
        if isinstance(result, BaseException):
            raise result
        return result

    return play_once

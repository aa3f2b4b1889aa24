"""One demo for all the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from casework.demo.scripts import scripts
from casework.demo.story import tell
from casework.operations.core.national_holidays import china
from casework.records.database import connect_engine, transaction
from tests.demo.told import PASSWORD, Told
from tests.support.databases import DatabaseServer


@pytest.fixture(scope="package")
def told(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Told]:
    """The whole story and two cases more, told once; the tests only look at it."""
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("demo"))
    engine = connect_engine(settings)
    with transaction(engine) as db:
        now = db.execute(text("SELECT now()")).scalar_one()
    wanted = len(scripts(china(range(2024, 2030)), now)) + 2
    assert tell(settings, PASSWORD, cases=wanted) == wanted
    yield Told(settings, engine, wanted)
    engine.dispose()
    database_server.drop(name)

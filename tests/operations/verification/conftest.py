"""A whole database, and a transaction of somebody who may do everything in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, make_url, text

from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.perform import home_of
from casework.operations.tasks.service import claim_task, release_task
from casework.records.backup_shelves import Folder
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.operations.verification.forger import Scene
from tests.support.backed_up import PASSPHRASE, Office
from tests.support.databases import DatabaseServer
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world, new_request


@pytest.fixture(scope="package")
def scene(
    database_server: DatabaseServer, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    name = database_server.create(template_database)
    settings = database_server.settings(name, tmp_path_factory.mktemp("verify"))
    engine = connect_engine(settings)
    superuser = connect_engine(
        settings.model_copy(update={"owner_database_url": database_server.url(name)}), role="owner"
    )
    with transaction(engine) as db:
        world = build_world(db)
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        log = home_of(db, number)
    with transaction(engine) as db:
        task = db.execute(
            text(
                "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND track_id = CAST(:track AS uuid)"
                " AND state = 'Ready'"
            ),
            {"log": log, "track": referral},
        ).scalar_one()
        provider = world.actor(db, "provider")
        claim_task(db, provider, task, new_request())
        release_task(db, provider, task, note="Tomorrow.", request=new_request())
        world.fire(
            db,
            "compliance",
            number,
            "compliance_stop",
            {
                "reason": "regulation",
                "found_on": db.execute(text("SELECT current_date")).scalar_one().isoformat(),
                "source": "UN 2026-02",
                "finding": "A name on the list.",
            },
        )
    with transaction(engine) as db:
        world.fire(db, "second_compliance", number, "compliance_stop")
        other = world.new_case(db)
        declare_interest(db, world.actor(db, "other_officer"), other, nature="Family.", request=new_request())
        world.fire(db, "officer", other, "take")
    yield Scene(settings, superuser, world, number, log, referral)
    engine.dispose()
    superuser.dispose()
    database_server.drop(name)


@pytest.fixture
def attack(scene: Scene) -> Iterator[Connection]:
    """A superuser's transaction, with the triggers off and rolled back at the end."""
    with scene.superuser.connect() as connection, connection.begin() as tried:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        yield connection
        tried.rollback()


@pytest.fixture
def office(engine: Engine, settings: Settings, world: World, database_server: DatabaseServer, var_dir: Path) -> Office:
    """An office that is backed up, encrypted, with a folder of its own where its backups are tried."""
    keeper = database_server.url(str(make_url(str(settings.database_url)).database))
    given = {"backup_database_url": keeper, "backup_key": SecretStr(PASSPHRASE), "var": var_dir}
    made = Office(engine, settings.model_copy(update=given), world, database_server, Folder(settings.var / "backups"))
    made.work()
    return made

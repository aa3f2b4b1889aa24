"""The scene of row security, for all tests of it; and what the disk was waited for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from casework.operations.core.encryption import SecretBox
from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.records.backup_shelves import Folder, Shelf, shelf_at
from casework.records.blob_store import Store
from casework.records.database import connect_engine, transaction
from casework.records.policy_source import POLICIES
from tests.records.row_security_scene import SEALED, Reading, Scene, count, mediate, of_mediation
from tests.support.additions import add_burden, show_burden
from tests.support.databases import DatabaseServer
from tests.support.file_makers import PDF
from tests.support.s3_server import S3Server
from tests.support.way_to_referral import to_referral
from tests.support.world import WorldTemplate


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The inodes of what was waited for until the disk has it: a file may have had another name by then."""
    really, made = os.fsync, set[int]()

    def fsync(number: int) -> None:
        made.add(os.fstat(number).st_ino)
        really(number)

    monkeypatch.setattr(os, "fsync", fsync)
    return made


@pytest.fixture(params=["folder", "bucket"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    """An empty one of each form."""
    if request.param == "folder":
        return Folder(tmp_path)
    server: S3Server = request.getfixturevalue("s3")
    settings = server.settings(tmp_path, f"{tmp_path.name}/backups")
    return shelf_at(str(settings.backup_folder), settings)


@pytest.fixture(scope="module")
def scene(
    database_server: DatabaseServer, world_template: WorldTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scene]:
    world = world_template.world()
    name, var = database_server.create(world_template.database), tmp_path_factory.mktemp("row_security")
    engine = connect_engine(database_server.settings(name, var))
    document_store = DocumentStore(
        engine, Store(f"file://{var}/documents"), SecretBox(["a secret key of the tests, long enough"])
    )
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
    given = world.hand_in(document_store, number)
    world.hand_in(document_store, number, content=PDF + b"%another")
    own = world.hand_in(document_store, number, "provider", referral=referral)
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO grants (id, log_id, track_id, document_id, consents, given_at)"
                " VALUES (gen_random_uuid(), :log, :track, :document, '{}', now())"
            ),
            {"log": home_of(db, number), "track": referral, "document": given},
        )
    with transaction(engine) as db:
        burden = add_burden(db, world, "officer", world.rights[0])
    show_burden(document_store, world, world.rights[0], burden)
    with transaction(engine) as db:
        mediation = mediate(world, db, number)
    with transaction(engine) as db:
        there = {table: count(db, table) for table in sorted(POLICIES)}
        sealed = {table: count(db, of_mediation(table, mediation)) for table in SEALED}
        tracks = db.execute(text("SELECT id FROM tracks WHERE :id IN (id, parent_id)"), {"id": referral}).scalars()
        found = Scene(engine, world, number, referral, given, own, mediation, there, sealed, tuple(tracks))
    yield found
    engine.dispose()
    database_server.drop(name)


@pytest.fixture
def reading(scene: Scene) -> Iterator[Reading]:
    with scene.engine.connect() as db, db.begin() as begun:
        yield Reading(db, scene)
        begun.rollback()

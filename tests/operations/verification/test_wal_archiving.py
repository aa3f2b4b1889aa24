"""What goes with the archived log; that it goes on after every end `test_moments` shows on a server."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.operations.core.perform import new_id
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification import wal_archiving
from casework.operations.verification.wal_archiving import BEFORE, DOCUMENTS, Found, _Files, needs_base
from casework.records.backup_shelves import Folder
from casework.records.blob_store import new_key
from casework.records.database import transaction
from casework.records.sealed_files import write_sealed
from casework.records.wal_archive import Place, begin_line
from casework.settings import Settings
from tests.support.world import World


def _names(found: Found | None) -> list[str]:
    return [name for name, _, _ in found.content()] if found else []


@pytest.fixture
def now() -> datetime:
    return datetime.now(UTC)


def test_each_file_goes_once_and_what_is_not_there_yet_with_the_next(
    engine: Engine, settings: Settings, world: World, now: datetime
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    store = document_store_of(engine, settings)
    world.hand_in(store, number)
    files = _Files(settings, engine, now)
    place = next(one for one in (settings.var / "documents").rglob("*") if one.is_file())
    place.rename(place.with_name("aside"))
    first = files.since_last(now)
    assert first is not None
    assert _names(first) == ["log.json"]
    files.shipped(first)
    place.with_name("aside").rename(place)
    sealed = write_sealed(settings.archive_dir, new_id(), {"events": 7}, new_key(), [b"x"])
    second = files.since_last(now)
    assert second is not None
    documents = f"{DOCUMENTS}{place.relative_to(settings.var / 'documents')}"
    assert _names(second) == [documents, f"archive/{sealed.path.name}"]
    files.shipped(second)
    assert files.since_last(now) is None


def test_what_is_older_than_the_archive_goes_with_the_base(
    engine: Engine, settings: Settings, world: World, now: datetime
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    world.hand_in(document_store_of(engine, settings), number)
    sealed = write_sealed(settings.archive_dir, new_id(), {"events": 7}, new_key(), [b"x"])
    later = now + BEFORE + timedelta(minutes=1)
    os.utime(sealed.path, (now.timestamp(), now.timestamp()))
    assert _names(_Files(settings, engine, later).since_last(later)) == ["log.json"]


def test_a_base_is_needed_where_a_line_has_none(tmp_path: Path) -> None:
    settings = Settings(profile="test", var=tmp_path / "var", backup_folder=str(tmp_path))
    shelf = Folder(tmp_path)
    assert not needs_base(settings, shelf)
    begin_line(shelf, Place(system="7", timeline=1, lsn=100), datetime.now(UTC), None)
    assert needs_base(settings, shelf)
    assert not needs_base(settings.model_copy(update={"backup_log_seconds": 0}), shelf)
    assert wal_archiving.MOST == 1 << 24

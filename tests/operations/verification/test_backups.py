"""A backup holds one moment, without the secrets, and says what is in it; where it cannot be made there is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, make_url, text

from casework.errors import BackupUnusable
from casework.operations.verification.backups import LEFT_OUT, keeper_of, make_backup
from casework.records import log_keys
from casework.records.backup_folders import list_backups
from casework.records.backup_shelves import Folder
from casework.records.database import transaction
from casework.records.key_ring import secret_key
from casework.settings import Settings
from tests.support.backed_up import Office
from tests.support.databases import DatabaseServer
from tests.support.world import World


@pytest.fixture
def office(engine: Engine, settings: Settings, world: World, database_server: DatabaseServer, tmp_path: Path) -> Office:
    keeper = database_server.url(str(make_url(str(settings.database_url)).database))
    made = Office(
        engine,
        settings.model_copy(update={"backup_database_url": keeper}),
        world,
        database_server,
        Folder(tmp_path / "backups"),
    )
    made.work()
    return made


FILES = {"archive.tar", "database.dump", "documents.tar", "documents-late.tar", "documents.index", "log.json"}


def test_the_manifest_says_what_is_in_it(office: Office) -> None:
    told: Any = office.back_up().manifest
    assert told["counts"]["events"] == office.events()
    assert (told["documents"]["files"], told["revision"], told["sealed"]) == (1, "0001_schema", None)
    kept = log_keys.last_kept(office.settings)
    assert kept is not None
    assert (told["tree"]["size"], told["left_out"]) == (kept.size, LEFT_OUT)
    assert set(told["files"]) == FILES


def test_no_secret_is_in_it(office: Office) -> None:
    """Not encrypted, as it is here, so that all of it can be looked through."""
    signing = (office.settings.log_dir / "key").read_bytes().strip()
    content = b"".join(one.read_bytes() for one in Path(office.back_up().address).iterdir())
    assert (signing in content, secret_key(office.settings).encode() in content) == (False, False)


def test_whoever_is_not_shown_everything_backs_nothing_up(office: Office) -> None:
    bound = office.settings.model_copy(update={"backup_database_url": None})
    with pytest.raises(BackupUnusable, match="CASEWORK_BACKUP_DATABASE_URL"):
        make_backup(bound, office.shelf)
    assert list_backups(office.shelf) == []


def test_a_login_that_reads_all_and_writes_nothing_is_enough(office: Office, superuser_engine: Engine) -> None:
    with superuser_engine.begin() as db:
        db.execute(
            text("DO $$ BEGIN CREATE ROLE casework_backup LOGIN BYPASSRLS; EXCEPTION WHEN duplicate_object THEN END $$")
        )
        db.execute(text("GRANT pg_read_all_data TO casework_backup"))
    address = office.server.url(str(make_url(str(office.settings.database_url)).database), user="casework_backup")
    office.settings = office.settings.model_copy(update={"backup_database_url": address})
    assert office.back_up().manifest["counts"]["events"] == office.events()


def test_before_there_is_a_database_nothing_is_backed_up(
    settings: Settings, empty_database_url: str, tmp_path: Path, database_server: DatabaseServer
) -> None:
    keeper = database_server.url(str(make_url(empty_database_url).database))
    with pytest.raises(BackupUnusable, match="no database of Casework yet"):
        make_backup(settings.model_copy(update={"backup_database_url": keeper}), Folder(tmp_path))
    assert list(tmp_path.glob("2*")) == []


def test_what_is_erased_while_it_is_copied_stops_nothing(office: Office) -> None:
    with transaction(office.engine) as db:
        places = [one for one in (office.settings.var / "documents").rglob("*") if one.is_file()]
        db.execute(text("SELECT 1"))
    places[0].unlink()
    assert office.back_up().manifest["documents"] == {"files": 0, "bytes": 0}


def test_the_embedded_server_is_read_by_its_superuser(var_dir: Path) -> None:
    keeper = keeper_of(Settings(profile="test", var=var_dir))
    assert make_url(str(keeper.owner_database_url)).username == "postgres"

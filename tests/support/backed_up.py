"""An office that is backed up: with a case, a document, and a tree that was signed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, make_url, text

from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.backups import make_backup
from casework.operations.verification.sequencer import sequence
from casework.records import backup_folders
from casework.records.backup_folders import Backup
from casework.records.backup_shelves import Shelf
from casework.records.database import transaction
from casework.records.key_ring import secret_key
from casework.settings import Settings
from tests.support.databases import DatabaseServer
from tests.support.world import World

PASSPHRASE = "the passphrase of the tests, long enough"


@dataclass
class Office:
    """One with settings for whoever backs it up."""

    engine: Engine
    settings: Settings
    world: World
    server: DatabaseServer
    shelf: Shelf
    number: str = ""

    def work(self) -> None:
        """A case is opened and a document handed in, and both are signed."""
        with transaction(self.engine) as db:
            self.number = self.number or self.world.open_case(db)
        store = document_store_of(self.engine, self.settings)
        self.world.hand_in(store, self.number)

        sequence(self.engine, self.settings)

    def back_up(self) -> Backup:
        with backup_folders.alone(self.shelf):
            return make_backup(self.settings, self.shelf)

    def events(self) -> int:
        with transaction(self.engine) as db:
            return count_events(db)

    def elsewhere(self, empty: str, var: Path, **more: Any) -> Settings:
        """The settings of another machine: an empty database, an empty folder, and the same secrets."""
        given = {
            "database_url": self.server.app_url(str(make_url(empty).database)),
            "owner_database_url": empty,
            "var": var,
        }
        given |= {"secret_key": SecretStr(secret_key(self.settings))}
        return self.settings.model_copy(update=given | more)


def count_events(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM events")).scalar_one())

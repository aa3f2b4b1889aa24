"""Writes `casework/records/expected_database.json` anew: what a freshly migrated database holds (`make expected`)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from casework.records import database_checks, embedded, migrate
from casework.records.database import connect_engine, connected
from casework.settings import Settings
from tests.support.databases import ROOT

PATH = ROOT / "casework" / "records" / database_checks.LIST


def main() -> None:
    """By a server of its own, which is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="casework-"))
    folder.chmod(0o711)
    try:
        PATH.write_text(database_checks.written(_fresh(Settings(profile="test", var=folder))), "utf-8")
    finally:
        embedded.stop(folder)
        shutil.rmtree(folder)
    print(PATH.relative_to(ROOT))


def _fresh(settings: Settings) -> database_checks.Facts:
    owner = connect_engine(settings, role="owner")
    try:
        migrate.upgrade(owner)
        with connected(owner) as db:
            return database_checks.read(db)
    finally:
        owner.dispose()


if __name__ == "__main__":
    main()

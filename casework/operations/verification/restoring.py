"""A backup put back: where an office goes on, or in a server made for it, where it is proved and thrown away."""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Connection, Engine, text

from casework.errors import BackupUnusable, LogUnusable
from casework.json_values import JsonObject
from casework.operations.verification import backups, sequencer
from casework.records import backup_folders, dump_programs, embedded, migrate, tree_tiles
from casework.records.backup_folders import Backup
from casework.records.backup_shelves import Shelf
from casework.records.blob_store import Store
from casework.records.database import app_login, connect_engine, connected, database_url, ensure_roles
from casework.records.durable import make_folder, put_whole
from casework.records.key_ring import secret_key
from casework.records.row_security import in_snapshot
from casework.records.sealed_files import put_back
from casework.records.tar_stream import read_tar
from casework.settings import Settings

#: So many faults are kept: the first say enough.
_MOST = 50
#: Files that are looked for at once.
_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Restored:
    """What was put back."""

    rows: int
    documents: int
    seconds: float
    #: What whoever restored it must know or do.
    notes: tuple[str, ...]
    #: The moment as of which it is there.
    as_of: datetime
    #: When the last transaction in it was committed, where that is known.
    last_commit: datetime | None = None
    #: What was found wrong in it.
    faults: tuple[str, ...] = ()


def choose(shelf: Shelf, to: datetime | None) -> Backup:
    """A backup by its own folder, or of a folder of backups the newest good one, or the newest good one that is not younger than `to`, to
    which a base is then brought. Raises BackupUnusable."""
    if (backup := backup_folders.named_itself(shelf)) is not None:
        if to is not None and backup.made_at > to:
            raise BackupUnusable(f"{backup.name} is of {backup.made_at.isoformat()}, which is later than that.")
        return backup
    every = backup_folders.list_backups(shelf)
    good = [one for one in every if one.is_good and (to is None or one.made_at <= to)]
    if not good:
        first = min((one.made_at for one in every if one.is_good), default=None)
        what = "no good backup" + (f" of {to.isoformat()} or before" if to else "")
        what += f" (the first one is of {first.isoformat()})" if to and first else ""
        raise BackupUnusable(
            f"there is {what} in {shelf.address}: `casework backup list` tells those there are; one that nobody has proved can be named"
            " itself."
        )
    return good[0]


def restore_backup(settings: Settings, backup: Backup) -> Restored:
    """Put a backup into the empty database and the empty store of these settings. Raises BackupUnusable, and where anything is there
    nothing is changed. Whoever is killed on the way has no database, and begins again. A dump: of a base see `moments`."""
    begun = time.monotonic()
    key = backup_folders.open_key(backup, backups.passphrase_of(settings))
    if faults := backup_folders.faults_of_files(backup):
        raise BackupUnusable(f"{backup.name} is damaged: {' '.join(faults)}")
    owner = connect_engine(settings, "owner")
    store = Store(settings.store_url)
    places = {one["place"] for one in read_index(backup, key)}
    try:
        with connected(owner) as db:
            _insist_empty(db, settings)
        insist_nothing_else(store, places, settings)
        for name in (backups.DOCUMENTS, backups.LATE):
            for place, pieces in read_tar(backup_folders.read_file(backup, name, key)):
                store.put_sealed(place, pieces)
        if backups.ARCHIVE in backup.manifest["files"]:
            for name, pieces in read_tar(backup_folders.read_file(backup, backups.ARCHIVE, key)):
                put_back(settings.archive_dir, name, pieces)
        put_log_back(settings, json.loads(b"".join(backup_folders.read_file(backup, backups.LOG, key))))
        ensure_roles(owner, app_login(settings))
        with connected(owner) as db:
            major = backups.major_of(db)
        # The last of all, and all of it at once: where there is a database, everything is there.
        url = database_url(settings, "owner")
        dump_programs.restore(url, major, backup_folders.read_file(backup, backups.DUMP, key))
        with in_snapshot(owner) as db:
            db.execute(text("SET LOCAL statement_timeout = 0"))
            rows = backups.count_rows(db)
        with connected(owner) as db, db.execution_options(isolation_level="AUTOCOMMIT"):
            db.execute(text("ANALYZE"))
    finally:
        owner.dispose()
    notes = (*find_differences(backup, rows), *say_to_do(settings, backup))
    seconds = round(time.monotonic() - begun, 1)
    return Restored(rows=sum(rows.values()), documents=len(places), seconds=seconds, notes=notes, as_of=backup.made_at)


def read_index(backup: Backup, key: bytes | None) -> list[Any]:
    lines = b"".join(backup_folders.read_file(backup, backups.INDEX, key)).splitlines()
    return [json.loads(line) for line in lines]


def _insist_empty(db: Connection, settings: Settings) -> None:
    if db.execute(_ANY_TABLE).scalar_one():
        where = "DATABASE_URL" if settings.database_url else "CASEWORK_VAR"
        raise BackupUnusable(
            f"the database that {where} leads to is not empty, and nothing of it was changed. Restore into a new one: name an empty"
            " database in DATABASE_URL, or with the embedded server a new folder in CASEWORK_VAR; `casework init` is not run before."
        )


#: Whether there is any table that is not the server's own.
_ANY_TABLE = text("""
    SELECT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema')
""")


def insist_nothing_else(store: Store, places: set[str], settings: Settings) -> None:
    """Files of this very backup may lie there: whoever put them was broken off."""
    if any(place not in places for place in store.places()):
        raise BackupUnusable(
            f"documents lie in {settings.store_url} that are not this backup's, and nothing was changed: name an empty place in"
            " CASEWORK_DOCUMENTS_URL, or move away what lies there."
        )


def put_log_back(settings: Settings, files: JsonObject) -> None:
    """What lies there already stays: what this machine has signed it has signed, whatever the backup knows of it."""
    make_folder(settings.log_dir)
    for name in ("keys.pub", "settled", "last"):
        path, words = settings.log_dir / name, str(files[name])
        if words and not path.exists():
            put_whole(path, words, 0o644)


def find_differences(backup: Backup, rows: dict[str, int]) -> Iterator[str]:
    """Tables that have other numbers of rows than when it was made; after a base was begun there may be more of what only grows."""
    told: Any = backup.manifest["counts"]
    if backup.base is not None:
        if rows.get("events", 0) < told["events"]:
            yield f"events has {rows.get('events')} rows, and had {told['events']} when the backup was begun."
        return
    for table in sorted({*told, *rows}):
        if told.get(table) != rows.get(table):
            yield f"{table} has {rows.get(table)} rows, and had {told.get(table)} when the backup was made."


def say_to_do(settings: Settings, backup: Backup) -> Iterator[str]:
    if backup.manifest["secret_key"] != backups.fingerprint_of(settings):
        yield (
            "CASEWORK_SECRET_KEY is not the one of this backup: put that one in place, or as one of CASEWORK_SECRET_KEY_FALLBACKS, or no"
            " document and no sealed word can be read."
        )
    if backup.manifest["revision"] != migrate.head():
        yield (
            f"The database is at revision {backup.manifest['revision']}, and this release needs {migrate.head()}: run `casework init`."
        )
        return
    engine = connect_engine(settings)
    try:
        with in_snapshot(engine) as db:
            newest = tree_tiles.newest_checkpoint(db)
            sequencer.insist_not_older(settings, db)
    except LogUnusable as fault:
        yield (
            f"Production will refuse to serve: {fault.message} Whoever keeps checkpoints elsewhere (auditors, witnesses) must be told"
            " before that: `casework verify --checkpoint FILE` says what is missing of what they keep."
        )
    else:
        if newest is not None:
            yield (
                f"Its tree has {newest.size} leaves. Ask whoever keeps checkpoints elsewhere for the last one, and hold it against this"
                " with `casework verify --checkpoint FILE`: what was signed since the backup is missing here."
            )
    finally:
        engine.dispose()
    if backup.manifest["tree"] is not None and not (settings.log_dir / "key").exists():
        yield f"The key that signs the log is not in a backup: put it into {settings.log_dir}/key, readable for the worker alone."


# --- a place to try it -----------------------------------------------------------------------------------------------


@contextmanager
def open_engine(settings: Settings, role: Any) -> Iterator[Engine]:
    engine = connect_engine(settings, role)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def elsewhere(settings: Settings, name: str, **more: object) -> Iterator[Settings]:
    """An installation with a server of its own, which is thrown away; also one that somebody left who was killed."""
    folder = settings.var / name
    folder.mkdir(parents=True, exist_ok=True)
    with (settings.var / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _clear(folder)
        given: dict[str, object] = {
            "var": folder,
            "database_url": None,
            "owner_database_url": None,
            "backup_database_url": None,
        }
        given |= {
            "documents_url": None,
            "log_folder": None,
            "archive_folder": None,
            "secret_key": SecretStr(secret_key(settings)),
        }
        try:
            yield settings.model_copy(update=given | more)
        finally:
            _clear(folder)


def _clear(folder: Path) -> None:
    embedded.stop(folder)
    shutil.rmtree(folder, ignore_errors=True)

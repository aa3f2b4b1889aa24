"""Backups of everything an office needs to go on elsewhere, but for its secrets.

In it are the database as one moment had it, the files of documents as they lie sealed in their store, the sealed files of the archive, and
what strangers check the log with. Not in it are the key that signs the log and the secret key: whoever finds a backup must not be able to
sign in the office's name, nor to open what is sealed. Both are kept apart; the manifest says so, and knows the secret key by a fingerprint.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from importlib.metadata import version

from sqlalchemy import Connection, Engine, text

from casework.errors import BackupUnusable, FileMissing, LogUnusable
from casework.json_values import JsonObject
from casework.records import (
    backup_folders,
    dump_programs,
    embedded,
    log_keys,
    migrate,
    recovery,
    server_process,
    tree_tiles,
)
from casework.records.backup_folders import Backup, Half
from casework.records.backup_shelves import Shelf
from casework.records.blob_store import Store
from casework.records.database import connect_engine, connected, database_url
from casework.records.key_ring import secret_key
from casework.records.packing import deflated
from casework.records.row_security import in_snapshot
from casework.records.sealed_files import read_all
from casework.records.tar_stream import write_tar
from casework.settings import Settings

DUMP, BASE, DOCUMENTS, LATE, INDEX, LOG, ARCHIVE = (
    "database.dump",
    "base.tar",
    "documents.tar",
    "documents-late.tar",
    "documents.index",
    "log.json",
    "archive.tar",
)
#: What whoever restores one must have from elsewhere, and why.
LEFT_OUT: JsonObject = {
    "the log's signing key": "whoever has a backup must not be able to sign in the office's name: keep log/key apart",
    "CASEWORK_SECRET_KEY": "it opens what is sealed in the database and the documents: keep it apart, or nothing of either can be read",
    "the settings": "they name passwords and addresses of this machine: keep the environment files with the machine's own",
    "the log of the machine": "what the processes wrote to their output is the machine's",
}


def make_backup(settings: Settings, shelf: Shelf, *, base: bool = False) -> Backup:
    """One of this moment, not proved yet: a dump, or of the embedded server a base, after which its log goes on. Raises BackupUnusable;
    there is none then, and no half one."""
    keeper = keeper_of(settings)
    engine = connect_engine(keeper, "owner")
    begun = time.monotonic()
    try:
        with backup_folders.making(shelf, _name_now(engine), passphrase_of(settings)) as half:
            store, index = Store(settings.store_url), dict[str, JsonObject]()
            # Those first that are there already: what is filed meanwhile is copied after the database, so that it lacks none.
            half.write(DOCUMENTS, write_tar(_documents(store, index)))
            told = _write_base(half, engine, settings) if base else _write_dump(half, engine, settings, keeper)
            half.write(LATE, write_tar(_documents(store, index)))
            half.write(INDEX, (json.dumps(one, sort_keys=True).encode() + b"\n" for one in index.values()))
            # After the database: no case in it names a sealed file that came later.
            half.write(ARCHIVE, write_tar(read_all(settings.archive_dir)))
            half.write(LOG, [json.dumps(log_files(settings, told["tree"]), sort_keys=True).encode()])
            told["documents"] = {"files": len(index), "bytes": sum(int(str(one["bytes"])) for one in index.values())}
            told["seconds"] = round(time.monotonic() - begun, 1)
            return backup_folders.finish(half, half.manifest(told))
    except OSError as fault:
        raise BackupUnusable(
            f"{fault.filename or shelf.address}: {fault.strerror or fault}. No backup was made."
        ) from fault
    finally:
        engine.dispose()


def _write_dump(half: Half, engine: Engine, settings: Settings, keeper: Settings) -> JsonObject:
    with in_snapshot(engine) as db:
        told = _told(db, settings)
        snapshot = db.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        half.write(DUMP, dump_programs.dump(database_url(keeper, "owner"), major_of(db), snapshot))
    return told


def _write_base(half: Half, engine: Engine, settings: Settings) -> JsonObject:
    """The rows and the tree are those of its beginning: by its end, as of which it is whole, there may be more."""
    with in_snapshot(engine) as db:
        told = _told(db, settings)
    copied = recovery.Copied()
    with connected(engine) as plain:
        db = plain.execution_options(isolation_level="AUTOCOMMIT")
        # As long as this connection lives, the log that the copy needs is not taken away.
        db.execute(_KEEP_LOG)
        system = db.execute(text("SELECT CAST(system_identifier AS text) FROM pg_control_system()")).scalar_one()
        half.write(BASE, deflated(recovery.copy_cluster(engine.url, copied)))
        made_at = db.execute(text("SELECT clock_timestamp()")).scalar_one()
    base = {"system": system, "timeline": copied.timeline, "start": copied.start, "stop": copied.stop}
    return {**told, "made_at": made_at.isoformat(), "base": base}


#: Keeps the log for as long as this connection lives.
_KEEP_LOG = text(
    "SELECT pg_create_physical_replication_slot(CAST('casework_base_' || pg_backend_pid() AS name), true, true)"
)


def passphrase_of(settings: Settings) -> str | None:
    return settings.backup_key.get_secret_value() if settings.backup_key else None


def fingerprint_of(settings: Settings) -> str:
    """By which a secret key is known again, without being told."""
    return hmac.new(secret_key(settings).encode(), b"casework backup fingerprint", hashlib.sha256).hexdigest()[:32]


def major_of(db: Connection) -> int:
    return int(db.execute(text("SELECT current_setting('server_version_num')")).scalar_one()) // 10_000


def count_rows(db: Connection) -> dict[str, int]:
    """How many rows each table has."""
    quoted = db.dialect.identifier_preparer.quote
    counts = {}
    for table in db.execute(_TABLES).scalars():
        counts[table] = int(db.execute(text(f"SELECT count(*) FROM public.{quoted(table)}")).scalar_one())
    return counts


#: The tables of the database, ours and the queue's.
_TABLES = text("""
    SELECT c.relname FROM pg_class c WHERE c.relnamespace = CAST('public' AS regnamespace) AND c.relkind IN ('r', 'p') ORDER BY c.relname
""")


def keeper_of(settings: Settings) -> Settings:
    """The same settings for whoever reads everything out: the embedded server's superuser, or a login of its own."""
    address = settings.backup_database_url
    if address is None and settings.database_url is None:
        address = embedded.ensure_running(settings.var, server_process.SUPERUSER)
    return settings.model_copy(update={"owner_database_url": address or settings.owner_database_url})


def _name_now(engine: Engine) -> str:
    with in_snapshot(engine) as db:
        if not db.execute(_SEES_ALL).scalar_one():
            raise BackupUnusable(
                f"{engine.url.username} is bound by row security, and would leave out what it is not shown: make a login for backups, with"
                " BYPASSRLS and pg_read_all_data, and name it in CASEWORK_BACKUP_DATABASE_URL."
            )
        if migrate.current(db) is None:
            raise BackupUnusable("there is no database of Casework yet: nothing can be backed up.")
        return backup_folders.name_at(db.execute(text("SELECT clock_timestamp()")).scalar_one())


#: Whether no policy leaves anything out for whoever is logged in.
_SEES_ALL = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")


def _told(db: Connection, settings: Settings) -> JsonObject:
    newest = tree_tiles.newest_checkpoint(db)
    at, server = db.execute(text("SELECT now(), current_setting('server_version')")).one()
    tree = None
    if newest is not None:
        root = base64.b64encode(newest.root).decode()
        tree = {"size": newest.size, "root": root, "checkpoint": newest.note}
    return {
        "made_at": at.isoformat(),
        "casework": version("casework"),
        "postgresql": server,
        "revision": migrate.current(db),
        "tree": tree,
        "counts": count_rows(db),
        "secret_key": fingerprint_of(settings),
        "left_out": LEFT_OUT,
    }


def _documents(store: Store, index: dict[str, JsonObject]) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """What lies in the store and is not in the index yet, which gets it."""
    for place in sorted(set(store.places()) - set(index)):
        try:
            size, pieces = store.sealed(place)
        except FileMissing:
            continue  # Erased a moment ago.
        digest = hashlib.sha256()
        yield place, size, _counted(pieces, digest)
        index[place] = {"place": place, "bytes": size, "sha256": digest.hexdigest()}


def _counted(pieces: Iterator[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def log_files(settings: Settings, tree: JsonObject | None) -> JsonObject:
    """What strangers check the log with, and what of it was signed of this moment's database: later signatures are of a longer tree."""
    try:
        keys = "".join(f"{key.line}\n" for key in log_keys.public_keys(settings))
        settled = "".join(f"{line}\n" for line in log_keys.settled_alarms(settings))
    except LogUnusable as fault:
        raise BackupUnusable(fault.message) from fault
    return {"keys.pub": keys, "settled": settled, "last": f"{tree['size']} {tree['root']}\n" if tree else ""}

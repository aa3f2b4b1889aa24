"""A base and the log after it put back: the embedded server and its files as of any moment.

All of it comes to be beside the place where it is to stand, and is verified there. Its place it gets at the end, where none is.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from casework.errors import BackupUnusable
from casework.json_values import JsonObject
from casework.operations.verification import backups, wal_archiving
from casework.operations.verification.restored_judgement import check_restored
from casework.operations.verification.restoring import (
    Restored,
    elsewhere,
    insist_nothing_else,
    open_engine,
    put_log_back,
    read_index,
    say_to_do,
)
from casework.records import backup_folders, embedded, migrate, recovery, tree_tiles, wal_archive
from casework.records.backup_folders import Backup
from casework.records.blob_store import Store
from casework.records.packing import inflated
from casework.records.recovery import Recovered
from casework.records.row_security import in_snapshot
from casework.records.sealed_files import put_back
from casework.records.server_process import server_at
from casework.records.tar_stream import read_tar
from casework.records.wal_archive import FILES, LOG, Followed, Piece
from casework.settings import Settings


def restore_moment(settings: Settings, backup: Backup, to: datetime | None, *, with_log: bool = True) -> Restored:
    """Put a base into the empty embedded server of these settings, as of a moment, or of the last that is archived; without the log as of
    its own end. Raises BackupUnusable, and then nothing is changed but for files that it had put into an empty store."""
    begun = time.monotonic()
    passphrase = backups.passphrase_of(settings)
    key = backup_folders.open_key(backup, passphrase)
    if faults := backup_folders.faults_of_files(backup):
        raise BackupUnusable(f"{backup.name} is damaged: {' '.join(faults)}")
    here = server_at(settings.var)
    _insist_place(settings, here.data)
    followed = plan(backup, to, passphrase) if with_log or to is not None else _NOTHING
    pieces = tuple(followed.pieces)
    insist_nothing_else(Store(settings.store_url), _places_of(backup, key, pieces, passphrase), settings)
    kept: dict[str, object] = {"documents_url": settings.store_url, "archive_folder": settings.archive_dir}
    told: JsonObject = {"logs": 0, "events": 0, "documents": 0}
    with elsewhere(settings, "restoring", **kept) as there:
        recovered, files, now = recover_base(there, backup, key, pieces, to)
        same_release = now.manifest["revision"] == migrate.head()
        found = check_restored(there, now, told) if same_release else []
        with open_engine(there, "owner") as engine, in_snapshot(engine) as db:
            rows = sum(backups.count_rows(db).values())
        embedded.stop(there.var)
        put_log_back(settings, files)
        recovery.move_cluster(server_at(there.var), here)
    return Restored(
        rows=rows,
        documents=int(str(told["documents"])),
        seconds=round(time.monotonic() - begun, 1),
        notes=tuple(say_to_do(settings, now)),
        as_of=to or followed.reached or backup.made_at,
        last_commit=recovered.last_commit,
        faults=tuple(found),
    )


#: No log after a base.
_NOTHING = Followed(pieces=(), reached=None, again=None)


def plan(backup: Backup, to: datetime | None, passphrase: str | None) -> Followed:
    """The log that brings a base to a moment, or as far as it goes. Raises BackupUnusable where some of it is missing."""
    place = wal_archive.place_of(backup)
    assert place is not None
    found = wal_archive.follow(backup.shelf, place, to, passphrase)
    reached = found.reached or backup.made_at
    until = reached.isoformat()
    if found.again is not None and (to is None or to > reached):
        raise BackupUnusable(
            f"after {until} a part of the archived log is missing, and it goes on for {found.again.isoformat()}: nothing was changed."
            f" What is there before it comes back with --to {until}."
        )
    if to is not None and to > reached:
        raise BackupUnusable(
            f"what was done is archived until {until}, and {to.isoformat()} is later: nothing was changed. Leave --to out for"
            " the last that there is."
        )
    return found


def recover_base(
    there: Settings, backup: Backup, key: bytes | None, pieces: Sequence[Piece], to: datetime | None
) -> tuple[Recovered, JsonObject, Backup]:
    """Bring a base to a moment in an empty place, with its server running, its files and what strangers check the log with; gives that
    too, and the backup as if it had been made then. Raises BackupUnusable."""
    passphrase, server = backups.passphrase_of(there), server_at(there.var)
    recovery.unpack(server, inflated(backup_folders.read_file(backup, backups.BASE, key)))
    for piece in pieces:
        opened = wal_archive.open_line(piece.line, passphrase)
        content = wal_archive.read(piece, LOG, opened)
        recovery.lay_log(server, piece.line.start.timeline, piece.start, content)
    recovered = recovery.recover(server, to)
    with open_engine(there, "owner") as engine, in_snapshot(engine) as db:
        named = set(db.execute(_NAMED).scalars())
        now = _as_of_now(backup, db)
    files = _put_files(there, backup, key, pieces, named)
    tree: Any = now.manifest["tree"]
    files["last"] = f"{tree['size']} {tree['root']}\n" if tree else ""
    put_log_back(there, files)
    return recovered, files, now


#: Where the files lie that are named: of what was erased by then nothing is put back.
_NAMED = text("""
    SELECT CAST(b.compartment_id AS text) || '/' || left(b.name, 2) || '/' || b.name FROM blobs b
    JOIN compartments c ON c.id = b.compartment_id WHERE length(c.sealed) > 0
""")


def _as_of_now(backup: Backup, db: Connection) -> Backup:
    newest = tree_tiles.newest_checkpoint(db)
    before: Any = backup.manifest["tree"]
    tree = None
    if newest is not None:
        tree = {"size": newest.size, "root": base64.b64encode(newest.root).decode(), "checkpoint": newest.note}
    if before is not None and (newest is None or newest.size < before["size"]):
        tree = before  # Said to be missing when it is checked.
    return replace(backup, manifest=backup.manifest | {"revision": migrate.current(db), "tree": tree})


def _put_files(
    there: Settings, backup: Backup, key: bytes | None, pieces: Sequence[Piece], named: set[str]
) -> JsonObject:
    """Put back the files of documents that are named, and the sealed files of the archive; gives those of the log."""
    store = Store(there.store_url)
    log: JsonObject = json.loads(b"".join(backup_folders.read_file(backup, backups.LOG, key)))
    for name in (backups.DOCUMENTS, backups.LATE):
        for place, content in read_tar(backup_folders.read_file(backup, name, key)):
            if place in named:
                store.put_sealed(place, content)
    for name, content in read_tar(backup_folders.read_file(backup, backups.ARCHIVE, key)):
        put_back(there.archive_dir, name, content)
    for name, content in _packed(pieces, backups.passphrase_of(there)):
        if name.startswith(wal_archiving.DOCUMENTS):
            place = name.removeprefix(wal_archiving.DOCUMENTS)
            if place in named:
                store.put_sealed(place, content)
        elif name.startswith(wal_archiving.ARCHIVE):
            put_back(there.archive_dir, name.removeprefix(wal_archiving.ARCHIVE), content)
        else:
            log = json.loads(b"".join(content))
    return log


def _packed(pieces: Iterable[Piece], passphrase: str | None) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files that came with the log, in its order."""
    for piece in pieces:
        if piece.packed:
            key = wal_archive.open_line(piece.line, passphrase)
            yield from read_tar(wal_archive.read(piece, FILES, key))


def _places_of(backup: Backup, key: bytes | None, pieces: Sequence[Piece], passphrase: str | None) -> set[str]:
    """Where its files may lie already: whoever put them was broken off. Each pack of them is read to its end meanwhile."""
    places = {str(one["place"]) for one in read_index(backup, key)}
    for name, content in _packed(pieces, passphrase):
        for _ in content:
            pass
        places.add(name.removeprefix(wal_archiving.DOCUMENTS))
    return places


def _insist_place(settings: Settings, data: Path) -> None:
    if settings.database_url is not None:
        raise BackupUnusable(
            "a base is of the embedded server, and DATABASE_URL leads to another: leave it empty, or restore a dump into that one."
        )
    if data.exists():
        raise BackupUnusable(
            f"the database that CASEWORK_VAR leads to is not empty, and nothing of it was changed: {data} is there. Name a new folder in"
            " CASEWORK_VAR, or move that one away."
        )

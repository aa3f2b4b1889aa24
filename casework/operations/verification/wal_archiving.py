"""Archiving the embedded server's log beside its backups, with the files that come into the stores meanwhile.

The log is confirmed to the server when the archive has it, and not before: whoever is killed at any moment goes on from what is
there. What a piece of log names of files lies there before it.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, Engine, text

from casework.errors import BackupUnusable, FileMissing
from casework.operations.verification import backups
from casework.records import wal_archive, wal_stream
from casework.records.backup_folders import list_backups
from casework.records.backup_shelves import Shelf
from casework.records.blob_store import Store
from casework.records.database import connect_engine, connected, database_url
from casework.records.row_security import in_snapshot
from casework.records.sealed_files import list_sealed
from casework.records.tar_stream import write_tar
from casework.records.wal_archive import FILES, LOG, Line, Piece, Place
from casework.records.wal_stream import Sender, sending
from casework.settings import Settings

_note = logging.getLogger(__name__)

#: A piece has no more of the log than this.
MOST = 1 << 24
#: So long it waits for what the server says that it has written.
PATIENCE_S = 60.0
#: A file may be announced in the database so long before it lies in the store.
BEFORE = timedelta(hours=1)
#: What the members of a pack of files begin with.
DOCUMENTS, ARCHIVE = "documents/", "archive/"
_NOBODY, _NEVER = "00000000-0000-0000-0000-000000000000", datetime(2000, 1, 1, tzinfo=UTC)


class Known(NamedTuple):
    """Where the archive stands."""

    line: Line
    key: bytes | None
    #: Up to where the archive has the log.
    end: int


def archive_log(settings: Settings, shelf: Shelf, stopped: Callable[[], bool]) -> None:
    """Archive until it is told to stop; at once where somebody else does. Raises BackupUnusable, and what a server that goes away
    raises: whoever calls it again goes on from what is there."""
    with wal_archive.alone(shelf) as is_alone:
        if not is_alone:
            return
        with _engine(settings) as engine, sending(database_url(backups.keeper_of(settings), "owner")) as sender:
            archiver = Archiver(settings, shelf, engine, sender)
            while not stopped():
                archiver.go_on(stopped)
            archiver.go_on(lambda: True)


def let_go(settings: Settings) -> None:
    """Where the log is not archived: have the embedded server keep none of it for that."""
    if settings.database_url is not None:
        return
    with _engine(settings) as engine, connected(engine) as plain:
        if wal_stream.drop_slot(plain.execution_options(isolation_level="AUTOCOMMIT")):
            _note.warning("the log is not archived any more, and the server keeps none of it for that.")


def needs_base(settings: Settings, shelf: Shelf) -> bool:
    """Whether the log that is archived needs a base to begin with."""
    return wal_archive.archives_log(settings) and wal_archive.lacks_base(shelf, list_backups(shelf))


class Archiver:
    """Who archives, over one connection."""

    def __init__(self, settings: Settings, shelf: Shelf, engine: Engine, sender: Sender) -> None:
        self.settings, self.shelf, self.engine, self.sender = settings, shelf, engine, sender
        with connected(engine) as plain:
            db = plain.execution_options(isolation_level="AUTOCOMMIT")
            wal_stream.limit_slot(db)
            kept_from = wal_stream.ensure_slot(db)
        self.known = self._find_line(kept_from)
        self._held, self._held_end = bytearray(), self.known.end
        # Nothing is promised yet.
        self._reached = max([one.at for one in wal_archive.pieces_of(self.known.line)] or [_NEVER])
        begun_at = datetime.fromisoformat(str(self.known.line.told["begun_at"]))
        self._files = _Files(settings, engine, max(self._reached, begun_at))
        sender.start(self.known.end)

    def _find_line(self, kept_from: int) -> Known:
        """Where the newest line goes on, if the server still has what follows; or a new line."""
        lines, passphrase = wal_archive.list_lines(self.shelf), backups.passphrase_of(self.settings)
        sender = self.sender
        if lines and lines[-1].has(Place(system=sender.system, timeline=sender.timeline, lsn=sender.written)):
            pieces = wal_archive.pieces_of(lines[-1])
            end = pieces[-1].end if pieces else lines[-1].start.lsn
            try:
                key, opens = wal_archive.open_line(lines[-1], passphrase), True
            except BackupUnusable:
                key, opens = None, False
            if opens and (key is None) == (passphrase is None) and kept_from <= end <= sender.written:
                return Known(lines[-1], key, end)
            _note.warning(
                "the archive of the log cannot go on from what is there: a new line begins, which needs a base."
            )
        start = Place(system=sender.system, timeline=sender.timeline, lsn=kept_from)
        line, key = wal_archive.begin_line(self.shelf, start, datetime.now(UTC), passphrase)
        return Known(line, key, kept_from)

    def go_on(self, stopped: Callable[[], bool]) -> None:
        """Receive for as long as a piece may take, then write everything down that was told to anybody by now."""
        until = time.monotonic() + self.settings.backup_log_seconds
        while time.monotonic() < until and not stopped():
            self._receive(min(0.5, self.settings.backup_log_seconds))
        with connected(self.engine) as plain:
            db = plain.execution_options(isolation_level="AUTOCOMMIT")
            # The moment first: whatever was told to anybody by then is written by the second.
            now = db.execute(text("SELECT clock_timestamp()")).scalar_one()
            written = wal_stream.parse_lsn(db.execute(_WRITTEN).scalar_one())
        begun = time.monotonic()
        while self._held_end < written:
            self._receive(1.0)
            if time.monotonic() > begun + PATIENCE_S:
                raise BackupUnusable(f"the server does not send its log within {PATIENCE_S:.0f} s.")
        self._reached = now
        self._keep()
        wal_archive.keep_state(self.shelf, self.known.line, self.known.end, now, self.known.key)

    def _receive(self, seconds: float) -> None:
        if (found := self.sender.receive(seconds)) is None:
            return
        start, some = found
        if start != self._held_end:
            raise BackupUnusable("the server's log came out of order.")
        self._held += some
        self._held_end += len(some)
        if len(self._held) >= MOST:
            self._keep()

    def _keep(self) -> None:
        if self._held:
            line, key, end = self.known
            piece = Piece(line=line, start=end, end=self._held_end, at=self._reached)
            if found := self._files.since_last(self._reached):
                wal_archive.write(piece, FILES, key, write_tar(found.content()))
            wal_archive.write(piece, LOG, key, [bytes(self._held)])
            if found:
                self._files.shipped(found)
            self.known, self._held = Known(line, key, self._held_end), bytearray()
        self.sender.confirm(self.known.end)


#: How far the server's log is on its disk.
_WRITTEN = text("SELECT CAST(pg_current_wal_flush_lsn() AS text)")


# --- files -----------------------------------------------------------------------------------------------------------


class Found(NamedTuple):
    """Files that are to go with a piece."""

    store: Store
    places: list[str]
    sealed: list[Path]
    #: The files of the log, where they are others than before.
    log: bytes | None
    taken: set[str]

    def content(self) -> Iterator[tuple[str, int, Iterator[bytes]]]:
        for place in self.places:
            try:
                size, pieces = self.store.sealed(place)
            except FileMissing:
                continue  # Announced and not there yet, or erased a moment ago.
            yield f"{DOCUMENTS}{place}", size, pieces
            self.taken.add(place)
        for path in self.sealed:
            content = path.read_bytes() if path.exists() else b""
            if content:
                yield f"{ARCHIVE}{path.name}", len(content), iter([content])
                self.taken.add(path.name)
        if self.log is not None:
            yield backups.LOG, len(self.log), iter([self.log])


class _Files:
    """What has come into the stores and is not in the archive yet."""

    def __init__(self, settings: Settings, engine: Engine, since: datetime) -> None:
        self.settings, self.engine, self.since = settings, engine, since - BEFORE
        self._store = Store(settings.store_url)
        self._known: set[str] = set()
        self._log: bytes | None = None

    def since_last(self, reached: datetime) -> Found | None:
        """The files that are named by now and were not sent; None where there are none, and the log's are as they were. Everything that was
        told to anybody by `reached` was looked at before."""
        self.since = max(self.since, reached - BEFORE)
        with in_snapshot(self.engine) as db:
            places = [one for one in _places_since(db, self.since) if one not in self._known]
        sealed = [one for one in list_sealed(self.settings.archive_dir) if one.name not in self._known]
        sealed = [one for one in sealed if _written_at(one) >= self.since]
        log: bytes | None = json.dumps(backups.log_files(self.settings, None), sort_keys=True).encode()
        if log == self._log:
            log = None
        return Found(self._store, places, sealed, log, set()) if places or sealed or log else None

    def shipped(self, found: Found) -> None:
        self._known |= found.taken
        self._log = found.log or self._log


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except FileNotFoundError:
        return datetime.min.replace(tzinfo=UTC)


def _places_since(db: Connection, since: datetime) -> list[str]:
    """Where files lie that were announced since then, by the time in their ids (UUID 7)."""
    milliseconds = max(0, int(since.timestamp() * 1000))
    first = f"{milliseconds:012x}"
    least = f"{first[:8]}-{first[8:]}{_NOBODY[13:]}"
    return [f"{row.compartment_id}/{row.name[:2]}/{row.name}" for row in db.execute(_BLOBS, {"least": least})]


#: What was announced to lie in the store from an id on.
_BLOBS = text("SELECT b.compartment_id, b.name FROM blobs b WHERE b.id >= CAST(:least AS uuid) ORDER BY b.id")


@contextmanager
def _engine(settings: Settings) -> Iterator[Engine]:
    engine = connect_engine(backups.keeper_of(settings), "owner")
    try:
        yield engine
    finally:
        engine.dispose()

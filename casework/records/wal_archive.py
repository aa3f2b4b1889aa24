"""The archive of the server's write-ahead log beside the backups: with it a base is put back as of any moment since.

    wal/2026-03-01T020000Z/line.json            a line: of which server and timeline, from where on, and what it is encrypted with
    wal/2026-03-01T020000Z/START-END-AT.wal     the log from one place to another; with it everything until AT is here
    wal/2026-03-01T020000Z/START-END-AT.files   what came into the stores of files meanwhile; written before the log that names it
    wal/state.json                              up to where, and until when, everything is here

A file grows under another name, and gets its own when all of it is on the disk. Each begins where the one before ends: whatever is
missing shows by the names alone. Where the log cannot go on from what is here, another line begins, which needs a base of its own.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from casework.errors import BackupUnusable, FileDamaged
from casework.json_values import JsonObject
from casework.records import backup_folders
from casework.records.backup_folders import Backup
from casework.records.blob_store import seal, unseal
from casework.records.durable import make_folder, sync
from casework.records.packing import packed, unpacked
from casework.settings import Settings

FOLDER, LINE, STATE = "wal", "line.json", "state.json"
LOG, FILES = ".wal", ".files"
FORM = 1
_HALF, _LOCK = ".half-", ".lock"
_AT = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"([0-9A-F]{16})-([0-9A-F]{16})-(\d{8}T\d{6}\.\d{6}Z)\.wal")
_PIECE = 1 << 17
#: A commit may bear a time a little before that of one that stands before it in the log: so much more is read.
SLACK = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place in the log of one server, on one timeline."""

    system: str
    timeline: int
    lsn: int


@dataclass(frozen=True, kw_only=True)
class Line:
    """A stretch of the log without a gap."""

    folder: Path
    told: JsonObject

    @property
    def start(self) -> Place:
        return Place(
            system=str(self.told["system"]), timeline=int(str(self.told["timeline"])), lsn=int(str(self.told["start"]))
        )

    def has(self, place: Place) -> bool:
        """Whether it is of this server and timeline, and had begun at this place."""
        start = self.start
        return (start.system, start.timeline) == (place.system, place.timeline) and start.lsn <= place.lsn


@dataclass(frozen=True, kw_only=True)
class Piece:
    """The log from one place to another."""

    line: Line
    start: int
    end: int
    #: Whatever was committed and told to whoever did it by then is in it, or before it.
    at: datetime

    @property
    def stem(self) -> str:
        return f"{self.start:016X}-{self.end:016X}-{self.at.astimezone(UTC).strftime(_AT)}"

    def path(self, kind: str) -> Path:
        return self.line.folder / f"{self.stem}{kind}"


@dataclass(frozen=True, kw_only=True)
class Followed:
    """What of the log follows a place, without a gap."""

    pieces: tuple[Piece, ...]
    #: Until when everything is there; None where nothing follows.
    reached: datetime | None
    #: Since when there is log again, where something is missing after that.
    again: datetime | None


def place_of(backup: Backup) -> Place | None:
    """Where the log must go on for a base; None for a dump."""
    if (base := backup.base) is None:
        return None
    return Place(system=str(base["system"]), timeline=int(str(base["timeline"])), lsn=int(str(base["stop"])))


# --- lines -----------------------------------------------------------------------------------------------------------


def begin_line(root: Path, start: Place, now: datetime, passphrase: str | None) -> tuple[Line, bytes | None]:
    """A new line from a place on, and what encrypts it."""
    folder = root / FOLDER / backup_folders.name_at(now)
    while folder.exists():
        now += timedelta(seconds=1)
        folder = root / FOLDER / backup_folders.name_at(now)
    key, sealed = backup_folders.new_seal(passphrase)
    told = {"form": FORM, "name": folder.name, "system": start.system, "timeline": start.timeline, "start": start.lsn}
    told = backup_folders.signed(key, {**told, "begun_at": now.isoformat(), "sealed": sealed})
    make_folder(folder, 0o700)
    backup_folders.write_whole(folder / LINE, told)
    return Line(folder=folder, told=told), key


def list_lines(root: Path) -> list[Line]:
    """All lines, the newest last; what says nothing of itself is none."""
    found = []
    for path in sorted((root / FOLDER).glob(f"[0-9]*/{LINE}")):
        try:
            told = json.loads(path.read_text("utf-8"))
            line = Line(folder=path.parent, told=told)
            if told["form"] == FORM and line.start.lsn >= 0 and "sealed" in told:
                found.append(line)
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found


def open_line(line: Line, passphrase: str | None) -> bytes | None:
    """What opens its files; None where they are plain. Raises BackupUnusable."""
    return backup_folders.open_sealed(f"{FOLDER}/{line.folder.name}", line.told, passphrase)


def pieces_of(line: Line) -> list[Piece]:
    """The pieces of a line in their order."""
    found = []
    for entry in os.scandir(line.folder):
        if (name := _NAME.fullmatch(entry.name)) is None:
            continue
        at = datetime.strptime(name[3], _AT).replace(tzinfo=UTC)
        found.append(Piece(line=line, start=int(name[1], 16), end=int(name[2], 16), at=at))
    return sorted(found, key=lambda one: (one.start, one.end, one.at))


@contextmanager
def alone(root: Path) -> Iterator[bool]:
    """Whether nobody else archives the log there just now; nobody will until the end."""
    make_folder(root / FOLDER, 0o700)
    with (root / FOLDER / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        for left in (root / FOLDER).glob(f"*/{_HALF}*"):
            left.unlink()
        yield True


# --- files -----------------------------------------------------------------------------------------------------------


def write(piece: Piece, kind: str, key: bytes | None, content: Iterable[bytes]) -> None:
    """One file of a piece: when this returns it is on the disk."""
    path = piece.path(kind)
    half = path.with_name(f"{_HALF}{path.name}")
    pieces: Iterable[bytes] = packed(content)
    if key is not None:
        pieces = seal(key, f"{FOLDER}/{piece.line.folder.name}/{path.name}", pieces)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
    os.replace(half, path)
    sync(path.parent)


def read(piece: Piece, kind: str, key: bytes | None) -> Iterator[bytes]:
    """What is in it. Raises BackupUnusable, where it is damaged, not here, or another's."""
    path = piece.path(kind)
    try:
        with path.open("rb") as file:
            pieces: Iterator[bytes] = iter(lambda: file.read(_PIECE), b"")
            if key is not None:
                pieces = unseal(key, f"{FOLDER}/{piece.line.folder.name}/{path.name}", pieces)
            yield from unpacked(pieces)
    except OSError as fault:
        raise BackupUnusable(f"{path} cannot be read: {fault.strerror}.") from fault
    except FileDamaged as fault:
        raise BackupUnusable(f"{path} was changed since it was written, or is another's.") from fault
    except BackupUnusable as fault:
        raise BackupUnusable(f"{path} is damaged: {fault.details['why']}") from fault


def has_files(piece: Piece) -> bool:
    return piece.path(FILES).exists()


def keep_state(root: Path, line: Line, lsn: int, reached: datetime, key: bytes | None) -> None:
    """Note up to where, and until when, everything is here."""
    told: JsonObject = {"line": line.folder.name, "lsn": lsn, "reached_at": reached.isoformat()}
    backup_folders.write_whole(root / FOLDER / STATE, backup_folders.signed(key, told))


def read_state(root: Path) -> JsonObject | None:
    """What was noted last; None where nothing was, or nothing that can be read."""
    try:
        told: JsonObject = json.loads((root / FOLDER / STATE).read_text("utf-8"))
        if datetime.fromisoformat(str(told["reached_at"])).tzinfo is None or int(str(told["lsn"])) < 0:
            return None
        str(told["line"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return told


def reached_at(root: Path) -> datetime | None:
    """Until when everything is in the archive, as was noted last."""
    state = read_state(root)
    return None if state is None else datetime.fromisoformat(str(state["reached_at"]))


def archives_log(settings: Settings) -> bool:
    """Whether the log is archived here: of the embedded server, where nobody has switched it off."""
    return settings.database_url is None and settings.backup_log_seconds > 0


def is_behind(settings: Settings, reached: datetime | None, now: datetime) -> bool:
    """Whether more was done than may be and is not archived: where the worker is to, and a folder is named."""
    if settings.backup_folder is None or not archives_log(settings):
        return False
    return reached is None or now - reached > timedelta(minutes=settings.backup_log_late_minutes)


# --- what follows a base ---------------------------------------------------------------------------------------------


def follow(root: Path, place: Place, to: datetime | None, passphrase: str | None) -> Followed:
    """The log from a place on: until `to`, or as far as there is any without a gap. Raises BackupUnusable for what cannot be opened."""
    lines = [
        one for one in list_lines(root) if (one.start.system, one.start.timeline) == (place.system, place.timeline)
    ]
    every = sorted((piece for line in lines for piece in pieces_of(line)), key=lambda one: (one.start, one.end, one.at))
    taken: list[Piece] = []
    cursor, reached = place.lsn, None
    for piece in every:
        if piece.end <= cursor:
            continue
        if piece.start > cursor:
            return Followed(pieces=tuple(taken), reached=reached, again=piece.at)
        taken.append(piece)
        cursor, reached = piece.end, max(piece.at, reached or piece.at)
        if to is not None and reached > to + SLACK:
            return Followed(pieces=tuple(taken), reached=reached, again=None)
    return Followed(pieces=tuple(taken), reached=_noted(root, lines, cursor, passphrase) or reached, again=None)


def faults_of(found: Followed, passphrase: str | None) -> list[str]:
    """What of these files cannot be read to its end, or is not as long as it is called."""
    faults = []
    for piece in found.pieces:
        try:
            key = open_line(piece.line, passphrase)
            if sum(len(some) for some in read(piece, LOG, key)) != piece.end - piece.start:
                faults.append(f"{piece.path(LOG)} is not as long as it is called.")
            for _ in read(piece, FILES, key) if has_files(piece) else ():
                pass
        except BackupUnusable as fault:
            faults.append(fault.message)
    return faults


def lacks_base(root: Path, every: Sequence[Backup]) -> bool:
    """Whether what the newest line has cannot be used, since no base is of it."""
    lines = list_lines(root)
    places = [place_of(one) for one in every]
    return bool(lines) and not any(place is not None and lines[-1].has(place) for place in places)


def _noted(root: Path, lines: Sequence[Line], lsn: int, passphrase: str | None) -> datetime | None:
    """Until when nothing more was done after this place, as was noted: whoever works not writes no log."""
    state = read_state(root)
    line = next((one for one in lines if state and one.folder.name == state["line"]), None)
    if state is None or line is None or int(str(state["lsn"])) != lsn:
        return None
    key = open_line(line, passphrase)
    if key is not None and not backup_folders.is_signed(key, state):
        raise BackupUnusable(f"{root / FOLDER / STATE} was changed since it was written.")
    return datetime.fromisoformat(str(state["reached_at"]))


# --- pruning ---------------------------------------------------------------------------------------------------------


def prune(root: Path, *, days: int) -> int:
    """Take away what no base needs that is kept for its day; gives how many files. A base that is kept for its week comes back as of its
    own end. What the newest line has last stays, since it goes on from there; and all of it where no base is of it."""
    every = backup_folders.list_backups(root)
    kept = backup_folders.newest_of([one for one in every if one.is_good], "%Y-%m-%d", days)
    first = min((one.made_at for one in every if one.name in kept), default=None)
    if first is None:
        return 0
    places = [place_of(one) for one in every if one.made_at >= first]
    return _prune(root, [one for one in places if one is not None])


def _prune(root: Path, bases: Sequence[Place]) -> int:
    count, lines = 0, list_lines(root)
    for line in lines:
        newest = line is lines[-1]
        own = [one.lsn for one in bases if (one.system, one.timeline) == (line.start.system, line.start.timeline)]
        if newest and not own:
            continue
        pieces = pieces_of(line)
        gone = [one for one in pieces if not own or one.end <= min(own)]
        for piece in gone[:-1] if newest and gone == pieces else gone:
            # Its log first: what is left without it is no piece.
            for kind in (LOG, FILES):
                path = piece.path(kind)
                count += path.exists()
                path.unlink(missing_ok=True)
        if not newest and gone == pieces:
            (line.folder / LINE).unlink()
            shutil.rmtree(line.folder)
    return count

"""The archive of the server's write-ahead log beside the backups: with it a base is put back as of any moment since.

    wal/2026-03-01T020000Z/line.json            a line: of which server and timeline, from where on, and what it is encrypted with
    wal/2026-03-01T020000Z/START-END-AT.wal     the log from one place to another; with it everything until AT is here
    wal/2026-03-01T020000Z/START-END-AT.files   what came into the stores of files meanwhile; written before the log that names it
    wal/state.json                              up to where, and until when, everything is here

A file has its name when all of it is there. Each begins where the one before ends: whatever is
missing shows by the names alone. Where the log cannot go on from what is here, another line begins, which needs a base of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from casework.errors import BackupUnusable, FileDamaged
from casework.json_values import JsonObject
from casework.records import backup_folders, packing
from casework.records.backup_folders import Backup, json_lines
from casework.records.backup_shelves import Shelf
from casework.records.blob_store import seal, unseal
from casework.settings import Settings

FOLDER, LINE, STATE = "wal", "line.json", "state.json"
LOG, FILES = ".wal", ".files"
_STATE = f"{FOLDER}/{STATE}"
FORM = 1
_AT = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"([0-9A-F]{16})-([0-9A-F]{16})-(\d{8}T\d{6}\.\d{6}Z)\.wal")
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

    shelf: Shelf
    name: str
    told: JsonObject

    @property
    def folder(self) -> str:
        return f"{FOLDER}/{self.name}"

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
    #: Whether files came with it.
    packed: bool = field(default=False, compare=False)

    @property
    def stem(self) -> str:
        return f"{self.start:016X}-{self.end:016X}-{self.at.astimezone(UTC).strftime(_AT)}"

    def path(self, kind: str) -> str:
        return f"{self.line.folder}/{self.stem}{kind}"

    def address(self, kind: str) -> str:
        return f"{self.line.shelf.address}/{self.path(kind)}"


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


def begin_line(shelf: Shelf, start: Place, now: datetime, passphrase: str | None) -> tuple[Line, bytes | None]:
    """A new line from a place on, and what encrypts it."""
    there = shelf.names(FOLDER)
    while (name := backup_folders.name_at(now)) in there:
        now += timedelta(seconds=1)
    key, sealed = backup_folders.new_seal(passphrase)
    told = {"form": FORM, "name": name, "system": start.system, "timeline": start.timeline, "start": start.lsn}
    told = backup_folders.signed(key, {**told, "begun_at": now.isoformat(), "sealed": sealed})
    line = Line(shelf=shelf, name=name, told=told)
    shelf.write(f"{line.folder}/{LINE}", [json_lines(told)])
    return line, key


def list_lines(shelf: Shelf) -> list[Line]:
    """All lines, the newest last; what says nothing of itself is none."""
    found, names = [], sorted(one for one in shelf.names(FOLDER) if one[0].isdigit())
    for name, said in zip(names, shelf.small([f"{FOLDER}/{name}/{LINE}" for name in names]), strict=True):
        try:
            told = json.loads(said or b"")
            line = Line(shelf=shelf, name=name, told=told)
            if told["form"] == FORM and line.start.lsn >= 0 and "sealed" in told:
                found.append(line)
        except (ValueError, KeyError, TypeError):
            continue
    return found


def open_line(line: Line, passphrase: str | None) -> bytes | None:
    """What opens its files; None where they are plain. Raises BackupUnusable."""
    return backup_folders.open_sealed(line.folder, line.told, passphrase)


def pieces_of(line: Line) -> list[Piece]:
    """The pieces of a line in their order."""
    found, names = [], line.shelf.names(line.folder)
    for one in names:
        if (name := _NAME.fullmatch(one)) is None:
            continue
        at = datetime.strptime(name[3], _AT).replace(tzinfo=UTC)
        packed = one.removesuffix(LOG) + FILES in names
        found.append(Piece(line=line, start=int(name[1], 16), end=int(name[2], 16), at=at, packed=packed))
    return sorted(found, key=lambda one: (one.start, one.end, one.at))


@contextmanager
def alone(shelf: Shelf) -> Iterator[bool]:
    """Whether nobody else archives the log there just now; nobody will until the end."""
    with shelf.alone(FOLDER) as is_alone:
        if is_alone:
            shelf.clear(lambda path: path.startswith(f"{FOLDER}/"))
        yield is_alone


# --- files -----------------------------------------------------------------------------------------------------------


def write(piece: Piece, kind: str, key: bytes | None, content: Iterable[bytes]) -> None:
    """One file of a piece: when this returns it is kept."""
    pieces: Iterable[bytes] = packing.packed(content)
    if key is not None:
        pieces = seal(key, piece.path(kind), pieces)
    piece.line.shelf.write(piece.path(kind), pieces)


def read(piece: Piece, kind: str, key: bytes | None) -> Iterator[bytes]:
    """What is in it. Raises BackupUnusable, where it is damaged, not here, or another's."""
    address = piece.address(kind)
    try:
        pieces = piece.line.shelf.read(piece.path(kind))
        if key is not None:
            pieces = unseal(key, piece.path(kind), pieces)
        yield from packing.unpacked(pieces)
    except OSError as fault:
        raise BackupUnusable(f"{address} cannot be read: {fault.strerror}.") from fault
    except FileDamaged as fault:
        raise BackupUnusable(f"{address} was changed since it was written, or is another's.") from fault
    except BackupUnusable as fault:
        raise BackupUnusable(f"{address} cannot be used: {fault.details['why']}") from fault


def keep_state(shelf: Shelf, line: Line, lsn: int, reached: datetime, key: bytes | None) -> None:
    """Note up to where, and until when, everything is here."""
    told: JsonObject = {"line": line.name, "lsn": lsn, "reached_at": reached.isoformat()}
    shelf.write(_STATE, [json_lines(backup_folders.signed(key, told))])


def read_state(shelf: Shelf) -> JsonObject | None:
    """What was noted last; None where nothing was, or nothing that can be read."""
    (said,) = shelf.small([_STATE])
    try:
        told: JsonObject = json.loads(said or b"")
        if datetime.fromisoformat(str(told["reached_at"])).tzinfo is None or int(str(told["lsn"])) < 0:
            return None
        str(told["line"])
    except (ValueError, KeyError, TypeError):
        return None
    return told


def reached_at(shelf: Shelf) -> datetime | None:
    """Until when everything is in the archive, as was noted last."""
    state = read_state(shelf)
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


def follow(shelf: Shelf, place: Place, to: datetime | None, passphrase: str | None) -> Followed:
    """The log from a place on: until `to`, or as far as there is any without a gap. Raises BackupUnusable for what cannot be opened."""
    lines = [
        one for one in list_lines(shelf) if (one.start.system, one.start.timeline) == (place.system, place.timeline)
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
    return Followed(pieces=tuple(taken), reached=_noted(shelf, lines, cursor, passphrase) or reached, again=None)


def faults_of(found: Followed, passphrase: str | None) -> list[str]:
    """What of these files cannot be read to its end, or is not as long as it is called."""
    faults = []
    for piece in found.pieces:
        try:
            key = open_line(piece.line, passphrase)
            if sum(len(some) for some in read(piece, LOG, key)) != piece.end - piece.start:
                faults.append(f"{piece.address(LOG)} is not as long as it is called.")
            for _ in read(piece, FILES, key) if piece.packed else ():
                pass
        except BackupUnusable as fault:
            faults.append(fault.message)
    return faults


def lacks_base(shelf: Shelf, every: Sequence[Backup]) -> bool:
    """Whether what the newest line has cannot be used, since no base is of it."""
    lines = list_lines(shelf)
    places = [place_of(one) for one in every]
    return bool(lines) and not any(place is not None and lines[-1].has(place) for place in places)


def _noted(shelf: Shelf, lines: Sequence[Line], lsn: int, passphrase: str | None) -> datetime | None:
    """Until when nothing more was done after this place, as was noted: whoever works not writes no log."""
    state = read_state(shelf)
    line = next((one for one in lines if state and one.name == state["line"]), None)
    if state is None or line is None or int(str(state["lsn"])) != lsn:
        return None
    key = open_line(line, passphrase)
    if key is not None and not backup_folders.is_signed(key, state):
        raise BackupUnusable(f"{shelf.address}/{_STATE} was changed since it was written.")
    return datetime.fromisoformat(str(state["reached_at"]))


# --- pruning ---------------------------------------------------------------------------------------------------------


def prune(shelf: Shelf, *, days: int) -> int:
    """Take away what no base needs that is kept for its day; gives how many files. A base that is kept for its week comes back as of its
    own end. What the newest line has last stays, since it goes on from there; and all of it where no base is of it."""
    every = backup_folders.list_backups(shelf)
    kept = backup_folders.newest_of([one for one in every if one.is_good], "%Y-%m-%d", days)
    first = min((one.made_at for one in every if one.name in kept), default=None)
    if first is None:
        return 0
    places = [place_of(one) for one in every if one.made_at >= first]
    return _prune(shelf, [one for one in places if one is not None])


def _prune(shelf: Shelf, bases: Sequence[Place]) -> int:
    count, lines = 0, list_lines(shelf)
    for line in lines:
        newest = line is lines[-1]
        own = [one.lsn for one in bases if (one.system, one.timeline) == (line.start.system, line.start.timeline)]
        if newest and not own:
            continue
        pieces = pieces_of(line)
        gone = [one for one in pieces if not own or one.end <= min(own)]
        taken = gone[:-1] if newest and gone == pieces else gone
        # The log first: what is left without it is no piece.
        shelf.remove(logs := [one.path(LOG) for one in taken])
        shelf.remove(files := [one.path(FILES) for one in taken if one.packed])
        count += len(logs) + len(files)
        if not newest and gone == pieces:
            shelf.remove([f"{line.folder}/{LINE}"])
            shelf.remove_below(line.folder)
    return count

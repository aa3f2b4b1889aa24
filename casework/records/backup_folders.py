"""A backup: one folder with a few files and a manifest that says what is in each, on a disk or in a bucket (`backup_shelves`).

The manifest comes last: whoever is killed before it leaves no backup, and a mark by which the next one clears it away.
With a passphrase its files are sealed as documents are (`records.blob_store`), and the manifest is signed with the same key, so that no
file of one backup passes for another's. That it was restored and proved stands beside it, in a file that counts for this manifest alone.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from casework.errors import BackupUnusable, FileDamaged
from casework.json_values import JsonObject
from casework.records.backup_shelves import Shelf
from casework.records.blob_store import seal, unseal
from casework.settings import Settings

MANIFEST, PROOF = "manifest.json", "proof.json"
#: Beside files that are no backup yet, or none any more: who makes it, and since when.
HALF = "half.json"
#: So long it may take to make one; what another machine began before that is dead.
LONGEST = timedelta(hours=6)
#: Of a dump, and of a base: what an earlier release does not know it leaves alone.
FORM, BASE_FORM = 1, 2
SHORTEST_KEY = 20
#: scrypt: 64 MB and a fifth of a second for each passphrase that somebody tries.
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1}
#: A good backup that is older than so many times the hours between two is told as late.
LATE_FACTOR = 1.5
_NAME = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class Backup:
    """One that has its manifest."""

    shelf: Shelf
    name: str
    manifest: JsonObject
    #: When and how it was restored and proved; None where nobody has, or where that was another manifest.
    proof: JsonObject | None

    @property
    def address(self) -> str:
        return f"{self.shelf.address}/{self.name}"

    @property
    def made_at(self) -> datetime:
        return datetime.fromisoformat(str(self.manifest["made_at"]))

    @property
    def base(self) -> JsonObject | None:
        """Of a base what it is of: server, timeline, and from where to where in the log; None of a dump."""
        told = self.manifest.get("base")
        return told if isinstance(told, dict) else None

    @property
    def is_good(self) -> bool:
        return self.proof is not None and self.proof["faults"] == []


def name_at(moment: datetime) -> str:
    """What a backup of this moment is called."""
    return moment.astimezone(UTC).strftime(_NAME)


# --- making ----------------------------------------------------------------------------------------------------------


class Half:
    """A backup that is being made."""

    def __init__(self, shelf: Shelf, name: str, passphrase: str | None) -> None:
        self.shelf, self.name = shelf, name
        self._key, self._sealed = new_seal(passphrase)
        self._files: dict[str, JsonObject] = {}

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """One file of it, sealed where there is a passphrase."""
        if self._key is not None:
            pieces = seal(self._key, f"{self.name}/{name}", pieces)
        digest, size = hashlib.sha256(), 0

        def counted() -> Iterator[bytes]:
            nonlocal size
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                yield piece

        self.shelf.write(f"{self.name}/{name}", counted())
        self._files[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def manifest(self, told: JsonObject) -> JsonObject:
        """What it is said to be, signed where there is a passphrase."""
        return signed(
            self._key, {"form": _form_of(told), "name": self.name, **told, "files": self._files, "sealed": self._sealed}
        )


def _form_of(told: JsonObject) -> int:
    return BASE_FORM if "base" in told else FORM


@contextmanager
def making(shelf: Shelf, name: str, passphrase: str | None) -> Iterator[Half]:
    """A backup to fill; what was begun and not ended is taken away. Raises BackupUnusable where there is one of this name, or another
    machine makes one."""
    there = shelf.names()
    if name in there:
        raise BackupUnusable(f"{shelf.address}/{name} is there already: wait a second.")
    _clear_halves(shelf, sorted(one for one in there if one[0].isdigit()))
    # Of the log that is archived beside, whoever archives it clears what is left.
    shelf.clear(lambda path: path[:1].isdigit())
    _mark(shelf, name)
    try:
        yield Half(shelf, name, passphrase)
    except BaseException:
        _take_away(shelf, name)
        raise


def _mark(shelf: Shelf, name: str) -> None:
    _write_json(shelf, f"{name}/{HALF}", {"by": shelf.me, "at": datetime.now(UTC).isoformat()})


def _clear_halves(shelf: Shelf, names: Sequence[str]) -> None:
    """Take away what is marked as half; where it has its manifest, only the mark."""
    marks = shelf.small([f"{name}/{HALF}" for name in names])
    for name, mark in zip(names, marks, strict=True):
        if mark is None:
            continue
        if shelf.has(f"{name}/{MANIFEST}"):
            shelf.remove([f"{name}/{HALF}"])
        elif (until := _at_work_until(shelf, mark)) is None:
            _take_away(shelf, name)
        else:
            raise BackupUnusable(
                f"another machine makes {name} in {shelf.address} just now: wait until it is over. If that machine was killed, take away"
                f" {name} there, or wait until {until.isoformat(timespec='minutes')}."
            )


def _at_work_until(shelf: Shelf, mark: bytes) -> datetime | None:
    """How long whoever wrote a mark may still be at it; None where nobody is: this one holds the lock."""
    try:
        told = json.loads(mark)
        until = datetime.fromisoformat(told["at"]) + LONGEST
        return until if told["by"] != shelf.me and until > datetime.now(UTC) else None
    except (ValueError, KeyError, TypeError):
        return None


def _take_away(shelf: Shelf, name: str) -> None:
    shelf.remove_below(name, last=HALF)


def finish(half: Half, manifest: JsonObject) -> Backup:
    """Write the manifest: from here on it is a backup."""
    _write_json(half.shelf, f"{half.name}/{MANIFEST}", manifest)
    half.shelf.remove([f"{half.name}/{HALF}"])
    return Backup(shelf=half.shelf, name=half.name, manifest=manifest, proof=None)


def keep_proof(backup: Backup, told: JsonObject, key: bytes | None) -> Backup:
    """Note that it was restored, and what came of it."""
    (manifest,) = backup.shelf.small([f"{backup.name}/{MANIFEST}"])
    proof = signed(key, {"manifest": _digest(manifest or b""), **told})
    _write_json(backup.shelf, f"{backup.name}/{PROOF}", proof)
    return replace(backup, proof=proof)


@contextmanager
def alone(shelf: Shelf) -> Iterator[None]:
    """One program at a time makes, proves and prunes backups here. Raises BackupUnusable where another is at it."""
    with shelf.alone() as is_alone:
        if not is_alone:
            raise BackupUnusable(
                f"somebody else makes or proves a backup in {shelf.address} just now: wait until it is over."
            )
        yield


def _write_json(shelf: Shelf, name: str, content: JsonObject) -> None:
    shelf.write(name, [json_lines(content)])


def json_lines(content: JsonObject) -> bytes:
    """As people read it."""
    return f"{json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True)}\n".encode()


# --- reading ---------------------------------------------------------------------------------------------------------


def read_backup(shelf: Shelf, name: str) -> Backup:
    """What a folder says of itself. Raises BackupUnusable where it is no backup, or one of a later form."""
    manifest, proof = shelf.small([f"{name}/{MANIFEST}", f"{name}/{PROOF}"])
    return _read(shelf, name, manifest, proof)


def named_itself(shelf: Shelf) -> Backup | None:
    """The backup that this is the folder of; None where it is none. Raises BackupUnusable."""
    if (parted := shelf.parted()) is None or not shelf.has(MANIFEST):
        return None
    return read_backup(*parted)


def _read(shelf: Shelf, name: str, said: bytes | None, proof: bytes | None) -> Backup:
    address = f"{shelf.address}/{name}"
    try:
        if said is None:
            raise ValueError("it is not there")
        manifest = json.loads(said)
        datetime.fromisoformat(manifest["made_at"])
        files = {str(name): (int(one["bytes"]), str(one["sha256"])) for name, one in manifest["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BackupUnusable(f"{address} is no backup: its {MANIFEST} cannot be read ({fault}).") from fault
    if manifest.get("form") != _form_of(manifest):
        raise BackupUnusable(f"{address} was made by another release, which can read it.")
    if any("/" in name or name.startswith(".") for name in files):
        raise BackupUnusable(f"{address} names files that are not its own.")
    return Backup(shelf=shelf, name=name, manifest=manifest, proof=_read_proof(_digest(said), proof))


def _read_proof(digest: str, said: bytes | None) -> JsonObject | None:
    try:
        proof: JsonObject = json.loads(said or b"")
        good = proof["manifest"] == digest and isinstance(proof["faults"], list)
        datetime.fromisoformat(str(proof["at"]))
    except (ValueError, KeyError, TypeError):
        return None
    return proof if good else None


def _digest(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()


def list_backups(shelf: Shelf) -> list[Backup]:
    """Those that are there, the newest first; what is half, or none, is left out. Raises BackupUnusable where it cannot be asked."""
    found, names = [], sorted(one for one in shelf.names() if one[0].isdigit())
    said = shelf.small([f"{name}/{one}" for name in names for one in (MANIFEST, PROOF)])
    for place, name in enumerate(names):
        try:
            found.append(_read(shelf, name, said[2 * place], said[2 * place + 1]))
        except BackupUnusable:
            continue
    return sorted(found, key=lambda one: (one.made_at, one.name), reverse=True)


def open_key(backup: Backup, passphrase: str | None) -> bytes | None:
    """What opens its files; None where they are plain. Raises BackupUnusable: no passphrase, another one, or a manifest that is not
    the one that was signed with it."""
    return open_sealed(backup.name, backup.manifest, passphrase)


def open_sealed(name: str, told: JsonObject, passphrase: str | None) -> bytes | None:
    """The same for whatever says of itself what it is encrypted with."""
    sealed: Any = told["sealed"]
    if sealed is None:
        return None
    if not passphrase:
        raise BackupUnusable(f"{name} is encrypted: set CASEWORK_BACKUP_KEY to its passphrase.")
    try:
        key = derive(passphrase, bytes.fromhex(sealed["salt"]))
        same = hmac.compare_digest(_check(key), str(sealed["check"]))
    except (KeyError, TypeError, ValueError) as fault:
        raise BackupUnusable(f"{name}: its manifest was changed.") from fault
    if not same:
        raise BackupUnusable(f"{name} was encrypted with another passphrase than CASEWORK_BACKUP_KEY.")
    if not is_signed(key, told):
        raise BackupUnusable(f"{name}: its manifest was changed since it was made.")
    return key


def faults_of_files(backup: Backup) -> list[str]:
    """What of its files is missing, cut or changed, by length and SHA-256."""
    faults = []
    files: Any = backup.manifest["files"]
    for name, told in sorted(files.items()):
        digest = hashlib.sha256()
        try:
            size = backup.shelf.size(f"{backup.name}/{name}")
            if size != told["bytes"]:
                faults.append(f"{name} has {size} bytes, and {told['bytes']} were written.")
                continue
            for piece in backup.shelf.read(f"{backup.name}/{name}"):
                digest.update(piece)
        except OSError as fault:
            faults.append(f"{name} cannot be read: {fault.strerror}.")
            continue
        if digest.hexdigest() != told["sha256"]:
            faults.append(f"{name} was changed since it was written.")
    return faults


def read_file(backup: Backup, name: str, key: bytes | None) -> Iterator[bytes]:
    """What is in one of its files, opened. Raises BackupUnusable."""
    pieces = backup.shelf.read(f"{backup.name}/{name}")
    if key is None:
        yield from pieces
        return
    try:
        yield from unseal(key, f"{backup.manifest['name']}/{name}", pieces)
    except FileDamaged as fault:
        raise BackupUnusable(f"{name} of {backup.name} was changed, or is another backup's.") from fault


# --- keys ------------------------------------------------------------------------------------------------------------


def new_seal(passphrase: str | None) -> tuple[bytes | None, JsonObject | None]:
    """A key of a passphrase, and what is told of it, by which the same passphrase is known again."""
    if not passphrase:
        return None, None
    salt = os.urandom(16)
    key = derive(passphrase, salt)
    return key, {"salt": salt.hex(), "scrypt": dict(_SCRYPT), "check": _check(key)}


@cache
def derive(passphrase: str, salt: bytes) -> bytes:
    """The key of one backup. Raises BackupUnusable for a passphrase that is too short to be one."""
    if len(passphrase) < SHORTEST_KEY:
        raise BackupUnusable(f"CASEWORK_BACKUP_KEY needs {SHORTEST_KEY} characters or more.")
    return Scrypt(salt=salt, length=32, **_SCRYPT).derive(passphrase.encode())


def signed(key: bytes | None, content: JsonObject) -> JsonObject:
    """The same with a MAC over all of it, where there is a key."""
    return {**content, "mac": _mac(key, content) if key else None}


def is_signed(key: bytes, content: JsonObject) -> bool:
    """Whether this key's MAC is over all of it."""
    rest = {name: value for name, value in content.items() if name != "mac"}
    return hmac.compare_digest(_mac(key, rest), str(content.get("mac")))


def _mac(key: bytes, content: JsonObject) -> str:
    said = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key, b"casework backup " + said.encode(), hashlib.sha256).hexdigest()


def _check(key: bytes) -> str:
    return hmac.new(key, b"casework backup key", hashlib.sha256).hexdigest()


# --- how old the last one is ----------


def last_good(shelf: Shelf) -> Backup | None:
    """The newest that was proved."""
    return next((one for one in list_backups(shelf) if one.is_good), None)


def is_due(settings: Settings, shelf: Shelf, now: datetime) -> bool:
    """Whether the worker is to make one: the last one, good or not, is old enough."""
    every = list_backups(shelf)
    return not every or (now - every[0].made_at).total_seconds() >= settings.backup_hours * 3600


def is_late(settings: Settings, good: Backup | None, now: datetime) -> bool:
    """Whether the last good one is older than it may be."""
    return good is None or (now - good.made_at).total_seconds() > LATE_FACTOR * settings.backup_hours * 3600


# --- pruning ---------------------------------------------------------------------------------------------------------


def prune(shelf: Shelf, *, days: int, weeks: int) -> list[str]:
    """Take away what is not kept; gives the names. Kept is the newest good one of each of the last days and weeks that have one; what is
    not good stays until a newer one is."""
    every = list_backups(shelf)
    good = [one for one in every if one.is_good]
    kept = {*newest_of(good, "%Y-%m-%d", days), *newest_of(good, "%G-%V", weeks)}
    gone = [one for one in every if one.name not in kept and good and one.made_at <= good[0].made_at]
    for one in gone:
        # Without its manifest it is none any more, however far this gets; and by its mark the next one goes on.
        _mark(shelf, one.name)
        shelf.remove([f"{one.name}/{MANIFEST}"])
        _take_away(shelf, one.name)
    return [one.name for one in gone]


def newest_of(good: list[Backup], form: str, most: int) -> list[str]:
    """The names of the newest of each day or week, by how its time is written; of so many."""
    newest: dict[str, str] = {}
    for one in good:
        newest.setdefault(one.made_at.astimezone(UTC).strftime(form), one.name)
    return list(newest.values())[:most]

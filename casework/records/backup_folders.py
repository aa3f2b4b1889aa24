"""A backup on disk: one folder with a few files and a manifest that says what is in each.

It grows in a folder that is called half, and gets its name when all of it is on the disk: whoever is killed meanwhile leaves no backup.
With a passphrase its files are sealed as documents are (`records.blob_store`), and the manifest is signed with the same key, so that no
file of one backup passes for another's. That it was restored and proved stands beside it, in a file that counts for this manifest alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from casework.errors import BackupUnusable, FileDamaged
from casework.json_values import JsonObject
from casework.records.blob_store import seal, unseal
from casework.records.durable import make_folder, sync
from casework.settings import Settings

MANIFEST, PROOF = "manifest.json", "proof.json"
#: Of a dump, and of a base: what an earlier release does not know it leaves alone.
FORM, BASE_FORM = 1, 2
SHORTEST_KEY = 20
_HALF = ".half-"
_LOCK = ".lock"
_PIECE = 1 << 17
#: scrypt: 64 MB and a fifth of a second for each passphrase that somebody tries.
_SCRYPT = {"n": 1 << 16, "r": 8, "p": 1}
#: A good backup that is older than so many times the hours between two is told as late.
LATE_FACTOR = 1.5
_NAME = "%Y-%m-%dT%H%M%SZ"


@dataclass(frozen=True, kw_only=True)
class Backup:
    """One that has its name."""

    folder: Path
    manifest: JsonObject
    #: When and how it was restored and proved; None where nobody has, or where that was another manifest.
    proof: JsonObject | None

    @property
    def name(self) -> str:
        return self.folder.name

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

    def __init__(self, folder: Path, name: str, passphrase: str | None) -> None:
        self.folder, self.name = folder, name
        self._key, self._sealed = new_seal(passphrase)
        self._files: dict[str, JsonObject] = {}

    def write(self, name: str, pieces: Iterable[bytes]) -> None:
        """One file of it, sealed where there is a passphrase."""
        if self._key is not None:
            pieces = seal(self._key, f"{self.name}/{name}", pieces)
        digest, size = hashlib.sha256(), 0
        with (self.folder / name).open("xb") as file:
            for piece in pieces:
                digest.update(piece)
                size += file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        self._files[name] = {"bytes": size, "sha256": digest.hexdigest()}

    def manifest(self, told: JsonObject) -> JsonObject:
        """What it is said to be, signed where there is a passphrase."""
        return signed(
            self._key, {"form": _form_of(told), "name": self.name, **told, "files": self._files, "sealed": self._sealed}
        )


def _form_of(told: JsonObject) -> int:
    return BASE_FORM if "base" in told else FORM


@contextmanager
def making(root: Path, name: str, passphrase: str | None) -> Iterator[Half]:
    """A folder to fill; what was begun and not ended is taken away. Raises BackupUnusable where there is one of this name."""
    if (root / name).exists():
        raise BackupUnusable(f"{root / name} is there already: wait a second.")
    for left in root.glob(f"{_HALF}*"):
        shutil.rmtree(left, ignore_errors=True)
    folder = root / f"{_HALF}{name}"
    folder.mkdir(mode=0o700)
    try:
        yield Half(folder, name, passphrase)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def finish(half: Half, manifest: JsonObject) -> Backup:
    """Write the manifest, and give it its name: from here on it is a backup."""
    write_whole(half.folder / MANIFEST, manifest)
    folder = half.folder.parent / half.name
    os.rename(half.folder, folder)
    sync(folder.parent)
    return Backup(folder=folder, manifest=manifest, proof=None)


def keep_proof(backup: Backup, told: JsonObject, key: bytes | None) -> Backup:
    """Note that it was restored, and what came of it."""
    proof = signed(key, {"manifest": _digest_of(backup.folder), **told})
    write_whole(backup.folder / PROOF, proof)
    return Backup(folder=backup.folder, manifest=backup.manifest, proof=proof)


@contextmanager
def alone(root: Path) -> Iterator[None]:
    """One program at a time makes, proves and prunes backups of a folder. Raises BackupUnusable where another is at it."""
    make_folder(root, 0o700)
    with (root / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as fault:
            raise BackupUnusable(
                f"somebody else makes or proves a backup in {root} just now: wait until it is over."
            ) from fault
        yield


def write_whole(path: Path, content: JsonObject) -> None:
    """A file of JSON: all of it or, whoever is killed, the one before."""
    beside = path.with_name(f".{path.name}")
    with beside.open("w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, path)
    sync(path.parent)


# --- reading ---------------------------------------------------------------------------------------------------------


def read_backup(folder: Path) -> Backup:
    """What a folder says of itself. Raises BackupUnusable where it is no backup, or one of a later form."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        datetime.fromisoformat(manifest["made_at"])
        files = {str(name): (int(one["bytes"]), str(one["sha256"])) for name, one in manifest["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise BackupUnusable(f"{folder} is no backup: its {MANIFEST} cannot be read ({fault}).") from fault
    if manifest.get("form") != _form_of(manifest):
        raise BackupUnusable(f"{folder} was made by another release, which can read it.")
    if any("/" in name or name.startswith(".") for name in files):
        raise BackupUnusable(f"{folder} names files that are not its own.")
    return Backup(folder=folder, manifest=manifest, proof=_read_proof(folder))


def _read_proof(folder: Path) -> JsonObject | None:
    try:
        proof: JsonObject = json.loads((folder / PROOF).read_text("utf-8"))
        good = proof["manifest"] == _digest_of(folder) and isinstance(proof["faults"], list)
        datetime.fromisoformat(str(proof["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return proof if good else None


def _digest_of(folder: Path) -> str:
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def list_backups(root: Path) -> list[Backup]:
    """Those of a folder, the newest first; what is half, or none, is left out."""
    found = []
    for manifest in root.glob(f"[0-9]*/{MANIFEST}"):
        try:
            found.append(read_backup(manifest.parent))
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
            size = (backup.folder / name).stat().st_size
            if size != told["bytes"]:
                faults.append(f"{name} has {size} bytes, and {told['bytes']} were written.")
                continue
            for piece in _pieces(backup.folder / name):
                digest.update(piece)
        except OSError as fault:
            faults.append(f"{name} cannot be read: {fault.strerror}.")
            continue
        if digest.hexdigest() != told["sha256"]:
            faults.append(f"{name} was changed since it was written.")
    return faults


def read_file(backup: Backup, name: str, key: bytes | None) -> Iterator[bytes]:
    """What is in one of its files, opened. Raises BackupUnusable."""
    pieces = _pieces(backup.folder / name)
    if key is None:
        yield from pieces
        return
    try:
        yield from unseal(key, f"{backup.manifest['name']}/{name}", pieces)
    except FileDamaged as fault:
        raise BackupUnusable(f"{name} of {backup.name} was changed, or is another backup's.") from fault


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


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


def last_good(root: Path) -> Backup | None:
    """The newest that was proved."""
    return next((one for one in list_backups(root) if one.is_good), None)


def is_due(settings: Settings, now: datetime) -> bool:
    """Whether the worker is to make one: the last one, good or not, is old enough."""
    if settings.backup_folder is None:
        return False
    every = list_backups(settings.backup_folder)
    return not every or (now - every[0].made_at).total_seconds() >= settings.backup_hours * 3600


def is_late(settings: Settings, good: Backup | None, now: datetime) -> bool:
    """Whether the last good one is older than it may be."""
    return good is None or (now - good.made_at).total_seconds() > LATE_FACTOR * settings.backup_hours * 3600


# --- pruning ---------------------------------------------------------------------------------------------------------


def prune(root: Path, *, days: int, weeks: int) -> list[str]:
    """Take away what is not kept; gives the names. Kept is the newest good one of each of the last days and weeks that have one; what is
    not good stays until a newer one is."""
    every = list_backups(root)
    good = [one for one in every if one.is_good]
    kept = {*newest_of(good, "%Y-%m-%d", days), *newest_of(good, "%G-%V", weeks)}
    gone = [one for one in every if one.name not in kept and good and one.made_at <= good[0].made_at]
    for one in gone:
        # Without its manifest it is none any more, however far this gets.
        (one.folder / MANIFEST).unlink()
        shutil.rmtree(one.folder)
    return [one.name for one in gone]


def newest_of(good: list[Backup], form: str, most: int) -> list[str]:
    """The names of the newest of each day or week, by how its time is written; of so many."""
    newest: dict[str, str] = {}
    for one in good:
        newest.setdefault(one.made_at.astimezone(UTC).strftime(form), one.name)
    return list(newest.values())[:most]

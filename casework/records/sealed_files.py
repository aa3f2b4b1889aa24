"""Sealed files of the archive: the whole file of a case, encrypted, in one file of a folder that says of itself what it holds.

    casework sealed file 1
    {"case": …}             one line of JSON: the manifest, which has no word of the case
    …                       the case file, sealed as documents are (`records.blob_store`) with a key of its own

A file is called by the log of its case and by the SHA-256 of its bytes, which an event of the case names. It grows beside under another
name, and gets this one when all of it is on the disk: whoever is killed meanwhile leaves nothing that counts.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from casework.errors import FileDamaged, FileMissing
from casework.json_values import JsonObject
from casework.records.blob_store import seal, unseal
from casework.records.durable import make_folder, sync

SUFFIX = ".sealed"
_FORM = b"casework sealed file 1\n"
_HALF = ".half-"
_NAME = re.compile(r"[0-9a-f-]{36}\.[0-9a-f]{64}\.sealed")
_PIECE = 1 << 17
#: What no manifest has more of.
_LONGEST = 65_536


@dataclass(frozen=True, slots=True)
class SealedFile:
    """One that lies in the folder."""

    path: Path
    manifest: JsonObject

    @property
    def log(self) -> str:
        return self.path.name.partition(".")[0]

    @property
    def name(self) -> str:
        """The SHA-256 of its bytes, as it is called."""
        return self.path.name.removesuffix(SUFFIX).partition(".")[2]

    def digest(self) -> str:
        """The SHA-256 of its bytes, as they are. Raises FileMissing."""
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as fault:
            raise FileMissing from fault

    def pieces(self, key: bytes) -> Iterator[bytes]:
        """What is sealed within. Raises FileMissing, and FileDamaged where it was changed or cut off, or the key is another."""
        try:
            with self.path.open("rb") as file:
                line = _head(file.readline(len(_FORM)), file.readline(_LONGEST))
                yield from unseal(key, _place(line), iter(lambda: file.read(_PIECE), b""))
        except OSError as fault:
            raise FileMissing from fault


def write_sealed(root: Path, log: str, manifest: JsonObject, key: bytes, pieces: Iterable[bytes]) -> SealedFile:
    """Seal pieces into a file of the folder. Nobody else writes one of this log meanwhile; what somebody began and did not end is
    taken away."""
    make_folder(root, 0o700)
    line = json.dumps(manifest, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"
    half, digest = root / f"{_HALF}{log}", hashlib.sha256()
    _write(half, _counted(digest, chain((_FORM, line), seal(key, _place(line), pieces))))
    path = root / f"{log}.{digest.hexdigest()}{SUFFIX}"
    _name(half, path)
    return SealedFile(path, manifest)


def _counted(digest: Any, pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        digest.update(piece)
        yield piece


def _write(half: Path, pieces: Iterable[bytes]) -> None:
    """Write a new file, for its owner alone, until all of it is on the disk."""
    half.unlink(missing_ok=True)
    with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


def _name(half: Path, path: Path) -> None:
    """Give it its name, and see that this is on the disk too."""
    os.replace(half, path)
    for folder in (path.parent, path.parent.parent):
        sync(folder)


def read_sealed(path: Path) -> SealedFile:
    """What a file says of itself. Raises FileMissing, and FileDamaged where it is none."""
    try:
        with path.open("rb") as file:
            line = _head(file.readline(len(_FORM)), file.readline(_LONGEST))
    except OSError as fault:
        raise FileMissing from fault
    try:
        manifest = json.loads(line)
    except ValueError as fault:
        raise FileDamaged from fault
    if not isinstance(manifest, dict):
        raise FileDamaged
    return SealedFile(path, manifest)


def find_sealed(root: Path, log: str, digest: str) -> SealedFile:
    """The file of a case that an event names. Raises FileMissing and FileDamaged."""
    return read_sealed(root / f"{log}.{digest}{SUFFIX}")


def list_sealed(root: Path, log: str = "") -> list[Path]:
    """All files of the folder, or those of one log, by their names."""
    return sorted(path for path in root.glob(f"{log}*{SUFFIX}") if not path.name.startswith("."))


def read_all(root: Path) -> Iterator[tuple[str, int, Iterator[bytes]]]:
    """Every file by its name, as it lies there: how long it is, and its bytes."""
    for path in list_sealed(root):
        with suppress(FileNotFoundError), path.open("rb") as file:
            yield path.name, os.fstat(file.fileno()).st_size, iter(lambda: file.read(_PIECE), b"")


def put_back(root: Path, name: str, pieces: Iterable[bytes]) -> None:
    """Put a file there as it was, all of it or none. Raises FileDamaged for what has no name of one."""
    if not _NAME.fullmatch(name):
        raise FileDamaged
    make_folder(root, 0o700)
    half = root / f"{_HALF}{name.partition('.')[0]}"
    _write(half, pieces)
    _name(half, root / name)


def _head(form: bytes, line: bytes) -> bytes:
    if form != _FORM or not line.endswith(b"\n"):
        raise FileDamaged
    return line


def _place(line: bytes) -> str:
    """So that no manifest stands before another file's content."""
    return f"archive {hashlib.sha256(line).hexdigest()}"


__all__ = ["SUFFIX", "SealedFile", "find_sealed", "list_sealed", "put_back", "read_all", "read_sealed", "write_sealed"]

"""Many files as one stream of bytes, in the form of tar, and back: nothing of it lies in memory whole."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterable, Iterator
from io import RawIOBase
from pathlib import Path
from typing import IO

from casework.errors import BackupUnusable

_BLOCK = tarfile.BLOCKSIZE
_PIECE = 1 << 16


def write_tar(files: Iterable[tuple[str, int, Iterable[bytes]]]) -> Iterator[bytes]:
    """Each file by its name, how long it is, and its bytes. Raises BackupUnusable where one is not as long as it was said to be."""
    for name, size, pieces in files:
        head = tarfile.TarInfo(name)
        head.size, head.mode = size, 0o600
        yield head.tobuf(tarfile.PAX_FORMAT)
        written = 0
        for piece in pieces:
            written += len(piece)
            yield piece
        if written != size:
            raise BackupUnusable(f"{name} has changed while it was read.")
        yield bytes(-size % _BLOCK)
    yield bytes(2 * _BLOCK)


def read_tar(pieces: Iterable[bytes]) -> Iterator[tuple[str, Iterator[bytes]]]:
    """The files in their order; the bytes of each are read before the next. Raises BackupUnusable where it is cut off."""
    try:
        with tarfile.open(fileobj=_Reader(pieces), mode="r|") as tar:
            for member in tar:
                file = tar.extractfile(member) if member.isfile() else None
                if file is None:
                    raise BackupUnusable(f"{member.name} is no file.")
                yield member.name, _content(file)
    except tarfile.TarError as fault:
        raise BackupUnusable(f"the files of documents are damaged: {fault}.") from fault


def unpack_tar(pieces: Iterable[bytes], folder: Path, then: Callable[[Path], None]) -> None:
    """Lay out folders and files below this folder, and do something with each. Raises BackupUnusable where it is cut off, or would write
    anywhere else."""
    try:
        with tarfile.open(fileobj=_Reader(pieces), mode="r|") as tar:
            for member in tar:
                if not member.isdir() and not member.isfile():
                    raise BackupUnusable(f"{member.name} is neither a file nor a folder.")
                if member.name.startswith("/") or ".." in member.name.split("/"):
                    raise BackupUnusable(f"{member.name} lies outside.")
                tar.extract(member, folder, filter="data")
                path = folder / member.name
                path.chmod(0o700 if member.isdir() else 0o600)
                then(path)
    except tarfile.TarError as fault:
        raise BackupUnusable(f"the copy of the server is damaged: {fault}.") from fault


def _content(file: IO[bytes]) -> Iterator[bytes]:
    try:
        while piece := file.read(_PIECE):
            yield piece
    except tarfile.TarError as fault:
        raise BackupUnusable(f"the files of documents are damaged: {fault}.") from fault


class _Reader(RawIOBase):
    """Pieces of any length as a file that is read from its beginning to its end."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._held = bytearray()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        size = len(self._held) if size < 0 else size
        taken = bytes(self._held[:size])
        del self._held[:size]
        return taken

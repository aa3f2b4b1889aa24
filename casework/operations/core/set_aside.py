"""Bytes that are set aside in a file before they are sent: however many there are, few of them are in memory at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO
from weakref import finalize

_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class SetAside:
    """What was set aside, to be read once: how many bytes, and the file, that is gone once it is closed."""

    size: int
    file: IO[bytes]

    def pieces(self) -> Iterator[bytes]:
        there = _read(self.file)
        # Also where nobody reads it to its end, or begins to.
        finalize(there, self.file.close)
        return there


def set_aside(pieces: Iterable[bytes]) -> SetAside:
    """Write them down whole; what goes wrong on the way leaves nothing behind."""
    file = TemporaryFile()  # noqa: SIM115  it is closed once it is read
    try:
        file.writelines(pieces)
    except BaseException:
        file.close()
        raise
    size = file.tell()
    file.seek(0)
    return SetAside(size, file)


def _read(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


__all__ = ["SetAside", "set_aside"]

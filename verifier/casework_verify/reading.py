"""Files of strangers, read within limits: whatever is in them, what comes out is a value or Unreadable."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from casework_verify.faults import Unreadable
from casework_verify.words.reasons import REASONS, why_of

#: What no file of ours has more of. A JSON part is held in memory; of a history one line at a time is read.
MOST_JSON = 32 * 2**20
MOST_LINE = 8 * 2**20
MOST_HISTORY = 256 * 2**20
MOST_PARTS = 20_000
MOST_UNPACKED = 8 * 2**30
#: A part of some size that unpacks to more times its packed size is a trap.
MOST_RATIO, RATIO_FROM = 150, 2**20
#: zipfile reads the list of parts at once.
_MOST_LIST = 4 * 2**20
_PIECE = 2**16
#: What the mode of a file begins with that is no link, folder or device.
_FILE_MODE = 0o10
_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)

#: What reading an archive or JSON of strangers raises.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    LookupError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)


class _Source:
    """A file of which nobody reads more than a bounded piece at once, whatever the file itself says of its size."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.seek, self.tell, self.close = file.seek, file.tell, file.close
        self.seekable, self.flush = file.seekable, file.flush

    def read(self, size: int = -1) -> bytes:
        if size > _MOST_LIST:
            raise ValueError("its list of parts is too long")
        # Until Python 3.12 or so zipfile reads the end of a file without saying how much that is.
        some = self._file.read(_MOST_LIST + 1 if size < 0 else size)
        if len(some) > _MOST_LIST:
            raise ValueError("its list of parts is too long")
        return some


class Archive:
    """A zip of which nothing is unpacked onto the disk."""

    def __init__(self, file: IO[bytes]) -> None:
        """Raises Unreadable."""
        source: Any = _Source(file)
        try:
            self._zip = zipfile.ZipFile(source)
            listed = self._zip.infolist()
        except _BROKEN as fault:
            raise _damaged(fault) from fault
        if len(listed) > MOST_PARTS or sum(one.file_size for one in listed) > MOST_UNPACKED:
            raise Unreadable("file_large", file="ZIP")
        for one in listed:
            if one.flag_bits & 1 or one.compress_type not in _PACKED:
                raise Unreadable("file_damaged", why="a part is locked or packed in an unknown way")
            if one.file_size > max(RATIO_FROM, MOST_RATIO * one.compress_size):
                raise Unreadable("file_large", file=one.filename)
        #: All names as they are listed, also one that is there twice.
        self.names = [one.filename for one in listed]
        #: Those that would be unpacked as something else than a file.
        self.links = [one.filename for one in listed if one.external_attr >> 28 not in (0, _FILE_MODE)]
        if not _is_filled(file, listed):
            raise Unreadable("file_hidden")
        self._parts = {one.filename: one for one in listed}

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def size_of(self, name: str) -> int:
        return self._parts[name].file_size

    def pieces(self, name: str, most: int = MOST_UNPACKED) -> Iterator[bytes]:
        """The bytes of a part, a piece at a time. Raises Unreadable."""
        if self._parts[name].file_size > most:
            raise Unreadable("file_large", file=name)
        try:
            with self._zip.open(self._parts[name]) as part:
                while some := part.read(_PIECE):
                    yield some
        except _BROKEN as fault:
            raise _damaged(fault) from fault

    def read(self, name: str, most: int = MOST_JSON) -> bytes:
        """A whole part. Raises Unreadable, also where there is none."""
        if name not in self._parts:
            raise Unreadable("file_damaged", why=f"{name} is missing")
        return b"".join(self.pieces(name, most))

    def json(self, name: str, most: int = MOST_JSON) -> Any:
        return parse(self.read(name, most), name)

    def lines(self, name: str, most: int = MOST_HISTORY) -> Iterator[Any]:
        """The values of a part that has one on each line. Raises Unreadable."""
        if name not in self._parts:
            raise Unreadable("file_damaged", why=f"{name} is missing")
        left = b""
        for some in self.pieces(name, most):
            *whole, left = (left + some).split(b"\n") if b"\n" in some else [left + some]
            if len(left) > MOST_LINE:
                raise Unreadable("file_large", file=name)
            for line in whole:
                yield parse(line, name)
        if left:
            yield parse(left, name)


#: Before each part, and at the end: what says how long they are.
_PART, _END, _LARGE_PLACE, _LARGE_END = b"PK\3\4", b"PK\5\6", b"PK\6\7", b"PK\6\6"
_PART_SIZE, _END_SIZE, _LARGE_PLACE_SIZE, _LARGE_END_SIZE = 30, 22, 20, 56
#: Behind a part its checksum and sizes may stand, in one of these lengths.
_AFTER = (0, 12, 16, 20, 24)


def _is_filled(file: IO[bytes], listed: list[zipfile.ZipInfo]) -> bool:
    """Whether the parts that are listed, and the list, are all that there is: what stands before, between or behind them other programs
    may unpack. Raises Unreadable."""
    try:
        place = 0
        for one in sorted(listed, key=lambda one: one.header_offset):
            if one.header_offset - place not in (_AFTER if place else (0,)):
                return False
            file.seek(one.header_offset)
            head = file.read(_PART_SIZE)
            if head[:4] != _PART or len(head) < _PART_SIZE:
                return False
            name, more = struct.unpack("<HH", head[26:])
            place = one.header_offset + _PART_SIZE + name + more + one.compress_size
        size = file.seek(0, 2)
        start, end = _list_of(file, size)
        return start - place in _AFTER and end == size
    except (OSError, ValueError, struct.error) as fault:
        raise _damaged(fault) from fault


def _list_of(file: IO[bytes], size: int) -> tuple[int, int]:
    """Where the list of parts begins, and where the file should end by what it says of itself."""
    file.seek(max(size - _END_SIZE, 0))
    last = file.read(_END_SIZE)
    if last[:4] != _END:
        return -1, -1
    length, start = struct.unpack("<LL", last[12:20])
    behind = _END_SIZE
    file.seek(max(size - _END_SIZE - _LARGE_PLACE_SIZE - _LARGE_END_SIZE, 0))
    large = file.read(_LARGE_END_SIZE + _LARGE_PLACE_SIZE)
    if large[:4] == _LARGE_END and large[_LARGE_END_SIZE:][:4] == _LARGE_PLACE:
        length, start = struct.unpack("<QQ", large[40:56])
        behind += _LARGE_PLACE_SIZE + _LARGE_END_SIZE
    return start, start + length + behind


def parse(written: bytes, name: str) -> Any:
    """JSON as we write it: UTF-8, each key once, no fractions, nothing endless. Raises Unreadable."""
    try:
        return json.loads(
            written.decode("utf-8"), object_pairs_hook=_once, parse_float=_no_number, parse_constant=_no_number
        )
    except (ValueError, RecursionError) as fault:
        raise Unreadable("file_json", file=name, why=why_of(fault)) from fault


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _no_number(written: str) -> NoReturn:
    raise ValueError(f"{written[:20]} is no number of ours")


def _damaged(fault: Exception) -> Unreadable:
    ours = isinstance(fault, OSError) or str(fault) in REASONS
    return Unreadable("file_damaged", why=why_of(fault) if ours else "its parts cannot be unpacked")


def read_file(path: Path, most: int = MOST_JSON) -> bytes:
    """A file that is held in memory. Raises Unreadable."""
    try:
        with path.open("rb") as file:
            read = file.read(most + 1)
    except (OSError, ValueError) as fault:
        raise Unreadable("file_missing", why=why_of(fault)) from fault
    if len(read) > most:
        raise Unreadable("file_large", file=path.name)
    return read

"""What a file that is handed in holds: kept in pieces, so that no process ever has all of it in its memory."""

from __future__ import annotations

import os
from io import SEEK_END, SEEK_SET, BufferedReader, RawIOBase
from typing import Any, BinaryIO

from sqlalchemy import Connection, text

#: So many bytes are kept as one piece, and read at once.
PIECE = 1_000_000
#: Keeps a piece, by the byte of the file with which it begins.
_KEEP = text("INSERT INTO import_pieces (import_id, starts_at, content) VALUES (CAST(:id AS uuid), :at, :content)")
#: What a file has from one of its bytes on, as far as the piece goes in which that lies.
_SOME = text("""
    SELECT substring(content FROM CAST(:at - starts_at + 1 AS integer) FOR :most) FROM import_pieces
    WHERE import_id = CAST(:id AS uuid) AND starts_at <= :at ORDER BY starts_at DESC LIMIT 1
""")


def size_of(content: BinaryIO) -> int:
    """How many bytes a file has."""
    size = content.seek(0, SEEK_END)
    content.seek(0)
    return size


def keep_content(db: Connection, id: str, content: BinaryIO) -> None:
    """Keep what a file holds, piece by piece."""
    at = 0
    while piece := content.read(PIECE):
        db.execute(_KEEP, {"id": id, "at": at, "content": piece})
        at += len(piece)


def open_content(db: Connection, id: str) -> BufferedReader:
    """A file as it was handed in, read as it is asked for; empty once it is kept no more."""
    return BufferedReader(_Content(db, id), 2 * PIECE)


def copy_content(db: Connection, id: str, file: BinaryIO) -> None:
    """Write a file as it was handed in into another one, which begins at its beginning then."""
    content = open_content(db, id)
    while piece := content.read(PIECE):
        file.write(piece)
    file.seek(0, os.SEEK_SET)


class _Content(RawIOBase):
    """What a file holds, read as it is asked for."""

    def __init__(self, db: Connection, id: str) -> None:
        self._db, self._id, self._at = db, id, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = SEEK_SET, /) -> int:
        self._at = offset if whence == SEEK_SET else self._at + offset
        return self._at

    def readinto(self, buffer: Any, /) -> int:
        given = {"id": self._id, "at": self._at, "most": len(buffer)}
        some = self._db.execute(_SOME, given).scalar() or b""
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)


__all__ = ["copy_content", "keep_content", "open_content", "size_of"]

"""Files that wait to be brought in and name a person who is erased: they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import SEEK_SET, BufferedReader, RawIOBase, TextIOWrapper
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.operations.catalogue.file_imports import LOOKED_AT, TRYING
from casework.operations.catalogue.import_encoding import encoding_of, wide_of
from casework.operations.catalogue.import_report import Fault
from casework.operations.catalogue.import_worker import end_naming

#: Files that are still here.
_HERE = text("SELECT id::text, kind, state, report FROM imports WHERE content IS NOT NULL ORDER BY id")


def drop_naming(db: Connection, names: Callable[[str], bool]) -> int:
    """Take away the files that name somebody; what was on its way ends there, and says why. Gives how many."""
    gone = [row for row in db.execute(_HERE).all() if any(map(names, _told_in(db, row.id)))]
    for row in gone:
        if row.state in (LOOKED_AT, TRYING):
            db.execute(text("DELETE FROM imports WHERE id = CAST(:id AS uuid)"), {"id": row.id})
        else:
            end_naming(db, row.id, row.kind, row.report, Fault(1, "file", reasons.imports.NAMED_ERASED))
    return len(gone)


#: A character as JSON may write it, and so much of a file is searched at once; pieces overlap by the longest that is looked for.
_ESCAPED, _PIECE, _OVERLAP = re.compile(r"\\u([0-9a-fA-F]{4})"), 1_000_000, 2_000
#: So many bytes of a file are read by one statement: a transaction that says nothing for long is ended.
_READ = 2_000_000
#: A piece of what a file holds.
_SOME = text("SELECT substring(content FROM :at FOR :most) FROM imports WHERE id = CAST(:id AS uuid)")


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
        given = {"id": self._id, "at": self._at + 1, "most": len(buffer)}
        some = self._db.execute(_SOME, given).scalar() or b""
        buffer[: len(some)] = some
        self._at += len(some)
        return len(some)


def _told_in(db: Connection, id: str) -> Iterator[str]:
    """What a file says, piece by piece."""
    content = BufferedReader(_Content(db, id), _READ)
    words = TextIOWrapper(
        content, wide_of(content.peek(4096)[:4096]) or encoding_of(content)[0] or "utf-8", "replace", newline=""
    )
    said = ""
    while piece := words.read(_PIECE):
        said = said[-_OVERLAP:] + piece
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), said)

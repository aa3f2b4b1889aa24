"""Files that wait to be brought in and name a person who is erased: they go."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import TextIOWrapper

from sqlalchemy import Connection, text

from casework import reasons
from casework.operations.catalogue.file_imports import LOOKED_AT, TRYING
from casework.operations.catalogue.import_content import open_content
from casework.operations.catalogue.import_encoding import encoding_of, wide_of
from casework.operations.catalogue.import_report import Fault
from casework.operations.catalogue.import_worker import end_naming

#: Files that are still here.
_HERE = text("SELECT id::text, kind, state, report FROM imports WHERE ended_at IS NULL ORDER BY id")


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


def _told_in(db: Connection, id: str) -> Iterator[str]:
    """What a file says, piece by piece."""
    content = open_content(db, id)
    words = TextIOWrapper(
        content, wide_of(content.peek(4096)[:4096]) or encoding_of(content)[0] or "utf-8", "replace", newline=""
    )
    said = ""
    while piece := words.read(_PIECE):
        said = said[-_OVERLAP:] + piece
        yield _ESCAPED.sub(lambda found: chr(int(found[1], 16)), said)

"""Makes the index of a programme's needs and technologies again, where it is not what the records say: as often as one likes.

A batch is a transaction. Whoever is ended halfway goes on where they were: what stands there already is passed over.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.core.catalogue_index import BATCH, count_again, follow_stale
from casework.operations.core.record_log import TABLES
from casework.records.database import transaction
from casework.records.event_log import lock_log

#: Told after each batch: of what, how many so far, and how many there are in all.
Progress = Callable[[str, int], None]
#: The programmes there are, or the one with a code.
_PROGRAMMES = text("SELECT id::text FROM programmes WHERE CAST(:code AS text) IS NULL OR code = :code ORDER BY code")
#: Says of all records of a programme that they are to be made again.
_AGAIN = text("UPDATE indexed_records SET rules = 0 WHERE programme_id = CAST(:programme AS uuid) AND rules <> 0")


def programmes_of(engine: Engine, code: str | None) -> list[str]:
    """The ids of the programmes, or of the one with this code."""
    with transaction(engine) as db:
        return list(db.execute(_PROGRAMMES, {"code": code}).scalars())


def reindex(engine: Engine, programme: str, *, again: bool = False, progress: Progress | None = None) -> int:
    """Bring the index after the records of a programme; `again`: all of them, counted anew. Gives how many were written or taken out."""
    if again:
        with transaction(engine) as db:
            lock_log(db, programme)
            db.execute(_AGAIN, {"programme": programme})
            count_again(db, programme)
    done = 0
    for noun in TABLES:
        after: str | None = None
        while True:
            with transaction(engine) as db:
                lock_log(db, programme)
                ids = follow_stale(db, programme, noun, after)
            done += len(ids)
            if progress is not None and ids:
                progress(noun, len(ids))
            if len(ids) < BATCH:
                break
            after = ids[-1]
    return done

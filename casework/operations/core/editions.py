"""Editions in the database: every track is pinned to one, so each that is published is stored."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import suppress

from sqlalchemy import Connection, text

from casework.definitions import add_stored, load_library
from casework.engine.definition.editions import Edition, load
from casework.engine.state.events import SYSTEM_ACTOR
from casework.operations.core.installation_log import lock_installation
from casework.operations.core.register_log import append
from casework.records.register_entries import body_of
from casework.records.row_security import whole

PUBLISHED = "edition_published"
#: Keeps an edition; gives nothing where it is there already.
_STORE = text(
    "INSERT INTO editions (fingerprint, workflow, number, rules, texts)"
    " VALUES (:fingerprint, :workflow, :number, CAST(:rules AS jsonb), CAST(:texts AS jsonb)) ON CONFLICT DO NOTHING"
    " RETURNING fingerprint"
)


def store_editions(db: Connection) -> list[str]:
    """Store every published edition that is not there yet, and note it in the installation's log. For the owner's role.

    Gives the files that hold something else than what was published under their number: what is stored stays in force.
    """
    with whole(db):
        log = lock_installation(db)
        fresh = [fingerprint for edition in load_library().editions.values() for fingerprint in _store(db, edition)]
        if fresh:
            append(db, log, [log.next_event(PUBLISHED, SYSTEM_ACTOR, body=body_of(db, "editions", None, fresh))])
    read_editions(db)
    in_force = set(db.execute(text("SELECT fingerprint FROM editions")).scalars())
    replaced = [edition for edition in load_library().editions.values() if edition.fingerprint not in in_force]
    return sorted(f"{edition.workflow} {edition.number}" for edition in replaced)


def _store(db: Connection, edition: Edition) -> list[str]:
    values = {
        "fingerprint": edition.fingerprint,
        "workflow": edition.workflow,
        "number": edition.number,
        "rules": json.dumps(edition.rules),
        "texts": json.dumps(edition.texts),
    }
    return list(db.execute(_STORE, values).scalars())


def read_editions(db: Connection) -> None:
    """Let this process know every edition that is stored, so that a case keeps its own whatever became of the file.

    What it has from a file, under the same fingerprint, is not read a second time.
    """
    add_stored(stored_editions(db, besides=load_library().editions))


def stored_editions(db: Connection, *, besides: Collection[str] = ()) -> Iterator[Edition]:
    """What is stored and fits its fingerprint, but for some; what does not fit, the verification tells."""
    rows = text(
        "SELECT fingerprint, rules, texts FROM editions WHERE fingerprint <> ALL(:besides) ORDER BY workflow, number"
    )
    for row in db.execute(rows, {"besides": list(besides)}):
        with suppress(ValueError, LookupError, TypeError):
            yield load({"fingerprint": row.fingerprint, "rules": row.rules, "texts": row.texts})

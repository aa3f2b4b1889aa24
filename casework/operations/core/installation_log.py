"""The installation's own log: what belongs to no programme, organisation or person, such as the published editions."""

from __future__ import annotations

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.operations.core.register_entries import INSTALLATION
from casework.operations.core.register_log import REGISTERED, append
from casework.records.event_log import Log, lock_log, new_log, now
from casework.records.register_entries import REGISTERS, body_of, key_of

#: What stood in the registers already when their histories began.
FOUND = "found"
_BATCH = 500


def lock_installation(db: Connection) -> Log:
    """The log, locked; begun where there is none yet, and with it what stood in the registers before."""
    # Of two programs that begin it at once, the second finds it.
    db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('casework installation', 1))"))
    id = db.execute(text("SELECT id FROM logs WHERE kind = 'installation'")).scalar_one_or_none()
    if id is None:
        id, moment = str(uuid_utils.uuid7()), now(db)
        first = RegisterEvent(log=id, seq=1, at=moment, kind=REGISTERED, actor=SYSTEM_ACTOR, effects={}, body={})
        append(db, new_log(id, INSTALLATION, None, moment), [first])
        _note_what_is_there(db, id)
    return lock_log(db, id)


def _note_what_is_there(db: Connection, installation: str) -> None:
    """Say in each log what stands in its registers: from here on no row of theirs is in no event."""
    for table, register in REGISTERS.items():
        home = f"x.{register.home}" if register.home else "CAST(:installation AS uuid)"
        rows = db.execute(
            text(f"SELECT {home} AS home, {key_of(table)} AS key FROM {table} x ORDER BY home, key"),
            {"installation": installation} if register.home is None else {},
        ).all()
        homes: dict[str, list[str]] = {}
        for row in rows:
            homes.setdefault(row.home, []).append(row.key)
        for id, keys in homes.items():
            for at in range(0, len(keys), _BATCH):
                log = lock_log(db, id)
                body = body_of(db, table, id, keys[at : at + _BATCH])
                append(db, log, [log.next_event(FOUND, SYSTEM_ACTOR, body=body)])

"""The file of readings with its proof: what the reading log shows, each reading with the proof that it is in the tree.

Of somebody whose whole chain is shown it has the places there, so that none between can be left out. Of others it has readings by
themselves: the place of each stays behind its salted hash, so that nobody learns how many there are between them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import canonical, instant
from casework.operations.auth.step_up import sensitive
from casework.operations.core.access_log import chained_readings
from casework.operations.verification.access_log import GENESIS, place_of
from casework.operations.verification.event_proofs import EventProofs, checkpoint_of, not_published, prove_logs
from casework.permissions.actors import Actor
from casework.records.event_log import now
from casework.records.row_security import whole

FORM = 1
READINGS = "readings"
#: No more readings are taken out at once: each has some twenty hashes with it.
MOST = 2_000


@sensitive
def take_readings(db: Connection, actor: Actor, *, number: str | None = None) -> bytes:
    """The newest `MOST` readings that the reading log shows for this, as far as they are published, with their proof. Raises NotFound,
    and Refused where nothing is published yet."""
    waiting = not_published(db)
    if waiting is None:
        raise Refused(reasons.audit.EXPORT_WAITS)
    shown = chained_readings(db, actor, number=number, waiting=waiting, most=MOST)
    chains = {reader: list(rows) for reader, rows in groupby(shown.rows, key=lambda row: row.person_id)}
    with whole(db):
        logs = {row.id: row.log for row in db.execute(_LOGS, {"readers": list(chains)})}
    proofs = prove_logs(db, {logs[reader]: [row.n for row in rows] for reader, rows in chains.items()})
    content: JsonObject = {
        "export": FORM,
        "of": READINGS,
        "at": instant(now(db)),
        "scope": {"programmes": list(shown.programmes), "number": number, "most": MOST, "more": shown.more},
        "checkpoint": checkpoint_of(db, proofs),
        "readers": [
            _told(reader, rows, proofs[logs[reader]], chained=number is None and rows[0].whole)
            for reader, rows in chains.items()
        ],
    }
    return canonical(content)


#: What the tree calls the chains of some readers.
_LOGS = text("SELECT id, log FROM reading_heads WHERE id = ANY(CAST(:readers AS uuid[]))")


def _told(reader: str, rows: list[Any], proofs: EventProofs, *, chained: bool) -> JsonObject:
    """A reader: the readings in their order, and of a whole chain where they begin and end."""
    leaves: Mapping[int, Any] = {leaf["seq"]: leaf for leaf in proofs.told()["leaves"]}
    return {
        "reader": reader,
        "chain": _chain(rows) if chained else None,
        "readings": [
            {
                "row": {
                    "at": instant(row.at),
                    "number": row.number,
                    "path": row.path,
                    "query": {"hash": row.query} if row.salt is None else {"salt": row.salt, "value": row.asked},
                    "document": row.document_id,
                },
                "place": {"nonce": row.nonce}
                if chained
                else {"hash": place_of(row.nonce, reader, row.n, row.prev or GENESIS)},
                "hash": row.hash,
                "leaf": {"index": leaves[row.n]["index"], "hashes": leaves[row.n]["hashes"]},
            }
            for row in rows
        ],
    }


def _chain(rows: list[Any]) -> JsonObject:
    return {
        "first": rows[0].n,
        "prev": rows[0].prev or GENESIS,
        "head": {"n": rows[-1].n, "hash": rows[-1].hash},
    }


__all__ = ["MOST", "READINGS", "take_readings"]

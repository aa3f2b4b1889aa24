"""Checkpoints by webhook: endpoints that ask for it are told the published checkpoint, at most once an hour.

Unlike what is told of a referral, the message has the signed text itself: it is what everybody may read at the log's address, and is to be
kept by whoever receives it. Of each hour an endpoint gets one message, however many workers look.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection, Engine, text

from casework.ledger.canonical_json import instant
from casework.operations.core.perform import new_id
from casework.records.database import transaction
from casework.records.event_log import now
from casework.records.tree_tiles import published_checkpoint

#: What such a message is called.
CHECKPOINT = "log.checkpoint"
_HOUR = 3600
#: The endpoints that want one and have had none in this hour. The message is the installation's, and its number that of the hour.
_DUE = """
    FROM webhook_endpoints e JOIN logs l ON l.kind = 'installation' WHERE e.checkpoints AND e.ended_at IS NULL AND NOT EXISTS (
        SELECT FROM webhook_messages m WHERE m.endpoint_id = e.id AND m.log_id = l.id
        AND m.seq = CAST(floor(extract(epoch FROM casework_now()) / 3600) AS bigint)
    )
"""
#: Whether an endpoint is to be told a checkpoint, and one is published.
_ANY = text(f"""
    SELECT EXISTS (SELECT {_DUE})
    AND EXISTS (SELECT FROM checkpoints WHERE made_at < date_trunc('minute', clock_timestamp()))
""")
#: Which endpoints these are.
_WHICH = text(f"SELECT e.id::text AS endpoint, l.id::text AS log {_DUE} ORDER BY e.id")
#: Queues the message of an hour, once.
_QUEUE = text(f"""
    INSERT INTO webhook_messages (id, endpoint_id, log_id, seq, type, payload, made_at, send_at)
    VALUES (CAST(:id AS uuid), CAST(:endpoint AS uuid), CAST(:log AS uuid), :hour, '{CHECKPOINT}', :payload, :now, :now)
    ON CONFLICT DO NOTHING
""")


def any_due(db: Connection) -> bool:
    """Whether an endpoint is to be told."""
    due: bool = db.execute(_ANY).scalar_one()
    return due


def queue_checkpoints(engine: Engine) -> None:
    """Queue a message to each endpoint that is to be told."""
    with transaction(engine) as db:
        published = published_checkpoint(db)
        if published is None:
            return
        moment = now(db)
        message = {
            "type": CHECKPOINT,
            "timestamp": instant(moment),
            "data": {"size": published.size, "checkpoint": published.note},
        }
        payload = json.dumps(message, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        for row in db.execute(_WHICH).all():
            given = {"id": new_id(), "endpoint": row.endpoint, "log": row.log, "payload": payload, "now": moment}
            db.execute(_QUEUE, given | {"hour": int(moment.timestamp()) // _HOUR})


__all__ = ["CHECKPOINT", "any_due", "queue_checkpoints"]

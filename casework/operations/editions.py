"""Editions in the database: every track is pinned to one, so each that is published is stored."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from casework.definitions import load_library

_STORE = text(
    "INSERT INTO editions (fingerprint, workflow, number, rules, texts)"
    " VALUES (:fingerprint, :workflow, :number, CAST(:rules AS jsonb), CAST(:texts AS jsonb)) ON CONFLICT DO NOTHING"
)


def store_editions(db: Connection) -> int:
    """Store every published edition that is not there yet; gives how many were new. For the owner's role."""
    made = 0
    for one in load_library().editions.values():
        values = {
            "fingerprint": one.fingerprint, "workflow": one.workflow, "number": one.number,
            "rules": json.dumps(one.rules), "texts": json.dumps(one.texts),
        }  # fmt: skip
        made += db.execute(_STORE, values).rowcount
    return made

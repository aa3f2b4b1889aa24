"""Moments as they are handed out, and the names of people and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import overload

from sqlalchemy import Connection, text

from casework.engine.state.events import SYSTEM_ACTOR
from casework.ledger.canonical_json import instant


@overload
def when(moment: datetime) -> str: ...
@overload
def when(moment: datetime | None) -> str | None: ...
def when(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def names_of(db: Connection, people: set[str | None], organisations: set[str | None] | None = None) -> dict[str, str]:
    rows = db.execute(
        text(
            "SELECT id::text, name FROM people WHERE id = ANY(CAST(:people AS uuid[]))"
            " UNION ALL SELECT id::text, name FROM organisations WHERE id = ANY(CAST(:organisations AS uuid[]))"
        ),
        {
            "people": sorted(person for person in people if person and person != SYSTEM_ACTOR),
            "organisations": sorted(organisation for organisation in organisations or () if organisation),
        },
    )
    return {row[0]: row[1] for row in rows}

"""Moments, people and organisations as they are handed out, with their names."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import overload

from sqlalchemy import Connection, text

from casework.engine.state.events import SYSTEM_ACTOR
from casework.json_values import JsonValue
from casework.ledger.canonical_json import instant


@overload
def when(moment: datetime) -> str: ...
@overload
def when(moment: datetime | None) -> str | None: ...
def when(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def named(id: str | None, names: Mapping[str, str]) -> JsonValue:
    """A person or an organisation, with the name that `names_of` found."""
    return None if id is None else {"id": id, "name": names.get(id)}


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

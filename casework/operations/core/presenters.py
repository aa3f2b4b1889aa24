"""Moments as they are handed out, and the names of people and organisations."""

from __future__ import annotations

from datetime import datetime
from typing import overload

from sqlalchemy import Connection, text

from casework.json_values import is_id
from casework.ledger.canonical_json import instant
from casework.operations.core.organisations import STANDING
from casework.operations.core.reader_names import called


@overload
def when(moment: datetime) -> str: ...
@overload
def when(moment: datetime | None) -> str | None: ...
def when(moment: datetime | None) -> str | None:
    return None if moment is None else instant(moment)


def names_of(
    db: Connection,
    people: set[str | None],
    organisations: set[str | None] | None = None,
    *,
    as_registered: bool = False,
) -> dict[str, str]:
    """By id what people and organisations are called, in the language of whoever reads. What is no id has no name.

    The system and whoever came by a link are actors without an id; a history that somebody wrote into may say anything.
    An organisation that was merged is called as the one in its place is, but for a history, which tells of it `as_registered`.
    """
    rows = db.execute(
        text(
            f"SELECT p.id::text, {called('p')} FROM people p WHERE p.id = ANY(CAST(:people AS uuid[]))"
            f" UNION ALL SELECT g.id::text, CASE WHEN :registered THEN {called('g')} ELSE {called('o')} END FROM {STANDING}"
            " WHERE g.id = ANY(CAST(:organisations AS uuid[]))"
        ),
        {
            "people": sorted(id for id in people if id and is_id(id)),
            "organisations": sorted(id for id in organisations or () if id and is_id(id)),
            "registered": as_registered,
        },
    )
    return {row[0]: row[1] for row in rows}

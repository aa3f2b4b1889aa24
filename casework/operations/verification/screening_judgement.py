"""Whether what an organisation's log says of screenings by cases is what those cases say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.organisations import SCREENED
from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED
from casework.records.register_entries import MARK
from casework.records.row_security import whole


def screening_faults(db: Connection, log: str, events: Iterable[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """Screenings that name a case as their cause which does not tell of them so: the number of the event, and why."""
    caused = {event.seq: event for event in events if event.kind == SCREENED and "cause" in event.effects}
    if not caused:
        return
    with whole(db):
        told = {row.seq: row.screened for row in db.execute(_TOLD, {"log": log})}
    for seq, event in caused.items():
        if (said := told.get(seq)) is None:
            yield seq, "it names a cause that does not know this screening"
        elif not _agrees(event, said):
            yield seq, "it says something else of the screening than the case"


def _agrees(event: RegisterEvent, said: Mapping[str, Any]) -> bool:
    """Whether result, day, end and the result of each owner are those of the case, as far as words were not erased with them."""
    told = {name.partition(MARK)[::2]: row for name, row in event.body.items() if MARK in name}
    screenings = [row for (table, _), row in told.items() if table == "organisation_screenings" and row is not ERASED]
    owners = {key: row for (table, key), row in told.items() if table == "organisation_owners"}
    found = said["owners"]
    return (
        all(isinstance(row, Mapping) and row.get(name) == said[name] for row in screenings for name in _OF_BOTH)
        and owners.keys() == found.keys()
        and all(
            row is ERASED or isinstance(row, Mapping) and row["screened"] == found[key] for key, row in owners.items()
        )
    )


_OF_BOTH = ("result", "checked_on", "valid_until")
#: What the causes of an organisation's screenings say of them.
_TOLD = text("""
    SELECT r.seq, e.effects->'screened' AS screened FROM events r JOIN events e
    ON e.log_id = CAST(r.effects->'cause'->>'log' AS uuid) AND e.seq = CAST(r.effects->'cause'->>'seq' AS bigint)
    WHERE r.log_id = CAST(:log AS uuid) AND r.kind = 'screened' AND e.effects->'screened'->>'organisation' = CAST(:log AS text)
""")

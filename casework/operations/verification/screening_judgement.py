"""Whether what an organisation's log says of screenings by cases is what those cases say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.organisations import SCREENED
from casework.engine.state.events import RegisterEvent
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
        elif _said(event) != _in_case(said):
            yield seq, "it says something else of the screening than the case"


def _said(event: RegisterEvent) -> Any:
    """Result, day, end, and of each owner the result, as the organisation's log has them."""
    rows = {name.partition(MARK)[0]: row for name, row in event.body.items() if isinstance(row, Mapping)}
    screening = rows.get("organisation_screenings", {})
    owners = {
        name.partition(MARK)[2]: row.get("screened")
        for name, row in event.body.items()
        if name.startswith("organisation_owners") and isinstance(row, Mapping)
    }
    return [screening.get(name) for name in _OF_BOTH], owners


def _in_case(said: Mapping[str, Any]) -> Any:
    return [said.get(name) for name in _OF_BOTH], said.get("owners")


_OF_BOTH = ("result", "checked_on", "valid_until")
#: What the causes of an organisation's screenings say of them.
_TOLD = text("""
    SELECT r.seq, e.effects->'screened' AS screened FROM events r JOIN events e
    ON e.log_id = CAST(r.effects->'cause'->>'log' AS uuid) AND e.seq = CAST(r.effects->'cause'->>'seq' AS bigint)
    WHERE r.log_id = CAST(:log AS uuid) AND r.kind = 'screened' AND e.effects->'screened'->>'organisation' = CAST(:log AS text)
""")

"""Attestations as the log of their programme tells them: what an auditor signed, on which checkpoint, and what stands in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import NamedCheckpoint
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import Erased
from casework.records.event_log import register_event_of
from casework.records.row_security import whole

#: What a programme's log says when an auditor signs.
ATTESTED = "attested"
#: What stands in its body: what was examined and found, and what the auditor says of it.
STATEMENT, WORDS = "statement", "words"
#: Of a statement: which form it has.
FORM = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Attested:
    """What one event says that an auditor signed."""

    number: int
    seq: int
    at: str
    actor: str
    checkpoint: NamedCheckpoint
    #: The earlier one in whose place it stands, and the later one that stands in its place.
    supersedes: int | None
    superseded_by: int | None = None
    #: None once erased.
    statement: JsonMapping | None
    words: str | None
    #: Of the event.
    hash: str = ""


def fold(events: Iterable[tuple[RegisterEvent, str]]) -> dict[int, Attested]:
    """What was signed in a programme, by number; each event comes with its hash."""
    signed: dict[int, Attested] = {}
    for event, hash in events:
        signed = evolve(signed, event, hash)
    return signed


def evolve(before: Mapping[int, Attested], event: RegisterEvent, hash: str = "") -> dict[int, Attested]:
    """The same after one more event."""
    after, told = dict(before), event.effects.get("attestation")
    if event.kind != ATTESTED or told is None:
        return after
    number, earlier = told["number"], told.get("supersedes")
    if earlier in after:
        after[earlier] = replace(after[earlier], superseded_by=number)
    after[number] = Attested(
        number=number,
        seq=event.seq,
        at=instant(event.at),
        actor=event.actor,
        checkpoint=told["checkpoint"],
        supersedes=earlier,
        statement=_unless_erased(event.body.get(STATEMENT)),
        words=_unless_erased(event.body.get(WORDS)),
        hash=hash,
    )
    return after


def _unless_erased(value: Any) -> Any:
    return None if isinstance(value, Erased) else value


def read_attested(db: Connection, programme: str) -> dict[int, Attested]:
    """What was signed in a programme, by number. For whoever reads all of it."""
    with whole(db):
        rows = db.execute(_EVENTS, {"log": programme, "kind": ATTESTED}).all()
    return fold((register_event_of(row.header, row.effects, row.body), row.hash) for row in rows)


#: What a programme's log says of attestations.
_EVENTS = text("""
    SELECT header, effects, body, hash FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind ORDER BY seq
""")


__all__ = ["ATTESTED", "FORM", "STATEMENT", "WORDS", "Attested", "evolve", "fold", "read_attested"]

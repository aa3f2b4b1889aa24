"""Whether legal holds were placed and ended as they may be, and whether nothing was erased from a case that one was on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.engine.state.events import ERASED, RegisterEvent
from casework.engine.two_person import Matter
from casework.operations.history.point_in_time import Past
from casework.operations.privacy.legal_holds import HOLD_ENDED, HOLD_PLACED, ON_CASE, PLACERS
from casework.records.register_entries import MARK, name_of


def hold_faults(past: Past, programme: str, events: Collection[RegisterEvent]) -> Iterator[tuple[int, str]]:
    """What of legal holds could not have been done so: the number of the event, and why."""
    placed, ended = dict[str, RegisterEvent](), set[str]()
    for event in events:
        told = {name for name in event.body if name.startswith(f"legal_holds{MARK}")}
        if event.kind not in (HOLD_PLACED, HOLD_ENDED):
            if told and event.kind not in (ERASED, "found"):
                yield event.seq, "it tells of a legal hold, which is placed and ended by an event of its own"
            continue
        if event.role is None or event.role not in PLACERS:
            yield event.seq, f"it is done by {' or '.join(PLACERS)}, not by {event.role}"
        elif not past.held(programme, event.actor, Role(event.role), None, event.at):
            yield event.seq, f"its actor did not hold the role {event.role} at that moment"
        said = event.effects.get("hold")
        hold = str(said["id"] if said is not None else event.effects.get("hold_ended"))
        if told != {name_of("legal_holds", hold)}:
            yield event.seq, "it tells of another legal hold than it places or ends"
        if event.kind == HOLD_PLACED:
            yield from ((event.seq, why) for why in _placed_against(event, hold))
            placed[hold] = event
            continue
        before = placed.get(hold)
        if before is None or hold in ended:
            yield event.seq, "it ends a legal hold that did not stand"
        elif Matter(before.actor).is_party(event.actor):
            yield event.seq, "the person who placed a legal hold also ended it"
        ended.add(hold)


def _placed_against(event: RegisterEvent, hold: str) -> Iterator[str]:
    """What an event says of a hold is what its row says, unless that was erased."""
    row, said = event.body.get(name_of("legal_holds", hold)), event.effects.get("hold")
    if not isinstance(row, dict) or said is None:
        return
    stands = {
        "about": row["about"],
        "case": row["case_id"],
        "organisation": row["organisation_id"],
        "until": row["until"],
    }
    if any(said.get(name) != value for name, value in stands.items()):
        yield "its row says of the legal hold something else than it does"


#: Whether a hold was on a case at a moment.
_HELD = text(f"""
    SELECT 1 FROM cases c JOIN programmes p ON p.id = c.programme_id JOIN legal_holds h ON h.programme_id = p.id
    WHERE c.id = CAST(:log AS uuid) AND h.placed_at <= CAST(:at AS timestamptz)
    AND (h.ended_at IS NULL OR h.ended_at > CAST(:at AS timestamptz))
    AND (h.until IS NULL OR h.until >= CAST(CAST(:at AS timestamptz) AT TIME ZONE (p.calendar->>'zone') AS date)) AND {ON_CASE} LIMIT 1
""")


def was_held(db: Connection, log: str, at: datetime) -> bool:
    """Whether a legal hold was on a case at that moment; what holds say is compared with the programme's log beside this."""
    return db.execute(_HELD, {"log": log, "at": at}).first() is not None


__all__ = ["hold_faults", "was_held"]

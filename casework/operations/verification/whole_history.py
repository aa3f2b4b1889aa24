"""The whole history of a case to be printed: each entry, and the checkpoint under which they stand. Notes who took it out."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from casework.errors import NotFound
from casework.ledger.signed_notes import parse_checkpoint, parse_note
from casework.operations.cases.queries import find_case
from casework.operations.core.access_log import note_reading
from casework.operations.core.reader_names import title_of
from casework.operations.history.timeline import tell_if
from casework.operations.history.views import HistoryEntry
from casework.operations.verification.event_proofs import EventProofs, prove_events
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight

#: So many entries are printed in one part; a longer history has several.
MOST = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """The published checkpoint by its log, size and root, and how many of the printed entries it does not cover yet."""

    origin: str
    size: int
    #: In hexadecimal digits.
    root: str
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeHistory:
    """The entries of a case in order, or one part of them where there are many."""

    number: str
    title: str | None
    programme: str
    entries: list[HistoryEntry]
    last: int
    #: Which part it is, of how many.
    part: int
    parts: int
    #: Of the last entry of all.
    head: str
    #: None where nothing was published yet.
    signed: Signed | None


def parts_of(last: int, most: int = MOST) -> int:
    """In how many parts a history of so many entries is printed."""
    return max(1, -(-last // most))


def take_history(
    db: Connection, actor: Actor, number: str, *, address: str, part: int = 1, most: int = MOST
) -> WholeHistory:
    """One part of it, for those who read the case whole; it is noted who took it out. Raises NotFound."""
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    parts = parts_of(case.seq, most)
    if not 1 <= part <= parts:
        raise NotFound("page")
    note_reading(db, actor, address, case.number)
    last: list[str] = []

    def keep(entry: HistoryEntry) -> bool:
        last[:] = [entry.hash or ""]
        return (part - 1) * most < entry.position <= part * most

    entries = tell_if(db, case.log, keep)
    return WholeHistory(
        number=number,
        title=title_of(db, actor, case),
        programme=case.programme,
        entries=entries,
        last=case.seq,
        part=part,
        parts=parts,
        head=last[0],
        signed=_signed(prove_events(db, case.log, [entry.position for entry in entries])),
    )


def _signed(proofs: EventProofs) -> Signed | None:
    if proofs.checkpoint is None:
        return None
    checkpoint = parse_checkpoint(parse_note(proofs.checkpoint).text)
    return Signed(
        origin=checkpoint.origin, size=checkpoint.size, root=checkpoint.root.hex(), waiting=len(proofs.waiting)
    )


__all__ = ["MOST", "Signed", "WholeHistory", "parts_of", "take_history"]

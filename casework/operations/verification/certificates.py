"""Certificates for those who read a case whole: what one would show, and one taken out.

For nobody else: the log's id, numbers and hashes stand in each, and who sees a part of a case, as a provider does, has positions of its
own, so that no gap betrays what it does not see.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, NoReturn

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.state.case import Case
from casework.errors import NotFound, Refused
from casework.ledger.certificates import (
    CARRIED_OUT,
    EVENT,
    FACT,
    STATE,
    TWO_PERSONS,
    Chosen,
    Guessable,
    NotSo,
    fault_of_two,
    hides,
    make,
)
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.auth.step_up import sensitive
from casework.operations.core.access_log import note_reading
from casework.operations.core.reader_names import title_of
from casework.operations.verification.case_archive import insist_whole
from casework.operations.verification.event_proofs import prove_events
from casework.permissions.actors import Actor
from casework.records.row_security import whole

Claim = Literal["event", "fact", "state", "two_persons"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Of which event, what is to be shown."""

    event: int
    claim: Claim = "event"
    #: Fields of the event's words.
    fields: tuple[str, ...] = ()
    #: The effects whole, in the place of their digest.
    effects: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What of an event could be shown, to choose from."""

    number: str
    title: str | None
    programme: str
    header: Mapping[str, Any]
    effects: Mapping[str, Any]
    #: Words that are there, by field; and fields of which the words were erased.
    words: Mapping[str, Any]
    erased: Sequence[str]
    #: The claims that can be made of it.
    claims: Sequence[str]
    #: The effects may stand as their digest.
    hides: bool
    #: The event that one person proposed and this one carried out.
    asked: Mapping[str, Any] | None
    #: It has no published proof yet.
    waits: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Certificate:
    """One that was taken out."""

    data: bytes
    digest: str
    name: str
    #: The log of all events by its name, and how many events its checkpoint signed.
    origin: str
    size: int
    choice: Choice


def show_choice(db: Connection, actor: Actor, number: str, seq: int) -> Choice:
    """What a certificate of an event could show. Raises NotFound, and NotAllowed for a declared interest."""
    case, _ = insist_whole(db, actor, number)
    rows = _rows(db, case, seq)
    proofs = prove_events(db, case.log, list(rows))
    return replace(_choice(case, rows, seq, waits=bool(proofs.waiting)), title=title_of(db, actor, case))


@sensitive
def take_certificate(db: Connection, actor: Actor, number: str, wish: Wish, *, address: str) -> Certificate:
    """The certificate, for those who read the case whole; it is noted who took it out.

    Raises NotFound, NotAllowed for a declared interest, and Refused where it cannot be made, or not yet.
    """
    case, _ = insist_whole(db, actor, number)
    rows = _rows(db, case, wish.event)
    choice = _choice(case, rows, wish.event, waits=False)
    _insist(choice, wish)
    shown = sorted(rows) if wish.claim == TWO_PERSONS else [wish.event]
    proofs = prove_events(db, case.log, shown)
    if proofs.waiting or proofs.checkpoint is None:
        raise Refused(reasons.certificates.WAITS)
    chosen = [
        Chosen(
            rows[seq].header,
            rows[seq].effects,
            rows[seq].body,
            proofs.leaves[seq].index,
            proofs.leaves[seq].hashes,
            wish.fields if seq == wish.event else (),
            wish.effects,
        )
        for seq in shown
    ]
    try:
        data = make(wish.claim, chosen, proofs.checkpoint)
    except Guessable:
        raise Refused(reasons.certificates.GUESSABLE) from None
    except NotSo:
        _refuse(wish)
    note_reading(db, actor, address, case.number)
    digest = hashlib.sha256(data).hexdigest()
    name = f"certificate-{case.number}-{wish.event}"
    return Certificate(data=data, digest=digest, name=name, origin=proofs.origin or "", size=proofs.size, choice=choice)


#: Some events of a log, as they are stored.
_READ = text("""
    SELECT seq, header, effects, body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = ANY(:seqs)
""")


def _rows(db: Connection, case: Case, seq: int) -> dict[int, Any]:
    """The event, and before it the one by which it was proposed, if it was."""
    found = _read(db, case.log, [seq])
    if seq not in found:
        raise NotFound("entry")
    header = found[seq].header
    if header["kind"] == CARRIED_OUT and header["because"] is not None:
        earlier = _read(db, case.log, [header["because"]])
        found |= {n: row for n, row in earlier.items() if fault_of_two(row.header, header) is None}
    return found


def _read(db: Connection, log: str, seqs: list[int]) -> dict[int, Any]:
    with whole(db):
        return {row.seq: row for row in db.execute(_READ, {"log": log, "seqs": seqs})}


def _choice(case: Case, rows: Mapping[int, Any], seq: int, *, waits: bool) -> Choice:
    row = rows[seq]
    said = values(row.body)
    words = {field: value for field, value in said.items() if value is not ERASED}
    asked = next((other.header for n, other in rows.items() if n != seq), None)
    possible = {EVENT: True, STATE: bool(row.header["to"]), TWO_PERSONS: asked is not None, FACT: bool(words)}
    return Choice(
        number=case.number or "",
        title=case.title,
        programme=case.programme,
        header=row.header,
        effects=row.effects,
        words=words,
        erased=sorted(said.keys() - words),
        claims=[claim for claim, may in possible.items() if may],
        hides=hides(row.header, row.effects),
        asked=asked,
        waits=waits,
    )


def _insist(choice: Choice, wish: Wish) -> None:
    """Raises Refused for what this event does not show."""
    if wish.claim not in choice.claims:
        _refuse(wish)
    if wish.claim == FACT and not wish.fields:
        raise Refused(reasons.certificates.NO_FIELD)
    for field in wish.fields:
        if field not in choice.words:
            raise Refused(reasons.certificates.NOTHING_TO_SHOW(field=field))
    if not choice.hides and not wish.effects:
        raise Refused(reasons.certificates.GUESSABLE)


def _refuse(wish: Wish) -> NoReturn:
    why = {STATE: reasons.certificates.NO_STATE, TWO_PERSONS: reasons.certificates.NOT_TWO_PERSONS}
    raise Refused(why.get(wish.claim, reasons.certificates.NO_FIELD))


__all__ = ["Certificate", "Choice", "Claim", "Wish", "show_choice", "take_certificate"]

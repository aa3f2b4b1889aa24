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
from casework.errors import InvalidForm, NotFound, Refused
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
    said_in,
)
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.auth.step_up import sensitive
from casework.operations.core.access_log import note_reading
from casework.operations.core.reader_names import title_of
from casework.operations.verification.case_archive import insist_whole
from casework.operations.verification.event_proofs import EventProofs, prove_events
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.row_security import whole
from casework.records.tree_tiles import published_checkpoint

Claim = Literal["event", "fact", "state", "two_persons"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """Of which event, what is to be shown."""

    event: int
    claim: Claim = "event"
    #: Fields of the event's words, or of what its form said in the effects.
    fields: tuple[str, ...] = ()
    #: The effects whole, in the place of their digest.
    effects: bool = False
    #: Under the checkpoint that was published of so many entries of the log of all events; None is the newest.
    size: int | None = None


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
    #: What the form said to the guards, by field: it is shown with all effects or not at all.
    facts: Mapping[str, Any]
    erased: Sequence[str]
    #: The claims that can be made of it.
    claims: Sequence[str]
    #: The effects may stand as their digest.
    hides: bool
    #: The event that one person proposed and this one carried out.
    asked: Mapping[str, Any] | None
    #: It has no published proof yet.
    waits: bool
    #: Of the checkpoint that proves it, and whether a newer one is published.
    size: int = 0
    outgrown: bool = False


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


def show_choice(db: Connection, actor: Actor, number: str, seq: int, size: int | None = None) -> Choice:
    """What a certificate of an event could show, under the newest checkpoint or that of a size.

    Raises NotFound, NotAllowed for a declared interest, and InvalidForm for a size that proves nothing of it.
    """
    case, _ = insist_whole(db, actor, number)
    rows = _rows(db, case, seq)
    newest = _newest(db)
    proofs = _prove(db, case, list(rows), size, newest)
    choice = _choice(case, rows, seq, waits=bool(proofs.waiting))
    return replace(choice, title=title_of(db, actor, case), size=proofs.size, outgrown=proofs.size < newest)


@sensitive
def take_certificate(db: Connection, actor: Actor, number: str, wish: Wish, *, address: str) -> Certificate:
    """The certificate, for those who read the case whole; it is noted who took it out. One wish that names a size gives the same bytes
    whenever it is made.

    Raises NotFound, NotAllowed for a declared interest, InvalidForm for what does not fit together, and Refused where it cannot be made,
    or not yet.
    """
    case, _ = insist_whole(db, actor, number)
    rows = _rows(db, case, wish.event)
    choice = _choice(case, rows, wish.event, waits=False)
    _insist(choice, wish)
    shown = sorted(rows) if wish.claim == TWO_PERSONS else [wish.event]
    proofs = _prove(db, case, shown, wish.size, _newest(db))
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
        _refuse("effects", reasons.certificates.GUESSABLE)
    except NotSo:
        _refuse_claim(wish)
    note_reading(db, actor, address, case.number)
    digest = hashlib.sha256(data).hexdigest()
    # Two that differ by their checkpoint alone have names of their own.
    name = f"certificate-{case.number}-{wish.event}-at-{proofs.size}"
    return Certificate(data=data, digest=digest, name=name, origin=proofs.origin or "", size=proofs.size, choice=choice)


def _newest(db: Connection) -> int:
    """The size of what is published now."""
    with whole(db):
        published = published_checkpoint(db)
    return published.size if published else 0


def _prove(db: Connection, case: Case, seqs: list[int], size: int | None, newest: int) -> EventProofs:
    """Under the first checkpoint of a size, also where that is the newest: a key that changes has the same tree signed again."""
    proofs = prove_events(db, case.log, seqs, None, (newest or None) if size is None else size)
    if proofs.waiting and proofs.size != newest:
        raise InvalidForm(fields={"size": reasons.certificates.TOO_SMALL})
    return proofs


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
    facts = {field: value for field, value in said_in(row.effects).items() if field not in said}
    asked = next((other.header for n, other in rows.items() if n != seq), None)
    possible = {EVENT: True, STATE: bool(row.header["to"]), TWO_PERSONS: asked is not None, FACT: bool(words or facts)}
    return Choice(
        number=case.number or "",
        title=case.title,
        programme=case.programme,
        header=row.header,
        effects=row.effects,
        words=words,
        facts=facts,
        erased=sorted(said.keys() - words),
        claims=[claim for claim, may in possible.items() if may],
        hides=hides(row.header, row.effects),
        asked=asked,
        waits=waits,
    )


def _insist(choice: Choice, wish: Wish) -> None:
    """Raises InvalidForm for a wish that contradicts itself, and Refused for what this event does not show."""
    if wish.fields and wish.claim != FACT:
        raise InvalidForm(fields={"field": reasons.certificates.ONLY_FACTS})
    if wish.claim == FACT and not wish.fields:
        _refuse("field", reasons.certificates.NO_FIELD)
    for field in wish.fields:
        if field not in choice.words.keys() | choice.facts.keys():
            _refuse("field", reasons.certificates.NOTHING_TO_SHOW(field=field))
        if field in choice.facts and not wish.effects:
            _refuse("effects", reasons.certificates.WITH_EFFECTS(field=field))
    if wish.claim not in choice.claims:
        _refuse_claim(wish)
    if not choice.hides and not wish.effects:
        _refuse("effects", reasons.certificates.GUESSABLE)


def _refuse_claim(wish: Wish) -> NoReturn:
    why = {STATE: reasons.certificates.NO_STATE, TWO_PERSONS: reasons.certificates.NOT_TWO_PERSONS}
    _refuse("claim", why.get(wish.claim, reasons.certificates.NO_FIELD))


def _refuse(parameter: str, why: Why) -> NoReturn:
    raise Refused(why, at={parameter: [why]}) from None


__all__ = ["Certificate", "Choice", "Claim", "Wish", "show_choice", "take_certificate"]

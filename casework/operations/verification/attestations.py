"""Attestations: what an auditor signs of a programme, with the checkpoint on which it rests.

Each is an event of its programme's log and so a leaf of the tree; it is never changed. A later one stands in its place where the auditor
says so. What was found by then stands in it, whatever the auditor says beside.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.register_effects import NamedCheckpoint, RegisterEffects, SignedAttestation
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import digest
from casework.ledger.signed_notes import parse_checkpoint, parse_note
from casework.operations.audit.findings import said_words
from casework.operations.audit.views import AttestationDetails, AttestationRow
from casework.operations.auth.step_up import sensitive
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.register_log import append
from casework.operations.core.views import Items, row_as, to_named
from casework.operations.verification.attested import ATTESTED, FORM, STATEMENT, WORDS, Attested, read_attested
from casework.operations.verification.examined import Found, Scope, examine
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.records.event_log import Log, lock_log
from casework.records.row_security import whole
from casework.records.tree_tiles import published_checkpoint

#: Who reads attestations.
READ_ATTESTATIONS = frozenset({Role.AUDITOR, Role.SUPERVISOR, Role.MANAGER})


# --- reading ---------------------------------------------------------------------------------------------------------


def list_attestations(db: Connection, actor: Actor, programme: str) -> Items[AttestationRow]:
    """The attestations of a programme, the last one first. Raises NotFound for others than its auditors, supervisors and managers."""
    _insist_reader(actor, programme)
    signed = read_attested(db, programme)
    names = names_of(db, {one.actor for one in signed.values()})
    return Items(items=[_row(programme, signed[number], names) for number in sorted(signed, reverse=True)])


def show_attestation(db: Connection, actor: Actor, programme: str, number: int) -> AttestationDetails:
    """One of them, whole. Raises NotFound, and NotAllowed for who has declared an interest in a case that it names."""
    signed = read_attested(db, programme).get(number) if actor.in_programme(programme, READ_ATTESTATIONS) else None
    if signed is None:
        raise NotFound("attestation")
    _insist_no_interest(db, actor, programme, signed)
    row = _row(programme, signed, names_of(db, {signed.actor}))
    return row_as(AttestationDetails, row, words=signed.words, statement=signed.statement, hash=signed.hash)


def _insist_reader(actor: Actor, programme: str) -> None:
    if not actor.in_programme(programme, READ_ATTESTATIONS):
        raise NotFound("programme")


def signs(actor: Actor, programme: str) -> bool:
    """Whether somebody is an auditor of a programme, in the own name."""
    by = in_the_programme(actor, programme, (Role.AUDITOR,))
    return by is not None and by.acting_for is None


def _row(programme: str, one: Attested, names: Mapping[str, str]) -> AttestationRow:
    said = one.statement or {}
    period, cases, findings, verified = (said.get(name, {}) for name in ("period", "cases", "findings", "verification"))
    return AttestationRow(
        programme=programme,
        number=one.number,
        event=one.seq,
        signed_at=one.at,
        signed_by=to_named(one.actor, names),
        since=period.get("since"),
        until=period.get("until"),
        cases=cases.get("count"),
        not_closed=findings.get("not_closed"),
        wrong=verified["states"]["wrong"] if verified else None,
        checkpoint=one.checkpoint,
        supersedes=one.supersedes,
        superseded_by=one.superseded_by,
    )


def cases_named(one: Attested) -> set[str]:
    """The numbers of the cases that its statement names."""
    said = one.statement
    if said is None:
        return set()
    of_findings = {finding["number"] for finding in said["findings"]["named"]}
    return {*said["cases"]["numbers"], *said["verification"]["wrong"], *of_findings}


def _insist_no_interest(db: Connection, actor: Actor, programme: str, one: Attested) -> None:
    people = [actor.person, *(each.deputy_for for each in actor.memberships if each.deputy_for is not None)]
    with whole(db):
        mine = db.execute(_INTERESTED, {"programme": programme, "people": people}).scalars().all()
    named, words = cases_named(one), one.words or ""
    if any(number in named or number in words for number in mine):
        raise NotAllowed(why=reasons.attestations.INTEREST)


#: The cases of a programme in which somebody has declared an interest, by their numbers.
_INTERESTED = text("""
    SELECT number FROM cases WHERE programme_id = CAST(:programme AS uuid) AND interests && CAST(:people AS text[])
""")


# --- signing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """What an auditor is about to sign, but for the own words."""

    number: int
    found: Found
    #: None where none is published yet.
    checkpoint: NamedCheckpoint | None
    #: Earlier ones that nothing stands in the place of, the last one first.
    open: tuple[int, ...]

    @property
    def seen(self) -> str:
        """The digest of what somebody who has read the draft knows: what speaks against the cases, and which attestations there were."""
        return digest({"found": self.found.seen, "number": self.number})


def draft_attestation(db: Connection, actor: Actor, programme: str, scope: Scope) -> Draft:
    """What would be signed by now. Raises NotFound and NotAllowed, and what `examine` raises."""
    insist_signer(actor, programme)
    return _draft(db, actor, programme, scope, read_attested(db, programme))


def insist_signer(actor: Actor, programme: str) -> None:
    """Raises NotFound for who does not read attestations of a programme, NotAllowed for who reads them and does not sign."""
    _insist_reader(actor, programme)
    if not actor.in_programme(programme, (Role.AUDITOR,)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.AUDITOR,)))
    if not signs(actor, programme):
        raise NotAllowed(why=reasons.attestations.NO_DEPUTY)


def _draft(db: Connection, actor: Actor, programme: str, scope: Scope, signed: Mapping[int, Attested]) -> Draft:
    return Draft(
        number=max(signed, default=0) + 1,
        found=examine(db, actor, programme, scope),
        checkpoint=_checkpoint(db),
        open=tuple(sorted((one.number for one in signed.values() if one.superseded_by is None), reverse=True)),
    )


def _checkpoint(db: Connection) -> NamedCheckpoint | None:
    with whole(db):
        published = published_checkpoint(db)
    if published is None:
        return None
    origin = parse_checkpoint(parse_note(published.note).text).origin
    return {"origin": origin, "size": published.size, "root": b64encode(published.root).decode()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What the auditor says beside what was found."""

    words: str
    #: The `seen` of the draft that was read.
    seen: str
    #: Knows what speaks against the cases.
    knows: bool = False
    #: In the place of which earlier attestation it stands.
    supersedes: int | None = None


@sensitive
def sign_attestation(
    db: Connection, actor: Actor, programme: str, scope: Scope, *, said: Said, request: Request
) -> Done:
    """Sign what was examined and found, in the own name, on the checkpoint that is published by now.

    Raises NotFound, NotAllowed, InvalidForm, Refused, and RecordHasMoved where something else speaks against the cases than was read, or
    another one was signed meanwhile.
    """
    insist_signer(actor, programme)
    words = said_words(said.words)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        log = lock_log(db, programme)
    signed = read_attested(db, programme)
    draft = _draft(db, actor, programme, scope, signed)
    if draft.seen != said.seen:
        raise RecordHasMoved
    if not draft.found.is_clean and not said.knows:
        raise InvalidForm(fields={"knows": reasons.attestations.SAY_SO})
    insist_superseded(signed, said.supersedes)
    if draft.checkpoint is None:
        raise Refused(reasons.attestations.NO_CHECKPOINT)
    keep_attestation(db, log, actor, draft, words, supersedes=said.supersedes, key=request.key_hash)
    return finish(db, actor, request, Done({"programme": programme, "number": draft.number}, 201))


def insist_superseded(signed: Mapping[int, Attested], number: int | None) -> None:
    """Raises InvalidForm for what cannot be superseded: what is not there, or has been already."""
    if number is None:
        return
    if number not in signed:
        raise InvalidForm(fields={"supersedes": reasons.attestations.NOT_THERE(number=number)})
    if (later := signed[number].superseded_by) is not None:
        raise InvalidForm(fields={"supersedes": reasons.attestations.SUPERSEDED(number=number, later=later)})


def keep_attestation(
    db: Connection, log: Log, actor: Actor, draft: Draft, words: str, *, supersedes: int | None, key: str | None
) -> None:
    """Write the event; its log is locked."""
    assert draft.checkpoint is not None
    effect = SignedAttestation(number=draft.number, checkpoint=draft.checkpoint)
    if supersedes is not None:
        effect["supersedes"] = supersedes
    found = draft.found
    statement: JsonObject = {
        "form": FORM,
        "programme": log.id,
        "number": draft.number,
        "signer": actor.person,
        "period": found.period,
        "cases": found.cases,
        "findings": found.findings,
        "verification": found.verification,
        "checkpoint": dict(draft.checkpoint),
        "supersedes": supersedes,
    }
    effects: RegisterEffects = {"attestation": effect}
    body = {STATEMENT: statement, WORDS: words}
    with whole(db):
        event = log.next_event(ATTESTED, actor.person, role=Role.AUDITOR, effects=effects, body=body)
        append(db, log, [event], key)


def in_order(numbers: str) -> tuple[str, ...]:
    """Case numbers as somebody wrote them, each once and in order: spaces, commas and lines stand between them."""
    return tuple(sorted({one.upper() for one in numbers.replace(",", " ").replace("，", " ").split()}))


__all__ = [
    "READ_ATTESTATIONS", "Draft", "Said", "cases_named", "draft_attestation", "in_order", "insist_signer", "insist_superseded",
    "keep_attestation", "list_attestations", "show_attestation", "sign_attestation", "signs",
]  # fmt: skip

"""What follows from an event of a register: of programmes, organisations, people, rights, needs, technologies, findings and erasures.

As with `effects_schema`, a type for each key, over JSON as it is stored.
"""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict

from casework.engine.state.document_effects_schema import FiledFile
from casework.engine.state.effects_schema import ErasedWords
from casework.engine.state.right_values import (
    Amount,
    Cause,
    Encumbrance,
    FiledEvidence,
    OwnerOfRight,
    RecordedRecord,
    RecordedRight,
)


class QueueRule(TypedDict):
    """By which rule a queue gives its tasks, and since when."""

    id: str
    queue: str
    strategy: str
    cap: int | None
    since: str


class PersonSkills(TypedDict):
    """What a person can do, in a programme or an organisation."""

    id: str
    person: str
    fields: list[str]
    languages: list[str]
    services: list[str]


class ListChange(TypedDict):
    """Which list of a programme says something else, and by entry whether it is offered from now on."""

    list: str
    offered: dict[str, bool]


class AccountChange(TypedDict, total=False):
    """What belongs to a change of an account: the role that was given or ended, the recovery and by which means."""

    membership: str
    recovery: str
    means: list[str]


class SignedTree(TypedDict):
    """A checkpoint by its number, how many leaves it has, and the root over them in hexadecimal digits."""

    n: int
    size: int
    root: str


class KeyFollowed(TypedDict):
    """Which key of the log of all events signs from here on, each by its id, and the checkpoint that both signed."""

    origin: str
    old_key: str
    new_key: str
    checkpoint: SignedTree


class Merger(TypedDict, total=False):
    """Two records made into one: which goes, which stays, and what became that one's."""

    gone: str
    kept: str
    needs: list[str]
    technologies: list[str]
    rights: list[str]
    cases: list[str]
    matches: list[str]


class ReportMove(TypedDict):
    """How far a stage report has come, and the digest of what was frozen."""

    number: int
    digest: str
    #: Of one that is frozen: up to when it was counted, and whose months it tells anew.
    as_of: NotRequired[str]
    before: NotRequired[int | None]
    #: And of which cases alone it is; where it is of all this is not said.
    among: NotRequired[dict[str, str]]
    #: The digest of its own words: of those that were written, or that somebody agreed to or published; left out where it has none.
    words: NotRequired[str]


class NamedCheckpoint(TypedDict):
    """A checkpoint of the log of all events: its name, how many leaves there were, and the root over them in base64."""

    origin: str
    size: int
    root: str


class SignedAttestation(TypedDict):
    """An auditor's attestation: its number in the programme, on which checkpoint it rests, and which earlier one it stands in place of."""

    number: int
    checkpoint: NamedCheckpoint
    supersedes: NotRequired[int]


class DrawnSample(TypedDict):
    """A sample that an auditor keeps: how many were to be drawn, from how many that had been opened by when, and which were, by number."""

    number: int
    size: int
    as_of: str
    population: int
    cases: list[str]


class LookedAt(TypedDict):
    """What came of looking at a case of a sample, with the finding that was raised."""

    sample: int
    case: str
    result: str
    finding: NotRequired[str]


class PlacedHold(TypedDict):
    """A legal hold: on a case by its log, on an organisation, or on the programme; and its last day."""

    id: str
    about: str
    case: str | None
    organisation: str | None
    until: str | None


class CaseRemoval(TypedDict):
    """What a removal made of one of its cases, named by the digest of its log: by which event, how much went, or why it was left."""

    decision: int
    case: str
    event: NotRequired[int]
    values: NotRequired[int]
    files: NotRequired[int]
    #: The sealed file that the contents went into, by the SHA-256 of its bytes.
    sealed: NotRequired[str]
    why: NotRequired[list[str]]


class BatchCase(TypedDict):
    """What a batch made of one of its cases, named by the digest of its log: by which event it moved, or why it did not."""

    decision: int
    case: str
    outcome: str
    event: NotRequired[int]
    why: NotRequired[list[dict[str, Any]]]


class RegisterEffects(AccountChange, total=False):
    """All keys of an event in any other log than a case's."""

    # A programme, with its calendar and phases, and an organisation.
    code: str
    calendar: dict[str, Any]
    #: By what each is a limit of: what the programme had set and what it has set, as a pair.
    limits: dict[str, Any]
    #: What was said of entries of a list; of several lists where the settings of another programme were taken.
    lists: list[ListChange]
    #: Whom a programme asks from now on; None: every provider.
    providers: list[str] | None
    #: By workflow the number of the edition by which a programme begins it from now on; of others the newest.
    editions: dict[str, int]
    #: Weights of its ranked lists that somebody proposed, and those that are in force from now on, with their version.
    weights_asked: dict[str, str]
    weights: dict[str, Any]
    #: Retention classes that somebody proposed, without their names, and those that are in force from now on, with version and proposal.
    retention_asked: list[dict[str, Any]]
    retention: dict[str, Any]
    #: A routing table that somebody proposed, without its notes, and the one that is in force from now on, with version and proposal.
    routing_asked: dict[str, Any]
    routing: dict[str, Any]
    #: A removal of contents under retention that was proposed, was agreed to, and what it made of each case.
    removal_asked: dict[str, Any]
    removal_agreed: dict[str, Any]
    case_removal: CaseRemoval
    #: A batch of moves to another edition that was proposed, was agreed to, was steered by its decision, and what it made of each case.
    batch_asked: dict[str, Any]
    batch_agreed: dict[str, Any]
    batch: int
    batch_case: BatchCase
    #: Of an erasure that is done: the sealed files of the archive that name the person still.
    sealed: list[str]
    #: A legal hold that was placed, and one that was ended, by its id.
    hold: PlacedHold
    hold_ended: str
    #: Of a match that was refused: why, as the programme's list has it.
    refusal: str
    phase: str
    starts_on: str
    ends_on: str | None
    kind: str
    services: list[str]
    country: str | None
    # Who has which role: given, asked for, by invitation, passed on by an absence, ended.
    person: str | None
    role: str
    deputy_for: str | None
    starts_at: str | None
    ends_at: str | None
    request: str
    asked_by: str
    invitation: str
    roles: list[Any]
    language: str
    expires_at: str
    absence: str
    substitute: str
    via: str | None
    # How tasks are given, and what people can do.
    allocation: QueueRule
    skills: PersonSkills
    # What was changed of an account; a service's account, with its scopes.
    what: str
    account: str
    scopes: list[str]
    #: By which group at the provider of sign-in a role was given, asked for or ended, or asked for no more.
    group: str
    # A part of an import: digest of the file's name, which rows, and how many came of them.
    #: And the digest of the file of people by which a role was asked for, given or ended, or an account closed.
    file: str
    first_row: int
    last_row: int
    created: int
    updated: int
    nested: int
    #: How many events in logs of needs and technologies name this part as their cause.
    records: int
    #: Of a table of rights or organisations: the logs to which it wrote.
    brought: list[str]
    # An IP right.
    right: RecordedRight
    encumbrance: Encumbrance
    ended: list[str]
    inscribed: list[str]
    #: Of which encumbrances the register says something else now, and what: what is secured, the last day.
    changed: list[str]
    amount: Amount
    until: str
    fee_paid_to: str
    on: str
    cause: Cause
    checked_on: str
    #: What lay on a right that was merged into this one, but for the numbers, and whether somebody stands for it by that.
    burdens: list[Encumbrance]
    stands: bool
    right_kind: str
    technologies: list[str]
    owners: list[OwnerOfRight]
    # What was filed as evidence of an entry, and its file.
    evidence: FiledEvidence
    files: list[FiledFile]
    # A need or a technology; the fields for which a person stands from now on.
    record: RecordedRecord
    confirmed: list[str]
    #: By which question to whoever stated a need this was asked, said or decided.
    statement: str
    # Two organisations, records or rights that were one; also with what became the other one's by it.
    merger: Merger
    #: A merging that was taken back; with what became the other record's again.
    unmerger: Merger
    #: The other record that somebody said to be another one, however alike the two are.
    apart: str
    # A finding: about which event of which case.
    programme: str
    case: str
    seq: int
    #: Who is to answer it, by the end of which day, and when that is.
    owner: str
    due_on: str
    due_at: str
    # An erasure, on which legal basis; and what was taken out by it.
    basis: str
    #: The duties by which what it asked for is kept, each a reason with its code, words and values.
    kept: list[Any]
    erasure: str
    erased: ErasedWords
    #: Of a programme that was begun with the settings of another: that one.
    copied_from: str
    # A stage report that was frozen, agreed to or published.
    report: ReportMove
    # A sample that an auditor drew and keeps, and what came of a case of it.
    sample: DrawnSample
    looked: LookedAt
    # What an auditor attests.
    attestation: SignedAttestation
    # Settings of a program that have changed.
    program: str
    settings: dict[str, Any]
    #: Of the log of all events: which key followed another, and what both signed.
    rotation: KeyFollowed

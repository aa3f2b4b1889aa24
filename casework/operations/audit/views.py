"""Findings, and the answers to the auditor's questions, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.state.register_effects import NamedCheckpoint
from casework.json_values import JsonMapping
from casework.operations.core.event_views import FormKey
from casework.operations.core.views import Named, TaskKey


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingToAnswer:
    """A finding among the tasks of whoever is to answer it."""

    id: str
    #: Of the case.
    number: str
    title: str | None
    #: Null once erased.
    words: str | None
    due_at: str | None
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingRow:
    """A finding, as a list has it."""

    id: str
    #: Of the case.
    number: str
    title: str | None
    #: seq of the event that it is about.
    event: int
    #: open, answered or closed.
    state: str
    #: Null once erased.
    words: str | None
    #: The last one.
    answer: str | None
    raised_by: Named
    raised_at: str
    answered_by: Named | None
    answered_at: str | None
    closed_by: Named | None
    closed_at: str | None
    #: Who is to answer it, and by when.
    owner: Named | None
    due_at: str | None
    #: Open, and the day has passed.
    late: bool
    revision: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingAction:
    """Something that was said or done about a finding."""

    at: str
    #: raised, assigned, fell_due, answered, asked_again or closed.
    kind: str
    role: str | None
    words: str | None
    actor: Named
    #: Of one that was given to somebody: to whom, and by when.
    owner: Named | None
    due_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingMay:
    """What the reader may do with a finding now."""

    answer: bool
    close: bool
    #: Say who is to answer it by when.
    assign: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingDetails(FindingRow):
    """One finding with everything that was said about it."""

    actions: list[FindingAction]
    #: What you may do now.
    may: FindingMay


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditEvent:
    """An event that answers a question of auditors."""

    #: Of the case.
    number: str
    title: str | None
    seq: int
    at: str
    kind: str
    transition: str | None
    #: Of the task.
    name: str | None
    task: TaskKey | None
    #: The form by which the task was finished, and what it said.
    form: FormKey | None
    data: JsonMapping
    what: str | None
    agreed: bool
    edition: str | None
    role: str | None
    actor: Named
    by_system: bool
    track_kind: str | None
    happened_on: str | None
    #: Working days after it happened, where it was recorded late.
    late: int


@dataclass(frozen=True, kw_only=True, slots=True)
class SampledCase:
    """A case that was drawn at random."""

    number: str
    title: str | None
    state: str
    #: By name.
    owner: str | None
    opened_at: str
    closed_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sample:
    """Cases that were drawn at random, and what they were drawn from."""

    items: list[SampledCase]
    #: So many cases had been opened by then in one's programmes, as far as one sees them.
    population: int
    #: Cases opened later are not drawn from.
    as_of: str
    next: None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttestationRow:
    """What an auditor signed of a programme, as a list has it."""

    programme: str
    number: int
    #: seq in the log of the programme.
    event: int
    signed_at: str
    signed_by: Named
    #: The first day that was examined, and the last one; null once erased, as what follows.
    since: str | None
    until: str | None
    #: So many cases were examined.
    cases: int | None
    #: So many findings about them were not closed.
    not_closed: int | None
    #: In so many of their histories verification had found something wrong.
    wrong: int | None
    #: On which checkpoint it rests.
    checkpoint: NamedCheckpoint
    #: The earlier one in whose place it stands, and the later one that stands in its place.
    supersedes: int | None
    superseded_by: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AttestationDetails(AttestationRow):
    """One of them, whole."""

    #: Null once erased.
    words: str | None
    statement: JsonMapping | None
    #: Of its event.
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LookedCase:
    """A case of a sample that is kept, and what came of looking at it; the last word counts."""

    number: str
    title: str | None
    #: in_order or finding; null while nobody has looked.
    result: str | None
    looked_by: Named | None
    looked_at: str | None
    finding: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class SampleFinding:
    """A finding about a case of a sample."""

    id: str
    number: str
    event: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSampleRow:
    """A sample that is kept, as a list has it."""

    programme: str
    number: int
    drawn_by: Named
    drawn_at: str
    #: Null once erased.
    seed: str | None
    #: So many cases were drawn, from so many that had been opened by then.
    size: int
    as_of: str
    population: int
    in_order: int
    with_finding: int


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptSampleDetails(KeptSampleRow):
    """One of them, with its cases as far as one sees them, and the findings about these."""

    cases: list[LookedCase]
    findings: list[SampleFinding]

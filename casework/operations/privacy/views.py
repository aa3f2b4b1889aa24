"""Erasures and legal holds as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import Named, Names
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldOnCase:
    """A legal hold that stands on a case, as its page tells it."""

    #: None, and no reason, to whoever is told that there is one and no more.
    id: str | None
    #: case, organisation or programme.
    about: str
    placed_at: str
    #: The last day; None: until somebody ends it.
    until: str | None
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassDue:
    """A retention class: how many closed cases it takes, and how many of these may be removed by a day."""

    code: str
    name: Names
    #: None: for good.
    years: int | None
    #: removed or archived: what becomes of its cases then.
    fate: str
    closed: int
    due: int
    #: Of those that are due the ones that a legal hold keeps today.
    held: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseDue:
    """A closed case that may be removed by a day."""

    number: str
    title: str | None
    outcome: str | None
    closed_at: str
    #: Its class.
    code: str
    #: The first day on which it may be removed.
    due: str
    #: A legal hold keeps it today.
    held: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionPreview:
    """What of a programme may be removed by a day."""

    programme: Named
    by: str
    classes: list[ClassDue]
    items: list[CaseDue]
    next: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldRow:
    """A legal hold, as a list has it."""

    id: str
    programme: Named
    #: case, organisation or programme.
    about: str
    #: Its number.
    case: str | None
    organisation: Named | None
    until: str | None
    #: It is not ended, and its last day is not over.
    stands: bool
    placed_by: Named | None
    placed_at: str
    ended_by: Named | None
    ended_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HoldDetails(HoldRow):
    """One hold with why it was placed and ended."""

    #: None where it was erased.
    reason: str | None
    end_reason: str | None
    #: Whether you may end it now; whether you placed it.
    ends: bool
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureRow:
    """An erasure, as a list has it."""

    id: str
    programme: str
    person: Named | None
    #: One of BASES.
    basis: str
    #: One of STATES.
    state: str
    asked_by: Named
    asked_at: str
    decided_by: Named | None
    decided_at: str | None
    done_at: str | None
    #: How many sealed files of the archive name the person still; None until it is done.
    archived: int | None
    #: When it is carried out at the latest.
    due_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureDetails(ErasureRow):
    """One erasure with why it was asked for."""

    #: Null once done.
    words: list[str] | None
    #: Null once done, where it named the person.
    reason: str | None
    #: Whether you may decide on it now.
    decides: bool
    #: How many texts of the history name the person; null once decided.
    texts: int | None
    #: What stands against it now, and until when.
    kept: list[Why]


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovalRow:
    """A removal that was proposed, what became of the proposal, and how far it has come."""

    #: The number of the event by which it was proposed.
    number: int
    #: The number of the event by which it was agreed to; files of cases name it so.
    decision: int | None
    #: asked, agreed, refused, or replaced by another proposal.
    state: str
    #: The day by which its cases were due.
    by: str
    #: How many of its cases go into the archive.
    archives: int
    digest: str
    proposed_by: Named
    proposed_at: str
    #: None where it was erased.
    reason: str | None
    decided_by: Named | None
    decided_at: str | None
    #: How many cases it names, and of these how many were removed, were put into the archive, were left out, and wait for the worker.
    cases: int
    removed: int
    archived: int
    left: int
    waiting: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovalCase:
    """A case that a removal names."""

    number: str
    #: The class under which it was due.
    code: str
    #: None where it was opened again.
    closed_at: str | None
    #: Until when it is kept by that class as it is now; None where the class is gone, or is kept for good.
    due: str | None
    #: waits, removed, archived or left; listed while nobody has agreed.
    state: str
    #: Whether it goes into the archive.
    archives: bool
    #: Why it was left out.
    why: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovalsHead:
    """The removals of contents under retention in a programme, but for their cases."""

    id: str
    #: Of the newest proposal or decision; whoever makes one says so with it.
    version: int
    #: The newest first.
    removals: list[RemovalRow]
    #: Whether who asks may propose one, may agree to what waits, and proposed it.
    mine: bool
    decides: bool
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeRemovals(RemovalsHead):
    """The same with the cases of the newest one."""

    cases: list[RemovalCase]


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownRemovals(RemovalsHead):
    """The same with one of them, and some of its cases."""

    programme: Named
    #: By code what the retention classes are called.
    classes: dict[str, Names]
    #: None where there is none yet.
    one: RemovalRow | None
    cases: list[RemovalCase]
    next: str | None
    #: Whether the worker is at one.
    under_way: bool

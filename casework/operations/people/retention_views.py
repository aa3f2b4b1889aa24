"""What operations hand out of a programme's retention classes."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.retention import REMOVED
from casework.operations.core.views import Named


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassShown:
    """A class: for how long its cases are kept, and which it takes."""

    code: str
    name: str
    name_zh: str
    #: After closing; None: for good.
    years: int | None
    #: Services and workflows of which one began in the case.
    kinds: list[str]
    #: How the case ended.
    outcomes: list[str]
    #: removed or archived: what becomes of its cases when their years are over.
    fate: str = REMOVED


@dataclass(frozen=True, kw_only=True, slots=True)
class ClassChanged:
    """What a class was, and is or would be."""

    code: str
    before: ClassShown | None
    after: ClassShown | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RetentionVersion:
    """A version of the classes, with what it changed of the one before."""

    number: int
    changes: list[ClassChanged]
    #: None of the first one, which the product brings.
    since: str | None
    proposed_by: Named | None
    agreed_by: Named | None
    #: Why it was proposed; none where the words were erased.
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedRetention:
    """Classes that wait for a second person."""

    classes: list[ClassShown]
    changes: list[ClassChanged]
    proposed_by: Named
    at: str
    reason: str | None
    #: Whether who asks may agree to them; whether they are theirs to take back.
    decides: bool
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeRetention:
    """For how long a programme keeps its closed cases."""

    id: str
    #: Of the newest proposal or decision; whoever makes one says so with it.
    version: int
    #: The number of what is in force.
    number: int
    classes: list[ClassShown]
    #: The newest first.
    versions: list[RetentionVersion]
    proposed: ProposedRetention | None
    #: What a class may name: services and workflows, and outcomes.
    kinds: list[str]
    outcomes: list[str]
    #: Whether who asks may propose others.
    mine: bool


__all__ = ["ClassChanged", "ClassShown", "ProgrammeRetention", "ProposedRetention", "RetentionVersion"]

"""What operations hand out of moves to another edition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from casework.engine.execution.migrations import Outcome
from casework.operations.core.views import Named
from casework.reasons import Reason, Why


@dataclass(frozen=True, kw_only=True)
class CaseVerdict:
    """What becomes of one case, or became of it."""

    id: str
    number: str
    outcome: Outcome
    why: tuple[Reason, ...]
    #: The event that told of it; None where nothing was done.
    event: int | None = None


@dataclass(frozen=True, kw_only=True)
class MovedCase:
    """A case that a plan has moved, and the event that told of it."""

    id: str
    number: str
    event: int


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchRow:
    """A batch that was proposed, what became of the proposal, and how far it has come."""

    id: str
    programme: Named
    #: The number of the event by which it was proposed, and of that by which it was agreed to.
    number: int
    decision: int | None
    #: asked, refused, or replaced by another proposal; once agreed to running, suspended, cancelled or ended.
    state: str
    workflow: str
    #: The numbers of the editions.
    earlier: int
    later: int
    #: By the digest of which plan, and what was said by hand.
    plan: str
    mapping: dict[str, Any]
    #: Of one that takes another one back: that one's id.
    reverts: str | None
    proposed_by: Named
    proposed_at: str
    #: None where it was erased.
    reason: str | None
    decided_by: Named | None
    decided_at: str | None
    #: How many cases it names, but for those that who asks keeps out of; how many of these moved, stayed, failed, and wait for the worker.
    cases: int
    moved: int
    stayed: int
    failed: int
    waiting: int
    #: Whether who asks may agree to it, proposed it, may suspend or cancel it, and may propose to take it back.
    decides: bool
    own: bool
    steers: bool
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchCase:
    """A case that a batch names."""

    number: str
    #: waits, moved, stays or failed; listed while nobody has agreed.
    state: str
    why: list[Why]
    #: The codes of these.
    codes: list[str]
    #: Before somebody has agreed, what would become of it as it stands, and `why`; None of one that takes another one back.
    verdict: Outcome | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownBatch(BatchRow):
    """A batch with some of its cases, by number."""

    version: int
    steps: list[BatchStep]
    outcomes: list[BatchCase]
    next: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchesHead:
    """What stands above the batches of a programme."""

    programme: Named
    #: What a proposal or a decision sends back as seen.
    version: int
    #: Whether one is carried out; and whether who asks may propose the next one.
    under_way: bool
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchStep:
    """That somebody stopped a batch, let it go on or ended it."""

    what: str
    by: Named
    at: str
    reason: str | None


__all__ = ["BatchCase", "BatchRow", "BatchStep", "BatchesHead", "CaseVerdict", "MovedCase", "ShownBatch"]

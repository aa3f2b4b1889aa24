"""What operations hand out of the weights of a programme's ranked lists."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import Named


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightShown:
    """One of them."""

    name: str
    #: What is in force, and what the product begins with; as decimals.
    value: str
    shipped: str
    least: str
    most: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightChanged:
    """What one of them was, and is or would be."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WeightsVersion:
    """A version, with what it changed of the one before."""

    number: int
    values: dict[str, str]
    changes: list[WeightChanged]
    #: None of the first one, which the product brings.
    since: str | None
    proposed_by: Named | None
    agreed_by: Named | None
    #: Why it was proposed; none where the words were erased.
    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposedWeights:
    """Weights that wait for a second person."""

    values: dict[str, str]
    changes: list[WeightChanged]
    proposed_by: Named
    at: str
    reason: str | None
    #: Whether who asks may agree to them; whether they are theirs to take back.
    decides: bool
    own: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeWeights:
    """By what weights the lists of a programme are made."""

    id: str
    #: Of the newest proposal or decision; whoever makes one says so with it.
    version: int
    #: The number of what is in force.
    number: int
    weights: list[WeightShown]
    #: The newest first.
    versions: list[WeightsVersion]
    proposed: ProposedWeights | None
    #: Whether who asks may propose others.
    mine: bool


__all__ = ["ProgrammeWeights", "ProposedWeights", "WeightChanged", "WeightShown", "WeightsVersion"]

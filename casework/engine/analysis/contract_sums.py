"""The sum of contract values: by currency, and by whatever else is asked for. Pure; amounts of two currencies are never added."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar

from casework.engine.parts import IN_FORCE

#: Kinds of agreement that are technology contracts (Civil Code Art. 843); what only prepares one, and goods, are none.
TECHNOLOGY_CONTRACTS = frozenset(
    {"development", "technical_service", "patent_licence", "know_how_licence", "assignment"}
)
#: The kind that is one only where technology goes into the company, and what says that none does.
JOINT_VENTURE, NOTHING_GOES_IN = "joint_venture", "none"

#: How an agreement stands whose price counts.
IN_EFFECT, ENDED = "in_effect", "ended"


def standing(states: Collection[str], milestones: Mapping[str, frozenset[str]], *, ended: bool) -> str | None:
    """Whether what was signed is in effect or has ended; None where another text is being agreed in its place."""
    if milestones.get(IN_FORCE, frozenset()) & set(states):
        return IN_EFFECT
    return ENDED if ended else None


def is_technology_contract(kind: str | None, contribution: str | None) -> bool:
    """Whether an agreement counts among technology contracts: by its kind, and a joint venture by what goes into its company."""
    if kind == JOINT_VENTURE:
        return contribution not in (None, NOTHING_GOES_IN)
    return kind in TECHNOLOGY_CONTRACTS


@dataclass(frozen=True)
class Money:
    """An amount, and its currency."""

    amount: Decimal
    currency: str


class Valued(Protocol):
    """What an agreement says of its value: nothing, or the whole and what of it is technology."""

    @property
    def value(self) -> Money | None: ...

    @property
    def technology(self) -> Money | None: ...


@dataclass(frozen=True)
class Sum:
    """What agreements of one currency come to."""

    currency: str
    agreements: int
    value: Decimal
    technology: Decimal


V = TypeVar("V", bound=Valued)
K = TypeVar("K", int, tuple[str, str])


def sums(agreements: Iterable[V], by: Callable[[V], K]) -> list[tuple[K, Sum]]:
    """Of each key and currency what its agreements come to, in order; one without a value is in none."""
    counts: dict[tuple[K, str], int] = {}
    whole: dict[tuple[K, str], Decimal] = {}
    part: dict[tuple[K, str], Decimal] = {}
    for one in agreements:
        key = by(one)
        if one.value is not None:
            place = key, one.value.currency
            counts[place] = counts.get(place, 0) + 1
            whole[place] = whole.get(place, Decimal(0)) + one.value.amount
        if one.technology is not None:
            place = key, one.technology.currency
            part[place] = part.get(place, Decimal(0)) + one.technology.amount
    return [
        (
            key,
            Sum(
                currency,
                counts.get((key, currency), 0),
                whole.get((key, currency), Decimal(0)),
                part.get((key, currency), Decimal(0)),
            ),
        )
        for key, currency in sorted(whole.keys() | part.keys())
    ]


__all__ = ["ENDED", "IN_EFFECT", "Money", "Sum", "Valued", "is_technology_contract", "standing", "sums"]

"""Whose an IP right is: organisations, each with its share where it is known."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from casework.engine.state.right_values import OwnerOfRight

#: A right has so many owners at most, and protects so many technologies.
MOST = 50
_WHOLE = Decimal(100)


def plain_share(share: object) -> str | None:
    """A share in per cent as it is written down: without zeros at its end. Raises ValueError for what is none."""
    if share is None or share == "":
        return None
    try:
        number = Decimal(str(share).strip().rstrip("%％ "))
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite() or not 0 < number <= _WHOLE or number != round(number, 4):
        raise ValueError
    return format(number.normalize(), "f")


def shares_fit(owners: Sequence[OwnerOfRight]) -> bool:
    """Whether each organisation stands there once and together they own no more than the whole."""
    names = [owner["organisation"] for owner in owners]
    return len(set(names)) == len(names) and sum(Decimal(owner["share"] or 0) for owner in owners) <= _WHOLE

"""Case hygiene night by night: of the live cases those that broke no rule, as the check of each night found it, and their mean."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from sqlalchemy import Connection, text

from casework.operations.core.presenters import when
from casework.operations.oversight.figures import programme_of_reader
from casework.operations.oversight.views import CaseHygieneDay, HygieneNights
from casework.permissions.actors import Actor

#: So many nights are told at most.
MOST = 366
_TENTH = Decimal("0.1")
#: What the check of each of the last nights found, the newest first.
_NIGHTS = text("""
    SELECT day, at, live, broken FROM case_hygiene_days WHERE programme_id = CAST(:programme AS uuid) ORDER BY day DESC LIMIT :most
""")


def list_nights(db: Connection, actor: Actor, programme: str | None = None, *, most: int = MOST) -> HygieneNights:
    """The last nights of a programme, or of the reader's first one, the newest first.

    Raises NotFound for others than its officers, supervisors, managers and auditors, who read the figure that is made of them.
    """
    mine = programme_of_reader(actor, programme)
    rows = db.execute(_NIGHTS, {"programme": mine, "most": most}).all()
    return HygieneNights(
        programme=mine,
        mean=mean_of([(row.live, row.broken) for row in rows]),
        days=[
            CaseHygieneDay(day=row.day.isoformat(), at=when(row.at), live=row.live, broken=row.broken) for row in rows
        ],
    )


def mean_of(nights: list[tuple[int, int]]) -> str | None:
    """Of so many live cases, of which so many broke a rule, the mean share that broke none, each night counting the same.

    A night without a live case says nothing; None where each is one.
    """
    shares = [Fraction(100 * (live - broken), live) for live, broken in nights if live]
    if not shares:
        return None
    mean = sum(shares, Fraction(0)) / len(shares)
    return str((Decimal(mean.numerator) / Decimal(mean.denominator)).quantize(_TENTH, ROUND_HALF_EVEN))


__all__ = ["MOST", "list_nights", "mean_of"]

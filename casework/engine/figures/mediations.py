"""Figure 6, mediation: how many were referred, settled, and solved by talks. Of the whole programme, as of the end of a quarter, and never
by case.

A mediation is known to those alone who are named in it. So a number is told only where it is five at least, and differs by five at
least from every other one that is told, or was told as of an earlier quarter; else the line says that it is under five, whatever it is.
What came up to a quarter's end is what its log said by then: what is put down later changes no number that was told.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.mediation_facts import MediationFacts
from casework.engine.figures.names import FigureNames
from casework.engine.figures.world import World

#: No number under it is told, and no difference.
LEAST = 5
REFERRED, RIPE, APPOINTED, SETTLED, BY_TALKS = "referred", "ripe", "appointed", "settled", "resolved_by_talks"
#: In this order they are told: where two lie too close, the first one is.
CELLS = (REFERRED, SETTLED, RIPE, APPOINTED, BY_TALKS)
#: The lines: what is counted, and among what.
LINES: tuple[tuple[str, str | None], ...] = (
    (REFERRED, None),
    (SETTLED, REFERRED),
    (SETTLED, RIPE),
    (SETTLED, APPOINTED),
    (BY_TALKS, REFERRED),
)


def mediations(world: World) -> Figure:
    """As they stood at the end of the last quarter of which numbers can be told; settled is in whole or in part, talks stand apart."""
    told, until = published(world.mediations, world.names, world.today)
    last = None if until is None else (until - timedelta(days=1)).isoformat()
    return Figure(rows=tuple(_row(what, among, told, last) for what, among in LINES))


def _row(what: str, among: str | None, told: Mapping[str, int], until: str | None) -> Row:
    of = {"what": what, "until": until} | ({} if among is None else {"among": among})
    denominator = None if among is None else told.get(among)
    if what not in told:
        return Row(of=of, numerator=0, denominator=denominator, under=LEAST)
    return Row(of=of, numerator=told[what], denominator=denominator)


def published(
    found: Sequence[MediationFacts], names: FigureNames, today: date
) -> tuple[Mapping[str, int], date | None]:
    """What is told by a day, and up to before which day it is counted: as of each quarter in turn, since what was told once stays known."""
    known: set[int] = set()
    told: dict[str, int] = {}
    until: date | None = None
    for end in _quarters(min((one.opened_on for one in found), default=today), today):
        numbers = dict(_count(found, names, end))
        taken, fresh = set(known), dict[str, int]()
        for cell in CELLS:
            if all(abs(numbers[cell] - other) >= LEAST for other in (0, *taken)):
                fresh[cell] = numbers[cell]
                taken.add(numbers[cell])
        # Without the first one the others have no whole: what was told before stays.
        if REFERRED in fresh:
            known, told, until = taken, fresh, end
    return told, until


def _count(found: Iterable[MediationFacts], names: FigureNames, end: date) -> Iterator[tuple[str, int]]:
    """The numbers as of the day before one."""
    there = [one for one in found if one.opened_on < end]
    outcomes = [one.outcomes_by(end) for one in there]
    settled = [bool(one & {*names.settles}) for one in outcomes]
    over = [one.ended_by(end) or _a_year_later(one.opened_on) <= end for one in there]
    yield REFERRED, len(there)
    yield RIPE, sum(one or other for one, other in zip(over, settled, strict=True))
    yield APPOINTED, sum(one.appointed_on is not None and one.appointed_on < end for one in there)
    yield SETTLED, sum(settled)
    yield BY_TALKS, sum(names.by_talks in one and not other for one, other in zip(outcomes, settled, strict=True))


def _a_year_later(day: date) -> date:
    return date(day.year + 1, 3, 1) if (day.month, day.day) == (2, 29) else day.replace(year=day.year + 1)


def _quarters(first: date, last: date) -> Iterator[date]:
    """The first day after each quarter that ended after one day, up to another."""
    year, month = first.year, first.month - (first.month - 1) % 3
    while True:
        year, month = (year, month + 3) if month < 10 else (year + 1, 1)
        if date(year, month, 1) > last:
            return
        yield date(year, month, 1)

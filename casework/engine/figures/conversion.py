"""Figure 2, conversion: of the cases that reached a step how many went on, ended, or are still open; by cohort and by what they were."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from operator import methodcaller

from casework.engine.figures.case_facts import DIMENSIONS, CaseFacts
from casework.engine.figures.counting import Figure, Row, numbers, p90
from casework.engine.figures.funnel import case_steps, days_of_steps
from casework.engine.figures.world import World

#: Where every case begins.
OPENED = "opened"
WENT_ON, ENDED, OPEN = "went_on", "ended", "open"

#: A case, and the day of each step that it has reached.
Reached = tuple[CaseFacts, Mapping[str, date]]


def conversion(world: World) -> Figure:
    """Each step after the one before, of all, of each month of opening, and of each phase, sector, district and source."""
    told: list[Reached] = [
        (case, {OPENED: case.opened_on, **days_of_steps(case, world.names)}) for case in world.counted
    ]
    steps = (OPENED, *case_steps(world.names))
    rows: list[Row] = []
    for step, following in zip(steps, steps[1:], strict=False):
        of = {"step": step, "next": following}
        there = [one for one in told if step in one[1]]
        ripe = p90((days[following] - days[OPENED]).days for _, days in there if following in days)
        rows.append(_row(of, there, following))
        for month, mine in sorted(_told_apart(there, lambda case: case.month).items()):
            unripe = None if ripe is None else _age(str(month), world.today) < ripe
            rows.append(_row({**of, "month": month}, mine, following, unripe=unripe))
        for dimension in DIMENSIONS:
            groups = _told_apart(there, methodcaller("of", dimension))
            for value, mine in sorted(groups.items(), key=lambda one: (one[0] is None, one[0] or "")):
                rows.append(_row({**of, dimension: value}, mine, following))
    return Figure(rows=tuple(rows))


def _told_apart(there: Iterable[Reached], by: Callable[[CaseFacts], str | None]) -> dict[str | None, list[Reached]]:
    """The same by what their cases are, each read once: a large programme has many months, sectors and districts."""
    groups: dict[str | None, list[Reached]] = {}
    for one in there:
        groups.setdefault(by(one[0]), []).append(one)
    return groups


def _row(of: Mapping[str, str | None], mine: Sequence[Reached], following: str, *, unripe: bool | None = None) -> Row:
    on = [case for case, days in mine if following in days]
    ended = sum(case.closed and following not in days for case, days in mine)
    parts = {WENT_ON: len(on), ENDED: ended, OPEN: len(mine) - len(on) - ended}
    return Row(
        of=of,
        numerator=len(on),
        denominator=len(mine),
        parts=parts,
        cases=numbers(case.number for case in on),
        unripe=unripe,
    )


def _age(month: str, today: date) -> int:
    """How many days ago the last day of a month was: the youngest of its cases is as old at least."""
    year, number = map(int, month.split("-"))
    return (today - date(year, number, monthrange(year, number)[1])).days

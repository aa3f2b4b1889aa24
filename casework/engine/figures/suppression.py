"""What somebody outside the office is shown of figures: no cell under three, and none that subtraction would give away.

Every cell that is printed is an unknown, and whatever adds up among them an equation. A cell that is hidden must follow from no
combination of what is shown: as long as one does, one more is hidden, the smallest that helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from casework.engine.figures.counting import Figure, Row

#: A cell of fewer is printed as that; one that is hidden for its sake as nothing.
LEAST = 3
FEW = "<3"
#: What never leaves the office.
INSIDE = frozenset({"workload"})

#: A cell: the figure, the place of the row, and what of the row it is.
Cell = tuple[str, int, str]
NUMERATOR, DENOMINATOR = "numerator", "denominator"


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A line as it is printed: numbers, "<3", or None where one is hidden or there is none."""

    of: Mapping[str, str | None]
    numerator: int | str | None
    denominator: int | str | None
    parts: Mapping[str, int | str | None]
    percent: Decimal | None
    median: Decimal | None
    p90: Decimal | None
    money: Mapping[str, Decimal]
    amount: Decimal | None
    unripe: bool | None


def suppressed(figures: Mapping[str, Figure]) -> dict[str, tuple[ShownRow, ...]]:
    """The lines of figures for a reader outside the office; none tells which cases stand behind it."""
    shown = {name: figure for name, figure in figures.items() if name not in INSIDE}
    cells = {cell: value for name, figure in shown.items() for cell, value in _cells(name, figure)}
    hidden = hide(cells, equations(shown))
    return {
        name: tuple(_row(name, n, row, cells, hidden) for n, row in enumerate(figure.rows))
        for name, figure in shown.items()
    }


def hide(cells: Mapping[Cell, int], sums: Sequence[Sequence[Cell]]) -> frozenset[Cell]:
    """The cells that are not printed: those under three, and so many more that none of them can be worked out.

    Of each sum the first cell is what the others come to.
    """
    hidden = {cell for cell, value in cells.items() if value < LEAST}
    while (given_away := next(_given_away(cells, sums, hidden), None)) is not None:
        helps = [cell for one in sums if given_away in one for cell in one if cell not in hidden]
        if not helps:
            # It follows from cells of several sums: whatever stands in a sum with something hidden.
            helps = [cell for one in sums if hidden & set(one) for cell in one if cell not in hidden]
        if not helps:
            break
        hidden.add(min(helps, key=lambda cell: (cells[cell], cell)))
    return frozenset(hidden)


def _given_away(cells: Mapping[Cell, int], sums: Sequence[Sequence[Cell]], hidden: set[Cell]) -> Iterator[Cell]:
    """Hidden cells that what is shown gives away: by one sum, which is soon seen, else by several together."""
    for one in sums:
        unknown = [cell for cell in one if cell in hidden]
        if len(unknown) == 1 or unknown and one[0] not in hidden and _at_an_end([cells[cell] for cell in unknown]):
            yield unknown[0]
    rows = [{cell: Fraction(1 if n else -1) for n, cell in enumerate(one) if cell in hidden} for one in sums]
    yield from _determined(rows)


def _at_an_end(values: Sequence[int]) -> bool:
    """Whether hidden cells come to as little or as much as they can: a reader knows of each whether it is under three."""
    least = sum(LEAST for value in values if value >= LEAST)
    return sum(values) == least or all(value == LEAST - 1 for value in values)


def _determined(rows: Iterable[Mapping[Cell, Fraction]]) -> list[Cell]:
    """The unknowns of which a system of equations leaves one value: those alone in a row of its reduced form."""
    reduced: dict[Cell, dict[Cell, Fraction]] = {}
    for written in rows:
        row = dict(written)
        for cell in [cell for cell in row if cell in reduced]:
            _take(row, row[cell], reduced[cell])
        if not row:
            continue
        pivot = min(row)
        lead = row[pivot]
        row = {cell: value / lead for cell, value in row.items()}
        for other in reduced.values():
            if pivot in other:
                _take(other, other[pivot], row)
        reduced[pivot] = row
    return [pivot for pivot, row in reduced.items() if len(row) == 1]


def _take(row: dict[Cell, Fraction], times: Fraction, other: Mapping[Cell, Fraction]) -> None:
    """Take another row off, so many times."""
    for cell, value in other.items():
        left = row.get(cell, Fraction(0)) - times * value
        if left:
            row[cell] = left
        else:
            row.pop(cell, None)


# --- what adds up ----------------------------------------------------------------------------------------------------


def equations(figures: Mapping[str, Figure]) -> list[tuple[Cell, ...]]:
    """What adds up among the cells of figures: the parts of a line, the lines of a group, and what is printed twice."""
    found: list[tuple[Cell, ...]] = []
    for name, figure in figures.items():
        found += _parts(name, figure)
        found += _groups(name, figure)
    found += _twice(figures)
    return found


def _parts(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    for n, row in enumerate(figure.rows):
        if row.parts and sum(row.parts.values()) == row.denominator:
            yield (name, n, DENOMINATOR), *((name, n, part) for part in row.parts)


def _groups(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    """A line, and those that say of the same one thing more, where these come to it."""
    for n, whole in enumerate(figure.rows):
        below: dict[str, list[int]] = {}
        for m, row in enumerate(figure.rows):
            more = row.of.keys() - whole.of.keys()
            if len(more) == 1 and whole.of.items() <= row.of.items():
                below.setdefault(next(iter(more)), []).append(m)
        for group in below.values():
            # What only stands beside, as agreements that prepare others, is among other lines: both ways are looked at.
            same = [m for m in group if figure.rows[m].denominator == whole.denominator]
            for places in {tuple(group), tuple(same)}:
                for cell in (NUMERATOR, DENOMINATOR, *whole.parts):
                    values = [_value(figure.rows[m], cell) for m in places]
                    told = [value for value in values if value is not None]
                    if places and len(told) == len(values) and sum(told) == _value(whole, cell):
                        yield (name, n, cell), *((name, m, cell) for m in places)


def _twice(figures: Mapping[str, Figure]) -> Iterator[tuple[Cell, ...]]:
    """The same number in two places: of the same cases, the numerator as a part, the end of a step as the beginning of the next."""
    by_cases: dict[tuple[str, ...], list[Cell]] = {}
    for name, figure in figures.items():
        counted: dict[int, list[Cell]] = {}
        for n, row in enumerate(figure.rows):
            if row.cases:
                by_cases.setdefault(row.cases, []).append((name, n, NUMERATOR))
            yield from (
                ((name, n, NUMERATOR), (name, n, part)) for part, value in row.parts.items() if value == row.numerator
            )
            for cell in (NUMERATOR, DENOMINATOR):
                if (number := _value(row, cell)) is not None:
                    counted.setdefault(number, []).append((name, n, cell))
        for same in counted.values():
            # That two are equal may be chance. To take it for more hides too much, never too little.
            if any(cell[2] == DENOMINATOR for cell in same):
                yield from pairwise(same)
    for name, figure in figures.items():
        for n, row in enumerate(figure.rows):
            others = [cell for cell in by_cases.get(row.cases, ()) if cell != (name, n, NUMERATOR)]
            yield from (
                ((name, n, NUMERATOR), cell)
                for cell in others
                if _value(_of(figures, cell), NUMERATOR) == row.numerator
            )


def _of(figures: Mapping[str, Figure], cell: Cell) -> Row:
    return figures[cell[0]].rows[cell[1]]


def _value(row: Row, cell: str) -> int | None:
    if cell == NUMERATOR:
        return row.numerator if row.under is None else None
    return row.denominator if cell == DENOMINATOR else row.parts.get(cell)


def _cells(name: str, figure: Figure) -> Iterable[tuple[Cell, int]]:
    for n, row in enumerate(figure.rows):
        for cell in (NUMERATOR, DENOMINATOR, *row.parts):
            if (value := _value(row, cell)) is not None:
                yield (name, n, cell), value


# --- what is printed -------------------------------------------------------------------------------------------------


def _row(name: str, n: int, row: Row, cells: Mapping[Cell, int], hidden: frozenset[Cell]) -> ShownRow:
    def told(cell: str) -> int | str | None:
        place = (name, n, cell)
        if place not in cells:
            return None
        if place not in hidden:
            return cells[place]
        return FEW if cells[place] < LEAST else None

    numerator = told(NUMERATOR) if row.under is None else f"<{row.under}"
    denominator = told(DENOMINATOR)
    whole = isinstance(numerator, int)
    # Amounts of few deals are theirs, and a share tells what it is a share of.
    bare = row if whole else replace(row, money={}, amount=None, median=None, p90=None)
    return ShownRow(
        of=row.of,
        numerator=numerator,
        denominator=denominator,
        parts={part: told(part) for part in row.parts},
        percent=row.percent if whole and isinstance(denominator, int) else None,
        median=bare.median,
        p90=bare.p90,
        money=bare.money,
        amount=bare.amount,
        unripe=row.unripe,
    )

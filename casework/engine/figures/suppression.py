"""What somebody outside the office is shown of figures: no cell under three, and none that subtraction would give away.

Every cell that is printed is an unknown, and whatever adds up among them an equation; what is hidden by these `hiding` finds. What follows
from how cases go, and from no such equation, `courses` finds, and more is hidden until nothing does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from casework.engine.figures.across import LEAST, REST, ROOM, STATED, UNTOLD, Cell, across
from casework.engine.figures.across import value_of as _value
from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row
from casework.engine.figures.courses import Courses
from casework.engine.figures.hiding import hide

#: A cell of fewer than the least is printed as that; one that is hidden for its sake as nothing.
FEW = "<3"
#: What never leaves the office.
INSIDE = frozenset({"workload"})

#: A cell of a figure that is known.
Place = tuple[int, str]


@dataclass(frozen=True, kw_only=True)
class ShownRow:
    """A line as it is printed: numbers, "<3", or None where one is hidden or there is none.

    Without money: of many deals one may have told its price, or be alone in its currency.
    """

    of: Mapping[str, str | None]
    numerator: int | str | None
    denominator: int | str | None
    parts: Mapping[str, int | str | None]
    percent: Decimal | None
    median: Decimal | None
    p90: Decimal | None
    amount: Decimal | None
    unripe: bool | None


def suppressed(figures: Mapping[str, Figure]) -> dict[str, tuple[ShownRow, ...]]:
    """The lines of figures for a reader outside the office; none tells which cases stand behind it."""
    told = Told.of(figures)
    courses, more = Courses(told.shown), set[Cell]()
    hidden = hide(told.cells, told.adds_up, families(told.shown))
    while found := courses.worked_out(hidden):
        more |= found
        hidden = hide(told.cells, told.adds_up, families(told.shown), more)
    return told.printed(hidden)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Figures that leave the office, with what adds up among their cells."""

    shown: Mapping[str, Figure]
    cells: Mapping[Cell, int]
    sums: Sequence[tuple[Cell, ...]]
    adds_up: Sequence[tuple[Cell, ...]]

    @classmethod
    def of(cls, figures: Mapping[str, Figure]) -> Told:
        shown = {name: _to_tell(name, figure) for name, figure in figures.items() if name not in INSIDE}
        cells = {cell: value for name, figure in shown.items() for cell, value in _cells(name, figure)}
        sums = equations(shown)
        adds_up = [*sums, *across(shown)]
        return cls(shown=shown, cells=cells | rests(cells, adds_up), sums=sums, adds_up=adds_up)

    def printed(self, hidden: Mapping[Cell, bool]) -> dict[str, tuple[ShownRow, ...]]:
        """The lines as they are printed, where some cells are hidden."""
        # An amount follows from those of the other lines, as a number does.
        broken = {cell for one in self.sums if len(one) > 2 and hidden.keys() & set(one) for cell in one[1:]}
        return {
            name: tuple(_row((name, n), row, self.cells, hidden, broken) for n, row in enumerate(figure.rows))
            for name, figure in self.shown.items()
        }


def _to_tell(name: str, figure: Figure) -> Figure:
    untold = {part for of, part in UNTOLD if of == name}
    rows = tuple(
        replace(row, parts={part: n for part, n in row.parts.items() if part not in untold}) for row in figure.rows
    )
    return replace(figure, rows=rows) if untold else figure


# --- what adds up ----------------------------------------------------------------------------------------------------

#: What tells the lines of a group apart so that they add up to a whole, whether that is printed or not.
APART = (
    "capacity", "cohort", "district", "instrument", "item", "kind", "month", "outcome", "phase", "provider", "reason", "sector", "service",
    "source", "technology_field", "verdict", "year",
)  # fmt: skip
#: What is no part of what a line is of.
_OF_WHAT = frozenset({"what", "of"})


def equations(figures: Mapping[str, Figure]) -> list[tuple[Cell, ...]]:
    """What adds up among the cells of figures: the parts of a line, the lines of a group, and what is printed twice."""
    found: list[tuple[Cell, ...]] = []
    for name, figure in figures.items():
        found += _parts(name, figure)
        found += _groups(name, figure)
        found += _among(name, figure)
        if name not in STATED:
            found += _begun(name, figure)
        found += _short(name, figure)
    found += _same_cases(figures)
    return found


def rests(cells: Mapping[Cell, int], sums: Iterable[Sequence[Cell]]) -> dict[Cell, int]:
    """What is left of a cell beside its parts, where an equation names it."""
    return {
        rest: cells[whole] - sum(cells[part] for part in parts)
        for whole, *parts, rest in sums
        if rest[2] in (REST, ROOM)
    }


def _short(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    """What holds by definition; and parts that are short of a whole by one or two, for how many are no part of it is a number too."""
    yield from (tuple((name, *cell) for cell in one) for one in figure.sums if _left(figure, one) == 0)
    shares = (((n, DENOMINATOR), (n, NUMERATOR)) for n, row in enumerate(figure.rows) if row.share)
    for n, one in enumerate((*figure.sums, *shares, *_of_lines(figure))):
        if 0 < (_left(figure, one) or 0) < LEAST:
            yield *((name, *cell) for cell in one), (name, n, REST)


def families(figures: Mapping[str, Figure]) -> list[tuple[Cell, ...]]:
    """The lines of each group, whose sum may be known from elsewhere."""
    found: list[tuple[Cell, ...]] = []
    for name, figure in figures.items():
        for group in _apart(figure):
            for cell in (NUMERATOR, DENOMINATOR, *figure.rows[group[0]].parts):
                values = [_value(figure.rows[n], cell) for n in group]
                if None not in values and (cell != DENOMINATOR or len({*values}) > 1):
                    found.append(tuple((name, n, cell) for n in group))
    return found


def _apart(figure: Figure) -> Iterator[list[int]]:
    """Lines that are told apart by one thing alone, at least two."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for n, row in enumerate(figure.rows):
        for key in APART:
            if key in row.of:
                rest = tuple(sorted((name, told or "") for name, told in row.of.items() if name != key))
                groups.setdefault((key, rest), []).append(n)
    yield from (group for group in groups.values() if len(group) > 1)


def _parts(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    for n, row in enumerate(figure.rows):
        if row.parts and sum(row.parts.values()) == row.denominator:
            yield (name, n, DENOMINATOR), *((name, n, part) for part in row.parts)
            # The numerator is one of them.
            yield from [((name, n, part), (name, n, NUMERATOR)) for part, v in row.parts.items() if v == row.numerator][
                :1
            ]


def _groups(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    """A line, and those that say of the same one thing more, where these come to it."""
    for one in _of_lines(figure):
        if _left(figure, one) == 0:
            yield tuple((name, *cell) for cell in one)


def _of_lines(figure: Figure) -> Iterator[tuple[Place, ...]]:
    """Each number of a line, and the same of those that say of it one thing more, whether they come to it or not."""
    below: dict[frozenset[tuple[str, str | None]], dict[str, list[int]]] = {}
    for m, row in enumerate(figure.rows):
        for key in row.of:
            of = frozenset(told for told in row.of.items() if told[0] != key)
            below.setdefault(of, {}).setdefault(key, []).append(m)
    for n, whole in enumerate(figure.rows):
        for group in below.get(frozenset(whole.of.items()), {}).values():
            # What only stands beside, as agreements that prepare others, is among other lines: both ways are looked at.
            same = [m for m in group if figure.rows[m].denominator == whole.denominator]
            for places in dict.fromkeys((tuple(group), tuple(same))):
                if places:
                    for cell in (NUMERATOR, DENOMINATOR, *whole.parts):
                        yield (n, cell), *((m, cell) for m in places)


def _left(figure: Figure, one: Sequence[Place]) -> int | None:
    """What is left of the first number beside the others; None where one of them is not told."""
    whole, *parts = [_value(figure.rows[n], cell) for n, cell in one]
    told = [part for part in parts if part is not None]
    return None if whole is None or len(told) < len(parts) else whole - sum(told)


def _among(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    """Lines of a group that come to what they are among, by themselves or with one line that stands alone."""
    alone = {n for n, row in enumerate(figure.rows) if not row.of.keys() & {*APART}}
    for group in _apart(figure):
        among = figure.rows[group[0]].denominator
        if among is None or any(figure.rows[n].denominator != among for n in group):
            continue
        yield from (((name, group[0], DENOMINATOR), (name, n, DENOMINATOR)) for n in group[1:])
        told = sum(figure.rows[n].numerator for n in group)
        for more in ([], *([n] for n in alone if figure.rows[n].denominator == among and figure.rows[n].numerator)):
            if told + sum(figure.rows[n].numerator for n in more) == among:
                yield (name, group[0], DENOMINATOR), *((name, n, NUMERATOR) for n in (*more, *group))


def _begun(name: str, figure: Figure) -> Iterator[tuple[Cell, ...]]:
    """A number of one line that another is among: all that were sent, and those that came to the step before."""
    before: dict[tuple[object, ...], list[int]] = {}
    for n, row in enumerate(figure.rows):
        if row.under is None:
            before.setdefault((row.numerator, row.of.get("next"), _beside_steps(row)), []).append(n)
            if "next" not in row.of:
                before.setdefault((row.numerator,), []).append(n)
    for m, row in enumerate(figure.rows):
        follow = before.get((row.denominator, row.of.get("step"), _beside_steps(row)), []) if "step" in row.of else []
        for n in sorted({*follow, *before.get((row.denominator,), ())}):
            whole = figure.rows[n]
            if n != m and ("next" in whole.of or _is_of(whole, row, n + 1 == m)):
                yield (name, n, NUMERATOR), (name, m, DENOMINATOR)


def _beside_steps(row: Row) -> frozenset[tuple[str, str | None]]:
    return frozenset(told for told in row.of.items() if told[0] not in ("step", "next"))


def _is_of(whole: Row, row: Row, follows: bool) -> bool:
    if whole.of.keys() == row.of.keys() == {"step"}:
        return follows
    return {(name, told) for name, told in whole.of.items() if name not in _OF_WHAT} <= row.of.items()


def _same_cases(figures: Mapping[str, Figure]) -> Iterator[tuple[Cell, ...]]:
    """The same cases in two figures, as those that reached a step; within one that is chance, and no reader knows of it."""
    places: dict[tuple[object, ...], dict[str, Cell]] = {}
    for name, figure in figures.items():
        for n, row in enumerate(figure.rows):
            # Those under three are hidden wherever they stand.
            if row.cases and row.numerator >= LEAST:
                reached = row.of.get("next") or row.of.get("step")
                places.setdefault((row.cases, row.numerator, reached), {}).setdefault(name, (name, n, NUMERATOR))
    for cells in places.values():
        yield from pairwise(cells.values())


def _cells(name: str, figure: Figure) -> Iterable[tuple[Cell, int]]:
    for n, row in enumerate(figure.rows):
        for cell in (NUMERATOR, DENOMINATOR, *row.parts):
            if (value := _value(row, cell)) is not None:
                yield (name, n, cell), value


# --- what is printed -------------------------------------------------------------------------------------------------


def _row(
    place: tuple[str, int], row: Row, cells: Mapping[Cell, int], hidden: Mapping[Cell, bool], broken: set[Cell]
) -> ShownRow:
    def told(cell: str) -> int | str | None:
        one = (*place, cell)
        if one not in cells:
            return None
        if one not in hidden:
            return cells[one]
        return FEW if hidden[one] else None

    numerator = told(NUMERATOR) if row.under is None else f"<{row.under}"
    denominator = told(DENOMINATOR)
    whole = isinstance(numerator, int)
    # Amounts of few deals are theirs, and a share tells what it is a share of.
    bare = row if whole else replace(row, median=None, p90=None)
    if not whole or (*place, NUMERATOR) in broken:
        bare = replace(bare, amount=None)
    return ShownRow(
        of=row.of,
        numerator=numerator,
        denominator=denominator,
        parts={part: told(part) for part in row.parts},
        percent=row.percent if whole and isinstance(denominator, int) else None,
        median=bare.median,
        p90=bare.p90,
        amount=bare.amount,
        unripe=row.unripe,
    )

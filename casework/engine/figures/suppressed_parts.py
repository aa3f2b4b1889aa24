"""What somebody outside the office is shown of the cases of each phase: nothing under three, whoever holds beside it those of all other
phases, and the figures of the whole programme.

What is told of one is found for all in one, as of one moment, so that the report of one phase tells nothing of another. What a reader may
have from elsewhere is taken for known: what all parts come to, and what the figures of the whole programme print of a part. Lines that tell
cases apart once more are not told at all. Whoever knows how a case goes holds the courses of all phases beside the figures of the whole:
a line that stands for its number by being there is told of no phase where the whole says that it is under three, and where one under three
follows whatever is hidden, nothing is told of any phase, not even which lines there would be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from casework.engine.figures.across import LEAST, Cell
from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.counting import DENOMINATOR, NUMERATOR, Figure, Row
from casework.engine.figures.courses import Courses, JoinedCourses, Of, TooMuchIsKnown, stands_for_its_number
from casework.engine.figures.hiding import hide
from casework.engine.figures.suppression import FEW, ShownRow, Told, families, suppressed

#: What tells the lines of a part apart once more.
_ONCE_MORE = frozenset({*DIMENSIONS, "month", "provider"})
#: What a line is of: the figure, and its names with their values.
_Line = tuple[str, frozenset[tuple[str, str | None]]]


def suppressed_parts(
    parts: Mapping[str, Mapping[str, Figure]], whole: Mapping[str, Figure], *, by: str
) -> dict[str, dict[str, tuple[ShownRow, ...]]]:
    """By part the lines of its figures for a reader outside; `by`: what tells the parts apart in the lines of the whole."""
    told = {part: Told.of({name: _plain(figure) for name, figure in of.items()}) for part, of in parts.items()}
    cells = {_in(part, cell): value for part, of in told.items() for cell, value in of.cells.items()}
    sums = [tuple(_in(part, cell) for cell in one) for part, of in told.items() for one in of.adds_up]
    known = [tuple(_in(part, cell) for cell in one) for part, of in told.items() for one in families(of.shown)]
    known += _together(told)
    printed, more = _printed_already(told, whole, by)
    known += [(cell,) for cell in printed]
    courses = {part: Courses(of.shown) for part, of in told.items()}
    of_whole, said = _of_whole(told, whole, by)
    try:
        left_out = _left_out(told, whole)
        unlined = {
            (part, cell) for part, of in told.items() for cell in of.cells if (cell[0], cell[1]) in left_out[part]
        }
        together = JoinedCourses(courses, of_whole, said, unlined)
    except TooMuchIsKnown:
        return {part: {} for part in told}
    more |= {_in(str(part), cell) for part, cell in unlined}
    while True:
        hidden = hide(cells, sums, known, more)
        mine = {
            part: {cell: hidden[_in(part, cell)] for cell in of.cells if _in(part, cell) in hidden}
            for part, of in told.items()
        }
        found = {_in(part, cell) for part, of in courses.items() for cell in of.worked_out(mine[part])} - more
        if not found:
            of_all: dict[Of, bool] = {
                (part, cell): said for part, cells in mine.items() for cell, said in cells.items()
            }
            try:
                found = {_in(str(part), cell) for part, cell in together.worked_out(of_all)} - more
            except TooMuchIsKnown:
                return {part: {} for part in told}
        if not found:
            return {part: _lined(of.printed(mine[part]), left_out[part]) for part, of in told.items()}
        more |= found


def _plain(figure: Figure) -> Figure:
    """Without the lines that tell its cases apart once more."""
    kept = [n for n, row in enumerate(figure.rows) if not _ONCE_MORE & row.of.keys()]
    places = {n: place for place, n in enumerate(kept)}
    sums = tuple(tuple((places[n], cell) for n, cell in one) for one in figure.sums if all(n in places for n, _ in one))
    return replace(figure, rows=tuple(figure.rows[n] for n in kept), sums=sums)


def _in(part: str, cell: Cell) -> Cell:
    name, n, of = cell
    return f"{part} {name}", n, of


def _together(told: Mapping[str, Told]) -> list[tuple[Cell, ...]]:
    """The same number of each part: what they come to is told of the whole programme."""
    found: dict[tuple[_Line, str], list[Cell]] = {}
    for part, of in told.items():
        for line, n, row in _lines(of.shown):
            for cell in (NUMERATOR, DENOMINATOR, *row.parts):
                if (line[0], n, cell) in of.cells:
                    found.setdefault((line, cell), []).append(_in(part, (line[0], n, cell)))
    return [tuple(cells) for cells in found.values()]


def _printed_already(told: Mapping[str, Told], whole: Mapping[str, Figure], by: str) -> tuple[list[Cell], set[Cell]]:
    """The numbers of parts that the figures of the whole programme print, and those that they hide."""
    printed, hidden = list[Cell](), set[Cell]()
    outside = {(name, frozenset(row.of.items())): row for name, rows in suppressed(whole).items() for row in rows}
    for part, of in told.items():
        for (name, line), n, _ in _lines(of.shown):
            shown = outside.get((name, line | {(by, part or None)}))
            if shown is None:
                continue
            numbers = {NUMERATOR: shown.numerator, DENOMINATOR: shown.denominator, **shown.parts}
            for cell, number in numbers.items():
                if (name, n, cell) not in of.cells:
                    continue
                if isinstance(number, int):
                    printed.append(_in(part, (name, n, cell)))
                else:
                    hidden.add(_in(part, (name, n, cell)))
    return printed, hidden


def _left_out(told: Mapping[str, Told], whole: Mapping[str, Figure]) -> dict[str, set[tuple[str, int]]]:
    """Lines that say by being there that their number is not nought, of which the whole says that it is under three: two phases with such
    a line would tell that each has one.

    Raises TooMuchIsKnown where the whole does not even say that, and lines that are left out would.
    """
    outside = suppressed(whole)
    few, unsaid = set[_Line](), set[_Line]()
    for name, rows in outside.items():
        for row, shown in zip(whole[name].rows, rows, strict=True):
            if stands_for_its_number(name, row.of) and row.numerator < LEAST:
                (few if shown.numerator == FEW else unsaid).add((name, frozenset(row.of.items())))
    if any(line in unsaid for of in told.values() for line, _, _ in _lines(of.shown)):
        raise TooMuchIsKnown
    return {part: {(line[0], n) for line, n, _ in _lines(of.shown) if line in few} for part, of in told.items()}


def _lined(
    shown: Mapping[str, tuple[ShownRow, ...]], left_out: set[tuple[str, int]]
) -> dict[str, tuple[ShownRow, ...]]:
    return {name: tuple(row for n, row in enumerate(rows) if (name, n) not in left_out) for name, rows in shown.items()}


def _of_whole(told: Mapping[str, Told], whole: Mapping[str, Figure], by: str) -> tuple[Courses, dict[Of, bool | None]]:
    """The numbers of cases of the whole programme; and how each that is told of it, or of a part of it, is told there."""
    all_of = Told.of(whole)
    said: dict[Of, bool | None] = {}
    of_parts = {
        (name, frozenset(line)): (part, n)
        for part, of in told.items()
        for (name, line), n, _ in _lines(of.shown)
        for line in [line | {(by, part or None)}]
    }
    for name, rows in suppressed(whole).items():
        for n, row in enumerate(rows):
            place = of_parts.get((name, frozenset(row.of.items())))
            for cell, number in {NUMERATOR: row.numerator, DENOMINATOR: row.denominator, **row.parts}.items():
                how = None if isinstance(number, int) else number == FEW
                if (name, n, cell) in all_of.cells:
                    said[None, (name, n, cell)] = how
                if place is not None and (name, place[1], cell) in told[place[0]].cells:
                    said[place[0], (name, place[1], cell)] = how
    return Courses(all_of.shown), said


def _lines(figures: Mapping[str, Figure]) -> Iterator[tuple[_Line, int, Row]]:
    for name, figure in figures.items():
        for n, row in enumerate(figure.rows):
            yield (name, frozenset(row.of.items())), n, row

"""Of no phase follows a number under three, whoever subtracts those of the other phases from the figures of the whole programme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.figures.across import REST, Cell
from casework.engine.figures.conversion import conversion
from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.endings import endings
from casework.engine.figures.suppressed_parts import suppressed_parts
from casework.engine.figures.suppression import FEW, ShownRow, equations, suppressed
from tests.engine.figures.pieces import Told, world
from tests.engine.figures.test_suppression import OUTCOMES, Known, worked_out

PHASES = ("", "p1", "p2")
Of = frozenset[tuple[str, str | None]]
Shown = Mapping[str, Mapping[str, tuple[ShownRow, ...]]]


def figures_of(told: list[Told]) -> dict[str, Figure]:
    of = world(*told)
    return {"conversion": conversion(of), "endings": endings(of)}


def told_of(cases: Mapping[tuple[str, str], int]) -> list[Told]:
    """So many cases of each phase that ended in each way."""
    return [
        Told(f"{phase} {outcome} {n}", phase=phase or None).close(outcome)
        for (phase, outcome), times in sorted(cases.items())
        for n in range(times)
    ]


def apart(cases: Mapping[tuple[str, str], int]) -> tuple[dict[str, dict[str, Figure]], dict[str, Figure], Shown]:
    whole = figures_of(told_of(cases))
    names = [phase for phase in PHASES if any(times and of == phase for (of, _), times in cases.items())]
    parts = {
        phase: figures_of(told_of({of: times for of, times in cases.items() if of[0] == phase})) for phase in names
    }
    return parts, whole, suppressed_parts(parts, whole, by="phase")


def numbers(shown: ShownRow) -> dict[str, object]:
    return {"numerator": shown.numerator, "denominator": shown.denominator, **shown.parts}


def of_row(row: Row | ShownRow) -> Of:
    return frozenset(row.of.items())


def lines(shown: Shown) -> dict[tuple[str, str, Of], ShownRow]:
    return {
        (phase, name, of_row(row)): row
        for phase, figures in shown.items()
        for name, rows in figures.items()
        for row in rows
    }


def test_what_is_left_of_the_whole_is_no_number_under_three() -> None:
    _, _, shown = apart(
        {("p1", "no_agreement"): 9, ("p1", "dormant"): 9, ("p2", "dormant"): 9, ("p2", "no_agreement"): 1}
    )
    told = lines(shown)
    ended = frozenset({"what": "outcome", "reason": "no_agreement"}.items())
    assert told["p2", "endings", ended].numerator == FEW
    # All that ended so are told of the whole programme: the other phase would tell of this one.
    assert told["p1", "endings", ended].numerator is None


def test_what_is_large_in_each_phase_is_told_of_each() -> None:
    _, _, shown = apart({(phase, outcome): 9 for phase in PHASES[1:] for outcome in OUTCOMES})
    told = lines(shown)
    assert told["p1", "endings", frozenset({"what": "outcome", "reason": "dormant"}.items())].numerator == 9
    # Its months and sectors stand in the figures of the whole programme.
    assert not any(name in ("month", "phase", "sector") for _, _, of in told for name, _ in of)


def only(figure: Figure, kept: list[int]) -> Figure:
    """Some of its lines, with what holds among these."""
    places = {n: place for place, n in enumerate(kept)}
    sums = tuple(tuple((places[n], cell) for n, cell in one) for one in figure.sums if all(n in places for n, _ in one))
    return replace(figure, rows=tuple(figure.rows[n] for n in kept), sums=sums)


class Attacker:
    """Who solves what is printed of each phase and of the whole programme, and knows what adds up."""

    def __init__(self, whole: Mapping[str, Figure], shown: Shown) -> None:
        self.cells: dict[Cell, object] = {}
        self.true: dict[Cell, int] = {}
        self.known: list[Known] = []
        self._printed = lines(shown)
        self._whole = {(name, of_row(row)): numbers(row) for name, rows in suppressed(whole).items() for row in rows}
        self._together: dict[tuple[str, Of, str], list[Cell]] = {}

    def read(self, phase: str, figures: Mapping[str, Figure]) -> None:
        plain = {
            name: only(figure, [n for n, row in enumerate(figure.rows) if (phase, name, of_row(row)) in self._printed])
            for name, figure in figures.items()
        }
        for name, figure in plain.items():
            for n, row in enumerate(figure.rows):
                told = numbers(self._printed[phase, name, of_row(row)])
                beside = self._whole.get((name, of_row(row) | {("phase", phase or None)}), {})
                for cell, value in {"numerator": row.numerator, "denominator": row.denominator, **row.parts}.items():
                    place = (f"{phase} {name}", n, cell)
                    self.true[place] = value or 0
                    self.cells[place] = beside[cell] if isinstance(beside.get(cell), int) else told[cell]
                    self._together.setdefault((name, of_row(row), cell), []).append(place)
        for one in equations(plain):
            if all(cell[2] != REST for cell in one):
                whole, *parts = ((f"{phase} {name}", n, cell) for name, n, cell in one)
                self.known.append([(-1, whole), *((1, part) for part in parts)])

    def subtract(self) -> None:
        for n, ((name, of, cell), places) in enumerate(self._together.items()):
            printed = self._whole[name, of][cell]
            # What one phase has no line of is among others.
            if isinstance(printed, int) and printed == sum(self.true[place] for place in places):
                self.cells["whole", n, cell] = self.true["whole", n, cell] = printed
                self.known.append([(-1, ("whole", n, cell)), *((1, place) for place in places)])


@settings(max_examples=15, deadline=None)
@given(
    st.dictionaries(
        st.tuples(st.sampled_from(PHASES), st.sampled_from(OUTCOMES)), st.integers(0, 7), min_size=1, max_size=10
    )
)
def test_nothing_under_three_follows_from_all_phases_beside_the_whole(cases: dict[tuple[str, str], int]) -> None:
    parts, whole, shown = apart(cases)
    attacker = Attacker(whole, shown)
    for phase, figures in parts.items():
        # Of a phase that nothing is told of there is nothing to read.
        attacker.read(phase, {name: figure for name, figure in figures.items() if name in shown[phase]})
    attacker.subtract()
    found = worked_out(attacker.cells, attacker.known)
    assert [one for one in found if attacker.true[one] in (1, 2)] == []

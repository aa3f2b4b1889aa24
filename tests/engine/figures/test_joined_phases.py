"""Whoever holds the figures of all phases and those of the whole programme, and knows how a case goes, works out no number under three."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.figures import courses
from casework.engine.figures.counting import Figure, Row, without_needs
from casework.engine.figures.every import every_figure
from casework.engine.figures.suppressed_parts import suppressed_parts
from casework.engine.figures.suppression import ShownRow, suppressed
from tests.engine.figures.pieces import world
from tests.engine.figures.test_across import (
    KINDS,
    LEAST,
    NEEDED,
    PHASES,
    STOPPED,
    TRUNK,
    Kind,
    Programme,
    bounds,
    meanings,
    printed,
)

#: Which phase a case is of, and how it went.
Case = tuple[str, Kind]
#: As `figure_scope` leaves out of a part what is told of a whole programme alone.
OF_ALL = {"discipline", "mediations", "data_quality", "activities", "past_projects"}


def figures(cases: Iterable[Case]) -> dict[str, Figure]:
    told = [kind.told(n, phase) for n, (phase, kind) in enumerate(cases)]
    return {name: without_needs(figure) for name, figure in every_figure(world(*told)).items()}


@dataclass(frozen=True)
class Line:
    """A number as it is printed: the cases of which phases and kinds it counts, and between what it lies."""

    counts: tuple[bool, ...]
    true: int
    least: int
    most: int | None


class Attacker:
    """Of each phase and each kind of a case there is a number that nobody tells."""

    def __init__(self, phases: Sequence[str]) -> None:
        self._columns = [(phase, kind) for phase in phases for kind in KINDS]
        self.lines: list[Line] = []

    def read(self, told: Mapping[str, Figure], shown: Mapping[str, Sequence[ShownRow]], of: Sequence[str]) -> None:
        for name, rows in shown.items():
            true = {tuple(sorted(row.of.items(), key=str)): row for row in told[name].rows}
            for line in rows:
                mine = [line.of["phase"]] if name == "conversion" and line.of.get("phase") else of
                plain = {key: code for key, code in line.of.items() if key != "phase"}
                row = true[tuple(sorted(line.of.items(), key=str))]
                for cell, counts in meanings(name, plain).items():
                    self._add(row, line, cell, counts, mine)

    def _add(self, row: Row, line: ShownRow, cell: str, counts: Callable[[Kind], bool], of: Sequence[object]) -> None:
        number = printed(row, cell)
        if isinstance(number, int):
            # A line that stands there for its number alone says that it is not nought.
            of_itself = "reason" in row.of or row.of.get("what") == "waived"
            between = bounds(printed(line, cell), number, 1 if of_itself and number else 0)
            counted = tuple(phase in of and counts(kind) for phase, kind in self._columns)
            self.lines.append(Line(counted, number, *between))

    def works_out(self) -> list[Line]:
        """Numbers under three that can be no other. Columns that no number tells apart are one."""
        apart = dict.fromkeys(zip(*(line.counts for line in self.lines), strict=True))
        lines = [replace(line, counts=tuple(column[n] for column in apart)) for n, line in enumerate(self.lines)]
        programme = Programme({(one.counts, one.least, one.most) for one in lines}, len(apart))
        asked = {(one.counts, one.true): one for one in lines if one.true < LEAST and any(one.counts)}
        return [one for (counts, true), one in asked.items() if not programme.could_be_other(counts, true)]


def attack(cases: Sequence[Case]) -> tuple[list[Line], Mapping[str, Mapping[str, Sequence[ShownRow]]]]:
    phases = sorted({phase for phase, _ in cases})
    whole = figures(cases)
    parts = {
        phase: {
            name: figure
            for name, figure in figures(one for one in cases if one[0] == phase).items()
            if name not in OF_ALL
        }
        for phase in phases
    }
    shown = suppressed_parts(parts, whole, by="phase")
    attacker = Attacker(phases)
    for phase in phases:
        attacker.read(parts[phase], shown[phase], [phase])
    attacker.read(whole, suppressed(whole), phases)
    return attacker.works_out(), shown


def programme(seed: int) -> list[Case]:
    chance = Random(seed)
    kinds = [(chance.choice(("p1", "p2")), chance.choice(KINDS)) for _ in range(chance.randint(2, 7))]
    return [kind for kind in kinds for _ in range(chance.choice((1, 1, 2, 3, 4, 9)))]


#: Of the first 26 in those a number followed while each phase was looked at by itself, and the whole beside as sums alone.
SEEDS = (5, 6, 10, 17, 22)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_number_of_a_phase_follows_from_the_other_and_the_whole(seed: int) -> None:
    found, _ = attack(programme(seed))
    assert found == []


@settings(max_examples=4, deadline=None, phases=PHASES, derandomize=True)
@given(
    st.lists(
        st.tuples(st.sampled_from(("p1", "p2")), st.sampled_from(KINDS), st.sampled_from((1, 2, 3, 9))),
        min_size=1,
        max_size=5,
    )
)
def test_nor_of_any_other_programme(told: list[tuple[str, Kind, int]]) -> None:
    found, _ = attack([(phase, kind) for phase, kind, times in told for _ in range(times)])
    assert found == []


def test_where_the_whole_tells_too_much_nothing_is_told_of_any_phase() -> None:
    _, shown = attack(programme(4))
    assert shown == {"p1": {}, "p2": {}}


def test_where_there_are_more_courses_than_are_asked_together_nothing_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(courses, "WIDEST", 10)
    _, shown = attack(programme(22))
    assert shown == {"p1": {}, "p2": {}}


def test_one_that_was_stopped_in_each_of_two_large_phases_is_told_of_neither() -> None:
    """A line that is there for its number alone would tell of the two that the whole says are under three that each phase has one."""
    chance = Random(60)
    pool = [kind for kind in KINDS if kind.state != STOPPED]
    kinds = chance.choices(pool, weights=[chance.choice((0, 0, 1, 5, 20)) for _ in pool], k=150)
    cases = [(chance.choice(("p1", "p2")), kind) for kind in kinds]
    found, shown = attack([*cases, *((phase, Kind(frozenset(TRUNK[:2]), STOPPED, NEEDED)) for phase in ("p1", "p2"))])
    assert found == []
    told = {row.of.get("reason"): row.numerator for row in shown["p1"]["endings"] if row.of["what"] == "outcome"}
    assert STOPPED not in told
    assert any(isinstance(row.numerator, int) for rows in shown["p1"].values() for row in rows)


def test_of_larger_phases_numbers_are_told() -> None:
    chance = Random(400)
    kinds = chance.choices(KINDS, weights=[chance.choice((0, 0, 1, 5, 20)) for _ in KINDS], k=400)
    found, shown = attack([(chance.choice(("p1", "p2")), kind) for kind in kinds])
    assert found == []
    told = [row.numerator for rows in shown["p1"].values() for row in rows if row.numerator]
    assert sum(isinstance(number, int) for number in told) > len(told) / 5

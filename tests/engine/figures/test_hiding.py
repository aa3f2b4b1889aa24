"""However short it is looked what could be worked out, nothing can be: what is open by then is not told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random

import pytest

from casework.engine.figures import hiding
from casework.engine.figures.across import Cell
from casework.engine.figures.counting import without_needs
from casework.engine.figures.every import every_figure
from casework.engine.figures.suppression import suppressed
from tests.engine.figures.pieces import world
from tests.engine.figures.test_across import ATTACKS, KINDS, Kind, insist_on_none_worked_out, tell
from tests.engine.figures.test_suppression import insist_on_two

#: Nothing at all, and what ends it somewhere amid the cells.
SHORT = (0, 30, 300)


@pytest.mark.parametrize("looks", SHORT)
@pytest.mark.parametrize("kinds", ATTACKS.values(), ids=ATTACKS.keys())
def test_no_number_is_worked_out_where_it_is_not_looked_to_the_end(
    monkeypatch: pytest.MonkeyPatch, kinds: list[Kind], looks: int
) -> None:
    monkeypatch.setattr(hiding, "LOOKS", looks)
    insist_on_none_worked_out(kinds)


@pytest.mark.parametrize("looks", SHORT)
def test_nor_of_a_larger_programme(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    monkeypatch.setattr(hiding, "LOOKS", looks)
    insist_on_none_worked_out(Random(60).choices(KINDS, k=60))


#: A table of two lines and three columns with its sums both ways, and a cell that hangs together with none of these.
NAMES = [("f", 0, f"{row}{column}") for row, column in product(range(2), range(3))]
LONE: Cell = ("f", 1, "lone")


def table(values: Sequence[int]) -> tuple[dict[Cell, int], list[tuple[Cell, ...]]]:
    cells: dict[Cell, int] = dict(zip(NAMES, values, strict=True))
    sums: list[tuple[Cell, ...]] = [(("f", 0, f"row{n}"), *NAMES[3 * n : 3 * n + 3]) for n in range(2)]
    sums += [(("f", 0, f"column{n}"), *NAMES[n::3]) for n in range(3)]
    return {**cells, **{whole: sum(cells[part] for part in parts) for whole, *parts in sums}, LONE: 9}, sums


@pytest.mark.parametrize("values", [(1, 7, 2, 4, 3, 5), (0, 1, 9, 2, 2, 2), (1, 1, 6, 8, 3, 4)])
def test_nor_of_a_table_whose_cells_are_all_tried(monkeypatch: pytest.MonkeyPatch, values: Sequence[int]) -> None:
    monkeypatch.setattr(hiding, "LOOKS", 0)
    insist_on_two(*table(values))


def test_what_hangs_together_with_nothing_open_is_told_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, sums = table((1, 7, 2, 4, 3, 5))
    monkeypatch.setattr(hiding, "LOOKS", 0)
    hidden = hiding.hide(cells, sums)
    assert hidden == dict.fromkeys(cells.keys() - {LONE}, False)


def test_no_programme_of_the_tests_comes_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    programmes = [*ATTACKS.values(), Random(400).choices(KINDS, k=400)]
    told = [
        {name: without_needs(figure) for name, figure in every_figure(world(*tell(kinds))).items()}
        for kinds in programmes
    ]
    monkeypatch.setattr(hiding, "LOOKS", hiding.LOOKS // 100)
    shown = [suppressed(figures) for figures in told]
    monkeypatch.setattr(hiding, "LOOKS", hiding.LOOKS * 1000)
    assert [suppressed(figures) for figures in told] == shown


def test_the_same_cells_are_hidden_in_the_same_programme_told_in_another_order(monkeypatch: pytest.MonkeyPatch) -> None:
    cells, sums = table((1, 1, 6, 8, 3, 4))
    for looks in (*SHORT, hiding.LOOKS):
        monkeypatch.setattr(hiding, "LOOKS", looks)
        assert hiding.hide(dict(reversed(cells.items())), sums) == hiding.hide(cells, sums)

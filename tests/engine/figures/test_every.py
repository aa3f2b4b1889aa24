"""Every figure is told of any programme, an empty one too, and each of its lines is of something else."""

from __future__ import annotations

from casework.engine.figures.every import FIGURES, every_figure
from tests.engine.figures.pieces import Told, world


def test_each_figure_is_told_of_an_empty_programme() -> None:
    for told in (world(), world(Told("1"), Told("2").close("dormant"))):
        figures = every_figure(told)
        assert figures.keys() == FIGURES.keys()
        for name, figure in figures.items():
            lines = [tuple(sorted(row.of.items())) for row in figure.rows]
            assert len(lines) == len(set(lines)), name
            assert all(row.denominator is None or row.denominator >= 0 for row in figure.rows)

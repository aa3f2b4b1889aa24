"""Of which cases figures are counted: of all of a programme, or of those alone that were something when they were opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.counting import Figure, without_needs
from casework.engine.figures.every import every_figure
from casework.engine.figures.world import World

#: What is told of a whole programme alone: of its nights, its technologies, its visits and its past, and of mediations, of which two
#: numbers that differ by a case would tell.
OF_ALL = frozenset({"discipline", "mediations", "data_quality", "activities", "past_projects"})


def figures_among(world: World, among: Mapping[str, str]) -> dict[str, Figure]:
    """Every figure of the cases that were this; without what is no count of cases, where these are not all."""
    if not among:
        return every_figure(world)
    cases = tuple(case for case in world.cases if all(case.of(name) == value for name, value in among.items()))
    told = every_figure(replace(world, cases=cases))
    return {name: without_needs(figure) for name, figure in told.items() if name not in OF_ALL}


def told_apart_by(world: World) -> dict[str, tuple[str, ...]]:
    """What the cases of a programme were, by each of the dimensions."""
    return {name: tuple(sorted({told for case in world.cases if (told := case.of(name))})) for name in DIMENSIONS}

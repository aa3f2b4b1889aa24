"""Every part of `make bench` runs, at a size at which its figures say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import FRESH, LARGE, measure
from benchmarks.figures import Scale
from benchmarks.world import World

TINY = Scale(
    repetitions=1,
    cases=2,
    workers=(2,),
    tasks=(60, 200),
    pages_at=200,
    events=400,
    views=2,
    queues=30,
    rows=20,
    clocks=4,
    actions=4,
)


@pytest.mark.slow
@pytest.mark.parametrize("part", FRESH)
def test_a_part_gives_its_figures(part: str, fresh: World) -> None:
    give_figures(part, fresh)


@pytest.mark.slow
@pytest.mark.parametrize("part", LARGE)
def test_a_part_on_large_databases_gives_its_figures(
    part: str, kept_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CASEWORK_VAR", str(kept_dir))
    give_figures(part)


def give_figures(part: str, there: World | None = None) -> None:
    figures = list(measure(part, TINY, there))
    assert figures
    assert all(figure.value > 0 for figure in figures)

"""Every part of `make bench` runs, at a size at which its figures say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.__main__ import FRESH, LARGE, measure
from benchmarks.figures import Scale

TINY = Scale(
    repetitions=1, cases=2, tasks=(60, 200), pages_at=200, events=400, views=2, queues=30, rows=20, clocks=4, actions=4
)


@pytest.mark.slow
@pytest.mark.parametrize("part", [*FRESH, *LARGE])
def test_a_part_gives_its_figures(part: str, var_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASEWORK_VAR", str(var_dir))
    figures = list(measure(part, TINY))
    assert figures
    assert all(one.value > 0 for one in figures)

"""Every part of `make bench` that needs a server of its own runs, at a size at which its figures say nothing."""

from __future__ import annotations

import pytest

from benchmarks.__main__ import FRESH
from benchmarks.world import World
from tests.support.tiny_benchmarks import give_figures


@pytest.mark.slow
@pytest.mark.parametrize("part", FRESH)
def test_a_part_gives_its_figures(part: str, fresh: World) -> None:
    give_figures(part, fresh)

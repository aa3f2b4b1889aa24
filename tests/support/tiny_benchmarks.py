"""A part of `make bench`, at a size at which its figures say nothing."""

from __future__ import annotations

from benchmarks.__main__ import measure
from benchmarks.figures import Scale
from benchmarks.world import World

TINY = Scale(
    repetitions=1,
    cases=2,
    workers=(2,),
    tasks=(60, 600),
    pages_at=600,
    events=400,
    views=2,
    queues=30,
    reads=2,
    reads_s=1.0,
    rows=20,
    records=60,
    embedded=4,
    counted=20,
    simulated=3,
    rights=5,
    clocks=4,
    actions=4,
    requests=24,
    moved=6,
    runs=4,
)


def give_figures(part: str, there: World | None = None) -> None:
    figures = list(measure(part, TINY, there))
    assert figures
    assert all(figure.value > 0 for figure in figures)

"""What a figure is, and how two ways of doing the same are timed side by side."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Scale:
    """How much work a run does."""

    repetitions: int = 5
    cases: int = 20
    #: At work at once, in turn.
    workers: tuple[int, ...] = (1, 8)
    #: Open tasks of the large databases, ascending.
    tasks: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    #: Of these the one in which the pages are looked at; it holds so many events.
    pages_at: int = 100_000
    events: int = 1_000_000
    #: Views of each page in each repetition.
    views: int = 40
    queues: int = 800
    #: Of each list that is read, as long as they do not take longer than so many seconds in all; others are called no more often.
    reads: int = 200
    reads_s: float = 20.0
    rows: int = 5_000
    #: Of a catalogue.
    records: int = 130_000
    #: Of these so many the model of similar texts looks at.
    embedded: int = 1_000
    #: In one table.
    rights: int = 1_000
    #: Cases of a programme whose figures are counted.
    counted: int = 100_000
    #: Cases of a programme that is simulated for thirty months.
    simulated: int = 10_000
    #: Clocks that a repetition lets fire at once, and one after the other.
    clocks: int = 200
    #: Actions that each connection sends in a repetition.
    actions: int = 60
    #: Requests to one process before its memory is looked at, and again as many.
    requests: int = 10_000
    #: Cases that move to another edition and go back.
    moved: int = 1_000
    #: Seconds between two pieces of the log that is archived.
    archived_s: int = 30
    #: Random runs of the definitions, and the seed of the first.
    runs: int = 100_000
    seed: int = 0


QUICK = Scale(
    repetitions=3,
    cases=8,
    tasks=(1_000, 10_000),
    pages_at=10_000,
    events=100_000,
    views=20,
    reads=100,
    reads_s=5.0,
    rows=1_000,
    records=3_000,
    embedded=200,
    counted=10_000,
    simulated=150,
    clocks=60,
    actions=30,
    requests=1_000,
    moved=200,
    archived_s=5,
    runs=2_000,
)


@dataclass(frozen=True)
class Figure:
    """One number with what it should be; `aim` is the least, or with `most` the most that is good."""

    name: str
    value: float
    unit: str
    aim: float | None = None
    most: bool = False
    detail: str = ""

    @property
    def verdict(self) -> str:
        if self.aim is None:
            return ""
        good = self.value <= self.aim if self.most else self.value >= self.aim
        return "met" if good else "not met"

    @property
    def aimed(self) -> str:
        return "" if self.aim is None else f"{'<=' if self.most else '>='} {self.aim:g}"


def timed(act: Callable[..., Any], *given: Any) -> float:
    start = time.perf_counter()
    act(*given)
    return time.perf_counter() - start


def take_turns(
    acts: Sequence[Callable[[], Any]], *, repetitions: int, calls: int = 50
) -> Iterator[tuple[list[float], ...]]:
    """The times of some calls that take turns, once for each repetition; the first one is not counted."""
    for repetition in range(repetitions + 1):
        times: tuple[list[float], ...] = tuple([] for _ in acts)
        for _ in range(calls):
            for act, taken in zip(acts, times, strict=True):
                taken.append(timed(act))
        if repetition:
            yield times


def side_by_side(
    first: Callable[[], Any], other: Callable[[], Any], *, repetitions: int, calls: int = 50
) -> Iterator[tuple[float, float]]:
    """Median times of two calls that take turns, once for each repetition."""
    for times in take_turns((first, other), repetitions=repetitions, calls=calls):
        yield median(times[0]), median(times[1])


def sampled(act: Callable[[], Any], calls: int, seconds: float) -> list[float]:
    """The times of so many calls, or of those that fit into the seconds; the first is not counted unless it takes them all."""
    first = timed(act)
    if first >= seconds:
        return [first]
    times: list[float] = []
    while len(times) < calls and (not times or sum(times) < seconds):
        times.append(timed(act))
    return times


def percentile(values: Iterable[float], percent: float) -> float:
    """The smallest of the values that so many percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(values: Sequence[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}"


def rate(name: str, check: Callable[[], int], scale: Scale, *, aim: int) -> Figure:
    """Of how many events a second something is checked, that says of how many it was."""
    rates = []
    for _ in range(scale.repetitions):
        start = time.perf_counter()
        events = check()
        rates.append(events / (time.perf_counter() - start))
    return Figure(name, median(rates), "events/s", aim, detail=spread(rates))


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


# --- the table -------------------------------------------------------------------------------------------------------


def head() -> str:
    return f"{'figure':46} {'value':>9}  {'aim':8} {'':7} {'unit':22} spread, times"


def line(figure: Figure) -> str:
    value = f"{figure.value:,.0f}" if figure.value >= 1000 else f"{figure.value:.2f}"
    return f"{figure.name:46} {value:>9}  {figure.aimed:8} {figure.verdict:7} {figure.unit:22} {figure.detail}".rstrip()


def summary(figures: Sequence[Figure]) -> str:
    """How many aims are met, and which are not."""
    aims = [figure for figure in figures if figure.aim is not None]
    short = [figure.name for figure in aims if figure.verdict != "met"]
    words = f"{len(aims) - len(short)} of {len(aims)} aims met"
    return f"{words}; not met: {'; '.join(short)}" if short else words

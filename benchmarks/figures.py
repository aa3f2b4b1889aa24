"""What a figure is, and how two ways of doing the same are timed side by side."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Scale:
    """How much work a run does."""

    repetitions: int = 5
    cases: int = 20
    tasks: tuple[int, ...] = (10_000, 100_000)
    events: int = 1_000_000
    rows: int = 5_000


QUICK = Scale(repetitions=3, cases=8, events=100_000, rows=1_000)
FULL = Scale(tasks=(10_000, 100_000, 1_000_000))


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
        return "OK" if good else "short"

    @property
    def aimed(self) -> str:
        return "" if self.aim is None else f"{'<=' if self.most else '>='} {self.aim:g}"


def timed(act: Callable[..., Any], *given: Any) -> float:
    start = time.perf_counter()
    act(*given)
    return time.perf_counter() - start


def side_by_side(
    one: Callable[[], Any], other: Callable[[], Any], *, repetitions: int, calls: int = 50
) -> Iterator[tuple[float, float]]:
    """Median times of two calls that take turns, once for each repetition; the first one is not counted."""
    for repetition in range(repetitions + 1):
        times: tuple[list[float], list[float]] = ([], [])
        for _ in range(calls):
            times[0].append(timed(one))
            times[1].append(timed(other))
        if repetition:
            yield median(times[0]), median(times[1])


def spread(values: Sequence[float]) -> str:
    return f"{min(values):.2f} to {max(values):.2f}"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"

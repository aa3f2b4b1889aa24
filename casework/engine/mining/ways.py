"""Which ways cases went: each order of actions with its share and its time, and which action followed which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise

from casework.engine.mining.runs import Run, run_of
from casework.engine.mining.traces import Trace
from casework.ledger.canonical_json import digest

#: So many digits of a digest tell the ways of a programme apart.
_KEY = 16


@dataclass(frozen=True, slots=True)
class Variant:
    """Cases in which the same actions were taken in the same order."""

    actions: tuple[str, ...]
    cases: tuple[str, ...]
    #: Of all cases.
    share: Fraction
    #: From the opening to the closing, the middle one of those that are closed.
    takes: timedelta | None

    @property
    def key(self) -> str:
        """What an address calls it, however many actions it has."""
        return way_key(self.actions)


def way_key(actions: Sequence[str]) -> str:
    """What an address calls actions in their order."""
    return digest(list(actions))[:_KEY]


@dataclass(frozen=True, slots=True)
class Arc:
    """That one action came right after another, how often, and how long it took until then: the middle one."""

    source: str
    target: str
    count: int
    wait: timedelta | None


class Ways:
    """The ways of cases that come one by one, none of which is kept."""

    def __init__(self) -> None:
        self._cases: dict[tuple[str, ...], list[str]] = {}
        self._times: dict[tuple[str, ...], list[timedelta]] = {}
        self._waits: dict[tuple[str, str], list[timedelta]] = {}

    def add(self, run: Run) -> None:
        actions = tuple(name for name, _ in run.actions)
        self._cases.setdefault(actions, []).append(run.number)
        if run.closed_at is not None:
            self._times.setdefault(actions, []).append(run.closed_at - run.opened_at)
        for (one, at), (other, then) in pairwise(run.actions):
            self._waits.setdefault((one, other), []).append(then - at)

    def variants(self) -> tuple[Variant, ...]:
        """Every variant, the most frequent first; of a tie the one that comes first by its actions."""
        total = sum(map(len, self._cases.values()))
        return tuple(
            Variant(actions, tuple(sorted(mine)), Fraction(len(mine), total), middle(self._times.get(actions, ())))
            for actions, mine in sorted(self._cases.items(), key=lambda one: (-len(one[1]), one[0]))
        )

    def arcs(self) -> tuple[Arc, ...]:
        """Which action of the main track came right after which, the most frequent first."""
        found = (Arc(*ends, len(mine), middle(mine)) for ends, mine in self._waits.items())
        return tuple(sorted(found, key=lambda arc: (-arc.count, arc.source, arc.target)))


def ways_of(traces: Iterable[Trace]) -> Ways:
    ways = Ways()
    for trace in traces:
        ways.add(run_of(trace))
    return ways


def middle(times: Iterable[timedelta]) -> timedelta | None:
    """The middle one, or the mean of the two; None of none."""
    known = sorted(times)
    return (known[(len(known) - 1) // 2] + known[len(known) // 2]) / 2 if known else None

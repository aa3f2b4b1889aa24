"""Standard cases through several hands, which take turns: with so many workers at once, and what a case costs each."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from statistics import median
from threading import BrokenBarrierError
from typing import Any

from benchmarks import ours
from benchmarks.cost import server_cost
from benchmarks.figures import Scale
from benchmarks.world import STEPS, World
from benchmarks.yardstick import Constants

#: By name what makes a contestant: it opens a case, claims its task and finishes its step.
Contestants = Mapping[str, Callable[[World, Constants], Any]]
OURS = "ours"
#: For all workers to be there.
PATIENCE_S = 120.0


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What a round of cases took: their rate, and of each case milliseconds of processors and kB of write-ahead log."""

    rate: float
    client_ms: float
    server_ms: float
    wal_kb: float


def our_own(world: World, constants: Constants) -> ours.Ours:
    return ours.Ours(world)


def contest(
    world: World, constants: Constants, contestants: Contestants, *, workers: int, scale: Scale
) -> dict[str, list[Turn]]:
    """The turns of each contestant by repetition; the first round of all is not counted."""
    each = max(2, scale.cases // (2 if workers > 1 else 1))
    names, turns = list(contestants), {name: list[Turn]() for name in contestants}
    context, engine = get_context("spawn"), world.engine()
    given = (world, constants, contestants, context.Barrier(workers))
    with world.superuser() as db:
        # Whole pages go into the log after a checkpoint: of most the first round writes them.
        db.execute("CHECKPOINT")
    with ProcessPoolExecutor(workers, context, initializer=_start, initargs=given) as pool:
        for repetition in range(scale.repetitions + 1):
            # Who begins takes turns: a noisy neighbour should not meet the same one each time.
            first = repetition % len(names)
            for name in names[first:] + names[:first]:
                matches = [world.make_matches(engine, each) for _ in range(workers)]
                turn = _round(pool, world, name, matches)
                if repetition:
                    turns[name].append(turn)
    engine.dispose()
    return turns


def ratios(turns: Mapping[str, Sequence[Turn]], other: str) -> list[float]:
    """Our rate by that of another, repetition by repetition."""
    return [mine.rate / theirs.rate for mine, theirs in zip(turns[OURS], turns[other], strict=True)]


def in_the_middle(turns: Sequence[Turn], what: Callable[[Turn], float]) -> float:
    return median(what(turn) for turn in turns)


@dataclass(frozen=True, kw_only=True)
class _Work:
    """What a worker took for its cases, without looking up its next task."""

    seconds: float
    cpu_s: float


def _round(pool: ProcessPoolExecutor, world: World, name: str, matches: list[list[str]]) -> Turn:
    with server_cost(world) as server:
        works = list(pool.map(_cases, [name] * len(matches), matches))
    cases = sum(map(len, matches))
    return Turn(
        rate=cases / max(work.seconds for work in works),
        client_ms=1000 * sum(work.cpu_s for work in works) / cases,
        server_ms=1000 * server.cpu_s / cases,
        wal_kb=server.wal / 1000 / cases,
    )


_here: dict[str, Any] = {}


def _start(world: World, constants: Constants, contestants: Contestants, barrier: Any) -> None:
    _here.update({name: make(world, constants) for name, make in contestants.items()}, barrier=barrier)


def _cases(name: str, matches: list[str]) -> _Work:
    worker, barrier = _here[name], _here["barrier"]
    # So that each has work of its own, and all begin together.
    try:
        barrier.wait(PATIENCE_S)
    except BrokenBarrierError:
        raise TimeoutError("not all workers have come") from None
    out = [0.0, 0.0]
    find = _apart(worker.find_task, out) if hasattr(worker, "find_task") else None
    begun = _clocks()
    for match in matches:
        hand = worker.open(match)
        for _ in range(STEPS):
            if find:
                find(hand)
            worker.claim(hand)
            worker.complete(hand, STEPS)
    seconds, cpu_s = _since(begun)
    return _Work(seconds=seconds - out[0], cpu_s=cpu_s - out[1])


def _apart(act: Callable[[Any], None], out: list[float]) -> Callable[[Any], None]:
    """The same, with what it takes added up."""

    def acts(hand: Any) -> None:
        begun = _clocks()
        act(hand)
        out[:] = [whole + part for whole, part in zip(out, _since(begun), strict=True)]

    return acts


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begun: tuple[float, float]) -> Iterator[float]:
    return (now - then for now, then in zip(_clocks(), begun, strict=True))

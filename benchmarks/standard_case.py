"""A standard case of ten steps, 21 transactions, with one worker and with eight worker processes."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.figures import Figure, Scale, spread, timed
from benchmarks.world import STEPS, World
from benchmarks.yardstick import Constants, Yardstick

AIMS = {1: 0.8, 8: 0.7}


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    constants = first_case(world, mine)
    for workers, aim in AIMS.items():
        each = max(2, scale.cases // (2 if workers > 1 else 1))
        ratios, rates = [], (0.0, 0.0)
        with ProcessPoolExecutor(
            workers, get_context("spawn"), initializer=_start, initargs=(world, constants)
        ) as pool:
            for repetition in range(scale.repetitions + 1):
                took = {}
                # Who begins takes turns: a noisy neighbour should not meet the same one each time.
                for who in ("ours", "theirs") if repetition % 2 else ("theirs", "ours"):
                    matches = [world.make_matches(mine.engine, each) for _ in range(workers)]
                    took[who] = timed(_all, pool, who, matches)
                if repetition:
                    ratios.append(took["theirs"] / took["ours"])
                    rates = (workers * each / took["ours"], workers * each / took["theirs"])
        detail = f"{spread(ratios)}; {rates[0]:.0f} cases/s against {rates[1]:.0f}"
        what = f"standard case, {workers} worker{'s' if workers > 1 else ''}"
        yield Figure(what, median(ratios), "of hand-written SQL", aim, detail=detail)
    mine.close()


def _all(pool: ProcessPoolExecutor, who: str, matches: list[list[str]]) -> None:
    list(pool.map(_cases, [who] * len(matches), matches))


_here: dict[str, Any] = {}


def _start(world: World, constants: Constants) -> None:
    _here.update(ours=ours.Ours(world), theirs=Yardstick(world, constants))


def _cases(who: str, matches: list[str]) -> None:
    """Both look up their next task as a page would show it."""
    worker = _here[who]
    for match in matches:
        hand = worker.open(match)
        for _ in range(STEPS):
            worker.find_task(hand)
            worker.claim(hand)
            worker.complete(hand, STEPS)

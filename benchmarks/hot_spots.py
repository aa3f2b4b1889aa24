"""Where the time of a standard case goes: our ten dearest functions, and what each round trip costs the server's processor."""

from __future__ import annotations

import cProfile
import pstats
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from psycopg.pq.abc import PGresult

from benchmarks import ours
from benchmarks.figures import Figure, Scale
from benchmarks.world import STEPS, World
from casework.records.database import transaction, wire_of
from casework.records.wire import Statement, Wire

MOST = 10


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    for match in world.make_matches(mine.engine, 2):
        _case(mine, match, lambda name: None)
    yield from _functions(world, mine, scale.cases)
    yield from _round_trips(world, mine, scale.cases)
    mine.close()


def _functions(world: World, mine: ours.Ours, cases: int) -> Iterator[Figure]:
    profile = cProfile.Profile(time.thread_time)
    for match in world.make_matches(mine.engine, cases):
        profile.enable()
        _case(mine, match, lambda name: None)
        profile.disable()
    spent = pstats.Stats(profile).stats  # type: ignore[attr-defined]  # there, though its types do not tell
    dearest = sorted(((own, calls, key) for key, (_, calls, own, _, _) in spent.items()), reverse=True)
    for own, calls, (path, number, function) in dearest[:MOST]:
        where = f"{Path(path).name}:{number} {function}" if number else function
        detail = f"{calls / cases:.0f} calls; the profiler's own time is in it"
        yield Figure(f"ours, {where}", own / cases * 1000, "ms a case", detail=detail)


def _round_trips(world: World, mine: ours.Ours, cases: int) -> Iterator[Figure]:
    with transaction(mine.engine) as db:
        backend = wire_of(db).driver.info.backend_pid
    spent: dict[str, float] = defaultdict(float)
    doing = [""]
    exchange = Wire._exchange

    def timed(wire: Wire, statements: Sequence[Statement]) -> list[PGresult]:
        before = _on_processor(backend)
        try:
            return exchange(wire, statements)
        finally:
            way = "writes, commits" if statements[-1][0] == "COMMIT" else "asks, locks, loads"
            spent[f"{doing[0]}: {way}"] += _on_processor(backend) - before

    Wire._exchange = timed  # type: ignore[assignment, method-assign]  # where everything passes
    try:
        for match in world.make_matches(mine.engine, cases):
            _case(mine, match, lambda name: doing.__setitem__(0, name))
    finally:
        Wire._exchange = exchange  # type: ignore[method-assign]  # as it was
    for name, milliseconds in sorted(spent.items(), key=lambda item: -item[1]):
        yield Figure(f"the server, {name}", milliseconds / cases, "ms a case")


def _case(mine: ours.Ours, match: str, begin: Callable[[str], None]) -> None:
    begin("open")
    hand = mine.open(match)
    for _ in range(STEPS):
        mine.find_task(hand)
        begin("claim")
        mine.claim(hand)
        begin("complete")
        mine.complete(hand)


def _on_processor(pid: int) -> float:
    """Milliseconds that a process has been on a processor, as Linux counts them."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e6

"""A standard case of ten steps in 21 transactions, with one worker and with eight, beside three ways to write it by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.contest import OURS, Contestants, Turn, contest, in_the_middle, our_own, ratios
from benchmarks.fewest import TABLES, FewestRows
from benchmarks.figures import Figure, Scale, spread
from benchmarks.one_statement import OneStatement
from benchmarks.world import World
from benchmarks.yardstick import SameRows

CONTESTANTS: Contestants = {
    OURS: our_own,
    "one statement a step": OneStatement,
    "same rows": SameRows,
    "fewest rows": FewestRows,
}
#: The least ratios, by the yardstick and the number of workers.
AIMS = {("one statement a step", 1): 0.6, ("fewest rows", 8): 0.33}
#: Milliseconds of processors that a case may cost, client and server together.
CPU_MS = 26.0


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    constants = first_case(world, mine)
    mine.close()
    with world.superuser() as db:
        db.execute(TABLES)
    for workers in scale.workers:
        turns = contest(world, constants, CONTESTANTS, workers=workers, scale=scale)
        yield from figures(turns, workers)


def figures(turns: Mapping[str, Sequence[Turn]], workers: int) -> Iterator[Figure]:
    of = f"{workers} worker{'s' if workers > 1 else ''}"
    for name in turns:
        if name != OURS:
            values = ratios(turns, name)
            rates = [in_the_middle(turns[who], lambda turn: turn.rate) for who in (OURS, name)]
            detail = f"{spread(values)}; {rates[0]:.0f} cases/s against {rates[1]:.0f}"
            yield Figure(
                f"standard case, {of}: {name}", median(values), "of its rate", AIMS.get((name, workers)), detail=detail
            )
    both = in_the_middle(turns[OURS], lambda turn: turn.client_ms + turn.server_ms)
    detail = "; ".join(
        f"{name} {in_the_middle(turn, lambda t: t.client_ms):.1f} + {in_the_middle(turn, lambda t: t.server_ms):.1f}"
        for name, turn in turns.items()
    )
    yield Figure(f"CPU a case, {of}", both, "ms, client + server", CPU_MS, True, detail)
    logs = {name: in_the_middle(turn, lambda t: t.wal_kb) for name, turn in turns.items()}
    detail = "; ".join(f"{name} {kb:.1f}" for name, kb in logs.items() if name != OURS)
    yield Figure(f"write-ahead log a case, {of}", logs[OURS], "kB", detail=detail)

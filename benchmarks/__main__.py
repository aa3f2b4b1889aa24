"""`python -m benchmarks`: every figure beside its aim."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
from collections.abc import Iterator, Sequence
from contextlib import nullcontext

from benchmarks.figures import QUICK, Figure, Scale, head, line, summary
from benchmarks.world import World, world

#: In this order. Each of the first has a server of its own, so that none is slowed down by another's rows. Where they share one, as
#: in the tests, what folds all logs of the programme comes before those that write events of no case.
FRESH = (
    "ahead",
    "actions",
    "standard_case",
    "peers",
    "serving",
    "jobs",
    "verify",
    "imports",
    "catalogue",
    "matching",
    "tables",
    "foreign",
    "start",
    "hot_spots",
    "migration",
    # Last of those that share a world: it writes events that no action has made.
    "tree",
)
#: It makes a world of its own, and loses it.
OWN = ("rehearsal",)
#: It works with the engine alone.
ALONE = ("runs",)
#: These share large databases, which are kept.
LARGE = ("pages", "queues", "reading", "simulated", "forecasts")
EVERY = (*FRESH, *LARGE, *OWN, *ALONE)


def measure(part: str, scale: Scale, there: World | None = None) -> Iterator[Figure]:
    """The figures of one part, one after the other; in a world that is there, or one of its own."""
    module = importlib.import_module(f"benchmarks.{part}")
    if part in (*LARGE, *OWN, *ALONE):
        yield from module.measure(scale)
        return
    with nullcontext(there) if there else world() as fresh_world:
        yield from module.measure(fresh_world, scale)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"only these: {', '.join(EVERY)}")
    parser.add_argument("--quick", action="store_true", help="a tenth of the tasks and events, fewer repetitions")
    parser.add_argument("--records", type=int, help="of the catalogue, in the parts that bring one in")
    parser.add_argument("--cases", type=int, help="of the simulated programme")
    parser.add_argument("--runs", type=int, help="of the definitions, at random")
    parser.add_argument("--seed", type=int, default=0, help="of the first of them")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.parts) - set(EVERY):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    scale = QUICK if asked.quick else Scale()
    if asked.records:
        scale = dataclasses.replace(scale, records=asked.records)
    if asked.cases:
        scale = dataclasses.replace(scale, simulated=asked.cases)
    if asked.runs:
        scale = dataclasses.replace(scale, runs=asked.runs)
    scale = dataclasses.replace(scale, seed=asked.seed)
    figures: list[Figure] = []
    if not asked.json:
        print(head())
    for part in asked.parts or EVERY:
        for figure in measure(part, scale):
            figures.append(figure)
            if not asked.json:
                print(line(figure), flush=True)
    if asked.json:
        print(json.dumps([dataclasses.asdict(figure) | {"verdict": figure.verdict} for figure in figures], indent=1))
    else:
        print(f"\n{summary(figures)}")


if __name__ == "__main__":
    main()

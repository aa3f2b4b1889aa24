"""`python -m benchmarks`: every figure beside its aim."""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import importlib.util
import json

from benchmarks.figures import FULL, QUICK, Figure, Scale
from benchmarks.world import world

#: In this order: `pages` fills the tables last.
MODULES = ("actions", "standard_case", "verify", "imports", "pages")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="fewer cases and events: some minutes less")
    size.add_argument("--full", action="store_true", help="the queue with 1,000,000 tasks as well")
    parser.add_argument("--only", choices=MODULES, action="append", help="only these; may be given several times")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    asked = parser.parse_args()
    scale = QUICK if asked.quick else FULL if asked.full else Scale()
    figures: list[Figure] = []
    if not asked.json:
        print(f"{'figure':44} {'value':>9}  {'aim':8} {'':6} {'unit':20} spread, times")
    for name in asked.only or MODULES:
        # A part that is not there yet has no figure.
        if name == "imports" and importlib.util.find_spec("casework.operations.imports") is None:
            continue
        module = importlib.import_module(f"benchmarks.{name}")
        # Each has a server of its own, so that none is slowed down by another's rows.
        with world() as made:
            for figure in module.measure(made, scale):
                figures.append(figure)
                if not asked.json:
                    print(_line(figure), flush=True)
    if asked.json:
        print(json.dumps([dataclasses.asdict(one) | {"verdict": one.verdict} for one in figures], indent=1))


def _line(one: Figure) -> str:
    value = f"{one.value:,.0f}" if one.value >= 1000 else f"{one.value:.2f}"
    return f"{one.name:44} {value:>9}  {one.aimed:8} {one.verdict:6} {one.unit:20} {one.detail}"


if __name__ == "__main__":
    main()

"""Random runs of every definition, each case looked at after every action: whatever waits, waits for somebody or for a clock.

The runs share one core and no database: nothing but the engine works. What is found is printed with its seed, by which the run can be
had again.
"""

from __future__ import annotations

import gc
import sys
import time
from collections import Counter
from collections.abc import Iterator

from benchmarks.figures import Figure, Scale
from tests.engine.random_runs import random_run
from tests.engine.walk_starts import WALKS
from tests.engine.walks import library

#: What a run makes is gone with it: to look for circles in it more often takes a tenth of the time.
_MADE = 200_000


def measure(scale: Scale) -> Iterator[Figure]:
    before = gc.get_threshold()
    gc.set_threshold(_MADE, *before[1:])
    try:
        yield from _run(scale)
    finally:
        gc.set_threshold(*before)


def _run(scale: Scale) -> Iterator[Figure]:
    names = sorted(WALKS)
    starts = Counter(names[n % len(names)] for n in range(scale.runs))
    counted: Counter[str] = Counter()
    fired: set[tuple[str, str]] = set()
    began = time.process_time()
    for name, runs in starts.items():
        for seed in range(scale.seed, scale.seed + runs):
            run = random_run(name, seed)
            for fault in run.faults:
                print(f"{name}, seed {seed}: {fault}", file=sys.stderr)
            fired |= set(run.fired)
            counted += Counter(events=len(run.events), looks=run.looks, ended=run.over, faults=len(run.faults))
    took = time.process_time() - began
    events = f"{counted['events']:,} events in {took:,.0f} s of processor time, from seed {scale.seed} on"
    yield Figure("random runs", scale.runs, "runs", detail=events)
    yield Figure("of these a second of processor time", scale.runs / took, "runs/s")
    looks = f"{counted['looks']:,} times looked at"
    yield Figure("found waiting for nobody, or without an end", counted["faults"], "times", 0, most=True, detail=looks)
    yield Figure("runs that came to an end", 100 * counted["ended"] / scale.runs, "%", detail="the others could still")
    ways = {(name, rule.name) for name, one in library().newest.items() for rule in library()[one].transitions}
    detail = f"{len(ways & fired)} of {len(ways)}"
    yield Figure("transitions that fired", 100 * len(ways & fired) / len(ways), "%", detail=detail)

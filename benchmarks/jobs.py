"""The worker: how many clocks it fires in a second when they come due together, and how late it fires one of many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from statistics import median

from benchmarks import ours
from benchmarks.figures import Figure, Scale, percentile, spread, timed
from benchmarks.processes import wait_until, worker
from benchmarks.world import World
from casework.operations.deadlines.timers import fire_due_timers

#: The most seconds that a clock may fire after its moment.
LATEST_S = 5.0
#: One after the other, a clock comes due so often.
EVERY_S = 0.05
#: Until the first of them does.
AHEAD_S = 1.5

# For load only: no action has moved these clocks.
_ARM = """
    UPDATE clocks c SET fires_at = m.at,
        steps = jsonb_set(steps, '{0,0}', to_jsonb(to_char(m.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')))
    FROM (
        SELECT l.log, clock_timestamp() + make_interval(secs => %(ahead)s + l.n * %(every)s) AS at
        FROM jsonb_to_recordset(%(logs)s::jsonb) AS l(log uuid, n int)
    ) m WHERE c.log_id = m.log
"""
_LATE = """
    SELECT extract(epoch FROM e.at - (c.steps->0->>0)::timestamptz)::float FROM events e
    JOIN clocks c ON c.id = (e.effects->>'clock')::uuid WHERE e.kind = 'timer_fired' AND e.log_id = ANY(%s::uuid[])
"""


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    rates: list[float] = []
    ratios: list[float] = []
    late: list[float] = []
    for repetition in range(scale.repetitions + 1):
        # The same without a queue, in this process.
        _arm(world, mine, scale.clocks, ahead=-1, every=0)
        alone = scale.clocks / timed(fire_due_timers, mine.engine)
        with worker(world):
            together = _lateness(world, _arm(world, mine, scale.clocks, ahead=AHEAD_S, every=0))
            apart = _lateness(world, _arm(world, mine, scale.clocks, ahead=AHEAD_S, every=EVERY_S))
        if repetition:
            rates.append(scale.clocks / max(together))
            ratios.append(rates[-1] / alone)
            late += apart
    mine.close()
    detail = f"{spread(ratios)}; {median(rates):.0f} jobs/s"
    yield Figure("jobs, clocks due together", median(ratios), "of a loop without queue", detail=detail)
    yield Figure("jobs a second", median(rates), "jobs/s", detail=spread(rates))
    yield Figure("firing lateness, p50", median(late), "s", LATEST_S, True)
    yield Figure(
        "firing lateness, p99", percentile(late, 99), "s", LATEST_S, True, f"at most {max(late):.2f} s of {len(late)}"
    )


def _arm(world: World, mine: ours.Ours, count: int, *, ahead: float, every: float) -> list[str]:
    """So many new cases whose first clock comes due then; gives their logs."""
    logs = [mine.open(match).log for match in world.make_matches(mine.engine, count)]
    with world.superuser() as db:
        listed = json.dumps([{"log": log, "n": n} for n, log in enumerate(logs)])
        db.execute(_ARM, {"logs": listed, "ahead": ahead, "every": every})
    return logs


def _lateness(world: World, logs: list[str]) -> list[float]:
    """How late each of the clocks fired, once all have."""
    with world.superuser() as db:
        wait_until(lambda: len(db.execute(_LATE, (logs,)).fetchall()) >= len(logs))
        delays = [row[0] for row in db.execute(_LATE, (logs,))]
    assert len(delays) == len(logs), f"{len(delays)} steps of {len(logs)} clocks"
    assert min(delays) >= 0
    return delays

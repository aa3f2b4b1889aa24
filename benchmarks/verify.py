"""How fast a history is checked: chain, effects and bodies of standard cases, read in short batches."""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.figures import Figure, Scale, spread
from benchmarks.world import World
from casework.ledger.integrity import Head, StoredEvent, check_log
from casework.records.database import transaction
from casework.records.event_log import lock_log, read_rows


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    for _ in range(scale.cases):
        first_case(world, mine)
    with world.superuser() as db:
        # Those that actions have made.
        query = (
            "SELECT l.id FROM logs l JOIN cases c ON c.id = l.id WHERE c.number LIKE 'BENCH-%%' AND l.seq > 20 LIMIT %s"
        )
        logs = [str(row[0]) for row in db.execute(query, (scale.cases,))]
    rates = []
    for _ in range(scale.repetitions):
        start, events = time.perf_counter(), 0
        for log in logs:
            with transaction(mine.engine) as connection:
                head = lock_log(connection, log)
                rows = [
                    StoredEvent(row.log_id, row.seq, row.at, row.header, row.effects, row.body, row.hash)
                    for row in read_rows(connection, log)
                ]
            faults = check_log(rows, Head(log, head.seq, head.head))
            assert not faults, faults
            events += len(rows)
        rates.append(events / (time.perf_counter() - start))
    mine.close()
    yield Figure("verify, chain and bodies", median(rates), "events/s", detail=spread(rates))

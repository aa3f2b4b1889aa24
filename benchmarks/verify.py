"""How fast histories are checked: chain, effects and bodies of standard cases alone, and all that `casework verify` looks at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.figures import Figure, Scale, rate
from benchmarks.world import World
from casework.ledger.integrity import Head, StoredEvent, check_log
from casework.operations.verification.service import groups_of_logs, verify_each
from casework.records.event_log import read_logs
from casework.records.row_security import in_snapshot

#: For each of other figures: so many that what is looked at once, of the installation and its people, weighs little.
_CASES = 15

_HEADS = text("SELECT id, seq, head FROM logs WHERE id = ANY(CAST(:logs AS uuid[]))")


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    cases = _CASES * scale.cases
    for _ in range(cases):
        first_case(world, mine)
    with world.superuser() as db:
        # Those that actions have made.
        query = "SELECT l.id, l.seq FROM logs l JOIN cases c ON c.id = l.id WHERE c.number LIKE 'BENCH-%%' AND l.seq > 20 LIMIT %s"
        logs = [(str(log), seq) for log, seq in db.execute(query, (cases,))]

    def chains() -> int:
        """As `casework verify` reads them."""
        events = 0
        for some in groups_of_logs(logs):
            with in_snapshot(mine.engine) as connection:
                events += check_chains(connection, some)
        return events

    def everything() -> int:
        return sum(checked.events for checked in verify_each(mine.engine))

    yield rate("verify, chain and bodies", chains, scale, aim=10_000)
    yield rate("verify, and what may be and is kept", everything, scale, aim=2_500)
    mine.close()


def check_chains(db: Connection, logs: Sequence[str]) -> int:
    heads = {row.id: row for row in db.execute(_HEADS, {"logs": logs})}
    events = 0
    for log, rows in read_logs(db, {log: head.seq for log, head in heads.items()}):
        stored = [StoredEvent(row.log_id, row.seq, row.at, row.header, row.effects, row.body, row.hash) for row in rows]
        faults = check_log(stored, Head(log, heads[log].seq, heads[log].head))
        assert not faults, faults
        events += len(stored)
    return events

"""What work costs beside time: processor time here and in the server, and bytes of write-ahead log."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.ours import LOOK_UP
from benchmarks.world import World
from casework.records import server_process


@dataclass
class ServerCost:
    """What a block has cost the server, once it has ended."""

    cpu_s: float = 0.0
    wal: int = 0


@contextmanager
def server_cost(world: World) -> Iterator[ServerCost]:
    """Processor time of the whole server, but for those who look up the next task, and what was written of its log."""
    postmaster = server_process.recorded_pid(server_process.server_at(world.settings.var))
    assert postmaster is not None
    cost = ServerCost()
    with world.superuser() as db:

        def position() -> tuple[float, int]:
            looking = {row[0] for row in db.execute(_LOOKING, (LOOK_UP,)).fetchall()}
            row = db.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
            assert row is not None
            return server_cpu(postmaster, looking), int(row[0])

        before = position()
        yield cost
        after = position()
    cost.cpu_s, cost.wal = after[0] - before[0], after[1] - before[1]


_LOOKING = "SELECT pid FROM pg_stat_activity WHERE application_name = %s"


def server_cpu(postmaster: int, without: Collection[int] = ()) -> float:
    """Seconds that a server and its processes have worked, those that have ended among them; as Linux tells it."""
    ticks = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            # The name before the bracket may hold anything.
            parts = (process / "stat").read_text("utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        # After the state: the parent, and from the twelfth on time of its own and of children that it has buried.
        own, buried = sum(map(int, parts[11:13])), sum(map(int, parts[13:15]))
        if int(process.name) == postmaster:
            ticks += own + buried
        elif int(parts[1]) == postmaster and int(process.name) not in without:
            ticks += own
    return ticks / os.sysconf("SC_CLK_TCK")

"""What goes wrong: each does its harm to an office at work, and takes away the cause again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.chaos.disk import Disk
from tests.chaos.office import DAY_S, Office, family_of, fired_so_far, signal_all
from tests.jobs.processes import wait_until

#: Given the office and chance; what heals is the office's own affair.
Nemesis = Callable[[Office, random.Random], None]


def kill_web(office: Office, chance: random.Random) -> None:
    """All processes that serve, at once."""
    office.server.kill()
    office.server.start()


def kill_worker(office: Office, chance: random.Random) -> None:
    """With it whoever signs the log of all events, and while something waits for it: no person notices."""
    wait_until(office.left, "that something waits for the worker")
    office.worker.kill()
    office.caught += bool(office.left())
    office.worker.start()


def kill_database(office: Office, chance: random.Random) -> None:
    """The server of the database itself; whoever serves starts it again."""
    pid = office.postmaster()
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: office.postmaster() not in (None, pid), "the database")


def kill_all(office: Office, chance: random.Random) -> None:
    """As when a machine is switched off whose disk has everything."""
    pid = office.postmaster()
    assert pid is not None
    office.kill()
    signal_all(family_of(pid), signal.SIGKILL)
    office.start()


def freeze_web(office: Office, chance: random.Random, seconds: float = 10) -> None:
    office.server.send(signal.SIGSTOP)
    time.sleep(seconds)
    office.server.send(signal.SIGCONT)


def freeze_database(office: Office, chance: random.Random, seconds: float = 10) -> None:
    """Every process of it stands still, and its connections stay open."""
    pid = office.postmaster()
    assert pid is not None
    frozen = family_of(pid)
    signal_all(frozen, signal.SIGSTOP)
    time.sleep(seconds)
    signal_all(frozen, signal.SIGCONT)


def freeze_web_briefly(office: Office, chance: random.Random) -> None:
    freeze_web(office, chance, 1)


def freeze_database_briefly(office: Office, chance: random.Random) -> None:
    freeze_database(office, chance, 1)


def exhaust_pool(office: Office, chance: random.Random) -> None:
    """Each process has one connection for all its threads, and nobody waits for it."""
    office.server.kill()
    office.server.environment = {
        **office.server.environment,
        "CASEWORK_POOL_SIZE": "1",
        "CASEWORK_POOL_OVERFLOW": "0",
        "CASEWORK_POOL_TIMEOUT_S": "0.02",
    }
    office.server.start()
    office.proceed("a pool of one connection")
    office.kill()
    office.start()


def fail_statements(office: Office, chance: random.Random, every: int = 0, least: int = 15) -> None:
    """Every so many-th statement fails, before or after it was carried out."""
    every = every or chance.choice((7, 11, 17))
    office.server.kill()
    office.server.module = ("tests.chaos.failing", str(every))
    office.server.start()
    office.proceed(f"that every statement of {every} fails", least=least)
    office.server.kill()
    office.server.module = ("casework",)
    office.server.start()


def fail_statements_rarely(office: Office, chance: random.Random) -> None:
    fail_statements(office, chance, every=29, least=5)


def jump_clock(office: Office, chance: random.Random) -> None:
    """The database's clock goes on a day, over moments at which deadlines come, back by it, and on again."""
    before = round(office.site.ahead) - DAY_S // 2
    for offset in (before, before + DAY_S, before, before + DAY_S):
        office.kill()
        office.offset = offset
        office.start()
        if offset != before:
            engine = connect_engine(Settings(profile="test", var=office.var))
            with transaction(engine) as db:
                many = len(office.site.numbers)
                wait_until(lambda: fired_so_far(db, office.clocks) >= many, "what is due")  # noqa: B023  waited for here
            engine.dispose()
        office.proceed("a clock that jumps")


def fill_disk(disk: Disk) -> Nemesis:
    """No byte is left for the database, for ten seconds."""

    def fill(office: Office, chance: random.Random) -> None:
        disk.fill()
        time.sleep(10)
        disk.clear()

    return fill


def cut_power(disk: Disk) -> Nemesis:
    """What was written and not synced is gone, and everything that ran."""

    def cut(office: Office, chance: random.Random) -> None:
        disk.cut()
        office.kill()
        # Whoever serves may have begun another server of the database before it was killed.
        wait_until(lambda: not _kill_those_in(disk.folder), "the end of all processes")
        disk.unmount()
        disk.mount()
        office.start()

    return cut


def _kill_those_in(folder: Path) -> list[int]:
    """Kill whoever works in a folder or below it; gives who did."""
    met = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")).is_relative_to(folder):
                met.append(int(entry.name))
        except OSError:
            continue
    signal_all(met, signal.SIGKILL)
    return met

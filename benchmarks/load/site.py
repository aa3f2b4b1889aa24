"""The processes of an installation, as `casework serve` and `casework worker` start them, and what each of them takes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.load.base import Office
from benchmarks.processes import listens
from casework.commands import serve
from casework.operations.verification.nightly import any_unverified
from casework.records import server_process
from casework.records.database import connect_engine, transaction

_ROOT = Path(__file__).parents[2]
PATIENCE_S = 120.0
#: How long the worker may take for what it does at night.
NIGHT_S = 6 * 3600.0
#: What a small office runs with on two processors: the command's own.
PROCESSES, THREADS = 2, 8
_EVERY_S = 1.0
_LEAFLESS = "SELECT EXISTS (SELECT FROM awaited_leaves)"
_WAITING = """
    SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'), count(*) FILTER (WHERE wait_event_type = 'LWLock'),
        count(*) FILTER (WHERE state = 'active' AND wait_event_type IS NULL), count(*) FILTER (WHERE state <> 'idle')
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@dataclass(frozen=True)
class Moment:
    """What was taken at one moment: by kind of process, and by the whole machine, seconds of processors until then; by kind bytes; and
    who waits in the database."""

    at: float
    cpu_s: Mapping[str, float]
    memory: Mapping[str, int]
    waits_for_lock: int
    waits_inside: int
    works: int
    in_transaction: int


@dataclass
class Site:
    """What runs, and on which port it answers."""

    office: Office
    port: int
    server: subprocess.Popen[bytes]
    worker: subprocess.Popen[bytes]
    database: int
    moments: list[Moment] = field(default_factory=list)

    def processes(self) -> dict[str, list[int]]:
        """By kind: the pages' master and its processes, the worker, the database with all that it has, and who plays the people."""
        children = _children()
        database = _family(self.database, children)
        found = {"worker": _family(self.worker.pid, children), "database": database, "people": [os.getpid()]}
        found["web master"] = [self.server.pid]
        return found | {f"web {n}": [pid] for n, pid in enumerate(sorted(children.get(self.server.pid, ())), 1)}

    def superuser(self) -> psycopg.Connection[tuple[Any, ...]]:
        server = server_process.server_at(self.office.settings.var)
        database = psycopg.conninfo.conninfo_to_dict(str(self.office.settings.database_url).replace("+psycopg", ""))
        address = server.url(user=server_process.SUPERUSER, database=str(database["dbname"]))
        return psycopg.connect(address, autocommit=True)


@contextmanager
def open_site(office: Office, log: Path) -> Iterator[Site]:
    """Server and worker run as long as the block, and nothing of them afterwards; `log` is where they write."""
    settings = office.settings
    with serve.free_port() as listener:
        port = int(listener.getsockname()[1])
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "CASEWORK_PROFILE": "test",
        "CASEWORK_VAR": str(settings.var),
        "DATABASE_URL": str(settings.database_url),
        "CASEWORK_PROXY_HOPS": "1",
    }
    pages = ("serve", "--port", str(port), "--workers", str(PROCESSES), "--threads", str(THREADS))
    with log.open("ab") as output:
        server, worker = (
            subprocess.Popen(
                [sys.executable, "-m", "casework", *command],
                cwd=_ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
            for command in (pages, ("worker",))
        )
    pid = server_process.recorded_pid(server_process.server_at(settings.var))
    assert pid is not None
    site = Site(office, port, server, worker, pid)
    try:
        _wait_for(lambda: listens(port), PATIENCE_S, "the server does not answer", server)
        yield site
    finally:
        for process in (server, worker):
            _end(process)


def wait_for_night(site: Site) -> float:
    """The worker does what it does at night before anybody comes; gives how many seconds it took."""
    began = time.monotonic()
    engine = connect_engine(site.office.settings)

    def over() -> bool:
        with transaction(engine) as db:
            if any_unverified(db):
                return False
        with site.superuser() as db:
            return db.execute(_LEAFLESS).fetchone() == (False,)

    try:
        _wait_for(over, NIGHT_S, "the night does not end", site.worker)
    finally:
        engine.dispose()
    return time.monotonic() - began


@contextmanager
def watching(site: Site) -> Iterator[None]:
    """Once a second, what each process takes and who waits."""
    over = threading.Event()

    def watch() -> None:
        with site.superuser() as db:
            while not over.wait(_EVERY_S):
                site.moments.append(_look(site, db))

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _look(site: Site, db: psycopg.Connection[tuple[Any, ...]]) -> Moment:
    cpu: dict[str, float] = defaultdict(float)
    memory: dict[str, int] = defaultdict(int)
    for kind, pids in site.processes().items():
        for pid in pids:
            with suppress(OSError):
                stat = _stat(pid)
                cpu[kind] += (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
                memory[kind] += _share_of_memory(pid)
    cpu["machine"] = _busy_s()
    waits = db.execute(_WAITING).fetchone()
    assert waits is not None
    return Moment(time.time(), dict(cpu), dict(memory), *waits)


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process, from its state on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _busy_s() -> float:
    """Seconds that processors were at work for anybody."""
    user, nice, system, _, _, *interrupts = map(int, Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + sum(interrupts)) / os.sysconf("SC_CLK_TCK")


def _children() -> dict[int, list[int]]:
    made: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                made[int(_stat(int(entry.name))[1])].append(int(entry.name))
    return made


def _family(pid: int, children: Mapping[int, Sequence[int]]) -> list[int]:
    return [pid, *(one for child in children.get(pid, ()) for one in _family(child, children))]


def _share_of_memory(pid: int) -> int:
    """Bytes of its own, and of what several share its part."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) * 1024 for line in told.splitlines() if line.startswith("Pss:"))


def _wait_for(come: Callable[[], bool], patience: float, otherwise: str, process: subprocess.Popen[bytes]) -> None:
    began = time.monotonic()
    while not come():
        if process.poll() is not None or time.monotonic() - began > patience:
            raise RuntimeError(otherwise)
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(PATIENCE_S)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


__all__ = ["Moment", "Site", "open_site", "wait_for_night", "watching"]

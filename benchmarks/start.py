"""How soon `casework serve` gives its first answer, beside a Python that only imports its libraries; and what a process of it holds."""

from __future__ import annotations

import http.client
import itertools
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from statistics import median

from benchmarks import ours
from benchmarks.figures import Figure, Scale, spread, timed
from benchmarks.processes import PATIENCE_S
from benchmarks.world import World
from casework.operations.auth.sessions import begin_session
from casework.operations.auth.tokens import make_token
from casework.records.database import transaction

#: Seconds until the first answer, and until the help is there.
MOST_S, MOST_HELP_S = 1.5, 0.4
#: What a process may hold after so many requests as the scale says, and how much more after as many again.
MOST_MB, MOST_GROWTH = 150.0, 1.02
CONNECTIONS = 4
#: How much of a server's log is told where it failed, in characters.
MOST_LOG = 8_000
BARE = (sys.executable, "-c", "import flask, sqlalchemy, psycopg")
CASEWORK = (sys.executable, "-m", "casework")


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    yield from _times(world, scale)
    yield from _memory(world, scale)


def _times(world: World, scale: Scale) -> Iterator[Figure]:
    taken: dict[str, list[float]] = {"bare": [], "help": [], "serve": []}
    for repetition in range(scale.repetitions + 1):
        for name, seconds in (
            ("bare", timed(_run, world, *BARE)),
            ("help", timed(_run, world, *CASEWORK, "--help")),
            ("serve", _first_answer(world)),
        ):
            # The first one also compiles.
            taken[name] += [seconds] if repetition else []
    ratios = [seconds / bare for seconds, bare in zip(taken["serve"], taken["bare"], strict=True)]
    detail = f"{spread(taken['serve'])}; a bare Python {median(taken['bare']):.2f} s"
    yield Figure("casework serve, first answer", median(taken["serve"]), "s", MOST_S, True, detail)
    yield Figure("the same, of a bare Python", median(ratios), "x", detail=spread(ratios))
    yield Figure("casework --help", median(taken["help"]), "s", MOST_HELP_S, True, spread(taken["help"]))


def _memory(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    with transaction(mine.engine) as db:
        secret = begin_session(db, world.officer, {})
        _, token = make_token(db, world.officer, name="bench", scopes=("read",), lasts=None)
    mine.close()
    headers = {"Cookie": f"sid={secret}", "Authorization": f"Bearer {token}"}
    pages = ("/", "/queues", "/cases", f"/cases/{hand.number}", "/account")
    calls = ("/tasks", "/cases", f"/cases/{hand.number}", f"/cases/{hand.number}/events", "/openapi.json")
    paths = [*pages, *(f"/api/v1{path}" for path in calls)]
    with _served(world, "--workers", "1") as (port, pid):
        _ask(port, headers, paths, scale.requests)
        first = _held(_child(pid))
        _ask(port, headers, paths, scale.requests)
        second = _held(_child(pid))
    name = f"memory of a process after {scale.requests:,} requests"
    detail = f"{first['Pss']:.0f} MB of them by itself or as its part of what processes share"
    yield Figure(name, first["Rss"], "MB", MOST_MB, True, detail)
    detail = f"{second['Rss']:.1f} MB after {first['Rss']:.1f} MB"
    yield Figure(f"the same after {2 * scale.requests:,}", second["Rss"] / first["Rss"], "x", MOST_GROWTH, True, detail)


def _environment(world: World) -> dict[str, str]:
    # Compiled once, as in an installation.
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "CASEWORK_VAR": str(world.settings.var), "CASEWORK_PROFILE": "test"}


def _run(world: World, *command: str) -> None:
    subprocess.run(command, env=_environment(world), stdout=subprocess.DEVNULL, check=True)


@contextmanager
def _served(world: World, *options: str) -> Iterator[tuple[int, int]]:
    """The port of `casework serve`, as soon as it is said, and the number of its process; what went wrong tells what it logged."""
    command = (*CASEWORK, "serve", "--port", "0", *options)
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as log,
        subprocess.Popen(command, env=_environment(world), stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().rsplit(":", 1)[1]), process.pid
        except Exception as error:
            log.seek(0)
            error.add_note(log.read()[-MOST_LOG:])
            raise
        finally:
            process.terminate()


def _first_answer(world: World) -> float:
    begun = time.perf_counter()
    with _served(world) as (port, _), closing(_connect(port)) as connection:
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        return time.perf_counter() - begun


def _connect(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_S)


def _ask(port: int, headers: dict[str, str], paths: list[str], count: int) -> None:
    """So many requests on several connections, each path in its turn."""
    faults: list[str] = []
    turns = itertools.islice(itertools.cycle(paths), count)
    lock = threading.Lock()

    def next_path() -> str | None:
        with lock:
            return next(turns, None)

    def run() -> None:
        with closing(_connect(port)) as connection:
            while (path := next_path()) is not None:
                connection.request("GET", path, headers=headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status != 200:
                    faults.append(f"{path}: {answer.status}")

    threads = [threading.Thread(target=run) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]


def _child(pid: int) -> int:
    """The process that serves, of the one that keeps it."""
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()[0])


def _held(pid: int) -> dict[str, float]:
    """The memory of a process in MB: all of it (Rss), and what is its own with its part of what is shared (Pss)."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
    return {name.rstrip(":"): int(value) / 1024 for name, value, *_ in map(str.split, lines)}

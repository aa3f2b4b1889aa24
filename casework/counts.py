"""What a process has counted since it began: requests, actions, jobs; and how that of all processes of a machine comes together.

Each process counts in memory and writes what it has counted into a file of its own, every few seconds and when it ends. Whoever
answers Prometheus adds the files up. A full disk then costs figures, and no request waits for it. What a process that has ended wrote
stays, so that no figure falls, until everything on the machine has ended.

Labels are words of ours: patterns of addresses, names of operations, codes of reasons. Nothing that anybody typed, and no id.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

_note = logging.getLogger(__name__)

#: So often a process writes what it has counted, and after so long without a word it is taken for ended.
WRITTEN_S, SILENT_S = 5.0, 30.0


@dataclass(frozen=True)
class Family:
    """One figure: its name, what it says, its labels; `bounds`: of what takes time, the seconds up to which it is counted."""

    name: str
    says: str
    labels: tuple[str, ...]
    bounds: tuple[float, ...] = ()


REQUESTS = Family(
    "casework_request_seconds",
    "Requests, by how long each took; what is said to sealed mediations is counted as other.",
    ("route", "method", "status"),
    # 0.15 and 0.3 are what an action and a page may take.
    (0.025, 0.05, 0.1, 0.15, 0.3, 1.0, 3.0, 10.0),
)
ACTIONS = Family(
    "casework_actions_total",
    "Requests to change something, by operation: done, refused and why, or ended in a fault of ours.",
    ("operation", "outcome", "reason"),
)
JOBS = Family("casework_jobs_done_total", "Jobs that workers have done, or put off until later.", ("task", "outcome"))
STARTS = Family("casework_starts_total", "Processes that have begun.", ("kind",))
PROCESSES = Family("casework_processes", "Processes that live.", ("kind",))
POOL = Family(
    "casework_pool_connections",
    "Database connections of all processes: in use, at rest, and how many there may be.",
    ("kind", "state"),
)
#: What only grows, and what is of this moment.
TOTALS, SPREADS, GAUGES = (ACTIONS, JOBS, STARTS), (REQUESTS,), (PROCESSES, POOL)
FAMILIES = (*SPREADS, *TOTALS, *GAUGES)

#: The values of a family by those of its labels; of a spread one for each bound, one for all, and the sum of seconds.
Series = dict[tuple[str, ...], list[float]]
#: What is asked of a process whenever it writes.
Gauge = Callable[[], Mapping[tuple[str, ...], int]]


def _length(family: Family) -> int:
    return len(family.bounds) + 2 if family.bounds else 1


@dataclass
class Counts:
    """What one process has counted; any thread may add to it."""

    _series: dict[str, Series] = field(default_factory=lambda: {one.name: {} for one in FAMILIES})
    _gauges: list[tuple[str, Gauge]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, family: Family, *labels: str) -> None:
        """One more."""
        with self._lock:
            self._series[family.name].setdefault(labels, [0.0])[0] += 1

    def took(self, family: Family, seconds: float, *labels: str) -> None:
        """One more that took so long."""
        with self._lock:
            values = self._series[family.name].setdefault(labels, [0.0] * _length(family))
            values[bisect_left(family.bounds, seconds)] += 1
            values[-1] += seconds

    def watch(self, family: Family, gauge: Gauge) -> None:
        """Ask for a value of this moment whenever the counts are written."""
        self._gauges.append((family.name, gauge))

    def read(self) -> dict[str, Series]:
        """All of it as it is now."""
        with self._lock:
            series = {
                name: {labels: list(values) for labels, values in one.items()} for name, one in self._series.items()
            }
        for name, gauge in self._gauges:
            series[name] |= {labels: [value] for labels, value in gauge().items()}
        return series


class Folder:
    """Where the processes of one machine write what they have counted."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._alive: int | None = None

    def open(self) -> None:
        """Say that this process lives, and its children with it. Where no other does, what lies there is of an earlier run and goes."""
        self.path.mkdir(parents=True, exist_ok=True)
        # Group and others as the folder above and the umask have it: pages and worker are different users.
        self._alive = os.open(self.path / "alive", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self._alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            fcntl.flock(self._alive, fcntl.LOCK_SH)
            return
        for path in self.path.glob("*.json*"):
            path.unlink(missing_ok=True)
        fcntl.flock(self._alive, fcntl.LOCK_SH)

    def close(self) -> None:
        """Say so no more."""
        if self._alive is not None:
            os.close(self._alive)
            self._alive = None

    def write(self, name: str, series: Mapping[str, Series], at: float) -> None:
        """Put a process's counts in the place of what it wrote before."""
        said = {
            "at": at,
            "series": {
                name: [[labels, values] for labels, values in one.items()] for name, one in series.items() if one
            },
        }
        half = self.path / f"{name}.json.new"
        half.write_text(json.dumps(said), "utf-8")
        half.replace(self.path / f"{name}.json")

    def read(self, at: float) -> dict[str, Series]:
        """What all processes have counted together; of those that have ended nothing that is of this moment."""
        together: dict[str, Series] = {one.name: {} for one in FAMILIES}
        for path in sorted(self.path.glob("*.json")):
            try:
                said = json.loads(path.read_text("utf-8"))
                ended, series = at - said["at"] > SILENT_S, said["series"]
            except (OSError, ValueError, TypeError, KeyError):
                continue
            for family in FAMILIES:
                if family in GAUGES and ended:
                    continue
                own = together[family.name]
                for labels, values in series.get(family.name, ()):
                    if len(labels) != len(family.labels) or len(values) != _length(family):
                        # Written by another release, which is still at work.
                        continue
                    own[tuple(labels)] = [
                        a + b for a, b in zip(own.get(tuple(labels), [0.0] * len(values)), values, strict=True)
                    ]
        return together


class Writer:
    """Writes what a process counts, from a thread of its own, until it is told to stop."""

    def __init__(self, folder: Folder, counts: Counts, kind: str) -> None:
        """`kind`: serve or worker."""
        # By a number of its own: in containers two processes may have the same one.
        self.folder, self.counts, self._name = folder, counts, f"{kind}-{uuid4()}"
        counts.add(STARTS, kind)
        counts.watch(PROCESSES, lambda: {(kind,): 1})
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="casework-counts", daemon=True)
        self._troubled = False

    def start(self) -> None:
        """Begin; in the very process that counts, after the fork."""
        self._thread.start()

    def stop(self) -> None:
        """Write for the last time."""
        self._stopped.set()
        self._thread.join(timeout=WRITTEN_S)

    def _run(self) -> None:
        self._write()
        while not self._stopped.wait(WRITTEN_S):
            self._write()
        self._write(last=True)

    def _write(self, *, last: bool = False) -> None:
        try:
            # Of one that ends nothing of this moment is left.
            self.folder.write(self._name, self.counts.read(), 0.0 if last else time.time())
            self._troubled = False
        except OSError as fault:
            if not self._troubled:
                _note.warning("what was counted is not written: %s", fault.strerror)
            self._troubled = True


def open_folder(path: Path) -> Folder | None:
    """The folder, where it can be written to; else nothing that is counted here is ever read, and it says so."""
    folder = Folder(path)
    try:
        folder.open()
    except OSError as fault:
        _note.warning("nothing that is counted is written: %s", fault.strerror)
        return None
    return folder


@contextlib.contextmanager
def writing(folder: Folder | None, counts: Counts, kind: str) -> Iterator[None]:
    """The counts of this process are written for the length of the block."""
    writer = None if folder is None else Writer(folder, counts, kind)
    if writer is not None:
        writer.start()
    try:
        yield
    finally:
        if writer is not None:
            writer.stop()


#: One value with its labels, and what follows the family's name: "_bucket".
Sample = tuple[str, Mapping[str, str], float]


def samples(family: Family, series: Series) -> Iterator[Sample]:
    """The values of a family as Prometheus reads them, in the order of their labels."""
    for given, values in sorted(series.items()):
        labels = dict(zip(family.labels, given, strict=True))
        if not family.bounds:
            yield "", labels, values[0]
            continue
        below = 0.0
        for bound, count in zip([*map(str, family.bounds), "+Inf"], values[:-1], strict=True):
            below += count
            yield "_bucket", labels | {"le": bound}, below
        yield "_sum", labels, values[-1]
        yield "_count", labels, below


def kind_of(family: Family) -> str:
    """Its type, in Prometheus's words."""
    return "histogram" if family.bounds else "gauge" if family in GAUGES else "counter"


__all__ = [
    "ACTIONS", "FAMILIES", "GAUGES", "JOBS", "POOL", "PROCESSES", "REQUESTS", "SILENT_S", "STARTS", "Counts", "Family", "Folder", "Writer",
    "kind_of", "open_folder", "samples", "writing",
]  # fmt: skip

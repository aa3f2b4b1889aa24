"""A disaster rehearsed: the embedded server is killed under load and its data are gone; what is lost, and how long until it is back.

Beside the load the log is archived as a worker does it. What was acknowledged is counted by its ids in what is restored and verified.
"""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from pydantic import SecretStr
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from benchmarks.figures import Figure, Scale
from benchmarks.world import World, world
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.errors import CaseworkError
from casework.operations.core.record_log import begin_record, new_record_log, write_records
from casework.operations.verification import backups, moments, proving, restoring, sequencer, wal_archiving
from casework.operations.verification.restoring import Restored
from casework.records import backup_folders, embedded
from casework.records.backup_shelves import Shelf, shelf_at
from casework.records.database import connect_engine, transaction
from casework.records.event_log import lock_log
from casework.records.key_ring import secret_key
from casework.records.server_process import recorded_pid, server_at
from casework.settings import Settings

#: Who acts at once.
HANDS = 2
#: What may be lost, and until when it must be back.
MOST_LOST_S, MOST_AWAY_S = 60.0, 600.0
#: What a server that was killed looks like.
_GONE = (psycopg.Error, SQLAlchemyError, CaseworkError, OSError)


@dataclass
class Office:
    """Where it happens: what is done there, and how it is found again."""

    settings: Settings
    #: Does one thing in a transaction of its own, and gives its id when it is committed.
    act: Callable[[], str]
    #: The ids of everything that was done.
    find: Callable[[Engine], set[str]]
    #: What was acknowledged, and when.
    done: dict[str, float] = field(default_factory=dict)
    #: Each hand has its own while it acts.
    gates: tuple[threading.Lock, ...] = field(default_factory=lambda: tuple(threading.Lock() for _ in range(HANDS)))


@dataclass(frozen=True, kw_only=True)
class Disaster:
    """What came of it, before anything is restored."""

    killed: float
    #: A moment, and what had been done by then.
    between: datetime
    by_then: frozenset[str]


def suffer(office: Office, *, seconds: float) -> Disaster:
    """Make a base and prove it, work for so long while the log is archived, then lose the server and its data."""
    settings, over, engine = office.settings, threading.Event(), connect_engine(office.settings)
    shelf = shelf_of(settings)
    with _beside(lambda: wal_archiving.archive_log(settings, shelf, over.is_set), over):
        office.done[office.act()] = time.time()
        sequencer.sequence(engine, settings)
        with backup_folders.alone(shelf):
            proving.prove_backup(settings, backups.make_backup(settings, shelf, base=True))
        with _working(office):
            time.sleep(seconds / 2)
            sequencer.sequence(engine, settings)
            with ExitStack() as nobody:
                for gate in office.gates:
                    nobody.enter_context(gate)
                time.sleep(0.05)
                between, by_then = datetime.now(UTC), frozenset(office.done)
                time.sleep(0.05)
            time.sleep(seconds / 2)
            sequencer.sequence(engine, settings)
            killed = _lose(settings)
    engine.dispose()
    return Disaster(killed=killed, between=between, by_then=by_then)


def come_back(office: Office, to: datetime | None, var: Path) -> tuple[Restored, set[str]]:
    """Restore on a machine that has the backups and the secret key alone; gives what is there of what was done."""
    settings = elsewhere(office.settings, var)
    done = moments.restore_moment(settings, restoring.choose(shelf_of(settings), to), to)
    engine = connect_engine(settings)
    try:
        return done, office.find(engine)
    finally:
        engine.dispose()


def shelf_of(settings: Settings) -> Shelf:
    """Where the office's backups lie."""
    assert settings.backup_folder is not None
    return shelf_at(settings.backup_folder, settings)


def elsewhere(settings: Settings, var: Path) -> Settings:
    """The settings of another machine."""
    return settings.model_copy(update={"var": var, "secret_key": SecretStr(secret_key(settings))})


def lost_s(office: Office, disaster: Disaster, found: set[str]) -> float:
    """How long before the end the first thing was done that is lost; 0 where nothing is."""
    return max([disaster.killed - at for one, at in office.done.items() if one not in found], default=0.0)


@contextmanager
def _beside(work: Callable[[], object], over: threading.Event) -> Iterator[None]:
    thread = threading.Thread(target=_until_gone, args=(work,))
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _until_gone(work: Callable[[], object]) -> None:
    with suppress(*_GONE):
        work()


@contextmanager
def _working(office: Office) -> Iterator[None]:
    """Several work, until their server is gone."""

    def work(gate: threading.Lock) -> None:
        while not over.is_set():
            with gate:
                one = office.act()
                office.done[one] = time.time()
            # Whoever waits for it gets it.
            time.sleep(0.001)

    over = threading.Event()
    threads = [threading.Thread(target=_until_gone, args=(partial(work, gate),)) for gate in office.gates]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()


def _lose(settings: Settings) -> float:
    """The server is killed, and its data are gone; gives when."""
    server = server_at(settings.var)
    pid = recorded_pid(server)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    killed = time.time()
    while server.data.exists():
        shutil.rmtree(server.data, ignore_errors=True)
    return killed


def needs(there: World, settings: Settings) -> Office:
    """An office that writes down needs."""
    engine = connect_engine(settings)

    def act() -> str:
        id = str(uuid.uuid4())
        fields = {"title": "Filter for a district heating plant", "owner_id": there.need_owner}
        with transaction(engine) as db:
            log = lock_log(db, there.programme)
            new = begin_record("need", new_record_log(id, "need", log), source="bench", external_id=id, fields=fields)
            write_records(db, By(there.officer, Role.OFFICER), [new])
        return id

    def find(at: Engine) -> set[str]:
        with transaction(at) as db:
            return set(db.execute(text("SELECT CAST(id AS text) FROM needs")).scalars())

    return Office(settings, act, find)


def measure(scale: Scale) -> Iterator[Figure]:
    root = Path(tempfile.mkdtemp(prefix="casework-"))
    root.chmod(0o711)
    try:
        with world() as there:
            given = {"backup_folder": str(root / "backups"), "backup_key": SecretStr("the passphrase of a rehearsal")}
            given |= {"backup_log_seconds": scale.archived_s}
            office = needs(there, there.settings.model_copy(update=given))
            disaster = suffer(office, seconds=2.5 * scale.archived_s)
            begun = time.time()
            done, found = come_back(office, None, root / "there")
            back_s = time.time() - begun
            moment, then = come_back(office, disaster.between, root / "then")
    finally:
        for name in ("there", "then"):
            embedded.stop(root / name)
        shutil.rmtree(root)
    lost = len(set(office.done) - found)
    detail = f"{lost} of {len(office.done)} actions that were acknowledged; archived every {scale.archived_s} s"
    yield Figure(
        "lost with the server", lost_s(office, disaster, found) or 0.001, "s", MOST_LOST_S, most=True, detail=detail
    )
    detail = f"{done.rows} rows restored and verified, {len(done.faults)} faults"
    yield Figure("back after the server was lost", back_s, "s", MOST_AWAY_S, most=True, detail=detail)
    detail = f"of a moment between two actions: {len(then)} done by then are there, {len(disaster.by_then)} should be; {moment.seconds} s"
    yield Figure(
        "as of a moment",
        len(then & disaster.by_then) / len(disaster.by_then | then),
        "of what was done",
        1.0,
        detail=detail,
    )


__all__ = ["Disaster", "Office", "come_back", "elsewhere", "lost_s", "measure", "needs", "shelf_of", "suffer"]

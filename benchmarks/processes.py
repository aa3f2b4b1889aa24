"""Servers and workers as processes of their own, which know the standard workflow and end with the block."""

from __future__ import annotations

import logging
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from typing import Any

from sqlalchemy import text

from benchmarks.bare import make_bare
from benchmarks.world import World, teach_standard
from benchmarks.yardstick import Constants
from casework import logs
from casework.commands import serve
from casework.jobs.worker import Worker
from casework.operations.verification.sequencer import EVERY_S, sequence
from casework.records.database import connect_engine
from casework.settings import Settings

#: Of both servers.
PROCESSES, THREADS = 2, 4
PATIENCE_S = 60.0
#: What a connection of the sequencer's process is called.
_GROWS = "sequencer"


@contextmanager
def worker(world: World) -> Iterator[None]:
    """A worker that is at work."""
    with _process(_work, world.settings), world.superuser() as db:
        # Its two kinds of hands have said that they live.
        query = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '3 seconds'"
        wait_until(lambda: db.execute(query).fetchone() == (2,))
        yield


@contextmanager
def sequencer(world: World) -> Iterator[None]:
    """What gives events their leaves in a worker, and nothing else of one, at work."""
    with _process(_grow, world.settings), world.superuser() as db:
        grows = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = %s)"
        wait_until(lambda: db.execute(grows, (_GROWS,)).fetchone() == (True,))
        yield


@contextmanager
def server(world: World, constants: Constants | None = None) -> Iterator[int]:
    """The port of our server; with the yardstick's constants, of a bare one."""
    with serve.free_port() as listener:
        port = int(listener.getsockname()[1])
    with _process(_serve, world, constants, port):
        wait_until(lambda: listens(port))
        yield port


def wait_until(come: Callable[[], bool]) -> None:
    begun = time.monotonic()
    while not come():
        if time.monotonic() - begun > PATIENCE_S:
            raise TimeoutError("what a benchmark waits for has not come")
        time.sleep(0.05)


@contextmanager
def _process(target: Callable[..., None], *given: Any) -> Iterator[None]:
    process = get_context("spawn").Process(target=target, args=given)
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(PATIENCE_S)


def _work(settings: Settings) -> None:
    teach_standard()
    runner = Worker(settings)
    signal.signal(signal.SIGTERM, lambda *_: runner.stop())
    runner.run()


def _grow(settings: Settings) -> None:
    engine = connect_engine(settings)
    with engine.connect() as shown:
        shown.execute(text("SELECT set_config('application_name', :name, false)"), {"name": _GROWS})
        while True:
            time.sleep(EVERY_S)
            sequence(engine, settings)


def _serve(world: World, constants: Constants | None, port: int) -> None:
    teach_standard()
    bind = f"127.0.0.1:{port}"
    if constants is None:
        serve.run(world.settings, bind, workers=PROCESSES, threads=THREADS, loglevel="warning")
        return
    logs.configure(logging.WARNING)
    serve.Server(
        make_bare(world, constants),
        bind=bind,
        workers=PROCESSES,
        threads=THREADS,
        worker_class=serve.WORKER,
        loglevel="warning",
        control_socket_disable=True,
    ).run()


def listens(port: int) -> bool:
    """Whether anybody answers there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

"""The command `serve`: the pages and the API, by gunicorn's processes and waitress's threads."""

from __future__ import annotations

import gc
import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any
from wsgiref.types import WSGIApplication

import click
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from casework import logs, telemetry
from casework.counts import POOL, Counts, open_folder, writing
from casework.errors import DatabaseNotReady, InvalidSettings
from casework.matching.dictionary import cc_cedict
from casework.operations.core.editions import read_editions
from casework.operations.core.settings_log import note_settings
from casework.operations.verification import sequencer
from casework.records import log_keys, migrate, production_settings
from casework.records.database import connected, pool_state, transaction, watch_database
from casework.settings import Settings, load_settings
from casework.web.app import create_app

#: What each of gunicorn's processes is.
WORKER = "casework.web.server.BufferingWorker"


class OneFormat(Logger):
    """gunicorn's own lines, written as all others are."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers, self.error_log.propagate = [], True


class Server(BaseApplication):
    """gunicorn without a configuration file: what it needs is said here."""

    def __init__(self, app: WSGIApplication, **options: Any) -> None:
        """The application has no connection yet: the processes that share it are begun as copies of this one."""
        self.app, self.options = app, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return self.app


#: Whoever breaks into what serves could else sign a tree of their own.
KEY_OPEN = (
    "{folder} holds the key that signs the log, and this user may read it: let a user of its own run the worker and own that folder, of"
    " which the pages' user reads `keys.pub` and `last` alone; or, on a small site, let one command do both: `casework serve --worker`."
)


def insist_ready(settings: Settings, *, serving: bool = False, working: bool = False) -> WSGIApplication:
    """Say now, in one line, what would otherwise keep every worker from starting; gives the application, which is made once
    and has no connection open. `serving`: it is to answer requests itself; `working`: to do what a worker does."""
    if settings.profile == "production":
        wrong = production_settings.faults(settings, os.environ, serving=serving)
        if not working and log_keys.is_key_open(settings):
            wrong.append(KEY_OPEN.format(folder=settings.log_dir))
        if wrong:
            raise InvalidSettings(" ".join(wrong))
    telemetry.insist_installed()
    app = create_app(settings)
    engine = app.extensions["casework"]
    try:
        with connected(engine) as db:
            revision = migrate.current(db)
            if revision == migrate.head():
                # Before the fork: every process that serves has them.
                read_editions(db)
            faults = migrate.check(db, settings.synchronous_standbys) if settings.profile == "production" else []
        if faults:
            raise InvalidSettings(" ".join(faults))
        if revision != migrate.head():
            raise DatabaseNotReady(why=f"it is at revision {revision or 'none'}, this release needs {migrate.head()}.")
        with transaction(engine) as db:
            if settings.profile == "production":
                sequencer.insist_not_older(settings, db)
                if working:
                    sequencer.open_log(settings, db)
            note_settings(db, settings, "serve" if serving or not working else "worker")
    finally:
        engine.dispose()
    return app


def run(
    settings: Settings,
    bind: str,
    *,
    app: WSGIApplication | None = None,
    workers: int,
    threads: int,
    loglevel: str = "info",
    with_worker: bool = False,
) -> None:
    """Serve until a signal ends it; `with_worker`: each process lets happen what is due, too."""
    logs.configure(getattr(logging, loglevel.upper()))
    app = app or create_app(settings)
    server = Server(
        app,
        bind=bind,
        workers=workers,
        threads=threads,
        worker_class=WORKER,
        loglevel=loglevel,
        logger_class=OneFormat,
        proc_name="casework",
        timeout=60,
        graceful_timeout=20,
        # It would lie in the home folder, outside of var, and be shared with every other server of this user.
        control_socket_disable=True,
        **_beside(settings, with_worker, app),
    )
    # The first search of each process would wait for it more than a second, and each have one of its own.
    cc_cedict().warm()
    settle_memory()
    server.run()


#: After how many new objects the young ones are looked through for rings that nothing holds any more, and how many of their rounds make
#: one of the next: a page of many rows makes some ten thousand objects and no ring, and at 2,000 a tenth of its time went into looking.
YOUNG_OBJECTS = 100_000, 20, 100


def settle_memory() -> None:
    """Look through no more what is there by now, as it stays, and so remains one for all processes; and seldom through what comes."""
    gc.freeze()
    gc.set_threshold(*YOUNG_OBJECTS)


def _beside(settings: Settings, with_worker: bool, app: WSGIApplication) -> dict[str, Any]:
    """gunicorn's hooks for what goes on in each of its processes beside serving: watching over the embedded server, writing what
    was counted, and working, which is let finish before the process ends."""
    ends, counts = ExitStack(), Counts()
    made: dict[str, Any] = getattr(app, "extensions", {})
    if "casework.counts" in made:
        counts, engine = made["casework.counts"], made["casework"]
        counts.watch(POOL, lambda: {("serve", state): value for state, value in pool_state(engine, settings).items()})
    work = _worker_beside(settings, counts) if with_worker else nullcontext()
    # Before the fork: what lies there of an earlier run goes once.
    write = writing(open_folder(settings.counts_dir), counts, "serve")

    # gunicorn counts what its hooks take.
    def start(process: Any) -> None:
        watch_database(settings)
        ends.enter_context(write)
        ends.enter_context(telemetry.sending("serve"))
        ends.enter_context(work)

    def stop(server: Any, process: Any) -> None:
        ends.close()

    return {"post_worker_init": start, "worker_exit": stop}


def _worker_beside(settings: Settings, counts: Counts) -> AbstractContextManager[None]:
    """A worker in a thread of its own, for the length of the block."""
    # Before the fork, and only where it is asked for: it is much.
    from casework.jobs.worker import GRACE_S, Worker

    beside = Worker(settings, concurrency=2, counts=counts)
    # A daemon: a server that must end at once does not wait for it, and its jobs are picked up again.
    thread = threading.Thread(target=beside.run, name="casework-worker", daemon=True)

    @contextmanager
    def working() -> Iterator[None]:
        thread.start()
        yield
        beside.stop()
        thread.join(timeout=GRACE_S)

    return working()


def free_port(host: str = "127.0.0.1", port: int = 0) -> socket.socket:
    """A socket that listens already, on a free port if none is said, so that nobody can take it in between."""
    try:
        listener = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else fault.strerror
        raise click.ClickException(f"Cannot listen on {host}, port {port}: {why}. Choose another.") from fault
    listener.set_inheritable(True)
    return listener


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0: any free one.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes.")
@click.option("--threads", type=click.IntRange(1, 64), default=8, show_default=True, help="Threads of each process.")
@click.option(
    "--worker",
    "with_worker",
    is_flag=True,
    help="Do in each process, too, what `casework worker` does: for small sites.",
)
def serve(host: str, port: int, workers: int, threads: int, with_worker: bool) -> None:
    """Serve the pages and the API until a signal ends it.

    In the profile production, unless CASEWORK_PROFILE says otherwise: put a web server that speaks TLS in front.
    """
    settings = load_settings(default_profile="production")
    app = insist_ready(settings, serving=True, working=with_worker)
    listener = free_port(host, port)
    if not port:
        click.echo(f"Listening on http://{host}:{listener.getsockname()[1]}")
    run(settings, f"fd://{listener.fileno()}", app=app, workers=workers, threads=threads, with_worker=with_worker)

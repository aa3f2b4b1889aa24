"""The private PostgreSQL server that Casework starts when no DATABASE_URL is set.

It lies under `var/postgres` and belongs to no process: whoever needs it first starts it, everyone shares it,
and it goes on when its starter is killed. It listens on a Unix socket only, in a folder that nobody else may
enter.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from casework.errors import EmbeddedServerError
from casework.records.durable import make_folder, sync
from casework.records.server_process import (
    DATABASE,
    OWNER_ROLE,
    PORT,
    ROLES,
    SUPERUSER,
    WEB_ROLE,
    Server,
    give_to_server,
    is_alive,
    is_this_server,
    make_socket_dir,
    open_the_way,
    recorded_pid,
    run_program,
    server_at,
    version_here,
)

PATIENCE_S = 60.0
WATCHED_EVERY_S = 0.5
# Above every system's highest process id: PostgreSQL takes a lock file that names it for a dead one's.
_NOBODY_PID = 999_999_999

_CONFIGURATION = """
# Written by Casework when it made this cluster.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
fsync = on
synchronous_commit = on
full_page_writes = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %u@%d %a '
"""

log = logging.getLogger(__name__)


def ensure_running(var: Path, user: str = OWNER_ROLE) -> str:
    """This login's URL of the database under `var`, whose server is started first if it does not run."""
    server = server_at(var)
    if _answers(server):
        return server.url(user=user)
    try:
        make_folder(server.home)
        with _start_lock(server) as lock:
            _recover_or_start(server, lock)
            _make_roles_and_database(server)
    except OSError as fault:
        raise EmbeddedServerError(f"{fault.filename or server.home}: {fault.strerror or fault}") from fault
    return server.url(user=user)


def keep_running(var: Path) -> None:
    """From now on, as long as this process lives: start the server again when it was killed.

    Each process that needs it may watch: one at a time starts it. A server that was stopped, and so cleaned up, stays so.
    """
    threading.Thread(target=_watch, args=(server_at(var),), name="casework-database", daemon=True).start()


def _watch(server: Server) -> None:
    gone = False
    while True:
        time.sleep(WATCHED_EVERY_S)
        gone = gone or (recorded_pid(server) is not None and running_pid(server) is None)
        if not gone:
            continue
        try:
            ensure_running(server.home.parent)
        except (EmbeddedServerError, psycopg.Error) as fault:
            log.warning("The PostgreSQL server could not be started again yet: %s", fault)
        else:
            gone = False


def stop(var: Path) -> bool:
    """Stop the server under `var`; False when none was running. Open transactions are rolled back."""
    server = server_at(var)
    if not server.home.is_dir():
        return False
    with _start_lock(server):
        if running_pid(server) is None:
            return False
        _stop(server)
        return True


def running_pid(server: Server) -> int | None:
    """The server's process id, if its lock file names a live process that serves this cluster."""
    pid = recorded_pid(server)
    if pid is None or not is_this_server(server, pid):
        return None
    return pid


# Starting ---------------------------------------------------------------------------------------------------


def _recover_or_start(server: Server, lock: int) -> None:
    begun = time.monotonic()
    _make_cluster(server, lock)
    while True:
        if running_pid(server) is not None:
            # Its starter may have been killed a moment ago: it may still be starting, or shutting down.
            if _answers(server, user=SUPERUSER, database="postgres"):
                return
            if time.monotonic() > begun + 10 and not server.socket.exists():
                # A starter that was killed midway can leave a server whose socket the next one cleared away.
                log.warning("The running server cannot be reached; starting it again.")
                _stop(server)
        else:
            _set_stale_lock_aside(server)
            make_socket_dir(server)
            # Nobody serves this cluster, so whatever lies here is a dead server's; its process id may live on.
            server.socket.unlink(missing_ok=True)
            server.socket.with_name(f"{server.socket.name}.lock").unlink(missing_ok=True)
            if _start(server):
                return
        if time.monotonic() > begun + PATIENCE_S:
            raise EmbeddedServerError(f"it does not answer after {PATIENCE_S:.0f} s; see {server.log_file}.")
        time.sleep(0.2)


def _make_cluster(server: Server, lock: int) -> None:
    """Run initdb beside the final place and move the result: a killed initdb leaves no half a cluster."""
    if (server.data / "PG_VERSION").exists():
        _insist_on_same_version(server)
        return
    half = server.home / "data.new"
    if half.exists():
        log.warning("Found a cluster whose making was broken off (%s); making it anew.", half)
        shutil.rmtree(half)
    open_the_way(server)
    half.mkdir(mode=0o700)
    # initdb holds the lock as well: if this process is killed, the next starter waits until initdb has ended.
    give_to_server(half)
    run_program(
        server,
        "initdb",
        "-D",
        str(half),
        "-U",
        SUPERUSER,
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        cwd=half,
        keep_open=(lock,),
    )
    with (half / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(_CONFIGURATION)
    # initdb has waited for its own files alone: after a power cut the server would not start with half a configuration.
    sync(half / "postgresql.conf")
    half.rename(server.data)
    sync(server.home)


def _insist_on_same_version(server: Server) -> None:
    try:
        theirs = (server.data / "PG_VERSION").read_text().strip()
    except PermissionError as fault:
        raise EmbeddedServerError(
            f"{server.data} belongs to another user. Set CASEWORK_VAR to a folder of your own."
        ) from fault
    ours = version_here(server)
    if ours and theirs != ours:
        raise EmbeddedServerError(
            f"{server.data} was made by PostgreSQL {theirs}, and this is {ours}. "
            "Back it up with the release that made it (`casework backup DIR --dump`) and restore it into a new folder."
        )


def _start(server: Server) -> bool:
    # pg_ctl puts the server in a session of its own: it outlives whoever starts it, and its terminal.
    server.log_file.touch(mode=0o600)
    give_to_server(server.log_file)
    log_size = server.log_file.stat().st_size
    try:
        run_program(
            server,
            "pg_ctl",
            "-D",
            str(server.data),
            "-w",
            "-t",
            str(int(PATIENCE_S)),
            "-l",
            str(server.log_file),
            "-o",
            f"-k '{server.socket_dir}' -p {PORT}",
            "start",
        )
    except EmbeddedServerError:
        with server.log_file.open(errors="replace") as lines:
            lines.seek(log_size)
            said = lines.read()
        # A starter that was killed midway may have got a server going after all.
        if running_pid(server) is not None:
            return False
        # Backends of a killed server take a moment to notice that it is gone.
        if "still in use" in said:
            log.warning("Processes of the last server are still ending; trying again.")
            return False
        last = said.strip().splitlines()[-1] if said.strip() else "it said nothing"
        raise EmbeddedServerError(f"it did not start ({last}); see {server.log_file}.") from None
    return True


def _stop(server: Server) -> None:
    run_program(server, "pg_ctl", "-D", str(server.data), "-m", "fast", "-w", "-t", str(int(PATIENCE_S)), "stop")


def _set_stale_lock_aside(server: Server) -> None:
    pid = recorded_pid(server)
    if pid is None:
        return
    log.warning("The last PostgreSQL server (process %s) ended without cleaning up; starting it again.", pid)
    if not is_alive(pid):
        return
    # After a reboot the number may belong to somebody else's process, and PostgreSQL would refuse to start.
    # Only the number is replaced: the file's other lines still lead PostgreSQL to old backends at work here.
    lock = server.data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(_NOBODY_PID), *lines[1:]]) + "\n")
    sync(lock)


@contextlib.contextmanager
def _start_lock(server: Server) -> Iterator[int]:
    """One starter at a time; yields the lock's descriptor. The kernel frees the lock when its holder dies, however it dies."""
    descriptor = os.open(server.lock_file, os.O_RDWR | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "r+") as lock:
        deadline = time.monotonic() + 2 * PATIENCE_S
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    lock.seek(0)
                    holder = lock.read().strip() or "unknown"
                    raise EmbeddedServerError(f"process {holder} takes too long to start it.") from None
                time.sleep(0.05)
        lock.seek(0)
        left_by = lock.read().strip()
        if left_by:
            log.warning("Process %s was broken off while it started or stopped the server; going on.", left_by)
        lock.seek(0)
        lock.truncate()
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            yield lock.fileno()
        finally:
            lock.seek(0)
            lock.truncate()


# Roles and the database -------------------------------------------------------------------------------------


def _answers(server: Server, *, user: str = WEB_ROLE, database: str = DATABASE) -> bool:
    if not server.socket.exists():
        return False
    try:
        with psycopg.connect(server.url(user=user, database=database), connect_timeout=5) as connection:
            if user == WEB_ROLE:
                # What is made last of all, and what a folder of an earlier release lacks.
                for role in ROLES:
                    connection.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    except psycopg.Error:
        return False
    return True


def _make_roles_and_database(server: Server) -> None:
    """Each step finds out whether it was done: the last starter may have been killed between any two."""
    url = server.url(user=SUPERUSER, database="postgres")
    with psycopg.connect(url, autocommit=True, connect_timeout=int(PATIENCE_S)) as connection:
        _make_role(connection, OWNER_ROLE, "LOGIN")
        for role in ROLES:
            _make_role(connection, role, "NOLOGIN")
            connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(OWNER_ROLE)))
        existing = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
        if existing is None:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(DATABASE), sql.Identifier(OWNER_ROLE))
            )
        # The last of all: where this one can log in and act as each role, everything is there.
        with connection.transaction():
            _make_role(connection, WEB_ROLE, "LOGIN")
            for role in ROLES:
                connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(role), sql.Identifier(WEB_ROLE)))


def _make_role(connection: psycopg.Connection, name: str, may: LiteralString) -> None:
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (name,)).fetchone() is None:
        connection.execute(sql.SQL("CREATE ROLE {} " + may).format(sql.Identifier(name)))

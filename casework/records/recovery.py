"""A copy of the embedded server's cluster: made while it works (pg_basebackup), and brought to a moment by its log elsewhere."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from casework.errors import BackupUnusable, EmbeddedServerError
from casework.records.dump_programs import output_of, said_wrong
from casework.records.durable import make_folder, sync
from casework.records.server_process import (
    DATABASE,
    PORT,
    SUPERUSER,
    Server,
    binaries,
    give_to_server,
    is_this_server,
    make_socket_dir,
    open_the_way,
    recorded_pid,
    run_program,
    version_here,
)
from casework.records.tar_stream import unpack_tar
from casework.records.wal_stream import parse_lsn

SEGMENT = 1 << 24
#: Recovery takes as long as it takes.
_PATIENCE_S = 7 * 24 * 3600
_START = re.compile(r"write-ahead log start point: ([0-9A-F]+/[0-9A-F]+) on timeline (\d+)")
_END = re.compile(r"write-ahead log end point: ([0-9A-F]+/[0-9A-F]+)")
#: What the server says where nothing was done after the moment that it is to stop at.
_NOTHING_AFTER = "recovery ended before configured recovery target was reached"
_TOO_EARLY = "requested recovery stop point is before consistent recovery point"


@dataclass
class Copied:
    """From where to where in the log a base goes: by its end it is whole."""

    start: int = 0
    stop: int = 0
    timeline: int = 0


@dataclass(frozen=True, kw_only=True)
class Recovered:
    """Up to where a cluster was brought."""

    #: When the last transaction in it was committed; None where there is none after the base.
    last_commit: datetime | None


def copy_cluster(url: URL, copied: Copied) -> Iterator[bytes]:
    """The cluster as one stream in the form of tar, with the log that makes it whole; at its end `copied` says from where to where.
    Raises BackupUnusable, at its end too."""
    _, given = url.get_dialect()().create_connect_args(url)
    known = {name: value for name, value in given.items() if name in ("host", "port", "user")}
    command = [str(binaries() / "pg_basebackup"), "--pgdata=-", "--format=tar", "--wal-method=fetch"]
    command += ["--checkpoint=fast", "--verbose", "--no-password", f"--dbname={make_conninfo(**known)}"]
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}
    failed, said = yield from output_of(command, environment)
    start, end = _START.search(said), _END.search(said)
    if failed or start is None or end is None:
        raise BackupUnusable(f"pg_basebackup: {said_wrong(said)}")
    copied.start, copied.timeline, copied.stop = parse_lsn(start[1]), int(start[2]), parse_lsn(end[1])


def unpack(server: Server, pieces: Iterable[bytes]) -> None:
    """Lay a copy out as a cluster that nobody has started. Raises BackupUnusable, also where it is of another PostgreSQL."""
    server.home.mkdir(parents=True, exist_ok=True)
    open_the_way(server)
    server.data.mkdir(mode=0o700)
    give_to_server(server.data)
    unpack_tar(pieces, server.data, give_to_server)
    server.data.chmod(0o700)
    theirs = (server.data / "PG_VERSION").read_text().strip() if (server.data / "PG_VERSION").exists() else "none"
    ours = version_here(server)
    if theirs != ours:
        raise BackupUnusable(
            f"it is of PostgreSQL {theirs}, and this release brings {ours or 'none'}: restore it with the release"
            " that made it, or take a dump (`casework backup DIR --dump`)."
        )


def lay_log(server: Server, timeline: int, start: int, pieces: Iterable[bytes]) -> None:
    """Put the log from a place on where the server looks for it, over what the copy has of it."""
    folder, at = server.data / "pg_wal", start
    for piece in pieces:
        left = memoryview(piece)
        while left:
            number, offset = divmod(at, SEGMENT)
            path = folder / f"{timeline:08X}{number >> 8:08X}{number & 0xFF:08X}"
            _ensure_segment(path)
            some = left[: SEGMENT - offset]
            with path.open("r+b") as file:
                file.seek(offset)
                file.write(some)
            at, left = at + len(some), left[len(some) :]


def _ensure_segment(path: Path) -> None:
    if path.exists() and path.stat().st_size == SEGMENT:
        return
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "wb") as file:
        file.truncate(SEGMENT)
    give_to_server(path)


def recover(server: Server, to: datetime | None) -> Recovered:
    """Start a cluster that was laid out, as of a moment or of all the log that lies there, and let it go on as an installation of its own.
    Raises BackupUnusable."""
    signal = server.data / "recovery.signal"
    signal.touch(mode=0o600)
    give_to_server(signal)
    target = []
    if to is not None:
        target = [f"recovery_target_time='{to.astimezone(UTC).isoformat(sep=' ')}'", "recovery_target_action=promote"]
    said = _start(server, target)
    if said and _NOTHING_AFTER in said:
        # Everything that is there was done by then: it stands as it was.
        said = _start(server, [])
    if said and _TOO_EARLY in said:
        raise BackupUnusable("the moment lies before the base was whole: an earlier base is needed.")
    if said:
        faults = [line for line in said.splitlines() if "FATAL" in line or "PANIC" in line] or said.splitlines()[-1:]
        raise BackupUnusable(f"the server could not be brought there: {faults[0].split('@ ')[-1]}")
    url = server.url(user=SUPERUSER, database=DATABASE)
    with psycopg.connect(url, autocommit=True) as db:
        row = db.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
    return Recovered(last_commit=row[0] if row else None)


def _start(server: Server, target: list[str]) -> str:
    """What the server said where it did not start; nothing where it did."""
    make_socket_dir(server)
    server.log_file.touch(mode=0o600)
    give_to_server(server.log_file)
    begun = server.log_file.stat().st_size
    # No program brings more of the log: all of it lies there.
    settings = ["restore_command=/bin/false", "hot_standby=off", "log_min_messages=warning", *target]
    options = " ".join([f"-k '{server.socket_dir}' -p {PORT}", *(f'-c "{one}"' for one in settings)])
    with suppress(EmbeddedServerError):
        run_program(
            server,
            *("pg_ctl", "-D", str(server.data), "-w", "-t", str(_PATIENCE_S), "-l", str(server.log_file)),
            *("-o", options, "start"),
        )
    # It starts, and only then goes through its log.
    while (pid := recorded_pid(server)) is not None and is_this_server(server, pid):
        if _has_arrived(server):
            return ""
        time.sleep(0.1)
    with server.log_file.open(errors="replace") as lines:
        lines.seek(begun)
        return lines.read() or "it said nothing"


def _has_arrived(server: Server) -> bool:
    try:
        with psycopg.connect(server.url(user=SUPERUSER, database="postgres"), autocommit=True) as db:
            row = db.execute("SELECT pg_is_in_recovery()").fetchone()
            return row is not None and not row[0]
    except psycopg.OperationalError:
        return False


def move_cluster(there: Server, here: Server) -> None:
    """Give a stopped cluster its place, where none is."""
    make_folder(here.home)
    open_the_way(here)
    os.rename(there.data, here.data)
    sync(here.home)
    shutil.rmtree(there.home, ignore_errors=True)

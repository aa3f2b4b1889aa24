"""PostgreSQL's own programs that write a database out and read it in again: pg_dump and pg_restore, as streams."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from psycopg.conninfo import make_conninfo
from sqlalchemy import URL

from casework.errors import BackupUnusable
from casework.records.server_process import binaries

#: What takes long may.
_OPTIONS = "-c statement_timeout=0 -c lock_timeout=60s -c idle_in_transaction_session_timeout=0"
_PIECE = 1 << 17
#: Where Debian keeps the programs of each version.
_DEBIAN = Path("/usr/lib/postgresql")


def dump(url: URL, major: int, snapshot: str) -> Iterator[bytes]:
    """The database as this snapshot has it, in pg_dump's custom form. Raises BackupUnusable, at its end too; also where row security
    would leave anything out."""
    command = [
        _program("pg_dump", major),
        "--format=custom",
        "--no-password",
        f"--snapshot={snapshot}",
        f"--dbname={_conninfo(url)}",
    ]
    failed, said = yield from output_of(command, _environment(url))
    if failed:
        raise BackupUnusable(f"pg_dump: {said_wrong(said)}")


def output_of(command: Sequence[str], environment: Mapping[str, str]) -> Generator[bytes, None, tuple[int, str]]:
    """What a program writes, as it writes it; at the end its exit code and what it said besides."""
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said, env=environment
        ) as running,
    ):
        assert running.stdout is not None
        try:
            while piece := running.stdout.read(_PIECE):
                yield piece
        except BaseException:
            # Nobody wants the rest, or could keep it.
            running.kill()
            raise
        failed = running.wait()
        said.seek(0)
        return failed, said.read().decode(errors="replace")


def restore(url: URL, major: int, pieces: Iterable[bytes]) -> None:
    """Read a dump into an empty database, all of it or nothing. Raises BackupUnusable, and whatever reading the dump raises."""
    command = [
        _program("pg_restore", major),
        "--no-owner",
        "--no-password",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={_conninfo(url)}",
    ]
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=said, stderr=said, env=_environment(url), bufsize=0
        ) as running,
    ):
        assert running.stdin is not None
        try:
            for piece in pieces:
                running.stdin.write(piece)
            running.stdin.close()
        except BrokenPipeError:
            pass  # It says itself why it stopped reading.
        except BaseException:
            # Before its input ends: half of a dump is none.
            running.kill()
            raise
        if running.wait():
            said.seek(0)
            raise BackupUnusable(f"pg_restore: {said_wrong(said.read().decode(errors='replace'))}")


def _program(name: str, major: int) -> str:
    """The oldest that knows a server of this version: what a newer one writes an older server may not read."""
    found = []
    for folder in (binaries(), *_DEBIAN.glob("*/bin"), *map(Path, os.environ.get("PATH", "").split(os.pathsep))):
        path = folder / name
        if path.is_file() and (version := _major(path)) >= major:
            found.append((version, str(path)))
            if version == major:
                break
    if not found:
        raise BackupUnusable(
            f"no {name} for PostgreSQL {major} is here: install the client programs of that version, such as postgresql-client-{major}."
        )
    return min(found)[1]


def _major(path: Path) -> int:
    told = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"\) (\d+)", told)
    return int(version.group(1)) if version else 0


def _conninfo(url: URL) -> str:
    _, given = url.get_dialect()().create_connect_args(url)
    # Neither stands in the list of processes: the password goes through the environment.
    return make_conninfo(**{name: value for name, value in given.items() if name not in ("password", "options")})


def _environment(url: URL) -> dict[str, str]:
    given = url.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME") or name.startswith("PGSSL")}
    password = {"PGPASSWORD": url.password} if url.password else {}
    return {**kept, **password, "PGOPTIONS": f"{options} {_OPTIONS}".strip(), "LC_ALL": "C", "TZ": "UTC"}


def said_wrong(said: str) -> str:
    """What a program says is wrong, of all that it said."""
    lines = [line for line in said.splitlines() if line.strip()]
    told = [line for line in lines if "error:" in line] or lines
    return told[0].split("error: ", 1)[-1] if told else "it said nothing."

"""Databases that take long to make: made once, kept under `bench` in the folder of CASEWORK_VAR, and used again by later runs.

One that was not ended, or that another schema, other editions or other statements have made, is dropped and made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from casework.definitions import load_library
from casework.records import embedded, server_process
from casework.settings import Profile, Settings, load_settings

_ROOT = Path(__file__).parents[1]
_SCHEMA, _MIGRATIONS = _ROOT / "casework" / "records" / "sql", _ROOT / "migrations" / "versions"
#: What is said of a database that was made to its end.
_WHOLE = "whole"


@contextmanager
def kept_server(var: Path | None = None) -> Iterator[Path]:
    """The folder of the server that they lie in, which runs as long as the block."""
    folder = (var or load_settings(default_profile="test").var) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    embedded.ensure_running(folder)
    try:
        yield folder
    finally:
        embedded.stop(folder)


def find_or_make(
    folder: Path, size: str, parts: Iterable[str], fill: Callable[[Settings], None], *, profile: Profile
) -> tuple[Settings, str]:
    """The settings and the name of the database of a size; `fill` makes it where there is none of these parts."""
    server = server_process.server_at(folder)
    name = f"{size}_{_form(parts)}"
    settings = Settings(
        profile=profile, var=folder, statement_timeout_ms=600_000, database_url=server.url(database=name)
    )
    with psycopg.connect(server.url(user=server_process.SUPERUSER, database="postgres"), autocommit=True) as db:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        if db.execute(query, (name,)).fetchone() != (_WHOLE,):
            old = "SELECT datname FROM pg_database WHERE starts_with(datname, %s)"
            for (former,) in db.execute(old, (f"{size}_",)).fetchall():
                db.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(former)))
            known = sql.Identifier(name)
            db.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(known, sql.Identifier(server_process.OWNER_ROLE)))
            fill(settings)
            db.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(known, _WHOLE))
    return settings, name


def _form(parts: Iterable[str]) -> str:
    """What a database is made of: with another schema, other editions or other parts it is another one."""
    digest = hashlib.sha256("".join((*parts, *sorted(load_library().editions))).encode())
    for path in sorted((*_SCHEMA.glob("*.sql"), *_MIGRATIONS.glob("*.py"))):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]

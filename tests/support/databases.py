"""Databases for tests: a server for the session, and quick copies of a migrated database."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, event, make_url

from casework.records import embedded, server_process
from casework.records.database import connect_engine
from casework.settings import Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class DatabaseServer:
    """A PostgreSQL server on which the tests may create databases.

    `login_url` is an administrator's; `owner` is the role that owns and migrates the databases made here, the
    login itself when None.
    """

    login_url: str
    owner: str | None = None

    def url(self, database: str, *, user: str | None = None) -> str:
        url = make_url(self.login_url).set(database=database)
        if user:
            url = url.set(username=user)
        return url.render_as_string(hide_password=False)

    def owner_url(self, database: str) -> str:
        return self.url(database, user=self.owner)

    def app_url(self, database: str) -> str:
        """The address of the application, which owns nothing."""
        return self.url(database, user=server_process.WEB_ROLE)

    def settings(self, database: str, var: Path, **more: Any) -> Settings:
        """Settings in the profile `test` for a database of this server."""
        return Settings(
            profile="test",
            var=var,
            database_url=self.app_url(database),
            owner_database_url=self.owner_url(database),
            **more,
        )

    def create(self, template: str = "template1") -> str:
        """The name of a new database, a copy of the template. To copy its files is half the work of logging each block."""
        name = f"casework_test_{os.getpid()}_{secrets.token_hex(4)}"
        statement = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(
            sql.Identifier(name), sql.Identifier(template)
        )
        if self.owner:
            statement += sql.SQL(" OWNER {}").format(sql.Identifier(self.owner))
        self._execute(statement)
        return name

    def settle(self, name: str) -> None:
        """Tidy up a database of which copies will be made, so that not each of them has to."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute("VACUUM (FREEZE, ANALYZE)")

    def drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.login_url, autocommit=True) as connection:
            connection.execute(statement)


@dataclass
class Copy:
    """A database of a test; one that is lent has an engine whose connection has been used before."""

    name: str
    engine: Engine | None = None
    lent: int = 0
    #: Whether something was committed in it.
    written: bool = False


class CleanCopies:
    """Databases in which nothing was ever committed, lent to one test after another.

    The first statements of a connection cost the server more than most tests, and to copy a database as much again. Whoever
    commits nevertheless has the last of it.
    """

    #: So many are kept, and each is lent so often: what was rolled back still lies in it.
    MOST, LENT_MOST = 4, 50

    def __init__(self, server: DatabaseServer, var: Path) -> None:
        self._server, self._var = server, var
        self._kept: dict[str, Copy] = {}

    @contextmanager
    def lend(self, template: str) -> Iterator[Copy]:
        copy = self._kept.pop(template, None) or self._make(template)
        yield copy
        copy.lent += 1
        if copy.written or copy.lent >= self.LENT_MOST:
            self._drop(copy)
            return
        self._kept[template] = copy
        if len(self._kept) > self.MOST:
            self._drop(self._kept.pop(next(iter(self._kept))))

    def _make(self, template: str) -> Copy:
        name = self._server.create(template)
        engine = connect_engine(self._server.settings(name, self._var))
        copy = Copy(name, engine)

        @event.listens_for(engine, "commit")
        def note(_: Connection) -> None:
            copy.written = True

        return copy

    def _drop(self, copy: Copy) -> None:
        if copy.engine is not None:
            copy.engine.dispose()
        self._server.drop(copy.name)

    def drop(self) -> None:
        for copy in self._kept.values():
            self._drop(copy)


def given_server(login_url: str) -> DatabaseServer:
    """A server that runs already, with the logins that an embedded one has: a superuser is bound by no policy."""
    with psycopg.connect(login_url, autocommit=True) as connection:
        for role, may in (
            (server_process.OWNER_ROLE, "LOGIN"),
            (server_process.WEB_ROLE, "LOGIN"),
            *((role, "NOLOGIN") for role in server_process.ROLES),
        ):
            # Another worker of this run may be making it just now.
            with suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
                connection.execute(sql.SQL("CREATE ROLE {} " + may).format(sql.Identifier(role)))
        for role in (server_process.OWNER_ROLE, server_process.WEB_ROLE):
            if password := make_url(login_url).password:
                connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), str(password)))
            for may in server_process.ROLES:
                with suppress(psycopg.errors.InternalError, psycopg.errors.UniqueViolation):
                    connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(may), sql.Identifier(role)))
    return DatabaseServer(login_url=login_url, owner=server_process.OWNER_ROLE)


#: What the server of the tests does without.
_OFF = ("fsync", "full_page_writes", "autovacuum")


def embedded_server(var: Path) -> DatabaseServer:
    """The server under `var`, which does not wait for the disk: no test asks what stands after a power failure. Nor does it
    tidy up: no database of a test lives for so long."""
    embedded.ensure_running(var)
    login_url = server_process.server_at(var).url(user=server_process.SUPERUSER, database="postgres")
    with psycopg.connect(login_url, autocommit=True) as connection:
        for setting in _OFF:
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")
    while _shown(login_url, "fsync") == "on":
        time.sleep(0.01)
    return DatabaseServer(login_url=login_url, owner=server_process.OWNER_ROLE)


def _shown(url: str, setting: str) -> str:
    with psycopg.connect(url) as connection:
        (value,) = connection.execute(sql.SQL("SHOW {}").format(sql.Identifier(setting))).fetchone() or ("",)
    return str(value)


def run_casework(*arguments: str, environment: dict[str, str], cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, with nothing set but what is passed."""
    return subprocess.run(
        [sys.executable, "-m", "casework", *arguments],
        env={"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **environment},
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

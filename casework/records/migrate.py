"""The database's form: bring it up or down, and say whether it is right."""

from __future__ import annotations

import importlib.resources
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from casework.errors import UnknownRevision
from casework.records import database_checks, row_security, standbys
from casework.records.database import ENGINE, connected, ensure_roles
from casework.records.tables import metadata

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

# Any number: two programs that migrate at once meet here, and the second finds nothing left to do.
_ADVISORY_LOCK = 4_215_807_163


def upgrade(owner: Engine, revision: str = "head", *, login: str | None = None) -> None:
    """Bring the database up to the revision, all steps in one transaction; makes the app's roles first, and lets its login
    act as them."""
    from alembic import command

    ensure_roles(owner, login)
    with connected(owner) as connection, connection.begin():
        _take_lock(connection)
        row_security.read_as(connection, ENGINE)
        _insist_known(current(connection))
        command.upgrade(alembic_config(connection), revision)


def downgrade(owner: Engine, revision: str) -> None:
    """Take the database down to the revision ("base": to nothing), all steps in one transaction."""
    from alembic import command

    with connected(owner) as connection, connection.begin():
        _take_lock(connection)
        row_security.read_as(connection, ENGINE)
        _insist_known(current(connection))
        command.downgrade(alembic_config(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision that the database has; None before the first."""
    # Asked at every start, which does not wait for Alembic.
    if not connection.execute(text("SELECT to_regclass('alembic_version') IS NOT NULL")).scalar_one():
        return None
    revision: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return revision


def head() -> str:
    """The revision that this release needs, as `.current-head` says: two branches that both add a migration conflict there, in git."""
    return (_folder() / ".current-head").read_text(encoding="utf-8").strip()


def is_behind(connection: Connection) -> bool:
    """Whether the database lacks what this release needs: it has no tables, or those of an earlier revision. A later one, which
    this release does not know, is not behind."""
    revision = current(connection)
    return revision is None or (revision != head() and revision in _known())


def check(app: Connection, standbys_asked: int = 0) -> list[str]:
    """What is wrong with the database, in whole sentences; nothing when it is right: the same for whoever asks and for
    production, which does not start otherwise. `standbys_asked`: on how many what is acknowledged must be, too."""
    revision, needed = current(app), head()
    if revision != needed:
        return [
            f"The database is at revision {revision or 'none'}, and this release needs {needed}: run `casework db upgrade`."
        ]
    return [*database_checks.faults(app), *standbys.faults(app, standbys_asked)]


def differences(connection: Connection) -> list[object]:
    """How the migrated database differs from the metadata, as Alembic sees it; the job queue's tables are not ours."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    options = {
        "compare_type": True,
        "compare_server_default": True,
        "target_metadata": metadata,
        "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("procrastinate_"),
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _folder() -> Path:
    return Path(str(importlib.resources.files("casework.migrations")))


def alembic_config(connection: Connection | None = None) -> Config:
    """How Alembic is told where our revisions lie, and on which connection they run."""
    from alembic.config import Config

    config = Config()
    # Alembic's reader takes a percent sign in a path for a variable.
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def scripts() -> ScriptDirectory:
    """Our revisions as Alembic reads them."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(alembic_config())


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in scripts().walk_revisions())


def _insist_known(revision: str | None) -> None:
    if revision is not None and revision not in _known():
        raise UnknownRevision(revision)


def _take_lock(connection: Connection) -> None:
    # A second program waits for the first one's migration, however long that takes.
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))

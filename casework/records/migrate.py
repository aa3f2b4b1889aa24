"""The database's form: bring it up or down, and say whether it is right."""

from __future__ import annotations

import importlib.resources
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from casework.records import walls
from casework.records.database import APP_ROLE, ENGINE, connected, ensure_app_role
from casework.records.tables import metadata

# Any number: two programs that migrate at once meet here, and the second finds nothing left to do.
_ADVISORY_LOCK = 4_215_807_163


def upgrade(owner: Engine, revision: str = "head", *, login: str | None = None) -> None:
    """Bring the database up to the revision, all steps in one transaction; makes the app's role first, and lets its login
    act as it."""
    ensure_app_role(owner, login)
    with connected(owner) as connection, connection.begin():
        _take_lock(connection)
        walls.read_as(connection, ENGINE)
        command.upgrade(_config(connection), revision)


def downgrade(owner: Engine, revision: str) -> None:
    """Take the database down to the revision ("base": to nothing), all steps in one transaction."""
    with connected(owner) as connection, connection.begin():
        _take_lock(connection)
        walls.read_as(connection, ENGINE)
        command.downgrade(_config(connection), revision)


def current(connection: Connection) -> str | None:
    """The revision that the database has; None before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The revision that this release needs."""
    return _scripts().get_current_head()


def recorded_head() -> str:
    """What `.current-head` says: two branches that both add a migration conflict there, in git."""
    return (_folder() / ".current-head").read_text(encoding="utf-8").strip()


def check(owner: Engine) -> list[str]:
    """What is wrong with the database, in whole sentences; nothing when it is right."""
    faults: list[str] = []
    with connected(owner) as connection:
        found, needed = current(connection), head()
        if found != needed:
            faults.append(f"The database is at revision {found or 'none'}, and this release needs {needed}.")
        role = connection.execute(
            text("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = :role"), {"role": APP_ROLE}
        ).one_or_none()
        if role is None:
            faults.append(f"The role {APP_ROLE} is missing.")
        elif any(role):
            faults.append(f"The role {APP_ROLE} must be neither superuser nor BYPASSRLS.")
        elif connection.execute(text("SELECT to_regclass('events')")).scalar_one() is None:
            faults.append("The table events is missing.")
        else:
            faults += [
                f"The role {APP_ROLE} may {privilege} events."
                for privilege in ("UPDATE", "DELETE", "TRUNCATE")
                if connection.execute(
                    text("SELECT has_table_privilege(:role, 'events', :privilege)"),
                    {"role": APP_ROLE, "privilege": privilege},
                ).scalar_one()
            ]
            faults += walls.faults(connection)
        for setting in ("fsync", "synchronous_commit"):
            if connection.execute(text(f"SHOW {setting}")).scalar_one() == "off":
                faults.append(f"{setting} is off: an acknowledged action could be lost.")
    return faults


def unsafe(app: Connection) -> list[str]:
    """Why production must not run on this connection of the application, in whole sentences; nothing when it may.

    The role that logs in counts as well as the one that the connection took on: RESET ROLE leads back to it.
    """
    faults: list[str] = []
    roles = app.execute(
        text(
            "SELECT rolname, rolsuper, rolbypassrls FROM pg_roles WHERE rolname IN (current_user, session_user) ORDER BY rolname"
        )
    ).all()
    for role in roles:
        if role.rolsuper:
            faults.append(f"The database role {role.rolname} is a superuser: name another one in DATABASE_URL.")
        elif role.rolbypassrls:
            faults.append(f"The database role {role.rolname} has BYPASSRLS: take it away, or name another one in DATABASE_URL.")
    # A login may be almighty: that one is a member of everything, and was named above.
    login, owns = app.execute(
        text(
            "SELECT session_user, EXISTS (SELECT FROM pg_class c, pg_roles r WHERE c.oid = to_regclass('events')"
            " AND r.rolname = session_user AND NOT r.rolsuper AND pg_has_role(r.oid, c.relowner, 'MEMBER'))"
        )
    ).one()
    if owns:
        faults.append(
            f"The application logs in as {login}, who owns its tables or may act as their owner: name a login in DATABASE_URL"
            f" that owns nothing and is a member of {APP_ROLE} alone."
        )
    faults += walls.faults(app)
    if app.execute(text("SHOW synchronous_commit")).scalar_one() == "off":
        faults.append("synchronous_commit is off: an acknowledged action could be lost.")
    return faults


def differences(connection: Connection) -> list[object]:
    """How the migrated database differs from the metadata, as Alembic sees it; the job queue's tables are not ours."""
    options = {
        "compare_type": True, "compare_server_default": True, "target_metadata": metadata,
        "include_name": lambda name, kind, _: kind != "table" or not str(name).startswith("procrastinate_"),
    }  # fmt: skip
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), metadata))


def _folder() -> Path:
    return Path(str(importlib.resources.files("casework.migrations")))


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    # Alembic's reader takes a percent sign in a path for a variable.
    config.set_main_option("script_location", str(_folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _take_lock(connection: Connection) -> None:
    # A second program waits for the first one's migration, however long that takes.
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
    connection.execute(text("SET LOCAL lock_timeout = '10s'"))

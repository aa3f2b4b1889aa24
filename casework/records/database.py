"""The way to the database: engines for the application and for the owner, and transactions."""

from __future__ import annotations

import contextlib
import select
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.adapt import AdaptersMap
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from psycopg.types.json import JsonbBinaryLoader, JsonBinaryLoader, JsonbLoader, JsonLoader
from psycopg.types.string import TextLoader
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidatePoolError, OperationalError

from casework.errors import DatabaseUnavailable, InvalidSettings, RolesMissing
from casework.records import embedded, server_process
from casework.records.field_encryption import Sealing
from casework.settings import Settings

APP_ROLE, ENGINE_ROLE = server_process.ROLES

Role = Literal["app", "owner"]
#: Who reads everything: actions, which need the whole of a case to decide, jobs, and the verification.
ENGINE = "engine"
#: In a select list: from here to the end of the transaction the engine reads, in the role that row security shows everything.
#: The owner and a superuser stay who they are.
ENGINE_READS = """set_config('casework.reader', 'engine', true),
        CASE current_user WHEN 'casework_app' THEN set_config('role', 'casework_engine', true) END"""
#: Begins a transaction in which the engine reads, in one round trip: as the application, and as the owner, who keeps the own role.
_BEGIN: Mapping[Role, bytes] = {
    "app": b"BEGIN; SET LOCAL ROLE casework_engine; SET LOCAL casework.reader = 'engine'",
    "owner": b"BEGIN; SET LOCAL casework.reader = 'engine'",
}
#: The same for the role in which people read.
_PERSON_ROLE = "CASE current_user WHEN 'casework_engine' THEN set_config('role', 'casework_app', true) END"

# Ids are strings everywhere: in the history, in the engine and in JSON.
_ADAPTERS = AdaptersMap(psycopg.adapters)
_ADAPTERS.register_loader("uuid", TextLoader)


def database_url(settings: Settings, role: Role = "app") -> URL:
    """Where the database is and who logs in: DATABASE_URL, or else the embedded server, started if it does not run.

    The owner has an address of their own, or logs in at that of the application.
    """
    address, name = settings.database_url, "DATABASE_URL"
    if role == "owner" and settings.owner_database_url:
        address, name = settings.owner_database_url, "CASEWORK_OWNER_DATABASE_URL"
    if address is None:
        address = embedded.ensure_running(
            settings.var, server_process.WEB_ROLE if role == "app" else server_process.OWNER_ROLE
        )
    try:
        url = make_url(address)
    except ArgumentError as fault:
        raise InvalidSettings(f"{name} must look like postgresql://user@host/database.") from fault
    if url.drivername.split("+")[0] not in ("postgresql", "postgres"):
        raise InvalidSettings(f"{name} names {url.drivername}; Casework needs PostgreSQL.")
    return url.set(drivername="postgresql+psycopg")


def app_login(settings: Settings) -> str | None:
    """Whom the application logs in as, where that is somebody other than the owner; the embedded server knows it already."""
    return database_url(settings).username if settings.owner_database_url else None


def watch_database(settings: Settings) -> None:
    """Start the embedded server again whenever it was killed, as long as this process lives. One's own is one's own affair."""
    if not settings.database_url:
        embedded.keep_running(settings.var)


def connect_engine(settings: Settings, role: Role = "app") -> Engine:
    """An engine whose connections act as the application, or as the owner, who migrates.

    Each logs in as the user of its own URL. The application's connections start with the role casework_app, to which
    RESET ROLE returns them as well. Nothing connects before the first use.
    """
    url, connect_args = _way(settings, role)
    sealing = Sealing(settings)
    engine = create_engine(
        url,
        connect_args=connect_args | {"context": _opening(sealing)},
        execution_options={"sealing": sealing, "begin": _BEGIN[role]},
        pool_size=settings.pool_size if role == "app" else 1,
        max_overflow=settings.pool_overflow,
        pool_timeout=settings.pool_timeout_s,
        pool_recycle=1800,
        # What people wrote stands in no log, whatever goes wrong.
        hide_parameters=True,
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _insist_alive)
    return engine


def _opening(sealing: Sealing) -> AdaptersMap:
    """What reads values of the driver, with JSON opened on its way. Each engine has loaders of its own: those that the
    driver's `set_json_loads` makes are shared by all functions of one code, whatever object they belong to."""
    adapters = AdaptersMap(_ADAPTERS)
    for kind, base in (
        ("json", JsonLoader),
        ("json", JsonBinaryLoader),
        ("jsonb", JsonbLoader),
        ("jsonb", JsonbBinaryLoader),
    ):
        adapters.register_loader(
            kind, type(f"Opening{base.__name__}", (base,), {"_loads": staticmethod(sealing.loads)})
        )
    return adapters


def sealing_of(db: Connection) -> Sealing:
    """What seals words on their way into the database; on their way out they are opened by themselves."""
    sealing: Sealing = db.get_execution_options()["sealing"]
    return sealing


def driver_arguments(settings: Settings) -> dict[str, Any]:
    """What psycopg.connect is to be told for the same connection as the application's, without SQLAlchemy."""
    url, connect_args = _way(settings, "app")
    _, given = url.get_dialect()().create_connect_args(url)
    return {**given, **connect_args}


def _way(settings: Settings, role: Role) -> tuple[URL, dict[str, Any]]:
    url = database_url(settings, role)
    given = url.query.get("options", "")
    options = [given if isinstance(given, str) else " ".join(given), *_session_options(settings, role)]
    return url.difference_update_query(["options"]), {
        "options": " ".join(option for option in options if option),
        "connect_timeout": settings.connect_timeout_s,
        "application_name": f"casework {role}",
        "context": _ADAPTERS,
    }


#: A connection that has rested longer is asked whether it still answers.
RESTED_S = 5.0


def _note_use(connection: Any, record: Any) -> None:
    record.info["used"] = time.monotonic()


def _insist_alive(connection: Any, record: Any, proxy: Any) -> None:
    """A look instead of a round trip: a server that has gone closes its end, and that can be read at once.

    Raises InvalidatePoolError, upon which the pool connects anew. A network that swallows a connection without
    closing it is found by asking, after a rest.
    """
    used = record.info.get("used")
    if used is None:
        return
    try:
        readable, _, _ = select.select([connection.fileno()], [], [], 0)
        if readable or time.monotonic() - used > RESTED_S:
            connection.execute("SELECT 1")
            connection.rollback()
    except (psycopg.Error, OSError, ValueError) as fault:
        raise InvalidatePoolError from fault


def _session_options(settings: Settings, role: Role) -> list[str]:
    values = {
        "timezone": "UTC",
        "lock_timeout": f"{settings.lock_timeout_ms}",
        # Policies make statements look dear, and compiling one takes longer than running it.
        "jit": "off",
        "idle_in_transaction_session_timeout": f"{settings.idle_timeout_ms}",
        # A migration may rightly take long, though it may not wait long for a lock.
        "statement_timeout": f"{settings.statement_timeout_ms if role == 'app' else 0}",
    }
    if settings.clock_offset:
        values["casework.clock_offset"] = str(settings.clock_offset)
    if role == "app":
        values["role"] = APP_ROLE
    return [f"-c {name}={value}" for name, value in values.items()]


@contextlib.contextmanager
def reader_transaction(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed at the end of the block, rolled back when the block raises.

    What row security (`records.row_security`) protects shows nothing in it until somebody said who reads. Pages and the API have no other.
    """
    with connected(engine) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """The same for the engine: jobs, commands, and actions that take several transactions."""
    with reader_transaction(engine) as connection:
        _begin_as_engine(connection)
        yield connection


@contextlib.contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection without a transaction of its own. Raises DatabaseUnavailable or RolesMissing."""
    try:
        connection = engine.connect()
    except OperationalError as fault:
        why = _first_line(fault)
        if APP_ROLE in why or ENGINE_ROLE in why or 'parameter "role"' in why:
            raise RolesMissing(login=engine.url.username or "its login", why=f"{why}.") from fault
        raise DatabaseUnavailable(why) from fault
    with connection:
        yield connection


def run(db: Connection, statement: str, values: Sequence[Any]) -> psycopg.RawCursor[Any]:
    """One of the few statements that every action sends, in the server's own form ($1, …) and the transaction of `db`.

    SQLAlchemy's own way to the driver costs as much time as the server takes to answer some of these. It is prepared at
    once: with each rollback the driver forgets what was. What is refused is raised as SQLAlchemy would raise it. The rows
    must be fetched before the next call: the cursor is the connection's only one.
    """
    cursor: psycopg.RawCursor[Any] | None = db.info.get("cursor")
    if cursor is None:
        cursor = db.info["cursor"] = psycopg.RawCursor(_driver(db))
    try:
        return cursor.execute(statement, values, prepare=True)
    except psycopg.Error as fault:
        raise _as_sqlalchemy(db, statement, fault) from fault


def _begin_as_engine(db: Connection) -> None:
    """Begin the transaction of `db` by the driver's own hands, and say that the engine reads."""
    driver, statements = _driver(db), db.get_execution_options()["begin"]
    if driver.info.transaction_status != TransactionStatus.IDLE:
        # Somebody who listens for beginnings has sent a statement, and the driver BEGIN before it.
        statements = statements.removeprefix(b"BEGIN; ")
    try:
        result = driver.pgconn.exec_(statements)
        if driver.pgconn.status != ConnStatus.OK:
            raise psycopg.OperationalError(driver.pgconn.get_error_message())
        if result.status != ExecStatus.COMMAND_OK:
            raise psycopg.errors.error_from_result(result, driver.info.encoding)
    except psycopg.Error as fault:
        raise _as_sqlalchemy(db, statements.decode(), fault) from fault


def _driver(db: Connection) -> psycopg.Connection[Any]:
    driver = db.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


def _as_sqlalchemy(db: Connection, statement: str, fault: psycopg.Error) -> BaseException:
    """What SQLAlchemy would raise in its place; a connection that was lost is not used again."""
    lost = db.dialect.is_disconnect(fault, _driver(db), None)  # type: ignore[arg-type]  # the driver's fault and connection, of which it has types of its own
    if lost:
        db.invalidate(fault)
    return DBAPIError.instance(
        statement, None, fault, psycopg.Error, hide_parameters=True, connection_invalidated=lost, dialect=db.dialect
    )


def plan_by_values(db: Connection) -> None:
    """For the rest of the transaction: let the server plan each statement for the values that come with it.

    A person with ten cases and one with ten thousand need another way through the same tables, and a plan that was
    kept serves only one of them.
    """
    db.execute(text("SET LOCAL plan_cache_mode = force_custom_plan"))


def person_reads(person: str) -> str:
    """In a select list: from here to the end of the transaction this person reads, by an expression in SQL."""
    return f"set_config('casework.reader', {person}, true), {_PERSON_ROLE}"


def ensure_roles(owner: Engine, login: str | None = None) -> None:
    """Make the application's roles and let its login act as them: the owner, where nobody else is named. Raises RolesMissing
    where the owner may not.

    Roles belong to the whole server: several databases of Casework share these.
    """
    for role in server_process.ROLES:
        _ensure_role(owner, role, login)


def _ensure_role(owner: Engine, role: str, login: str | None) -> None:
    with connected(owner) as connection:
        # Looked at again after a failure: somebody may be making the role for another database just now.
        for last_try in (False, False, True):
            exists, member = connection.execute(
                text(
                    "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role), EXISTS (SELECT FROM pg_roles r, pg_roles l"
                    " WHERE r.rolname = :role AND l.rolname = COALESCE(:login, current_user) AND pg_has_role(l.oid, r.oid, 'MEMBER'))"
                ),
                {"role": role, "login": login},
            ).one()
            connection.rollback()
            if member:
                return
            try:
                with connection.begin():
                    if not exists:
                        connection.execute(text(f'CREATE ROLE "{role}" NOLOGIN'))
                    connection.execute(text(f'GRANT "{role}" TO {_quoted(login)}'))
            except DBAPIError as fault:
                if last_try:
                    raise RolesMissing(
                        login=login or owner.url.username or "its login", why=f"{_first_line(fault)}."
                    ) from fault


def _quoted(login: str | None) -> str:
    return sql.Identifier(login).as_string() if login else "CURRENT_USER"


def _first_line(fault: DBAPIError) -> str:
    lines = [line.strip() for line in str(fault.orig).splitlines() if line.strip()]
    return (lines[0] if lines else "no connection").rstrip(".")

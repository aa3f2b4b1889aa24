"""The way to the database: engines for the application and for the owner, and transactions."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.adapt import AdaptersMap
from psycopg.types.json import JsonbBinaryLoader, JsonBinaryLoader, JsonbLoader, JsonLoader
from psycopg.types.string import TextLoader
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    ExceptionContext,
    NestedTransaction,
    QueuePool,
    create_engine,
    event,
    make_url,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError

from casework import logs, traces
from casework.errors import DatabaseUnavailable, InvalidSettings, RolesMissing
from casework.records import embedded, pool_checks, server_process, standbys
from casework.records.field_encryption import Sealing
from casework.records.statement_traces import trace_statements
from casework.records.text_arrays import TextsDumper
from casework.records.wire import KeptStatements, Row, Statement, Wire
from casework.settings import Settings

APP_ROLE, ENGINE_ROLE, SEQUENCER_ROLE = server_process.ROLES
origin = logs.origin

Role = Literal["app", "owner"]
#: Who reads everything: actions, which need the whole of a case to decide, jobs, and the verification.
ENGINE = "engine"
#: In a select list: from here to the end of the transaction the engine reads, in the role that row security shows everything.
#: The owner and a superuser stay who they are.
ENGINE_READS = """set_config('casework.reader', 'engine', true),
        CASE current_user WHEN 'casework_app' THEN set_config('role', 'casework_engine', true) END"""
#: In a select list: from here to the end of the transaction the server's log and its list of sessions say of what it comes (`origin`).
NAMES_ORIGIN = "set_config('application_name', coalesce({place}, current_setting('application_name')), true)"
#: What a transaction of the engine begins with.
ENGINE_BEGINS = f"SELECT {ENGINE_READS}, {NAMES_ORIGIN.format(place='$1')}"
#: The same for the role in which people read.
_PERSON_ROLE = "CASE current_user WHEN 'casework_engine' THEN set_config('role', 'casework_app', true) END"

#: What is said of a prepared statement that no longer fits its tables, and by a server that only follows another: nothing can be
#: recorded on such a connection any more, and another may lead to the one that records.
_OUTDATED = (
    psycopg.errors.FeatureNotSupported,
    psycopg.errors.InvalidSqlStatementName,
    psycopg.errors.ReadOnlySqlTransaction,
)

#: What is said where the engine's role is not there, or is not the login's to take.
_NO_ROLE = ("22023", "42501")

# Ids are strings everywhere: in the history, in the engine and in JSON.
_ADAPTERS = AdaptersMap(psycopg.adapters)
_ADAPTERS.register_loader("uuid", TextLoader)
_ADAPTERS.register_dumper(list, TextsDumper)


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
        execution_options={"sealing": sealing},
        pool_size=settings.pool_size if role == "app" else 1,
        max_overflow=settings.pool_overflow,
        pool_timeout=settings.pool_timeout_s,
        pool_recycle=1800,
        # What people wrote stands in no log, whatever goes wrong.
        hide_parameters=True,
    )
    event.listen(engine, "connect", _keep_statements)
    pool_checks.watch_pool(engine)
    if settings.synchronous_standbys:
        standbys.let_commits_wait(engine, wire_of)
    _send_what_waits(engine)
    if settings.synchronous_standbys:
        standbys.insist_on_standbys(engine)
    if traces.are_wanted():
        trace_statements(engine)
    return engine


def pool_state(engine: Engine, settings: Settings) -> dict[str, int]:
    """How many of an engine's connections are in use, are at rest, and may be open at most."""
    pool = engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    return {"in_use": pool.checkedout(), "at_rest": pool.checkedin(), "most": pool.size() + settings.pool_overflow}


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
        **pool_checks.heard_of(url),
    }


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
        run_later(connection, *engine_begins())
        yield connection


@contextlib.contextmanager
def connected(engine: Engine) -> Iterator[Connection]:
    """A connection without a transaction of its own. Raises DatabaseUnavailable or RolesMissing."""
    try:
        connection = engine.connect()
    except OperationalError as fault:
        why = _first_line(fault)
        if any(role in why for role in server_process.ROLES) or 'parameter "role"' in why:
            raise RolesMissing(login=engine.url.username or "its login", why=f"{why}.") from fault
        raise DatabaseUnavailable(why) from fault
    with connection:
        yield connection


def run(db: Connection, statement: str, values: Sequence[str | None] = ()) -> list[Row]:
    """The rows of one of the few statements that every action sends, in the server's own form ($1, …) and the transaction of `db`.

    SQLAlchemy's own way to the driver costs as much time as the server takes to answer some of these. What is refused is raised
    as SQLAlchemy would raise it; so is what was refused of that which waited.
    """
    return run_all(db, [(statement, values)])[0]


def run_all(db: Connection, statements: Sequence[Statement]) -> list[list[Row]]:
    """The same for several in one round trip, one after the other: where one is refused, none after it is carried out."""
    with _as_sqlalchemy(db):
        return wire_of(db).ask(statements)


def run_named(db: Connection, statement: str, values: Sequence[str | None] = ()) -> list[Any]:
    """The rows of one statement as `run`, each with its values by the names of their columns, as SQLAlchemy gives them."""
    with _as_sqlalchemy(db):
        return wire_of(db).ask_named((statement, values))


def run_later(db: Connection, statement: str, values: Sequence[str | None] = ()) -> None:
    """The same with whatever is sent next, COMMIT at the latest: what it says need not be known before, and what is refused is raised then.

    What is rolled back before was never sent.
    """
    wire_of(db).later(statement, values)


def run_ahead(db: Connection, statement: str, values: Sequence[str | None] = ()) -> None:
    """The same at once, with all that waits, while whoever asked goes on: for what the server is long at. What is refused is raised by
    whatever is sent next, COMMIT at the latest."""
    wire_of(db).ahead(statement, values)


@contextlib.contextmanager
def savepoint(db: Connection) -> Iterator[NestedTransaction]:
    """A block whose refusal is taken back alone: what waits at its end is sent within it, and refused within it."""
    with db.begin_nested() as point:
        yield point
        if point.is_active:
            send_waiting(db)


def send_waiting(db: Connection) -> None:
    """Send what waits; what is refused of it, or of what was sent ahead, is raised here."""
    with _as_sqlalchemy(db):
        wire_of(db).flush()


def wire_of(db: Connection) -> Wire:
    """The wire of a connection."""
    wire: Wire | None = db.info.get("wire")
    if wire is None:
        wire = db.info["wire"] = Wire(_driver(db))
    return wire


def _send_what_waits(engine: Engine) -> None:
    """Let what waits go before whatever SQLAlchemy sends, and with COMMIT; and let it go with what is rolled back."""

    def send(db: Connection, *_: Any) -> None:
        wire: Wire | None = db.info.get("wire")
        if wire is not None and wire.busy:
            send_waiting(db)

    def commit(db: Connection) -> None:
        wire: Wire | None = db.info.get("wire")
        if wire is None:
            return
        try:
            with _as_sqlalchemy(db):
                wire.commit()
        except Exception as fault:
            if not db.invalidated:
                # SQLAlchemy takes a transaction whose commit was refused for ended.
                _driver(db).rollback()
            elif not isinstance(getattr(fault, "orig", None), _OUTDATED):
                # Nobody has heard whether it was.
                raise standbys.OutcomeUnknown from fault
            raise

    def drop(db: Connection, *_: Any) -> None:
        # What waits before a savepoint is sent with it, so that what waits now came after it.
        if not db.invalidated and (wire := db.info.get("wire")) is not None:
            wire.drop()

    def outdated(context: ExceptionContext) -> None:
        if isinstance(context.original_exception, _OUTDATED):
            context.is_disconnect = True

    event.listen(engine, "handle_error", outdated)
    event.listen(engine, "before_cursor_execute", send)
    event.listen(engine, "commit", commit)
    event.listen(engine, "rollback", drop)
    event.listen(engine, "rollback_savepoint", drop)


def _keep_statements(connection: Any, record: Any) -> None:
    connection._prepared = KeptStatements()


def _driver(db: Connection) -> psycopg.Connection[Any]:
    driver = db.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver


@contextlib.contextmanager
def _as_sqlalchemy(db: Connection) -> Iterator[None]:
    """What the driver raises, raised as SQLAlchemy would; a connection that was lost is not used again, nor one whose prepared
    statements no longer fit, as after a migration."""
    try:
        yield
    except psycopg.Error as fault:
        if fault.sqlstate in _NO_ROLE and ENGINE_ROLE in str(fault):
            raise RolesMissing(
                login=db.engine.url.username or "its login", why=f"{fault.diag.message_primary}."
            ) from fault
        lost = isinstance(fault, _OUTDATED) or db.dialect.is_disconnect(fault, _driver(db), None)  # type: ignore[arg-type]  # the driver's fault and connection, of which it has types of its own
        if lost:
            db.invalidate(fault)
        raise DBAPIError.instance(
            None, None, fault, psycopg.Error, hide_parameters=True, connection_invalidated=lost, dialect=db.dialect
        ) from fault
    except BaseException as interruption:
        # The wire has ended a connection whose round trip was interrupted.
        if _driver(db).closed:
            db.invalidate(interruption)
        raise


def plan_by_values(db: Connection) -> None:
    """For the rest of the transaction: let the server plan each statement for the values that come with it.

    A person with ten cases and one with ten thousand need another way through the same tables, and a plan that was
    kept serves only one of them.
    """
    run_later(db, "SET LOCAL plan_cache_mode = force_custom_plan")


def plan_alone(db: Connection) -> None:
    """For the rest of the transaction: no worker is started beside a statement, which takes longer than a look into an index."""
    run_later(db, "SET LOCAL max_parallel_workers_per_gather = 0")


def engine_begins() -> Statement:
    """What a transaction of the engine begins with, and of what it comes."""
    return ENGINE_BEGINS, (logs.origin(),)


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

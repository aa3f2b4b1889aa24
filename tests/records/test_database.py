"""Both roles connect as they should, and what they may not do they cannot."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Connection, Engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from casework.errors import DatabaseUnavailable, InvalidSettings, RolesMissing
from casework.records import server_process
from casework.records.database import (
    ENGINE,
    connect_engine,
    connected,
    database_url,
    ensure_roles,
    reader_transaction,
    run,
    run_later,
    transaction,
    wire_of,
)
from casework.records.row_security import read_as
from casework.settings import Settings
from tests.support.round_trips import RoundTrips

#: How logins begin that a test makes, and takes away again; all tests of a run share one server.
LONE = "casework_lone_"


def show(connection: Connection, name: str) -> str:
    return str(connection.execute(text(f"SHOW {name}")).scalar_one())


def settings_for(address: str, tmp_path: Path) -> Settings:
    return Settings(profile="test", var=tmp_path, database_url=address)


def test_the_application_connects_with_its_limits(engine: Engine) -> None:
    with connected(engine) as db:
        assert db.execute(text("SELECT current_user")).scalar_one() == "casework_app"
        _insist_limits(db)


def _insist_limits(db: Connection) -> None:
    assert show(db, "timezone") == "UTC"
    assert show(db, "statement_timeout") == "5s"
    assert show(db, "lock_timeout") == "2s"
    assert show(db, "idle_in_transaction_session_timeout") == "10s"


def test_reset_role_leads_back_to_the_application(db: Connection) -> None:
    db.execute(text("RESET ROLE"))
    assert db.execute(text("SELECT current_user")).scalar_one() == "casework_app"


def test_the_owner_connects_without_a_limit_on_statements(owner_engine: Engine) -> None:
    with connected(owner_engine) as connection:
        assert connection.execute(text("SELECT current_user")).scalar_one() != "casework_app"
        assert show(connection, "statement_timeout") == "0"


@pytest.mark.parametrize(
    "action",
    [
        "SET ROLE casework_owner",
        "SET SESSION AUTHORIZATION casework_owner",
        "ALTER TABLE events DISABLE TRIGGER events_only_grow",
        "SET session_replication_role = replica",
        "ALTER TABLE events NO FORCE ROW LEVEL SECURITY",
        "DROP TABLE events",
        "ALTER ROLE casework_web SUPERUSER",
    ],
)
@pytest.mark.parametrize("back", ["SET ROLE casework_app", "SET ROLE casework_engine", "SET ROLE NONE"])
def test_the_login_of_the_application_may_not_become_its_owner(db: Connection, back: str, action: str) -> None:
    """Whatever a statement of the application's connections may say: what logged in owns nothing."""
    db.execute(text(back))
    with pytest.raises(DBAPIError, match="permission denied|must be owner|must be superuser"):
        db.execute(text(action))


@pytest.mark.parametrize("role", ["casework_app", "casework_engine"])
@pytest.mark.parametrize("action", ["UPDATE events SET seq = seq", "DELETE FROM events", "TRUNCATE events"])
def test_the_application_may_not_change_events(db: Connection, action: str, role: str) -> None:
    db.execute(text(f"SET LOCAL ROLE {role}"))
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.execute(text(action))


def test_the_application_may_not_make_tables(db: Connection) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        db.execute(text("CREATE TABLE own (n integer)"))


def test_a_login_that_may_not_act_as_the_engine_is_told_what_to_run(
    settings: Settings, superuser_engine: Engine, database_url: str
) -> None:
    """As after an upgrade from a release that had one role."""
    login = f"{LONE}{secrets.token_hex(4)}"
    with superuser_engine.begin() as db:
        db.execute(text(f"CREATE ROLE {login} LOGIN; GRANT casework_app TO {login}"))
    address = make_url(database_url).set(username=login).render_as_string(hide_password=False)
    engine = connect_engine(settings.model_copy(update={"database_url": address}))
    try:
        with connected(engine) as db:
            assert db.execute(text("SELECT current_user")).scalar_one() == "casework_app"
        with (
            pytest.raises(RolesMissing, match=f'GRANT casework_app, casework_engine, casework_sequencer TO "{login}"'),
            transaction(engine) as db,
        ):
            run(db, "SELECT 1")
    finally:
        engine.dispose()
        with superuser_engine.begin() as db:
            db.execute(text(f"DROP ROLE {login}"))


def test_a_transaction_that_raises_leaves_nothing(owner_engine: Engine) -> None:
    with transaction(owner_engine) as connection:
        connection.execute(text("CREATE TABLE tried (n integer)"))
    with pytest.raises(LookupError), transaction(owner_engine) as connection:
        connection.execute(text("INSERT INTO tried VALUES (1)"))
        raise LookupError
    with transaction(owner_engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM tried")).scalar_one() == 0


def test_an_option_in_the_address_is_kept(database_url: str, tmp_path: Path) -> None:
    joint = "&" if "?" in database_url else "?"
    engine = connect_engine(settings_for(f"{database_url}{joint}options=-c%20work_mem%3D7MB", tmp_path))
    with connected(engine) as connection:
        assert show(connection, "work_mem") == "7MB"
        assert connection.execute(text("SELECT current_user")).scalar_one() == "casework_app"
    engine.dispose()


def test_a_lost_connection_is_replaced(engine: Engine, superuser_engine: Engine) -> None:
    with transaction(engine) as connection:
        pid = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
    with transaction(superuser_engine) as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    with transaction(engine) as connection:
        assert connection.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_a_long_statement_is_ended(settings: Settings) -> None:
    engine = connect_engine(settings.model_copy(update={"statement_timeout_ms": 50}))
    with pytest.raises(DBAPIError, match="statement timeout"), transaction(engine) as connection:
        connection.execute(text("SELECT pg_sleep(5)"))
    engine.dispose()


def test_a_simulated_clock_runs_ahead(settings: Settings) -> None:
    engine = connect_engine(settings.model_copy(update={"clock_offset": 86_400}))
    with connected(engine) as connection:
        ahead = connection.execute(text("SELECT casework_now() - clock_timestamp()")).scalar_one()
    engine.dispose()
    assert round(ahead.total_seconds()) == 86_400


def test_databases_made_side_by_side_share_their_roles(
    superuser_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles, together = [f"casework_test_{secrets.token_hex(4)}" for _ in range(2)], Barrier(4)
    monkeypatch.setattr(server_process, "ROLES", tuple(roles))

    def make(_: int) -> None:
        together.wait()
        ensure_roles(superuser_engine)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))
    with transaction(superuser_engine) as connection:
        for role in roles:
            made = connection.execute(text("SELECT count(*) FROM pg_roles WHERE rolname = :r"), {"r": role})
            assert made.scalar_one() == 1
            connection.execute(text(f'DROP ROLE "{role}"'))


def test_no_answer_is_said_plainly(tmp_path: Path) -> None:
    engine = connect_engine(settings_for("postgresql://nobody@127.0.0.1:1/none", tmp_path))
    with pytest.raises(DatabaseUnavailable, match="does not answer"), connected(engine):
        pass


@pytest.mark.parametrize(
    "address", ["mysql://u@h/d", "sqlite:///x", "not an address"], ids=["mysql", "sqlite", "nonsense"]
)
def test_only_postgresql_is_taken(address: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings):
        database_url(settings_for(address, tmp_path))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_usual_scheme_is_taken(scheme: str, tmp_path: Path) -> None:
    assert database_url(settings_for(f"{scheme}://u@h/d", tmp_path)).drivername == "postgresql+psycopg"


def test_a_fault_of_a_statement_tells_no_values(engine: Engine) -> None:
    """What is said of it goes into logs."""
    with pytest.raises(DBAPIError) as by_text, reader_transaction(engine) as db:
        db.execute(text("SELECT CAST(:words AS text), 1 / 0"), {"words": "quicksilver"})
    with pytest.raises(DBAPIError) as in_form, reader_transaction(engine) as db:
        run(db, "SELECT $1::text, 1 / 0", ["quicksilver"])
    assert "quicksilver" not in f"{by_text.value} {in_form.value}"


def test_the_engine_begins_with_the_first_statement_and_what_waits_goes_with_the_commit(
    engine: Engine, tmp_path: Path
) -> None:
    trips = RoundTrips(engine, tmp_path)

    def act() -> None:
        with transaction(engine) as db:
            assert wire_of(db).idle
            assert run(db, "SELECT current_setting('casework.reader')") == [("engine",)]
            run_later(db, "SELECT set_config('casework.reader', 'nobody', true)")

    assert trips.count(act) == 2
    with connected(engine) as db:
        assert wire_of(db).idle


def test_a_connection_that_is_lost_at_the_beginning_is_replaced(engine: Engine, superuser_engine: Engine) -> None:
    with transaction(engine) as db:
        pid = db.execute(text("SELECT pg_backend_pid()")).scalar_one()

    def kill(connection: Connection) -> None:
        with transaction(superuser_engine) as almighty:
            almighty.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})

    event.listen(engine, "begin", kill, once=True)
    with pytest.raises(OperationalError) as fault, transaction(engine) as db:
        run(db, "SELECT 1")
    assert fault.value.connection_invalidated
    with transaction(engine) as db:
        assert db.execute(text("SELECT pg_backend_pid()")).scalar_one() != pid


def test_what_listens_for_beginnings_may_have_sent_something(engine: Engine) -> None:
    event.listen(engine, "begin", lambda db: read_as(db, ENGINE))
    with transaction(engine) as db:
        assert show(db, "casework.reader") == "engine"

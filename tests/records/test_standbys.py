"""What is acknowledged is on as many standbys as were asked for, or it is not acknowledged. On a server that waits for one that is not
there."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from casework.records import embedded, server_process
from casework.records.database import connect_engine, connected, run_later, transaction
from casework.records.standbys import OutcomeUnknown, Waits, connected_now, faults, waits
from casework.settings import Settings
from tests.conftest import server_folder
from tests.failover.cluster import wait_until

#: Shorter than the wait for a standby, which therefore it must not end.
TIMEOUT_MS = 300


@pytest.mark.parametrize(
    ("names", "meant"),
    [
        ("", Waits(0, 0)),
        ("  ", Waits(0, 0)),
        ("a", Waits(1, 1)),
        ("a, b,c", Waits(1, 3)),
        ("*", Waits(1, None)),
        ("2 (a, b, c)", Waits(2, 3)),
        ("first 2 (a, b)", Waits(2, 2)),
        ('FIRST 1("node one", "b,c (d)")', Waits(1, 2)),
        ("ANY 2 (a, *)", Waits(2, None)),
        ("ANY 3 (a, a, b)", Waits(3, 2)),
        ('"""quoted"""', Waits(1, 1)),
        ("first", Waits(1, 1)),
    ],
)
def test_what_the_names_say(names: str, meant: Waits) -> None:
    assert waits(names) == meant


class Server:
    """A server of its own, whose settings belong to nobody else."""

    def __init__(self, var: Path) -> None:
        self.var = var
        embedded.ensure_running(var)
        server = server_process.server_at(var)
        self.root, self.app = (server.url(user=user) for user in (server_process.SUPERUSER, server_process.WEB_ROLE))
        self.settings = Settings(
            profile="test",
            var=var,
            database_url=self.app,
            owner_database_url=self.root,
            synchronous_standbys=1,
            statement_timeout_ms=TIMEOUT_MS,
        )
        self.tell("CREATE TABLE kept (n integer)", "GRANT SELECT, INSERT ON kept TO casework_app, casework_engine")

    def tell(self, *statements: str) -> None:
        """By whom nothing is waited for."""
        with psycopg.connect(
            self.root, autocommit=True, options="-c role=none -c synchronous_commit=local", prepare_threshold=None
        ) as db:
            for statement in statements:
                db.execute(statement.encode())

    def wait_for(self, names: str) -> None:
        self.tell(f"ALTER SYSTEM SET synchronous_standby_names = '{names}'", "SELECT pg_reload_conf()")
        with psycopg.connect(self.root, autocommit=True) as db:
            wait_until(lambda: db.execute("SHOW synchronous_standby_names").fetchone() == (names,), names)

    def waiting(self) -> list[int]:
        """The backends that wait for a standby."""
        with psycopg.connect(self.root, autocommit=True) as db:
            return [pid for (pid,) in db.execute("SELECT pid FROM pg_stat_activity WHERE wait_event = 'SyncRep'")]

    def kept(self) -> list[int]:
        with psycopg.connect(self.root, autocommit=True) as db:
            return [n for (n,) in db.execute("SELECT n FROM kept ORDER BY n")]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with server_folder() as var:
        yield Server(var)


@pytest.fixture
def engine_of(server: Server) -> Iterator[Engine]:
    engine = connect_engine(server.settings)
    yield engine
    server.wait_for("")
    engine.dispose()


def add(engine: Engine, n: int, *, late: bool = False) -> None:
    with transaction(engine) as db:
        if late:
            run_later(db, f"INSERT INTO kept VALUES ({n})")
        else:
            db.execute(text(f"INSERT INTO kept VALUES ({n})"))


@contextmanager
def adding(server: Server, engine: Engine, n: int, *, late: bool = False) -> Iterator[Future[None]]:
    with ThreadPoolExecutor(1) as pool:
        try:
            yield pool.submit(add, engine, n, late=late)
        finally:
            # Whatever failed: nobody waits for ever.
            server.wait_for("")


@pytest.mark.parametrize("late", [False, True])
def test_a_commit_waits_for_a_standby_however_long_that_takes(server: Server, engine_of: Engine, late: bool) -> None:
    n = 10 + late
    server.wait_for("nobody")
    with adding(server, engine_of, n, late=late) as done:
        wait_until(server.waiting, "the wait for a standby")
        with pytest.raises(TimeoutError):
            done.result(timeout=4 * TIMEOUT_MS / 1000)
        assert n not in server.kept()
        # What only reads waits for nobody.
        with transaction(engine_of) as db:
            assert db.execute(text("SELECT count(*) FROM kept WHERE n = :n"), {"n": n}).scalar_one() == 0
            assert db.execute(text("SHOW statement_timeout")).scalar_one() == f"{TIMEOUT_MS}ms"
        server.wait_for("")
        done.result(timeout=30)
    assert n in server.kept()


@pytest.mark.parametrize(("n", "ended"), [(20, "pg_cancel_backend"), (21, "pg_terminate_backend")])
def test_what_was_committed_alone_is_not_acknowledged(server: Server, engine_of: Engine, n: int, ended: str) -> None:
    server.wait_for("nobody")
    with adding(server, engine_of, n) as done:
        (pid,) = wait_until(server.waiting, "the wait for a standby")
        server.tell(f"SELECT {ended}({pid})")
        with pytest.raises(OutcomeUnknown):
            done.result(timeout=30)
    # It is there: that is why it cannot be said that it was not recorded.
    assert n in server.kept()
    server.wait_for("")
    add(engine_of, n + 10)
    assert n + 10 in server.kept()


def test_without_the_setting_the_server_acknowledges_by_itself(server: Server, engine_of: Engine) -> None:
    """What the others would not find, where the server had changed."""
    engine = connect_engine(server.settings.model_copy(update={"synchronous_standbys": 0}))
    server.wait_for("nobody")
    with adding(server, engine, 40) as done:
        (pid,) = wait_until(server.waiting, "the wait for a standby")
        server.tell(f"SELECT pg_cancel_backend({pid})")
        done.result(timeout=30)
    engine.dispose()
    assert 40 in server.kept()


def told(engine: Engine, asked: int = 1) -> list[str]:
    with connected(engine) as db:
        return faults(db, asked)


def test_a_server_that_waits_for_too_few_is_told(server: Server, engine_of: Engine) -> None:
    assert told(engine_of, 0) == []
    (none,) = told(engine_of)
    assert none.startswith("CASEWORK_SYNCHRONOUS_STANDBYS asks for 1, and synchronous_standby_names is empty")
    server.wait_for("ANY 2 (*)")
    assert [told(engine_of, asked) for asked in (1, 2)] == [[], []]
    (fewer,) = told(engine_of, 3)
    assert "waits for 2 (synchronous_standby_names is ANY 2 (*))" in fewer
    server.wait_for("ANY 2 (one)")
    assert "waits for 1 " in told(engine_of, 2)[0]
    with connected(engine_of) as db:
        assert connected_now(db) == 0


@pytest.mark.parametrize(
    ("value", "refused"),
    [
        ("off", True),
        ("local", True),
        ("remote_write", True),
        ("on", False),
        ("remote_apply", False),
    ],
)
def test_a_commit_that_leaves_nothing_on_a_standbys_disk_is_told(
    server: Server, engine_of: Engine, value: str, refused: bool
) -> None:
    server.wait_for("one")
    with connected(engine_of) as db:
        db.execute(text(f"SET synchronous_commit = {value}"))
        assert [f"synchronous_commit is {value} for this login" in one for one in faults(db, 1)] == [True] * refused
        db.connection.invalidate()


@pytest.mark.parametrize("whose", ["ROLE casework_owner", "DATABASE casework", "ROLE ALL"])
def test_what_is_set_for_another_login_or_the_database_is_told(server: Server, engine_of: Engine, whose: str) -> None:
    server.wait_for("one")
    server.tell(f"ALTER {whose} SET synchronous_commit = remote_write")
    try:
        assert any("synchronous_commit is remote_write for " in one for one in told(engine_of))
    finally:
        server.tell(f"ALTER {whose} RESET synchronous_commit")

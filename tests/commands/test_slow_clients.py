"""Whoever sends nothing, or little by little, keeps nobody else from being served."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import psycopg
import pytest

from casework.web.server import HEAD_S
from tests.support.databases import ROOT, DatabaseServer

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"
    b"Idempotency-Key: slow\r\nAuthorization: Bearer cwt_nobody_at_all\r\n\r\n{"
)
BODIES = (BODY % b"/api/v1/sessions", BODY % b"/sign-in", BODY % b"/api/v1/cases")
PATIENCE_S = 30.0


pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def address(database_server: DatabaseServer, template_database: str) -> Iterator[str]:
    """A database for all tests of this file: they leave nothing in it."""
    name = database_server.create(template_database)
    yield database_server.owner_url(name)
    database_server.drop(name)


@pytest.fixture(scope="module")
def port(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where `casework serve` listens, with its own two processes of eight threads."""
    environment = {
        "DATABASE_URL": address,
        "CASEWORK_VAR": str(tmp_path_factory.mktemp("var")),
        "CASEWORK_PROFILE": "test",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "casework", "serve", "--port", "0"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            found = int(process.stdout.readline().rsplit(":", 1)[1])
            _wait_until_it_answers(found)
            yield found
        finally:
            os.killpg(process.pid, signal.SIGKILL)


def _wait_until_it_answers(port: int) -> None:
    begun = time.monotonic()
    while True:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if health(port)[0] == 200:
                return
        assert time.monotonic() - begun < PATIENCE_S, "the server does not start"
        time.sleep(0.1)


def health(port: int) -> tuple[int, float]:
    """What /health answers a new connection, and after how many seconds."""
    begun = time.monotonic()
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=15)) as connection:
        connection.request("GET", "/health")
        status = connection.getresponse().status
    return status, time.monotonic() - begun


@contextlib.contextmanager
def held(port: int, count: int, *beginnings: bytes, drip: bytes = b"") -> Iterator[list[socket.socket]]:
    """So many connections that have sent a beginning each, and one byte of `drip` four times a second."""
    taken = [socket.create_connection(("127.0.0.1", port), timeout=15) for _ in range(count)]
    stopped = threading.Event()

    def dripping() -> None:
        while drip and not stopped.wait(0.25):
            for one in taken:
                with contextlib.suppress(OSError):
                    one.sendall(drip)

    for place, one in enumerate(taken):
        one.sendall(beginnings[place % len(beginnings)])
    dripper = threading.Thread(target=dripping)
    dripper.start()
    try:
        yield taken
    finally:
        stopped.set()
        dripper.join()
        for one in taken:
            one.close()


@pytest.mark.parametrize("count", [17, 200])
@pytest.mark.parametrize(
    ("beginnings", "drip"),
    [((b"",), b""), ((HEAD,), b"x"), (BODIES, b" ")],
    ids=["idle", "dripping heads", "dripping bodies"],
)
def test_slow_connections_keep_nobody_waiting(
    port: int, address: str, count: int, beginnings: tuple[bytes, ...], drip: bytes
) -> None:
    with held(port, count, *beginnings, drip=drip):
        time.sleep(0.5)
        for _ in range(3):
            status, seconds = health(port)
            assert status == 200
            assert seconds < 1
        with psycopg.connect(address) as db:
            waiting = db.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            ).fetchone()
        assert waiting == (0,)


def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(port: int) -> None:
    """However steadily it drips."""
    begun = time.monotonic()
    with held(port, 1, HEAD, drip=b"x") as (slow,):
        assert slow.recv(100) == b""
    assert HEAD_S - 1 < time.monotonic() - begun < HEAD_S + 3


def test_what_is_too_large_is_refused_before_it_has_come(port: int) -> None:
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=15)) as large:
        large.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000000\r\n\r\n")
        assert large.recv(100).startswith(b"HTTP/1.1 413 ")
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), timeout=15)) as large:
        large.sendall(b"GET /" + b"x" * 40_000)
        assert large.recv(100).startswith(b"HTTP/1.0 431 ")

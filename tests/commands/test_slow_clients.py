"""Whoever sends nothing, or little by little, keeps nobody else from being served."""

from __future__ import annotations

import contextlib
import http.client
import io
import os
import re
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import psycopg
import pytest
import requests
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from casework.commands.serve import WORKER
from casework.web.server import HEAD_S
from tests.conftest import Stages
from tests.support.databases import ROOT, DatabaseServer
from tests.support.file_makers import PDF
from tests.support.way_to_referral import to_accepted
from tests.support.world import World

HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
BODY = (
    b"POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 500\r\n"
    b"Idempotency-Key: slow\r\nAuthorization: Bearer cwt_nobody_at_all\r\n\r\n{"
)
BODIES = (BODY % b"/api/v1/sessions", BODY % b"/sign-in", BODY % b"/api/v1/cases")
PATIENCE_S = 30.0
#: What is left out of a request, so that it is half.
REST = 40
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Site:
    """A server with a case in it, whose referral a provider has accepted."""

    port: int
    address: str
    world: World
    case: str
    referral: str

    def act(self) -> requests.Response:
        """An action of the provider's: enter a document."""
        return requests.post(
            f"{self._root}/api/v1/referrals/{self.referral}/documents",
            json={"title": "The assessment", "kind": "report"},
            headers={"Authorization": self._provider, "Idempotency-Key": str(uuid.uuid4())},
            timeout=PATIENCE_S,
        )

    def sessions_in_transaction(self) -> int:
        """Sessions of the database that wait for the application in the middle of a transaction."""
        query = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
        )
        with psycopg.connect(self.address) as db:
            (count,) = db.execute(query).fetchone() or (-1,)
        return int(count)

    def upload(self) -> bytes:
        """A whole request of the API that files a version, with the token of whoever may."""
        return self._post(
            f"/api/v1/documents/{self._document}/versions?name=report.pdf",
            {
                "Authorization": self._provider,
                "Idempotency-Key": str(uuid.uuid4()),
                "Content-Type": "application/octet-stream",
            },
            PDF,
        )

    def form(self) -> bytes:
        """A whole form of a page with a file in it, in the session of whoever may."""
        page = self._officer.get(f"{self._root}/cases/{self.case}/documents", timeout=PATIENCE_S)
        token = _TOKEN.search(page.text)
        assert token is not None
        boundary, body = encode_multipart(
            {
                "csrf_token": token[1],
                "key": uuid.uuid4().hex,
                "f-kind": "report",
                "f-whose": "both",
                "files": FileStorage(io.BytesIO(PDF), "report.pdf"),
            }
        )
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._officer.cookies)
        return self._post(
            f"/cases/{self.case}/documents",
            {"Cookie": cookies, "Content-Type": f"multipart/form-data; boundary={boundary}"},
            body,
        )

    @property
    def _root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def _provider(self) -> str:
        return f"Bearer {self.world.tokens['provider']}"

    @cached_property
    def _document(self) -> str:
        return str(self.act().json()["id"])

    @cached_property
    def _officer(self) -> requests.Session:
        """A browser in which the officer has signed in."""
        browser = requests.Session()
        page = browser.get(f"{self._root}/sign-in", timeout=PATIENCE_S)
        token = _TOKEN.search(page.text)
        assert token is not None
        fields = {"csrf_token": token[1], "email": "officer@example.org", "password": self.world.password}
        answer = browser.post(f"{self._root}/sign-in", fields, timeout=PATIENCE_S, allow_redirects=False)
        assert answer.status_code == 303
        return browser

    def _post(self, path: str, headers: dict[str, str], body: bytes) -> bytes:
        fields = {"Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(body)), "Connection": "close", **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
        return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def halves(site: Site) -> tuple[bytes, ...]:
    """Requests that would be taken, but for their ends."""
    return tuple(whole[:-REST] for whole in (site.upload(), site.form()))


#: What connections begin with and then drip; of bodies nothing may be answered before they are whole.
Beginnings = Callable[[Site], tuple[bytes, ...]]
KINDS: dict[str, tuple[Beginnings, bytes]] = {
    "idle": (lambda site: (b"",), b""),
    "dripping heads": (lambda site: (HEAD,), b"x"),
    "dripping bodies": (lambda site: BODIES, b" "),
    "half bodies": (lambda site: BODIES, b""),
    "half files and forms": (halves, b""),
}


def environment(address: str, var: Path) -> dict[str, str]:
    """What a server is told of its surroundings."""
    return {
        "PATH": os.environ["PATH"],
        "DATABASE_URL": address,
        "CASEWORK_VAR": str(var),
        "CASEWORK_PROFILE": "test",
    }


@contextlib.contextmanager
def served(address: str, var: Path, *command: str) -> Iterator[int]:
    """The port at which a command serves that says it in its first line."""
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment(address, var),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline().rsplit(":", 1)[1])
            _wait_until_it_answers(port)
            yield port
        finally:
            os.killpg(process.pid, signal.SIGKILL)


@pytest.fixture(scope="module")
def address(database_server: DatabaseServer, stages: Stages) -> Iterator[str]:
    """A database for all tests of this file."""
    name = database_server.create(stages.of(to_accepted).database)
    yield database_server.app_url(name)
    database_server.drop(name)


@pytest.fixture(scope="module")
def site(address: str, stages: Stages, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`casework serve`, with its own two processes of eight threads."""
    stage = stages.of(to_accepted)
    with served(address, tmp_path_factory.mktemp("var"), "-m", "casework", "serve", "--port", "0") as port:
        yield Site(port, address, stage.world, *stage.made)


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


def answered(connections: list[socket.socket]) -> list[socket.socket]:
    """Those on which something has come back, or which have ended."""
    return select.select(connections, [], [], 0)[0]


def cut_after(slow: socket.socket, begun: float) -> float:
    """Seconds until the server ended a connection, which is told nothing.

    Its end is a reset where a drip came in unread before the server closed.
    """
    with contextlib.suppress(ConnectionResetError):
        assert slow.recv(100) == b""
    return time.monotonic() - begun


@pytest.mark.parametrize("count", [17, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_slow_connections_keep_nobody_waiting(site: Site, count: int, kind: str) -> None:
    beginnings, drip = KINDS[kind]
    with held(site.port, count, *beginnings(site), drip=drip) as taken:
        time.sleep(0.5)
        for _ in range(3):
            status, seconds = health(site.port)
            assert status == 200
            assert seconds < 1
        assert site.sessions_in_transaction() == 0
        assert answered(taken) == []


@pytest.mark.parametrize("kind", ["half bodies", "half files and forms"])
def test_somebody_else_acts_while_bodies_hang(site: Site, kind: str) -> None:
    """As many as there are threads in both processes."""
    beginnings, _ = KINDS[kind]
    with held(site.port, 16, *beginnings(site)) as taken:
        time.sleep(0.5)
        assert [site.act().status_code for _ in range(3)] == [201, 201, 201]
        assert health(site.port)[0] == 200
        assert site.sessions_in_transaction() == 0
        assert answered(taken) == []


@pytest.mark.parametrize(("whole", "status"), [(Site.upload, b"201"), (Site.form, b"303")])
def test_a_half_body_is_taken_once_its_rest_has_come(site: Site, whole: Callable[[Site], bytes], status: bytes) -> None:
    """So that the halves of the tests above wait for nothing but their rest."""
    sent = whole(site)
    with held(site.port, 1, sent[:-REST]) as (slow,):
        time.sleep(0.5)
        assert answered([slow]) == []
        slow.sendall(sent[-REST:])
        assert slow.recv(100).split()[1] == status


def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(site: Site) -> None:
    """However steadily it drips."""
    begun = time.monotonic()
    with held(site.port, 1, HEAD, drip=b"x") as (slow,):
        taken = cut_after(slow, begun)
    assert HEAD_S - 1 < taken < HEAD_S + 3


def test_a_body_has_its_time_and_what_it_earns(address: str, tmp_path: Path) -> None:
    """However steadily it drips. With shorter bounds, in a server of its own: 1 second, and 4 more for 100 kB."""
    serve = "import sys; from casework.web import server; server.BODY_S, server.SLOWEST_BYTES_PER_S = 1, 25_000;"
    serve += " from casework.cli import main; main()"
    large = BODY.replace(b"500", b"500000") % b"/api/v1/cases"
    with served(address, tmp_path, "-c", serve, "serve", "--port", "0") as port:
        begun = time.monotonic()
        with held(port, 1, large + b" " * 100_000, drip=b" ") as (earning,):
            with held(port, 1, large, drip=b" ") as (dripping,):
                assert 0 < cut_after(dripping, begun) < 4
            assert 4 < cut_after(earning, begun) < 8


def test_what_is_too_large_is_refused_before_it_has_come(site: Site) -> None:
    with contextlib.closing(socket.create_connection(("127.0.0.1", site.port), timeout=15)) as large:
        large.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 90000000\r\n\r\n")
        assert large.recv(100).startswith(b"HTTP/1.1 413 ")
    with contextlib.closing(socket.create_connection(("127.0.0.1", site.port), timeout=15)) as large:
        large.sendall(b"GET /" + b"x" * 40_000)
        assert large.recv(100).startswith(b"HTTP/1.0 431 ")


# --- wsgi.py ---------------------------------------------------------------------------------------------------------


#: gunicorn on any free port, which it says on stderr alone.
GUNICORN = ("-m", "gunicorn", "wsgi:app", "--threads", "8", "--no-control-socket")


@pytest.mark.parametrize("worker", [(), ("-k", "gthread"), ("-k", "gthread", "--preload")])
def test_no_other_worker_of_gunicorn_serves_it(address: str, tmp_path: Path, worker: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, *GUNICORN, *worker, "--bind", "127.0.0.1:0"],
        cwd=ROOT,
        env=environment(address, tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode != 0
    assert "gunicorn with `-k casework.web.server.BufferingWorker`" in done.stderr


@pytest.mark.parametrize("more", [(), ("--preload",)])
def test_gunicorn_by_itself_serves_it_with_the_worker_that_reads_whole_requests(
    address: str, tmp_path: Path, more: tuple[str, ...]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.set_inheritable(True)
        port = listener.getsockname()[1]
        command = [sys.executable, *GUNICORN, "-k", WORKER, *more, "--bind", f"fd://{listener.fileno()}"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(address, tmp_path),
            stdin=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=[listener.fileno()],
            start_new_session=True,
        ) as process:
            try:
                _wait_until_it_answers(port)
                with held(port, 16, *BODIES) as taken:
                    time.sleep(0.5)
                    assert health(port)[0] == 200
                    assert answered(taken) == []
            finally:
                os.killpg(process.pid, signal.SIGKILL)

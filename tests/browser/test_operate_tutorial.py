"""`docs/tutorial/operate.md`, followed block by block: a PostgreSQL, a proxy, a provider and two wheels, and people in a real browser."""

from __future__ import annotations

import os
import re
import ssl
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from casework.records import server_process
from tests.support.mailbox import free_port
from tests.support.oidc_provider import CLIENT, SECRET, OidcProvider, User, running_provider
from tests.support.programs import CURL, NGINX, OPENSSL, POSTGRESQL, find_program, may_install
from tests.support.wheels import ROOT, built, run

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "tutorial" / "operate.md"
LI = "li@example.org"
#: What the wheel depends on is taken from where the tests have it. Only the path: the editable install of the tree hangs on a .pth
#: file, which is not read from there.
FROM_THE_LOCK = 'bin/pip install --quiet --require-hashes -r "$LOCK"'
KNOWN = """
as_postgres() {{ PGHOST={server} PGUSER=postgres "$@"; }}
take_dependencies() {{
    echo {site} > "$($1/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dependencies.pth"
}}
"""


def blocks() -> dict[int, list[str]]:
    """What is to be typed, by the number of its section."""
    sections = re.split(r"^## (\d+)\. .*$", PAGE.read_text("utf-8"), flags=re.MULTILINE)[1:]
    return {
        int(number): re.findall(r"^```sh\n(.*?)^```$", words, re.MULTILINE | re.DOTALL)
        for number, words in zip(sections[::2], sections[1::2], strict=True)
    }


@dataclass
class Machine:
    """One machine with a PostgreSQL of its own, on which somebody types."""

    folder: Path
    shared: dict[str, str]
    programs: Path
    database: int = field(default_factory=free_port)

    @property
    def office(self) -> Path:
        return self.folder / "office"

    def type(self, block: str) -> str:
        """What a block prints, which must end well."""
        taken = re.sub(rf"^(\w+)/{re.escape(FROM_THE_LOCK)}$", r"take_dependencies \1", block, flags=re.MULTILINE)
        known = KNOWN.format(server=self.folder / "server", site=sysconfig.get_path("purelib"))
        done = subprocess.run(
            [
                "bash",
                "-eu",
                "-o",
                "pipefail",
                "-c",
                known + taken.replace("python3 -m venv", f"{sys.executable} -m venv"),
            ],
            env=self.shared
            | {
                "OFFICE": str(self.office),
                "PGPORT": str(self.database),
                "PATH": f"{self.programs}:/usr/sbin:{os.environ['PATH']}",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        log = self.office / "office.log"
        assert done.returncode == 0, done.stdout + done.stderr + (log.read_text("utf-8") if log.exists() else "")
        return done.stdout + done.stderr

    def start(self) -> None:
        """Debian's PostgreSQL, that asks for passwords as Debian has it."""
        server = self.folder / "server"
        server.mkdir()
        server_process.give_to_server(server)
        as_user = server.stat().st_uid if os.geteuid() == 0 else None
        for command in (
            [
                "initdb",
                "-U",
                "postgres",
                "--auth-local=trust",
                "--auth-host=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                "data",
            ],
            ["pg_ctl", "-D", "data", "-l", "log", "-w", "-o", f"-k '{server}' -p {self.database}", "start"],
        ):
            subprocess.run(
                [self.programs / command[0], *command[1:]],
                cwd=server,
                user=as_user,
                stdout=subprocess.DEVNULL,
                check=True,
            )

    def stop(self) -> None:
        """It is gone, with whatever runs on it."""
        for name in ("office.pid", "proxy/pid"):
            path = self.office / name
            if path.exists():
                subprocess.run(["kill", path.read_text("utf-8").strip()], check=False)
        server = self.folder / "server"
        as_user = server.stat().st_uid if os.geteuid() == 0 else None
        subprocess.run(
            [self.programs / "pg_ctl", "-D", "data", "-m", "immediate", "stop"],
            cwd=server,
            user=as_user,
            capture_output=True,
            check=False,
        )


@contextmanager
def machine(folder: Path, shared: dict[str, str], programs: Path) -> Iterator[Machine]:
    folder.mkdir()
    folder.chmod(0o755)
    one = Machine(folder, shared, programs)
    one.start()
    try:
        yield one
    finally:
        one.stop()


class Reader:
    """Somebody who reads a page over and over, and counts how often it did not come."""

    def __init__(self, address: str, certificate: Path) -> None:
        self.read, self._over = 0, threading.Event()
        self.failed: list[str] = []
        self._address, self._tls = address, ssl.create_default_context(cafile=str(certificate))
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> Reader:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.is_set():
            try:
                with urllib.request.urlopen(self._address, timeout=30, context=self._tls) as answer:
                    answer.read()
                self.read += 1
            except OSError as fault:
                self.failed.append(str(fault))
            time.sleep(0.05)


@pytest.fixture
def machines() -> Iterator[Path]:
    """A folder by a short name, as a socket's must be, that the server's user may enter."""
    with tempfile.TemporaryDirectory(prefix="casework-machines-") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[OidcProvider]:
    """It speaks TLS, by a certificate that the office is told to trust."""
    (tmp_path / "provider").mkdir()
    key, certificate = tmp_path / "provider" / "key.pem", tmp_path / "provider" / "certificate.pem"
    run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "2", "-subj", "/CN=localhost"),
        *("-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate),
        cwd=tmp_path,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with running_provider(tls) as there:
        there.user = User("li", email=LI, amr=("pwd", "otp"))
        yield there


def shared_by(tmp_path: Path, provider: OidcProvider) -> dict[str, str]:
    """What the page says at its beginning."""
    (tmp_path / "wheels").mkdir()
    for name in ("one", "two"):
        (tmp_path / "wheels" / name).mkdir()
    ports = {"OFFICE_PORT": str(free_port()), "TLS_PORT": str(free_port())}
    provider.redirect = f"https://localhost:{ports['TLS_PORT']}/sign-in/provider/callback"
    return {
        **ports,
        "WHEEL": str(built(tmp_path / "wheels" / "one")),
        "NEXT": str(built(tmp_path / "wheels" / "two", "0.2.0")),
        "LOCK": str(ROOT / "requirements.lock"),
        "ISSUER": provider.issuer,
        "LI": LI,
        "LC_ALL": "C.UTF-8",
        "HOME": str(tmp_path),
        "TRUSTED": str(tmp_path / "provider" / "certificate.pem"),
    }


def join(page: Page, address: str, invited: str) -> None:
    """What Li Wen does with link and code."""
    link, code = (re.search(rf"^{what}: (\S+)$", invited, re.MULTILINE) for what in ("Link", "Code"))
    assert link is not None
    assert code is not None
    assert link[1].startswith(address)
    page.goto(link[1])
    page.get_by_label("Code").fill(code[1])
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Join with City ID, without a password").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_tutorial_leads_where_it_says(
    chromium: Browser, provider: OidcProvider, tmp_path: Path, machines: Path
) -> None:
    for one in (NGINX, CURL, OPENSSL):
        find_program(one, install=may_install())
    programs = Path(find_program(POSTGRESQL, install=may_install())).resolve().parent
    typed, shared = blocks(), shared_by(tmp_path, provider)
    assert CLIENT == "casework"
    address = f"https://localhost:{shared['TLS_PORT']}"
    with ExitStack() as left:
        first = left.enter_context(machine(machines / "first", shared, programs))
        assert "0.1.0" in first.type(typed[1][0])
        first.type(typed[2][0])
        (first.office / "provider.secret").write_text(SECRET, "utf-8")
        for number in (3, 4, 5):
            first.type(typed[number][0])
        said = first.type(typed[6][0])
        assert {"settings", "address", "provider", "database"} <= set(
            re.findall(r"^fine +(\w+):", said, re.MULTILINE)
        ), said

        person = chromium.new_context(ignore_https_errors=True)
        left.callback(person.close)
        page = person.new_page()
        join(page, address, first.type(typed[7][0]))
        first.type(typed[7][1])
        page.goto(f"{address}/matches")
        page.get_by_role("link", name="Open a case").click()
        page.get_by_role("button", name="Open the case").click()
        page.wait_for_url("**/cases/BJ-*")
        case = page.url
        # It is signed before somebody takes a checkpoint.
        time.sleep(2)

        assert "good" in first.type(typed[8][0])
        with Reader(f"{address}/sign-in", first.office / "proxy" / "certificate.pem") as reader:
            first.type(typed[9][0])
        assert (reader.failed, reader.read > 0) == ([], True)
        assert "0.2.0" in first.type(typed[9][1])
        page.goto(case)
        expect(page.get_by_role("heading", level=1)).to_contain_text("dust")

        # The machine is lost.
        kept = {name: first.office / name for name in ("backups", "safe", "auditor")}
        first.stop()
        second = left.enter_context(machine(machines / "second", shared | {"WHEEL": shared["NEXT"]}, programs))
        second.office.mkdir()
        for name, folder in kept.items():
            folder.rename(second.office / name)
        second.type(typed[10][0])
        for number in (1, 2, 3, 4):
            second.type(typed[number][0])
        second.type(typed[10][1])
        for block in (*typed[11], typed[6][0]):
            second.type(block)
        again = chromium.new_context(ignore_https_errors=True)
        left.callback(again.close)
        page = again.new_page()
        page.goto(f"{address}/sign-in")
        page.get_by_role("button", name="Sign in with City ID").click()
        page.goto(case)
        expect(page.get_by_role("heading", level=1)).to_contain_text("dust")

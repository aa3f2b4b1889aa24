"""Three nodes on loopback as docs/how-to/run-on-three-nodes.md has them: Patroni keeps a primary with a synchronous standby, by etcd."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml

from casework.records import server_process

#: Whatever is wrong, nothing waits longer than this.
PATIENCE_S = 120.0
SCOPE = "casework"
#: What the how-to says of the cluster: who is given up after 20 seconds, and no commit without a standby.
DCS: dict[str, Any] = {
    "ttl": 20,
    "loop_wait": 2,
    "retry_timeout": 3,
    "synchronous_mode": True,
    "synchronous_mode_strict": True,
    "postgresql": {
        "use_pg_rewind": True,
        "parameters": {"synchronous_commit": "on", "wal_log_hints": "on", "max_connections": 60, "fsync": "on"},
    },
}


def wait_until(found: Callable[[], Any], what: str) -> Any:
    end = time.monotonic() + PATIENCE_S
    while not (value := found()):
        assert time.monotonic() < end, f"{what} did not come in {PATIENCE_S:.0f} seconds"
        time.sleep(0.1)
    return value


def free_ports(number: int) -> list[int]:
    with ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]


@dataclass
class Node:
    """One machine of the cluster: Patroni and the server that it keeps."""

    name: str
    folder: Path
    port: int
    rest: int
    etcd: int
    patroni: str
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        server_process.give_to_server(self.folder)
        written = self.folder / "patroni.yml"
        written.write_text(yaml.safe_dump(self._configuration()), "utf-8")
        user = self.folder.stat().st_uid
        with (self.folder / "patroni.log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.patroni, str(written)],
                cwd=self.folder,
                env={"PATH": f"{server_process.binaries()}:{os.defpath}", "LC_ALL": "C", "HOME": str(self.folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                user=user if os.geteuid() == 0 else None,
                start_new_session=True,
            )

    def kill(self) -> None:
        """As if the power went: Patroni first, so that nobody starts the server again, then the server and all its processes."""
        if self._process is None:
            return
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None
        self.send(signal.SIGKILL)

    def send(self, what: signal.Signals) -> None:
        """To the server and all its processes: it freezes, goes on, or dies."""
        for pid in self._server_pids():
            with suppress(ProcessLookupError):
                os.kill(pid, what)

    def waiting(self) -> int:
        """How many commits of this primary wait for a standby."""
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{self.port}/postgres", autocommit=True) as db:
            asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            return int((db.execute(asked).fetchone() or (0,))[0])

    def _server_pids(self) -> list[int]:
        """The server and its children: all processes whose working folder is the cluster of this node."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and os.readlink(entry / "cwd") == str(self.folder / "data"):
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def role(self) -> str:
        """What Patroni says that it is: primary, replica, or the sync_standby that alone may follow; nothing where it does not run."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.rest}/patroni", timeout=2) as answer:
                said = json.loads(answer.read())
        except (OSError, ValueError):
            return ""
        if said.get("state") not in ("running", "streaming"):
            return ""
        if said.get("sync_standby"):
            return "sync_standby"
        # Before its version 4 it said so.
        return "primary" if said.get("role") == "master" else str(said.get("role", ""))

    def _configuration(self) -> dict[str, Any]:
        here = f"127.0.0.1:{self.port}"
        trusted = ["local all all trust", "host all all 127.0.0.1/32 trust", "host replication all 127.0.0.1/32 trust"]
        return {
            "scope": SCOPE,
            "name": self.name,
            "restapi": {"listen": f"127.0.0.1:{self.rest}", "connect_address": f"127.0.0.1:{self.rest}"},
            "etcd3": {"host": f"127.0.0.1:{self.etcd}"},
            "bootstrap": {"dcs": DCS, "initdb": ["data-checksums", {"encoding": "UTF8"}, {"locale": "C"}]},
            "postgresql": {
                "listen": here,
                "connect_address": here,
                "data_dir": str(self.folder / "data"),
                "bin_dir": str(server_process.binaries()),
                "pgpass": str(self.folder / "pgpass"),
                "pg_hba": trusted,
                "authentication": {
                    "superuser": {"username": "postgres", "password": "p"},
                    "replication": {"username": "replicator", "password": "p"},
                    "rewind": {"username": "postgres", "password": "p"},
                },
                "parameters": {"unix_socket_directories": str(self.folder)},
            },
        }


@dataclass
class Cluster:
    nodes: list[Node]

    def url(self, user: str, database: str = "casework") -> str:
        """The address that finds the primary, whichever node that is."""
        hosts = "&".join(f"host=127.0.0.1:{node.port}" for node in self.nodes)
        return f"postgresql://{user}@/{database}?{hosts}&target_session_attrs=read-write"

    def primary(self) -> Node | None:
        return next((node for node in self.nodes if node.role() == "primary"), None)

    def whole(self) -> bool:
        """Whether all nodes run, and Patroni knows who follows."""
        return sorted(node.role() for node in self.nodes) == ["primary", "replica", "sync_standby"]


@contextmanager
def running(folder: Path, patroni: str, etcd: str) -> Iterator[Cluster]:
    """A cluster with an empty database of Casework's roles, for the length of the block."""
    clients, peers, *ports = free_ports(8)
    store = subprocess.Popen(
        [
            etcd,
            "--data-dir",
            str(folder / "etcd"),
            "--listen-client-urls",
            f"http://127.0.0.1:{clients}",
            "--advertise-client-urls",
            f"http://127.0.0.1:{clients}",
            "--listen-peer-urls",
            f"http://127.0.0.1:{peers}",
            "--initial-advertise-peer-urls",
            f"http://127.0.0.1:{peers}",
            "--initial-cluster",
            f"default=http://127.0.0.1:{peers}",
            "--log-level",
            "error",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    nodes = [
        Node(f"node{n + 1}", folder / f"node{n + 1}", ports[2 * n], ports[2 * n + 1], clients, patroni)
        for n in range(3)
    ]
    cluster = Cluster(nodes)
    try:
        for node in nodes:
            node.start()
        wait_until(cluster.whole, "a cluster of three")
        primary = cluster.primary()
        assert primary is not None
        with psycopg.connect(f"postgresql://postgres@127.0.0.1:{primary.port}/postgres", autocommit=True) as db:
            db.execute("CREATE ROLE casework_owner LOGIN CREATEROLE")
            db.execute("CREATE ROLE casework_web LOGIN")
            db.execute("CREATE DATABASE casework OWNER casework_owner")
        yield cluster
    finally:
        for node in nodes:
            node.kill()
        store.kill()
        store.wait()

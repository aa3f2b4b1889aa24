"""A server that is killed under load, clients that ask until they are answered, and a checker of what then stands."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from tests.support.databases import ROOT

Json = Any
#: Whatever is wrong, nothing waits longer than this.
PATIENCE_S = 180.0


# --- the server ------------------------------------------------------------------------------------------------------


@dataclass
class Victim:
    """`casework serve` as a process group of its own, on one port for all its lives."""

    environment: Mapping[str, str]
    port: int = 0
    #: More that the command is told.
    arguments: Sequence[str] = ()
    #: The module that has the command, and what it is told before it.
    module: Sequence[str] = ("casework",)
    starts: list[float] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        self.port = self.port or _free_port()
        begun = time.monotonic()
        command = [
            sys.executable,
            "-m",
            *self.module,
            "serve",
            "--port",
            str(self.port),
            "--workers",
            "2",
            "--threads",
            "4",
            *self.arguments,
        ]
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() - begun > PATIENCE_S:
                raise RuntimeError("the server does not start")
            time.sleep(0.05)
        self.starts.append(time.monotonic() - begun)

    def kill(self) -> None:
        """Kill the whole group at once, without any warning."""
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def send(self, what: signal.Signals) -> None:
        """Freeze the whole group, or let it go on."""
        assert self._process is not None
        os.killpg(self._process.pid, what)

    def _answers(self) -> bool:
        try:
            return ask(self.port, "GET", "/health")[0] == 200
        except (OSError, http.client.HTTPException):
            return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def ask(
    port: int, method: str, path: str, body: Json = None, headers: Mapping[str, str] | None = None
) -> tuple[int, Json, Mapping[str, str]]:
    """One request on a connection of its own: status, JSON, headers. Raises OSError or HTTPException when none comes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        written = None if body is None else json.dumps(body)
        connection.request(method, path, written, {"Content-Type": "application/json", **(headers or {})})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read()), dict(answer.getheaders())
    except ValueError as cut:
        raise http.client.HTTPException("the answer was cut off") from cut
    finally:
        connection.close()


# --- clients ---------------------------------------------------------------------------------------------------------


#: The status of what was never answered.
UNKNOWN = 0


@dataclass(frozen=True)
class Op:
    """One thing that a client asked for, and how it ended; times are this machine's monotonic ones."""

    actor: str
    key: str
    case: str
    what: str
    status: int
    invoked: float
    answered: float
    attempts: int = 1
    replayed: bool = False
    #: The track that it moves and the revision that the person saw, where that was said.
    track: str | None = None
    expected: int | None = None

    @property
    def done(self) -> bool:
        return 0 < self.status < 300

    @property
    def unknown(self) -> bool:
        """Whether no answer came: it may have been done or not."""
        return self.status == UNKNOWN


@dataclass(frozen=True)
class Look:
    """A read of a track: the revision that was shown."""

    case: str
    track: str
    revision: int
    invoked: float
    answered: float


@dataclass
class Client:
    """A person's program: it looks at a case, does one thing to it, and asks with the same key until it is answered.

    One that is `hasty` asks some of it once, and goes away without having been answered.
    """

    name: str
    actor: str
    token: str
    port: int
    cases: Sequence[str]
    chance: random.Random
    stop: threading.Event
    ops: list[Op] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    hasty: float = 0

    def run(self) -> None:
        n = 0
        while not self.stop.is_set():
            case = self.chance.choice(self.cases)
            invoked = time.monotonic()
            status, shown, _, _ = self._until_answered("GET", f"/cases/{case}")
            if status == 200:
                n += 1
                track = shown["tracks"][0]
                self.looks.append(Look(case, track["id"], track["revision"], invoked, time.monotonic()))
                self._act(case, shown, f"{self.name}-{n}")

    def _act(self, case: str, shown: Json, key: str) -> None:
        track = shown["tracks"][0]
        path, body, seen = (
            f"/cases/{case}/tracks/{track['id']}/transitions/",
            {},
            {"If-Match": f'"{track["revision"]}"'},
        )
        task = next((one for one in shown["tasks"] if one["name"] == "triage_check"), None)
        if task is not None and self.chance.random() < 0.7:
            held = task["state"] == "Reserved"
            what = "release" if held else "claim"
            path, seen = f"/tasks/{task['id']}/{what}", {}
        elif track["states"] == ["on_hold"]:
            what, body = "resume", {"data": {"reason": "They are back."}}
            path += what
        else:
            what, body = "hold", {"data": HOLD}
            path += what
        moved = {"track": track["id"], "expected": track["revision"]} if "If-Match" in seen else {}
        self.act(case, what, key, path, body=body, headers=seen, **moved)

    def act(
        self,
        case: str,
        what: str,
        key: str,
        path: str,
        *,
        body: Json,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> int:
        """Ask for something under a key, and note how it ended."""
        hasty = self.chance.random() < self.hasty
        invoked = time.monotonic()
        status, _, got, attempts = self._until_answered(
            "POST", path, body, {**(headers or {}), "Idempotency-Key": key}, hasty=hasty
        )
        replayed = any(name.lower() == "idempotency-replayed" for name in got)
        self.ops.append(Op(self.actor, key, case, what, status, invoked, time.monotonic(), attempts, replayed, **more))
        return status

    def _until_answered(
        self,
        method: str,
        path: str,
        body: Json = None,
        headers: Mapping[str, str] | None = None,
        *,
        hasty: bool = False,
    ) -> tuple[int, Json, Mapping[str, str], int]:
        begun, attempts = time.monotonic(), 0
        while True:
            attempts += 1
            try:
                sent = {"Authorization": f"Bearer {self.token}", **(headers or {})}
                status, answer, got = ask(self.port, method, f"/api/v1{path}", body, sent)
                if status < 500:
                    return status, answer, got, attempts
            except (OSError, http.client.HTTPException):
                pass
            if hasty:
                return UNKNOWN, None, {}, attempts
            if time.monotonic() - begun > PATIENCE_S:
                raise RuntimeError(f"{method} {path} is never answered")
            time.sleep(0.05)


HOLD = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}


# --- the checker -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """What the history says of one event."""

    case: str
    seq: int
    kind: str
    actor: str
    key: str | None
    task: str | None = None
    at: datetime | None = None
    track: str | None = None
    frm: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    transition: str | None = None
    organisation: str | None = None
    #: `seq` of the proposal that it confirms.
    confirms: int | None = None


def noting(run: Callable[[], None], errors: list[Exception]) -> Callable[[], None]:
    def guarded() -> None:
        try:
            run()
        except Exception as fault:  # a thread that dies in silence would prove whatever one likes
            errors.append(fault)

    return guarded


def told_of(db: Connection, cases: Sequence[str]) -> list[Told]:
    """The whole history of these cases."""
    rows = db.execute(
        text(
            "SELECT c.number, e.seq, e.kind, e.actor_id, e.header->>'key' AS key, e.effects->>'task' AS task"
            " FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = ANY(:cases) ORDER BY c.number, e.seq"
        ),
        {"cases": list(cases)},
    )
    return [Told(*row) for row in rows]


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def faults_of(
    ops: Iterable[Op], history: Iterable[Told], *, whole: bool = True, leaders: Collection[str] = ()
) -> list[str]:
    """Everything in the history that does not fit what clients were told; not `whole`: without what clocks did.

    `leaders` may release what another person holds: the table of tasks says so of whoever leads a queue.
    """
    asked, told = list(ops), sorted(history, key=lambda one: (one.case, one.seq))
    events: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for one in told:
        if one.key is not None:
            events[one.actor, one.key].append(one)
    faults = []
    for op in asked:
        found = events.pop((op.actor, hash_of(op.key)), [])
        if op.done and not found:
            faults.append(f"lost: {op.key} {op.what}")
        if not op.done and not op.unknown and found:
            faults.append(f"refused and yet done: {op.key} {op.what}")
        if len(found) > 1:
            faults.append(f"done {len(found)} times: {op.key} {op.what}")
        if any(one.case != op.case for one in found):
            faults.append(f"done elsewhere: {op.key} {op.what}")
    faults += [f"nobody asked: event {one.seq} of {one.case}" for left in events.values() for one in left]
    return faults + (_gaps(told) if whole else []) + _holders(told, leaders) + _order(asked, told)


def _gaps(told: Sequence[Told]) -> list[str]:
    seqs = defaultdict(list)
    for one in told:
        seqs[one.case].append(one.seq)
    return [f"the events of {case} have gaps" for case, kept in seqs.items() if kept != list(range(1, len(kept) + 1))]


def _holders(told: Sequence[Told], leaders: Collection[str]) -> list[str]:
    """A task has one holder at a time: who claims it finds it free, who releases it holds it or leads its queue."""
    holder: dict[str, str | None] = {}
    faults = []
    for one in told:
        if one.task is None or one.kind not in ("claimed", "released"):
            continue
        held = holder.get(one.task)
        may_release = held is not None and (held == one.actor or one.actor in leaders)
        if one.kind == "claimed" and held is not None or one.kind == "released" and not may_release:
            faults.append(f"two holders: event {one.seq} of {one.case}")
        holder[one.task] = one.actor if one.kind == "claimed" else None
    return faults


def _order(asked: Sequence[Op], told: Sequence[Told]) -> list[str]:
    """What was answered before something else was asked stands before it in the history, whether the other was answered or not."""
    seq = {(one.actor, one.key): one.seq for one in told if one.key is not None}
    of_case = defaultdict(list)
    for op in asked:
        if (op.done or op.unknown) and (op.actor, hash_of(op.key)) in seq:
            of_case[op.case].append((op, seq[op.actor, hash_of(op.key)]))
    return [
        f"out of order: {first.key} and {second.key}"
        for done in of_case.values()
        for first, early in done
        for second, late in done
        if first.done and first.answered < second.invoked and early > late
    ]


def summary(ops: Sequence[Op]) -> dict[str, int]:
    """How it went, for the one who reads the test's output."""
    statuses = Counter("done" if op.done else str(op.status) for op in ops)
    return {**statuses, "asked again": sum(op.attempts > 1 for op in ops), "replayed": sum(op.replayed for op in ops)}

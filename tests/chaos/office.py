"""An installation with a server of its own that loses nothing by itself, and people who work in it while things go wrong."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, text

from casework.operations.auth.sessions import begin_session
from casework.operations.documents.key_material import secret_box_of
from casework.operations.integrations import webhooks
from casework.operations.verification.sequencer import sequence
from casework.records import embedded, server_process
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.chaos.clients import Browser, Crowd, Provider
from tests.chaos.history import Asked, history_faults
from tests.chaos.reading import past_moments, read_kept, seqs, what_is_left
from tests.jobs.processes import Hand, wait_until
from tests.jobs.receiver import Receiver, receiver
from tests.jobs.sites import Site, build_site
from tests.journeys.kills import Client, Victim
from tests.support.databases import run_casework
from tests.support.mailbox import free_port
from tests.support.way_to_referral import to_both, to_referral
from tests.support.world import new_request

Someone = TypeVar("Someone", bound=Client)
HOT, SENT, WAITING = 4, 6, 3
#: How often one of them goes away without having been answered.
HASTE = 0.3
DAY_S = 86_400


@dataclass
class Office:
    """All of it: what runs, who works, and what they began with."""

    var: Path
    site: Site
    server: Victim
    worker: Hand
    box: Receiver
    crowd: Crowd
    clocks: Sequence[str]
    before: dict[str, int]
    leaders: frozenset[str]
    #: Seconds added to the database's clock, and how long each thing took until people could work again.
    offset: int = 0
    healed: dict[str, list[float]] = field(default_factory=dict)
    #: How often it was seen that something was under way which only the worker does.
    caught: int = 0

    @property
    def postgres(self) -> server_process.Server:
        return server_process.server_at(self.var)

    def postmaster(self) -> int | None:
        return embedded.running_pid(self.postgres)

    def start(self, **more: str) -> None:
        """Server and worker, with these in the environment."""
        changed = {**self.site.environment, **more, "CASEWORK_CLOCK_OFFSET": str(self.offset)}
        self.server.environment = self.worker.environment = changed
        self.server.start()
        self.worker.start()

    def kill(self) -> None:
        self.server.kill()
        self.worker.kill()

    def left(self) -> list[str]:
        """What is due and not done yet, untold, or without its leaf."""
        engine = _engine(self.var, self.offset)
        try:
            return _ask(engine, what_is_left)
        finally:
            engine.dispose()

    def proceed(self, name: str, begun: float | None = None, *, least: int = 15) -> None:
        """Wait until people get on with their work; `begun`: when what has kept them from it did."""
        done, begun = self.crowd.done(), begun or time.monotonic()
        wait_until(lambda: self.crowd.errors or self.crowd.done() > done, f"what people do after {name}")
        self.healed.setdefault(name, []).append(time.monotonic() - begun)
        wait_until(
            lambda: self.crowd.errors or self.crowd.done() >= done + least, f"more of what people do after {name}"
        )

    def faults(self) -> list[str]:
        """Let everything come to rest, and look."""
        self.crowd.end()
        try:
            wait_until(lambda: not self.left(), "that everything is told and has its leaf")
        except AssertionError as fault:
            fault.add_note(f"left: {self.left()}; the worker said: {self.worker.log.read_text()[-3000:]}")
            raise
        self.server.kill()
        assert self.worker.stop() == 0
        engine = _engine(self.var, self.offset)
        sequence(engine, Settings(profile="test", var=self.var))
        asked = Asked(
            self.crowd.ops,
            [look for one in self.crowd.clients for look in one.looks],
            [leak for one in self.crowd.clients if isinstance(one, Provider) for leak in one.leaks],
        )
        taken = [one.headers["webhook-id"].removeprefix("msg_") for one in self.box.got]
        with transaction(engine) as db:
            due = past_moments(db, self.clocks)
        engine.dispose()
        engine = _engine(self.var, 0)
        kept = read_kept(engine, self.before, due, taken, self.site.world.organisations["lab"])
        engine.dispose()
        return history_faults(asked, kept, leaders=self.leaders)


def _engine(var: Path, offset: int) -> Engine:
    return connect_engine(Settings(profile="test", var=var, clock_offset=offset))


def _ask(engine: Engine, question: Callable[[Connection], list[str]]) -> list[str]:
    with transaction(engine) as db:
        return question(db)


@contextmanager
def office(var: Path, folder: Path, seed: int) -> Iterator[Office]:
    """It runs as long as the block, and leaves no process behind; `folder` for what the worker says."""
    assert run_casework("init", environment={"CASEWORK_VAR": str(var)}).returncode == 0
    settings = Settings(profile="test", var=var)
    engine = connect_engine(settings)
    with receiver() as box:
        made = _build(engine, settings, box, folder, seed)
        engine.dispose()
        try:
            made.start()
            made.crowd.start()
            yield made
        finally:
            made.crowd.stop.set()
            made.kill()
            _thaw(made)
            embedded.stop(var)


def _build(engine: Engine, settings: Settings, box: Receiver, folder: Path, seed: int) -> Office:
    site = build_site(engine, settings, "", WAITING)
    del site.environment["DATABASE_URL"]
    site.environment["CASEWORK_WEBHOOK_INSIDE"] = f"127.0.0.1:{box.port}"
    world = site.world
    with transaction(engine) as db:
        clocks = list(db.execute(text("SELECT id FROM clocks ORDER BY id")).scalars())
        hot = [world.hot_case(db) for _ in range(HOT)]
        sent = dict(to_referral(world, db)[::-1] for _ in range(SENT))
        hidden = [bank for _, _, bank in [to_both(world, db)]]
        webhooks.create_endpoint(
            db,
            world.actor(db, "provider_lead"),
            secret_box_of(settings),
            organisation=world.organisations["lab"],
            url=box.url,
            inside=[f"127.0.0.1:{box.port}"],
            request=new_request(),
        )
        session = begin_session(db, world.people["officer"], {})
        before = seqs(db)
    stop, server = threading.Event(), Victim(site.environment, free_port())
    port, chances = server.port, (random.Random(seed + n) for n in range(5))

    def program(kind: type[Someone], name: str) -> Someone:
        person, token = world.people[name], world.tokens[name]
        return kind(f"{name}-program", person, token, port, hot, next(chances), stop, hasty=HASTE)

    officers = [program(Client, name) for name in ("officer", "other_officer")]
    providers = [program(Provider, name) for name in ("provider", "provider_lead")]
    for one in providers:
        one.referrals, one.hidden = sent, [*hot, *hidden]
    browser = program(Browser, "officer")
    browser.token, browser.threads = session, {number: f"/cases/{number}/messages" for number in hot}
    crowd = Crowd([*officers, *providers, browser], stop)
    worker = site.hand(folder)
    led = frozenset({world.people["officer"]})
    return Office(settings.var, site, server, worker, box, crowd, clocks, before, led)


def family_of(pid: int) -> list[int]:
    """A process and its children."""
    made = [pid]
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat = (entry / "stat").read_text()
            except OSError:
                continue
            if int(stat.rpartition(")")[2].split()[1]) == pid:
                made.append(int(entry.name))
    return made


def signal_all(pids: Sequence[int], what: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            continue


def _thaw(made: Office) -> None:
    # Where its disk is gone nobody is frozen.
    with suppress(OSError):
        pid = made.postmaster()
        if pid is not None:
            signal_all(family_of(pid), signal.SIGCONT)


def fired_so_far(db: Connection, clocks: Sequence[str]) -> int:
    """How many moments of these clocks have been recorded."""
    asked = "SELECT count(*) FROM events WHERE kind = 'timer_fired' AND effects->>'clock' = ANY(:clocks)"
    return int(db.execute(text(asked), {"clocks": list(clocks)}).scalar_one())

"""Server and workers killed again and again under load: no action, no deadline and no mail is lost, and nothing happens twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.engine.analysis.notification_rules import KINDS
from casework.operations.core.notification_preferences import NOW, set_telling
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.settings import Settings
from tests.chaos.history import Fired, Message, clock_faults, message_faults
from tests.jobs.processes import Hand, hands, wait_until
from tests.jobs.sites import Site, build_site
from tests.journeys.kills import Client, Told, Victim, faults_of, summary
from tests.support.mailbox import mail_server
from tests.support.samples import by_default

WAITING, BUSY, SEED = 24, 6, 20261125
#: Each of the waiting cases has so many moments until its intake ends.
STEPS = 4


# --- the checker -----------------------------------------------------------------------------------------------------


def _by_itself(
    clocks: Iterable[str], fired: Sequence[Fired], mails: Sequence[Message], taken: Sequence[str], untold: int
) -> list[str]:
    """What was lost or done twice of what happens by itself; `taken` are the ids of the mails that the mail server took."""
    return [*clock_faults(dict.fromkeys(clocks, STEPS), fired), *message_faults(mails, taken, untold)]


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
GOOD_FIRED = [Fired("c", n, NOON + timedelta(days=n), NOON + timedelta(days=n, seconds=1)) for n in range(STEPS)]
GOOD_MAILS = [Message("m1", "sent"), Message("m2", "sent"), Message("m3", "cancelled")]
GOOD_TAKEN = ["m1", "m2", "m2"]


def test_the_checker_finds_nothing_where_nothing_is_wrong() -> None:
    assert _by_itself(["c"], GOOD_FIRED, GOOD_MAILS, GOOD_TAKEN, 0) == []


@pytest.mark.parametrize(
    ("fired", "mails", "taken", "untold", "fault"),
    [
        (GOOD_FIRED[:-1], GOOD_MAILS, GOOD_TAKEN, 0, "lost: moment 3 of c"),
        ([*GOOD_FIRED, GOOD_FIRED[1]], GOOD_MAILS, GOOD_TAKEN, 0, "fired 2 times: moment 1 of c"),
        (
            [replace(GOOD_FIRED[0], at=NOON - timedelta(seconds=1)), *GOOD_FIRED[1:]],
            GOOD_MAILS,
            GOOD_TAKEN,
            0,
            "before its moment: 0 of c",
        ),
        (GOOD_FIRED, GOOD_MAILS, GOOD_TAKEN[1:], 0, "message lost: m1"),
        (GOOD_FIRED, [*GOOD_MAILS, Message("m4", "queued")], GOOD_TAKEN, 0, "message left behind: m4"),
        (GOOD_FIRED, GOOD_MAILS, [*GOOD_TAKEN, "other"], 0, "message of nobody: other"),
        (GOOD_FIRED, GOOD_MAILS, GOOD_TAKEN, 2, "2 events untold"),
    ],
)
def test_the_checker_notices_what_is_lost_or_doubled(
    fired: list[Fired], mails: list[Message], taken: list[str], untold: int, fault: str
) -> None:
    assert _by_itself(["c"], fired, mails, taken, untold) == [fault]


# --- the kills -------------------------------------------------------------------------------------------------------


# Two of each of the three by default.
@pytest.mark.slow
@by_default("kills", 6, whole=20)
def test_kills_of_server_and_workers_lose_nothing_and_do_nothing_twice(
    engine: Engine, superuser_engine: Engine, settings: Settings, database_url: str, tmp_path: Path, kills: int
) -> None:
    site = build_site(engine, settings, database_url, WAITING)
    clocks = _clocks(engine)
    busy = [_busy_case(site) for _ in range(BUSY)]
    before = _history(engine, busy)
    _let_mails_go_at_once(site)
    _linger(superuser_engine)
    with mail_server() as box:
        box.pause_s = 0.05
        # Forty days later everything is due that the waiting cases will ever fire.
        site.environment |= site.offset(-40 * 86_400) | {
            "CASEWORK_SMTP_HOST": "127.0.0.1",
            "CASEWORK_SMTP_PORT": str(box.port),
            "CASEWORK_SMTP_SECURITY": "none",
            "CASEWORK_SMTP_SENDER": "casework@casework.example",
            "CASEWORK_BASE_URL": "https://casework.example",
            "CASEWORK_SMTP_RETRY_S": "0.5",
        }
        server = Victim(site.environment)
        ahead, behind = site.hand(tmp_path, 300), site.hand(tmp_path, -300)
        with hands(ahead, behind):
            try:
                clients, met = _kill_them(site, server, (ahead, behind), busy, kills)
                wait_until(lambda: not _left(engine, site), "everything that is due")
            finally:
                server.kill()
            assert ahead.stop() == behind.stop() == 0
        taken = [str(one["Message-ID"]) for one in box.taken]
    ops = [op for client in clients for op in client.ops]
    print(
        f"seed {SEED}: {summary(ops)}; {met} kills of a worker met a job; {len(taken)} mails taken, {len(set(taken))} different"
    )
    history = [one if one not in before else replace(one, key=None) for one in _history(engine, busy)]
    assert faults_of(ops, [one for one in history if one.actor != "system"], whole=False) == []
    names = [one.partition("@")[0].strip("<") for one in taken]
    assert _by_itself(clocks, site.timers_fired(clocks), _mails(engine), names, _untold(engine)) == []
    assert list(verify_all(engine)) == []
    # Otherwise the kills came when nothing was under way, and proved nothing.
    assert met >= kills // 4
    assert len(set(taken)) > kills


def _kill_them(
    site: Site,
    server: Victim,
    workers: tuple[Hand, Hand],
    busy: Sequence[str],
    kills: int,
) -> tuple[list[Client], int]:
    """So many kills in turn, while officers work; gives their programs, and how many kills of a worker met a job under way."""
    chance, stop = random.Random(SEED), threading.Event()
    server.start()
    for worker in workers:
        worker.start()
    clients = [
        Client(
            f"client-{n}",
            site.world.people[name],
            site.world.tokens[name],
            server.port,
            busy,
            random.Random(SEED + n),
            stop,
        )
        for n, name in enumerate(("officer", "other_officer"), 1)
    ]
    threads = [threading.Thread(target=one.run, daemon=True) for one in clients]
    for thread in threads:
        thread.start()
    met = 0
    for n in range(kills):
        time.sleep(chance.uniform(0.3, 0.9))
        victim = n % 3
        if n % 2 == 0:
            wait_until(lambda: _is_working(site.engine), "a job under way")
        if victim == 2:
            server.kill()
            server.start()
        else:
            met += _is_working(site.engine)
            workers[victim].kill()
            workers[victim].start()
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return clients, met


def _is_working(engine: Engine) -> bool:
    with transaction(engine) as db:
        doing = text("SELECT EXISTS (SELECT FROM procrastinate_jobs WHERE status = 'doing')")
        return bool(db.execute(doing).scalar_one())


def _busy_case(site: Site) -> str:
    """A case at triage, on which an officer works."""
    with transaction(site.engine) as db:
        number = site.world.new_case(db)
        site.world.fire(db, "officer", number, "take")
    return number


def _let_mails_go_at_once(site: Site) -> None:
    with transaction(site.engine) as db:
        for name in ("officer", "other_officer", "supervisor", "second_supervisor"):
            set_telling(db, site.world.actor(db, name), dict.fromkeys(KINDS, NOW), quiet=False)


def _linger(superuser: Engine) -> None:
    """What the system does takes its time, so that kills meet it."""
    with transaction(superuser) as db:
        db.execute(
            text(
                "CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NEW; END $$"
            )
        )
        db.execute(
            text(
                "CREATE TRIGGER linger BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.actor_id = 'system')"
                " EXECUTE FUNCTION linger()"
            )
        )


def _clocks(engine: Engine) -> list[str]:
    with transaction(engine) as db:
        return list(db.execute(text("SELECT id FROM clocks ORDER BY id")).scalars())


def _left(engine: Engine, site: Site) -> bool:
    """Whether something is due and not done yet, by the clock of the workers."""
    with transaction(engine) as db:
        db.execute(
            text("SELECT set_config('casework.clock_offset', :offset, true)"),
            {"offset": site.environment["CASEWORK_CLOCK_OFFSET"]},
        )
        left: bool = db.execute(
            text(
                "SELECT EXISTS (SELECT FROM outbox) OR EXISTS (SELECT FROM mails WHERE state = 'queued')"
                " OR EXISTS (SELECT FROM clocks WHERE fires_at <= casework_now())"
            )
        ).scalar_one()
    return left


def _untold(engine: Engine) -> int:
    with transaction(engine) as db:
        count: int = db.execute(text("SELECT count(*) FROM outbox")).scalar_one()
    return count


def _mails(engine: Engine) -> list[Message]:
    with transaction(engine) as db:
        return [Message(row.id, row.state) for row in db.execute(text("SELECT id, state FROM mails ORDER BY id"))]


def _history(engine: Engine, cases: Sequence[str]) -> list[Told]:
    with transaction(engine) as db:
        rows = db.execute(
            text(
                "SELECT c.number, e.seq, e.kind, e.actor_id, e.header->>'key' AS key, e.effects->>'task' AS task"
                " FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = ANY(:cases) ORDER BY c.number, e.seq"
            ),
            {"cases": list(cases)},
        )
        return [Told(*row) for row in rows]

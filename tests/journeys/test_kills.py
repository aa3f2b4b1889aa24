"""A server killed again and again under load: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.jobs.processes import wait_until
from tests.journeys.kills import Client, Op, Told, Victim, faults_of, hash_of, noting, summary, told_of
from tests.support.samples import by_default
from tests.support.world import World

CASES, SEED = 8, 20260302
PEOPLE = ("officer", "other_officer", "officer", "other_officer")


@pytest.fixture
def victim(database_url: str, tmp_path: Path) -> Iterator[Victim]:
    made = Victim({"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test", "CASEWORK_VAR": str(tmp_path / "var")})
    yield made
    made.kill()


@by_default("kills", 6, whole=20)
def test_kills_lose_nothing_and_do_nothing_twice(victim: Victim, engine: Engine, world: World, kills: int) -> None:
    with transaction(engine) as db:
        cases = [world.hot_case(db) for _ in range(CASES)]
        before = told_of(db, cases)
    victim.start()
    chance, stop = random.Random(SEED), threading.Event()
    clients = [
        Client(f"client-{n}", world.people[name], world.tokens[name], victim.port, cases, random.Random(SEED + n), stop)
        for n, name in enumerate(PEOPLE, 1)
    ]
    errors: list[Exception] = []
    threads = [threading.Thread(target=noting(one.run, errors), daemon=True) for one in clients]
    for thread in threads:
        thread.start()

    def more_than(least: int) -> bool:
        return sum(op.done for client in clients for op in list(client.ops)) > least

    for n in range(kills):
        time.sleep(chance.uniform(0.1, 0.9))
        # However slow the machine is: something was done since the last one.
        wait_until(partial(more_than, 5 * n), "what people do between two kills")
        victim.kill()
        victim.start()
    wait_until(partial(more_than, 5 * kills), "what people do after the last kill")
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    assert not errors, errors
    assert not any(thread.is_alive() for thread in threads)
    ops = [op for client in clients for op in client.ops]
    print(f"seed {SEED}: {summary(ops)}; slowest start {max(victim.starts):.1f} s")
    with transaction(engine) as db:
        history = [one if one not in before else replace(one, key=None) for one in told_of(db, cases)]
    # The owner leads the queue of the case; the other officer releases only what is theirs.
    assert faults_of(ops, history, leaders={world.people["officer"]}) == []
    assert list(verify_all(engine)) == []
    # Otherwise the kills came when nothing was under way, and proved nothing.
    assert sum(op.attempts > 1 for op in ops) >= kills // 2


# --- the checker checked: one that finds nothing in a broken history is worth nothing ------------------------------


def _op(key: str, what: str = "claim", status: int = 200, at: float = 0.0, actor: str = "ann") -> Op:
    return Op(actor, key, "BJ-1", what, status, at, at + 0.5)


def _told(seq: int, key: str | None, kind: str = "claimed", actor: str = "ann", task: str | None = "t") -> Told:
    return Told("BJ-1", seq, kind, actor, hash_of(key) if key else None, task)


OPS = [_op("a", at=1), _op("b", "release", at=2), _op("c", at=3, actor="bob"), _op("d", status=409, at=4)]
HISTORY = [_told(1, "a"), _told(2, "b", "released"), _told(3, "c", actor="bob")]


def test_the_checker_finds_nothing_in_a_good_history() -> None:
    assert faults_of(OPS, HISTORY) == []


@pytest.mark.parametrize(
    ("history", "fault"),
    [
        ([HISTORY[0], HISTORY[1]], "lost: c"),
        ([HISTORY[0], HISTORY[2]], "lost: b"),
        ([*HISTORY, _told(4, "c", actor="bob")], "done 2 times: c"),
        ([*HISTORY, _told(4, "d", "released", "bob")], "nobody asked"),
        ([*HISTORY, _told(4, "d", "fired", task=None)], "refused and yet done: d"),
        ([*HISTORY, _told(5, None, "timer_fired")], "gaps"),
        ([HISTORY[0], _told(2, "b", "fired", task=None), HISTORY[2]], "two holders"),
        ([HISTORY[0], _told(2, None, "released", "bob"), HISTORY[2]], "two holders"),
        ([HISTORY[0], _told(2, "c", actor="bob"), _told(3, "b", "released")], "out of order: b and c"),
        ([replace(HISTORY[0], case="BJ-2", seq=1), *HISTORY[1:]], "done elsewhere: a"),
    ],
)
def test_the_checker_reports_a_doctored_history(history: list[Told], fault: str) -> None:
    assert any(one.startswith(fault) or fault in one for one in faults_of(OPS, history))

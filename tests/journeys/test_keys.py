"""The same request sent again and again over HTTP, at the same moment, to a real server with several processes."""

from __future__ import annotations

import http.client
import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.journeys.kills import Victim
from tests.support.samples import by_default
from tests.support.world import World

AT_ONCE, CASES = 10, 4

Answer = tuple[int, bytes]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[Victim]:
    made = Victim({"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test", "CASEWORK_VAR": str(tmp_path / "var")})
    made.start()
    yield made
    made.kill()


@pytest.fixture
def numbers(engine: Engine, world: World) -> list[str]:
    """Cases to write notes in."""
    with transaction(engine) as db:
        return [world.new_case(db) for _ in range(CASES)]


class Connection:
    """One that stays open, as a program keeps it."""

    def __init__(self, server: Victim, token: str) -> None:
        self._http = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def close(self) -> None:
        self._http.close()

    def note(self, number: str, key: str, words: str) -> Answer:
        self._http.request(
            "POST",
            f"/api/v1/cases/{number}/messages",
            json.dumps({"audience": "internal", "words": words}),
            self._headers | {"Idempotency-Key": key},
        )
        answer = self._http.getresponse()
        return answer.status, answer.read()


@by_default("keys", 50, whole=200)
def test_each_key_sent_ten_times_at_once_is_one_event(
    server: Victim, engine: Engine, world: World, numbers: list[str], keys: int
) -> None:
    start = Barrier(AT_ONCE)

    def send_all(_: int) -> list[Answer]:
        got = []
        with closing(Connection(server, world.tokens["officer"])) as mine:
            for n in range(keys):
                start.wait(timeout=60)
                got.append(mine.note(numbers[n % CASES], f"key-{n}", f"Note {n}"))
        return got

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(send_all, range(AT_ONCE)))
    for n, answers in enumerate(zip(*told, strict=True)):
        assert len(set(answers)) == 1, (n, Counter(answers))
        assert answers[0][0] == 201
    assert len({answers[0][1] for answers in zip(*told, strict=True)}) == keys
    assert _noted(engine) == {f"Note {n}": 1 for n in range(keys)}


def test_the_same_key_with_another_body_is_refused_and_writes_nothing(
    server: Victim, engine: Engine, world: World, numbers: list[str]
) -> None:
    start = Barrier(AT_ONCE)

    def send(n: int) -> Answer:
        with closing(Connection(server, world.tokens["officer"])) as mine:
            start.wait(timeout=60)
            return mine.note(numbers[0], "one-key", f"Note {n}")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(send, range(AT_ONCE)))
    assert Counter(status for status, _ in told) == {201: 1, 422: AT_ONCE - 1}
    (won,) = (n for n, (status, _) in enumerate(told) if status == 201)
    assert _noted(engine) == {f"Note {won}": 1}


def _noted(engine: Engine) -> dict[str, int]:
    """How often the history has each note."""
    with transaction(engine) as db:
        rows: list[Any] = list(
            db.execute(text("SELECT body->'words'->>'value' FROM events WHERE kind = 'noted'")).scalars()
        )
    return dict(Counter(rows))

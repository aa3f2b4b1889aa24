"""The request key and the lock in one statement: one winner, and what was asked twice is done once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework.errors import AlreadyTaken, KeyReused
from casework.operations.core.idempotency import Done, Request, ask, find_done, finish
from casework.operations.tasks.service import claim_task
from casework.records.database import transaction
from tests.operations.core.test_round_trips import Office, request
from tests.support.world import World, new_request


@pytest.fixture
def office(engine: Engine, tmp_path: Path) -> Office:
    made = Office(engine, tmp_path)
    made.open()
    made.fire("take")
    return made


def at_once(count: int, act: Callable[[int], Any]) -> list[Any]:
    """What each of several threads gets, or is refused with."""
    barrier, got = Barrier(count), [None] * count

    def run(n: int) -> None:
        barrier.wait()
        try:
            got[n] = act(n)
        except Exception as refusal:
            got[n] = refusal  # type: ignore[call-overload]  # a list of outcomes of two kinds

    threads = [Thread(target=run, args=(n,)) for n in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return got


def claim(office: Office, task: str, asked: Request) -> Done:
    with transaction(office.engine) as db:
        return claim_task(db, office.officer, task, asked)


def events(office: Office) -> int:
    with transaction(office.engine) as db:
        return int(db.execute(text("SELECT count(*) FROM events WHERE kind = 'claimed'")).scalar_one())


def test_of_four_who_claim_at_once_one_has_the_task(office: Office) -> None:
    for _ in range(5):
        before, task = events(office), office.task("triage")
        got = at_once(4, lambda n, task=task: claim(office, task, request()))  # type: ignore[misc]  # a default argument keeps the loop's value
        assert [type(one) for one in got if not isinstance(one, Done)] == [AlreadyTaken] * 3
        assert events(office) == before + 1
        office.release(task)


def test_one_key_sent_four_times_at_once_claims_once(office: Office) -> None:
    task, asked = office.task("triage"), request()
    got = at_once(4, lambda n: claim(office, task, asked))
    assert sorted(one.repeated for one in got) == [False, True, True, True]
    assert len({str(one.answer) for one in got}) == 1
    assert events(office) == 1


def test_a_key_that_asked_for_something_else_is_refused_and_locks_nothing(office: Office) -> None:
    task, asked = office.task("triage"), request()
    claim(office, task, asked)
    with pytest.raises(KeyReused):
        claim(office, task, Request(asked.key, "another"))
    assert claim(office, task, asked).repeated


def test_an_answer_that_is_given_again_waits_for_what_the_first_waited_for(engine: Engine, world: World) -> None:
    """The first may have ended before the standbys had it: a transaction without a number would wait for nobody."""
    asked = new_request()
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        assert find_done(db, actor, asked) is None
        assert db.execute(_NUMBER).scalar_one() is None
        assert ask(db, actor, asked) is None
        finish(db, actor, asked, Done({"done": True}))
    for again in (ask, find_done):
        with transaction(engine) as db:
            earlier = again(db, actor, asked)
            assert earlier is not None
            assert earlier.repeated
            assert db.execute(_NUMBER).scalar_one() is not None


_NUMBER = text("SELECT pg_current_xact_id_if_assigned()")

"""Many at once on the real database: one winner for each task, one event for each key."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import Engine, text

from casework.errors import AlreadyTaken
from casework.operations.core.idempotency import Done, Request
from casework.operations.core.perform import home_of, new_id
from casework.operations.people import registry
from casework.operations.tasks.service import claim_task
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import connect_engine, transaction
from casework.records.tables import metadata
from casework.settings import Settings
from tests.support.samples import values
from tests.support.world import World

#: Cases, and how often each has its first task: two hundred tasks by default, a thousand in `make test-long`.
FEW, MANY = (10, 20), (20, 50)


@pytest.fixture
def several(settings: Settings) -> Iterator[Engine]:
    """As many connections as there are people at once."""
    more = connect_engine(settings.model_copy(update={"pool_size": 10}))
    yield more
    more.dispose()


@pytest.fixture(params=values(FEW, whole=MANY))
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    given: tuple[int, int] = request.param
    return given


@pytest.fixture
def logs(world: World, engine: Engine, size: tuple[int, int]) -> list[str]:
    """New cases that nobody owns yet."""
    found = []
    for _ in range(size[0]):
        with transaction(engine) as db:
            found.append(home_of(db, world.new_case(db)))
    return found


@pytest.fixture
def tasks(logs: list[str], engine: Engine, size: tuple[int, int]) -> list[str]:
    """The first task of each, many times."""
    made: list[str] = []
    with transaction(engine) as db:
        names = ", ".join(
            f'"{one.name}"' for one in metadata.tables["tasks"].columns if one.name not in ("id", "about")
        )
        for log in logs:
            ids = [new_id() for _ in range(size[1])]
            db.execute(
                text(
                    f"INSERT INTO tasks (id, about, {names}) SELECT CAST(n AS uuid), n, {names}"
                    " FROM tasks CROSS JOIN unnest(CAST(:ids AS text[])) n WHERE log_id = CAST(:log AS uuid)"
                ),
                {"ids": ids, "log": log},
            )
            made += ids
    return made


def events(engine: Engine, logs: list[str]) -> Counter[str]:
    """How often each task was taken, by the history."""
    with transaction(engine) as db:
        found = db.execute(
            text(
                "SELECT effects->>'task' AS task FROM events WHERE kind = 'claimed' AND log_id = ANY(CAST(:logs AS uuid[]))"
            ),
            {"logs": logs},
        )
        return Counter(row.task for row in found)


def test_of_four_people_exactly_one_has_each_task(
    world: World, several: Engine, logs: list[str], tasks: list[str]
) -> None:
    with transaction(several) as db:
        people = [world.people["officer"], world.people["other_officer"]]
        for n in (3, 4):
            people.append(registry.register_person(db, email=f"{n}@example.org", name=f"Officer {n}"))
            registry.grant_role(db, people[-1], "officer", programme=world.programmes["BJ"])
        actors = [find_actor(db, one) for one in people]
    start = Barrier(len(people))

    def take_all(actor: Actor) -> tuple[list[str], int]:
        won, lost = [], 0
        start.wait()
        for task in tasks:
            try:
                with transaction(several) as db:
                    claim_task(db, actor, task, Request(f"{actor.person} {task}", "claim"))
                won.append(task)
            except AlreadyTaken:
                lost += 1
        return won, lost

    with ThreadPoolExecutor(len(people)) as pool:
        told = list(pool.map(take_all, [one for one in actors if one is not None]))
    winners = Counter(task for won, _ in told for task in won)
    assert winners == dict.fromkeys(tasks, 1)
    assert sum(lost for _, lost in told) == 3 * len(tasks)
    assert events(several, logs) == winners
    with transaction(several) as db:
        held = db.execute(text("SELECT id, holder_id FROM tasks WHERE state = 'Reserved'")).all()
    by_person = {task: people[n] for n, (won, _) in enumerate(told) for task in won}
    assert {row.id: row.holder_id for row in held} == by_person


def test_each_key_sent_ten_times_at_once_is_one_event(
    world: World, several: Engine, logs: list[str], tasks: list[str]
) -> None:
    with transaction(several) as db:
        actor = world.actor(db, "officer")
    chosen, start = tasks[::5], Barrier(10)

    def send_all(_: int) -> list[Done]:
        done = []
        for task in chosen:
            start.wait()
            with transaction(several) as db:
                done.append(claim_task(db, actor, task, Request(f"key of {task}", "claim")))
        return done

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(send_all, range(10)))
    assert events(several, logs) == dict.fromkeys(chosen, 1)
    for answers in zip(*told, strict=True):
        assert len({tuple(sorted(one.answer.items())) for one in answers}) == 1
        assert sum(not one.repeated for one in answers) == 1

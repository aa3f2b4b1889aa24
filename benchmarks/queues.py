"""Queues among ever more open tasks: the first page, the counts on the tabs, and the pull of the next task."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine

from benchmarks.figures import Figure, Scale, ms, side_by_side, spread, take_turns
from benchmarks.large import Large, large
from benchmarks.world import request
from casework.operations.tasks.my_work import count_work
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import release_task, take_next
from casework.permissions.actors import Actor
from casework.records.database import transaction

#: What a person reads off the tabs, in all.
COUNTS_MS = 100.0
# By hand: one conditional statement, which passes over what another person is taking, and nothing else.
_PULL = """
    UPDATE tasks SET state = 'Reserved', holder_id = %s WHERE id = (
        SELECT id FROM tasks WHERE state = 'Ready' AND organisation_id IS NULL AND programme_id = %s AND queue = 'supervisor'
        ORDER BY turn_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""


def measure(scale: Scale) -> Iterator[Figure]:
    # In lookups, too: what a neighbour takes from one size it has taken from its yardstick.
    lookups: dict[int, float] = {}
    for tasks in scale.tasks:
        events = scale.events if tasks == scale.pages_at else 0
        with large(tasks, events, scale.queues) as scene:
            engine = scene.world.engine()
            ratios, took = _first_page(scene, engine, scene.world.supervisor, scale)
            lookups[tasks] = median(ratios)
            detail = f"{spread(ratios)}; {ms(took)}"
            yield Figure(f"queue, first page of {tasks:,} tasks", lookups[tasks], "x a lookup by key", 10, True, detail)
            if tasks == scale.tasks[-1]:
                yield from _largest(scene, engine, scale)
            engine.dispose()
    few, many = scale.tasks[0], scale.tasks[-1]
    yield Figure(f"queue, {many:,} against {few:,} tasks", lookups[many] / lookups[few], "x (flat is 1)", 1.5, True)


def _largest(scene: Large, engine: Engine, scale: Scale) -> Iterator[Figure]:
    ratios, took = _first_page(scene, engine, scene.many, scale, calls=10)
    name = f"queue of a person in {scale.queues} queues"
    yield Figure(name, median(ratios), "x a lookup by key", 30, True, f"{spread(ratios)}; {ms(took)}")
    people = {
        "an officer": scene.world.officer,
        "a supervisor": scene.world.supervisor,
        f"one in {scale.queues} queues": scene.many,
    }
    for who, person in people.items():
        actor = scene.world.actor(engine, person)
        with transaction(engine) as db:
            turns = list(take_turns((_counts(db, actor),), repetitions=scale.repetitions, calls=10))
        times = [median(turn[0]) * 1000 for turn in turns]
        yield Figure(f"counts on the tabs of {who}", median(times), "ms", COUNTS_MS, True, spread(times))
    yield _pull(scene, engine, scale)


def _first_page(scene: Large, engine: Engine, person: str, scale: Scale, calls: int = 50) -> tuple[list[float], float]:
    actor = scene.world.actor(engine, person)
    with scene.world.connect() as plain, transaction(engine) as db:
        id = _one(plain, "SELECT id FROM tasks WHERE state = 'Ready' LIMIT 1")
        assert len(list_tasks(db, actor, view="queue").items) == 25
        pairs = list(
            side_by_side(
                lambda: list_tasks(db, actor, view="queue"),
                lambda: plain.execute("SELECT * FROM tasks WHERE id = %s", (id,)).fetchone(),
                repetitions=scale.repetitions,
                calls=min(calls, scale.reads),
            )
        )
    return [mine / other for mine, other in pairs], median(mine for mine, _ in pairs)


def _counts(db: Connection, actor: Actor) -> Callable[[], None]:
    def count() -> None:
        count_work(db, actor)
        count_queues(db, actor)

    return count


def _pull(scene: Large, engine: Engine, scale: Scale) -> Figure:
    """The task that is due first, taken for good; each time it is given back, which is not timed."""
    world = scene.world
    actor = world.actor(engine, world.supervisor)
    with world.connect() as plain:
        taken: list[str] = []

        def ours() -> None:
            with transaction(engine) as db:
                taken.append(take_next(db, actor, request()).answer["id"])

        def theirs() -> None:
            taken.append(str(plain.execute(_PULL, (world.supervisor, world.programme)).fetchone()[0]))  # type: ignore[index]  # there are enough
            plain.commit()

        turns = list(take_turns((ours, theirs), repetitions=scale.repetitions, calls=10))
        for task in taken[::2]:
            with transaction(engine) as db:
                release_task(db, actor, task, note=None, request=request())
        back = "UPDATE tasks SET state = 'Ready', holder_id = NULL WHERE id = ANY(%s::uuid[])"
        plain.execute(back, (taken[1::2],))
        plain.commit()
    ratios = [median(mine) / median(other) for mine, other in turns]
    detail = f"{spread(ratios)}; {ms(median(turns[-1][0]))} against {ms(median(turns[-1][1]))}"
    return Figure(f"next task of {scene.tasks:,}", median(ratios), "x hand-written SQL", detail=detail)


def _one(db: Any, statement: str) -> Any:
    return db.execute(statement).fetchone()[0]

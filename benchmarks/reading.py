"""What people read among ever more tasks: each list once as the engine, whom no policy binds, and once as the person.

Each call is a transaction of its own, as a page's is, so that what the database must first find out of a person counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine

from benchmarks.figures import Figure, Scale, percentile, sampled, side_by_side, spread
from benchmarks.large import Large, large
from casework.operations.cases.case_events import list_events
from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.queries import find_case
from casework.operations.referrals.inbox import count_inbox, inbox_calendar, list_inbox
from casework.operations.search.service import search
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import list_tasks
from casework.permissions.actors import Actor
from casework.records.database import reader_transaction, transaction
from casework.records.row_security import read_as

#: Milliseconds that 99 of 100 calls may take as the person, and how much longer it may take among a hundred times as many tasks.
MOST_MS, GROWTH = 60.0, 1.5

Read = Callable[[Connection, Actor], Any]


@dataclass(frozen=True)
class Reading:
    """Somebody reads something."""

    who: str
    read: Read


def readings(scene: Large, queues: int) -> Mapping[str, Reading]:
    supervisor, many, busy = scene.world.supervisor, scene.many, scene.provider
    return {
        "first page, supervisor": Reading(supervisor, _first_page),
        f"first page of {queues} queues": Reading(many, _first_page),
        f"counts of {queues} queues": Reading(many, count_queues),
        f"inbox of {queues} organisations": Reading(many, _inbox),
        "inbox of a busy provider": Reading(busy, _inbox),
        "queue of a busy provider": Reading(busy, _first_page),
        "cases by due date": Reading(supervisor, partial(list_cases, sort="due")),
        "cases, overdue": Reading(supervisor, partial(list_cases, filters={"overdue": "yes"})),
        "cases with a Chinese word": Reading(supervisor, partial(list_cases, filters={"words": "供热"})),
        "search by number": Reading(supervisor, partial(search, wanted="L-00000017")),
        "search by word": Reading(supervisor, partial(search, wanted="heating")),
        "search by a rare Chinese word": Reading(supervisor, partial(search, wanted="余热")),
        "history of 2,000 events": Reading(supervisor, partial(_history, number=scene.long)),
    }


def _first_page(db: Connection, actor: Actor) -> object:
    return list_tasks(db, actor, view="queue")


def _inbox(db: Connection, actor: Actor) -> object:
    """What the page asks."""
    return list_inbox(db, actor), count_inbox(db, actor), inbox_calendar(db, actor)


def _history(db: Connection, actor: Actor, number: str) -> object:
    case, _ = find_case(db, actor, number)
    return list_events(db, actor, case, limit=40)


def measure(scale: Scale) -> Iterator[Figure]:
    taken: dict[str, dict[int, float]] = {}
    for tasks in scale.tasks:
        events = scale.events if tasks == scale.pages_at else 0
        with large(tasks, events, scale.queues) as scene:
            engine = scene.world.engine()
            for name, reading in readings(scene, scale.queues).items():
                times = _times(scene, engine, reading, scale)
                taken.setdefault(name, {})[tasks] = median(times["person"])
                yield _figure(f"{name}, {tasks:,} tasks", times)
            yield _lookups(scene, engine, scale)
            engine.dispose()
    few, most = scale.tasks[0], scale.tasks[-1]
    for name, by_size in taken.items():
        yield Figure(f"{name}, {most:,} against {few:,}", by_size[most] / by_size[few], "x (flat is 1)", GROWTH, True)


def as_engine(engine: Engine, actor: Actor, read: Read) -> None:
    with transaction(engine) as db:
        read(db, actor)


def as_person(engine: Engine, actor: Actor, read: Read) -> None:
    with reader_transaction(engine) as db:
        read_as(db, actor.person)
        read(db, actor)


def _times(scene: Large, engine: Engine, reading: Reading, scale: Scale) -> dict[str, list[float]]:
    actor = scene.world.actor(engine, reading.who)
    return {
        name: sampled(partial(way, engine, actor, reading.read), scale.reads, scale.reads_s)
        for name, way in (("engine", as_engine), ("person", as_person))
    }


def _figure(name: str, times: Mapping[str, list[float]]) -> Figure:
    p50 = {who: 1000 * median(taken) for who, taken in times.items()}
    p99 = {who: 1000 * percentile(taken, 99) for who, taken in times.items()}
    detail = (
        f"p50 {p50['person']:.1f}; as engine p50 {p50['engine']:.1f}, p99 {p99['engine']:.1f};"
        f" {p50['person'] / p50['engine']:.2f} x the engine; {len(times['person'])} calls"
    )
    return Figure(name, p99["person"], "ms, p99 as the person", MOST_MS, True, detail)


def _lookups(scene: Large, engine: Engine, scale: Scale) -> Figure:
    """The first page of a supervisor's queue as the person, in lookups by primary key."""
    actor = scene.world.actor(engine, scene.world.supervisor)
    with scene.world.unbound() as plain:
        row = plain.execute("SELECT id FROM tasks WHERE state = 'Ready' LIMIT 1").fetchone()
        assert row is not None
        pairs = side_by_side(
            partial(as_person, engine, actor, _first_page),
            lambda: plain.execute("SELECT * FROM tasks WHERE id = %s", row).fetchone(),
            repetitions=scale.repetitions,
            calls=min(50, scale.reads),
        )
        ratios = [mine / lookup for mine, lookup in pairs]
    name = f"first page, supervisor, {scene.tasks:,} open tasks"
    return Figure(name, median(ratios), "x a lookup by key", 10, True, spread(ratios))

"""Large databases: so many open tasks and events, made once by a few statements and used again by later runs.

`benchmarks/kept_databases.py` keeps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import ours
from benchmarks.kept_databases import find_or_make, kept_server
from benchmarks.large_rows import BY_INDEXES, LONG_CASE, MANY, PROVIDER, STATEMENTS, values
from benchmarks.world import World, build, request, teach_standard
from casework.operations.tasks.service import release_task
from casework.records import server_process
from casework.records.database import transaction
from casework.settings import Settings

# Indexes of these are made once they are full: kept up to date row by row they would take most of the time.
_FULL = ("case_dates", "cases", "clocks", "documents", "events", "files", "grants", "looks", "needs", "tasks", "tracks")
_INDEXES = """
    SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_constraint x WHERE x.conindid = i.indexrelid)
"""


@dataclass(frozen=True)
class Large:
    """A database with much in it, a case of 40 events that actions have made and one with a long history, and people who have much
    to do: in every provider's queue, and in the queue of a busy one."""

    world: World
    number: str
    long: str
    many: str
    provider: str
    tasks: int
    events: int


@contextmanager
def large(tasks: int, events: int, queues: int, *, var: Path | None = None) -> Iterator[Large]:
    """The database with so many open tasks; its server runs as long as the block."""
    with kept_server(var) as folder:
        yield _find_or_make(folder, tasks, events, queues)


def _find_or_make(folder: Path, tasks: int, events: int, queues: int) -> Large:
    teach_standard()
    parts = (*STATEMENTS, *BY_INDEXES, json.dumps(values(tasks, events, queues), sort_keys=True))
    settings, name = find_or_make(
        folder,
        f"bench_{tasks}_{events}_{queues}",
        parts,
        lambda settings: _fill(build(settings), tasks, events, queues),
        profile="test",
    )
    return _read(settings, name)


def _fill(world: World, tasks: int, events: int, queues: int) -> None:
    _long_case(world)
    given = {
        **values(tasks, events, queues),
        "programme": world.programme,
        "officer": world.officer,
        "supervisor": world.supervisor,
    }
    with world.superuser() as db:
        # Triggers and foreign keys would be asked for each row.
        db.execute("SET session_replication_role = replica")
        db.execute("SET synchronous_commit = off")
        db.execute("SET maintenance_work_mem = '256MB'")
        with _without_indexes(db):
            for statement in STATEMENTS:
                db.execute(statement.encode(), given)
                db.execute("ANALYZE")
        for statement in BY_INDEXES:
            db.execute(statement.encode(), given)
        db.execute("VACUUM ANALYZE")


@contextmanager
def _without_indexes(db: psycopg.Connection[Any]) -> Iterator[None]:
    indexes = db.execute(_INDEXES, (list(_FULL),)).fetchall()
    for name, _ in indexes:
        db.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    for _, definition in indexes:
        db.execute(definition.encode())


def _long_case(world: World) -> None:
    """A case with 40 events of its own."""
    mine = ours.Ours(world)
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    mine.find_task(hand)
    mine.claim(hand)
    mine.complete(hand)
    mine.find_task(hand)
    for _ in range(19):
        mine.claim(hand)
        with transaction(mine.engine) as db:
            release_task(db, mine.actor, hand.task, note=None, request=request())
    mine.close()


def _read(settings: Settings, database: str) -> Large:
    # As the superuser, who counts all rows.
    address = server_process.server_at(settings.var).url(user=server_process.SUPERUSER, database=database)
    with psycopg.connect(address) as db:
        people: dict[str, str] = dict(db.execute("SELECT email, id::text FROM people").fetchall())
        world = World(
            settings,
            str(_one(db, "SELECT id FROM programmes")),
            people["officer@bench.example"],
            people["supervisor@bench.example"],
            str(_one(db, "SELECT owner_id FROM needs WHERE source = 'bench' LIMIT 1")),
            str(_one(db, "SELECT id FROM technologies")),
        )
        return Large(
            world,
            _one(db, "SELECT number FROM cases WHERE number NOT LIKE 'L-%%' ORDER BY number LIMIT 1"),
            LONG_CASE,
            people[MANY],
            people[PROVIDER],
            _one(db, "SELECT count(*) FROM tasks WHERE closed_at IS NULL"),
            _one(db, "SELECT count(*) FROM events"),
        )


def _one(db: Any, statement: str) -> Any:
    return db.execute(statement).fetchone()[0]

"""Large databases: so many open tasks and events, made once by a few statements and used again by later runs.

They lie in a server of their own under `bench` in the folder of CASEWORK_VAR; to have them made anew, remove that folder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import ours
from benchmarks.world import World, build, request, teach_standard
from casework.operations.tasks.service import release_task
from casework.records import embedded, migrate, server_process
from casework.records.database import connect_engine, transaction
from casework.settings import Settings, load_settings

#: Open tasks of a live case; every fifth case is closed and has none.
EACH = 4
#: Of an officer, closed ones among them.
CASES_EACH = 250
MANY = "many@bench.example"

# Rows that no action has made, for load only: consistent as far as lists and counts read them.
_REGISTERS = """
    WITH made AS (
        INSERT INTO organisations (id, name, kind, services)
        SELECT md5('organisation ' || n)::uuid, 'Provider ' || n, 'provider', '{assessment}' FROM generate_series(1, %(queues)s) n
        RETURNING id
    ), people AS (
        INSERT INTO people (id, email, name)
        SELECT md5('officer ' || n)::uuid, 'officer' || n || '@bench.example', 'Officer ' || n FROM generate_series(1, %(officers)s) n
        UNION ALL SELECT md5('many')::uuid, %(many)s, 'Many' RETURNING id, email
    )
    INSERT INTO memberships (id, person_id, role, programme_id, organisation_id, starts_at)
    SELECT gen_random_uuid(), id, 'officer', %(programme)s::uuid, NULL::uuid, now() FROM people WHERE email <> %(many)s
    UNION ALL SELECT gen_random_uuid(), md5('many')::uuid, 'provider', NULL, id, now() FROM made
"""
_LOGS = """
    INSERT INTO logs (id, kind, programme_id, seq, head, last_at)
    SELECT md5('case ' || n)::uuid, 'case', %(programme)s, %(each)s, repeat('0', 64), now() FROM generate_series(1, %(cases)s) n
"""
# The first officer's own cases are as many as everybody else's.
_CASES = """
    INSERT INTO cases (id, programme_id, number, title, parties, rights, owner_id, team, revision, state, interests, frozen,
        reasons, opened_at, closed_at, outcome)
    SELECT md5('case ' || n)::uuid, %(programme)s, 'L-' || lpad(n::text, 8, '0'), 'Filter for a district heating plant, ' || n,
        '{}', '{}', CASE WHEN n %% (%(officers)s + 1) = 0 THEN %(officer)s::uuid ELSE md5('officer ' || n %% (%(officers)s + 1))::uuid END,
        '{}', 1, CASE WHEN n %% 5 = 0 THEN 'done' ELSE 'step' || 1 + n %% 9 END, '{}', false, '{}',
        now() - interval '400 days' + n * interval '30 seconds', CASE WHEN n %% 5 = 0 THEN now() END,
        CASE WHEN n %% 5 = 0 THEN 'done' END
    FROM generate_series(1, %(cases)s) n
"""
_TRACKS = """
    INSERT INTO tracks (id, log_id, workflow, edition, kind, provider_id, states, entered_at, opened_at, position, revision,
        replaced, came_from, fired, given, barred, ended_at, part, played)
    SELECT md5(k || ' of ' || c.id)::uuid, c.id, k, %(edition)s, CASE k WHEN 'case' THEN 'case' ELSE 'assessment' END,
        CASE WHEN k = 'referral' THEN md5('organisation ' || 1 + substr(c.number, 3)::int %% %(queues)s)::uuid END,
        ARRAY[CASE WHEN k = 'case' THEN c.state ELSE 'step2' END], c.opened_at, c.opened_at,
        CASE k WHEN 'case' THEN 0 ELSE 1000 END, 1, false, '{}', CASE k WHEN 'case' THEN '{}'::jsonb ELSE
            jsonb_build_object('send', jsonb_build_object('count', 1, 'at', c.opened_at, 'actor', 'system', 'acting_for', NULL,
                'data', '{}'::jsonb)) END,
        '{}', '{}', c.closed_at, CASE k WHEN 'case' THEN 'main' ELSE 'request' END,
        CASE k WHEN 'case' THEN '{}'::jsonb ELSE '{"sends": "send"}'::jsonb END
    FROM cases c CROSS JOIN unnest('{case,referral}'::text[]) k WHERE c.number LIKE 'L-%%'
"""
# One for the case's officer, of which every fourth is taken; two for the supervisors; one for a provider.
_TASKS = """
    INSERT INTO tasks (id, log_id, programme_id, track_id, name, edition, rule, type, queue, organisation_id, state,
        opened_at, due_at, turn_at, holder_id, of, result, flagged, aftercare, position)
    SELECT md5(k || ' task of ' || c.id)::uuid, c.id, c.programme_id, t.id, s.step, t.edition, s.step, 'step',
        CASE k WHEN 0 THEN 'officer' WHEN 3 THEN 'provider' ELSE 'supervisor' END, t.provider_id,
        CASE WHEN s.taken THEN 'Reserved' ELSE 'Ready' END, c.opened_at,
        s.due, greatest(c.opened_at, s.due),
        CASE WHEN s.taken THEN c.owner_id END, s.step, '{}', false, false, 1000 * (k + 1)
    FROM cases c CROSS JOIN generate_series(0, 3) k
    JOIN tracks t ON t.log_id = c.id AND t.workflow = CASE k WHEN 3 THEN 'referral' ELSE 'case' END
    CROSS JOIN LATERAL (SELECT 'step' || 1 + k AS step, k = 0 AND substr(c.number, 3)::int %% 4 = 0 AS taken,
        now() - interval '9 days' + (('x' || substr(md5(k || c.number), 1, 7))::bit(28)::int %% 7776000) * interval '1 second' AS due
    ) s
    WHERE c.number LIKE 'L-%%' AND c.closed_at IS NULL
"""
_CLOCKS = """
    INSERT INTO clocks (id, log_id, track_id, task_id, unit, steps, start, calendar, next, state, "left", fires_at)
    SELECT md5('clock of ' || t.id)::uuid, t.log_id, t.track_id, t.id, 'wd', k.steps, k.start, k.calendar, 0, 'running', '{}',
        now() + interval '400 days'
    FROM tasks t JOIN cases c ON c.id = t.log_id CROSS JOIN (SELECT * FROM clocks LIMIT 1) k
    WHERE c.number LIKE 'L-%%' AND t.queue <> 'supervisor'
"""
_EVENTS = """
    INSERT INTO events (log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash)
    SELECT c.id, n, now(), e.kind, t.id, e.actor_id, e.header, e.effects, e.body, e.hash
    FROM cases c JOIN tracks t ON t.log_id = c.id AND t.workflow = 'case' CROSS JOIN generate_series(1, %(each)s) n
    CROSS JOIN (SELECT * FROM events WHERE kind = 'fired' LIMIT 1) e WHERE c.number LIKE 'L-%%'
"""
_MADE = (_REGISTERS, _LOGS, _CASES, _TRACKS, _TASKS, _CLOCKS, _EVENTS)


@dataclass(frozen=True)
class Large:
    """A database with much in it, a case of 40 events that actions have made, and a person who works many queues."""

    world: World
    number: str
    many: str
    tasks: int
    events: int


@contextmanager
def large(tasks: int, events: int, queues: int, *, var: Path | None = None) -> Iterator[Large]:
    """The database with so many open tasks; its server runs as long as the block."""
    folder = (var or load_settings(default_profile="test").var) / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    embedded.ensure_running(folder)
    try:
        yield _find_or_make(folder, tasks, events, queues)
    finally:
        embedded.stop(folder)


def _find_or_make(folder: Path, tasks: int, events: int, queues: int) -> Large:
    server = server_process.server_at(folder)
    # What other statements make is another database.
    form = hashlib.sha256("".join((*_MADE, teach_standard().fingerprint)).encode()).hexdigest()[:10]
    name, marker = f"bench_{tasks}_{events}_{queues}_{form}", "whole"
    settings = Settings(
        profile="test", var=folder, statement_timeout_ms=600_000, database_url=server.url(database=name)
    )
    with psycopg.connect(server.url(user=server_process.SUPERUSER, database="postgres"), autocommit=True) as db:
        query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        if db.execute(query, (name,)).fetchone() != (marker,):
            known = sql.Identifier(name)
            db.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(known))
            db.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(known, sql.Identifier(server_process.OWNER_ROLE)))
            _fill(build(settings), tasks, events, queues)
            db.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(known, marker))
    # It may be older than the last migration.
    owner = connect_engine(settings, role="owner")
    migrate.upgrade(owner)
    owner.dispose()
    return _read(settings)


def _fill(world: World, tasks: int, events: int, queues: int) -> None:
    _long_case(world)
    cases = max(1, tasks * 5 // (4 * EACH))
    given = {
        "programme": world.programme,
        "cases": cases,
        "each": events // cases,
        "edition": teach_standard().fingerprint,
        "queues": queues,
        "officers": cases // CASES_EACH + 1,
        "officer": world.officer,
        "many": MANY,
    }
    with world.superuser() as db:
        # Triggers and foreign keys would be asked for each row.
        db.execute("SET session_replication_role = replica")
        db.execute("SET synchronous_commit = off")
        for statement in _MADE:
            db.execute(statement.encode(), given)
            db.execute("ANALYZE")
        db.execute("VACUUM ANALYZE")


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


def _read(settings: Settings) -> Large:
    with psycopg.connect(settings.database_url or "") as db:
        people: dict[str, str] = dict(db.execute("SELECT email, id::text FROM people").fetchall())
        world = World(
            settings,
            str(_one(db, "SELECT id FROM programmes")),
            people["officer@bench.example"],
            people["supervisor@bench.example"],
            str(_one(db, "SELECT owner_id FROM needs LIMIT 1")),
            str(_one(db, "SELECT id FROM technologies")),
        )
        return Large(
            world,
            _one(db, "SELECT number FROM cases WHERE number NOT LIKE 'L-%%' ORDER BY number LIMIT 1"),
            people[MANY],
            _one(db, "SELECT count(*) FROM tasks WHERE closed_at IS NULL"),
            _one(db, "SELECT count(*) FROM events"),
        )


def _one(db: Any, statement: str) -> Any:
    return db.execute(statement).fetchone()[0]

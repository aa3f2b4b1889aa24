"""The first page of a queue among many open tasks, and a case page among many events, against a primary-key lookup."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.figures import Figure, Scale, ms, side_by_side, spread
from benchmarks.world import World, request, teach_standard
from casework.operations.history import list_events
from casework.operations.overview import find_case, show_case
from casework.operations.task_lists import list_tasks
from casework.operations.tasks import release_task
from casework.permissions import Actor, Membership
from casework.records.database import transaction

QUEUES = 800

# For load only: rows that no deed has made.
_LOGS = """
    WITH made AS (
        INSERT INTO logs (id, kind, programme_id, seq, head, last_at)
        SELECT gen_random_uuid(), 'case', %(programme)s, 1, repeat('0', 64), now() FROM generate_series(1, %(count)s)
        RETURNING id
    )
    INSERT INTO cases (id, programme_id, number, title, parties, rights, team, revision, state, interests, frozen,
        reasons, opened_at)
    SELECT id, %(programme)s, 'L-' || id, 'A case for load', '{}', '{}', '{}', 1, 'step1', '{}', false, '{}', now()
    FROM made
"""
_TRACKS = """
    INSERT INTO tracks (id, log_id, workflow, edition, kind, provider_id, states, entered_at, opened_at, position, revision,
        replaced, came_from, fired, given, barred)
    SELECT gen_random_uuid(), id, CASE WHEN n %% 2 = 0 THEN 'case' ELSE 'referral' END, %(edition)s, 'case',
        CASE WHEN n %% 2 = 1 THEN (CAST(%(organisations)s AS uuid[]))[1 + (n / 2) %% %(queues)s] END, '{step1}', now(),
        now(), 1000, 1, false, '{}', '{}', '{}', '{}'
    FROM (SELECT c.id, row_number() OVER () AS n FROM cases c WHERE number LIKE 'L-%%'
        AND NOT EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id)) c
"""
_TASKS = """
    INSERT INTO tasks (id, log_id, programme_id, track_id, name, edition, rule, type, queue, organisation_id, state,
        opened_at, due_at, of, result, flagged, aftercare, position)
    SELECT gen_random_uuid(), t.log_id, %(programme)s, t.id, 'step1', t.edition, 'step1', 'step',
        CASE WHEN t.provider_id IS NULL THEN 'supervisor' ELSE 'provider' END, t.provider_id,
        'Ready', now(), now() + random() * interval '90 days', 'step1', '{}', false, false, 1000
    FROM tracks t JOIN cases c ON c.id = t.log_id
    WHERE c.number LIKE 'L-%%' AND NOT EXISTS (SELECT FROM tasks k WHERE k.track_id = t.id)
"""
_EVENTS = """
    INSERT INTO events (log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash)
    SELECT l.id, n, now(), e.kind, t.id, e.actor_id, e.header, e.effects, e.body, e.hash
    FROM (SELECT id FROM logs WHERE kind = 'case' AND seq = 1 LIMIT %(logs)s) l JOIN tracks t ON t.log_id = l.id
    CROSS JOIN generate_series(1, 40) n CROSS JOIN (SELECT * FROM events WHERE kind = 'fired' LIMIT 1) e
"""


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    mine = ours.Ours(world)
    number = _long_case(world, mine)
    organisations = [str(uuid.uuid4()) for _ in range(QUEUES)]
    edition = teach_standard().fingerprint
    made, times = 0, {}
    for count in scale.tasks:
        # Half of the tasks are the supervisors', half lie with 800 organisations.
        _fill(world, count - made, edition, organisations)
        made = count
        ratios, times[count] = _queue(world, mine, world.actor(mine.engine, world.supervisor), scale)
        detail = f"{spread(ratios)}; {ms(times[count])}"
        yield Figure(f"queue, first page of {count:,} tasks", median(ratios), "x a lookup by key", 10, True, detail)
    first, last = scale.tasks[0], scale.tasks[-1]
    yield Figure(f"queue, {last:,} against {first:,} tasks", times[last] / times[first], "x (flat is 1)", 1.5, True)
    since = datetime(2026, 1, 1, tzinfo=UTC)
    many = tuple(Membership("provider", None, one, None, since, None) for one in organisations)
    ratios, took = _queue(world, mine, Actor(world.supervisor, "Many", many), scale, calls=10)
    yield Figure(
        f"queue of a person in {QUEUES} queues", median(ratios), "x a lookup by key", 30, True, f"{spread(ratios)}; {ms(took)}"
    )  # fmt: skip
    yield from _case_page(world, mine, number, scale)
    mine.close()


def _queue(world: World, mine: ours.Ours, actor: Actor, scale: Scale, calls: int = 50) -> tuple[list[float], float]:
    with world.connect() as plain, transaction(mine.engine) as db:
        id = _one(plain, "SELECT id FROM tasks WHERE state = 'Ready' LIMIT 1")
        shown = list_tasks(db, actor, view="queue")["items"]
        assert len(shown) == 25
        pairs = list(
            side_by_side(
                lambda: list_tasks(db, actor, view="queue"),
                lambda: plain.execute("SELECT * FROM tasks WHERE id = %s", (id,)).fetchone(),
                repetitions=scale.repetitions, calls=calls,
            )
        )  # fmt: skip
    return [one / other for one, other in pairs], median(one for one, _ in pairs)


def _case_page(world: World, mine: ours.Ours, number: str, scale: Scale) -> Iterator[Figure]:
    with world.superuser() as db:
        db.execute(_EVENTS, {"logs": scale.events // 40})
        db.execute("VACUUM ANALYZE events")
        events = _one(db, "SELECT count(*) FROM events")
    actor = mine.actor
    with world.connect() as plain, transaction(mine.engine) as db:
        case, _ = find_case(db, actor, number)
        assert case.seq >= 40
        acts = {
            "case page": lambda: show_case(db, actor, number),
            "its 40 events": lambda: list_events(db, actor, case, limit=40),
        }
        for name, act in acts.items():
            pairs = list(
                side_by_side(
                    act, lambda: plain.execute("SELECT * FROM cases WHERE id = %s", (case.log,)).fetchone(),
                    repetitions=scale.repetitions,
                )
            )  # fmt: skip
            ratios = [one / other for one, other in pairs]
            detail = f"{spread(ratios)}; {ms(pairs[-1][0])}"
            yield Figure(f"{name}, of {events:,} events", median(ratios), "x a lookup by key", 15, True, detail)


def _long_case(world: World, mine: ours.Ours) -> str:
    """A case with 40 events of its own."""
    hand = mine.open(world.make_matches(mine.engine, 1)[0])
    mine.find_task(hand)
    mine.claim(hand)
    mine.complete(hand)
    mine.find_task(hand)
    for _ in range(19):
        mine.claim(hand)
        with transaction(mine.engine) as db:
            release_task(db, mine.actor, hand.task, note=None, request=request())
    with world.superuser() as plain:
        return str(_one(plain, "SELECT number FROM cases WHERE id = %s", hand.log))


def _fill(world: World, count: int, edition: str, organisations: list[str]) -> None:
    given = {
        "programme": world.programme, "count": count, "edition": edition, "organisations": organisations, "queues": QUEUES,
    }  # fmt: skip
    with world.superuser() as db:
        # Tracks refer to their edition, which is published nowhere.
        db.execute(
            "INSERT INTO editions (fingerprint, workflow, number, rules, texts) VALUES (%s, 'standard', 1, '{}', '{}')"
            " ON CONFLICT DO NOTHING", (edition,),
        )  # fmt: skip
        for statement in (_LOGS, _TRACKS, _TASKS):
            db.execute(statement, given)
        for table in ("logs", "cases", "tracks", "tasks"):
            db.execute(f"VACUUM ANALYZE {table}".encode())


def _one(db: Any, statement: str, *values: Any) -> Any:
    return db.execute(statement, values).fetchone()[0]

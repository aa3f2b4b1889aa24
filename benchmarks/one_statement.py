"""The same rows as the operations write, each action in one statement that commits itself: as fast as these rows can be written."""

from __future__ import annotations

import json
import uuid
from typing import Any

import uuid_utils

from benchmarks.world import World
from benchmarks.yardstick import FACETS, Constants, Hand, new_hash

# Parts of the statements. Each reads the seq from `l`, which locks the log.
_LOG = """l AS (
    UPDATE logs SET seq = seq + 1, head = %(hash)s::text, last_at = clock_timestamp() WHERE id = %(log)s::uuid RETURNING seq
)"""
_EVENT = """e AS (
    INSERT INTO events (log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash)
    SELECT %(log)s::uuid, l.seq, clock_timestamp(), %(kind)s::text, %(track)s::uuid, %(actor)s::text, %(header)s::jsonb,
        %(effects)s::jsonb, %(body)s::jsonb, %(hash)s::text FROM l
)"""
_OUTBOX = "o AS (INSERT INTO outbox (log_id, seq) SELECT %(log)s::uuid, l.seq FROM l)"
_REQUEST = """r AS (
    INSERT INTO requests (actor_id, key, digest, status, answer, log_id, seq)
    SELECT %(officer)s::uuid, %(key)s::text, %(digest)s::text, %(status)s::int, %(answer)s::jsonb, %(log)s::uuid, l.seq FROM l
)"""
_STEP = """k AS (
    INSERT INTO tasks (id, log_id, programme_id, track_id, name, edition, rule, type, queue, state, opened_at, due_at, turn_at,
        of, result, flagged, aftercare, sealed, common, position)
    SELECT %(next_task)s::uuid, %(log)s::uuid, %(programme)s::uuid, %(track)s::uuid, %(there)s::text, %(edition)s::text,
        %(there)s::text, 'step', 'officer', 'Ready', clock_timestamp(), clock_timestamp() + interval '7 days',
        clock_timestamp() + interval '7 days', %(there)s::text, '{}', false, false, false, true, %(position)s::int
), c AS (
    INSERT INTO clocks (id, log_id, track_id, task_id, unit, of, steps, start, calendar, next, state, "left", fires_at)
    SELECT %(next_clock)s::uuid, %(log)s::uuid, %(track)s::uuid, %(next_task)s::uuid, 'wd', %(there)s::text, %(steps)s::jsonb,
        clock_timestamp(), %(calendar)s::text, 0, 'running', '{}', clock_timestamp() + interval '5 days'
)"""
#: Tells the need that a case runs: in its log, in its row, and in what a search finds of it.
_NEED = """g AS (
    UPDATE logs SET seq = seq + 1, head = %(hash)s::text, last_at = clock_timestamp() WHERE id IN (SELECT need_id FROM m) RETURNING id, seq
), f AS (
    INSERT INTO events (log_id, seq, at, kind, actor_id, header, effects, body, hash)
    SELECT g.id, g.seq, clock_timestamp(), 'followed', %(actor)s::text, %(followed_header)s::jsonb, %(followed_effects)s::jsonb,
        %(followed_body)s::jsonb, %(hash)s::text FROM g
), s AS (UPDATE needs SET status = 'matched' WHERE id IN (SELECT need_id FROM m)),
i AS (
    UPDATE indexed_records SET facets = array_replace(facets, %(published)s::text, %(matched)s::text)
    WHERE record_id IN (SELECT need_id FROM m)
), q AS (
    INSERT INTO index_terms (programme_id, noun, term, records)
    VALUES (%(programme)s::uuid, 'closed_need', %(matched)s::text, 1), (%(programme)s::uuid, 'closed_need', %(published)s::text, -1)
    ON CONFLICT (programme_id, noun, term) DO UPDATE SET records = greatest(0, index_terms.records + excluded.records)
), v AS (UPDATE index_states SET version = version + 1 WHERE programme_id = %(programme)s::uuid AND noun = 'closed_need')"""
#: What the need is told, by the names that it has there.
_FOLLOWED = ("followed_header", "followed_effects", "followed_body")
#: Opens a case of a match that has none.
_OPEN = f"""
    WITH m AS (
        UPDATE matches SET case_id = %(log)s::uuid WHERE id = %(match)s::uuid AND case_id IS NULL RETURNING need_id, technology_id
    ), n AS (
        INSERT INTO numbers (programme_id, year, last) VALUES (%(programme)s::uuid, extract(year FROM now()), 1)
        ON CONFLICT (programme_id, year) DO UPDATE SET last = numbers.last + 1 RETURNING last
    ), l AS (
        INSERT INTO logs (id, kind, programme_id, seq, head, last_at)
        VALUES (%(log)s::uuid, 'case', %(programme)s::uuid, 1, %(hash)s::text, clock_timestamp()) RETURNING seq
    ), h AS (
        INSERT INTO cases (id, programme_id, number, title, match_id, need_id, technology_id, parties, rights, team, revision,
            state, interests, frozen, reasons, opened_at)
        SELECT %(log)s::uuid, %(programme)s::uuid, 'O-' || n.last, 'Filter for a district heating plant', %(match)s::uuid,
            m.need_id, m.technology_id, '{{}}', '{{}}', '{{}}', 1, %(there)s::text, '{{}}', false, '{{}}', clock_timestamp() FROM m, n
    ), t AS (
        INSERT INTO tracks (id, log_id, programme_id, sealed, workflow, edition, kind, states, entered_at, opened_at, position,
            revision, replaced, came_from, fired, given, barred, part, played)
        SELECT %(track)s::uuid, %(log)s::uuid, %(programme)s::uuid, false, 'case', %(edition)s::text, 'case',
            ARRAY[%(there)s::text], clock_timestamp(),
            clock_timestamp(), 1000, 1, false, '{{}}', '{{}}', '{{}}', '{{}}', 'main', '{{}}'
    ), d AS (
        INSERT INTO case_dates (id, programme_id, due_at, late_at, waits_for) SELECT %(log)s::uuid, %(programme)s::uuid,
            clock_timestamp() + interval '7 days', clock_timestamp() + interval '7 days', 'us'
    ), {_NEED}, {_STEP}, {_EVENT.replace("%(track)s::uuid", "NULL")}, {_OUTBOX}, {_REQUEST}
    SELECT l.seq, (SELECT count(*) FROM m), 1 FROM l
"""
#: Takes a task that is ready.
_CLAIM = f"""
    WITH {_LOG}, t AS (
        UPDATE tasks SET state = 'Reserved', holder_id = %(officer)s::uuid WHERE id = %(task)s::uuid AND state = 'Ready' RETURNING 1
    ), {_EVENT}, {_REQUEST}
    SELECT l.seq, (SELECT count(*) FROM t), 1 FROM l
"""
#: Ends the step of a task that one holds; the second opens the next step.
_LAST, _GO_ON = (
    f"""
    WITH {_LOG}, t AS (
        UPDATE tasks SET state = 'Completed', closed_at = clock_timestamp(), closed_by = %(actor)s::text
        WHERE id = %(task)s::uuid AND holder_id = %(officer)s::uuid AND state = 'Reserved' RETURNING 1
    ), w AS (
        UPDATE tracks SET states = ARRAY[%(there)s::text], entered_at = clock_timestamp(), revision = revision + 1,
            fired = fired || jsonb_build_object(%(transition)s::text, %(fired)s::jsonb),
            came_from = came_from || jsonb_build_object(%(there)s::text, to_jsonb(states))
        WHERE id = %(track)s::uuid AND states = ARRAY[%(here)s::text] RETURNING 1
    ), h AS (UPDATE cases SET state = %(there)s::text WHERE id = %(log)s::uuid),
    d AS (DELETE FROM clocks WHERE id = %(clock)s::uuid),
    y AS (UPDATE case_dates SET due_at = coalesce({day}, 'infinity'), late_at = {day} WHERE id = %(log)s::uuid), {following}
    {_EVENT}, {_OUTBOX}, {_REQUEST}
    SELECT l.seq, (SELECT count(*) FROM t), (SELECT count(*) FROM w) FROM l
"""
    for following, day in (("", "NULL::timestamptz"), (f"{_STEP}, ", "clock_timestamp() + interval '7 days'"))
)


class OneStatement:
    """Hand-written SQL for the same rows; an action is one statement and one round trip."""

    def __init__(self, world: World, constants: Constants) -> None:
        self.world, self.constants = world, constants
        self.db = world.unbound()
        self.db.autocommit = True

    def close(self) -> None:
        self.db.close()

    def open(self, match: str) -> Hand:
        log, track, task, clock = (str(uuid_utils.uuid7()) for _ in range(4))
        hand = Hand(log, track, task, clock)
        step = self._step(hand, "step1", hand.task, hand.clock)
        told = dict(zip(_FOLLOWED, self.constants.events["followed"], strict=True))
        published, matched = FACETS
        told |= {"match": match, "published": published, "matched": matched}
        self._send(_OPEN, hand, "opened", step | told | {"status": 201})
        return hand

    def claim(self, hand: Hand) -> None:
        self._send(_CLAIM, hand, "claimed", {"task": hand.task})

    def complete(self, hand: Hand, steps: int) -> None:
        last = hand.step == steps
        there = "done" if last else f"step{hand.step + 1}"
        task, clock = str(uuid_utils.uuid7()), str(uuid_utils.uuid7())
        more = {
            "task": hand.task,
            "clock": hand.clock,
            "here": f"step{hand.step}",
            "there": there,
            "transition": f"finish{hand.step}",
            "fired": self.constants.fired,
        }
        hand.step += 1
        self._send(
            _LAST if last else _GO_ON, hand, "fired", more if last else more | self._step(hand, there, task, clock)
        )
        if not last:
            hand.task, hand.clock = task, clock

    def _step(self, hand: Hand, there: str, task: str, clock: str) -> dict[str, Any]:
        kept = self.constants
        return {
            "there": there,
            "next_task": task,
            "next_clock": clock,
            "programme": self.world.programme,
            "edition": kept.edition,
            "position": hand.step * 1000,
            "steps": kept.steps,
            "calendar": kept.calendar,
        }

    def _send(self, statement: str, hand: Hand, kind: str, more: dict[str, Any]) -> None:
        header, effects, body = self.constants.events[kind]
        officer = self.world.officer
        answer = json.dumps({"id": hand.task, "state": "Reserved", "holder": officer})
        given = {
            "log": hand.log,
            "track": hand.track,
            "officer": officer,
            "actor": officer,
            "hash": new_hash(),
            "kind": kind,
            "header": header,
            "effects": effects,
            "body": body,
            "key": str(uuid.uuid4()),
            "digest": "0" * 64,
            "status": 200,
            "answer": answer,
        }
        row = self.db.execute(statement.encode(), given | more).fetchone()
        assert row is not None
        assert row[1:] == (1, 1)
        hand.seq = row[0]

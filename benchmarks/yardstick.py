"""The same rows written by hand in psycopg 3: prepared plain statements, one transaction an action, bound by no policy.

It checks nothing but the lock and the state; its events, hashes and form values are constants, taken from real ones. Stronger
yardsticks are `one_statement` (the same rows with one statement an action) and `fewest` (no more rows than it needs).
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import uuid_utils

from benchmarks.world import World
from casework.matching.facets import MARK

Json = Any

_REQUEST = "INSERT INTO requests (actor_id, key, digest) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_ANSWER = "UPDATE requests SET status = %s, answer = %s::jsonb, log_id = %s, seq = %s WHERE actor_id = %s AND key = %s"
_LOCK = "SELECT seq, head, last_at, clock_timestamp() FROM logs WHERE id = %s FOR NO KEY UPDATE"
_LOG = "UPDATE logs SET seq = %s, head = %s, last_at = clock_timestamp() WHERE id = %s"
_EVENT = (
    "INSERT INTO events (log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash)"
    " VALUES (%s, %s, clock_timestamp(), %s, %s, %s, %s::jsonb, %s::jsonb, %s::jsonb, %s)"
)
# A need of which a case runs, closed as it is until somebody says otherwise: its row, and what a search finds of it.
_MATCHED = "UPDATE needs SET status = 'matched' WHERE id = %s"
_INDEXED = "UPDATE indexed_records SET facets = array_replace(facets, %s, %s) WHERE record_id = %s"
_TERMS = (
    "INSERT INTO index_terms (programme_id, noun, term, records) VALUES (%s, 'closed_need', %s, 1), (%s, 'closed_need', %s, -1)"
    " ON CONFLICT (programme_id, noun, term) DO UPDATE SET records = greatest(0, index_terms.records + excluded.records)"
)
_INDEX = "UPDATE index_states SET version = version + 1 WHERE programme_id = %s AND noun = 'closed_need'"
#: What an index says of a need before a case is opened, and then.
FACETS = tuple(f"{MARK}status{MARK}{status}" for status in ("published", "matched"))
# Opened and fired owe somebody a notice.
_OUTBOX = "INSERT INTO outbox (log_id, seq) VALUES (%s, %s)"
_TASK = (
    "INSERT INTO tasks (id, log_id, programme_id, track_id, name, edition, rule, type, queue, state, opened_at, due_at, turn_at,"
    " of, result, flagged, aftercare, sealed, common, position) VALUES (%s, %s, %s, %s, %s, %s, %s, 'step', 'officer', 'Ready',"
    " clock_timestamp(), clock_timestamp() + interval '7 days', clock_timestamp() + interval '7 days', %s, '{}', false, false,"
    " false, true, %s)"
)
_CLOCK = (
    'INSERT INTO clocks (id, log_id, track_id, task_id, unit, of, steps, start, calendar, next, state, "left", fires_at)'
    " VALUES (%s, %s, %s, %s, 'wd', %s, %s::jsonb, clock_timestamp(), %s, 0, 'running', '{}',"
    " clock_timestamp() + interval '5 days')"
)
# Once a step is done: the day of the next one, or none.
_DATES = (
    "UPDATE case_dates SET due_at = %s::timestamptz + interval '7 days', late_at = nullif(%s, 'infinity')::timestamptz + interval '7 days'"
    " WHERE id = %s"
)


@dataclass
class Hand:
    """A case in the yardstick's hands."""

    log: str
    track: str
    task: str
    clock: str
    step: int = 1
    seq: int = 1


@dataclass(frozen=True)
class Constants:
    """Parts of real events by kind, and what else a row needs."""

    edition: str
    events: Mapping[str, tuple[str, str, str]]
    steps: str
    calendar: str
    fired: str


def constants_of(world: World, log: str, edition: str) -> Constants:
    """Taken from a case that went through the operations, so that every row is as long as a real one."""
    with world.superuser() as db:
        rows = db.execute(
            "SELECT DISTINCT ON (kind) kind, header::text, effects::text, body::text FROM events WHERE log_id = %s"
            " OR log_id = (SELECT need_id FROM cases WHERE id = %s) ORDER BY kind, seq",
            (log, log),
        ).fetchall()
        fired = db.execute("SELECT fired FROM tracks WHERE log_id = %s", (log,)).fetchall()[0][0]
    name = next(iter(fired))
    clock = next(json.loads(row[2])["clocks"][0] for row in rows if row[0] == "opened")
    events = {row[0]: row[1:] for row in rows}
    return Constants(edition, events, json.dumps(clock["steps"]), clock["calendar"], json.dumps(fired[name]))


class SameRows:
    """Hand-written SQL for opening a case, claiming its task and finishing its step."""

    def __init__(self, world: World, constants: Constants, db: Any = None) -> None:
        self.world = world
        self.constants = constants
        #: A psycopg connection, or what executes and commits as one does.
        self.db: Any = db or world.unbound()

    def close(self) -> None:
        self.db.close()

    def open(self, match: str) -> Hand:
        db, kept = self.db, self.constants
        log, track, task, clock = (str(uuid_utils.uuid7()) for _ in range(4))
        hand = Hand(log, track, task, clock)
        key = self._ask()
        need, technology = self._one(
            "SELECT need_id, technology_id FROM matches WHERE id = %s AND case_id IS NULL FOR NO KEY UPDATE", match
        )
        last = self._one(
            "INSERT INTO numbers (programme_id, year, last) VALUES (%s, extract(year FROM now()), 1)"
            " ON CONFLICT (programme_id, year) DO UPDATE SET last = numbers.last + 1 RETURNING last",
            self.world.programme,
        )[0]
        db.execute(
            "INSERT INTO logs (id, kind, programme_id, seq, head, last_at) VALUES (%s, 'case', %s, 1, %s, clock_timestamp())",
            (hand.log, self.world.programme, new_hash()),
        )
        db.execute(
            "INSERT INTO cases (id, programme_id, number, title, match_id, need_id, technology_id, parties, rights, team,"
            " revision, state, interests, frozen, reasons, opened_at) VALUES (%s, %s, %s, 'Filter for a district heating"
            " plant', %s, %s, %s, '{}', '{}', '{}', 1, 'step1', '{}', false, '{}', clock_timestamp())",
            (hand.log, self.world.programme, f"Y-{last}", match, need, technology),
        )
        db.execute(
            "INSERT INTO tracks (id, log_id, programme_id, sealed, workflow, edition, kind, states, entered_at, opened_at,"
            " position, revision, replaced, came_from, fired, given, barred, part, played) VALUES (%s, %s, %s, false, 'case', %s,"
            " 'case', '{step1}', clock_timestamp(), clock_timestamp(), 1000, 1, false, '{}', '{}', '{}', '{}', 'main', '{}')",
            (hand.track, hand.log, self.world.programme, kept.edition),
        )
        self._step_rows(hand)
        db.execute(
            "INSERT INTO case_dates (id, programme_id, due_at, late_at, waits_for) VALUES (%s, %s,"
            " clock_timestamp() + interval '7 days', clock_timestamp() + interval '7 days', 'us')",
            (hand.log, self.world.programme),
        )
        self._event(hand, "opened", 1, None)
        self._follow(str(need))
        db.execute("UPDATE matches SET case_id = %s WHERE id = %s", (hand.log, match))
        self._answered(hand, key, 1, 201)
        return hand

    def claim(self, hand: Hand) -> None:
        key = self._ask()
        seq = self._lock(hand)
        (state,) = self._one("SELECT state FROM tasks WHERE id = %s", hand.task)
        assert state == "Ready"
        self.db.execute(
            "UPDATE tasks SET state = 'Reserved', holder_id = %s WHERE id = %s", (self.world.officer, hand.task)
        )
        self._event(hand, "claimed", seq, hand.track)
        self._append(hand, seq)
        self._answered(hand, key, seq, 200)

    def complete(self, hand: Hand, steps: int) -> None:
        key = self._ask()
        seq = self._lock(hand)
        states, revision, holder = self._one(
            "SELECT t.states, t.revision, k.holder_id FROM tracks t JOIN tasks k ON k.track_id = t.id WHERE k.id = %s",
            hand.task,
        )
        assert states == [f"step{hand.step}"]
        assert str(holder) == self.world.officer
        self.db.execute(
            "UPDATE tasks SET state = 'Completed', closed_at = clock_timestamp(), closed_by = %s WHERE id = %s",
            (self.world.officer, hand.task),
        )
        self.db.execute("DELETE FROM clocks WHERE id = %s", (hand.clock,))
        there = f"step{hand.step + 1}" if hand.step < steps else "done"
        self.db.execute(
            "UPDATE tracks SET states = ARRAY[%s::text], entered_at = clock_timestamp(), revision = %s,"
            " fired = fired || jsonb_build_object(%s::text, %s::jsonb),"
            " came_from = came_from || jsonb_build_object(%s::text, %s::jsonb), ended_at = %s WHERE id = %s",
            (
                there,
                revision + 1,
                f"finish{hand.step}",
                self.constants.fired,
                there,
                json.dumps(states),
                None,
                hand.track,
            ),
        )
        self.db.execute("UPDATE cases SET state = %s WHERE id = %s", (there, hand.log))
        self._event(hand, "fired", seq, hand.track)
        self._append(hand, seq)
        hand.step += 1
        day = "now" if there != "done" else "infinity"
        self.db.execute(_DATES, (day, day, hand.log))
        if there != "done":
            hand.task, hand.clock = str(uuid_utils.uuid7()), str(uuid_utils.uuid7())
            self._step_rows(hand)
        self._answered(hand, key, seq, 200)

    def _ask(self) -> str:
        key = str(uuid.uuid4())
        self.db.execute(_REQUEST, (self.world.officer, key, "0" * 64))
        return key

    def _answered(self, hand: Hand, key: str, seq: int, status: int) -> None:
        answer = json.dumps({"id": hand.task, "state": "Reserved", "holder": self.world.officer})
        self.db.execute(_ANSWER, (status, answer, hand.log, seq, self.world.officer, key))
        self.db.commit()

    def _lock(self, hand: Hand) -> int:
        return int(self._one(_LOCK, hand.log)[0]) + 1

    def _append(self, hand: Hand, seq: int) -> None:
        self.db.execute(_LOG, (seq, new_hash(), hand.log))

    def _event(self, hand: Hand, kind: str, seq: int, track: str | None) -> None:
        header, effects, body = self.constants.events[kind]
        self.db.execute(_EVENT, (hand.log, seq, kind, track, self.world.officer, header, effects, body, new_hash()))
        if kind != "claimed":
            self.db.execute(_OUTBOX, (hand.log, seq))

    def _follow(self, need: str) -> None:
        """The need is told that a case runs."""
        header, effects, body = self.constants.events["followed"]
        seq = int(self._one(_LOCK, need)[0]) + 1
        self.db.execute(_EVENT, (need, seq, "followed", None, self.world.officer, header, effects, body, new_hash()))
        self.db.execute(_LOG, (seq, new_hash(), need))
        self.db.execute(_MATCHED, (need,))
        before, after = FACETS
        self.db.execute(_INDEXED, (before, after, need))
        self.db.execute(_TERMS, (self.world.programme, after, self.world.programme, before))
        self.db.execute(_INDEX, (self.world.programme,))

    def _step_rows(self, hand: Hand) -> None:
        name = f"step{hand.step}"
        self.db.execute(
            _TASK,
            (
                hand.task,
                hand.log,
                self.world.programme,
                hand.track,
                name,
                self.constants.edition,
                name,
                name,
                hand.step * 1000,
            ),
        )
        kept = self.constants
        self.db.execute(_CLOCK, (hand.clock, hand.log, hand.track, hand.task, name, kept.steps, kept.calendar))

    def _one(self, statement: str, *values: Any) -> tuple[Any, ...]:
        row: tuple[Any, ...] | None = self.db.execute(statement, values).fetchone()
        assert row is not None
        return row


def new_hash() -> str:
    return secrets.token_hex(32)

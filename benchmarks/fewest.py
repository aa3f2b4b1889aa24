"""No more rows than a standard case needs, written by hand in a schema of their own: cases, tasks and what happened."""

from __future__ import annotations

import json
from dataclasses import dataclass

import uuid_utils

from benchmarks.world import FORM, World

#: Tables without walls, proofs, clocks and notices; a queue is found by its index.
TABLES = """
    CREATE SCHEMA IF NOT EXISTS bench;
    CREATE TABLE IF NOT EXISTS bench.cases (id uuid PRIMARY KEY, state text NOT NULL, seq int NOT NULL);
    CREATE TABLE IF NOT EXISTS bench.tasks (
        id uuid PRIMARY KEY, case_id uuid NOT NULL REFERENCES bench.cases (id), queue text NOT NULL, state text NOT NULL,
        holder uuid, due timestamptz NOT NULL
    );
    CREATE INDEX IF NOT EXISTS tasks_in_queues ON bench.tasks (queue, due) WHERE state = 'Ready';
    CREATE TABLE IF NOT EXISTS bench.history (
        case_id uuid NOT NULL REFERENCES bench.cases (id), seq int NOT NULL, kind text NOT NULL, who uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(), data jsonb NOT NULL, PRIMARY KEY (case_id, seq)
    );
"""
_CASE = "INSERT INTO bench.cases (id, state, seq) VALUES (%s, 'step1', 1)"
_TASK = "INSERT INTO bench.tasks (id, case_id, queue, state, due) VALUES (%s, %s, 'officer', 'Ready', now() + interval '7 days')"
_HISTORY = "INSERT INTO bench.history (case_id, seq, kind, who, data) VALUES (%s, %s, %s, %s, %s::jsonb)"
_NEXT = "UPDATE bench.cases SET seq = seq + 1 WHERE id = %s RETURNING seq"
_MOVE = "UPDATE bench.cases SET seq = seq + 1, state = %s WHERE id = %s AND state = %s RETURNING seq"
_CLAIM = "UPDATE bench.tasks SET state = 'Reserved', holder = %s WHERE id = %s AND state = 'Ready'"
_CLOSE = "UPDATE bench.tasks SET state = 'Completed' WHERE id = %s AND holder = %s AND state = 'Reserved'"
_FORM = json.dumps(FORM)


@dataclass
class Hand:
    case: str
    task: str
    step: int = 1


class FewestRows:
    """Hand-written SQL of the shortest program that knows who has done what; `TABLES` must be there."""

    def __init__(self, world: World, constants: object = None) -> None:
        self.officer = world.officer
        self.db = world.unbound()

    def close(self) -> None:
        self.db.close()

    def open(self, match: str) -> Hand:
        hand = Hand(str(uuid_utils.uuid7()), str(uuid_utils.uuid7()))
        self.db.execute(_CASE, (hand.case,))
        self.db.execute(_TASK, (hand.task, hand.case))
        self._note(hand, 1, "opened", "{}")
        return hand

    def claim(self, hand: Hand) -> None:
        assert self.db.execute(_CLAIM, (self.officer, hand.task)).rowcount == 1
        self._note(hand, self._seq(_NEXT, hand.case), "claimed", "{}")

    def complete(self, hand: Hand, steps: int) -> None:
        there = "done" if hand.step == steps else f"step{hand.step + 1}"
        assert self.db.execute(_CLOSE, (hand.task, self.officer)).rowcount == 1
        seq = self._seq(_MOVE, there, hand.case, f"step{hand.step}")
        if there != "done":
            hand.task = str(uuid_utils.uuid7())
            self.db.execute(_TASK, (hand.task, hand.case))
        self._note(hand, seq, "completed", _FORM)
        hand.step += 1

    def _seq(self, statement: str, *values: str) -> int:
        row = self.db.execute(statement.encode(), values).fetchone()
        assert row is not None
        return int(row[0])

    def _note(self, hand: Hand, seq: int, kind: str, data: str) -> None:
        self.db.execute(_HISTORY, (hand.case, seq, kind, self.officer, data))
        self.db.commit()

"""The standard case in SpiffWorkflow 3, its state as JSON in PostgreSQL, in turns with ours.

The library is installed apart from all that is ours, by `make peers` from a lock file of its own: it serves as a measure alone.
"""

from __future__ import annotations

import importlib
import json
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import uuid_utils

from benchmarks import ours
from benchmarks.actions import first_case
from benchmarks.contest import OURS, contest, in_the_middle, our_own, ratios
from benchmarks.figures import Figure, Scale, spread
from benchmarks.world import FORM, STEPS, World

FOLDER = Path(__file__).parents[1] / "var" / "peers"
#: What its users keep beside the state: tasks in queues, and who has done what.
TABLES = """
    CREATE SCHEMA IF NOT EXISTS bench_spiff;
    CREATE TABLE IF NOT EXISTS bench_spiff.cases (id uuid PRIMARY KEY, state json NOT NULL, seq int NOT NULL);
    CREATE TABLE IF NOT EXISTS bench_spiff.tasks (
        id uuid PRIMARY KEY, case_id uuid NOT NULL REFERENCES bench_spiff.cases (id), name text NOT NULL, queue text NOT NULL,
        state text NOT NULL, holder uuid, due timestamptz NOT NULL
    );
    CREATE INDEX IF NOT EXISTS tasks_in_queues ON bench_spiff.tasks (queue, due) WHERE state = 'Ready';
    CREATE TABLE IF NOT EXISTS bench_spiff.history (
        case_id uuid NOT NULL REFERENCES bench_spiff.cases (id), seq int NOT NULL, kind text NOT NULL, who uuid NOT NULL,
        at timestamptz NOT NULL DEFAULT clock_timestamp(), data jsonb NOT NULL, PRIMARY KEY (case_id, seq)
    );
"""
_CASE = "INSERT INTO bench_spiff.cases (id, state, seq) VALUES (%s, %s::json, 1)"
_TASK = (
    "INSERT INTO bench_spiff.tasks (id, case_id, name, queue, state, due)"
    " VALUES (%s, %s, %s, 'officer', 'Ready', now() + interval '7 days')"
)
_HISTORY = "INSERT INTO bench_spiff.history (case_id, seq, kind, who, data) VALUES (%s, %s, %s, %s, %s::jsonb)"
_CLAIM = "UPDATE bench_spiff.tasks SET state = 'Reserved', holder = %s WHERE id = %s AND state = 'Ready'"
_CLOSE = "UPDATE bench_spiff.tasks SET state = 'Completed' WHERE id = %s AND holder = %s AND state = 'Reserved'"
_NEXT = "UPDATE bench_spiff.cases SET seq = seq + 1 WHERE id = %s RETURNING seq"
_LOAD = "SELECT state::text, seq + 1 FROM bench_spiff.cases WHERE id = %s FOR NO KEY UPDATE"
_SAVE = "UPDATE bench_spiff.cases SET state = %s::json, seq = %s WHERE id = %s"


def installed() -> bool:
    return (FOLDER / "SpiffWorkflow").is_dir()


def measure(world: World, scale: Scale) -> Iterator[Figure]:
    if not installed():
        print(
            "peers: SpiffWorkflow is not installed, so nothing is measured; `make peers` installs it", file=sys.stderr
        )
        return
    mine = ours.Ours(world)
    constants = first_case(world, mine)
    mine.close()
    with world.superuser() as db:
        db.execute(TABLES)
    for workers in scale.workers:
        turns = contest(world, constants, {OURS: our_own, "peer": Spiff}, workers=workers, scale=scale)
        values = ratios(turns, "peer")
        rates = [in_the_middle(turn, lambda t: t.rate) for turn in turns.values()]
        costs = (
            f"{in_the_middle(turn, lambda t: t.client_ms):.1f} + {in_the_middle(turn, lambda t: t.server_ms):.1f} ms"
            for turn in turns.values()
        )
        detail = f"{spread(values)}; {rates[0]:.0f} cases/s against {rates[1]:.0f}; CPU {' against '.join(costs)}"
        name = f"standard case, {workers} worker{'s' if workers > 1 else ''}: SpiffWorkflow"
        yield Figure(name, median(values), "of its rate", 1.0, detail=detail)


@dataclass
class Hand:
    """A case in its hands."""

    case: str
    task: str = ""


class Spiff:
    """Each action in one transaction. Claiming asks the database alone: the library knows nothing of who holds a task."""

    def __init__(self, world: World, constants: object = None) -> None:
        if str(FOLDER) not in sys.path:
            sys.path.append(str(FOLDER))
        parsers, workflows, serializers, states = (
            importlib.import_module(f"SpiffWorkflow.{name}")
            for name in ("bpmn.parser", "bpmn.workflow", "bpmn.serializer", "util.task")
        )
        parser = parsers.BpmnParser()
        parser.add_bpmn_str(process())
        self.spec = parser.get_spec("standard")
        self.workflow: Any = workflows.BpmnWorkflow
        self.serializer = serializers.BpmnWorkflowSerializer()
        self.ready = states.TaskState.READY
        self.officer = world.officer
        self.db = world.unbound()

    def close(self) -> None:
        self.db.close()

    def open(self, match: str) -> Hand:
        hand = Hand(str(uuid_utils.uuid7()))
        workflow = self.workflow(self.spec)
        workflow.do_engine_steps()
        self.db.execute(_CASE, (hand.case, self.serializer.serialize_json(workflow)))
        self._next_task(hand, workflow)
        self._note(hand, 1, "opened", "{}")
        return hand

    def claim(self, hand: Hand) -> None:
        assert self.db.execute(_CLAIM, (self.officer, hand.task)).rowcount == 1
        self._note(hand, int(self._row(_NEXT, hand.case)[0]), "claimed", "{}")

    def complete(self, hand: Hand, steps: int = STEPS) -> None:
        state, seq = self._row(_LOAD, hand.case)
        workflow = self.serializer.deserialize_json(state)
        task = workflow.get_task_from_id(uuid.UUID(hand.task))
        task.set_data(**FORM)
        task.run()
        workflow.do_engine_steps()
        assert self.db.execute(_CLOSE, (hand.task, self.officer)).rowcount == 1
        self.db.execute(_SAVE, (self.serializer.serialize_json(workflow), seq, hand.case))
        self._next_task(hand, workflow)
        self._note(hand, seq, "completed", json.dumps(FORM))

    def is_completed(self, hand: Hand) -> bool:
        return bool(self.serializer.deserialize_json(self._row(_LOAD, hand.case)[0]).is_completed())

    def _next_task(self, hand: Hand, workflow: Any) -> None:
        task = workflow.get_next_task(state=self.ready, manual=True)
        hand.task = str(task.id) if task else ""
        if task:
            self.db.execute(_TASK, (hand.task, hand.case, task.task_spec.bpmn_id))

    def _row(self, statement: str, *values: str) -> tuple[Any, ...]:
        row = self.db.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row

    def _note(self, hand: Hand, seq: int, kind: str, data: str) -> None:
        self.db.execute(_HISTORY, (hand.case, seq, kind, self.officer, data))
        self.db.commit()


def process() -> str:
    """Ten user tasks in a row, in BPMN."""
    steps = [f"step{n}" for n in range(1, STEPS + 1)]
    nodes = ["begin", *steps, "done"]
    tasks = "".join(f'<userTask id="{name}" name="{name}"/>' for name in steps)
    flows = "".join(
        f'<sequenceFlow id="to_{there}" sourceRef="{here}" targetRef="{there}"/>'
        for here, there in zip(nodes, nodes[1:], strict=False)
    )
    return (
        '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="bench">'
        f'<process id="standard" isExecutable="true"><startEvent id="begin"/>{tasks}<endEvent id="done"/>{flows}</process>'
        "</definitions>"
    )

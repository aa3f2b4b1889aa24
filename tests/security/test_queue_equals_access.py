"""A queue lists exactly the tasks that access queries and policy would let a person take, over a generated world."""

from __future__ import annotations

import random
import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_library
from casework.engine.roles import Role
from casework.engine.tasks.queue_order import turn
from casework.operations.core.national_holidays import china
from casework.operations.people.registry import register_programme
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import FEW, list_tasks
from casework.operations.tasks.views import ListedTask
from casework.permissions.actors import Actor, Membership
from casework.permissions.work import may_work
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.samples import few_of

START = datetime(2026, 1, 5, tzinfo=UTC)
QUEUES = ("intake", "officer", "supervisor", "compliance", "dispute_officer", "provider", "provider_lead")
PROGRAMME_ROLES = (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.DISPUTE_OFFICER, Role.AUDITOR, Role.OBSERVER)
PROVIDER_ROLES = (Role.PROVIDER, Role.PROVIDER_LEAD, Role.VERIFIER)


class World:
    """Cases, mediations, tracks and tasks with random owners, providers, bars and interests."""

    def __init__(self, db: Connection, seed: int) -> None:
        self.db, self.dice = db, random.Random(seed)
        code = f"W{seed}"
        self.programmes = [
            register_programme(db, code=f"{code}{n}", name="P", name_zh=None, calendar=china([2026])) for n in range(2)
        ]
        self.organisations, self.people = ([self.id() for _ in range(n)] for n in (3, 6))
        self.logs: list[tuple[str, str]] = []
        for n in range(40):
            self.log(n)

    def id(self) -> str:
        return str(uuid.UUID(int=self.dice.getrandbits(128), version=4))

    def some(self, among: list[str], chance: float = 0.2) -> list[str]:
        return [one for one in among if self.dice.random() < chance]

    def maybe(self, value: Any, chance: float = 0.7) -> Any:
        return value if self.dice.random() < chance else None

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        names = ", ".join(f'"{name}"' for name in row)
        values = ", ".join(f":{name}" for name in row)
        self.db.execute(text(f"INSERT INTO {table} ({names}) VALUES ({values})"), dict(row))

    def log(self, n: int) -> None:
        dice, log, programme = self.dice, self.id(), self.dice.choice(self.programmes)
        kind = "mediation" if n % 4 == 0 else "case"
        self.insert("logs", {"id": log, "kind": kind, "programme_id": programme, "head": "0" * 64, "last_at": START})
        home = {
            "id": log,
            "programme_id": programme,
            "parties": "{}",
            "rights": [],
            "title": "A title",
            "owner_id": self.maybe(dice.choice(self.people)),
            "team": self.some(self.people),
            "revision": 1,
            "interests": self.some(self.people, 0.1),
            "frozen": False,
            "reasons": [],
            "opened_at": START,
        }
        if kind == "case":
            self.insert("cases", home | {"number": f"N-{n}-{log[:8]}", "state": "triage"})
        else:
            self.insert("mediations", home | {"case_id": self.id()})
        self.of_log = {"log_id": log, "programme_id": programme, "sealed": kind == "mediation"}
        tracks = [self.track(log, kind, 0, None, None)]
        for position in range(1, dice.randint(2, 4)):
            provider = self.maybe(dice.choice(self.organisations), 0.9)
            referral = self.track(log, "referral", position, None, provider)
            tracks += [referral, self.track(log, "assessment", position + 10, referral[0], provider)]
        for position in range(12):
            track, provider = dice.choice(tracks)
            queue = dice.choice(QUEUES)
            outward = queue.startswith("provider")
            if outward and provider is None:
                continue
            self.task(log, programme, track, queue, provider if outward else None, position)
        self.wall(log)
        self.logs.append((log, kind))

    def wall(self, log: str) -> None:
        """Let the rows say whom they are shown to."""
        self.db.execute(text("SELECT casework_wall(CAST(:log AS uuid))"), {"log": log})

    def track(
        self, log: str, workflow: str, n: int, parent: str | None, provider: str | None
    ) -> tuple[str, str | None]:
        dice, id = self.dice, self.id()
        edition = load_library().latest("case" if workflow == "mediation" else workflow)
        assert edition is not None
        cancelled, sent = dice.random() < 0.15, dice.random() < 0.4
        self.insert(
            "tracks",
            {
                "id": id,
                **self.of_log,
                "workflow": workflow,
                "edition": edition.fingerprint,
                "kind": workflow,
                "parent_id": parent,
                "provider_id": provider,
                "states": [dice.choice(["draft", "sent", "working"])],
                "entered_at": START,
                "opened_at": START,
                "position": n,
                "revision": 1,
                "replaced": False,
                "outcome": "cancelled" if cancelled else None,
                "came_from": "{}",
                "given": "{}",
                "fired": '{"send": {"count": 1, "at": "2026-01-05T00:00:00Z", "actor": "x", "acting_for": null, "data": {}}}'
                if sent
                else "{}",
                "part": edition.part if workflow != "mediation" else "",
                "played": '{"sends": "send"}' if sent else "{}",
                "barred": self.some(self.people, 0.15),
            },
        )
        return id, provider

    def task(self, log: str, programme: str, track: str, queue: str, organisation: str | None, n: int) -> None:
        edition = load_library().latest("case")
        assert edition is not None
        state = self.dice.choice(["Ready", "Ready", "Ready", "Reserved", "Completed", "Created"])
        # Some are decisions on what somebody proposed, perhaps as a deputy.
        id, proposal = self.id(), None if organisation else self.maybe(self.id(), 0.3)
        if proposal:
            self.insert(
                "proposals",
                {
                    "id": proposal,
                    "log_id": log,
                    "track_id": track,
                    "transition": "compliance_stop",
                    "actor_id": self.dice.choice(self.people),
                    "acting_for": self.maybe(self.dice.choice(self.people), 0.4),
                    "seq": 1,
                    "data": "{}",
                    "task_id": id,
                },
            )
        self.insert(
            "tasks",
            {
                "id": id,
                **self.of_log,
                "track_id": track,
                "name": "triage",
                "edition": edition.fingerprint,
                "rule": "compliance_stop" if proposal else "triage",
                "type": "decision" if proposal else "step",
                "of": proposal,
                "queue": queue,
                "organisation_id": organisation,
                "state": state,
                "opened_at": START,
                # Some are due at the same moment: the id decides.
                "due_at": (due := START + timedelta(days=self.dice.randint(1, 9))),
                "turn_at": turn(START, due),
                "holder_id": self.dice.choice(self.people) if state == "Reserved" else None,
                "result": "{}",
                "flagged": False,
                "aftercare": False,
                "position": n,
            },
        )

    def actor(self, person: str) -> Actor:
        """With several roles, in their own name and as a deputy."""
        dice, memberships = self.dice, []
        for _ in range(dice.randint(1, 5)):
            deputy = self.maybe(dice.choice(self.people), 0.3)
            if dice.random() < 0.5:
                memberships.append(
                    Membership(dice.choice(PROGRAMME_ROLES), dice.choice(self.programmes), None, deputy, START, None)
                )
            else:
                memberships.append(
                    Membership(dice.choice(PROVIDER_ROLES), None, dice.choice(self.organisations), deputy, START, None)
                )
        return Actor(person, "Somebody", tuple(memberships))

    def allowed(self, actor: Actor) -> list[str]:
        """By access queries and policy, case by case, in the order of a queue."""
        found = []
        for log, kind in self.logs:
            case = load(self.db, log, kind)
            found += [t for t in case.tasks.values() if t.state == "Ready" and may_work(actor, case, t) is not None]
        return [task.id for task in sorted(found, key=lambda task: (turn(task.opened_at, task.due_at), task.id))]

    def listed(self, actor: Actor, limit: int) -> list[str]:
        shown: list[str] = []
        cursor = None
        while True:
            page = list_tasks(self.db, actor, view="queue", limit=limit, cursor=cursor)
            shown += [one.id for one in page.items]
            cursor = page.next
            if cursor is None:
                return shown


@pytest.mark.parametrize("seed", few_of(range(4), 1))
def test_a_queue_lists_what_may_be_taken(engine: Engine, seed: int) -> None:
    with transaction(engine) as db:
        world, some = World(db, seed), 0
        for person in world.people * 4:
            actor = world.actor(person)
            wanted = world.allowed(actor)
            assert world.listed(actor, limit=7) == wanted, actor
            some += len(wanted)
        assert some > 100
        db.rollback()


@pytest.mark.parametrize("seed", few_of(range(4), 1))
def test_many_queues_list_what_may_be_taken(engine: Engine, seed: int) -> None:
    """More queues than a few are merged in another way: with empty ones besides, the same is listed."""
    with transaction(engine) as db:
        world, some = World(db, seed + 200), 0
        empty = tuple(Membership(Role.PROVIDER, None, str(uuid.uuid4()), None, START, None) for _ in range(FEW))
        for person in world.people * 4:
            actor = world.actor(person)
            wanted = world.allowed(actor)
            assert world.listed(replace(actor, memberships=(*actor.memberships, *empty)), limit=7) == wanted, actor
            some += len(wanted)
        assert some > 100
        db.rollback()


@pytest.mark.parametrize("seed", few_of(range(4), 1))
def test_a_queue_counts_what_it_lists(engine: Engine, seed: int) -> None:
    with transaction(engine) as db:
        world = World(db, seed + 100)
        db.execute(
            text(
                "UPDATE tasks SET due_at = due_at + interval '40 years', turn_at = turn_at + interval '40 years' WHERE position % 3 = 0"
            )
        )
        for person in world.people * 4:
            actor = world.actor(person)
            listed: list[ListedTask] = []
            cursor = None
            while True:
                page = list_tasks(db, actor, view="queue", limit=100, cursor=cursor)
                listed += page.items
                cursor = page.next
                if cursor is None:
                    break
            late = START.replace(year=START.year + 30).isoformat()
            counts = count_queues(db, actor)
            assert sum(one.count for one in counts) == len(listed), actor
            assert sum(one.overdue for one in counts) == sum(str(one.due_at) < late for one in listed)
            assert {one.queue for one in counts} >= {one.queue for one in listed}
            assert [one.count for one in count_queues(db, actor, most=2)] == [min(one.count, 2) for one in counts]
        db.rollback()

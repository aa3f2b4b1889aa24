"""A batch of cases at mixed steps, the two persons who decide on it, and the worker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine

from casework.engine.definition.migration_plans import MigrationPlan
from casework.engine.state.case import Case
from casework.operations.people.case_batch_worker import carry_on
from casework.operations.people.case_batches import (
    decide_batch,
    propose_batch,
    propose_revert,
    show_batch,
    steer_batch,
)
from casework.operations.people.case_migration_views import ShownBatch
from casework.operations.people.case_migrations import make_plan
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.people.migration_scene import MAPPING, logs, mixed_cases, publish_next
from tests.support.world import World, new_request


@dataclass
class Batching:
    """Cases of which a batch is about."""

    engine: Engine
    world: World
    plan: MigrationPlan
    numbers: dict[str, str]
    homes: dict[str, str]

    @property
    def programme(self) -> str:
        return self.world.programmes["BJ"]

    def propose(self, by: str = "supervisor", **more: Any) -> Any:
        given: dict[str, Any] = {"reason": "The law changed.", "request": new_request()} | more
        with transaction(self.engine) as db:
            return propose_batch(
                db, self.world.actor(db, by), self.programme, ("case", 1, 2), mapping=MAPPING, **given
            ).answer

    def decide(self, id: str, seen: int, by: str = "administrator", **more: Any) -> Any:
        given: dict[str, Any] = {"agree": True, "note": "", "request": new_request()} | more
        with transaction(self.engine) as db:
            return decide_batch(db, self.world.actor(db, by), id, seen=seen, **given).answer

    def agree(self, **more: Any) -> str:
        """Two persons decide; gives the batch."""
        asked = self.propose(**more)
        self.decide(asked["id"], asked["version"])
        return str(asked["id"])

    def revert(self, id: str) -> str:
        with transaction(self.engine) as db:
            by = self.world.actor(db, "supervisor")
            asked: Any = propose_revert(db, by, id, reason="Too soon.", request=new_request()).answer
        self.decide(asked["id"], asked["version"])
        return str(asked["id"])

    def steer(self, id: str, step: str, by: str = "supervisor") -> str:
        with transaction(self.engine) as db:
            return str(steer_batch(db, self.world.actor(db, by), id, step, request=new_request()).answer["state"])

    def show(self, id: str, by: str = "supervisor", **asked: Any) -> ShownBatch:
        with transaction(self.engine) as db:
            return show_batch(db, self.world.actor(db, by), id, **asked)

    def cases(self) -> dict[str, Case]:
        with transaction(self.engine) as db:
            return {name: load(db, home, "case") for name, home in self.homes.items()}

    def carry_on(self) -> int:
        return carry_on(self.engine, self.programme)


def set_batching(engine: Engine, owner: Engine, world: World) -> Batching:
    with transaction(engine) as db:
        numbers = mixed_cases(world, db)
        homes = logs(db, numbers)
    publish_next(owner)
    return Batching(engine, world, make_plan("case", 1, 2, MAPPING), numbers, homes)

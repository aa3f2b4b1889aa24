"""The same work through the operations, as a page or the API would call them."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.world import FORM, STEPS, World, request, teach_standard
from casework.operations.cases.opening import open_case
from casework.operations.cases.transitions import fire_transition
from casework.operations.tasks.service import claim_task
from casework.records.database import transaction

#: What connections are called by which the next task is looked up.
LOOK_UP = "look-up"
_NEXT = "SELECT id::text FROM tasks WHERE log_id = %s ORDER BY position DESC LIMIT 1"


@dataclass
class Hand:
    """A case in the hands of the operations."""

    log: str
    track: str
    task: str
    revision: int
    number: str
    step: int = 1


class Ours:
    """Opening a case, claiming its task and finishing its step, each in a transaction of its own."""

    def __init__(self, world: World) -> None:
        teach_standard()
        self.world = world
        self.engine = world.engine()
        self.page = world.unbound(LOOK_UP)
        self.page.autocommit = True
        # Who asks is known before an operation begins; finding it out belongs to the request.
        self.actor = world.actor(self.engine, world.officer)

    def close(self) -> None:
        self.page.close()
        self.engine.dispose()

    def open(self, match: str) -> Hand:
        with transaction(self.engine) as db:
            answer = open_case(db, self.actor, match, request()).answer
        return Hand(answer["id"], answer["track"], "", 0, answer["number"])

    def find_task(self, hand: Hand) -> None:
        """What a person reads off the page; not part of any figure, by a connection whose work is counted to nobody."""
        row = self.page.execute(_NEXT, (hand.log,)).fetchone()
        assert row is not None
        hand.task = row[0]

    def claim(self, hand: Hand) -> None:
        with transaction(self.engine) as db:
            claim_task(db, self.actor, hand.task, request())

    def complete(self, hand: Hand, steps: int = STEPS) -> None:
        with transaction(self.engine) as db:
            answer = fire_transition(
                db,
                self.actor,
                hand.log,
                "case",
                hand.track,
                transition=f"finish{hand.step}",
                data=FORM,
                revision=hand.revision,
                request=request(),
            ).answer
        hand.revision = answer["revision"]
        hand.step += 1

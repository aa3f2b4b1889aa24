"""Cases that are closed and reopened by one event of their own, as if they had gone all the way before."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import Event
from casework.engine.state.projection import evolve
from casework.operations.core.perform import home_of, stand, write
from casework.records.row_security import whole
from tests.support.world import World


def close(db: Connection, world: World, number: str, outcome: str) -> None:
    _move(db, world, number, {"closed": True, "outcome": outcome})


def reopen(db: Connection, world: World, number: str) -> None:
    _move(db, world, number, {"closed": False, "outcome": None})


def _move(db: Connection, world: World, number: str, effects: Effects) -> None:
    """No transition is fired, so that the log of the case would not pass for one that is allowed; what follows from its end does."""
    with whole(db):
        standing = stand(db, home_of(db, number), "case")
        event = Event(
            log=standing.log.id,
            seq=standing.log.seq + 1,
            at=standing.log.now,
            kind="fired",
            actor=world.people["supervisor"],
            role="supervisor",
            effects=effects,
        )
        write(db, standing.log, standing.case, evolve(standing.case, event), [event])

"""The verdict on one case: whether its history is whole, and whether all in it was allowed, are two things."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.core.perform import home_of
from casework.operations.verification.case_verdict import examine_case
from casework.records.database import transaction
from tests.operations.verification.forger import rebuild, the
from tests.support.world import World


def _answered_twice(db: Connection, log: str, world: World) -> None:
    rebuild(db, log, lambda rows: the(rows, "fired")["header"].update(key=rows[0]["header"]["key"]))


def _not_their_role(db: Connection, log: str, world: World) -> None:
    rebuild(db, log, lambda rows: the(rows, "fired")["header"].update(role="supervisor"))


#: What somebody did behind the history, and of which kind the fault is.
VERDICTS: dict[str, tuple[Callable[[Connection, str, World], None], str]] = {
    "a request was answered twice": (_answered_twice, "twice"),
    "it was done in a role that was not held": (_not_their_role, "allowed"),
}


def test_a_true_case_is_whole_and_allowed_and_a_changed_row_is_named(
    engine: Engine, superuser_engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    with transaction(engine) as db:
        verdict = examine_case(db, world.actor(db, "auditor"), number)
        assert (verdict.number, verdict.whole, verdict.allowed, verdict.faults) == (number, True, True, [])
        assert verdict.events > 0
        with pytest.raises(NotFound):
            examine_case(db, world.actor(db, "provider"), number)
    with superuser_engine.begin() as db:
        db.execute(text("UPDATE cases SET owner_id = gen_random_uuid()"))
    with transaction(engine) as db:
        verdict = examine_case(db, world.actor(db, "auditor"), number)
    assert (verdict.whole, verdict.allowed) == (False, True)
    assert ("cases", "owner_id") in [(fault.table, fault.column) for fault in verdict.faults]


@pytest.mark.parametrize("name", VERDICTS)
def test_what_was_not_allowed_leaves_a_history_whole(
    name: str, world: World, engine: Engine, superuser_engine: Engine
) -> None:
    change, kind = VERDICTS[name]
    with transaction(engine) as db:
        number = world.new_case(db)
        log = home_of(db, number)
        world.fire(db, "officer", number, "take")
    with superuser_engine.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        change(db, log, world)
    with transaction(engine) as db:
        verdict = examine_case(db, world.actor(db, "auditor"), number)
    assert (verdict.whole, verdict.allowed, {fault.kind for fault in verdict.faults}) == (True, False, {kind})

"""The verdict on one case, for whoever reads it: whole, allowed, or where it is neither."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.errors import NotFound
from casework.operations.verification.case_verdict import examine_case
from casework.records.database import transaction
from tests.support.world import World


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

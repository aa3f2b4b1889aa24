"""Tasks are taken back from whoever may not hold them any more, and from nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case import READY
from casework.operations.cases.relief import relieve
from casework.operations.core.perform import SYSTEM, home_of
from casework.operations.tasks.service import claim_task
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


@pytest.mark.parametrize(
    ("ended", "scope", "free"), [(True, "BJ", True), (True, None, True), (True, "SH", False), (False, "BJ", False)]
)
def test_where_a_role_has_ended_what_was_held_is_free(
    world: World, db: Connection, ended: bool, scope: str | None, free: bool
) -> None:
    number, _ = to_referral(world, db)
    log, officer = home_of(db, number), world.people["officer"]
    task = next(one.id for one in load(db, log, "case").open_tasks() if one.name == "kick_off")
    claim_task(db, world.actor(db, "officer"), task, new_request())
    if ended:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"), {"id": officer}
        )
    relieve(db, officer, log, "case", SYSTEM, scopes=None if scope is None else [world.programmes[scope]])
    after = load(db, log, "case").tasks[task]
    assert (after.holder is None) is free
    assert (after.state == READY) is free

"""Whoever leaves a case holds nothing in it any more, and no forged owner hides what the true one held."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.engine.state.events import HANDED_OVER, RELIEVED
from casework.operations.core.perform import home_of
from casework.operations.tasks.service import claim_task
from casework.operations.verification.service import verify_case
from tests.operations.verification.forger import Scene, not_allowed, sql
from tests.support.world import new_request


def test_a_hand_over_by_a_forged_owner_is_found(scene: Scene, attack: Connection) -> None:
    """The row named another owner for one action, which did not free what the true one held; what came after it did."""
    people = scene.world.people
    sql(attack, "SET LOCAL session_replication_role = origin")
    number = scene.world.new_case(attack)
    log = home_of(attack, number)
    scene.world.fire(attack, "officer", number, "take")
    task = (
        sql(attack, "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND state = 'Ready'", log=log)
        .scalars()
        .first()
    )
    claim_task(attack, scene.world.actor(attack, "officer"), str(task), new_request())
    sql(
        attack,
        "UPDATE cases SET owner_id = CAST(:it AS uuid) WHERE id = CAST(:log AS uuid)",
        it=people["other_officer"],
        log=log,
    )
    scene.world.hand_over(attack, "supervisor", number, "other_officer")
    freed = sql(
        attack,
        "SELECT header->>'kind' AS kind, effects FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq DESC LIMIT 2",
        log=log,
    ).all()
    assert [(one.kind, [state["id"] for state in one.effects.get("task_states", ())]) for one in freed] == [
        (RELIEVED, [str(task)]),
        (HANDED_OVER, []),
    ]
    assert ["does not free exactly" in sentence for _, sentence in not_allowed(verify_case(attack, log))] == [True]

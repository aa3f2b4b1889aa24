"""Who leads a sealed mediation next: given on by a person, or by itself when its dispute officer has left, seen by nobody else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Engine, text

from casework.jobs.dispatcher import dispatch
from casework.operations.core.idempotency import Request
from casework.operations.mediations.service import (
    list_mediations,
)
from casework.operations.mediations.succession import list_left, pass_on_all
from casework.operations.notifications.service import tell_due
from casework.operations.oversight.case_hygiene import find_breaches, show_case_hygiene
from casework.operations.oversight.job_health import show_jobs
from casework.operations.people.service import deactivate_person, end_membership
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.operations.mediations.test_service import another, give, mediate, membership
from tests.support.world import World, new_request


def knowing() -> Request:
    return replace(new_request(), sure=True)


@pytest.mark.parametrize("how", ["the role ends", "the account is closed", "time ends the role"])
def test_when_its_dispute_officer_has_left_it_goes_to_another(world: World, engine: Engine, how: str) -> None:
    with transaction(engine) as db:
        mediation, second = mediate(world, db), another(world, db)
        held = membership(db, world.people["dispute_officer"])
        administrator = world.actor(db, "administrator")
        if how == "the role ends":
            end_membership(db, administrator, held, knowing())
        elif how == "the account is closed":
            deactivate_person(db, administrator, world.people["dispute_officer"], knowing())
        else:
            db.execute(
                text("UPDATE memberships SET ends_at = casework_now() WHERE id = CAST(:id AS uuid)"), {"id": held}
            )
        jobs = show_jobs(db, administrator)
    dispatch(engine, mailing=False)
    with transaction(engine) as db:
        assert [
            row.task_name
            for row in db.execute(
                text("SELECT task_name FROM procrastinate_jobs WHERE args->>'log' = :id"), {"id": mediation}
            )
        ] == ["casework:pass_on"]
        # Whoever ended the role learns nothing of it.
        now = show_jobs(db, world.actor(db, "administrator"))
        assert replace(now, at=jobs.at, waiting=jobs.waiting) == jobs
    assert pass_on_all(engine) == 1
    assert pass_on_all(engine) == 0
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        assert [one.id for one in list_mediations(db, world.actor(db, "second_dispute_officer")).items] == [mediation]
        told = (
            db.execute(text("SELECT kind FROM notifications WHERE person_id = CAST(:id AS uuid)"), {"id": second})
            .scalars()
            .all()
        )
        assert "ownership" in told
        if how != "time ends the role":
            assert verify_case(db, mediation) == []


def test_where_nobody_is_left_the_check_says_so_until_somebody_has_the_role(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        mediation = mediate(world, db)
        end_membership(db, world.actor(db, "administrator"), membership(db, world.people["dispute_officer"]), knowing())
    assert pass_on_all(engine) == 0
    with transaction(engine) as db:
        assert [one.log for one in find_breaches(db) if one.kind == "nobody_leads"] == [mediation]
        # No page tells it: those of a programme leave mediations out.
        assert "nobody_leads" not in str(show_case_hygiene(db, world.actor(db, "supervisor")))
        another(world, db)
        assert list_left(db) == [mediation]
    assert pass_on_all(engine) == 1
    with transaction(engine) as db:
        assert [one for one in find_breaches(db) if one.kind == "nobody_leads"] == []


def test_one_that_was_named_for_it_comes_before_the_others(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        mediation = mediate(world, db)
        another(world, db, "a_dispute_officer")
        named = another(world, db, "z_dispute_officer")
        give(world, db, mediation, world.people["dispute_officer"], [named])
        end_membership(db, world.actor(db, "administrator"), membership(db, world.people["dispute_officer"]), knowing())
    assert pass_on_all(engine) == 1
    with transaction(engine) as db:
        assert db.execute(text("SELECT owner_id FROM mediations WHERE team = '{}'")).scalar_one() == named

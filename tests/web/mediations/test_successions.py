"""Who leads a sealed mediation next: given on by a person, or by itself when its dispute officer has left, seen by nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.jobs.dispatcher import dispatch
from casework.operations.core.idempotency import Request
from casework.operations.mediations.service import (
    find_mediation,
    hand_over_mediation,
    list_leaders,
    list_mediations,
    open_mediation,
)
from casework.operations.mediations.succession import list_left, pass_on_all
from casework.operations.notifications.service import tell_due
from casework.operations.oversight.case_hygiene import find_breaches, show_case_hygiene
from casework.operations.oversight.job_health import show_jobs
from casework.operations.people.registry import grant_role, register_person
from casework.operations.people.role_ending import end_roles
from casework.operations.people.service import deactivate_person, end_membership
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request


def mediate(world: World, db: Connection) -> str:
    """A mediation about a new case; gives its id."""
    return str(open_mediation(db, world.actor(db, "dispute_officer"), world.new_case(db), new_request()).answer["id"])


def another(world: World, db: Connection, name: str = "second_dispute_officer") -> str:
    """One more dispute officer of the programme."""
    world.people[name] = register_person(db, email=f"{name}@example.org", name=name.replace("_", " ").title())
    grant_role(db, world.people[name], Role.DISPUTE_OFFICER, programme=world.programmes["BJ"])
    return world.people[name]


def knowing() -> Request:
    return replace(new_request(), sure=True)


def membership(db: Connection, person: str) -> str:
    return str(
        db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid) AND ends_at IS NULL"), {"id": person}
        ).scalar_one()
    )


def give(
    world: World, db: Connection, mediation: str, owner: str, team: list[str], by: str = "dispute_officer"
) -> None:
    revision = db.execute(
        text("SELECT revision FROM mediations WHERE id = CAST(:id AS uuid)"), {"id": mediation}
    ).scalar_one()
    hand_over_mediation(
        db,
        world.actor(db, by),
        mediation,
        owner=owner,
        team=team,
        note="It stands at the first meeting.",
        revision=revision,
        request=new_request(),
    )


def test_it_is_handed_over_and_whoever_gave_it_reads_it_no_more(world: World, db: Connection) -> None:
    mediation, second = mediate(world, db), another(world, db)
    give(world, db, mediation, second, [])
    assert [one.id for one in list_mediations(db, world.actor(db, "second_dispute_officer")).items] == [mediation]
    with pytest.raises(NotFound):
        find_mediation(db, world.actor(db, "dispute_officer"), mediation)
    assert verify_case(db, mediation) == []


def test_whoever_stands_in_reads_it_and_works_on_it(world: World, db: Connection) -> None:
    mediation, second = mediate(world, db), another(world, db)
    give(world, db, mediation, world.people["dispute_officer"], [second])
    # And may give it on while the first is away.
    give(world, db, mediation, second, [], by="second_dispute_officer")
    assert verify_case(db, mediation) == []


@pytest.mark.parametrize("who", ["officer", "supervisor", "foreign_officer", "auditor", "provider"])
def test_it_goes_to_nobody_but_a_dispute_officer_of_the_programme(world: World, db: Connection, who: str) -> None:
    mediation = mediate(world, db)
    with pytest.raises(InvalidForm):
        give(world, db, mediation, world.people[who], [])
    with pytest.raises(InvalidForm):
        give(world, db, mediation, world.people["dispute_officer"], [world.people[who]])


def test_nor_to_one_who_decided_in_the_case(world: World, db: Connection) -> None:
    mediation = mediate(world, db)
    number = db.execute(text("SELECT c.number FROM cases c JOIN mediations m ON m.case_id = c.id")).scalar_one()
    world.fire(db, "other_officer", number, "take")
    world.fire(
        db,
        "other_officer",
        number,
        "hold",
        {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget"},
    )
    db.execute(text("UPDATE cases SET owner_id = NULL"))
    end_roles(
        db, [membership(db, world.people["other_officer"])], By(world.people["administrator"], Role.ADMINISTRATOR)
    )
    grant_role(db, world.people["other_officer"], Role.DISPUTE_OFFICER, programme=world.programmes["BJ"])
    leaders = list_leaders(db, world.actor(db, "dispute_officer"), mediation).items
    assert [one.id for one in leaders] == [world.people["dispute_officer"]]


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


def test_a_dispute_officer_hands_it_over_on_its_page(
    world: World, engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        mediation, second = mediate(world, db), another(world, db)
    browser = browser_for("dispute_officer")
    place = f"/mediations/{mediation}/hand-over"
    assert place in browser.get(f"/mediations/{mediation}").text
    inside = browser.get(place).text.split('class="asks"')[1].split("</form>")[0]
    sent = read_page(f"<form {inside}</form>").sent.to_dict()
    answer = browser.flask.post(place, data=sent | {"f-owner": second, "f-note": "Yours now."})
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/mediations"), answer.text
    assert browser.get(f"/mediations/{mediation}").status_code == 404


def test_over_the_api_nothing_is_offered_that_has_no_route(
    world: World, engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        mediation = mediate(world, db)
    token = {"Authorization": f"Bearer {world.tokens['dispute_officer']}"}
    browser = browser_for("dispute_officer")
    shown = browser.get(f"/api/v1/mediations/{mediation}", headers=token).json
    assert shown is not None
    assert shown["case_actions"] == ["hand_over"]
    assert browser.get(f"/api/v1/mediations/{mediation}/leaders", headers=token).status_code == 200

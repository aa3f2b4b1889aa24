"""The page of a task says what is needed to do it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.cases.side_tasks import add_task
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.catalogue.test_screenings import add_owner
from tests.support.way_to_referral import to_interest, to_scoping
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def test_whoever_screens_a_party_reads_which(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = to_scoping(world, db)
        add_task(
            db,
            world.actor(db, "compliance"),
            home_of(db, number),
            "case",
            world.main_track(db, number),
            task="screening",
            about="need_owner",
            request=new_request(),
        )
        task = db.execute(
            text("SELECT id FROM tasks WHERE name = 'screening' ORDER BY opened_at DESC LIMIT 1")
        ).scalar()
        party = "(SELECT CAST(parties->>'need_owner' AS uuid) FROM cases WHERE number = :number)"
        name = db.execute(
            text(
                f"UPDATE organisations SET country = 'CN', register_number = '91110105MA01' WHERE id = {party} RETURNING name"
            ),
            {"number": number},
        ).scalar_one()
    page = words_of(browser_for("compliance").get(f"/tasks/{task}", follow_redirects=True).text)
    assert f"Need owner {name} · China" in page
    assert "Number in the company register 91110105MA01" in page


def test_each_owner_on_record_has_a_row_and_without_one_there_is_no_table(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = to_interest(world, db)
        owner = add_owner(db, world, world.organisations["need_owner"])
        case = load(db, home_of(db, number), "case")
        tasks = {task.about: task.id for task in case.open_tasks() if task.name == "screening"}
    compliance = browser_for("compliance")
    mine = compliance.get(f"/tasks/{tasks['need_owner']}", follow_redirects=True).text
    assert f'<option value="{owner}" selected' in mine
    assert "Kiln Holding" in mine
    assert "Owners above 25 per cent (optional)" not in words_of(mine)
    assert "366 days at most after “Checked on”." in words_of(mine), "it is said before anybody types a day"
    other = compliance.get(f"/tasks/{tasks['technology_owner']}", follow_redirects=True).text
    assert "Kiln Holding" not in other
    assert "Owners above 25 per cent" not in other


def test_who_does_a_step_is_led_to_its_form_and_who_does_not_to_where_it_stands(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        step = next(task for task in load(db, home_of(db, number), "case").open_tasks() if task.type == "step")
    led = {
        name: browser_for(name).get(f"/tasks/{step.id}").headers["Location"]
        for name in ("officer", "other_officer", "auditor")
    }
    assert led["officer"].startswith(f"/cases/{number}/tracks/")
    assert led["other_officer"] == led["auditor"] == f"/cases/{number}#next"


def test_a_step_that_is_done_leads_everybody_to_where_it_stands(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = to_interest(world, db)
        case = load(db, home_of(db, number), "case", every_task=True)
        done = [task.id for task in case.tasks.values() if task.type == "step" and not task.open]
    for task in done:
        assert browser_for("officer").get(f"/tasks/{task}", follow_redirects=True).status_code == 200
    assert done

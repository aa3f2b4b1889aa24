"""What a decision is about: who asked what, the rounds before it, and that nothing is decided that was not seen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case, Task
from casework.errors import CaseHasMoved
from casework.operations.cases.side_tasks import add_task
from casework.operations.core.perform import home_of
from casework.operations.history.decisions import DecisionView, insist_same_subject, read_decision
from casework.operations.tasks.queries import returned
from casework.operations.tasks.service import complete_task
from casework.records.case_loader import load
from tests.support.way_to_referral import complete, to_plan
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_plan)


def standing(db: Connection, number: str, name: str = "decide_plan") -> tuple[Case, Task]:
    case = load(db, home_of(db, number), "case")
    return case, next(task for task in case.open_tasks() if task.name == name)


def seen(world: World, db: Connection, number: str, by: str = "supervisor") -> DecisionView:
    return read_decision(db, world.actor(db, by), *standing(db, number))


def plan(world: World, db: Connection, number: str, **said: Any) -> None:
    """Hand in another plan, while the first waits or after it was returned."""
    if not any(task.name == "service_plan" for task in load(db, home_of(db, number), "case").open_tasks()):
        track = world.main_track(db, number)
        add_task(
            db,
            world.actor(db, "officer"),
            home_of(db, number),
            "case",
            track,
            task="service_plan",
            about=None,
            request=new_request(),
        )
    data = {"assessment": world.organisations["lab"], "payer": "programme", "skip_assessment": False} | said
    complete(world, db, "officer", number, "service_plan", data=data)


def test_a_plan_is_asked_for_by_whoever_handed_it_in(world: World, db: Connection, staged: str) -> None:
    view = seen(world, db, staged)
    assert view.asked is not None
    assert view.asked.actor.id == world.people["officer"]
    assert view.asked.data["payer"] == "programme"
    assert (view.earlier, view.decides) == ((), True)
    assert [one.answer.code for one in view.answers] == ["fire:approve_plan", "fire:skip_assessment", "complete"]


def test_each_answer_says_what_it_needs_and_what_stands_against_it(world: World, db: Connection, staged: str) -> None:
    approve, skip, back = seen(world, db, staged).answers
    assert approve.conditions
    assert all(holds for _, holds in approve.conditions)
    assert (approve.why_not, approve.needs_reason) == ((), False)
    # Nobody asked for it: only what fails is known before the form is filled in.
    assert skip.why_not
    assert not any(holds for _, holds in skip.conditions)
    assert (back.reason, back.needs_reason) == ("reason", True)


def test_who_had_a_part_in_it_or_another_role_has_no_answer(world: World, db: Connection, staged: str) -> None:
    for name in ("officer", "auditor", "compliance"):
        view = seen(world, db, staged, name)
        assert (view.answers, view.decides) == ((), False)


def test_the_second_round_shows_what_changed_and_why_the_first_came_back(
    world: World, db: Connection, staged: str
) -> None:
    complete(world, db, "supervisor", staged, "decide_plan", data={"reason": "Name who pays."})
    plan(world, db, staged, payer="both")
    view = seen(world, db, staged)
    assert view.asked is not None
    assert view.asked.before_data is not None
    assert (view.asked.before_data["payer"], view.asked.data["payer"]) == ("programme", "both")
    assert [entry.body.get("reason") for entry in view.earlier] == ["Name who pays.", None]


def test_a_plan_handed_in_while_another_waits_is_what_is_decided_on(world: World, db: Connection, staged: str) -> None:
    before = seen(world, db, staged)
    case, task = standing(db, staged)
    insist_same_subject(task.id, before.subject)(case)
    plan(world, db, staged, payer="both")
    now, view = standing(db, staged)[0], seen(world, db, staged)
    assert view.asked is not None
    assert view.asked.data["payer"] == "both"
    with pytest.raises(CaseHasMoved):
        insist_same_subject(task.id, before.subject)(now)
    with pytest.raises(CaseHasMoved):
        complete_task(
            db,
            world.actor(db, "supervisor"),
            task.id,
            data={"reason": "No."},
            happened_on=None,
            request=new_request(),
            insist=insist_same_subject(task.id, before.subject),
        )


def test_what_has_ended_is_decided_on_no_more(world: World, db: Connection, staged: str) -> None:
    """More time was asked for two tasks, of which one is done by now."""
    officer, log, track = world.actor(db, "officer"), home_of(db, staged), world.main_track(db, staged)
    tasks = [task.id for task in load(db, log, "case").open_tasks() if task.name == "kick_off"]
    step = next(task.id for task in load(db, log, "case").open_tasks() if task.type == "step")
    add_task(db, officer, log, "case", track, task="ask_more_time", about=None, request=new_request())
    said = {"tasks": [*tasks, step], "how": "anew", "reason": "They are abroad."}
    complete(world, db, "officer", staged, "ask_more_time", data=said)
    held = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True}
    complete(world, db, "officer", staged, "kick_off", data=held)
    view = read_decision(db, world.actor(db, "supervisor"), *standing(db, staged, "decide_more_time"))
    assert view.settled == {"tasks": [step]}


def test_what_comes_back_brings_its_earlier_answers_and_nothing_else_does(
    world: World, db: Connection, staged: str
) -> None:
    case, task = standing(db, staged)
    assert returned(db, case, task) == {}
    complete(world, db, "supervisor", staged, "decide_plan", data={"reason": "Name who pays."})
    before = returned(db, *standing(db, staged, "service_plan"))
    assert (before["payer"], before["assessment"]) == ("programme", world.organisations["lab"])
    plan(world, db, staged, payer="both", note="They share it.")
    complete(world, db, "supervisor", staged, "decide_plan", data={"reason": "And when?"})
    assert returned(db, *standing(db, staged, "service_plan"))["note"] == "They share it."
    # One that somebody adds is a new one.
    other = [task for task in standing(db, staged, "kick_off")[0].open_tasks() if task.name == "kick_off"]
    assert returned(db, standing(db, staged, "kick_off")[0], other[0]) == {}


def test_what_was_asked_to_be_waived_is_told_with_its_reason(world: World, db: Connection) -> None:
    number = to_plan(world, db, nda={"status": "waiver_asked", "reason": "Nothing secret is shown."})
    view = seen(world, db, number)
    [waiver] = view.waivers
    assert waiver.body["reason"] == "Nothing secret is shown."
    assert waiver.actor.id == world.people["officer"]
    assert seen(world, db, to_plan(world, db)).waivers == ()

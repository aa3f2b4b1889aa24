"""A task comes to another person: with a note that the next one sees, in the history, and back where it was delegated."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import IN_PROGRESS, READY, RESERVED, SUSPENDED, Task
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.cases.handing_over import hand_over
from casework.operations.core.perform import home_of
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.tasks import service as tasks
from casework.operations.tasks.my_work import list_work
from casework.operations.tasks.queries import show_task
from casework.operations.tasks.queues import list_tasks
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

NOTE = "The need owner answers on Thursdays only."


def _play(world: World, db: Connection) -> str:
    """A case of the officer's, with the other officer in its team."""
    number, _ = to_referral(world, db)
    revision = load(db, home_of(db, number), "case").revision
    people = world.people
    hand_over(
        db,
        world.actor(db, "officer"),
        number,
        owner=people["officer"],
        team=[people["other_officer"]],
        note="Help me.",
        revision=revision,
        request=new_request(),
    )
    return number


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def number(staged: str) -> str:
    return staged


def task_of(db: Connection, number: str, name: str = "kick_off") -> Task:
    return next(one for one in load(db, home_of(db, number), "case").tasks.values() if one.name == name)


def test_an_assigned_task_is_the_next_persons_with_the_note(world: World, db: Connection, number: str) -> None:
    task = task_of(db, number)
    tasks.assign_task(
        db,
        world.actor(db, "supervisor"),
        task.id,
        person=world.people["other_officer"],
        note=NOTE,
        request=new_request(),
    )
    shown = show_task(db, world.actor(db, "other_officer"), task.id)
    assert shown.handed
    assert shown.holder
    assert (shown.state, shown.holder.id) == (RESERVED, world.people["other_officer"])
    assert (shown.handed.how, shown.handed.note) == ("assigned", NOTE)
    (mine,) = list_work(db, world.actor(db, "other_officer")).items
    assert mine.handed
    assert mine.handed.note == NOTE
    (listed,) = list_tasks(db, world.actor(db, "other_officer")).items
    assert listed.handed
    assert listed.handed.by.id == world.people["supervisor"]
    assert verify_case(db, home_of(db, number)) == []


def test_nothing_is_assigned_without_a_note(world: World, db: Connection, number: str) -> None:
    with pytest.raises(InvalidForm):
        tasks.assign_task(
            db,
            world.actor(db, "supervisor"),
            task_of(db, number).id,
            person=world.people["other_officer"],
            note=" ",
            request=new_request(),
        )


def test_nothing_is_assigned_to_who_does_not_work_its_queue(world: World, db: Connection, number: str) -> None:
    for person in ("compliance", "auditor", "foreign_officer", "provider"):
        with pytest.raises(InvalidForm, match="does not work this queue"):
            tasks.assign_task(
                db,
                world.actor(db, "supervisor"),
                task_of(db, number).id,
                person=world.people[person],
                note=NOTE,
                request=new_request(),
            )


def test_who_leads_no_queue_assigns_nothing(world: World, db: Connection, number: str) -> None:
    with pytest.raises(NotAllowed):
        tasks.assign_task(
            db,
            world.actor(db, "compliance"),
            task_of(db, number).id,
            person=world.people["officer"],
            note=NOTE,
            request=new_request(),
        )


def test_what_is_reassigned_while_it_waits_goes_on_waiting(world: World, db: Connection, number: str) -> None:
    task, officer = task_of(db, number), world.actor(db, "officer")
    tasks.claim_task(db, officer, task.id, new_request())
    tasks.suspend_task(
        db, officer, task.id, until="2099-01-04", waits_for="need_owner", reason="They are away.", request=new_request()
    )
    before = load(db, home_of(db, number), "case")
    tasks.assign_task(db, officer, task.id, person=world.people["other_officer"], note=NOTE, request=new_request())
    case = load(db, home_of(db, number), "case")
    assert case.clocks == before.clocks
    one = case.tasks[task.id]
    assert (one.state, one.before, one.holder) == (SUSPENDED, RESERVED, world.people["other_officer"])
    assert one.wait == before.tasks[task.id].wait
    tasks.resume_task(db, world.actor(db, "other_officer"), task.id, new_request())
    assert task_of(db, number).state == RESERVED
    assert verify_case(db, home_of(db, number)) == []


def test_a_delegated_task_comes_back_to_be_accepted(world: World, db: Connection, number: str) -> None:
    task, officer, other = task_of(db, number), world.actor(db, "officer"), world.actor(db, "other_officer")
    tasks.delegate_task(db, officer, task.id, person=other.person, note=NOTE, request=new_request())
    data = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True}
    tasks.complete_task(db, other, task.id, data=data, happened_on=None, request=new_request())
    back = task_of(db, number)
    assert (back.state, back.holder) == (RESERVED, officer.person)
    assert back.handed is not None
    assert back.handed["how"] == "handed_back"
    tasks.complete_task(db, officer, task.id, data=data, happened_on=None, request=new_request())
    assert (task_of(db, number).state, task_of(db, number).closed_by) == ("Completed", officer.person)
    kinds = [one.kind for one in read_events(db, home_of(db, number))][-3:]
    assert kinds == ["delegated", "handed_back", "completed"]
    assert verify_case(db, home_of(db, number)) == []


def test_what_was_delegated_to_one_is_not_passed_on(world: World, db: Connection, number: str) -> None:
    task, officer, other = task_of(db, number), world.actor(db, "officer"), world.actor(db, "other_officer")
    tasks.delegate_task(db, officer, task.id, person=other.person, note=NOTE, request=new_request())
    with pytest.raises(WrongState, match="it was delegated to you"):
        tasks.forward_task(db, other, task.id, person=None, note=NOTE, request=new_request())


def test_a_forwarded_task_is_free_and_shows_whom_it_is_meant_for(world: World, db: Connection, number: str) -> None:
    task, officer, other = task_of(db, number), world.actor(db, "officer"), world.actor(db, "other_officer")
    tasks.claim_task(db, officer, task.id, new_request())
    tasks.start_task(db, officer, task.id, new_request())
    assert task_of(db, number).state == IN_PROGRESS
    tasks.forward_task(db, officer, task.id, person=other.person, note=NOTE, request=new_request())
    shown = show_task(db, other, task.id)
    assert shown.handed
    assert shown.handed.to
    assert (shown.state, shown.holder, shown.handed.to.id) == (READY, None, other.person)
    tasks.claim_task(db, other, task.id, new_request())
    handed = show_task(db, other, task.id).handed
    assert handed
    assert handed.note == NOTE
    assert verify_case(db, home_of(db, number)) == []


def test_a_supervisor_who_steps_in_keeps_case_hygiene(world: World, db: Connection, number: str) -> None:
    tasks.claim_task(db, world.actor(db, "supervisor"), task_of(db, number).id, new_request())
    assert [one for one in find_breaches(db) if one.number == number] == []
    assert verify_case(db, home_of(db, number)) == []


def test_an_outsider_learns_of_no_task(world: World, db: Connection, number: str) -> None:
    with pytest.raises(NotFound):
        tasks.assign_task(
            db,
            world.actor(db, "foreign_officer"),
            task_of(db, number).id,
            person=world.people["officer"],
            note=NOTE,
            request=new_request(),
        )

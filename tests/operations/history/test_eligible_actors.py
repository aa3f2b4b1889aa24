"""Of each kind of event it is known who else could have done it, and why not whoever could not."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from sqlalchemy import Connection, text

from casework.engine.state import events
from casework.engine.state.revisions import KEEPS, TURNS
from casework.operations.cases.handing_over import hand_over
from casework.operations.core.perform import home_of
from casework.operations.history import eligible_actors
from casework.operations.history.timeline import tell
from casework.operations.messages.service import correct_message
from casework.operations.people.registry import end_role
from casework.operations.tasks import service as tasks
from casework.records.case_loader import load
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

KINDS = frozenset(
    value
    for name, value in vars(events).items()
    if name.isupper() and isinstance(value, str) and value not in events.NO_PERSONS
)


def test_of_each_kind_it_is_known_who_else_could_have_done_it() -> None:
    assert eligible_actors.KNOWN == KINDS


def test_of_each_kind_it_is_known_whether_a_form_shown_before_is_stale() -> None:
    assert TURNS.keys() | KEEPS.keys() == KINDS
    assert not TURNS.keys() & KEEPS.keys()


@pytest.fixture
def number(world: World, db: Connection) -> str:
    """A case whose officer has a colleague in the team."""
    number, _ = to_referral(world, db)
    case = load(db, home_of(db, number), "case")
    hand_over(
        db,
        world.actor(db, "officer"),
        number,
        owner=world.people["officer"],
        team=[world.people["other_officer"]],
        note="Help me.",
        revision=case.revision,
        request=new_request(),
    )
    return number


def who_could(world: World, db: Connection, number: str) -> Mapping[str, str]:
    """Why not, by the name of everybody who is told to have held a fitting role at the last event."""
    case = load(db, home_of(db, number), "case")
    names = {id: name for name, id in world.people.items()}
    (entry,) = tell(db, case.log, {case.seq})
    return {names[one.person]: one.why_not for one in entry.candidates}


def kick_off(db: Connection, number: str) -> str:
    return next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.name == "kick_off")


def test_who_leads_the_queue_could_have_assigned_it_too(world: World, db: Connection, number: str) -> None:
    tasks.assign_task(
        db,
        world.actor(db, "supervisor"),
        kick_off(db, number),
        person=world.people["other_officer"],
        note="Yours.",
        request=new_request(),
    )
    assert who_could(world, db, number) == {
        "supervisor": "did_it",
        "second_supervisor": "",
        "officer": "",
        "other_officer": "not_in_charge",
    }


def test_whose_role_has_just_ended_could_not_have_done_it(world: World, db: Connection, number: str) -> None:
    member = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people["other_officer"]}
    ).scalar_one()
    end_role(db, member)
    world.write(db, "officer", load(db, home_of(db, number), "case"))
    assert who_could(world, db, number)["officer"] == "did_it"
    assert "other_officer" not in who_could(world, db, number)


def test_nobody_else_could_have_corrected_what_one_wrote(world: World, db: Connection, number: str) -> None:
    log = home_of(db, number)
    world.write(db, "officer", load(db, log, "case"))
    assert who_could(world, db, number)["other_officer"] == ""
    message = list(read_events(db, log))[-1].effects["message"]
    correct_message(
        db,
        world.actor(db, "officer"),
        load(db, log, "case"),
        audience="internal",
        referral=None,
        message=message,
        words="Look again.",
        request=new_request(),
    )
    assert list(read_events(db, log))[-1].kind == "noted"
    assert who_could(world, db, number) == {}


def test_whoever_works_the_queue_could_have_let_an_open_task_wait(world: World, db: Connection, number: str) -> None:
    tasks.suspend_task(
        db,
        world.actor(db, "officer"),
        kick_off(db, number),
        reason="They think.",
        waits_for="need_owner",
        until=today().replace(year=today().year + 1).isoformat(),
        request=new_request(),
    )
    assert who_could(world, db, number) == {
        "officer": "did_it",
        "other_officer": "",
        "supervisor": "",
        "second_supervisor": "",
    }


def test_who_did_not_hold_a_task_could_not_have_begun_it(world: World, db: Connection, number: str) -> None:
    task = kick_off(db, number)
    tasks.claim_task(db, world.actor(db, "other_officer"), task, new_request())
    tasks.start_task(db, world.actor(db, "other_officer"), task, new_request())
    told = who_could(world, db, number)
    assert told["other_officer"] == "did_it"
    assert told["officer"] == "held_by_other"

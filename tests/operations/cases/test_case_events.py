"""What a provider reads in the history of its referral."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, Engine

from casework.operations.cases.case_events import list_events
from casework.operations.core.perform import home_of
from casework.operations.core.unread import look, looks
from casework.operations.referrals.service import list_referral_events
from casework.operations.tasks.service import claim_task, modify_task, release_task
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.tasks.test_allocation import rule, settle
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World, new_request, today

REASON = {"reason": "fee", "note": "Your fee is open."}


def to_suspended(world: World, db: Connection) -> tuple[str, str, str]:
    """A referral that the office has to go on with: its number, its id and the office's task."""
    number, referral = to_referral(world, db)
    world.fire(db, "officer", number, "suspend", REASON, track=referral)
    tasks = load(db, home_of(db, number), "case").open_tasks()
    return number, referral, next(one.id for one in tasks if one.track == referral and one.organisation is None)


def work_on(world: World, db: Connection, task: str) -> None:
    officer = world.actor(db, "officer")
    claim_task(db, officer, task, new_request())
    release_task(db, officer, task, note="They may be lying.", request=new_request())
    modify_task(db, officer, task, priority="high", reason="We suspect fraud.", request=new_request())


def test_a_provider_reads_nothing_of_what_the_office_does_with_its_own_tasks(world: World, db: Connection) -> None:
    _, referral, task = to_suspended(world, db)
    before = list_referral_events(db, world.actor(db, "provider"), referral)
    work_on(world, db, task)
    assert list_referral_events(db, world.actor(db, "provider"), referral) == before
    assert [(event.what, event.body.get("note")) for event in before.items] == [
        ("send", None),
        ("suspend", "Your fee is open."),
    ]


def test_what_the_office_does_with_its_own_tasks_marks_no_referral(world: World, db: Connection) -> None:
    number, referral, task = to_suspended(world, db)
    provider = world.actor(db, "provider")
    look(db, provider, home_of(db, number), referral)
    work_on(world, db, task)
    assert looks(db, provider, (), [referral])[referral].mark() is None


def test_the_office_reads_it(world: World, db: Connection) -> None:
    _, referral, task = to_suspended(world, db)
    work_on(world, db, task)
    kinds = [event.kind for event in list_referral_events(db, world.actor(db, "officer"), referral).items]
    assert kinds[-3:] == ["claimed", "released", "modified"]


def test_a_provider_reads_what_it_does_with_its_own_tasks(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    tasks = load(db, home_of(db, number), "case").open_tasks()
    claim_task(db, world.actor(db, "provider"), next(one.id for one in tasks if one.track == referral), new_request())
    assert [event.kind for event in list_referral_events(db, world.actor(db, "provider"), referral).items] == [
        "fired",
        "claimed",
    ]


def test_a_provider_reads_whether_it_was_granted_more_time(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    world.accept(db, number, referral)
    world.fire(db, "provider", number, "start", track=referral)
    later = (today() + timedelta(days=50)).isoformat()
    world.fire(
        db,
        "provider",
        number,
        "ask_extension",
        {"new_date": later, "reason": "The laboratory is closed."},
        track=referral,
    )
    complete(world, db, "officer", number, "decide_extension", data={"granted": True, "until_on": later})
    told = list_referral_events(db, world.actor(db, "provider"), referral).items[-1]
    assert (told.what, told.data) == ("decide_extension", {"granted": True, "until_on": later})


def test_a_provider_reads_that_a_rule_gave_a_task_to_somebody_and_not_how_much_others_have(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        rule(world, db, "provider", "shortest")
        number, referral = to_referral(world, db)
    assert settle(engine) == 1
    with transaction(engine) as db:
        told = list_referral_events(db, world.actor(db, "provider"), referral).items
        (assigned,) = (event for event in told if event.kind == "assigned")
        whole = list_events(db, world.actor(db, "officer"), load(db, home_of(db, number), "case"), limit=100).items
    assert "load" not in str(assigned)
    assert any("load" in str(event) for event in whole if event.kind == "assigned")

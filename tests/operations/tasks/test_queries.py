"""One task as it is handed out: to whom, with which words, and where it is done."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.core.perform import home_of
from casework.operations.tasks import service as tasks
from casework.operations.tasks.queries import prepared, read_task, show_task
from casework.operations.tasks.views import WaitsForQueue, WaitsForSomebody
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

NOTE = "The need owner answers on Thursdays only."
DATA = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True, "note": "Short."}


def _play(world: World, db: Connection) -> tuple[str, str]:
    """A case of the officer's with the other officer in its team, and a request that was sent to the lab."""
    number, referral = to_referral(world, db)
    world.hand_over(db, "officer", number, "officer", "other_officer")
    return number, referral


pytestmark = pytest.mark.stage(play=_play)


def task_called(db: Connection, number: str, name: str) -> str:
    return next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.name == name)


def delegate(db: Connection, world: World, task: str) -> None:
    officer, other = world.actor(db, "officer"), world.actor(db, "other_officer")
    tasks.delegate_task(db, officer, task, person=other.person, note=NOTE, request=new_request())


def test_a_provider_sees_its_own_task_and_none_of_the_offices(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    kick_off, sent = (task_called(db, staged[0], name) for name in ("kick_off", "sent"))
    assert show_task(db, world.actor(db, "provider"), sent).id == sent
    assert show_task(db, world.actor(db, "officer"), sent).id == sent
    for who, task in (("provider", kick_off), ("foreign_provider", sent), ("foreign_officer", kick_off)):
        with pytest.raises(NotFound):
            show_task(db, world.actor(db, who), task)


def test_who_is_barred_from_a_referral_sees_no_task_of_it(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    sent = task_called(db, staged[0], "sent")
    db.execute(
        text("UPDATE tracks SET barred = ARRAY[:person] WHERE id = CAST(:id AS uuid)"),
        {"person": world.people["provider"], "id": staged[1]},
    )
    with pytest.raises(NotFound):
        show_task(db, world.actor(db, "provider"), sent)
    assert show_task(db, world.actor(db, "provider_lead"), sent).id == sent


def test_a_task_says_where_it_is_done_and_whom_it_waits_for(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    number, referral = staged
    kick_off, sent = (task_called(db, number, name) for name in ("kick_off", "sent"))
    officer = world.actor(db, "officer")
    case, office = read_task(db, officer, kick_off)
    _, theirs = read_task(db, officer, sent)
    assert (office.log, office.kind, office.referral, office.outward) == (case.log, "case", None, False)
    assert office.waits_for == WaitsForQueue(role="officer")
    assert (theirs.referral, theirs.outward) == (referral, True)
    assert theirs.waits_for == WaitsForSomebody(name="Haidian Assessment Lab")
    tasks.claim_task(db, world.actor(db, "provider"), sent, new_request())
    assert read_task(db, officer, sent)[1].waits_for == WaitsForSomebody(name="Provider")


def test_what_was_written_with_it_is_shown_and_the_words_of_a_form_are_no_note(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    task = task_called(db, staged[0], "kick_off")
    delegate(db, world, task)
    handed = show_task(db, world.actor(db, "other_officer"), task).handed
    assert handed
    assert (handed.how, handed.note) == ("delegated", NOTE)
    tasks.complete_task(db, world.actor(db, "other_officer"), task, data=DATA, happened_on=None, request=new_request())
    back = show_task(db, world.actor(db, "officer"), task).handed
    assert back
    assert (back.how, back.note) == ("handed_back", None)
    assert prepared(db, task) == DATA


def test_nothing_is_prepared_for_a_task_that_came_from_nobody(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    assert prepared(db, task_called(db, staged[0], "kick_off")) == {}

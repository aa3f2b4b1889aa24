"""A provider's inbox: which referrals stand under which tab, in which order, and what is said of each."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.inbox import DELIVERED
from casework.errors import InvalidForm
from casework.operations.core.perform import calendar_of
from casework.operations.referrals.acknowledgements import describe_contract, object_to
from casework.operations.referrals.inbox import TABS, count_inbox, inbox_calendar, list_inbox, read_referral
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import transaction
from casework.records.event_log import now
from tests.operations.deadlines.test_timers import Scene
from tests.security.test_one_policy import People
from tests.support.inbox import write_inbox
from tests.support.way_to_referral import to_referral, to_request
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.stage(play=to_referral)


def tabs(db: Connection, world: World, who: str = "provider") -> dict[str, list[str]]:
    """What stands under each tab, which is as much as is counted there."""
    actor = world.actor(db, who)
    listed = {tab: [row.id for row in list_inbox(db, actor, tab=tab).items] for tab in TABS}
    assert count_inbox(db, actor) == {tab: len(ids) for tab, ids in listed.items()}
    return listed


def test_a_referral_goes_from_tab_to_tab(world: World, db: Connection, staged: tuple[str, str]) -> None:
    number, referral = staged
    assert tabs(db, world) == {"offers": [referral], "working": [], "delivered": []}
    world.accept(db, number, referral)
    assert tabs(db, world) == {"offers": [], "working": [referral], "delivered": []}
    db.execute(text("UPDATE tracks SET states = ARRAY['delivered'] WHERE id = CAST(:id AS uuid)"), {"id": referral})
    write_inbox(db)
    assert tabs(db, world) == {"offers": [], "working": [], "delivered": [referral]}


def test_what_has_ended_says_how(world: World, db: Connection, staged: tuple[str, str]) -> None:
    number, referral = staged
    world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    assert tabs(db, world) == {"offers": [], "working": [], "delivered": [referral]}
    (row,) = list_inbox(db, world.actor(db, "provider"), tab="delivered").items
    assert (row.ended, row.our_due) == ("declined", None)


def test_a_request_that_is_not_sent_or_another_providers_stands_in_no_inbox(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    to_request(world, db)
    assert tabs(db, world)["offers"] == [staged[1]]
    assert tabs(db, world, "foreign_provider") == {tab: [] for tab in TABS}


def test_who_is_barred_from_a_referral_has_none(world: World, db: Connection, staged: tuple[str, str]) -> None:
    db.execute(
        text("UPDATE tracks SET barred = ARRAY[:person] WHERE id = CAST(:id AS uuid)"),
        {"person": world.people["provider"], "id": staged[1]},
    )
    assert tabs(db, world)["offers"] == []
    assert tabs(db, world, "provider_lead")["offers"] == [staged[1]]


def test_what_is_due_first_comes_first_on_every_page(world: World, db: Connection, staged: tuple[str, str]) -> None:
    _, later = to_referral(world, db)
    provider = world.actor(db, "provider")
    late = "UPDATE tasks SET due_at = casework_now() - interval '1 day' WHERE track_id = CAST(:id AS uuid)"
    db.execute(text(late), {"id": later})
    write_inbox(db)
    rows = list_inbox(db, provider).items
    assert [(row.id, row.we_are_late, row.they_are_late) for row in rows] == [
        (later, True, False),
        (staged[1], False, False),
    ]
    first = list_inbox(db, provider, limit=1)
    second = list_inbox(db, provider, limit=1, cursor=first.next)
    assert [row.id for row in (*first.items, *second.items)] == [later, staged[1]]
    assert second.next is None


def test_the_page_of_a_referral_says_what_was_agreed(world: World, db: Connection, staged: tuple[str, str]) -> None:
    number, referral = staged
    _, offer = read_referral(db, world.actor(db, "provider"), referral)
    assert (offer.ours, offer.accepted_at, offer.planned_on, offer.named) == (True, None, None, None)
    planned_on = today() + timedelta(days=30)
    world.accept(db, number, referral, planned_on)
    _, page = read_referral(db, world.actor(db, "officer"), referral)
    assert page.accepted_at
    assert (page.planned_on, page.charge, page.fee) == (planned_on.isoformat(), "free", "programme")
    assert (page.ours, page.named, page.officer, page.programme.name) == (
        False,
        "Provider",
        "Officer",
        "Beijing pilot",
    )


def test_an_inbox_counts_by_the_calendar_of_who_asked_last(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    asked = inbox_calendar(db, world.actor(db, "provider"))
    assert asked
    assert asked.digest == calendar_of(db, world.programmes["BJ"]).digest
    assert inbox_calendar(db, world.actor(db, "foreign_provider")) is None


def test_a_tab_that_there_is_not_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        list_inbox(db, world.actor(db, "provider"), tab="drafts")


@pytest.mark.parametrize("seed", range(820, 822))
def test_pages_over_many_inboxes_hold_each_referral_once(engine: Engine, seed: int) -> None:
    """In their order, whoever asks; many of them lie at the same place, over several organisations."""
    with transaction(engine) as db:
        people = People(db, seed)
        db.execute(text("UPDATE tracks SET inbox_at = date_trunc('month', inbox_at) WHERE inbox IS NOT NULL"))
        places: dict[str, Any] = {
            row.id: (row.inbox_at, row.id) for row in db.execute(text("SELECT id, inbox_at FROM tracks"))
        }
        most = 0
        for actor in filter(None, (find_actor(db, person) for person in people.people)):
            for tab in TABS:
                whole = [row.id for row in list_inbox(db, actor, tab=tab, limit=100).items]
                assert whole == sorted(whole, key=places.__getitem__, reverse=tab == DELIVERED)
                assert count_inbox(db, actor)[tab] == len(whole)
                for limit in (1, 2, 3):
                    assert _pages(db, actor, tab, limit) == whole
                most = max(most, len(whole))
        db.rollback()
    assert most > 3


def _pages(db: Connection, actor: Actor, tab: str, limit: int) -> list[str]:
    ids, cursor = [], None
    while True:
        part = list_inbox(db, actor, tab=tab, limit=limit, cursor=cursor)
        ids += [row.id for row in part.items]
        if (cursor := part.next) is None:
            return ids


def _told(db: Connection, world: World, who: str, referral: str) -> list[str]:
    """What somebody is told of whose turn it is in a referral and by when, but for the minutes that pass in the telling."""
    actor = world.actor(db, who)
    case, shown = read_referral(db, actor, referral)
    contract = describe_contract(db, actor, case, case.tracks[referral])
    rows = [row for tab in TABS for row in list_inbox(db, actor, tab=tab).items]
    assert len(rows) == (who == "provider")
    return [re.sub(r"minutes=\d+", "", repr(one)) for one in (shown, contract, rows)]


def test_a_paused_referral_is_nobodys_turn_however_late_its_service_was(
    world: World, db: Connection, staged: tuple[str, str]
) -> None:
    """A clock whose last step has come cannot stand still; what was late before is not late while the office holds it up."""
    number, referral = staged
    scene = Scene(db, world)
    world.accept(db, number, referral)
    world.fire(db, "provider", number, "start", track=referral)
    scene.pass_days(60)
    (before,) = list_inbox(db, world.actor(db, "provider"), tab="working").items
    assert (bool(before.our_due), before.we_are_late) == (True, True)
    world.fire(db, "officer", number, "suspend", {"reason": "fee", "note": "It is open."}, track=referral)
    (paused,) = list_inbox(db, world.actor(db, "provider"), tab="working").items
    assert (paused.our_due, paused.we_are_late) == (None, False)
    assert paused.their_due
    world.fire(db, "officer", number, "continue", {}, track=referral)
    (again,) = list_inbox(db, world.actor(db, "provider"), tab="working").items
    assert again.our_due


# Of five working days from a Sunday on the fifth calendar day is the last.
@pytest.mark.parametrize("days", [0, 2, 40])
def test_a_provider_is_told_the_same_whether_the_case_is_on_hold_or_not(
    world: World, db: Connection, staged: tuple[str, str], days: int
) -> None:
    """The office's turn, its days and its lateness; those who see the whole case are told that it stands still."""
    number, referral = staged
    scene = Scene(db, world)
    world.fire(db, "provider", number, "ask_info", {"items": "The drawings"}, track=referral)
    object_to(db, world.actor(db, "provider"), referral, to="send", words="Not so.", request=new_request())
    told = []
    for held in (True, False):
        apart = db.begin_nested()
        scene.pass_days(2)
        if held:
            world.fire(db, "officer", number, "hold", _WAITS)
            assert len(scene.case(number).held_clocks) >= 2
        # The worker is not there: what comes by itself is another matter.
        scene.set_clock(now(db) + timedelta(days=days))
        told.append([_told(db, world, who, referral) for who in ("provider", "officer")])
        (row,) = (row for tab in TABS for row in list_inbox(db, world.actor(db, "provider"), tab=tab).items)
        assert row.their_due
        assert row.they_are_late is (days == 40)
        apart.rollback()
    assert told[0][0] == told[1][0]
    assert told[0][1] != told[1][1]


_WAITS = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}

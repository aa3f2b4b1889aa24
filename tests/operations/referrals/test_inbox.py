"""A provider's inbox: which referrals stand under which tab, in which order, and what is said of each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.core.perform import calendar_of
from casework.operations.referrals.inbox import TABS, count_inbox, inbox_calendar, list_inbox, read_referral
from tests.support.way_to_referral import to_referral, to_request
from tests.support.world import World, today

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

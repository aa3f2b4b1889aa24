"""What a person was told: the newest first, read once and for all, and nothing of what one may no longer see."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.notifications.queries import (
    count_unread,
    find_notification,
    list_notifications,
    mark_all_read,
    mark_read,
)
from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def told(engine: Engine, world: World, staged: tuple[str, str]) -> tuple[str, str]:
    """A case whose request was sent to the lab, and everybody told: (number, referral)."""
    assert tell_due(engine, mailing=False) > 0
    return staged


def offer_of(db: Connection, world: World, name: str) -> str:
    (offer,) = list_notifications(db, world.actor(db, name)).items
    return offer.id


def test_a_provider_is_told_of_the_offer_and_where_it_is_answered(
    engine: Engine, world: World, told: tuple[str, str]
) -> None:
    number, referral = told
    with transaction(engine) as db:
        (offer,) = list_notifications(db, world.actor(db, "provider")).items
    assert (offer.kind, offer.number, offer.referral) == ("offer", number, referral)
    assert (offer.read, offer.inside, offer.sealed) == (False, False, False)


def test_what_was_read_is_counted_no_more_and_stays_listed(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        provider = world.actor(db, "provider")
        id = offer_of(db, world, "provider")
        assert count_unread(db, provider) == 1
        assert mark_read(db, provider, id).read
        assert count_unread(db, provider) == 0
        assert list_notifications(db, provider, unread=True).items == []
        assert [(one.id, one.read) for one in list_notifications(db, provider).items] == [(id, True)]


def test_what_another_was_told_is_not_there_and_stays_unread(
    engine: Engine, world: World, told: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        id = offer_of(db, world, "provider")
        for other in ("provider_lead", "officer"):
            with pytest.raises(NotFound):
                find_notification(db, world.actor(db, other), id)
            with pytest.raises(NotFound):
                mark_read(db, world.actor(db, other), id)
        with pytest.raises(NotFound):
            find_notification(db, world.actor(db, "provider"), "nothing")
        assert count_unread(db, world.actor(db, "provider")) == 1


def test_all_are_read_at_once_and_only_ones_own(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        unread = count_unread(db, officer)
        assert unread > 0
        assert mark_all_read(db, officer) == unread
        assert (count_unread(db, officer), mark_all_read(db, officer)) == (0, 0)
        assert count_unread(db, world.actor(db, "provider")) == 1


def test_who_has_declared_an_interest_was_never_told(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        id = offer_of(db, world, "provider")
        db.execute(
            text("UPDATE cases SET interests = ARRAY[CAST(:person AS text)]"), {"person": world.people["provider"]}
        )
        provider = world.actor(db, "provider")
        assert (list_notifications(db, provider).items, count_unread(db, provider)) == ([], 0)
        with pytest.raises(NotFound):
            find_notification(db, provider, id)


def test_pages_hold_each_once_the_newest_first(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        db.execute(
            text(
                "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at)"
                " SELECT gen_random_uuid(), person_id, log_id, seq, kind, 'page ' || n, at - n * interval '1 minute'"
                " FROM (SELECT * FROM notifications WHERE person_id = CAST(:person AS uuid) LIMIT 1) x"
                " CROSS JOIN generate_series(1, 5) n"
            ),
            {"person": officer.person},
        )
        whole = list_notifications(db, officer, limit=100).items
        seen, cursor = [], None
        while True:
            part = list_notifications(db, officer, cursor=cursor, limit=2)
            seen += [one.id for one in part.items]
            cursor = part.next
            if cursor is None:
                break
    assert len(whole) > 5
    assert seen == [one.id for one in whole]
    moments = [datetime.fromisoformat(one.at) for one in whole]
    assert moments == sorted(moments, reverse=True)

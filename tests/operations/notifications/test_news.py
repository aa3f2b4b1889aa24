"""What is new since a notification that a page knows: the newest few, what one may see of them, and nothing that is read."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import new_id
from casework.operations.notifications.news import MOST_NAMED, find_news
from casework.operations.notifications.queries import (
    count_unread,
    find_unread,
    list_notifications,
    mark_all_read,
    mark_read,
)
from casework.operations.notifications.service import tell_due
from casework.operations.notifications.views import MOST_KNOWN, Unread
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.world import World

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def told(engine: Engine, staged: tuple[str, str]) -> tuple[str, str]:
    assert tell_due(engine, mailing=False) > 0
    return staged


def test_news_are_the_newest_that_one_has_not_read(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        world.fire(db, "provider", told[0], "decline", {"reason": "no_capacity"}, track=told[1])
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        flat = sorted(one.id for one in list_notifications(db, officer, limit=100).items)
        news = find_news(db, officer, "0")
        assert news is not None
        assert [one.id for one in news.items] == flat[::-1][:MOST_NAMED]
        assert news.unread.count == len(flat) == count_unread(db, officer)
        assert find_unread(db, officer).newest == tuple(flat[::-1])
        assert find_news(db, officer, news.unread.known) is None


def test_what_is_seen_late_is_told_whatever_its_id(engine: Engine, world: World, told: tuple[str, str]) -> None:
    """Two workers tell at once: the one with the earlier id may be done later."""
    with transaction(engine) as db:
        world.fire(db, "provider", told[0], "decline", {"reason": "no_capacity"}, track=told[1])
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        now = find_unread(db, officer)
        for late in now.newest:
            before = Unread(count=now.count - 1, newest=tuple(id for id in now.newest if id != late))
            news = find_news(db, officer, before.known)
            assert news is not None
            assert [one.id for one in news.items] == [late]


def test_what_was_read_elsewhere_is_told_as_a_number(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        known = find_unread(db, officer).known
        mark_all_read(db, officer)
        news = find_news(db, officer, known)
        assert news is not None
        assert (news.items, news.unread) == ([], Unread())
        assert find_news(db, officer, "0") is None


def test_of_more_than_a_page_knows_the_old_ones_are_no_news(
    engine: Engine, world: World, told: tuple[str, str]
) -> None:
    more = text(
        "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at) SELECT CAST(:id AS uuid), person_id, log_id,"
        " seq, 'moved', :id, at FROM notifications WHERE person_id = CAST(:person AS uuid) LIMIT 1"
    )
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        for _ in range(MOST_KNOWN + 5):
            db.execute(more, {"id": new_id(), "person": officer.person})
        now = find_unread(db, officer)
        assert len(now.newest) == MOST_KNOWN
        mark_read(db, officer, now.newest[3])
        news = find_news(db, officer, now.known)
        assert news is not None
        assert (news.items, news.unread.count) == ([], now.count - 1)
        db.execute(more, {"id": (newest := new_id()), "person": officer.person})
        news = find_news(db, officer, news.unread.known)
        assert news is not None
        assert [one.id for one in news.items] == [newest]


def test_what_comes_later_is_news_and_nobody_s_else(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        known = {name: find_unread(db, world.actor(db, name)).known for name in ("officer", "provider", "manager")}
        world.fire(db, "provider", told[0], "decline", {"reason": "no_capacity"}, track=told[1])
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        news = {name: find_news(db, world.actor(db, name), told) for name, told in known.items()}
    assert news["officer"] is not None
    assert {one.number for one in news["officer"].items} == {told[0]}
    assert news["provider"] is news["manager"] is None


def test_what_one_may_no_longer_see_is_no_news(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        known = find_unread(db, world.actor(db, "provider")).known
        assert known != "0"
        db.execute(
            text("UPDATE tracks SET barred = ARRAY[:person] WHERE id = CAST(:id AS uuid)"),
            {"person": world.people["provider"], "id": told[1]},
        )
        provider = world.actor(db, "provider")
        assert find_unread(db, provider) == Unread()
        news = find_news(db, provider, known)
        assert news is not None
        assert news.items == []

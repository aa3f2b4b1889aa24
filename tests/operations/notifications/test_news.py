"""What is new since a notification that a page knows: the newest few, what one may see of them, and nothing that is read."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.errors import NotFound
from casework.operations.notifications.news import MOST_NAMED, find_news
from casework.operations.notifications.queries import count_unread, find_unread, list_notifications, mark_all_read
from casework.operations.notifications.service import tell_due
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
        news = find_news(db, officer, None)
        assert news is not None
        assert [one.id for one in news.items] == flat[::-1][:MOST_NAMED]
        assert news.unread == len(flat) == count_unread(db, officer)
        assert find_unread(db, officer).newest == flat[-1]
        later = find_news(db, officer, flat[-2])
        assert later is not None
        assert [one.id for one in later.items] == [flat[-1]]
        assert later.unread == len(flat)
        assert find_news(db, officer, flat[-1]) is None
        mark_all_read(db, officer)
        assert find_news(db, officer, None) is None
        assert find_unread(db, officer).newest is None


def test_what_comes_later_is_news_and_nobody_s_else(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        known = {name: find_unread(db, world.actor(db, name)).newest for name in ("officer", "provider", "manager")}
        world.fire(db, "provider", told[0], "decline", {"reason": "no_capacity"}, track=told[1])
    tell_due(engine, mailing=False)
    with transaction(engine) as db:
        news = {name: find_news(db, world.actor(db, name), since) for name, since in known.items()}
    assert news["officer"] is not None
    assert {one.number for one in news["officer"].items} == {told[0]}
    assert news["provider"] is news["manager"] is None


def test_what_one_may_no_longer_see_is_no_news(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        assert find_news(db, world.actor(db, "provider"), None) is not None
        db.execute(
            text("UPDATE tracks SET barred = ARRAY[:person] WHERE id = CAST(:id AS uuid)"),
            {"person": world.people["provider"], "id": told[1]},
        )
        provider = world.actor(db, "provider")
        assert find_news(db, provider, None) is None
        assert (find_unread(db, provider).count, find_unread(db, provider).newest) == (0, None)


def test_what_is_no_id_is_not_there(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db, pytest.raises(NotFound):
        find_news(db, world.actor(db, "officer"), "yesterday")

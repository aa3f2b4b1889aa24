"""Alerts by case: who did what as far as the reader sees it, what is still to do, and nothing else."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from benchmarks.statements import captured
from casework.errors import NotFound
from casework.operations.notifications.alerts import (
    ALL,
    FOLLOWED,
    LATE,
    MENTIONS,
    ON_A_PAGE,
    READ,
    SHOWS,
    TO_DO,
    count_alerts,
    list_alerts,
)
from casework.operations.notifications.queries import list_notifications, mark_all_read, mark_case_read
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


def test_alerts_hold_the_same_as_the_list_in_groups(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        for name in ("officer", "supervisor", "provider", "compliance", "auditor", "administrator", "foreign_officer"):
            actor = world.actor(db, name)
            groups = list_alerts(db, actor).items
            flat = list_notifications(db, actor, limit=100).items
            assert sorted(item.told.id for group in groups for item in group.items) == sorted(one.id for one in flat)
            assert len({group.log for group in groups}) == len(groups)
            for group in groups:
                moments = [item.told.at for item in group.items]
                assert moments == sorted(moments, reverse=True)
            counts = count_alerts(db, actor)
            assert counts.unread == sum(not one.read for one in flat)
            assert counts.cases == len({one.log for one in flat if not one.read})
            assert counts.elsewhere == 0


def test_the_whole_event_is_told_in_the_programme_and_its_outside_to_the_provider(
    engine: Engine, world: World, told: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        (group,) = list_alerts(db, world.actor(db, "officer")).items
        assert group.title
        assert all(item.event is not None for item in group.items)
        (offer,) = list_alerts(db, world.actor(db, "provider")).items
        assert offer.title is None
        (item,) = offer.items
        assert item.event is not None
        assert item.event.transition == "send"
        assert item.event.actor is not None
        assert item.event.actor.id is None
        assert (item.event.names, item.event.task, item.event.whom) == ({}, None, None)


def test_an_event_that_the_providers_history_does_not_show_is_not_told_either(
    engine: Engine, world: World, told: tuple[str, str]
) -> None:
    with transaction(engine) as db:
        provider = world.actor(db, "provider")
        db.execute(
            text("UPDATE notifications SET seq = 1 WHERE person_id = CAST(:person AS uuid)"),
            {"person": provider.person},
        )
        (group,) = list_alerts(db, provider).items
        assert [item.event for item in group.items] == [None]


def test_each_sort_is_counted_and_listed_alike(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        provider = world.actor(db, "provider")
        counts = count_alerts(db, provider)
        assert (counts.unread, counts.to_do, counts.mentions, counts.late) == (1, 1, 0, 0)
        listed = {show: len(list_alerts(db, provider, show).items) for show in SHOWS}
        assert listed == {ALL: 1, TO_DO: 1, MENTIONS: 0, LATE: 0, FOLLOWED: 0, READ: 0}
        mark_all_read(db, provider)
        listed = {show: len(list_alerts(db, provider, show).items) for show in SHOWS}
        assert (listed[READ], count_alerts(db, provider).unread) == (1, 0)


def test_an_offer_that_was_answered_is_not_to_do_any_more(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        world.fire(db, "provider", told[0], "decline", {"reason": "no_capacity"}, track=told[1])
        provider = world.actor(db, "provider")
        assert list_alerts(db, provider, TO_DO).items == []
        assert (count_alerts(db, provider).unread, count_alerts(db, provider).to_do) == (1, 0)


def test_one_case_is_read_at_once_by_who_sees_it(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer, other = world.actor(db, "officer"), world.actor(db, "foreign_officer")
        (group,) = list_alerts(db, officer).items
        unread = sum(not item.told.read for item in group.items)
        assert unread > 0
        for absent in (group.log, "nothing", other.person):
            with pytest.raises(NotFound):
                mark_case_read(db, other, absent)
        assert mark_case_read(db, officer, group.log) == unread
        assert mark_case_read(db, officer, group.log) == 0
        assert all(item.told.read for group in list_alerts(db, officer).items for item in group.items)
        assert count_alerts(db, world.actor(db, "provider")).unread == 1


def test_pages_hold_each_once(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        db.execute(
            text(
                "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at)"
                " SELECT gen_random_uuid(), person_id, log_id, seq, kind, 'page ' || n, at - n * interval '1 minute'"
                " FROM (SELECT * FROM notifications WHERE person_id = CAST(:person AS uuid) LIMIT 1) x"
                " CROSS JOIN generate_series(1, :most) n"
            ),
            {"person": officer.person, "most": ON_A_PAGE + 10},
        )
        seen: list[str] = []
        cursor = None
        while True:
            part = list_alerts(db, officer, cursor=cursor)
            seen += [item.told.id for group in part.items for item in group.items]
            cursor = part.next
            if cursor is None:
                break
    assert len(seen) == len(set(seen)) > ON_A_PAGE + 10


def test_a_long_list_takes_no_more_statements_than_a_short_one(
    engine: Engine, world: World, told: tuple[str, str]
) -> None:
    def asked() -> int:
        with transaction(engine) as db:
            officer = world.actor(db, "officer")
            with captured(str(engine.url.database)) as sent:
                count_alerts(db, officer)
                list_alerts(db, officer)
            return len(sent)

    few = asked()
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at)"
                " SELECT gen_random_uuid(), CAST(:person AS uuid), e.log_id, e.seq, 'moved', 'more', e.at"
                " FROM events e JOIN cases c ON c.id = e.log_id"
            ),
            {"person": world.people["officer"]},
        )
    assert asked() == few


def test_what_lies_in_no_case_is_counted_as_such(engine: Engine, world: World, told: tuple[str, str]) -> None:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        before = count_alerts(db, officer)
        db.execute(
            text(
                "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, words)"
                " SELECT gen_random_uuid(), l.id, l.id, 1, 'account', '', casework_now(), 'new_browser' FROM logs l"
                " WHERE l.id = CAST(:id AS uuid)"
            ),
            {"id": officer.person},
        )
        after = count_alerts(db, officer)
    assert (after.unread, after.cases, after.elsewhere) == (before.unread + 1, before.cases, 1)

"""Saved searches: who keeps one is told of new records that fit it, once, and of nothing that the list would not show."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

from sqlalchemy import Engine, text

from casework.operations.cases.saved_views import save_view
from casework.operations.notifications.queries import list_notifications
from casework.operations.notifications.saved_searches import any_waiting, tell_searches
from casework.records.database import transaction
from casework.records.event_log import now
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request


def save(engine: Engine, world: World, by: str, page: str, **asked: str) -> str:
    with transaction(engine) as db:
        done = save_view(
            db, world.actor(db, by), page, name=f"My {page}", query=urlencode(asked), request=new_request()
        )
        return str(done.answer["id"])


def rest(engine: Engine) -> None:
    """Each search was looked at an hour ago, before whatever comes now."""
    with transaction(engine) as db:
        db.execute(text("UPDATE saved_views SET told_at = :at"), {"at": now(db) - timedelta(hours=1)})
        db.execute(text("UPDATE needs SET created_at = created_at - interval '2 hours'"))
        db.execute(text("UPDATE technologies SET created_at = created_at - interval '2 hours'"))


def told(engine: Engine, world: World, who: str) -> list[str | None]:
    with transaction(engine) as db:
        return [one.catalogue for one in list_notifications(db, world.actor(db, who)).items if one.words == "search"]


def test_who_keeps_a_search_is_told_of_new_records_that_fit_it_once(world: World, engine: Engine) -> None:
    search = save(engine, world, "officer", "technologies", q="heat pump", country="DE")
    rest(engine)
    with transaction(engine) as db:
        assert any_waiting(db)
        enter(world, db, "technology", title="Seaweed fodder")
        enter(world, db, "need", title="A heat pump is wanted")
    tell_searches(engine, mailing=True)
    assert told(engine, world, "officer") == []
    with transaction(engine) as db:
        assert not any_waiting(db)
    rest(engine)
    with transaction(engine) as db:
        enter(world, db, "technology", title="Heat pump for dye houses")
    assert tell_searches(engine, mailing=True) == 1
    assert told(engine, world, "officer") == [search]
    assert tell_searches(engine, mailing=True) == 0
    assert told(engine, world, "other_officer") == []


def test_of_what_one_may_not_see_one_is_told_nothing(world: World, engine: Engine) -> None:
    save(engine, world, "manager", "needs", q="quicksilver")
    save(engine, world, "foreign_officer", "needs", q="quicksilver")
    seen = save(engine, world, "auditor", "needs", q="quicksilver")
    rest(engine)
    with transaction(engine) as db:
        enter(world, db, "need", title="Quicksilver pump", publication="closed")
    tell_searches(engine, mailing=False)
    assert (told(engine, world, "manager"), told(engine, world, "foreign_officer")) == ([], [])
    assert told(engine, world, "auditor") == [seen]


def test_views_of_other_lists_are_no_searches(world: World, engine: Engine) -> None:
    save(engine, world, "officer", "cases", q="heat")
    rest(engine)
    with transaction(engine) as db:
        assert not any_waiting(db)

"""Saved searches: who keeps one is told of new records that fit it, once, and of nothing that the list would not show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import Connection, Engine, text

from casework.matching.facets import FACETS
from casework.operations.cases.saved_views import save_view
from casework.operations.catalogue.views import Need, Technology
from casework.operations.matching.listed_records import facets_asked, find_new, list_found
from casework.operations.notifications import saved_searches
from casework.operations.notifications.queries import list_notifications
from casework.operations.notifications.saved_searches import any_waiting, new_for, tell_searches
from casework.records.database import transaction
from casework.records.event_log import now
from casework.web.tasks.saved_view_pages import known
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request

KINDS: dict[str, Any] = {"needs": Need, "technologies": Technology}


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


def settle(engine: Engine, minutes: int = 10) -> None:
    """So much time goes by."""
    with transaction(engine) as db:
        for table, column in (("saved_views", "told_at"), ("needs", "created_at"), ("technologies", "created_at")):
            db.execute(
                text(f"UPDATE {table} SET {column} = {column} - make_interval(mins => :minutes)"), {"minutes": minutes}
            )


def told(engine: Engine, world: World, who: str) -> list[str | None]:
    with transaction(engine) as db:
        return [one.catalogue for one in list_notifications(db, world.actor(db, who)).items if one.words == "search"]


def test_who_keeps_a_search_is_told_of_new_records_that_fit_it_once(world: World, engine: Engine) -> None:
    search = save(engine, world, "officer", "technologies", q="heat pump", country="DE")
    rest(engine)
    with transaction(engine) as db:
        assert any_waiting(db)
        enter(world, db, "technology", title="Seaweed fodder", developed_in=["DE"])
        enter(world, db, "technology", title="Heat pump of another country", developed_in=["FR"])
        enter(world, db, "need", title="A heat pump is wanted")
    settle(engine)
    tell_searches(engine, mailing=True)
    assert told(engine, world, "officer") == []
    with transaction(engine) as db:
        assert not any_waiting(db)
    rest(engine)
    with transaction(engine) as db:
        enter(world, db, "technology", title="Heat pump for dye houses", developed_in=["DE"])
    settle(engine)
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
    settle(engine)
    tell_searches(engine, mailing=False)
    assert (told(engine, world, "manager"), told(engine, world, "foreign_officer")) == ([], [])
    assert told(engine, world, "auditor") == [seen]


@pytest.mark.parametrize(
    ("page", "asked"),
    [
        ("technologies", {"readiness": "5"}),
        ("technologies", {"country": "DE"}),
        ("technologies", {"ipc": "F"}),
        ("technologies", {"q": "houses dye pump"}),
        ("technologies", {"q": "laundries"}),
        ("technologies", {"q": "热泵", "country": "DE"}),
        ("needs", {"sector": "Dyeing"}),
        ("needs", {"q": "dried sludge", "readiness": "5"}),
        ("needs", {"q": "污泥"}),
    ],
)
def test_a_search_finds_as_its_list_does(world: World, engine: Engine, page: str, asked: dict[str, str]) -> None:
    """By what the list is narrowed to alone, and by words in any order, of title and text, in either language."""
    search = save(engine, world, "officer", page, **asked)
    rest(engine)
    with transaction(engine) as db:
        enter(world, db, "technology", title="Seaweed fodder", readiness_low=1, developed_in=["FR"], ipc=["A23K"])
        enter(
            world, db, "need", title="Fodder", sector="Farming", readiness_low=1, readiness_high=2, publication="public"
        )
    settle(engine)
    tell_searches(engine, mailing=False)
    assert told(engine, world, "officer") == []
    rest(engine)
    with transaction(engine) as db:
        here = {"developed_in": ["DE"], "readiness_low": 5, "readiness_high": 6, "ipc": ["F25B 30/00"]}
        enter(world, db, "technology", title="Heat pump for dye houses", description="And laundries.", **here)
        enter(
            world,
            db,
            "need",
            title="Sludge of a dye house",
            title_zh="污泥",
            problem="It must be dried.",
            sector="Dyeing",
            readiness_low=5,
            publication="public",
        )
    settle(engine)
    tell_searches(engine, mailing=False)
    assert told(engine, world, "officer") == [search]


#: By list and by each thing that narrows it what is asked, and what no record says.
NARROWED = {
    ("needs", "need"): {
        "readiness": ("5", "2"), "sector": ("Dyeing", "Farming"), "district": ("Haidian", "Daxing"), "source": ("desk", "A fair"),
        "ipc": ("F", "A"), "stands": ("claimed", "confirmed"), "status": ("published", "expired"),
    },
    ("technologies", "technology"): {
        "readiness": ("5", "2"), "country": ("DE", "FR"), "source": ("desk", "A fair"), "ipc": ("F", "A"), "topic": ("Heat", "Soil"),
        "licence": ("exclusive", "plain"), "standard": ("ISO 50001", "CE"), "stands": ("claimed", "confirmed"),
        "status": ("published", "expired"),
    },
}  # fmt: skip
SAYS: dict[str, dict[str, Any]] = {
    "needs": {
        "sector": "Dyeing",
        "district": "Haidian",
        "readiness_low": 5,
        "ipc": ["F25B 30/00"],
        "publication": "public",
    },
    "technologies": {
        "developed_in": ["DE"],
        "readiness_low": 5,
        "readiness_high": 6,
        "ipc": ["F25B 30/00"],
        "green_topics": ["Heat"],
        "licences": ["exclusive"],
        "standards": [{"name": "ISO 50001"}],
    },
}


@pytest.mark.parametrize(("page", "noun"), list(NARROWED))
def test_whatever_narrows_a_list_narrows_its_search_and_its_alerts(
    world: World, engine: Engine, page: str, noun: Any
) -> None:
    """By each thing alone: as the view is kept, so the alert finds, and what the list does not show is told to nobody."""
    assert set(NARROWED[page, noun]) == set(FACETS[noun])
    with transaction(engine) as db:
        since = now(db) - timedelta(minutes=1)
        id = enter(world, db, noun, title="Quicksilver", **SAYS[page])
    with transaction(engine) as db:
        officer, until = world.actor(db, "officer"), now(db) + timedelta(minutes=1)
        for name, values in NARROWED[page, noun].items():
            for value in values:
                query = urlencode(known(page, urlencode({"q": "quicksilver", name: value})))
                facets = facets_asked(noun, dict(parse_qsl(query)))
                listed = list_found(db, officer, KINDS[page], said="quicksilver", facets=facets)
                told = new_for(db, officer, page, query, since=since, until=until)
                found = [id] if value == values[0] else []
                assert ([one.id for one in listed.items], told is not None) == (found, bool(found)), (name, value)


def test_of_what_a_search_says_twice_the_first_counts_for_the_list_and_the_alert(world: World, engine: Engine) -> None:
    query = "licence=exclusive&licence=plain&q=quicksilver"
    assert known("technologies", query) == {"licence": "exclusive", "q": "quicksilver"}
    with transaction(engine) as db:
        since = now(db) - timedelta(minutes=1)
        enter(world, db, "technology", title="Quicksilver", licences=["exclusive"])
    with transaction(engine) as db:
        until = now(db) + timedelta(minutes=1)
        assert new_for(db, world.actor(db, "officer"), "technologies", query, since=since, until=until) is not None


def test_of_what_was_committed_after_a_look_one_is_told_at_the_next(world: World, engine: Engine) -> None:
    search = save(engine, world, "officer", "technologies", q="heat pump")
    rest(engine)
    with transaction(engine) as late:
        enter(world, late, "technology", title="Heat pump for dye houses")
        assert tell_searches(engine, mailing=False) == 1
    assert told(engine, world, "officer") == []
    settle(engine, 30)
    assert tell_searches(engine, mailing=False) == 1
    assert told(engine, world, "officer") == [search]


def test_a_search_that_cannot_be_looked_at_holds_up_no_other(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of a time before was kept with a character that nothing holds, and with another one the database does not get on."""
    unstorable = save(engine, world, "officer", "technologies", q="x")
    save(engine, world, "supervisor", "technologies", q="broken")
    search = save(engine, world, "auditor", "technologies", q="heat pump")
    rest(engine)
    with transaction(engine) as db:
        db.execute(text("UPDATE saved_views SET query = 'q=%00' WHERE id = :id"), {"id": unstorable})
        enter(world, db, "technology", title="Heat pump for dye houses")
    settle(engine)

    def find(db: Connection, *given: Any, said: str, **more: Any) -> Any:
        if said == "broken":
            db.execute(text("SELECT 1 / 0"))
        return find_new(db, *given, said=said, **more)

    monkeypatch.setattr(saved_searches, "find_new", find)
    assert tell_searches(engine, mailing=False) == 3
    assert [told(engine, world, who) for who in ("officer", "supervisor", "auditor")] == [[], [], [search]]
    assert tell_searches(engine, mailing=False) == 0


def test_views_of_other_lists_are_no_searches(world: World, engine: Engine) -> None:
    save(engine, world, "officer", "cases", q="heat")
    rest(engine)
    with transaction(engine) as db:
        assert not any_waiting(db)

"""Saved searches: who keeps one is told of new records that fit it, once, and of nothing that the list would not show."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from sqlalchemy import Connection, Engine, text

from casework.engine.analysis.notification_rules import CATALOGUE
from casework.errors import InvalidForm
from casework.matching.facets import FACETS
from casework.operations.cases.saved_views import change_view, find_view, save_view
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.notification_preferences import DIGEST, NOW, set_telling
from casework.operations.documents.key_material import secret_box_of
from casework.operations.matching.listed_records import facets_asked, find_new, list_found
from casework.operations.notifications import saved_searches
from casework.operations.notifications.catalogue_news import PROPOSAL, tell
from casework.operations.notifications.mail_stops import ITS_SEARCHES, ONE_SEARCH, stop_by_link, stop_path
from casework.operations.notifications.queries import list_notifications
from casework.operations.notifications.saved_searches import any_waiting, new_for, tell_searches
from casework.records.database import transaction
from casework.records.event_log import now
from casework.web.tasks.saved_view_pages import known
from tests.operations.core.test_catalogue_index import enter
from tests.support.mail_office import Office
from tests.support.mailbox import text_of
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


# --- by mail -----------------------------------------------------------------------------------------------------------


def choose(engine: Engine, world: World, how: str, who: str = "officer") -> None:
    """How somebody is told of what is new in the catalogue."""
    with transaction(engine) as db:
        set_telling(db, world.actor(db, who), {CATALOGUE: how}, quiet=False)


def come(office: Office, *titles: str) -> None:
    """Technologies come in, and whoever searches for them is told."""
    rest(office.engine)
    with transaction(office.engine) as db:
        for title in titles:
            enter(office.world, db, "technology", title=title)
    settle(office.engine)
    tell_searches(office.engine, mailing=True)


def test_a_mail_of_a_search_is_stopped_by_the_button_of_a_mail_program(office: Office) -> None:
    choose(office.engine, office.world, NOW)
    search = save(office.engine, office.world, "officer", "technologies", q="heat pump")
    come(office, "Heat pump for dye houses")
    office.run()
    (mail,) = office.mails("officer")
    address = str(mail["List-Unsubscribe"])[1:-1]
    assert f"/stop-mails/{search}/" in address
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert address in text_of(mail).split()
    # Neither what is searched for nor what the search is called.
    assert "pump" not in str(mail)
    assert "My technologies" not in str(mail)
    with transaction(office.engine) as db:
        assert stop_by_link(db, secret_box_of(office.settings), search, address.rpartition("/")[2]) == ONE_SEARCH
        db.execute(text("UPDATE notifications SET read_at = at"))
    come(office, "Another heat pump")
    office.run()
    # It stays, and tells on the pages alone.
    assert len(office.mails("officer")) == 1
    assert told(office.engine, office.world, "officer") == [search, search]


def test_a_mail_that_waits_says_nothing_of_a_search_that_was_stopped(office: Office) -> None:
    choose(office.engine, office.world, DIGEST)
    search = save(office.engine, office.world, "officer", "technologies", q="heat pump")
    come(office, "Heat pump for dye houses")
    with transaction(office.engine) as db:
        box = secret_box_of(office.settings)
        stop_by_link(db, box, search, stop_path(box, ONE_SEARCH, search).rpartition("/")[2])
    office.run(4 * 86_400)
    assert office.mails("officer") == []
    assert office.states() == ["cancelled"]


def save_two(office: Office) -> list[str]:
    """Two searches of one person, for heat and for sludge."""
    with transaction(office.engine) as db:
        actor = office.world.actor(db, "officer")
        return [
            str(save_view(db, actor, "technologies", name=q, query=f"q={q}", request=new_request()).answer["id"])
            for q in ("heat", "sludge")
        ]


def test_the_button_of_a_mail_of_several_searches_stops_these_and_each_has_a_link_of_its_own(office: Office) -> None:
    choose(office.engine, office.world, DIGEST)
    both = save_two(office)
    with transaction(office.engine) as db:
        actor = office.world.actor(db, "officer")
        save_view(db, actor, "technologies", name="gas", query="q=gas", request=new_request())
    come(office, "Heat exchanger", "Sludge press")
    office.run(4 * 86_400)
    (mail,) = office.mails("officer")
    for search in both:
        assert f"/stop-mails/{search}/" in text_of(mail)
    address = str(mail["List-Unsubscribe"])[1:-1]
    id, secret = address.split("/")[-2:]
    assert id not in both
    with transaction(office.engine) as db:
        assert stop_by_link(db, secret_box_of(office.settings), id, secret) == ITS_SEARCHES
        mailed = db.execute(text("SELECT name FROM saved_views WHERE mailed")).scalars().all()
    assert mailed == ["gas"]


def test_a_mail_that_tells_of_other_things_too_has_links_and_no_button(office: Office) -> None:
    """A button would seem to stop all of them, and deadlines cannot be stopped."""
    choose(office.engine, office.world, DIGEST)
    search, _ = save_two(office)
    come(office, "Heat exchanger")
    with transaction(office.engine) as db:
        tell(db, office.world.programmes["BJ"], [(office.world.people["officer"], "a need")], PROPOSAL, mailing=True)
    office.run(4 * 86_400)
    (mail,) = office.mails("officer")
    assert f"/stop-mails/{search}/" in text_of(mail)
    assert mail["List-Unsubscribe"] is None


def test_only_of_needs_and_technologies_it_is_said_whether_they_are_mailed(world: World, engine: Engine) -> None:
    search, other = save(engine, world, "officer", "needs", q="heat"), save(engine, world, "officer", "cases", q="heat")
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        assert [find_view(db, officer, one)[1].mailed for one in (search, other)] == [True, None]
        given: dict[str, Any] = {"shared_with": None, "request": new_request()}
        change_view(db, officer, search, name="Heat", mailed=False, **given)
        change_view(db, officer, search, name="Heat of all kinds", shared_with=None, request=new_request())
        assert find_view(db, officer, search)[1].mailed is False
        with pytest.raises(InvalidForm):
            change_view(db, officer, other, name="Heat", mailed=False, shared_with=None, request=new_request())

"""What one was told: the page, the count in the top bar, where a link leads, and how one wants to be told."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.definitions import load_library
from casework.operations.core.notification_preferences import find_telling
from casework.operations.core.perform import calendar_of
from casework.operations.documents.service import file_version, find_document, withdraw
from casework.operations.documents.storage import DocumentStore
from casework.operations.documents.uploads import receive
from casework.operations.history.timeline import read_history
from casework.operations.notifications.alerts import list_alerts
from casework.operations.notifications.queries import list_notifications
from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from casework.web.history.sentences import say_entry
from casework.web.shell import layout
from tests.support.additions import add_absence
from tests.support.file_makers import PDF
from tests.support.way_to_referral import complete, to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def told(engine: Engine, world: World, staged: tuple[str, str]) -> tuple[World, str]:
    """A case whose request was sent to the lab, and everybody told."""
    assert tell_due(engine, mailing=False) > 0
    return world, staged[0]


@pytest.fixture
def sign_in(app: Flask, told: tuple[World, str]) -> Callable[[str], Browser]:
    def opened(name: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{name}@example.org", told[0].password).status_code == 303
        return browser

    return opened


def _first(engine: Engine, world: World, name: str) -> str:
    with transaction(engine) as db:
        return str(list_notifications(db, world.actor(db, name)).items[0].id)


def _unread(browser: Browser) -> int:
    """What the count in the top bar says."""
    bar = browser.get("/").text.partition('href="/notifications"')[2].partition("</a>")[0]
    return int(match[1]) if (match := re.search(r'class="count hot">(\d+)<', bar)) else 0


def test_the_top_bar_counts_what_is_not_read(sign_in: Callable[[str], Browser], told: tuple[World, str]) -> None:
    provider, foreign = sign_in("provider"), sign_in("foreign_provider")
    assert _unread(provider) == 1
    assert _unread(foreign) == 0
    page = provider.get("/notifications").text
    assert told[1] in page
    assert "New offer" in page
    assert told[1] not in foreign.get("/notifications").text


def test_a_link_leads_there_and_changes_nothing(
    sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine
) -> None:
    one = _first(engine, told[0], "provider")
    provider = sign_in("provider")
    answer = provider.get(f"/notifications/{one}")
    assert answer.status_code == 303
    assert provider.get(answer.location).status_code == 200
    assert _unread(provider) == 1


def test_reading_it_goes_on_to_what_it_is_about(
    sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine
) -> None:
    provider = sign_in("provider")
    answer = provider.post(f"/notifications/{_first(engine, told[0], 'provider')}/read", {"go": "1"})
    assert "/referrals/" in answer.location
    assert _unread(provider) == 0


def test_alerts_stand_by_case_and_say_who_did_what(sign_in: Callable[[str], Browser], told: tuple[World, str]) -> None:
    officer, provider = sign_in("officer"), sign_in("provider")
    page = officer.get("/notifications").text
    assert page.count("<section") == 1
    assert f'href="/cases/{told[1]}"' in page
    assert "Sun Wei" in page or "supervisor" in page.lower()
    # The other side's people are not named to a provider, and the case has no title there.
    mine = provider.get("/notifications").text
    assert "sent the request" in mine
    assert "/cases/" not in mine


#: As if somebody had been told of every event of a case.
_ALL_TOLD = text("""
    INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, track_id)
    SELECT gen_random_uuid(), CAST(:person AS uuid), e.log_id, e.seq, 'moved', 'all', e.at, e.track_id FROM events e
    JOIN cases c ON c.id = e.log_id WHERE c.number = :number AND (:whole OR e.track_id = CAST(:referral AS uuid))
    ON CONFLICT DO NOTHING
""")


def _file(world: World, store: DocumentStore, by: str, document: str) -> None:
    """A second version of a document."""
    with transaction(store.engine) as db:
        actor = world.actor(db, by)
        log = find_document(db, actor, document)[0].log
    with receive(io.BytesIO(PDF + b"\n"), "second.pdf") as upload:
        kept = store.keep(log, "case", upload)
    with transaction(store.engine) as db:
        file_version(db, world.actor(db, by), store, document, kept, request=new_request())


def test_an_alert_says_of_an_event_what_the_history_says(
    app: Flask, engine: Engine, world: World, staged: tuple[str, str], document_store: DocumentStore
) -> None:
    number, referral = staged
    later = (today() + timedelta(days=50)).isoformat()
    paper = world.hand_in(document_store, number, title="Heat report")
    with transaction(engine) as db:
        world.accept(db, number, referral)
        world.fire(db, "provider", number, "start", track=referral)
        asked = {"new_date": later, "reason": "The laboratory is closed."}
        world.fire(db, "provider", number, "ask_extension", asked, track=referral)
        complete(world, db, "officer", number, "decide_extension", data={"granted": True, "until_on": later})
    own = world.hand_in(document_store, number, "provider", title="Draft", referral=referral)
    for by, document in (("officer", paper), ("provider", own)):
        _file(world, document_store, by, document)
    with transaction(engine) as db:
        withdraw(db, world.actor(db, "officer"), paper, reason="A mistake.", request=new_request())
        for name, whole in (("supervisor", True), ("provider", False)):
            given = {"person": world.people[name], "number": number, "referral": referral, "whole": whole}
            db.execute(_ALL_TOLD, given)
    for name, words in (
        (
            "supervisor",
            ["Officer granted more time, until", "filed version 2 of “Heat report”", "withdrew “Heat report”"],
        ),
        ("provider", ["Case officer granted more time, until", "Provider filed version 2 of “Draft”"]),
    ):
        with transaction(engine) as db, app.test_request_context():
            actor, editions = world.actor(db, name), load_library().editions
            layout.use_calendar(calendar_of(db, world.programmes["BJ"]))
            alerts = [item.event for group in list_alerts(db, actor).items for item in group.items]
            history = read_history(db, actor, number, limit=100).items
            told = sorted(say_entry(event, editions) for event in alerts if event)
            assert told == sorted(say_entry(entry, editions) for entry in history)
        assert [part for part in words if not any(part in one for one in told)] == []


@pytest.mark.parametrize("show", ["all", "to_do", "mentions", "late", "read", "nonsense"])
def test_each_pill_shows_its_share(sign_in: Callable[[str], Browser], told: tuple[World, str], show: str) -> None:
    page = sign_in("provider").get(f"/notifications?show={show}").text
    assert (told[1] in page) == (show in ("all", "to_do", "nonsense"))
    assert page.count('aria-current="page"') >= 1


def test_all_of_one_case_is_read_at_once_and_only_by_who_sees_it(
    sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine
) -> None:
    with transaction(engine) as db:
        log = db.execute(text("SELECT id FROM cases WHERE number = :number"), {"number": told[1]}).scalar_one()
    officer, foreign = sign_in("officer"), sign_in("foreign_officer")
    assert foreign.post(f"/notifications/case/{log}/read", {}).status_code == 404
    assert foreign.post("/notifications/case/00000000-0000-0000-0000-000000000000/read", {}).status_code == 404
    assert _unread(officer) > 0
    done = officer.post(f"/notifications/case/{log}/read", {"page": "/notifications?show=late"})
    assert (done.status_code, done.headers["Location"]) == (303, "/notifications?show=late")
    assert _unread(officer) == 0
    assert "Mark as read" not in officer.get("/notifications").text
    assert told[1] in officer.get("/notifications?show=read").text


def test_each_kind_of_place_opens(sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine) -> None:
    for name in ("officer", "compliance", "supervisor", "provider_lead"):
        with transaction(engine) as db:
            mine = list_notifications(db, told[0].actor(db, name), limit=100).items
        browser = sign_in(name)
        for one in mine:
            place = browser.get(f"/notifications/{one.id}").location
            assert browser.get(place).status_code in (200, 303), (name, one)


def test_what_another_was_told_does_not_exist(
    sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine
) -> None:
    one, other = _first(engine, told[0], "provider"), sign_in("provider_lead")
    assert other.get(f"/notifications/{one}").status_code == 404
    assert other.post(f"/notifications/{one}/read", {}).status_code == 404
    assert other.get("/notifications/00000000-0000-0000-0000-000000000000").status_code == 404
    assert other.get("/notifications/nothing").status_code == 404


def test_who_may_not_see_the_case_any_more_was_never_told(
    sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine
) -> None:
    provider = sign_in("provider")
    one = _first(engine, told[0], "provider")
    with transaction(engine) as db:
        db.execute(
            text("UPDATE tracks SET barred = ARRAY[:person] WHERE workflow = 'referral'"),
            {"person": told[0].people["provider"]},
        )
    assert _unread(provider) == 0
    assert told[1] not in provider.get("/notifications").text
    assert provider.get(f"/notifications/{one}").status_code == 404


def test_all_can_be_marked_as_read(sign_in: Callable[[str], Browser]) -> None:
    officer = sign_in("officer")
    assert _unread(officer) > 0
    assert officer.post("/notifications/read", {}).status_code == 303
    assert _unread(officer) == 0


def test_one_chooses_how_to_be_told(sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine) -> None:
    officer = sign_in("officer")
    assert officer.get("/notifications/settings").status_code == 200
    assert (
        officer.post("/notifications/settings", {"moved": "none", "offer": "digest", "quiet": "1"}).status_code == 303
    )
    with transaction(engine) as db:
        kept = find_telling(db, told[0].actor(db, "officer"))
    assert (kept.choices["moved"], kept.choices["offer"], kept.choices["overdue"], kept.quiet) == (
        "none",
        "digest",
        "at_once",
        True,
    )


@pytest.mark.parametrize("wrong", [{"overdue": "none"}, {"offer": "none"}, {"task": "sometimes"}])
def test_what_must_be_said_at_once_cannot_be_put_off(sign_in: Callable[[str], Browser], wrong: dict[str, str]) -> None:
    assert sign_in("officer").post("/notifications/settings", wrong).status_code == 422


def test_who_is_not_signed_in_is_asked_to_and_comes_back(app: Flask, told: tuple[World, str], engine: Engine) -> None:
    one = _first(engine, told[0], "provider")
    answer = Browser(app.test_client()).get(f"/notifications/{one}")
    assert answer.status_code == 303
    assert "sign-in" in answer.location
    assert one in answer.location


def test_a_substitute_is_told_and_mailed_in_place_of_who_is_away(engine: Engine, told: tuple[World, str]) -> None:
    world, number = told
    with transaction(engine) as db:
        add_absence(db, world, "officer", "other_officer", "BJ", first=0)
        world.fire(
            db, "provider", number, "decline", {"reason": "no_capacity"}, track=world.referral(db, number, "assessment")
        )
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        news = {
            name: [one.kind for one in list_notifications(db, world.actor(db, name)).items]
            for name in ("officer", "other_officer")
        }
        mailed = set(db.execute(text("SELECT person_id::text FROM mails")).scalars())
    assert news["other_officer"]
    assert set(news["other_officer"]) <= set(news["officer"])
    assert world.people["other_officer"] in mailed
    assert world.people["officer"] not in mailed


def test_the_head_and_the_pills_say_what_they_count(
    sign_in: Callable[[str], Browser], told: tuple[World, str], engine: Engine
) -> None:
    officer = sign_in("officer")

    def pill(words: str) -> str:
        """What stands beside a pill's name."""
        found = re.search(
            rf">{words}(?: <span class=\"count hot\">([^<]*)<span class=\"visually-hidden\"> not read</span></span>)?</a>",
            page,
        )
        assert found
        return found[1] or ""

    page = officer.get("/notifications").text
    unread = _unread(officer)
    assert f"{unread} not read, in 1 case<" in page
    assert (pill("All"), pill("Read"), pill("Mentions")) == (str(unread), "", "")
    person = told[0].people["officer"]
    with transaction(engine) as db:
        db.execute(
            text(
                "INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, words)"
                " SELECT gen_random_uuid(), CAST(:id AS uuid), CAST(:id AS uuid), n, 'account', '', casework_now(), 'new_browser'"
                " FROM generate_series(1, 2) n"
            ),
            {"id": person},
        )
    page = officer.get("/notifications").text
    assert f"{unread + 2} not read, in 1 case and elsewhere<" in page
    assert pill("All") == str(unread + 2)
    officer.post("/notifications/read", {})
    page = officer.get("/notifications").text
    assert pill("All") == ""
    assert " not read" not in page.partition("<main")[2]

"""The administrator's pages: people, roles, organisations, programmes, calendars; and no content of a case."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, today

BrowserFor = Callable[[str], Browser]
HOME = "/administration"


@pytest.fixture
def browser(browser_for: BrowserFor) -> Browser:
    return browser_for("administrator")


def add_person(browser: Browser, **more: str) -> str:
    """Make an account without a mail server, where the answer shows the link of the password; gives the person's page."""
    given = {"email": "new@example.org", "name": "Wang Wei", "language": "en"} | more
    return shown_with_link(browser.post(f"{HOME}/people/new", given, page=f"{HOME}/people/new"))


def shown_with_link(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    assert "/password#" in answer.text
    found = re.search(rf'href="({HOME}/people/[0-9a-f-]{{36}})"', answer.text)
    assert found is not None, answer.text
    return found[1]


def test_people_are_found_by_a_part_of_their_name(browser: Browser) -> None:
    page = browser.get(f"{HOME}/people").text
    assert "Other Officer" in page
    assert "case officer" in page
    found = browser.get(f"{HOME}/people?q=OTHER").text
    assert "Other Officer" in found
    assert "Supervisor" not in found
    assert "Nobody is called so." in browser.get(f"{HOME}/people?q=%25").text


def agree(browser: Browser, answer: str = "agree", note: str = "") -> TestResponse:
    """Say the second word on the one role that waits."""
    found = found_role(browser)
    return browser.post(f"{found}/decide", {"decision": answer, "note": note}, page=found)


def found_role(browser: Browser) -> str:
    """The page of the one role that was asked for."""
    [found] = set(re.findall(r'href="(/roles/[0-9a-f-]{36})"', browser.get("/roles").text))
    return str(found)


def test_a_person_is_added_and_given_a_role_with_dates(
    browser: Browser, browser_for: BrowserFor, world: World, engine: Engine
) -> None:
    person = add_person(browser, name_zh="王伟")
    begin, end = today() + timedelta(days=2), today() + timedelta(days=30)
    answer = browser.post(
        f"{person}/roles",
        {
            "role": "officer",
            "programme": world.programmes["BJ"],
            "starts_on": begin.isoformat(),
            "ends_on": end.isoformat(),
        },
        page=person,
    )
    assert answer.status_code == 303
    # Nothing is given before another person agrees; who asked does not.
    shown = browser.get(person).text
    assert "No role yet" in shown
    assert "waits for a second person" in shown
    assert agree(browser).status_code == 403
    assert agree(browser_for("auditor")).status_code == 403
    second = browser_for("supervisor")
    assert "waits for your word" in second.get("/roles").text
    # Who asked reads why there is no button to agree, and may take it back.
    own, other, read = (one.get(found_role(one)).text for one in (browser, second, browser_for("auditor")))
    assert "You asked for it, so another person decides" in own
    assert [page.count('name="decision" value="agree"') for page in (own, other, read)] == [0, 1, 0]
    assert [page.count('name="decision" value="refuse"') for page in (own, other, read)] == [1, 1, 0]
    assert "It is decided by" in read
    assert "no role in this programme yet" in other
    unsaid = agree(second, "", "Hm.")
    assert (unsaid.status_code, "Press one of the buttons." in unsaid.text) == (422, True)
    assert agree(second).status_code == 303
    page = browser.get(person).text
    assert "to come" in page
    assert "Beijing pilot" in page
    with transaction(engine) as db:
        told = db.execute(
            text(
                "SELECT starts_at AT TIME ZONE 'Asia/Shanghai' AS begins, ends_at AT TIME ZONE 'Asia/Shanghai' AS ends"
                " FROM memberships WHERE person_id = :id"
            ),
            {"id": person.rsplit("/", 1)[1]},
        ).one()
    # It holds on its last day, and pages name that one, not the midnight after it.
    assert (told.begins.date(), told.ends.date()) == (begin, end + timedelta(days=1))
    for shown in (page, second.get(found_role(second)).text):
        assert f'<time datetime="{begin}"' in shown
        assert f'<time datetime="{end}"' in shown


def test_what_speaks_against_a_role_meanwhile_is_said_to_whoever_agrees(
    browser: Browser, browser_for: BrowserFor, world: World, engine: Engine
) -> None:
    person = add_person(browser)
    for role in ("officer", "auditor"):
        given = {"role": role, "programme": world.programmes["BJ"]}
        assert browser.post(f"{person}/roles", given, page=person).status_code == 303
    second = browser_for("supervisor")
    asked = sorted(set(re.findall(r'href="(/roles/[0-9a-f-]{36})"', second.get("/roles").text)))
    answers = [second.post(f"{one}/decide", {"decision": "agree"}, page=one) for one in asked]
    assert [one.status_code for one in answers] == [303, 422]
    assert "is not for somebody with the role of case officer in the programme in that time" in answers[1].text
    with transaction(engine) as db:
        db.execute(text("UPDATE people SET active = false WHERE id = :id"), {"id": person.rsplit("/", 1)[1]})
    refused = second.post(f"{asked[1]}/decide", {"decision": "agree"}, page=asked[1])
    assert refused.status_code == 422
    assert "has a closed account" in refused.text


def test_a_deputy_is_named(browser: Browser, world: World) -> None:
    person = add_person(browser)
    browser.post(
        f"{person}/roles",
        {
            "role": "provider",
            "organisation": world.organisations["lab"],
            "deputy_for": world.people["provider"],
        },
        page=person,
    )
    assert "Haidian Assessment Lab" in browser.get(person).text
    deputised = browser.get(f"{HOME}/people/{world.people['provider']}").text
    assert "Wang Wei" in deputised[deputised.index("Deputies") :]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"email": "nowhere", "password": "of somebody else"}, "is not an e-mail address"),
        ({"email": "officer@example.org"}, "belongs to another account"),
        ({"name": " "}, "Enter this, or choose an answer."),
        ({"language": "xx"}, "is not one of the choices"),
    ],
)
def test_faults_stand_at_their_fields_and_nothing_typed_is_lost(
    browser: Browser, given: dict[str, str], words: str
) -> None:
    sent = {"email": "new@example.org", "name": "Wang Wei", "language": "en"} | given
    answer = browser.post(f"{HOME}/people/new", sent, page=f"{HOME}/people/new")
    assert answer.status_code == 422
    assert words in answer.text
    assert f'value="{sent["email"]}"' in answer.text
    assert sent.get("password", "never there") not in answer.text


def test_a_password_that_is_sent_along_is_not_taken(browser: Browser, anonymous: Browser, engine: Engine) -> None:
    add_person(browser, password="a password that somebody else chose")
    with transaction(engine) as db:
        assert db.execute(text("SELECT password_hash FROM people WHERE email = 'new@example.org'")).scalar_one() is None
    assert anonymous.sign_in("new@example.org", "a password that somebody else chose").status_code == 422


@pytest.mark.parametrize(
    "given",
    [
        {"role": ""},
        {"role": "system"},
        {"role": "officer"},
        {"role": "officer", "programme": "nonsense"},
        {"role": "provider", "programme": "here"},
        {"role": "officer", "programme": "there"},
        {"role": "officer", "programme": "here", "starts_on": "tomorrow"},
        {"role": "officer", "programme": "here", "starts_on": "2030-01-02", "ends_on": "2030-01-01"},
    ],
)
def test_a_role_is_given_only_where_it_can_be(browser: Browser, world: World, given: dict[str, str]) -> None:
    person = add_person(browser)
    named = {"here": world.programmes["BJ"], "there": world.programmes["SH"]}
    sent = {name: named.get(value, value) for name, value in given.items()}
    answer = browser.post(f"{person}/roles", sent, page=person)
    assert answer.status_code == 422
    assert "data-faulty" in answer.text or 'class="fault"' in answer.text
    assert "No role yet" in browser.get(person).text


def test_a_role_is_ended(browser: Browser, world: World, engine: Engine) -> None:
    person = f"{HOME}/people/{world.people['other_officer']}"
    page = browser.get(person).text
    found = re.search(r'action="(/administration/roles/[^"]+/end)"', page)
    assert found is not None
    answer = browser.post(found[1], {"person": world.people["other_officer"]}, page=person)
    assert answer.headers["Location"] == person
    assert "ended" in browser.get(person).text
    # Of another programme's role nothing is known here.
    with transaction(engine) as db:
        away = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["foreign_officer"]},
        ).scalar_one()
    assert browser.post(f"{HOME}/roles/{away}/end", {}, page=person).status_code == 404


def test_a_role_that_strands_cases_is_asked_about_wherever_it_was_ended_from(
    browser: Browser, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        roles = db.execute(text("SELECT id FROM memberships WHERE role = 'supervisor' ORDER BY id")).scalars().all()
    page = f"{HOME}/people/{world.people['supervisor']}"
    answers = [browser.post(f"{HOME}/roles/{one}/end", {}, page=page).status_code for one in roles]
    assert answers == [303, 409]


def test_closing_an_account_shows_what_hangs_on_it_and_asks_once(
    browser: Browser, browser_for: BrowserFor, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        number = to_referral(world, db)[0]
    officer = browser_for("officer")
    person = f"{HOME}/people/{world.people['officer']}"
    page = browser.get(person).text
    assert "1 live case that the person owns" in page
    assert number not in page
    assert browser.post(f"{person}/deactivate", {}, page=person).status_code == 422
    assert officer.get("/account").status_code == 200
    left = browser.post(f"{person}/deactivate", {"sure": "yes"}, page=person)
    assert left.status_code == 409
    assert "Beijing pilot: 1" in left.text
    assert browser.post(f"{person}/deactivate", {"sure": "yes", "at_once": "yes"}, page=person).status_code == 303
    assert "closed account" in browser.get(person).text
    assert officer.get("/account").status_code == 303


def test_nobody_closes_their_own_account(browser: Browser, world: World) -> None:
    person = f"{HOME}/people/{world.people['administrator']}"
    assert "Close the account" not in browser.get(person).text
    assert browser.post(f"{person}/deactivate", {"sure": "yes"}, page=person).status_code == 409


def test_who_works_in_another_programme_is_not_shut_out(browser: Browser, world: World) -> None:
    person = f"{HOME}/people/{world.people['foreign_officer']}"
    answer = browser.post(f"{person}/deactivate", {"sure": "yes"}, page=person)
    assert answer.status_code == 403
    assert "a programme that is not yours" in answer.text


def test_an_organisation_is_added_with_its_services(browser: Browser) -> None:
    page = f"{HOME}/organisations/new"
    answer = browser.post(
        page,
        {
            "name": "Tongzhou Bank",
            "kind": "provider",
            "services": ["pledge", "finance"],
            "country": "cn",
            "language": "zh-Hans",
        },
        page=page,
    )
    assert answer.status_code == 303
    shown = browser.get(answer.headers["Location"]).text
    assert "pledge loan, green finance" in shown
    assert "<dd>China</dd>" in shown
    assert "Tongzhou Bank" in browser.get(f"{HOME}/organisations").text
    for wrong in (
        {"kind": "nothing"},
        {"services": ["nothing"]},
        {"country": "China"},
        {"country": "UK"},
        {"name": ""},
        {"language": "xx"},
    ):
        given = {"name": "Other Bank", "kind": "provider", "language": "en"} | wrong
        assert browser.post(page, given, page=page).status_code == 422


def test_whoever_administers_several_programmes_says_which_keeps_a_party(browser: Browser) -> None:
    page, given = f"{HOME}/organisations/new", {"name": "Steam Works", "kind": "company", "language": "en"}
    assert 'name="programme"' not in browser.get(page).text
    assert browser.post(page, given, page=page).status_code == 303
    programmes = f"{HOME}/programmes"
    browser.post(programmes, {"code": "TJ", "name": "Tianjin pilot", "calendar": "china"}, page=programmes)
    there = re.search(r'value="([^"]+)">Tianjin pilot<', browser.get(page).text)
    assert there is not None
    missing = browser.post(page, given, page=page)
    assert missing.status_code == 422
    assert 'id="programme-fault"' in missing.text
    assert browser.post(page, {**given, "programme": there[1]}, page=page).status_code == 303


def test_a_programme_and_its_phases_are_added(browser: Browser) -> None:
    page = f"{HOME}/programmes"
    answer = browser.post(page, {"code": "TJ", "name": "Tianjin pilot", "calendar": "china"}, page=page)
    assert answer.status_code == 303
    shown = browser.get(page).text
    phases = re.findall(r'action="(/administration/programmes/[^"]+/phases)"', shown)
    assert len(phases) == 2
    for path in phases:
        given = {"phase_name": "First", "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
        assert browser.post(path, given, page=page).status_code == 303
        twice = browser.post(path, given, page=page)
        assert twice.status_code == 422
        assert "belongs to another phase" in twice.text
        assert "<details open>" in twice.text
    assert browser.get(page).text.count('scope="row">First</th>') == 2
    assert browser.post(page, {"code": "TJ", "name": "Again", "calendar": "china"}, page=page).status_code == 422
    assert browser.post(page, {"code": "x", "name": "Again", "calendar": "china"}, page=page).status_code == 422
    unsaid = browser.post(page, {"code": "HB", "name": "Hebei pilot", "calendar": ""}, page=page)
    assert (unsaid.status_code, "monday_to_friday</p>" in unsaid.text) == (422, False)
    assert "Enter this, or choose an answer." in unsaid.text


def test_the_calendar_of_a_programme_is_shown(browser: Browser, world: World) -> None:
    assert "Beijing pilot" in browser.get(f"{HOME}/calendars").text
    page = browser.get(f"{HOME}/calendars/{world.programmes['BJ']}").text
    for words in ("Asia/Shanghai", "Monday", "holidays", "Worked although at a weekend:"):
        assert words in page


def test_an_administrator_sees_no_content_of_a_case(browser: Browser, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        number = to_referral(world, db)[0]
    for path in ("history", "history/1", "map", "verify"):
        assert browser.get(f"/cases/{number}/{path}").status_code == 404
    for path in ("people", "organisations", "programmes", "calendars", f"people/{world.people['officer']}"):
        page = browser.get(f"{HOME}/{path}").text
        assert number not in page
        assert "Steam without coal" not in page


@pytest.mark.parametrize("name", ["officer", "supervisor", "provider_lead", "auditor", "manager"])
def test_for_everybody_else_these_pages_do_not_exist(browser_for: BrowserFor, world: World, name: str) -> None:
    browser = browser_for(name)
    for path in (
        "people",
        "people/new",
        f"people/{world.people['officer']}",
        "organisations",
        "programmes",
        "calendars",
    ):
        assert browser.get(f"{HOME}/{path}").status_code == 404


def test_a_second_click_does_nothing_twice(browser: Browser, engine: Engine) -> None:
    page = f"{HOME}/people/new"
    shown = browser.get(page).text
    key = re.search(r'name="key" value="([^"]+)"', shown)
    assert key is not None
    given = {"email": "new@example.org", "name": "Wang Wei", "language": "en", "key": key[1]}
    first, second = (browser.post(page, given, page=page) for _ in range(2))
    # The link is shown this once; a second click leads to the same person, for whom another link can be made.
    assert second.status_code == 303
    assert second.headers["Location"] == shown_with_link(first)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM people WHERE email = 'new@example.org'")).scalar_one() == 1


def test_the_link_to_hand_over_leads_to_the_address_of_the_settings(
    app: Flask, monkeypatch: pytest.MonkeyPatch, browser_for: BrowserFor
) -> None:
    monkeypatch.setitem(app.config, "BASE_URL", "https://casework.example/")
    given = {"email": "new@example.org", "name": "Wang Wei", "language": "en"}
    answer = browser_for("administrator").post(f"{HOME}/people/new", given, page=f"{HOME}/people/new")
    assert "https://casework.example/password#" in answer.text
    assert "http://localhost" not in answer.text

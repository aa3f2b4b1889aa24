"""Actions of a case as forms: filled in, corrected, kept, sent twice, overtaken, proposed and confirmed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_referral, to_request
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World, today

Enter = Callable[[str], Browser]


pytestmark = pytest.mark.stage(play=World.new_case)


@pytest.fixture
def fresh(staged: str) -> str:
    return staged


@pytest.fixture
def taken(engine: Engine, world: World, fresh: str) -> str:
    with transaction(engine) as db:
        world.fire(db, "officer", fresh, "take")
    return fresh


@pytest.fixture
def address(engine: Engine, world: World) -> Callable[[str, str], str]:
    def of(number: str, transition: str) -> str:
        with transaction(engine) as db:
            return f"/cases/{number}/tracks/{world.main_track(db, number)}/{transition}"

    return of


def events(engine: Engine, number: str) -> int:
    with transaction(engine) as db:
        found = db.execute(
            text("SELECT count(*) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :n"), {"n": number}
        )
        return int(found.scalar_one())


def form(browser: Browser, path: str) -> MultiDict[str, str]:
    answer = browser.get(path)
    assert answer.status_code == 200
    return read_page(answer.text).sent


def send(browser: Browser, path: str, data: MultiDict[str, str], *, follow: bool = False) -> TestResponse:
    return browser.flask.post(path, data=data, follow_redirects=follow)


STOP = {
    "reason": "regulation", "found_on": today().isoformat(), "source": "UN list, March", "finding": "The list names an owner.",
}  # fmt: skip
HOLD = {"f-reason": "budget", "f-waits_for": "need_owner", "f-waits_until": "event", "f-event": "The board has met"}


def fault(page: str, field: str) -> str:
    """What is said at a field."""
    return page.split(f'id="{field}-fault">', 1)[1].split("</p>")[0]


def with_hold(data: MultiDict[str, str]) -> MultiDict[str, str]:
    made = data.copy()
    for name, value in HOLD.items():
        made[name] = value
    return made


def test_an_action_is_done_and_the_page_says_what_comes_next(
    browser_for: Enter, fresh: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(fresh, "take")
    done = send(browser, path, form(browser, path), follow=True)
    assert done.request.path == f"/cases/{fresh}"
    assert "You took the case. Next: Check the match and declare" in done.text


def test_a_second_click_does_nothing_twice(
    browser_for: Enter, engine: Engine, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    sent = with_hold(form(browser, path))
    assert send(browser, path, sent).status_code == 303
    once = events(engine, taken)
    again = send(browser, path, sent)
    # By then it stands elsewhere: the page says so, and nothing is done.
    assert again.status_code in (303, 409)
    assert events(engine, taken) == once


def test_faults_stand_by_their_fields_and_the_text_stays(
    browser_for: Enter, engine: Engine, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    before = events(engine, taken)
    sent = with_hold(form(browser, path))
    sent["f-reason"], sent["f-waits_until"] = "", "day"
    answer = send(browser, path, sent)
    assert answer.status_code == 422
    assert 'id="f-reason-fault"' in answer.text
    assert 'id="f-resume_by-fault"' in answer.text
    assert "The board has met" in answer.text
    assert events(engine, taken) == before


def test_what_took_place_earlier_is_dated(
    browser_for: Enter, engine: Engine, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    sent = with_hold(form(browser, path))
    sent["f-_happened_on"] = "2199-01-01"
    late = send(browser, path, sent)
    assert late.status_code == 422
    assert 'id="f-_happened_on-fault"' in late.text
    sent["f-_happened_on"] = today().isoformat()
    assert send(browser, path, sent).status_code == 303
    with transaction(engine) as db:
        told = db.execute(text("SELECT effects->>'happened_on' FROM events WHERE effects ? 'happened_on'")).scalar_one()
    assert told == today().isoformat()


def test_overtaken_by_another_action_the_text_stays_and_the_change_stands_beside_it(
    browser_for: Enter, engine: Engine, world: World, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    sent = with_hold(form(browser, path))
    with transaction(engine) as db:
        world.fire(db, "compliance", taken, "compliance_stop", STOP)
    answer = send(browser, path, sent)
    assert answer.status_code == 409
    assert "What changed meanwhile" in answer.text
    assert "Compliance proposed “Stop the case”" in answer.text
    assert "The board has met" in answer.text
    again = read_page(answer.text).sent
    assert again["revision"] != sent["revision"]
    assert again["key"] != sent["key"]
    assert send(browser, path, again).status_code == 303


def test_overtaken_by_a_move_what_was_typed_is_shown(
    browser_for: Enter, engine: Engine, world: World, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    sent = with_hold(form(browser, path))
    with transaction(engine) as db:
        world.fire(
            db,
            "officer",
            taken,
            "hold",
            {
                "reason": "budget",
                "waits_for": "need_owner",
                "waits_until": "event",
                "event": "Spring",
            },
        )
    answer = send(browser, path, sent)
    assert answer.status_code == 409
    assert "is not possible any more" in answer.text
    assert "The board has met" in answer.text
    assert "Officer put the case on hold" in answer.text


def test_what_a_guard_refuses_is_told_in_words(
    browser_for: Enter, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "pass_triage")
    page = browser.get(path)
    assert "Not yet:" in page.text
    assert "<form" not in page.text.split("<main")[1].split("</main")[0]
    sent = form(browser, f"/cases/{taken}/documents/new")
    sent["revision"] = "3"
    answer = send(browser, path, sent)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_what_a_guard_refuses_is_told_with_the_faults_of_the_form(
    browser_for: Enter, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "propose_close")
    sent = form(browser, path)
    sent["f-outcome"], sent["f-reason"] = "deployed_verified", "2026/no_such_reason"
    answer = send(browser, path, sent)
    assert answer.status_code == 422
    assert 'id="f-reason-fault"' in answer.text
    assert 'id="f-statements-fault"' in answer.text
    # It speaks of the answer to one question, and is told there and in the list above, not as a note of the whole.
    assert "No site is accepted" in fault(answer.text, "f-outcome")
    assert "Put right 3 answers" in answer.text
    assert "This cannot be done now:" not in answer.text


def test_a_sound_form_that_a_guard_refuses_comes_back_with_the_reason_at_its_field(
    browser_for: Enter, engine: Engine, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "propose_close")
    sent = form(browser, path)
    sent["f-outcome"] = "agreement_only"
    offered = browser.get(path).text.split('name="f-reason"', 1)[1]
    sent["f-reason"] = re.findall('<option value="([^"]+)"', offered)[0]
    sent["f-statements"] = "Nothing was signed."
    before = events(engine, taken)
    answer = send(browser, path, sent)
    assert answer.status_code == 409
    assert fault(answer.text, "f-outcome") == "No agreement is signed. Choose an outcome without one."
    assert "Nothing was signed." in answer.text
    assert events(engine, taken) == before


def test_a_draft_is_kept_and_can_be_dropped(browser_for: Enter, taken: str, address: Callable[[str, str], str]) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    sent = with_hold(form(browser, path))
    assert browser.flask.post("/drafts", data=sent).status_code == 204
    page = browser.get(path)
    assert "This is the text that you had not sent." in page.text
    assert "The board has met" in page.text
    again = read_page(page.text).sent
    assert send(browser, path, again).status_code == 303


def test_a_colleague_who_may_do_it_is_told_who_fills_it_in(
    browser_for: Enter, engine: Engine, world: World, taken: str
) -> None:
    with transaction(engine) as db:
        referral = to_referral(world, db)[1]
    page = f"/referrals/{referral}/{referral}/decline"
    provider, lead, bank = (browser_for(name) for name in ("provider", "provider_lead", "foreign_provider"))
    assert "is filling this in as well" not in lead.get(page).text
    for browser in (provider, bank):
        # Whoever may not do it keeps a draft of that name in vain.
        assert browser.post("/drafts", {"form": f"fire:{referral}:decline", "f-note": "Half"}).status_code == 204
    told = lead.get(page).text
    assert told.count("is filling this in as well") == 1
    assert "Provider is filling" in told
    assert "is filling this in as well" not in provider.get(page).text
    assert "is filling this in as well" not in browser_for("officer").get(f"/referrals/{referral}").text
    provider.post("/drafts/drop", {"form": f"fire:{referral}:decline"})
    assert "is filling this in as well" not in lead.get(page).text


def test_after_an_ended_session_one_goes_on_with_the_text(
    browser_for: Enter, engine: Engine, world: World, taken: str, address: Callable[[str, str], str]
) -> None:
    browser, path = browser_for("officer"), address(taken, "hold")
    sent = with_hold(form(browser, path))
    with transaction(engine) as db:
        db.execute(text("UPDATE sessions SET expires_at = casework_now()"))
    answer = send(browser, path, sent)
    assert answer.status_code == 303
    assert "/sign-in?next=" in answer.headers["Location"]
    browser.post("/sign-in", {"email": "officer@example.org", "password": PASSWORD, "next": path}, page="/sign-in")
    assert "The board has met" in browser.get(path).text


def test_what_cannot_be_undone_asks_once_and_names_the_consequence(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        path = f"/cases/{number}/tracks/{world.main_track(db, number)}/withdraw"
    browser = browser_for("officer")
    page = browser.get(path)
    assert "Every open referral is cancelled." in page.text
    sent = read_page(page.text).sent
    sent["f-party"], sent["f-reason"] = "need_owner", "other"
    answer = send(browser, path, sent)
    assert answer.status_code == 422
    # What was refused leads to the box, and the box is marked.
    (box,) = re.findall(r'<a href="#([^"]+)">Tick the box', answer.text)
    assert re.search(rf'id="{box}" name="sure" value="yes" required aria-invalid="true"', answer.text)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("other_officer", 403),
        ("auditor", 403),
        ("compliance", 403),
        ("provider", 404),
        ("observer", 404),
        ("foreign_officer", 404),
        ("administrator", 404),
    ],
)
def test_who_may_not_is_turned_away(
    browser_for: Enter, engine: Engine, taken: str, address: Callable[[str, str], str], name: str, status: int
) -> None:
    path, before = address(taken, "hold"), events(engine, taken)
    browser = browser_for(name)
    assert browser.get(path).status_code == status
    assert browser.post(path, {"revision": "1"}).status_code == status
    assert events(engine, taken) == before


def test_what_is_no_action_is_not_there(browser_for: Enter, taken: str, address: Callable[[str, str], str]) -> None:
    browser = browser_for("officer")
    assert browser.get(address(taken, "fly")).status_code == 404
    # One of another step exists, and is not possible here.
    assert browser.get(address(taken, "sign")).status_code == 409
    assert browser.get(f"/cases/{taken}/tracks/00000000-0000-0000-0000-000000000000/hold").status_code == 404
    assert browser.get(f"/cases/{taken}/tracks/nothing/hold").status_code == 404


def test_one_proposes_and_another_confirms(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        path = f"/cases/{number}/tracks/{world.main_track(db, number)}/compliance_stop"
    browser = browser_for("compliance")
    page = browser.get(path)
    assert "a second person (compliance officer) confirms or refuses it" in page.text
    sent = read_page(page.text).sent
    for name, value in STOP.items():
        sent[f"f-{name}"] = value
    sent["sure"] = "yes"
    done = send(browser, path, sent, follow=True)
    assert "A second person decides on it." in done.text
    assert "Nothing goes out until the stop is decided" in done.text
    # Whoever asked may not decide; the second one is led to the task of the decision.
    other = browser_for("second_compliance")
    moved = other.get(path)
    assert moved.status_code == 303
    assert moved.headers["Location"].startswith("/decisions/")


def test_what_would_be_left_to_nobody_is_asked_about_once_and_then_done(
    browser_for: Enter, engine: Engine, world: World, taken: str, address: Callable[[str, str], str]
) -> None:
    with transaction(engine) as db:
        db.execute(
            text("DELETE FROM memberships WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["second_compliance"]},
        )
    browser, path = browser_for("compliance"), address(taken, "compliance_stop")
    sent = form(browser, path)
    for name, value in STOP.items():
        sent[f"f-{name}"] = value
    sent["sure"] = "yes"
    asked = send(browser, path, sent)
    assert (asked.status_code, events(engine, taken)) == (409, 2)
    assert "Only Compliance could still do “Stop the case”, but did “Stop the case”." in asked.text
    again = read_page(asked.text).sent
    again["sure"], again["despite"] = "yes", "yes"
    assert send(browser, path, again).status_code == 303


def test_a_request_is_asked_for_by_the_day_that_was_planned_and_offers_nobody_who_cannot_be_asked(
    engine: Engine, world: World, browser_for: Enter
) -> None:
    planned = (today() + timedelta(days=20)).isoformat()
    with transaction(engine) as db:
        number, referral = to_request(world, db)
        db.execute(
            text(
                "UPDATE tasks SET result = result || jsonb_build_object('assessment_on', CAST(:day AS text)) WHERE name = 'service_plan'"
            ),
            {"day": planned},
        )
    page = f"/cases/{number}/tracks/{referral}/send"
    officer, other = browser_for("officer"), world.organisations["bank"]
    assert f'name="f-wanted_on" value="{planned}"' in officer.get(page).text
    with transaction(engine) as db:
        db.execute(
            text("UPDATE organisations SET services = '{assessment}' WHERE id = CAST(:id AS uuid)"), {"id": other}
        )
    offered = officer.get(page).text
    assert f'value="{other}"' in offered
    with transaction(engine) as db:
        closed = {
            "id": other,
            "profile": json.dumps({"closed": [{"from": today().isoformat(), "to": today().isoformat()}]}),
        }
        db.execute(
            text("UPDATE organisations SET profile = CAST(:profile AS jsonb) WHERE id = CAST(:id AS uuid)"), closed
        )
    assert f'value="{other}"' not in officer.get(page).text
    # Whom the plan names stands there whatever has become of it.
    with transaction(engine) as db:
        db.execute(text("UPDATE organisations SET profile = CAST(:profile AS jsonb)"), closed)
    assert f'value="{world.organisations["lab"]}"' in officer.get(page).text

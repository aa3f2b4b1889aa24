"""The page on which a mistyped answer is corrected, and the entry that tells both versions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.corrections import correct_answer, last_of
from casework.operations.mediations.service import open_mediation
from casework.operations.referrals.service import find_referral
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_panel, to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def entry(engine: Engine, world: World) -> str:
    """The entry of the request that was sent to the lab."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        seq = db.execute(
            text(
                "SELECT max(e.seq) FROM events e JOIN cases c ON c.id = e.log_id WHERE c.number = :n AND e.effects->>'transition' = 'send'"
            ),
            {"n": number},
        ).scalar_one()
    return f"/cases/{number}/history/{seq}"


def test_an_answer_is_corrected_on_its_page_and_both_versions_are_told(entry: str, browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    assert "Correct the answer" in officer.get(entry).text
    sent = dict(read_page(officer.get(f"{entry}/correct").text).sent)
    assert sent["f-question"] == "Does it reach 180 degrees?"
    page = officer.flask.post(
        f"{entry}/correct", data=sent | {"f-question": "Does it reach 190 degrees?"}, follow_redirects=True
    )
    assert page.status_code == 422
    told = {"f-question": "Does it reach 190 degrees?", "f-correction_reason": "A typing mistake."}
    page = officer.flask.post(f"{entry}/correct", data=sent | told, follow_redirects=True)
    assert page.status_code == 200
    for words in (
        "The answer is corrected",
        "Officer corrected an answer in “Send the request”",
        "190 degrees",
        "A typing mistake.",
    ):
        assert words in page.text
    # What was said stays, and says itself that it was corrected, wherever it stands.
    assert "180 degrees" in officer.get(entry).text
    history = entry.rpartition("/")[0]
    for read in (entry, history, f"{history.rpartition('/')[0]}/verify"):
        assert "corrected in entry" in officer.get(read).text or "says what holds now" in officer.get(read).text


def test_nobody_else_is_offered_it(entry: str, browser_for: BrowserFor) -> None:
    supervisor = browser_for("supervisor")
    assert "Correct the answer" not in supervisor.get(entry).text
    assert supervisor.flask.get(f"{entry}/correct").status_code == 403


@pytest.fixture
def referral(engine: Engine, world: World) -> str:
    """A request that the lab has accepted."""
    with transaction(engine) as db:
        number, referral = to_referral(world, db)
        world.accept(db, number, referral)
    return referral


def form_of(browser: Browser, address: str) -> dict[str, str]:
    page = browser.get(address)
    assert page.status_code == 200
    return dict(read_page(page.text).sent)


def test_a_provider_corrects_its_own_answer_on_the_page_of_the_referral(referral: str, browser_for: BrowserFor) -> None:
    provider, place = browser_for("provider"), f"/referrals/{referral}"
    address = f"{place}/{referral}/accept/correct"
    assert address in provider.get(place).text
    day = (today() + timedelta(days=21)).isoformat()
    told = form_of(provider, address) | {"f-planned_on": day, "f-correction_reason": "Another day was meant."}
    page = provider.flask.post(address, data=told, follow_redirects=True)
    assert page.status_code == 200, page.text
    for words in ("The answer is corrected", "corrected an answer in “Accept", "Another day was meant."):
        assert words in page.text, words
    assert form_of(provider, address)["f-planned_on"] == day


def test_a_provider_is_offered_nothing_of_what_the_office_wrote_and_another_one_nothing_at_all(
    referral: str, browser_for: BrowserFor
) -> None:
    provider, other = browser_for("provider"), browser_for("foreign_provider")
    sent = f"/referrals/{referral}/{referral}/send/correct"
    assert sent not in provider.get(f"/referrals/{referral}").text
    page = f"/referrals/{referral}/{referral}/accept/correct"
    for answer in (provider.flask.get(sent), provider.post(sent, {"f-correction_reason": "Why?"}, page=page)):
        assert answer.status_code == 403
        assert "180 degrees" not in answer.text
    for name in ("send", "accept"):
        assert other.flask.get(f"/referrals/{referral}/{referral}/{name}/correct").status_code == 404


def test_a_program_is_not_told_where_in_the_whole_history_its_correction_stands(
    app: Flask, world: World, referral: str, browser_for: BrowserFor
) -> None:
    given = form_of(browser_for("provider"), f"/referrals/{referral}/{referral}/accept/correct")
    for who, told, days in (("provider", False, 21), ("officer", True, 22)):
        data = {
            "interest": False,
            "confidentiality": True,
            "service": "assessment",
            "person": given["f-person"],
            "charge": "free",
            "planned_on": (today() + timedelta(days=days)).isoformat(),
        }
        answer = app.test_client().post(
            f"/api/v1/referrals/{referral}/transitions/accept/correction",
            json={"data": data, "reason": "Another day was meant."},
            headers={"Authorization": f"Bearer {world.tokens[who]}", "Idempotency-Key": f"correct-{who}"},
        )
        assert answer.status_code == 200, answer.text
        told_where: dict[str, Any] = answer.json or {}
        assert (told_where["seq"] is not None) is told


def _another_day(days: int) -> dict[str, str]:
    return {
        "f-planned_on": (today() + timedelta(days=days)).isoformat(),
        "f-correction_reason": f"Day {days} was meant.",
    }


def test_a_form_of_an_earlier_version_does_not_replace_a_newer_answer(referral: str, browser_for: BrowserFor) -> None:
    provider, address = browser_for("provider"), f"/referrals/{referral}/{referral}/accept/correct"
    old = form_of(provider, address)
    newer = provider.flask.post(address, data=old | _another_day(21), follow_redirects=True)
    assert newer.status_code == 200, newer.text
    assert form_of(provider, address)["form"] != old["form"], "a draft of the old form is offered over the new answer"
    stale = old | _another_day(25) | {"key": "s" * 24}
    page = provider.flask.post(address, data=stale)
    assert page.status_code == 409
    assert "look at the case again first" in page.text
    assert "Day 25 was meant." in page.text
    assert form_of(provider, address)["f-planned_on"] == _another_day(21)["f-planned_on"]
    again = provider.flask.post(address, data=dict(read_page(page.text).sent), follow_redirects=True)
    assert "The answer is corrected" in again.text
    assert form_of(provider, address)["f-planned_on"] == _another_day(25)["f-planned_on"]


def test_a_program_may_say_which_version_it_saw(
    app: Flask, world: World, referral: str, browser_for: BrowserFor
) -> None:
    given = form_of(browser_for("provider"), f"/referrals/{referral}/{referral}/accept/correct")

    def correct(days: int, seen: int) -> int:
        data = {
            "interest": False,
            "confidentiality": True,
            "service": "assessment",
            "person": given["f-person"],
            "charge": "free",
            "planned_on": (today() + timedelta(days=days)).isoformat(),
        }
        return (
            app.test_client()
            .post(
                f"/api/v1/referrals/{referral}/transitions/accept/correction",
                json={"data": data, "reason": "Another day was meant.", "seen": seen},
                headers={"Authorization": f"Bearer {world.tokens['provider']}", "Idempotency-Key": f"correct-{days}"},
            )
            .status_code
        )

    assert [correct(21, 1), correct(22, 1), correct(23, 2)] == [200, 412, 200]


def test_a_finished_task_is_corrected_by_its_own_address(engine: Engine, entry: str, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        task = db.execute(
            text("SELECT id FROM tasks WHERE name = 'nda' AND state = 'Completed' ORDER BY closed_at LIMIT 1")
        ).scalar_one()
    officer = browser_for("officer")
    address = f"/tasks/{task}/correct"
    told = form_of(officer, address) | {"f-correction_reason": "A typing mistake."}
    field = next(name for name, value in told.items() if value.startswith("20") and name.startswith("f-"))
    page = officer.flask.post(address, data=told | {field: "2026-01-02"}, follow_redirects=True)
    assert page.status_code == 200
    assert "The answer is corrected" in page.text
    stale = officer.flask.post(address, data=told | {field: "2026-01-03", "key": "s" * 24})
    assert stale.status_code == 409
    assert "2026-01-03" in stale.text
    assert form_of(officer, address)[field] == "2026-01-02"
    assert browser_for("supervisor").flask.get(address).status_code == 403
    assert browser_for("provider").flask.get(address).status_code == 404


def test_an_answer_in_a_sealed_mediation_is_corrected_by_those_named_for_it(
    app: Flask, engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        done = open_mediation(db, world.actor(db, "dispute_officer"), world.new_case(db), new_request()).answer
    place, track = f"/mediations/{done['id']}", done["track"]
    officer = browser_for("dispute_officer")
    sent = form_of(officer, f"{place}/{track}/send") | {
        "f-service": "mediation",
        "f-provider": world.organisations["lab"],
        "f-fee": "both",
        "f-wanted_on": "2099-01-05",
    }
    answer = officer.flask.post(f"{place}/{track}/send", data=sent)
    assert answer.status_code == 303, answer.text
    address = f"{place}/{track}/send/correct"
    assert address in officer.get(place).text
    told = form_of(officer, address) | {"f-fee": "programme", "f-correction_reason": "A working day."}
    page = officer.flask.post(address, data=told, follow_redirects=True)
    assert page.status_code == 200
    assert "A working day." in page.text
    assert form_of(officer, address)["f-fee"] == "programme"
    data = {
        "service": "mediation",
        "provider": world.organisations["lab"],
        "fee": "need_owner",
        "wanted_on": "2099-01-05",
    }
    for who, status in (("dispute_officer", 200), ("supervisor", 404), ("auditor", 404)):
        if who != "dispute_officer":
            assert browser_for(who).flask.get(address).status_code == 404
        answer = app.test_client().post(
            f"/api/v1{place}/tracks/{track}/transitions/send/correction",
            json={"data": data, "reason": "Shorter."},
            headers={"Authorization": f"Bearer {world.tokens[who]}", "Idempotency-Key": f"correct-{who}"},
        )
        assert answer.status_code == status, answer.text


@pytest.fixture
def panel(engine: Engine, world: World) -> tuple[str, str, str]:
    """A request that was sent with another provider to be asked next, its question corrected: case, referral, the other."""
    with transaction(engine) as db:
        number, referral, other = to_panel(world, db)
        case, track = find_referral(db, world.actor(db, "officer"), referral)
        correct_answer(
            db,
            world.actor(db, "officer"),
            case,
            last_of(db, case, track.id, "send"),
            data=dict(track.fired["send"].data) | {"question": "Does it reach 190 degrees?"},
            reason="Mistyped.",
            request=new_request(),
        )
    return number, referral, other


def test_a_corrected_request_does_not_tell_its_provider_whom_else_the_office_asks(
    app: Flask, world: World, panel: tuple[str, str, str], browser_for: BrowserFor
) -> None:
    number, referral, other = panel
    for path in (f"referrals/{referral}", f"cases/{number}"):
        told = {
            who: app.test_client()
            .get(f"/api/v1/{path}/events", headers={"Authorization": f"Bearer {world.tokens[who]}"})
            .text
            for who in ("officer", "provider")
        }
        assert other in told["officer"]
        assert "before_data" in told["provider"]
        for name in (other, "panel", "beside", "join", "needed"):
            assert name not in told["provider"], (path, name)
    for page in (f"/referrals/{referral}", f"/cases/{number}/history"):
        shown = browser_for("provider").get(page).text
        assert "Mistyped." in shown
        for words in ("Providers to ask next, in order", "Xicheng"):
            assert words not in shown, (page, words)


def test_a_provider_reads_the_question_as_it_was_corrected(
    app: Flask, world: World, panel: tuple[str, str, str], browser_for: BrowserFor
) -> None:
    _, referral, _ = panel
    for who in ("officer", "provider"):
        answer = app.test_client().get(
            f"/api/v1/referrals/{referral}", headers={"Authorization": f"Bearer {world.tokens[who]}"}
        )
        assert (answer.json or {})["question"] == "Does it reach 190 degrees?", who
    assert (
        "Does it reach 190 degrees?"
        in browser_for("provider").get(f"/referrals/{referral}").text.split("What happened")[0]
    )


def test_whom_the_panel_asks_next_reads_the_corrected_question(
    app: Flask, engine: Engine, world: World, panel: tuple[str, str, str]
) -> None:
    number, referral, other = panel
    with transaction(engine) as db:
        person = world.people["foreign_provider"]
        db.execute(
            text("UPDATE memberships SET organisation_id = CAST(:to AS uuid) WHERE person_id = CAST(:one AS uuid)"),
            {"to": other, "one": person},
        )
        world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
        following = world.referral(db, number, "assessment")
    assert following != referral
    for who in ("officer", "foreign_provider"):
        answer = app.test_client().get(
            f"/api/v1/referrals/{following}", headers={"Authorization": f"Bearer {world.tokens[who]}"}
        )
        assert (answer.json or {}).get("question") == "Does it reach 190 degrees?", (who, answer.text)

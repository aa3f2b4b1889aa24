"""Words of one provider's referral never stand on any page of another provider."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.referrals.service import fire_in_referral
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World, new_request, today

#: What the lab alone is told, and what the lab alone tells; and the names that only it may meet.
QUESTION, NOTE = "Canary-question-7Q", "Canary-note-9N"
NEED_TITLE, OWNER = "Canary-need-5T", "Canary-owner-6O"
MEDIATED = "Canary-mediated-4M"
#: What is written between the office and the lab, within the office, and within the mediation.
SHARED, INTERNAL, SEALED = "Canary-shared-3S", "Canary-internal-2I", "Canary-sealed-1L"
CANARIES = (QUESTION, NOTE, NEED_TITLE, OWNER, MEDIATED, SHARED, INTERNAL, SEALED)
_LINK = re.compile(r'(?:href|action)="(/[^"#]*)')


@pytest.fixture
def ids(engine: Engine, world: World) -> dict[str, str]:
    """A referral of the lab and a sealed mediation, full of canaries; and a referral of the bank in another case."""
    with transaction(engine) as db:
        db.execute(
            text("UPDATE organisations SET name = :n WHERE id = CAST(:id AS uuid)"),
            {"n": OWNER, "id": world.organisations["need_owner"]},
        )
        number, referral = to_referral(world, db)
        db.execute(text("UPDATE cases SET title = :t WHERE number = :n"), {"t": NEED_TITLE, "n": number})
        found: dict[str, Any] = {"number": number, "referral": referral, "track": world.main_track(db, number)}
        world.fire(db, "provider", number, "ask_info", {"items": NOTE}, track=referral)
        world.fire(db, "officer", number, "supply_info", {"answer": QUESTION}, track=referral)
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer
        db.execute(text("UPDATE mediations SET title = :t"), {"t": MEDIATED})
        revision = db.execute(
            text("SELECT revision FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": mediation["track"]}
        ).scalar_one()
        fire_in_referral(
            db,
            world.actor(db, "dispute_officer"),
            str(mediation["track"]),
            "send",
            track=None,
            revision=revision,
            data={
                "service": "mediation",
                "provider": world.organisations["lab"],
                "fee": "both",
                "wanted_on": today().replace(year=today().year + 1, day=1).isoformat(),
            },
            request=new_request(),
        )
        # The bank works on a case of its own, whose parties have other names.
        other, _ = to_referral(world, db, more_plan={"pledge": "bank"})
        pledge = world.referral(db, other, "pledge")
        world.send(db, other, pledge, "pledge")
        db.execute(text("UPDATE cases SET parties = '{}', title = 'A boiler house' WHERE number = :n"), {"n": other})
        found |= {"mediation": str(mediation["id"]), "mediation_track": str(mediation["track"]), "pledge": pledge}
        case, home = load(db, home_of(db, number), "case"), load(db, str(mediation["id"]), "mediation")
        found["message"] = world.write(db, "officer", case, referral, SHARED, tell=("provider", "supervisor"))
        world.write(db, "officer", case, None, INTERNAL, tell=("supervisor", "auditor"))
        world.write(db, "dispute_officer", home, None, SEALED)
        world.write(db, "dispute_officer", home, str(mediation["track"]), SEALED)
        task = db.execute(
            text("SELECT id FROM tasks WHERE track_id = CAST(:id AS uuid) AND closed_at IS NULL"), {"id": referral}
        ).scalar_one()
        found["task"] = str(task)
        return {name: str(value) for name, value in found.items()}


def browser_of(app: Flask, name: str) -> Browser:
    browser = Browser(app.test_client())
    assert browser.sign_in(f"{name}@example.org", PASSWORD).status_code == 303
    return browser


def walk(browser: Browser, starts: list[str]) -> Iterator[tuple[str, str]]:
    """Every page that can be reached by links from some addresses, with what it says; forms are not sent."""
    waiting, seen = list(starts), set[str]()
    while waiting and len(seen) < 200:
        path = waiting.pop(0)
        if path in seen or path.startswith(("/static", "/sign-", "/api")):
            continue
        seen.add(path)
        answer = browser.get(path)
        yield path, words_of(answer)
        if answer.status_code in (301, 302, 303):
            waiting.append(answer.headers["Location"])
        waiting += [link.replace("&amp;", "&") for link in _LINK.findall(words_of(answer))]


def words_of(answer: TestResponse) -> str:
    """What an answer says, also within a table for spreadsheets."""
    body = answer.get_data()
    if zipfile.is_zipfile(io.BytesIO(body)):
        with zipfile.ZipFile(io.BytesIO(body)) as parts:
            return "\n".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    return body.decode("utf-8", "replace")


def addresses(app: Flask, ids: dict[str, str]) -> list[str]:
    """Every page that there is, with the ids of the lab's things in the place of its parameters."""
    stand_in = ids | {
        "name": "accept",
        "transition": "accept",
        "seq": "1",
        "question": "waivers",
        "workflow": "referral",
        "edition": "1",
    }
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: stand_in.get(part[1], ids["referral"]), rule.rule)
        found.append(path)
    # The same with the other things that an id may stand for.
    found += [
        f"/referrals/{ids['mediation_track']}",
        f"/mediations/{ids['mediation']}",
        f"/cases/{ids['number']}",
        f"/referrals/{ids['referral']}/{ids['referral']}/accept",
        f"/cases/{ids['number']}/history",
    ]
    found += [f"/search?q={words}" for words in (*CANARIES, "canary", "Canary", ids["number"])]
    return found


@pytest.mark.parametrize("who", ["foreign_provider", "verifier"])
def test_no_word_of_one_provider_reaches_another(app: Flask, world: World, ids: dict[str, str], who: str) -> None:
    browser, leaks, pages = browser_of(app, who), [], 0
    for path, page in walk(
        browser, ["/", "/referrals/working", "/referrals/delivered", "/queues", "/done", *addresses(app, ids)]
    ):
        pages += 1
        # What was typed into the search stands there again.
        said = page.replace(path.partition("q=")[2], "") if path.startswith("/search") else page
        leaks += [f"{canary} on {path}" for canary in CANARIES if canary in said]
    assert leaks == []
    assert pages > 60


def test_their_own_provider_reads_them(app: Flask, world: World, ids: dict[str, str]) -> None:
    """Or the test above would prove nothing."""
    browser = browser_of(app, "provider")
    page = browser.get(f"/referrals/{ids['referral']}").text
    assert all(canary in page for canary in (NOTE, QUESTION, NEED_TITLE, OWNER))
    assert MEDIATED in browser.get("/").text
    assert SHARED in browser.get(f"/referrals/{ids['referral']}/messages").text
    assert SEALED in browser.get(f"/referrals/{ids['mediation_track']}/messages").text


def test_no_word_within_the_office_reaches_the_lab(app: Flask, world: World, ids: dict[str, str]) -> None:
    """Nor does what mediators write among themselves, though the lab has the referral of both."""
    browser = browser_of(app, "provider")
    for path, page in walk(browser, ["/", *addresses(app, ids)]):
        said = page.replace(path.partition("q=")[2], "") if path.startswith("/search") else page
        assert INTERNAL not in said, path
    home = f"/mediations/{ids['mediation']}/messages"
    assert (browser.get(home).status_code, browser.get(f"/cases/{ids['number']}/messages").status_code) == (404, 404)


@pytest.mark.parametrize(
    "who", ["provider", "foreign_provider", "verifier", "foreign_officer", "observer", "administrator"]
)
def test_no_word_reaches_another_over_the_api(app: Flask, world: World, ids: dict[str, str], who: str) -> None:
    """Every document that a program may ask for, with the ids of the lab's things and of the mediation's."""
    ask = app.test_client()
    mine = {"provider": {INTERNAL}}.get(who, {INTERNAL, SHARED, SEALED, QUESTION, NOTE, MEDIATED})
    for path in {
        path for referral in (ids["referral"], ids["mediation_track"]) for path in documents(app, ids, referral)
    }:
        answer = ask.get(path, headers={"Authorization": f"Bearer {world.tokens[who]}"}).text
        assert [one for one in sorted(mine) if one in answer] == [], path


def documents(app: Flask, ids: dict[str, str], referral: str) -> list[str]:
    """Everything that a program may read, with this referral in the place of ids."""
    stand_in = ids | {"referral": referral}
    return [
        re.sub(r"<(?:\w+:)?(\w+)>", lambda part: stand_in.get(part[1], referral), rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and "GET" in (rule.methods or ())
    ]


def test_the_bank_reads_its_own(app: Flask, world: World, ids: dict[str, str]) -> None:
    assert "A boiler house" in browser_of(app, "foreign_provider").get("/").text


@pytest.mark.parametrize(
    "who", ["officer", "supervisor", "compliance", "auditor", "manager", "observer", "administrator", "foreign_officer"]
)
def test_nobody_who_is_not_named_meets_the_mediation(app: Flask, world: World, ids: dict[str, str], who: str) -> None:
    browser = browser_of(app, who)
    for path, page in walk(browser, ["/", *addresses(app, ids)]):
        said = page.replace(path.partition("q=")[2], "") if path.startswith("/search") else page
        assert MEDIATED not in said, path
        assert SEALED not in said, path
        assert ids["mediation"] not in said.replace(path, ""), path

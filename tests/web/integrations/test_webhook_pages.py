"""The lead's page of webhooks: an address is named, its secret is shown once, and each message is seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.additions import add_endpoint
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def test_a_lead_names_an_address_and_sees_its_secret_once(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("provider_lead")
    lab = {"organisation": world.organisations["lab"]}
    made = browser.post("/webhooks", lab | {"url": "https://hooks.lab.example/casework"}, page="/webhooks").text
    (secret,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", made)
    later = browser.get("/webhooks").text
    assert "https://hooks.lab.example/casework" in later
    assert secret not in later


def test_an_address_inside_is_refused_and_what_was_typed_stays(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("provider_lead")
    lab = {"organisation": world.organisations["lab"]}
    answer = browser.post("/webhooks", lab | {"url": "https://127.0.0.1/hook"}, page="/webhooks")
    assert answer.status_code == 422
    assert 'value="https://127.0.0.1/hook"' in answer.text


def test_a_new_secret_is_shown_once(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        endpoint, _ = add_endpoint(db, world.organisations["lab"], world.people["provider_lead"])
    browser = browser_for("provider_lead")
    assert "whsec_" in browser.post(f"/webhooks/{endpoint}/rotate", page="/webhooks").text
    assert "two secrets until" in browser.get("/webhooks").text


def test_a_message_is_seen_and_sent_again(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        endpoint, message = add_endpoint(db, world.organisations["lab"], world.people["provider_lead"])
    browser = browser_for("provider_lead")
    assert "referral.send" in browser.get(f"/webhooks/{endpoint}").text
    browser.post(f"/webhooks/messages/{message}/replay", page=f"/webhooks/{endpoint}")
    with transaction(engine) as db:
        assert db.execute(text("SELECT state FROM webhook_messages")).scalar_one() == "queued"


def test_an_ended_endpoint_says_so_and_offers_nothing(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        endpoint, _ = add_endpoint(db, world.organisations["lab"], world.people["provider_lead"])
    browser = browser_for("provider_lead")
    page = browser.post(f"/webhooks/{endpoint}/end", page="/webhooks", follow=True).text
    assert "Nothing is sent there any more." in page
    assert "New secret" not in page


def test_a_lead_has_checkpoints_sent_to_an_address(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("provider_lead")
    given = {"organisation": world.organisations["lab"], "url": "https://hooks.lab.example/log"}
    browser.post("/webhooks", given, page="/webhooks")
    assert "checkpoints, too" not in browser.get("/webhooks").text
    browser.post("/webhooks", given | {"checkpoints": "yes"}, page="/webhooks")
    assert browser.get("/webhooks").text.count("checkpoints, too") == 1

"""The lead's page of webhooks that come in: an address is opened, its secret is shown once, and each message is seen."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.incoming import open_incoming
from tests.support.web_client import Browser
from tests.support.world import World

PAGE = "/incoming-webhooks"
BrowserFor = Callable[[str], Browser]


def test_a_lead_opens_an_address_changes_its_secret_sees_what_came_and_ends_it(
    app: Flask, engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        sender = open_incoming(app, db, world)
    browser = browser_for("provider_lead")
    made = browser.post(PAGE, {"account": sender.account}, page=PAGE).text
    (path,), (secret,) = re.findall(r"/hooks/in/[0-9a-f-]{36}", made), re.findall(r"whsec_[A-Za-z0-9+/=]+", made)
    assert secret not in browser.get(PAGE).text
    one = path.rpartition("/")[2]
    assert "whsec_" in browser.post(f"{PAGE}/{one}/rotate", page=PAGE).text
    assert "two secrets until" in browser.get(PAGE).text
    assert "Nothing has come yet." in browser.get(f"{PAGE}/{one}").text
    sender.send("receipt.sign", id="msg_odd", referral="00000000-0000-4000-8000-000000000000")
    shown = browser.get(f"{PAGE}/{sender.incoming}").text
    assert "msg_odd" in shown
    assert "not_found" in shown
    page = browser.post(f"{PAGE}/{one}/end", page=PAGE, follow=True).text
    assert "Nothing is taken there any more." in page
    assert browser_for("administrator").get(f"{PAGE}/{sender.incoming}").status_code == 200
    assert "whsec_" not in browser_for("administrator").get(PAGE).text

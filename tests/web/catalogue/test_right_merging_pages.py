"""Merging two records of one IP right on pages: doubles are offered, what differs is chosen, and the old address leads on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.outside_burdens import enter_burden
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
LICENCE = {"kind": "licence", "licence": "exclusive", "territories": ["CN"], "from": "2026-01-05"}


def entered(engine: Engine, world: World, number: str, **other: Any) -> str:
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        right = record_right(
            db,
            officer,
            programme=world.programmes["BJ"],
            kind="invention",
            fields={"office": "CNIPA", "owner": "Köhlerei", "status": "in_force", "number": number, **other},
            confirmed=True,
            technologies=[world.technologies[0]],
            request=new_request(),
        ).answer["id"]
        if "expires_on" in other:
            return str(right)
        holder = {"holder": world.organisations["lab"]}
        enter_burden(db, officer, right, values=LICENCE | holder, source="Register", request=new_request())
    return str(right)


@pytest.fixture
def pair(world: World, engine: Engine) -> tuple[str, str]:
    return entered(engine, world, "ZL202310000001.2", family="F 1"), entered(engine, world, "202310000001")


def test_one_is_found_compared_and_merged_and_its_address_leads_on(
    browser_for: Enter, world: World, engine: Engine, pair: tuple[str, str]
) -> None:
    gone, kept = pair
    browser = browser_for("officer")
    assert f"/rights/{gone}/merge" in browser.get(f"/rights/{gone}").text
    page = f"/rights/{gone}/merge?into={kept}"
    assert page in browser.get(f"/rights/{gone}/merge").text
    assert page in browser.get(f"/rights/{gone}/merge?q=20231").text
    assert "None is found" in browser.get(f"/rights/{gone}/merge?q=nothing-so").text
    shown = browser.get(page).text
    assert "choose below" in shown
    assert "takes it over" in shown
    # Both have an exclusive licence: that is said, and hinders nothing.
    assert "cannot stand on one right together" in shown
    sent = read_page(shown).sent
    assert sent["f-take_number"] == "kept"
    refused = browser.flask.post(page, data=sent, follow_redirects=True).text
    assert "Merged:" not in refused
    sent |= {"f-reason": "Both came of one extract.", "f-take_number": "gone", "sure": "yes"}
    done = words_of(browser.flask.post(page, data=sent, follow_redirects=True).text)
    assert "Merged: what was of the other record is of this one now." in done
    assert "Both came of one extract." in done
    assert "ZL202310000001.2" in done
    assert words_of(browser.flask.post(page, data=sent, follow_redirects=True).text) == done
    old = browser.get(f"/rights/{gone}").text
    assert f"/rights/{kept}" in old
    assert "This record was merged." in old
    for action in ("/look", "/merge", "/belongs", "/burdens/new"):
        assert f"/rights/{gone}{action}" not in old
    assert gone not in browser.get("/rights").text
    for merging in (page, f"/rights/{gone}/merge"):
        assert browser.get(merging).status_code == 403
    assert list(verify_all(engine)) == []


def test_what_cannot_be_is_said_before_or_where_it_was_chosen(
    browser_for: Enter, world: World, engine: Engine, pair: tuple[str, str]
) -> None:
    gone, _ = pair
    browser = browser_for("officer")
    twin = entered(engine, world, "CN 5", twin="ZL202310000001.2")
    shown = browser.get(f"/rights/{gone}/merge?into={twin}").text
    assert "twin" in shown
    assert "f-reason" not in shown
    ended = entered(engine, world, "CN 6", expires_on="2024-01-01", granted_on="2023-01-01")
    late = entered(engine, world, "CN 7", expires_on="2040-01-01", filed_on="2025-01-05")
    page = f"/rights/{late}/merge?into={ended}"
    sent = read_page(browser.get(page).text).sent | {"f-reason": "One patent.", "sure": "yes"}
    refused = words_of(browser.flask.post(page, data=sent, follow_redirects=True).text)
    assert "Merged:" not in refused
    for into in ("nothing", "00000000-0000-7000-8000-000000000000"):
        assert browser.get(f"/rights/{gone}/merge?into={into}").status_code == 404

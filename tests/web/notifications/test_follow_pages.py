"""The buttons by which one follows a case or a referral, in the heads of their pages."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.operations.cases.case_actions import declare_interest
from casework.operations.mediations.service import open_mediation
from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def sign_in(app: Flask, world: World) -> Callable[[str], Browser]:
    def opened(name: str) -> Browser:
        browser = Browser(app.test_client())
        assert browser.sign_in(f"{name}@example.org", world.password).status_code == 303
        return browser

    return opened


def test_a_case_is_followed_from_its_head_until_one_says_otherwise(
    sign_in: Callable[[str], Browser], staged: tuple[str, str], engine: Engine, world: World
) -> None:
    page, manager = f"/cases/{staged[0]}", sign_in("manager")
    assert "You follow this case" not in manager.get(page).text
    done = manager.post(f"{page}/follow", {})
    assert (done.status_code, done.headers["Location"]) == (303, page)
    shown = manager.get(page).text
    assert "You follow this case" in shown
    assert f'action="{page}/unfollow"' in shown
    with transaction(engine) as db:
        world.fire(db, "provider", staged[0], "decline", {"reason": "no_capacity"}, track=staged[1])
    tell_due(engine, mailing=False)
    alerts = manager.get("/notifications?show=followed").text
    assert staged[0] in alerts
    assert "Followed</span>" in alerts
    assert manager.post(f"{page}/unfollow", {}).status_code == 303
    assert f'action="{page}/follow"' in manager.get(page).text
    assert staged[0] not in manager.get("/notifications?show=followed").text


def test_a_provider_follows_its_referral_and_no_case(
    sign_in: Callable[[str], Browser], staged: tuple[str, str]
) -> None:
    page, lead = f"/referrals/{staged[1]}", sign_in("provider_lead")
    assert f'action="{page}/follow"' in lead.get(page).text
    assert lead.post(f"/cases/{staged[0]}/follow", {}).status_code == 404
    assert lead.post(f"{page}/follow", {}).headers["Location"] == page
    assert "You follow this referral" in lead.get(page).text
    assert sign_in("foreign_provider").post(f"{page}/follow", {}).status_code == 404


def test_what_is_sealed_has_no_such_button(
    sign_in: Callable[[str], Browser], staged: tuple[str, str], engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        mediation = open_mediation(db, world.actor(db, "dispute_officer"), staged[0], new_request()).answer
    dispute_officer = sign_in("dispute_officer")
    assert "/follow" not in dispute_officer.get(f"/mediations/{mediation['id']}").text
    assert dispute_officer.post(f"/referrals/{mediation['track']}/follow", {}).status_code == 404


def test_whom_an_interest_shuts_out_has_no_such_button(
    sign_in: Callable[[str], Browser], staged: tuple[str, str], engine: Engine, world: World
) -> None:
    manager, page = sign_in("manager"), f"/cases/{staged[0]}"
    assert f"{page}/follow" in manager.get(page).text
    with transaction(engine) as db:
        declare_interest(db, world.actor(db, "manager"), staged[0], nature="A cousin.", request=new_request())
    assert f"{page}/follow" not in manager.get(page).text
    assert manager.post(f"{page}/follow", {}).status_code == 403

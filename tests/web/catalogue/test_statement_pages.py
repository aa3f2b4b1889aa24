"""Needs that enterprises state, on the office's pages: whom it invites, and what it does with what was sent."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def named(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return str(
            db.execute(
                text("SELECT name FROM organisations WHERE id = CAST(:id AS uuid)"),
                {"id": world.organisations["need_owner"]},
            ).scalar_one()
        )


def test_a_link_that_is_handed_over_is_shown_once(browser_for: Enter, engine: Engine, world: World) -> None:
    officer, page = browser_for("officer"), f"/programmes/{world.programmes['BJ']}/needs/invite"
    given = {"f-organisation": named(engine, world), "f-language": "zh-Hans", "f-days": "30"}
    wrong = officer.post(page, given | {"f-organisation": "Nobody Ltd", "f-address": "x"}, page=page)
    assert (wrong.status_code, "Nobody Ltd" in wrong.text) == (422, True)
    made = officer.post(page, given, page=page)
    secret = re.search(r"/state-need#([\w-]{43})", made.text)
    assert secret is not None
    listed = officer.get("/needs/stated").text
    assert "with the enterprise" in listed
    assert secret[1] not in listed


def test_others_find_no_such_pages(browser_for: Enter, world: World) -> None:
    for who in ("compliance", "manager", "provider", "observer"):
        assert browser_for(who).get("/needs/stated").status_code == 404
    assert browser_for("auditor").get(f"/programmes/{world.programmes['BJ']}/needs/invite").status_code == 403
    assert browser_for("provider").get(f"/programmes/{world.programmes['BJ']}/needs/invite").status_code == 404

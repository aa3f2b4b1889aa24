"""Who is offered in a form as a provider: who can be asked, and of the others why they are not there."""

from __future__ import annotations

import json
from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def test_a_plan_offers_who_can_be_asked_and_says_why_others_are_missing(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    lab, bank = world.organisations["lab"], world.organisations["bank"]
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        track = world.main_track(db, number)
    officer, path = browser_for("officer"), f"/cases/{number}/tracks/{track}/amend_plan"
    before = officer.get(path).text
    assert "Not offered" not in before
    assert f'value="{lab}"' in before, "a plan may name who is asked already"
    assert f'value="{bank}"' in before
    with transaction(engine) as db:
        party = "SELECT name FROM organisations WHERE id = CAST(:id AS uuid)"
        name = db.execute(text(party), {"id": world.organisations["need_owner"]}).scalar_one()
        change = "UPDATE organisations SET profile = CAST(:profile AS jsonb) WHERE id = CAST(:id AS uuid)"
        db.execute(text(change), {"id": bank, "profile": json.dumps({"conflicts": [name]})})
    after = officer.get(path).text
    assert f'value="{bank}"' not in after
    assert "(has a standing conflict with a party)" in after

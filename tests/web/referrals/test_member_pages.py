"""The members of a provider, on the pages of its lead."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def roles_of(engine: Engine, person: str) -> list[str]:
    with transaction(engine) as db:
        rows = db.execute(
            text(
                "SELECT role FROM memberships WHERE person_id = CAST(:id AS uuid)"
                " AND (ends_at IS NULL OR ends_at > casework_now()) ORDER BY role"
            ),
            {"id": person},
        )
        return [row.role for row in rows]


def test_a_lead_rules_over_the_own_organisation_alone(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    lead = browser_for("provider_lead")
    assert "Haidian Assessment Lab" in lead.get("/members").text
    with transaction(engine) as db:
        other = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:p AS uuid)"),
            {"p": world.people["foreign_provider"]},
        ).scalar_one()
    assert lead.post(f"/members/{other}/end", page="/members").status_code == 404
    assert roles_of(engine, world.people["foreign_provider"]) == ["provider"]
    for who in ("provider", "officer", "administrator"):
        assert browser_for(who).get("/members").status_code == 404


def test_nobody_ends_the_own_role(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    lead = browser_for("provider_lead")
    with transaction(engine) as db:
        own = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:p AS uuid)"), {"p": world.people["provider_lead"]}
        ).scalar_one()
    answer = lead.post(f"/members/{own}/end", page="/members", follow=True)
    assert "you cannot end your own role" in answer.text
    assert roles_of(engine, world.people["provider_lead"]) == ["provider_lead"]

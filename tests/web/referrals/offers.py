"""An offer to a provider as a browser accepts it, and how its track stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, today

BrowserFor = Callable[[str], Browser]


def states(engine: Engine, track: str) -> list[str]:
    with transaction(engine) as db:
        return list(
            db.execute(text("SELECT states FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track}).scalar_one()
        )


def child(engine: Engine, referral: str) -> str:
    with transaction(engine) as db:
        return str(
            db.execute(text("SELECT id FROM tracks WHERE parent_id = CAST(:id AS uuid)"), {"id": referral}).scalar_one()
        )


def acceptance(world: World) -> dict[str, str]:
    return {
        "interest": "no",
        "confidentiality": "yes",
        "service": "assessment",
        "person": world.people["provider"],
        "charge": "free",
        "planned_on": (today() + timedelta(days=30)).isoformat(),
    }


def accept(browser: Browser, world: World, offer: str) -> TestResponse:
    page = f"/referrals/{offer}"
    opened = browser.get(page)
    token = read_accept(opened.text)
    token.update({f"f-{name}": value for name, value in acceptance(world).items()})
    return browser.flask.post(f"{page}/{offer}/accept", data=token)


def read_accept(page: str) -> dict[str, str]:
    """What the form of acceptance sends by itself: the others of the page are the frame's."""
    inside = page.split('class="asks"')[1].split("</form>")[0]
    return read_page(f"<form {inside}</form>").sent.to_dict()

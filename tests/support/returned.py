"""A referral whose result is delivered, returned and delivered again, without the work between."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, text

from casework.operations.core.perform import home_of
from casework.operations.documents.service import enter
from casework.records.case_loader import load
from tests.support.world import World, new_request, today


def to_delivery(world: World, db: Connection, number: str, referral: str) -> None:
    """The provider starts; the service's own steps are taken as done."""
    world.fire(db, "provider", number, "start", track=referral)
    db.execute(
        text("UPDATE tracks SET ended_at = casework_now(), states = '{verified}' WHERE parent_id = CAST(:id AS uuid)"),
        {"id": referral},
    )


def deliver(
    world: World, db: Connection, number: str, referral: str, *, by: str, note: str, on: date | None = None
) -> str:
    """With a result that is registered for it; gives its id."""
    case = load(db, home_of(db, number), "case")
    paper = enter(
        db,
        world.actor(db, "provider"),
        case,
        title="Test report",
        kind="report",
        referral=referral,
        language=None,
        valid_until=None,
        request=new_request(),
    ).answer["id"]
    data = {"service": "assessment", "delivered_on": (on or today()).isoformat(), "documents": [paper], "note": note}
    world.fire(db, "provider", number, by, data, track=referral)
    return str(paper)


def return_result(world: World, db: Connection, number: str, referral: str, points: str) -> None:
    """The office returns it for correction."""
    world.fire(db, "officer", number, "return", {"points": points}, track=referral)

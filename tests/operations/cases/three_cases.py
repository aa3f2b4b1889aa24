"""Three cases that the tests of lists and details begin with."""

from __future__ import annotations

from sqlalchemy import Connection

from tests.support.way_to_referral import to_referral
from tests.support.world import World


def play_three_cases(world: World, db: Connection) -> tuple[str, str, str]:
    """A case that waits for the lab, one that is on hold, and one that nobody has taken."""
    referred, _ = to_referral(world, db)
    held = world.new_case(db)
    world.fire(db, "officer", held, "take")
    world.fire(
        db,
        "officer",
        held,
        "hold",
        {
            "reason": "parties_paused",
            "waits_for": "need_owner",
            "waits_until": "event",
            "event": "The board has met",
        },
    )
    return referred, held, world.new_case(db)

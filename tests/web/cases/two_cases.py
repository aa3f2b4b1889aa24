"""Two cases that the tests of pages begin with, and what is read off a page."""

from __future__ import annotations

import re

from sqlalchemy import Connection

from tests.support.way_to_referral import to_referral
from tests.support.world import World


def play_two_cases(world: World, db: Connection) -> tuple[str, str]:
    """A case that waits for the lab, and one that nobody has taken."""
    referred, _ = to_referral(world, db, more_plan={"pledge": "bank"})
    return referred, world.new_case(db)


def words_of(source: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", source).split())


def in_list(source: str) -> list[str]:
    return re.findall(r'<a class="stretch" href="/cases/([^"]+)"', source)

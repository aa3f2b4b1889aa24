"""What figures tell by id or code has a name: people, providers, phases, and what stands on the programme's lists."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.operations.oversight.figure_names import names_behind
from casework.operations.oversight.figures import count_for_reader
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def test_people_and_providers_are_named_and_lists_are_read(world: World, db: Connection) -> None:
    to_referral(world, db)
    called = names_behind(db, count_for_reader(db, world.actor(db, "supervisor")))
    assert called.ids[world.organisations["lab"]] == "Haidian Assessment Lab"
    assert called.ids[world.people["officer"]]
    assert (entry := called.entry("district", "Haidian")) is not None
    assert entry.label == "Haidian"
    assert called.entry("reason", "money/price") or called.lists["closing_reasons"]
    assert called.entry("month", "2026-01") is None

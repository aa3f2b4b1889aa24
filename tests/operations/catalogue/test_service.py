"""Needs, technologies and rights: listed to those who read their programme, confirmed and given an owner by the office."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.views import IpRight, Need, Technology
from tests.support.world import World

NOBODY = "00000000-0000-7000-8000-000000000000"


def needs(db: Connection, world: World, who: str, limit: int | None = None, cursor: str | None = None) -> list[str]:
    return [one.id for one in list_records(db, world.actor(db, who), Need, limit=limit, cursor=cursor).items]


def test_records_of_ones_programmes_are_listed_the_newest_first(world: World, db: Connection) -> None:
    for who in ("officer", "auditor"):
        assert needs(db, world, who) == world.needs[::-1]
    for who in ("foreign_officer", "provider", "observer"):
        assert needs(db, world, who) == []
    first = list_records(db, world.actor(db, "officer"), Need, limit=1)
    assert [one.id for one in first.items] == world.needs[:0:-1]
    assert needs(db, world, "officer", cursor=first.next) == world.needs[:1]


def test_rights_are_listed_by_their_technology(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    for technology, right in zip(world.technologies[:2], world.rights, strict=True):
        (listed,) = list_records(db, officer, IpRight, filters={"technology": technology}).items
        assert (listed.id, listed.technologies, listed.programme) == (right, [technology], world.programmes["BJ"])


def test_a_record_is_shown_with_its_decimals_and_days_as_they_are(world: World, db: Connection) -> None:
    db.execute(
        text("UPDATE needs SET budget = 1000000.10, wanted_by = '2026-10-15' WHERE id = CAST(:id AS uuid)"),
        {"id": world.needs[0]},
    )
    shown = show_record(db, world.actor(db, "officer"), Need, world.needs[0])
    assert (shown.budget, shown.wanted_by, shown.external_id) == ("1000000.10", "2026-10-15", "need-1")
    assert shown.owner == world.organisations["need_owner"]
    with pytest.raises(NotFound):
        show_record(db, world.actor(db, "foreign_officer"), Need, world.needs[0])
    # One is looked for among its own kind.
    with pytest.raises(NotFound):
        show_record(db, world.actor(db, "officer"), Technology, world.needs[0])

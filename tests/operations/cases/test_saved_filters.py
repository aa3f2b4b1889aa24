"""Filters that a person has given a name: one's own, and nobody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotFound
from casework.operations.cases.saved_filters import drop_filter, list_filters, save_filter
from tests.support.world import World, new_request


def test_a_filter_is_kept_under_its_name_for_one_person(db: Connection, world: World) -> None:
    actor = world.actor(db, "officer")
    save_filter(db, actor, "cases", name=" My  late ones ", query="overdue=yes&sort=due", request=new_request())
    save_filter(db, actor, "cases", name="My late ones", query="overdue=yes", request=new_request())
    kept = list_filters(db, actor, "cases")
    assert [(one.name, one.query) for one in kept] == [("My late ones", "overdue=yes")]
    assert list_filters(db, world.actor(db, "other_officer"), "cases") == []
    with pytest.raises(NotFound):
        drop_filter(db, world.actor(db, "other_officer"), kept[0].id, new_request())
    drop_filter(db, actor, kept[0].id, new_request())
    assert list_filters(db, actor, "cases") == []


@pytest.mark.parametrize("name", ["", "  ", "x" * 61, "a\x00b"])
def test_a_filter_needs_a_name(db: Connection, world: World, name: str) -> None:
    with pytest.raises(InvalidForm):
        save_filter(db, world.actor(db, "officer"), "cases", name=name, query="", request=new_request())

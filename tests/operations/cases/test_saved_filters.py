"""Filters that a person has given a name: one's own, and nobody else's."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotFound
from casework.operations.cases.saved_filters import (
    MOST_SHARED,
    change_filter,
    drop_filter,
    find_filter,
    list_filters,
    save_filter,
    shares_with,
)
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


def test_a_view_is_shared_with_the_office_of_a_programme_and_with_nobody_else(db: Connection, world: World) -> None:
    officer, here = world.actor(db, "officer"), world.programmes["BJ"]
    id = str(save_filter(db, officer, "cases", name="Late", query="overdue=yes", request=new_request()).answer["id"])
    change_filter(db, officer, id, name="Late ones", shared_with=here, request=new_request())
    assert find_filter(db, officer, id)[1].shared_with == here
    for who in ("supervisor", "other_officer", "compliance", "manager", "auditor"):
        (shared,) = list_filters(db, world.actor(db, who), "cases")
        assert (shared.name, shared.query) == ("Late ones", "overdue=yes")
        assert shared.owner is not None
        assert shared.owner.id == officer.person
        with pytest.raises(NotFound):
            find_filter(db, world.actor(db, who), id)
        with pytest.raises(NotFound):
            change_filter(db, world.actor(db, who), id, name="Mine", shared_with=None, request=new_request())
    for who in ("observer", "dispute_officer", "provider", "administrator", "foreign_officer"):
        assert list_filters(db, world.actor(db, who), "cases") == []
        assert shares_with(world.actor(db, who), "cases") == (
            [world.programmes["SH"]] if who == "foreign_officer" else []
        )
    change_filter(db, officer, id, name="Late ones", shared_with=None, request=new_request())
    assert list_filters(db, world.actor(db, "supervisor"), "cases") == []


def test_two_views_of_a_list_have_two_names(db: Connection, world: World) -> None:
    officer = world.actor(db, "officer")
    one, _ = (
        str(save_filter(db, officer, "cases", name=name, query="", request=new_request()).answer["id"])
        for name in ("A", "B")
    )
    with pytest.raises(InvalidForm):
        change_filter(db, officer, one, name="B", shared_with=None, request=new_request())
    change_filter(db, officer, one, name="A", shared_with=None, request=new_request())
    assert MOST_SHARED >= 30

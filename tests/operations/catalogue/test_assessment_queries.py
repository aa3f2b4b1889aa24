"""Assessments as their readers see them: those first that begin last, part by part, with names and not with ids."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotFound
from casework.operations.catalogue.assessment_queries import list_assessments, read_entries, show_assessment
from casework.operations.catalogue.needs_assessments import set_enterprise
from tests.operations.catalogue.test_needs_assessments import listed, planned, visited
from tests.support.world import World, new_request

NOWHERE = "00000000-0000-7000-8000-000000000000"


def test_the_list_comes_in_parts_those_first_that_begin_last(world: World, db: Connection) -> None:
    officer = world.actor(db, "officer")
    early, late = planned(db, world, starts_on="2026-01-01"), planned(db, world)
    first = list_assessments(db, officer, limit=1)
    assert [one.id for one in first.items] == [late]
    second = list_assessments(db, officer, limit=1, cursor=first.next)
    assert ([one.id for one in second.items], second.next) == ([early], None)
    with pytest.raises(InvalidForm):
        list_assessments(db, officer, cursor="WyJ4IiwieSJd")


def test_whom_nobody_has_asked_stands_first_and_the_newest_visit_does(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    first, second = listed(db, world, id, "need_owner", "technology_owner")
    set_enterprise(db, officer, first, state="refused", source=None, request=new_request())
    older, newer = visited(db, world, id), visited(db, world, id, day="2026-05-01")
    one = show_assessment(db, officer, id)
    assert [row.id for row in one.enterprises] == [second, first]
    assert [row.id for row in one.visits] == [newer, older]
    assert (one.progress.enterprises, one.progress.asked, one.progress.refused, one.progress.visits) == (2, 1, 1, 2)


def test_who_came_is_told_by_name(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    owner = world.organisations["need_owner"]
    visited(db, world, id, participants=[{"organisation": owner, "name": "Zhou Min"}], staff=[officer.person])
    (visit,) = show_assessment(db, officer, id).visits
    ((came,), (staff,)) = visit.participants, visit.staff
    assert (came.organisation, came.name, came.role) == (owner, "Zhou Min", None)
    assert came.organisation_name
    assert staff.id == officer.person
    assert staff.name


def test_what_is_not_there_has_no_history(world: World, db: Connection) -> None:
    for read in (show_assessment, read_entries):
        with pytest.raises(NotFound):
            read(db, world.actor(db, "officer"), NOWHERE)


def test_of_enterprises_that_are_put_on_the_list_at_once_each_is_told(world: World, db: Connection) -> None:
    id = planned(db, world)
    listed(db, world, id, "need_owner", "technology_owner")
    put, _ = read_entries(db, world.actor(db, "officer"), id)
    assert len(put.about) == 2
    assert put.changes == {"organisation_id": [None, put.about], "state": [None, "to_ask"]}

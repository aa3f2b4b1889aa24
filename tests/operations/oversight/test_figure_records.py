"""Behind a number that counts no cases stand the needs, technologies, visits and events that it counts, for who sees them."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.figures.counting import Row
from casework.errors import InvalidForm
from casework.operations.oversight.figure_records import list_behind
from casework.operations.oversight.figures import Counted, count_for_reader
from tests.operations.catalogue.test_needs_assessments import planned, visited
from tests.support.world import World


def counted(world: World, db: Connection, name: str = "supervisor") -> Counted:
    return count_for_reader(db, world.actor(db, name), programme=world.programmes["BJ"])


def row_of(told: Counted, figure: str, **of: str) -> Row:
    (row,) = [row for row in told.figures[figure].rows if row.of == of]
    return row


@pytest.mark.parametrize(
    ("figure", "of"),
    [
        ("funnel", {"step": "need_published"}),
        ("funnel", {"step": "match_not_refused"}),
        ("endings", {"what": "needs_without_a_way"}),
    ],
)
def test_as_many_stand_behind_a_number_as_it_says(
    world: World, db: Connection, figure: str, of: dict[str, str]
) -> None:
    world.open_case(db)
    told = counted(world, db)
    row = row_of(told, figure, **of)
    supervisor = world.actor(db, "supervisor")
    listed = list_behind(db, supervisor, told.as_of, figure=figure, row=row)
    assert len(listed.items) == row.numerator
    assert all(one.title and one.status for one in listed.items)
    assert [one.id for one in listed.items] == sorted(one.id for one in listed.items)


def test_behind_visits_and_events_stand_the_assessments_they_belong_to(world: World, db: Connection) -> None:
    assessment = planned(db, world)
    visited(db, world, assessment, day="2026-01-20", kind="event")
    told = counted(world, db)
    rows = [row for row in told.figures["activities"].rows if row.numerator and row.of["what"] != "needs_collected"]
    assert rows
    for row in rows:
        listed = list_behind(db, world.actor(db, "supervisor"), told.as_of, figure="activities", row=row)
        assert {one.assessment for one in listed.items} == {assessment}
        assert all(one.day and one.kind for one in listed.items)
    # Whoever reads no closed needs is told of no visits, and finds none.
    listed = list_behind(db, world.actor(db, "manager"), told.as_of, figure="activities", row=rows[0])
    assert listed.items == []


def test_what_is_entered_later_is_not_behind_a_number_of_before(world: World, db: Connection) -> None:
    world.open_case(db)
    told = counted(world, db)
    row = row_of(told, "funnel", step="match_not_refused")
    world.new_case(db)
    supervisor = world.actor(db, "supervisor")
    assert len(list_behind(db, supervisor, told.as_of, figure="funnel", row=row).items) == row.numerator


def test_somebody_of_another_programme_sees_none_of_them(world: World, db: Connection) -> None:
    world.open_case(db)
    told = counted(world, db)
    row = row_of(told, "funnel", step="need_published")
    assert list_behind(db, world.actor(db, "foreign_officer"), told.as_of, figure="funnel", row=row).items == []


def test_a_part_of_the_list_begins_where_its_cursor_says(world: World, db: Connection) -> None:
    told = counted(world, db)
    row = row_of(told, "funnel", step="need_published")
    with pytest.raises(InvalidForm):
        list_behind(db, world.actor(db, "supervisor"), told.as_of, figure="funnel", row=row, cursor="x")

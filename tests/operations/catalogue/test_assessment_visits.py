"""Visits and events of an assessment: what may be said of them, and who can have come."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.catalogue import assessment_visits as visits
from casework.operations.catalogue.assessment_queries import show_assessment
from tests.operations.catalogue.test_needs_assessments import VISIT, planned, visited
from tests.support.world import World, new_request


def test_staff_are_those_who_work_for_needs_there(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    found = visits.staff_of(db, programme)
    assert {world.people["officer"], world.people["supervisor"]} <= set(found)
    assert not {world.people["auditor"], world.people["foreign_officer"]} & set(found)
    assert world.people["auditor"] in visits.staff_of(db, programme, [world.people["auditor"]])


def test_every_fault_of_a_visit_is_told_at_its_field(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    for more, name in (
        ({"kind": "dinner"}, "kind"),
        ({"day": ""}, "day"),
        ({"district": "nowhere"}, "district"),
        ({"participants": [{"role": "Manager"}]}, "participants"),
        ({"participants": [{"organisation": officer.person}]}, "participants"),
        ({"staff": [world.people["provider"]]}, "staff"),
    ):
        with pytest.raises(InvalidForm) as odd:
            visited(db, world, id, **more)
        assert list(odd.value.fields) == [name]


def test_a_field_that_is_not_named_stays_and_a_change_says_why(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    visit = visited(db, world, id, place="Changping", staff=[officer.person])
    with pytest.raises(InvalidForm) as unsaid:
        visits.change_visit(db, officer, visit, fields={"title": "x"}, reason=" ", request=new_request())
    assert unsaid.value.fields == {"reason": reasons.fields.REQUIRED}
    visits.change_visit(db, officer, visit, fields={"place": None}, reason="Not there.", request=new_request())
    (one,) = show_assessment(db, officer, id).visits
    assert (one.title, one.place, [person.id for person in one.staff]) == (VISIT["title"], None, [officer.person])

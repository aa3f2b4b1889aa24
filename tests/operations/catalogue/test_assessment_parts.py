"""Parts of an assessment: what stays in it for good, and which events tell of it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.errors import Refused
from casework.operations.catalogue import assessment_parts as parts
from casework.operations.catalogue.assessment_needs import note_assessment
from casework.operations.catalogue.assessment_queries import read_entries, show_assessment
from tests.operations.catalogue.test_needs_assessments import asked, listed, planned
from tests.support.world import World, new_request


def test_whom_a_link_has_asked_and_what_a_need_names_stay(world: World, db: Connection) -> None:
    officer, id = world.actor(db, "officer"), planned(db, world)
    first, second = listed(db, world, id, "need_owner", "technology_owner")
    asked(db, world, first)
    with pytest.raises(Refused) as refused:
        parts.take_out(db, officer, "enterprises", first, reason="So.", request=new_request())
    assert refused.value.reasons == [reasons.catalogue.ENTERPRISE_ASKED]
    parts.take_out(db, officer, "enterprises", second, reason="So.", request=new_request())
    assert [row.id for row in show_assessment(db, officer, id).enterprises] == [first]


def test_what_other_events_name_is_no_change_of_it(world: World, db: Connection) -> None:
    officer, programme, id = world.actor(db, "officer"), world.programmes["BJ"], planned(db, world)
    before = parts.read_count(db, programme, id), len(read_entries(db, officer, id))
    note_assessment(db, parts.may_assess(officer, programme), programme, "need_invited", of=[id], entries={})
    assert (parts.read_count(db, programme, id), len(read_entries(db, officer, id))) == before == (1, 1)

"""Which needs came of an assessment: said, moved, taken back, and found from both ends."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.operations.catalogue.assessment_needs import find_origin, list_choices, set_origin
from casework.operations.catalogue.assessment_parts import take_out
from casework.operations.catalogue.assessment_queries import read_entries, show_assessment
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_needs_assessments import planned, visited
from tests.support.world import World, new_request


def say(db: Connection, world: World, need: str, origin: str | None, *, who: str = "officer") -> None:
    set_origin(db, world.actor(db, who), need, origin=origin, request=new_request())


def test_a_need_names_the_visit_at_which_it_was_told_and_both_ends_show_it(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]
    id = planned(db, world)
    visit = visited(db, world, id)
    say(db, world, need, visit)
    origin = find_origin(db, officer, need)
    assert origin is not None
    assert (origin.assessment, origin.visit, origin.visit_title) == (id, visit, "Data centre of the campus")
    (one,) = show_assessment(db, officer, id).needs
    assert (one.id, one.visit) == (need, visit)
    with pytest.raises(Refused) as refused:
        take_out(db, officer, "visits", visit, reason="So.", request=new_request())
    assert refused.value.reasons == [reasons.catalogue.VISIT_NAMED]


def test_it_is_moved_to_another_one_and_taken_back_and_both_histories_tell(world: World, db: Connection) -> None:
    officer, need = world.actor(db, "officer"), world.needs[0]
    first, second = planned(db, world), planned(db, world, title="Water in the south")
    say(db, world, need, first)
    say(db, world, need, first)
    say(db, world, need, second)
    assert show_assessment(db, officer, first).needs == []
    assert [one.id for one in show_assessment(db, officer, second).needs] == [need]
    say(db, world, need, None)
    assert find_origin(db, officer, need) is None
    told = [[entry.kind for entry in read_entries(db, officer, id)] for id in (first, second)]
    assert told == [
        ["assessment_need_kept", "assessment_need_kept", "assessment_kept"],
        ["assessment_taken_out", "assessment_need_kept", "assessment_kept"],
    ]


def test_what_can_be_chosen_are_the_assessments_and_their_visits(world: World, db: Connection) -> None:
    id = planned(db, world)
    visit = visited(db, world, id)
    planned(db, world, who="foreign_officer", sectors=[], districts=[])
    assert list_choices(db, world.programmes["BJ"]) == {
        id: "Heat in the north of the city",
        visit: "Heat in the north of the city · Data centre of the campus",
    }


def test_nobody_else_says_it_or_reads_it(world: World, db: Connection) -> None:
    need, id = world.needs[0], planned(db, world)
    elsewhere = planned(db, world, who="foreign_officer", sectors=[], districts=[])
    with pytest.raises(InvalidForm) as unknown:
        say(db, world, need, elsewhere)
    assert unknown.value.fields == {"origin": reasons.fields.NOT_KNOWN_HERE}
    with pytest.raises(NotAllowed):
        say(db, world, need, id, who="auditor")
    with pytest.raises(NotFound):
        say(db, world, need, id, who="foreign_officer")
    say(db, world, need, id)
    for who in ("observer", "manager", "compliance", "foreign_officer"):
        assert find_origin(db, world.actor(db, who), need) is None
    assert find_origin(db, world.actor(db, "auditor"), need) is not None


def test_a_need_that_was_merged_leads_back_from_the_one_that_stands(world: World, db: Connection) -> None:
    officer, (gone, kept) = world.actor(db, "officer"), world.needs[:2]
    id = planned(db, world)
    say(db, world, gone, id)
    merge_records(db, officer, "need", gone, into=kept, reason="One need.", request=new_request())
    assert [one.id for one in show_assessment(db, officer, id).needs] == [kept]
    origin = find_origin(db, officer, kept)
    assert origin is not None
    assert origin.assessment == id
    assert show_assessment(db, officer, id).progress.needs == 1


def test_what_a_merged_need_came_of_is_moved_and_taken_back_at_the_one_that_stands(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        officer, (gone, kept) = world.actor(db, "officer"), world.needs[:2]
        first, second = planned(db, world), planned(db, world, title="Water in the south")
        say(db, world, gone, first)
        merge_records(db, officer, "need", gone, into=kept, reason="One need.", request=new_request())
        say(db, world, kept, second)
        assert show_assessment(db, officer, first).needs == []
        assert [one.id for one in show_assessment(db, officer, second).needs] == [kept]
        say(db, world, kept, None)
        assert find_origin(db, officer, kept) is None
        assert show_assessment(db, officer, second).needs == []
    assert list(verify_all(engine)) == []


def test_of_a_need_that_is_two_by_merging_both_origins_are_taken_back(world: World, db: Connection) -> None:
    officer, (gone, kept) = world.actor(db, "officer"), world.needs[:2]
    first, second = planned(db, world), planned(db, world, title="Water in the south")
    say(db, world, gone, first)
    say(db, world, kept, second)
    merge_records(db, officer, "need", gone, into=kept, reason="One need.", request=new_request())
    say(db, world, kept, None)
    assert find_origin(db, officer, kept) is None
    assert [show_assessment(db, officer, id).needs for id in (first, second)] == [[], []]

"""A merging that is taken back: the record stands again with its matches, rights and cases, both histories say so, and it holds."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.about import show_about
from casework.operations.cases.queries import find_case
from casework.operations.catalogue import kept_records, twins
from casework.operations.catalogue.ip_rights import record_right
from casework.operations.catalogue.matches import show_match
from casework.operations.catalogue.record_unmerging import unmerge_record
from casework.operations.catalogue.service import list_records, show_record
from casework.operations.catalogue.views import IpRight, Need, Technology
from casework.operations.core.record_log import Kept
from casework.operations.verification.service import verify_case
from tests.operations.catalogue.test_record_merging import Doubles, merge
from tests.support.world import World, add_match, add_record, new_request


@pytest.fixture
def pair(world: World, db: Connection) -> Doubles:
    return Doubles(db, world)


def unmerge(db: Connection, world: World, noun: Kept, id: str, by: str = "officer", **more: Any) -> None:
    given = {"reason": "They are two works.", "request": new_request(), **more}
    unmerge_record(db, world.actor(db, by), noun, id, **given)


def test_the_record_stands_again_with_what_was_its_own(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, "need", pair.need, pair.need_kept)
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    unmerge(db, world, "need", pair.need)
    unmerge(db, world, "technology", pair.technology)
    assert show_record(db, pair.officer, Need, pair.need).merged_into is None
    assert {pair.need, pair.need_kept} <= {one.id for one in list_records(db, pair.officer, Need).items}
    assert {pair.technology, pair.technology_kept} <= {
        one.id for one in list_records(db, pair.officer, Technology).items
    }
    match = show_match(db, pair.officer, pair.match)
    assert (match.need.id, match.technology.id) == (pair.need, pair.technology)
    assert show_record(db, pair.officer, IpRight, pair.right).technologies == [pair.technology]
    about = show_about(db, pair.officer, find_case(db, pair.officer, pair.number)[0])
    assert about.technology is not None
    assert about.technology.title.name == "Heat pump boiler"
    # What the other one took over it goes on saying.
    assert show_record(db, pair.officer, Need, pair.need_kept).sector == "Dairy"
    assert not any(verify_case(db, id) for id in pair.everything())


def test_both_histories_tell_who_took_it_back_and_why(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, "need", pair.need, pair.need_kept)
    unmerge(db, world, "need", pair.need)
    # After it the one that stayed is told to be without the case of the other one.
    gone, kept = (
        next(one for one in kept_records.read_entries(db, pair.officer, "need", id) if one.kind != "followed")
        for id in (pair.need, pair.need_kept)
    )
    assert (gone.kind, kept.kind) == ("unmerged", "gave_back")
    assert gone.other is not None
    assert kept.other is not None
    assert (gone.other.id, kept.other.id) == (pair.need_kept, pair.need)
    assert gone.reason == kept.reason == "They are two works."


def test_it_may_be_merged_and_taken_back_again(world: World, db: Connection, pair: Doubles) -> None:
    for _ in range(2):
        merge(db, world, "technology", pair.technology, pair.technology_kept)
        unmerge(db, world, "technology", pair.technology)
    assert show_record(db, pair.officer, IpRight, pair.right).technologies == [pair.technology]
    assert not any(verify_case(db, id) for id in pair.everything())


def test_a_right_of_both_stays_a_right_of_both(world: World, db: Connection, pair: Doubles) -> None:
    right = record_right(
        db,
        pair.officer,
        programme=pair.programme,
        kind="know_how",
        fields={},
        confirmed=False,
        technologies=[pair.technology, pair.technology_kept],
        request=new_request(),
    ).answer["id"]
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    unmerge(db, world, "technology", pair.technology)
    assert show_record(db, pair.officer, IpRight, right).technologies == sorted([pair.technology, pair.technology_kept])


def test_what_came_of_the_other_one_since_stays_there(world: World, db: Connection, pair: Doubles) -> None:
    """A case that was opened after the merging names the one that stayed, and follows that."""
    other = add_record(
        db, pair.programme, "need", "n-other", {"title": "Another", "owner_id": world.organisations["need_owner"]}
    )
    later = add_match(db, pair.officer, pair.programme, other, pair.technology)
    merge(db, world, "technology", pair.technology, pair.technology_kept)
    world.matches.append(later)
    number = world.open_case(db, -1)
    unmerge(db, world, "technology", pair.technology)
    assert find_case(db, pair.officer, number)[0].technology == pair.technology_kept
    assert show_match(db, pair.officer, later).technology.id == pair.technology_kept
    assert show_match(db, pair.officer, pair.match).technology.id == pair.technology
    assert not any(verify_case(db, id) for id in pair.everything())


def test_the_two_are_proposed_as_twins_no_more(world: World, db: Connection, pair: Doubles) -> None:
    merge(db, world, "need", pair.need, pair.need_kept)
    unmerge(db, world, "need", pair.need)
    some = twins._read_some(db, pair.programme)
    assert twins._propose(db, pair.programme, some, twins._compare(some)) > 0
    apart = "SELECT apart FROM twin_pairs WHERE one_id = CAST(:one AS uuid) AND other_id = CAST(:other AS uuid)"
    one, other = sorted((pair.need, pair.need_kept))
    assert db.execute(text(apart), {"one": one, "other": other}).scalar_one()


def test_of_a_chain_the_last_is_taken_back_first(world: World, db: Connection, pair: Doubles) -> None:
    third = add_record(db, pair.programme, "need", "n-third", {"title": "Steam, no coal"})
    merge(db, world, "need", pair.need, pair.need_kept)
    merge(db, world, "need", pair.need_kept, third)
    with pytest.raises(Refused, match="before"):
        unmerge(db, world, "need", pair.need_kept)
    unmerge(db, world, "need", pair.need)
    unmerge(db, world, "need", pair.need_kept)
    assert {pair.need, pair.need_kept, third} <= {one.id for one in list_records(db, pair.officer, Need).items}
    assert show_match(db, pair.officer, pair.match).need.id == pair.need
    assert not any(verify_case(db, id) for id in (*pair.everything(), third))


def test_who_may_take_back_and_on_what_was_seen(world: World, db: Connection, pair: Doubles) -> None:
    with pytest.raises(Refused, match="stands for itself"):
        unmerge(db, world, "need", pair.need)
    merge(db, world, "need", pair.need, pair.need_kept)
    for who, refusal in (("auditor", NotAllowed), ("foreign_officer", NotFound)):
        with pytest.raises(refusal):
            unmerge(db, world, "need", pair.need, who)
    with pytest.raises(RecordHasMoved):
        unmerge(db, world, "need", pair.need, seen=1)
    unmerge(db, world, "need", pair.need, "supervisor")


def test_who_asks_again_is_given_the_earlier_answer(world: World, db: Connection, pair: Doubles) -> None:
    merged, taken_back = new_request(), new_request()
    for _ in range(2):
        merge(db, world, "need", pair.need, pair.need_kept, request=merged)
    for again in (False, True):
        given: Any = {"reason": "They are two works.", "request": taken_back}
        done = unmerge_record(db, pair.officer, "need", pair.need, **given)
        assert (done.answer, done.repeated) == ({"id": pair.need, "kept": pair.need_kept}, again)
    with pytest.raises(NotAllowed):
        unmerge(db, world, "need", pair.need, "auditor", request=taken_back)


def test_one_that_was_taken_back_and_merged_elsewhere_bars_nothing(world: World, db: Connection, pair: Doubles) -> None:
    third, elsewhere = (
        add_record(db, pair.programme, "need", id, {"title": "Steam, no coal"}) for id in ("n-third", "n-else")
    )
    merge(db, world, "need", pair.need, pair.need_kept)
    merge(db, world, "need", pair.need_kept, third)
    unmerge(db, world, "need", pair.need)
    merge(db, world, "need", pair.need, elsewhere)
    unmerge(db, world, "need", pair.need_kept)
    assert show_record(db, pair.officer, Need, pair.need_kept).merged_into is None
    assert show_record(db, pair.officer, Need, pair.need).merged_into == elsewhere
    assert not any(verify_case(db, id) for id in (*pair.everything(), third, elsewhere))

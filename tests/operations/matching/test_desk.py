"""What the match desk reads: runs, open needs in their order, and what records say of candidates."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.operations.catalogue.record_use import end_record
from casework.operations.matching.desk import facts_of, list_open_needs, list_runs, needs_beside
from casework.operations.matching.runs import show_run
from tests.operations.matching.test_run_twins import put_twins
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request


def test_runs_are_told_the_newest_first_with_what_was_left_out(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    first = run(world, db, ids["need"])
    second = run(world, db, ids["need"], relaxed={"readiness": "A pilot will do."})
    told = list_runs(db, officer, ids["need"])
    assert [one.id for one in told] == [second, first]
    assert [one.relaxed for one in told] == [{"readiness": "A pilot will do."}, {}]
    assert (told[1].removed or 0) - (told[0].removed or 0) >= 1
    assert told[1].made_by == "Officer"


def test_open_needs_stand_in_one_order(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    listed = [one.id for one in list_open_needs(db, officer).items]
    assert listed[0] == ids["need"]
    first = list_open_needs(db, officer, limit=1)
    assert [one.id for one in list_open_needs(db, officer, limit=1, cursor=first.next).items] == listed[1:2]
    beside = needs_beside(db, officer, world.programmes["BJ"], ids["need"])
    assert beside is not None
    assert (beside.place, beside.every, beside.before, beside.after) == (1, len(listed), None, listed[1])
    end_record(db, officer, "need", ids["need"], status="withdrawn", reason="Met.", request=new_request())
    assert ids["need"] not in [one.id for one in list_open_needs(db, officer).items]
    assert needs_beside(db, officer, world.programmes["BJ"], ids["need"]) is None
    assert list_open_needs(db, world.actor(db, "provider")).items == []


def test_what_a_record_does_not_say_is_not_told(world: World, db: Connection) -> None:
    ids = put(world, db)
    told = facts_of(db, [ids["pump"], ids["unknown"]])
    assert told[ids["pump"]].readiness == (5, 6)
    assert (told[ids["unknown"]].readiness, told[ids["unknown"]].cost_compared) == (None, None)


def test_what_stands_behind_another_one_was_not_removed(world: World, db: Connection) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    made = show_run(db, officer, run(world, db, ids["need"]))
    (told,) = list_runs(db, officer, ids["need"])
    assert told.ranked == len(made.candidates)
    assert told.removed == sum(one["removed"] for one in made.filters if one["name"] != "status")

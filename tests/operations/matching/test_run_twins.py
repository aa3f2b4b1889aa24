"""Technologies that may be one and the same count once in a run."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.catalogue.kept_records import confirm_field, correct_record
from casework.operations.catalogue.record_use import end_record
from casework.operations.catalogue.twins import tell_apart
from casework.operations.matching.listing import list_of
from casework.operations.matching.runs import MatchRun, read_run, replay_run, show_run
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import put, run
from tests.operations.matching.test_twin_groups import alike
from tests.support.world import World, new_request


def put_twins(world: World, db: Connection) -> dict[str, str]:
    """The same, and two technologies more that may be the pump."""
    ids = put(world, db)
    ids |= {
        name: enter(world, db, "technology", title="Heat pump for dye houses", description=name)
        for name in ("again", "third")
    }
    alike(db, world.programmes["BJ"], (ids["pump"], ids["again"]), (ids["again"], ids["third"]))
    return ids


def standing(run: MatchRun) -> dict[str, list[str]]:
    """By candidate what stands behind it."""
    return {
        one["technology"]: [twin["technology"] for twin in one["explanation"].get("twins", ())]
        for one in run.candidates
    }


def test_twins_that_nobody_has_merged_yet_count_once_and_are_named(world: World, db: Connection) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    shown = show_run(db, officer, made)
    told = standing(shown)
    (lead,) = told.keys() & {ids["pump"], ids["again"], ids["third"]}
    assert {lead, *told[lead]} == {ids["pump"], ids["again"], ids["third"]}
    assert told[ids["unknown"]] == []
    assert [one["rank"] for one in shown.candidates] == list(range(1, len(told) + 1))
    (first,) = [one for one in shown.candidates if one["technology"] == lead]
    scores = [first["score"], *(twin["score"] for twin in first["explanation"]["twins"])]
    assert scores == sorted(scores, reverse=True)
    assert {twin["title"] for twin in first["explanation"]["twins"]} == {"Heat pump for dye houses"}


def test_the_list_is_filled_up_by_what_is_no_twin(world: World, db: Connection) -> None:
    ids = put_twins(world, db)
    shown = show_run(db, world.actor(db, "officer"), run(world, db, ids["need"], most=2))
    assert list(standing(shown))[1] not in {ids["pump"], ids["again"], ids["third"]}


def test_a_twin_that_a_filter_removes_is_counted_there_and_not_behind_another(world: World, db: Connection) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    before = show_run(db, officer, run(world, db, ids["need"]))
    fields = {"readiness_low": 1, "readiness_high": 2}
    correct_record(
        db, officer, "technology", ids["again"], fields=fields, source=None, reason="So.", request=new_request()
    )
    after = show_run(db, officer, run(world, db, ids["need"]))
    told = standing(after)
    assert ids["again"] not in {id for lead, others in told.items() for id in (lead, *others)}
    assert after.filters[0]["removed"] == before.filters[0]["removed"] + 1
    # The others hang together by it all the same.
    (lead,) = told.keys() & {ids["pump"], ids["third"]}
    assert {lead, *told[lead]} == {ids["pump"], ids["third"]}


def test_twins_that_are_said_to_be_two_both_stand_on_the_next_list_and_the_earlier_one_is_the_same(
    world: World, db: Connection
) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    earlier = run(world, db, ids["need"])
    before = show_run(db, officer, earlier)
    for other in ("pump", "third"):
        tell_apart(
            db, officer, "technology", ids["again"], other=ids[other], reason="Two sizes.", request=new_request()
        )
    assert replay_run(db, officer, earlier).equal
    assert show_run(db, officer, earlier) == before
    later = standing(show_run(db, officer, run(world, db, ids["need"])))
    assert {ids["pump"], ids["again"], ids["third"]} <= later.keys()
    assert not any(later.values())


def test_what_is_not_on_the_catalogue_any_more_is_behind_nothing(world: World, db: Connection) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    end_record(db, officer, "technology", ids["third"], status="withdrawn", reason="Gone.", request=new_request())
    told = standing(show_run(db, officer, run(world, db, ids["need"])))
    assert ids["third"] not in {id for lead, others in told.items() for id in (lead, *others)}


def test_of_twins_that_tell_the_same_the_best_documented_stands_at_the_rank_of_the_best(
    world: World, db: Connection
) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    same = {"title": "Heat pump for dye houses", "description": "It lifts waste heat."}
    bare, told = (enter(world, db, "technology", **same) for _ in range(2))
    alike(db, world.programmes["BJ"], (bare, told))
    before = show_run(db, officer, run(world, db, ids["need"]))
    confirm_field(db, officer, "technology", told, field="title", request=new_request())
    assert standing(show_run(db, officer, run(world, db, ids["need"])))[bare] == [told]
    db.execute(text("UPDATE twin_pairs SET likeness = 1"))
    made = run(world, db, ids["need"])
    after = show_run(db, officer, made)
    rank = {one["technology"]: one["rank"] for one in before.candidates}
    (lead,) = [one for one in after.candidates if one["explanation"].get("twins")]
    assert (lead["technology"], lead["rank"], standing(after)[told]) == (told, rank[bare], [bare])
    assert (replay_run(db, officer, made).equal, replay_run(db, officer, before.id).equal) == (True, True)


def test_a_run_from_before_twins_counted_once_gives_the_list_that_it_gave(world: World, db: Connection) -> None:
    ids, officer = put_twins(world, db), world.actor(db, "officer")
    kept = read_run(db, officer, run(world, db, ids["need"]))
    before = {name: value for name, value in kept.evidence.items() if name != "twins"}
    told = {one["technology"]: one for one in list_of(before, kept.most)["candidates"]}
    assert {ids["pump"], ids["again"], ids["third"]} <= told.keys()
    assert not any("twins" in one["explanation"] for one in told.values())

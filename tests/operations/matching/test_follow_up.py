"""A refusal for a reason of fact asks for the record to be put right, and each rank says how often it was accepted."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.operations.catalogue.kept_records import correct_record
from casework.operations.matching.decisions import decide
from casework.operations.matching.follow_up import count_by_rank, list_to_correct
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request


def test_a_record_waits_to_be_put_right_until_somebody_does(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    for name, code in (("pump", "not_ready"), ("unknown", "too_dear")):
        decide(
            db, officer, made, technology=ids[name], decision="refuse", code=code, reason="Seen.", request=new_request()
        )
    (told,) = list_to_correct(db, officer)
    assert (told.technology, told.code, told.reason) == (ids["pump"], "not_ready", "Seen.")
    assert list_to_correct(db, officer, ids["unknown"]) == []
    assert list_to_correct(db, world.actor(db, "foreign_officer")) == []
    correct_record(
        db,
        officer,
        "technology",
        ids["pump"],
        fields={"readiness_low": 3, "readiness_high": 4},
        source=None,
        reason="As its owner says.",
        request=new_request(),
    )
    assert list_to_correct(db, officer) == []


def test_each_rank_says_how_often_it_was_accepted(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    assert count_by_rank(db, officer) == []
    made = run(world, db, ids["need"])
    run(world, db, ids["need"])
    decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request())
    decide(db, officer, made, technology=ids["unknown"], decision="shortlist", request=new_request())
    first, second, *_ = count_by_rank(db, officer)
    assert (first.listed, first.accepted, first.shortlisted) == (2, 1, 0)
    assert (second.listed, second.accepted, second.shortlisted) == (2, 0, 1)

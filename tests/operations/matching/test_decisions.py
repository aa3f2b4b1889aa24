"""Decisions on a run's candidates are matches: kept, refused with a reason, or opened as a case, exactly once."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import CaseworkError, InvalidForm
from casework.operations.matching.decisions import decide
from casework.operations.matching.runs import show_run
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.matching.test_runs import put, run
from tests.support.world import World, new_request


def test_each_decision_is_kept_with_the_run(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = put(world, db)
        made = run(world, db, ids["need"], relaxed={"readiness": "All of them."})
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        opened = decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request()).answer
        decide(db, officer, made, technology=ids["unknown"], decision="shortlist", request=new_request())
        decide(
            db,
            officer,
            made,
            technology=ids["idea"],
            decision="refuse",
            code="not_ready",
            reason="It is an idea.",
            request=new_request(),
        )
        assert opened["case"]
    with transaction(engine) as db:
        told = {one["technology"]: one for one in show_run(db, world.actor(db, "auditor"), made).decisions}
        assert told[ids["pump"]]["case"] == opened["case"]
        assert told[ids["unknown"]]["decision"] == "shortlist"
        assert (told[ids["idea"]]["code"], told[ids["idea"]]["reason"]) == ("not_ready", "It is an idea.")
    assert list(verify_all(engine)) == []


def test_a_need_and_a_technology_become_one_case(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = put(world, db)
        runs = [run(world, db, ids["need"]) for _ in range(2)]
        request = new_request()
        first = decide(
            db, world.actor(db, "officer"), runs[0], technology=ids["pump"], decision="accept", request=request
        )
    with transaction(engine) as db:
        again = decide(
            db, world.actor(db, "officer"), runs[0], technology=ids["pump"], decision="accept", request=request
        )
        assert (again.answer["case"], again.repeated) == (first.answer["case"], True)
    with pytest.raises(CaseworkError), transaction(engine) as db:
        decide(
            db, world.actor(db, "officer"), runs[1], technology=ids["pump"], decision="accept", request=new_request()
        )


def test_what_is_not_on_the_list_is_not_decided_on(world: World, db: Connection) -> None:
    ids = put(world, db)
    made = run(world, db, ids["need"])
    for technology, more in (
        (ids["idea"], {}),
        (ids["pump"], {"code": "no such", "reason": "It is."}),
        (ids["pump"], {}),
    ):
        with pytest.raises(InvalidForm):
            decide(
                db,
                world.actor(db, "officer"),
                made,
                technology=technology,
                decision="refuse",
                request=new_request(),
                **more,
            )

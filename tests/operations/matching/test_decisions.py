"""Decisions on a run's candidates are matches: kept, refused with a reason, or opened as a case, exactly once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.errors import CaseworkError, InvalidForm, Refused
from casework.operations.catalogue.match_changes import expire_match
from casework.operations.catalogue.record_merging import merge_records
from casework.operations.matching.decisions import decide
from casework.operations.matching.runs import show_run
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import lock_log
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_run_twins import put_twins
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
    wrong: list[tuple[str, dict[str, Any]]] = [
        (ids["idea"], {}),
        (ids["pump"], {"code": "no such", "reason": "It is."}),
        (ids["pump"], {}),
    ]
    for technology, more in wrong:
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


def test_what_was_merged_is_decided_on_as_it_was_listed(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    first = decide(db, officer, made, technology=ids["pump"], decision="shortlist", request=new_request()).answer
    stays = {
        "technology": enter(world, db, "technology", title="Heat pump of dye houses"),
        "need": enter(world, db, "need", title="热泵", problem="Heat"),
    }
    for noun, gone in (("technology", ids["pump"]), ("need", ids["need"])):
        merge_records(
            db,
            officer,
            noun,  # type: ignore[arg-type]  # both are
            gone,
            into=stays[noun],
            reason="They are one.",
            request=new_request(),
        )
    (told,) = show_run(db, officer, made).decisions
    assert (told["technology"], told["match"], told["decision"]) == (ids["pump"], first["match"], "shortlist")
    opened = decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request()).answer
    assert opened["match"] == first["match"]
    (told,) = show_run(db, officer, made).decisions
    assert (told["technology"], told["case"]) == (ids["pump"], opened["case"])


def test_what_was_decided_otherwise_is_not_put_on_the_short_list(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"], relaxed={"readiness": "All of them."})

    def keep(name: str) -> str:
        done = decide(db, officer, made, technology=ids[name], decision="shortlist", request=new_request())
        return str(done.answer["match"])

    assert keep("pump") == keep("pump")
    decide(db, officer, made, technology=ids["pump"], decision="accept", request=new_request())
    code: dict[str, Any] = {"code": "not_ready", "reason": "It is an idea."}
    decide(db, officer, made, technology=ids["idea"], decision="refuse", request=new_request(), **code)
    expire_match(db, officer, keep("unknown"), reason="Its time has passed.", request=new_request())
    for name, why in (
        ("pump", reasons.catalogue.MATCH_HAS_CASE),
        ("idea", reasons.catalogue.MATCH_REFUSED),
        ("unknown", reasons.catalogue.MATCH_EXPIRED),
    ):
        with pytest.raises(Refused) as refused:
            keep(name)
        assert refused.value.reasons == [why]


def test_two_who_decide_at_once_find_one_match(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = put(world, db)
        made = run(world, db, ids["need"])

    def keep() -> str:
        with transaction(engine) as db:
            actor = world.actor(db, "officer")
            done = decide(db, actor, made, technology=ids["pump"], decision="shortlist", request=new_request())
            return str(done.answer["match"])

    with ThreadPoolExecutor(2) as pool:
        with transaction(engine) as db:
            lock_log(db, world.programmes["BJ"])
            both = [pool.submit(keep) for _ in range(2)]
            wait(both, timeout=1)
        assert len({one.result() for one in both}) == 1


def test_what_stands_behind_another_one_is_decided_on_with_its_rank(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        officer, ids = world.actor(db, "officer"), put_twins(world, db)
        made = run(world, db, ids["need"])
        before = show_run(db, officer, made)
        (lead,) = [one for one in before.candidates if one["explanation"].get("twins")]
        behind = [twin["technology"] for twin in lead["explanation"]["twins"]]
        decide(db, officer, made, technology=behind[0], decision="shortlist", request=new_request())
        opened = decide(db, officer, made, technology=behind[1], decision="accept", request=new_request()).answer
    with transaction(engine) as db:
        told = {one["technology"]: one for one in show_run(db, world.actor(db, "auditor"), made).decisions}
        assert told.keys() == set(behind)
        assert told[behind[0]]["decision"] == "shortlist"
        assert told[behind[1]]["case"] == opened["case"]
        rows = db.execute(text("SELECT DISTINCT run_rank FROM matches WHERE run_id = CAST(:id AS uuid)"), {"id": made})
        assert list(rows.scalars()) == [lead["rank"]]
    assert list(verify_all(engine)) == []

"""Runs: kept with all that they are made of, so that the same list comes out whatever the catalogue has become."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.catalogue.record_use import end_record
from casework.operations.matching.runs import replay_run, show_run, start_run
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request


def put(world: World, db: Connection) -> dict[str, str]:
    """Some technologies by their names, and a need."""
    return {
        "pump": enter(world, db, "technology", title="Heat pump for dye houses", readiness_low=5, readiness_high=6),
        "idea": enter(world, db, "technology", title="Heat pump idea", readiness_low=1, readiness_high=2),
        "unknown": enter(world, db, "technology", title="Another heat pump"),
        "need": enter(
            world, db, "need", title="热泵", problem="Heat of a dye house", readiness_low=5, readiness_high=9
        ),
    }


def run(world: World, db: Connection, need: str, by: str = "officer", **more: object) -> str:
    return str(start_run(db, world.actor(db, by), need, request=new_request(), **more).answer["id"])  # type: ignore[arg-type]  # as given


def test_a_run_says_what_was_found_what_was_removed_and_why(world: World, db: Connection) -> None:
    ids = put(world, db)
    shown = show_run(db, world.actor(db, "auditor"), run(world, db, ids["need"]))
    listed = [one["technology"] for one in shown.candidates]
    assert listed[0] == ids["pump"]
    assert ids["unknown"] in listed
    assert ids["idea"] not in listed
    assert shown.filters[0]["name"] == "readiness"
    assert shown.filters[0]["removed"] >= 1
    (pair,) = [part for part in shown.candidates[0]["explanation"]["parts"] if part["kind"] == "translation"]
    assert pair["text"] == "热泵 = heat pump"
    assert pair["source"] == f"glossary {shown.glossary}"


def test_a_filter_is_relaxed_with_a_reason_alone(world: World, db: Connection) -> None:
    ids = put(world, db)
    shown = show_run(
        db, world.actor(db, "officer"), run(world, db, ids["need"], relaxed={"readiness": "A pilot will do."})
    )
    assert ids["idea"] in [one["technology"] for one in shown.candidates]
    for relaxed in ({"readiness": " "}, {"no such filter": "Why not?"}):
        with pytest.raises(InvalidForm):
            run(world, db, ids["need"], relaxed=relaxed)


def test_whatever_the_catalogue_becomes_a_run_gives_the_same_list(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = put(world, db)
        made = run(world, db, ids["need"])
        before = show_run(db, world.actor(db, "officer"), made)
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        correct_record(
            db,
            officer,
            "technology",
            ids["pump"],
            fields={"title": "A boiler"},
            source=None,
            reason="It is one.",
            request=new_request(),
        )
        end_record(db, officer, "technology", ids["unknown"], status="withdrawn", reason="Gone.", request=new_request())
        for n in range(20):
            enter(world, db, "technology", title=f"Heat pump {n}", description="dye house")
    with transaction(engine) as db:
        auditor = world.actor(db, "auditor")
        replay = replay_run(db, auditor, made)
        assert (replay.equal, replay.differences) == (True, [])
        assert replay.catalogue_now > replay.catalogue
        assert show_run(db, auditor, made) == before
    assert list(verify_all(engine)) == []


def test_a_run_that_was_changed_behind_our_backs_is_told(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        made = run(world, db, put(world, db)["need"])
        db.execute(
            text("UPDATE match_runs SET list = jsonb_set(CAST(list AS jsonb), '{candidates,0,score}', '99')::text")
        )
        replay = replay_run(db, world.actor(db, "auditor"), made)
        assert not replay.equal
        assert len(replay.differences) == 2
    assert list(verify_all(engine))


def test_only_who_sees_the_need_sees_its_runs_and_only_officers_start_them(world: World, db: Connection) -> None:
    ids = put(world, db)
    made = run(world, db, ids["need"])
    with pytest.raises(NotFound):
        show_run(db, world.actor(db, "foreign_officer"), made)
    with pytest.raises(NotFound):
        run(world, db, ids["need"], by="foreign_officer")
    with pytest.raises(NotAllowed):
        run(world, db, ids["need"], by="auditor")

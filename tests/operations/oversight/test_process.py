"""How a programme's cases ran is told from its logs, up to a moment, each number with what it is of."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import InvalidForm, NotFound
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.kept_figures import count_ahead
from casework.operations.oversight.process import (
    cases_standing,
    fold_process,
    process_for_reader,
    read_chosen,
    tell_process,
)
from casework.records.database import transaction
from casework.records.event_log import now
from casework.records.row_security import whole
from tests.support.world import World


def test_ways_waits_and_conformance_are_those_of_the_logs(world: World, db: Connection) -> None:
    numbers = sorted([world.open_case(db), world.open_case(db, 1)])
    taken = numbers[0]
    world.fire(db, "officer", taken, "take")
    programme = world.programmes["BJ"]
    with whole(db):
        told = tell_process(db, programme)
    assert [(one["actions"], one["cases"], one["percent"]) for one in told["variants"]] == [
        ([], numbers[1:], 50.0),
        (["take"], [taken], 50.0),
    ]
    assert told["arcs"] == []
    states = {one["state"]: one for one in told["states"]}
    assert {state: (one["count"], one["now"]) for state, one in states.items()} == {
        "proposed": (2, 1),
        "triage": (1, 1),
    }
    assert {one["edition"].rpartition(" ")[0] for one in told["states"]} == {"case"}
    assert {one["task"] for one in told["tasks"]} >= {"proposed", "triage"}
    assert told["conformance"] == {"actions": 1, "cases": 2, "deviating": []}
    assert told["calendar"] == calendar_of(db, programme).digest
    assert all(one["task_working_minutes"].keys() == {"waiting", "in_hand", "resting"} for one in told["states"])


def test_up_to_a_moment_it_is_what_it_was_then(world: World, db: Connection) -> None:
    world.open_case(db)
    with whole(db):
        then = now(db)
        before = tell_process(db, world.programmes["BJ"], then)
    world.open_case(db, 1)
    with whole(db):
        assert tell_process(db, world.programmes["BJ"], then) == before
        assert tell_process(db, world.programmes["SH"])["variants"] == []


@pytest.mark.parametrize("name", ["supervisor", "manager", "auditor"])
def test_who_answers_for_a_programme_reads_how_its_cases_ran(world: World, db: Connection, name: str) -> None:
    number = world.open_case(db)
    found = process_for_reader(db, world.actor(db, name), world.programmes["BJ"])
    assert process_for_reader(db, world.actor(db, name), until=found.at) == found
    assert [one.cases for one in found.variants] == [(number,)]
    assert [one.case for one in found.conformance] == [number]


@pytest.mark.parametrize(
    ("name", "programme"),
    [("officer", "BJ"), ("compliance", "BJ"), ("provider", "BJ"), ("observer", "BJ"), ("supervisor", "SH")],
)
def test_to_all_others_and_of_another_programme_it_is_not_there(
    world: World, db: Connection, name: str, programme: str
) -> None:
    with pytest.raises(NotFound):
        process_for_reader(db, world.actor(db, name), world.programmes[programme])


def test_of_a_large_programme_it_is_told_as_it_was_counted_ahead(engine: Engine, world: World) -> None:
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        world.fire(db, "officer", world.open_case(db), "take")
        world.open_case(db, 1)
    count_ahead(engine, programme)
    with transaction(engine) as db:
        world.new_case(db)
    with transaction(engine) as db:
        supervisor = world.actor(db, "supervisor")
        ahead = process_for_reader(db, supervisor)
        assert ahead == fold_process(db, programme, ahead.at, from_logs=True)
        assert ahead.judged == 2
        # Up to a moment that is named it is counted, with what has happened since.
        assert process_for_reader(db, supervisor, until=now(db)).judged == 3
        shown = process_for_reader(db, supervisor, whole_lists=False)
        assert (shown.ways, shown.cases, shown.judged, shown.actions, shown.deviating) == (2, 2, 2, 1, 0)
        assert (shown.variants, shown.conformance) == (ahead.variants, ())


def test_what_was_counted_ahead_is_told_to_its_readers_alone(engine: Engine, world: World) -> None:
    count_ahead(engine, world.programmes["BJ"])
    with transaction(engine) as db, pytest.raises(NotFound):
        process_for_reader(db, world.actor(db, "officer"))


def test_of_one_case_alone_it_is_told_how_it_ran(world: World, db: Connection) -> None:
    number, other = world.open_case(db), world.open_case(db, 1)
    world.fire(db, "officer", number, "take")
    supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    told = process_for_reader(db, supervisor, programme, chosen={"case": number})
    assert ([one.cases for one in told.variants], told.judged) == ([(number,)], 1)
    assert process_for_reader(db, supervisor, programme, chosen={"case": other}).actions == 0
    # Of another programme there is no such case.
    with whole(db):
        assert fold_process(db, world.programmes["SH"], chosen={"case": number}).judged == 0


def test_a_period_is_of_the_openings(world: World, db: Connection) -> None:
    world.open_case(db)
    supervisor, today = world.actor(db, "supervisor"), calendar_of(db, world.programmes["BJ"]).local_date(now(db))
    day = today.isoformat()
    for chosen, cases in (
        ({"opened_from": day, "opened_to": day}, 1),
        ({"opened_from": "2199-01-01"}, 0),
        ({"opened_to": "2001-01-01"}, 0),
    ):
        assert process_for_reader(db, supervisor, chosen=chosen).judged == cases


def test_what_is_chosen_is_checked() -> None:
    assert read_chosen({"case": "X", "opened_from": "", "other": "x"}) == {"case": "X"}
    with pytest.raises(ValueError):
        read_chosen({"opened_from": "x"})
    with pytest.raises(InvalidForm):
        read_chosen({"opened_from": "2026-02-01", "opened_to": "2026-01-01"})


def test_the_cases_that_stand_in_a_state_are_as_many_as_it_says(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.open_case(db, 1)
    world.fire(db, "officer", number, "take")
    supervisor, programme = world.actor(db, "supervisor"), world.programmes["BJ"]
    told = process_for_reader(db, supervisor, programme)
    for place in told.places:
        cases = cases_standing(db, supervisor, programme, told.at, place=(place.edition, place.state))
        assert len(cases) == place.now
    triage = next(place for place in told.places if place.state == "triage")
    assert cases_standing(db, supervisor, programme, told.at, place=(triage.edition, "triage")) == (number,)
    with pytest.raises(NotFound):
        cases_standing(db, world.actor(db, "officer"), programme, told.at, place=(triage.edition, "triage"))

"""Outside the office figures are told as of the end of a quarter, with small cells hidden, and without the cases behind them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine

from benchmarks.statements import captured
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.core.perform import calendar_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.oversight import outside_figures
from casework.operations.oversight.outside_figures import find_outside, last_quarter, tell_outside
from casework.operations.privacy.erasure import carry_out
from casework.records.database import transaction
from casework.records.event_log import now
from casework.records.row_security import read_as
from tests.operations.privacy.erasure_scene import set_scene
from tests.support.world import World


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        # In Beijing the second quarter begins sixteen hours into the last day of March.
        (datetime(2026, 3, 31, 15, 59, tzinfo=UTC), datetime(2025, 12, 31, 15, 59, 59, 999999, tzinfo=UTC)),
        (datetime(2026, 3, 31, 16, tzinfo=UTC), datetime(2026, 3, 31, 15, 59, 59, 999999, tzinfo=UTC)),
        (datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 9, 30, 15, 59, 59, 999999, tzinfo=UTC)),
    ],
)
def test_the_last_quarter_ended_at_midnight_in_the_programme(
    world: World, db: Connection, moment: datetime, end: datetime
) -> None:
    assert last_quarter(moment, calendar_of(db, world.programmes["BJ"])) == end


@pytest.mark.parametrize("role", ["observer", "officer", "auditor"])
def test_of_a_programme_that_began_in_this_quarter_nothing_is_told(world: World, db: Connection, role: str) -> None:
    world.open_case(db)
    shown = find_outside(db, world.actor(db, role))()
    assert shown["figures"] == {}
    assert shown["as_of"]["programme"] == world.programmes["BJ"]


def test_one_case_is_fewer_than_three_and_has_no_number(world: World, db: Connection) -> None:
    number = world.open_case(db)
    told = tell_outside(db, world.programmes["BJ"], now(db))()
    opened = next(row for row in told["figures"]["conversion"]["rows"] if row["of"].get("step") == "opened")
    assert (opened["denominator"], opened["numerator"], opened["percent"]) == ("<3", "<3", None)
    written = json.dumps(told)
    assert number not in written
    assert world.needs[0] not in written
    assert "workload" not in told["figures"]
    assert told["figures"]["activities"]["rows"] == []


@pytest.mark.parametrize("role", ["compliance", "administrator", "dispute_officer", "provider"])
def test_others_are_told_of_no_figures(world: World, db: Connection, role: str) -> None:
    for programme in (None, world.programmes["BJ"]):
        with pytest.raises(NotFound):
            find_outside(db, world.actor(db, role), programme=programme)


def test_nor_an_observer_of_those_of_another_programme(world: World, db: Connection) -> None:
    with pytest.raises(NotFound):
        find_outside(db, world.actor(db, "observer"), programme=world.programmes["SH"])


# --- told again ------------------------------------------------------------------------------------------------------


def told(db: Connection, programme: str, end: datetime) -> tuple[JsonObject, bool]:
    """What is told, and whether it was counted for that: the events themselves are read past what is written down here."""
    with captured(str(db.engine.url.database)) as sent:
        answer = tell_outside(db, programme, end)()
    counted = any("statement_timeout" in one.query for one in sent)
    assert counted or len(sent) < 5, [one.query for one in sent]
    return answer, counted


def test_what_was_told_is_neither_counted_nor_hidden_again(world: World, db: Connection) -> None:
    world.open_case(db)
    programme, end = world.programmes["BJ"], now(db)
    first, counted = told(db, programme, end)
    assert counted
    for _ in range(2):
        again, counted = told(db, programme, end)
        assert not counted
        assert json.dumps(again) == json.dumps(first)
        # What one reader does with it no other one sees.
        again["figures"].clear()


def test_nor_of_a_programme_that_began_later(world: World, db: Connection) -> None:
    programme, end = world.programmes["BJ"], now(db) - timedelta(days=400)
    assert told(db, programme, end)[0]["figures"] == {}
    again, counted = told(db, programme, end)
    assert (again["figures"], counted) == ({}, False)


def test_each_programme_and_each_quarter_has_its_own(world: World, db: Connection) -> None:
    world.open_case(db)
    end = now(db)
    for programme, moment in (("BJ", end), ("SH", end), ("BJ", end - timedelta(microseconds=1))):
        answer, counted = told(db, world.programmes[programme], moment)
        assert counted
        assert answer["as_of"]["programme"] == world.programmes[programme]


def test_after_an_event_it_is_counted_anew(world: World, db: Connection) -> None:
    world.open_case(db)
    programme, end = world.programmes["BJ"], now(db) + timedelta(seconds=1)
    told(db, programme, end)
    world.open_case(db, 1)
    assert told(db, programme, end)[1]
    assert not told(db, programme, end)[1]


def test_as_many_other_events_are_others(world: World, db: Connection) -> None:
    """What was told is by what happened, not by how much: another log may have gone on as far."""
    programme, end = world.programmes["BJ"], now(db) + timedelta(seconds=1)
    for place in range(2):
        before = db.begin_nested()
        world.open_case(db, place)
        assert told(db, programme, end)[1]
        before.rollback()


def test_by_other_rules_it_is_counted_anew(world: World, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    programme, end = world.programmes["BJ"], now(db)
    told(db, programme, end)
    monkeypatch.setattr(outside_figures, "rules", lambda: "others")
    assert told(db, programme, end)[1]


def test_after_an_erasure_it_is_counted_anew(
    engine: Engine, superuser_engine: Engine, world: World, document_store: DocumentStore
) -> None:
    scene = set_scene(engine, superuser_engine, world, document_store)
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        end = now(db)
        told(db, programme, end)
        assert not told(db, programme, end)[1]
        erasure = scene.ask(db)
        scene.decide(db, erasure)
    with transaction(engine) as db:
        told(db, programme, end)
    carry_out(engine, erasure)
    with transaction(engine) as db:
        assert told(db, programme, end)[1]
        assert not told(db, programme, end)[1]


def test_who_may_not_read_it_is_told_nothing_that_was_told_to_others(world: World, db: Connection) -> None:
    find_outside(db, world.actor(db, "observer"))()
    with pytest.raises(NotFound):
        find_outside(db, world.actor(db, "provider"), programme=world.programmes["BJ"])


def test_a_person_is_told_the_same_as_the_engine(world: World, db: Connection) -> None:
    """How far the logs have come is asked of all of them, whoever reads: else a closed need would make two answers."""
    world.open_case(db)
    programme, end = world.programmes["BJ"], now(db)
    first, _ = told(db, programme, end)
    read_as(db, world.people["observer"])
    assert told(db, programme, end) == (first, False)


def test_only_the_last_answers_are_kept(world: World, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outside_figures, "_ANSWERS", outside_figures._Answers(2))
    programme, end = world.programmes["BJ"], now(db)
    moments = [end - timedelta(microseconds=n) for n in range(3)]
    for moment in (*moments[:2], moments[0], moments[2]):
        told(db, programme, moment)
    assert [told(db, programme, moment)[1] for moment in (moments[0], moments[2], moments[1])] == [False, False, True]

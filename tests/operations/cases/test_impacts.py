"""What is handed out of an effect: each record with what it saves, and what was stated of a technology in whatever case."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case import Case
from casework.operations.cases.impacts import STATEMENTS, StatementView, show_impacts, statements_in, statements_of
from casework.operations.core.external_facts import outside
from casework.operations.core.perform import home_of
from casework.operations.people.programme_lists import set_entry
from casework.records.case_loader import load
from tests.support.world import World, new_request
from tests.workflows.test_impact_guards import record


@pytest.fixture
def case(world: World, db: Connection) -> Case:
    return load(db, home_of(db, world.open_case(db)), "case")


def test_each_record_says_what_it_saves_and_whether_it_adds_up(db: Connection, case: Case) -> None:
    records = (
        record("baseline", value="100"),
        record("measured", value="80", baseline="baseline"),
        record("verified", value="130", baseline="baseline", by="lab", number="MV-1"),
        record("claimed", 3, "old", value="1", baseline="baseline", replaced_by="measured"),
    )
    shown = show_impacts(db, replace(case, impacts={one.id: one for one in records}), {"lab": "Lab"})
    told = {one.id: (one.saving, one.stands, one.counts) for one in shown}
    assert told == {
        "baseline": (None, True, False),
        "measured": ("20", True, False),
        "verified": ("-30", True, True),
        "old": ("99", False, False),
    }
    verified = shown[2]
    assert verified.by is not None
    assert (verified.by.name, verified.number, verified.baseline_value) == ("Lab", "MV-1", "100")


def test_a_corrected_baseline_is_what_its_records_are_compared_with(db: Connection, case: Case) -> None:
    records = (
        record("baseline", 3, "old", value="100", replaced_by="new"),
        record("measured", value="80", baseline="old"),
        record("baseline", 4, "new", value="70"),
    )
    shown = show_impacts(db, replace(case, impacts={one.id: one for one in records}), {})
    assert (shown[1].baseline, shown[1].saving) == ("new", "-10")


def test_a_record_is_called_what_the_programme_calls_its_indicator(world: World, db: Connection, case: Case) -> None:
    records = (record("baseline"), record("claimed", measure="energy/steam t", unit="t"))
    known = replace(case, impacts={one.id: one for one in records})
    # What stands on no list any more would go by its key.
    assert [one.called for one in show_impacts(db, known, {})] == ["Energy used (MWh)", "energy/steam t"]
    fields = {"code": "steam t", "version": "energy", "label": "Steam (t)", "label_zh": "蒸汽（t）"}
    actor = world.actor(db, "administrator")
    for told, reason in (({}, None), ({"retired": True}, "It is metered in MWh.")):
        set_entry(db, actor, case.programme, "indicators", fields=fields | told, reason=reason, request=new_request())
        shown = show_impacts(db, known, {})
        assert [(one.called, one.called_zh) for one in shown] == [
            ("Energy used (MWh)", "用能量（MWh）"),
            ("Steam (t)", "蒸汽（t）"),
        ]


_STATED = text("""
    INSERT INTO statements (
        id, log_id, technology_id, seq, recorded_at, number, verdict, issued_on, valid_until, values, replaced_by, position
    )
    VALUES (
        CAST(:id AS uuid), CAST(:log AS uuid), CAST(:technology AS uuid), 1, now(), :number, 'verified', '2026-01-01', '2030-01-01',
        '[{"parameter": "Efficiency", "value": "94", "unit": "%"}]', CAST(:by AS uuid), 1
    )
""")


def state(db: Connection, case: Case, number: str, *, technology: str | None, by: str | None = None) -> str:
    id = f"00000000-0000-4000-8000-00000000000{number[-1]}"
    db.execute(_STATED, {"id": id, "log": case.log, "technology": technology, "number": number, "by": by})
    return id


def stated(db: Connection, technology: str | None, programme: str) -> list[StatementView]:
    column = db.execute(text(f"SELECT {STATEMENTS}"), {"technology": technology, "programme": programme}).scalar_one()
    return statements_in(column)


def test_what_was_stated_in_another_case_is_told_of_the_technology(world: World, db: Connection, case: Case) -> None:
    other = load(db, home_of(db, world.new_case(db)), "case")
    newer = state(db, other, "S-1", technology=case.technology)
    state(db, other, "S-2", technology=case.technology, by=newer)
    state(db, other, "S-3", technology=None)
    [told] = stated(db, case.technology, case.programme)
    assert (told.number, told.verdict, told.valid_until, told.case) == ("S-1", "verified", "2030-01-01", other.number)
    assert told.values == [{"parameter": "Efficiency", "value": "94", "unit": "%"}]
    # To another programme it is told without the number of its case.
    assert [one.case for one in stated(db, case.technology, world.programmes["SH"])] == [None]
    assert stated(db, None, case.programme) == []
    assert case.technology is not None
    assert statements_of(db, case.technology, case.programme) == [told]


def test_a_guard_may_rely_on_it_without_anybodys_confirmation(world: World, db: Connection, case: Case) -> None:
    other = load(db, home_of(db, world.new_case(db)), "case")
    id = state(db, other, "S-1", technology=case.technology)
    told = outside(db, case, ["technology"])["technology"]
    assert told["statements"] == [{"id": id, "verdict": "verified", "valid_until": "2030-01-01"}]
    assert told["verification"] is None

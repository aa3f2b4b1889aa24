"""What events add up to of an effect and of what was stated: nothing goes, and whoever folds again gets the same."""

from __future__ import annotations

from typing import Any, cast

from casework.engine.state.impact_values import GivenImpact, GivenStatement
from casework.engine.state.impacts import record_id, recorded, stated
from tests.engine.pieces import event

BEFORE, AFTER = event(track="main"), event(track="main", seq=4)


def given(**more: Any) -> GivenImpact:
    said = {
        "measure": "energy/MWh",
        "indicator": "energy",
        "unit": "MWh",
        "level": "measured",
        "value": "12.50",
        "from": "2026-01-01",
        "to": "2026-03-31",
    }
    return cast(GivenImpact, {**said, **more})


STATEMENT: GivenStatement = {
    "technology": "t",
    "number": "VS-1",
    "verdict": "verified",
    "issued_on": "2026-01-01",
    "valid_until": "2028-12-31",
    "values": [{"parameter": "Efficiency", "value": "94", "unit": "%"}],
}


def test_each_record_is_named_by_its_event_and_its_place() -> None:
    kept = recorded({}, [given(), given(level="claimed")], BEFORE)
    assert list(kept) == [record_id(BEFORE, "impact", n) for n in (0, 1)]
    assert len({*kept, record_id(AFTER, "impact"), record_id(BEFORE, "statement")}) == 4
    first = kept[record_id(BEFORE, "impact")]
    assert (first.value, first.from_on, first.seq, first.recorded_at, first.track) == (
        "12.50",
        "2026-01-01",
        3,
        BEFORE.at,
        "main",
    )
    assert recorded({}, [given(), given(level="claimed")], BEFORE) == kept


def test_a_record_that_was_replaced_stays_and_says_by_what() -> None:
    kept = recorded({}, [given()], BEFORE)
    [old] = kept
    after = recorded(kept, [given(value="13", replaces=[old])], AFTER)
    assert after[old].replaced_by == record_id(AFTER, "impact")
    assert after[old].value == "12.50"
    assert [one.value for one in after.values() if one.stands] == ["13"]
    assert kept[old].stands


def test_a_statement_stands_until_another_takes_its_place() -> None:
    kept = stated({}, STATEMENT, BEFORE)
    [old] = kept
    assert (kept[old].number, kept[old].technology, kept[old].valid_until) == ("VS-1", "t", "2028-12-31")
    assert kept[old].values == tuple(STATEMENT["values"])
    after = stated(kept, {**STATEMENT, "valid_until": "2031-12-31", "replaces": [old]}, AFTER)
    assert [(one.valid_until, one.replaced_by is None) for one in after.values()] == [
        ("2028-12-31", False),
        ("2031-12-31", True),
    ]

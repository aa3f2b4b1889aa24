"""The figures of a need in a file: rows of JSON, or lines in one cell of a table."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Engine, text

from casework.operations.catalogue.import_faults import told_faults
from casework.operations.catalogue.import_schemas import Need
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.kept_records import confirm_field, read_entries
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.catalogue.test_import_schemas import parse
from tests.support.world import World, new_request

ROWS = [
    {"parameter": "NOx", "unit": "mg/m3", "now": "80", "comparison": "at_most", "target": "30", "condition": "at full load"},
    {"parameter": "Loss of efficiency", "unit": "%", "comparison": "below", "target": "1"},
    {"parameter": "Boilers", "now": "12"},
]  # fmt: skip
CELL = "NOx | mg/m3 | 80 | <= 30 | at full load; Loss of efficiency | % || < 1\nBoilers||12"


def figures(cell: Any) -> tuple[Any, list[tuple[str, str]]]:
    record, faults = parse("needs", {"external_id": "N-1", "title": "Steam", "figures": cell})
    return getattr(record, "figures", None), faults


@pytest.mark.parametrize("cell", [ROWS, CELL, CELL.replace(";", "；").replace("|", "｜").replace("<=", "≤")])
def test_a_cell_says_what_rows_say(cell: Any) -> None:
    assert figures(cell) == (ROWS, [])


WRONG = [
    ("NOx | mg/m3 | 80 | 30", "row 1, comparison: say how the value is to stand to the target: at most, at least, or another"),
    ("Boilers||12; NOx | mg/m3 | 80,5", "row 2, now: write a number, such as 12.5"),
    ("NOx | mg/m3", "row 1, now: say what the value is now, or what it shall be"),
    ("NOx|mg/m3|80|<= 30|at full load|more", "has a row of more than 5 cells; with a bar between they are: "
     "parameter | unit | now | target | condition"),
    ([{"parameter": "NOx", "now": 80.5j}], None),
    ([{"parameter": "NOx", "now": "80"}, "Boilers"], None),
    (7, "must be a list"),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "why"), WRONG)
def test_a_row_that_says_nothing_whole_is_refused_with_its_place(cell: Any, why: str | None) -> None:
    record, ((field, said),) = figures(cell)
    assert (record, field) == (None, "figures")
    assert why is None or said == why


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("NOx | mg/m3 | 80 | 30", "imports.figure_cell"),
        ("Boilers||12; NOx | mg/m3 | 80,5", "imports.figure_cell"),
        ("NOx|||||", "imports.figure_cells"),
        ([{"parameter": "NOx", "now": "80"}, "Boilers"], "imports.figure_row"),
        ([{"parameter": "NOx", "now": "80", "colour": "red"}], "imports.figure_cell"),
        (7, "fields.list"),
    ],
)
def test_each_fault_is_a_reason_that_both_languages_say(cell: Any, code: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Need.model_validate({"external_id": "N-1", "title": "Steam", "figures": cell})
    ((field, why),) = told_faults(refused.value)
    assert (field, why.code) == ("figures", code)


def test_rows_come_in_stay_as_they_are_and_yield_to_nobody_who_stands_for_them(world: World, engine: Engine) -> None:
    def bring(cell: str) -> Any:
        file = io.BytesIO(f'external_id,title,figures\nF-1,Burners,"{cell}"\n'.encode())
        return import_records(engine, "needs", file, programme="BJ", name="needs.csv", source="form")

    assert bring(CELL).created == 1
    assert bring(CELL).unchanged == 1
    assert bring(CELL.replace("80", "70")).updated == 1
    with transaction(engine) as db:
        id, told = db.execute(text("SELECT id::text, figures FROM needs WHERE external_id = 'F-1'")).one()
        assert told == [{**ROWS[0], "now": "70"}, *ROWS[1:]]
        officer = world.actor(db, "officer")
        changes = read_entries(db, officer, "need", id)[0].changes
        assert changes == {"figures": (ROWS, told)}
        confirm_field(db, officer, "need", id, field="figures", request=new_request())
    report = bring(CELL)
    assert (report.updated, report.kept) == (0, 1)
    # An empty cell says nothing.
    assert bring("").unchanged == 1
    assert list(verify_all(engine)) == []

"""What an import tells is counted, and as much of it is kept as a page can show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.operations.catalogue import import_report
from casework.operations.catalogue.import_report import Fault, Refused, Report, Resume, Telling, add_fault


def test_so_many_faults_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_report, "MOST_KEPT", 2)
    kept: list[Fault] = []
    for row in range(4):
        add_fault(kept, Fault(row, "title", reasons.imports.MISSING))
    assert [fault.row for fault in kept] == [0, 1]


def test_what_was_written_is_counted_by_how_it_came() -> None:
    assert Report("needs", dry_run=False, created=1, updated=2, unchanged=9, nested=3).written == (1, 2, 3)


def test_what_a_refused_row_has_is_handed_on_with_its_columns() -> None:
    noted: list[Sequence[Refused]] = []
    report = Report("needs", dry_run=True)
    telling = Telling(report, None, Resume(0, report, lambda _db, _row, _report, refused: noted.append(refused)))
    telling.refuse(2, [("title", reasons.imports.MISSING)], {"name": "", "colour": "red"})
    telling.refuse(3, [("title", reasons.imports.MISSING)], {"colour": "red", "size": [1]})
    assert (report.bad, report.columns, report.nested_cells) == (2, ["name", "colour", "size"], True)
    telling.note(cast(Connection, None), 3)
    telling.note(cast(Connection, None), 4)
    assert [[one.row for one in some] for some in noted] == [[2, 3], []]

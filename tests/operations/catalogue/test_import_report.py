"""What an import tells is counted, and as much of it is kept as a page can show."""

from __future__ import annotations

import pytest

from casework import reasons
from casework.operations.catalogue import import_report
from casework.operations.catalogue.import_report import Fault, Report, add_fault


def test_so_many_faults_are_kept_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_report, "MOST_KEPT", 2)
    kept: list[Fault] = []
    for row in range(4):
        add_fault(kept, Fault(row, "title", reasons.imports.MISSING))
    assert [fault.row for fault in kept] == [0, 1]


def test_what_was_written_is_counted_by_how_it_came() -> None:
    assert Report("needs", dry_run=False, created=1, updated=2, unchanged=9, nested=3).written == (1, 2, 3)

"""Rows against what a history adds up to: each difference is placed, and nothing else is one."""

from __future__ import annotations

from typing import Any

import pytest

from casework.ledger.redactable_bodies import ERASED
from casework.operations.verification.rows import compare

ROW: dict[str, Any] = {
    "id": "1",
    "state": "Ready",
    "due_at": "2026-03-02T02:00:00.000000Z",
    "team": ["a"],
    "note": None,
    "flagged": False,
    "seq": 1,
}


def found(wanted: dict[str, Any], kept: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(row, column) for row, column, _ in compare("tasks", [wanted], [kept])]


def test_what_is_the_same_is_no_difference() -> None:
    assert list(compare("tasks", [ROW], [dict(ROW)])) == []
    assert list(compare("tasks", [], [])) == []


@pytest.mark.parametrize(
    "written", ["2026-03-02T02:00:00+00:00", "2026-03-02T10:00:00+08:00", "2026-03-02T02:00:00.000000Z"]
)
def test_a_moment_is_the_same_in_whatever_way_it_is_written(written: str) -> None:
    assert found(ROW, ROW | {"due_at": written}) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("state", "Completed"),
        ("due_at", "2026-03-02T02:00:00.000001Z"),
        ("due_at", None),
        ("team", ["b"]),
        ("note", ""),
        ("flagged", 0),
        ("flagged", None),
        ("seq", True),
        ("seq", 1.0),
    ],
)
def test_a_column_that_differs_is_named(column: str, value: object) -> None:
    assert found(ROW, ROW | {column: value}) == [("1", column)]


def test_what_is_erased_is_nothing_in_its_row() -> None:
    assert found(ROW | {"note": ERASED}, ROW) == []
    assert found(ROW | {"note": ERASED}, ROW | {"note": "still there"}) == [("1", "note")]


def test_a_row_too_many_and_one_too_few_are_named() -> None:
    [(row, column, sentence)] = compare("tasks", [], [ROW])
    assert (row, column) == ("1", None)
    assert "tasks" in sentence
    [(row, column, missing)] = compare("tasks", [ROW], [])
    assert (row, column) == ("1", None)
    assert missing != sentence

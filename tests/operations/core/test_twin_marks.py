"""What finds the twins of a record is kept with it: anew when its words change, and gone while it is merged."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import CONFIRMED, CORRECTED, MERGED, UNMERGED
from casework.ledger.redactable_bodies import ERASED
from casework.operations.core.twin_marks import keep_marks, meets_otherwise, tells_otherwise, told_of
from tests.support.world import World, add_record

STANDS: dict[str, Any] = {"title": "Steam", "merged_into": None}


@pytest.mark.parametrize(
    ("before", "fields", "kind", "otherwise"),
    [
        ({}, {"title"}, CORRECTED, True),
        (STANDS, {"target"}, CORRECTED, True),
        (STANDS, {"sector"}, CORRECTED, False),
        (STANDS, set(), CONFIRMED, False),
        (STANDS, set(), MERGED, True),
        (STANDS, set(), UNMERGED, True),
    ],
)
def test_what_makes_another_record_to_compare(
    before: dict[str, Any], fields: set[str], kind: str, otherwise: bool
) -> None:
    assert tells_otherwise("need", before, fields, kind) is otherwise


@pytest.mark.parametrize(
    ("noun", "field", "otherwise"),
    [
        ("technology", "problem", True),
        ("technology", "advantage", True),
        ("technology", "benefits", True),
        ("technology", "website", False),
        # A need is looked for, and looks for nothing.
        ("need", "problem", False),
    ],
)
def test_what_makes_another_technology_to_put_against_needs(noun: str, field: str, otherwise: bool) -> None:
    assert meets_otherwise(noun, {field, "sector"}) is otherwise


def test_a_mark_comes_and_goes_with_the_record(world: World, db: Connection) -> None:
    programme = world.programmes["BJ"]
    id = add_record(db, programme, "need", "n-mark", {"title": "Steam without any coal"})

    def marks() -> list[Any]:
        return list(
            db.execute(text("SELECT bands FROM twin_marks WHERE record_id = CAST(:id AS uuid)"), {"id": id}).scalars()
        )

    (before,) = marks()
    assert len(before) == 16
    row = {
        "programme_id": programme,
        "merged_into": None,
        "title": "Cold without any power",
        "problem": None,
        "target": None,
    }
    keep_marks(db, "need", {id: row})
    assert marks() != [before]
    keep_marks(db, "need", {id: {**row, "merged_into": world.needs[0]}})
    assert marks() == []


def test_what_was_erased_tells_nothing() -> None:

    assert told_of("need", {"title": ERASED, "problem": ERASED, "target": None}).runs == frozenset()

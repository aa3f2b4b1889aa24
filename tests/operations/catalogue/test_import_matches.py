"""Matches of a file: made once for a need and a technology, and left to those who keep them."""

from __future__ import annotations

import io

from sqlalchemy import Engine, text

from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.importer import import_records
from casework.records.database import transaction
from tests.support.world import World

HEAD = "external_id,need,technology,rationale\n"


def bring(engine: Engine, told: str) -> Report:
    return import_records(engine, "matches", io.BytesIO(told.encode()), programme="BJ", source="LIST")


def test_a_match_is_made_once_and_changed_where_it_says_otherwise(engine: Engine, world: World) -> None:
    given: tuple[tuple[Kind, str], ...] = (
        ("needs", "N1,Steam"),
        ("technologies", "T1,Pump"),
        ("technologies", "T2,Boiler"),
    )
    for kind, told in given:
        file = io.BytesIO(f"external_id,title\n{told}\n".encode())
        import_records(engine, kind, file, programme="BJ", source="LIST")
    made = bring(engine, HEAD + "M1,N1,T1,near\n")
    assert (made.created, made.bad) == (1, 0)
    again = bring(engine, HEAD + "M1,N1,T1,near\n")
    assert (again.created, again.updated, again.unchanged) == (0, 0, 1)
    assert bring(engine, HEAD + "M1,N1,T1,nearer\n").updated == 1
    other = bring(engine, HEAD + "M2,N1,T1,twice\nM1,N1,T2,another\n")
    assert [(fault.row, fault.field) for fault in other.faults] == [(2, "need and technology"), (3, "external_id")]
    with transaction(engine) as db:
        rows = db.execute(text("SELECT rationale FROM matches WHERE source = 'LIST'")).scalars().all()
    assert rows == ["nearer"]

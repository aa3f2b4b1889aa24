"""The rows that an import reads and writes: found by their key in one programme, kept to the last digit, and counted."""

from __future__ import annotations

import json
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from casework.operations.catalogue.catalogue_records import CatalogueRecords, _written
from casework.operations.catalogue.import_batches import COLUMNS, json_of
from tests.support.world import World, add_need

TOLD = {"title": {"source": "BJ", "at": "2026-01-05"}}


def need(external_id: str, **more: Any) -> dict[str, Any]:
    """A need as an import hands it over to be written."""
    told = {"id": str(uuid.uuid4()), "source": "BJ", "external_id": external_id, "provenance": TOLD}
    return {**told, **COLUMNS["needs"], **more}


def test_records_are_known_by_source_and_key_in_their_own_programme(world: World, db: Connection) -> None:
    asked = [("catalogue", "need-1"), ("catalogue", "need-9"), ("BJ", "need-2"), ("catalogue", "need-1")]
    here = CatalogueRecords(world.programmes["BJ"]).known(db, "needs", asked, ["id", "title"])
    assert {key: (row.id, row.title) for key, row in here.items()} == {
        ("catalogue", "need-1"): (world.needs[0], "Steam without coal, need-1")
    }
    assert CatalogueRecords(world.programmes["SH"]).known(db, "needs", asked, ["id"]) == {}


def _match(world: World, need: str, external_id: str, **more: Any) -> dict[str, Any]:
    """A match as an import hands it over to be written."""
    pair = {"need_id": need, "technology_id": world.technologies[0]}
    return {"id": str(uuid.uuid4()), "source": "BJ", "external_id": external_id, **COLUMNS["matches"], **pair, **more}


def test_many_rows_are_inserted_and_updated_at_once(world: World, db: Connection) -> None:
    records = CatalogueRecords(world.programmes["BJ"])
    one, two = (add_need(db, records.programme, name, None) for name in ("N1", "N2"))
    rows = [_match(world, one, "M1", score=Decimal("0.10")), _match(world, two, "M2", rationale="It fits.")]
    records.insert(db, rows)
    records.update(db, [rows[0] | {"rationale": "Both burn gas."}])
    kept = db.execute(
        text("SELECT external_id, rationale, score, programme_id FROM matches WHERE source = 'BJ' ORDER BY external_id")
    ).all()
    assert [tuple(row) for row in kept] == [
        ("M1", "Both burn gas.", Decimal("0.10"), records.programme),
        ("M2", "It fits.", None, records.programme),
    ]


def test_what_was_written_is_told_and_each_row_once(world: World, db: Connection) -> None:
    records = CatalogueRecords(world.programmes["BJ"])
    records.insert(db, [])
    records.update(db, [])
    assert records.written == set()
    row = _match(world, add_need(db, records.programme, "N1", None), "M1")
    records.insert(db, [row])
    records.update(db, [row])
    assert records.written == {row["id"]}


def test_a_need_and_a_technology_are_known_as_a_pair_of_their_programme(world: World, db: Connection) -> None:
    values = [{"need_id": world.needs[0], "technology_id": technology} for technology in world.technologies[:2]]
    pairs = CatalogueRecords(world.programmes["BJ"]).pairs(db, values)
    assert set(pairs) == {(world.needs[0], world.technologies[0])}
    given = text("SELECT external_id FROM matches WHERE id = CAST(:id AS uuid)")
    assert list(pairs.values()) == [db.execute(given, {"id": world.matches[0]}).scalar_one()]
    assert CatalogueRecords(world.programmes["SH"]).pairs(db, values) == {}


def test_rows_are_written_as_the_plain_writer_does() -> None:
    rows = [
        need(
            "N1",
            title='Wärme aus "Abwasser" 供热\n\x01😀',
            budget=Decimal("1234567.500000"),
            target=Decimal("2E+3"),
            wanted_by=date(2026, 12, 31),
            readiness_low=5,
            wanted_form=True,
            more={"partner_countries": ["China", None]},
        ),
        need("N2", budget=Decimal(0)),
    ]
    assert json.loads(_written(rows)) == json.loads(json.dumps(rows, default=json_of))
    assert _written([]) == "[]"

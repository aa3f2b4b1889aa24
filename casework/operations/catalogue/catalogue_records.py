"""The tables that an import reads and writes, many rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework import reasons
from casework.json_values import JsonObject
from casework.operations.catalogue.import_batches import (
    COLUMNS,
    json_of,
)
from casework.operations.core.merged_records import in_its_place
from casework.reasons import Why

#: Of a match the records that stand in the places of both sides, beside its columns.
STANDING_SIDES = (
    f"{in_its_place('needs', 'matches.need_id')} AS need",
    f"{in_its_place('technologies', 'matches.technology_id')} AS technology",
)

#: What of a match says that an import changes nothing of it: by column, and why.
LEAVES: Mapping[str, Why] = {
    "case_id": reasons.imports.KEPT_MATCH_CASE,
    "refused_at": reasons.imports.KEPT_MATCH_REFUSED,
    "expired_at": reasons.imports.KEPT_MATCH_EXPIRED,
    "confirmed_by": reasons.imports.KEPT_MATCH_CONFIRMED,
}


def left_as_it_is(row: Any) -> Why | None:
    """Why an import changes nothing of a match; None where it does."""
    return next((why for column, why in LEAVES.items() if getattr(row, column) is not None), None)


class CatalogueRecords:
    """The needs, technologies and matches of a programme, as an import reads and writes them: many at a time."""

    def __init__(self, programme: str) -> None:
        self.programme = programme
        #: The matches or past projects of this batch that were written: the event of the batch tells each.
        self.written: set[str] = set()

    def known(
        self, db: Connection, table: str, keys: Iterable[tuple[str, str]], columns: Iterable[str]
    ) -> dict[tuple[str, str], Any]:
        wanted = sorted(set(keys))
        rows = db.execute(
            text(
                f"SELECT source, external_id, {', '.join(columns)} FROM {table} WHERE programme_id = CAST(:programme AS uuid)"
                " AND (source, external_id) IN (SELECT * FROM unnest(CAST(:sources AS text[]), CAST(:keys AS text[])))"
            ),
            {"programme": self.programme, "sources": [key[0] for key in wanted], "keys": [key[1] for key in wanted]},
        )
        return {(row.source, row.external_id): row for row in rows}

    def insert(self, db: Connection, rows: list[JsonObject]) -> None:
        """Matches that are new; a need or a technology is written with its log, by `core.record_log`."""
        if not rows:
            return
        self.written.update(row["id"] for row in rows)
        columns = ", ".join(("id", "source", "external_id", *COLUMNS["matches"]))
        db.execute(
            text(
                f"INSERT INTO matches (programme_id, {columns}, created_at) SELECT CAST(:programme AS uuid), {columns}, casework_now()"
                " FROM jsonb_populate_recordset(NULL::matches, CAST(:rows AS jsonb))"
            ),
            {"programme": self.programme, "rows": _written(rows)},
        )

    def update(self, db: Connection, rows: list[JsonObject]) -> None:
        if not rows:
            return
        self.written.update(row["id"] for row in rows)
        sets = ", ".join(f"{name} = r.{name}" for name in COLUMNS["matches"])
        db.execute(
            text(
                f"UPDATE matches t SET {sets}"
                " FROM jsonb_populate_recordset(NULL::matches, CAST(:rows AS jsonb)) r WHERE t.id = r.id"
            ),
            {"rows": _written(rows)},
        )

    def pairs(self, db: Connection, values: list[JsonObject]) -> dict[tuple[str, str], str]:
        rows = db.execute(
            text(
                "SELECT need_id, technology_id, external_id FROM matches WHERE programme_id = CAST(:programme AS uuid)"
                " AND (need_id, technology_id) IN"
                " (SELECT * FROM unnest(CAST(:needs AS uuid[]), CAST(:technologies AS uuid[])))"
            ),
            {
                "programme": self.programme,
                "needs": [value["need_id"] for value in values],
                "technologies": [value["technology_id"] for value in values],
            },
        )
        return {(row.need_id, row.technology_id): row.external_id for row in rows}


def _written(rows: list[JsonObject]) -> str:
    return orjson.dumps(rows, default=json_of).decode()

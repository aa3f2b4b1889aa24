"""Rows of a file that its trial or its import refused: kept one by one, however many, told in pages, and given back to be put right."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.import_report import Refused
from casework.reasons.base import from_json

#: So long those of a file are kept that is over.
KEPT = timedelta(days=30)
#: Where the columns of a row are called by more letters than this, the cells that say nothing are not kept, and where it is too much even
#: so, none: names stand beside the cells of each row, and may be far longer than these.
MOST_NAMES = 5_000
#: So many are read by one statement where all are given out.
_AT_ONCE = 500

#: Keep some rows that are refused; what is wrong with the file as a whole stands beside what is wrong with its row.
_KEEP = text("""
    INSERT INTO import_refusals (import_id, row, faults, cells)
    SELECT CAST(:id AS uuid), r.row, r.faults, r.cells
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(row integer, faults jsonb, cells text)
    ON CONFLICT (import_id, row) DO UPDATE SET faults = import_refusals.faults || excluded.faults
""")
#: The next ones of a file after a row, or after so many.
_NEXT = text("""
    SELECT row, faults, cells FROM import_refusals WHERE import_id = CAST(:id AS uuid) AND row > :after
    ORDER BY row OFFSET :start LIMIT :most
""")
#: Those of files that were over for long.
_FORGET = text("""
    DELETE FROM import_refusals r USING imports i WHERE i.id = r.import_id AND i.ended_at < casework_now() - CAST(:kept AS interval)
""")


def keep_refused(db: Connection, id: str, refused: Sequence[Refused]) -> None:
    """Keep some rows of a file, in the transaction that notes how far it came."""
    rows: dict[int, JsonObject] = {}
    for one in refused:
        faults = [{"field": name, "why": why.as_json()} for name, why in one.faults]
        row = rows.setdefault(one.row, {"row": one.row, "faults": [], "cells": _written(one.cells)})
        row["faults"] += storable_of(faults)
    if rows:
        db.execute(_KEEP, {"id": id, "rows": json.dumps(list(rows.values()))})


def drop_refused(db: Connection, id: str) -> None:
    """Forget those of a file: it is read anew."""
    db.execute(text("DELETE FROM import_refusals WHERE import_id = CAST(:id AS uuid)"), {"id": id})


def forget_refused(db: Connection) -> int:
    """Forget those of files that were over for long; gives how many."""
    return db.execute(_FORGET, {"kept": KEPT}).rowcount


def list_refused(db: Connection, id: str, *, after: int = -1, start: int = 0, most: int) -> list[Refused]:
    """Some of those of a file, in its order; whoever asks has been shown the file."""
    rows = db.execute(_NEXT, {"id": id, "after": after, "start": start, "most": most})
    return [
        Refused(row.row, [(one["field"], from_json(one["why"])) for one in row.faults], _read(row.cells))
        for row in rows
    ]


def all_refused(db: Connection, id: str) -> Iterator[Refused]:
    """All of those of a file, a few in memory at a time."""
    some, after = list_refused(db, id, most=_AT_ONCE), -1
    while some:
        yield from some
        after = some[-1].row
        some = list_refused(db, id, after=after, most=_AT_ONCE)


def _read(cells: str) -> JsonMapping:
    try:
        return dict(json.loads(cells))
    except ValueError:
        # Words that named a person were taken out of it.
        return {}


def _written(cells: JsonMapping) -> str:
    told = cells
    if sum(map(len, told)) > MOST_NAMES:
        told = {name: cell for name, cell in cells.items() if cell not in ("", None)}
    if sum(map(len, told)) > MOST_NAMES:
        return "{}"
    try:
        return orjson.dumps(told, default=str).decode()
    except orjson.JSONEncodeError:
        return str(storable_of(json.dumps(told, default=str, ensure_ascii=False)))


def storable_of(value: Any) -> Any:
    """The same without what the database holds in no text: NUL, and halves of characters."""
    if isinstance(value, str):
        return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {storable_of(name): storable_of(one) for name, one in value.items()}
    return [storable_of(one) for one in value] if isinstance(value, list | tuple) else value


__all__ = ["KEPT", "all_refused", "drop_refused", "forget_refused", "keep_refused", "list_refused", "storable_of"]

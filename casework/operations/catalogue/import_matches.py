"""Matches of an import: each of a need and a technology that are known by now."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.record_use import DRAFT
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.catalogue_records import LEAVES, STANDING_SIDES, CatalogueRecords, left_as_it_is
from casework.operations.catalogue.import_batches import COLUMNS, Item
from casework.operations.catalogue.import_report import Report
from casework.reasons import Why

#: Those of some needs that are drafts: nothing is matched with one.
_DRAFTS = text(f"SELECT id::text FROM needs WHERE id = ANY(CAST(:ids AS uuid[])) AND status = '{DRAFT}'")


def put_matches(
    db: Connection,
    records: CatalogueRecords,
    items: list[Item],
    values: list[JsonObject],
    report: Report,
    *,
    fault: Callable[[int, Iterable[tuple[str, Why]], JsonMapping], None],
    keep: Callable[[int, str, Why], None],
) -> None:
    """Make those that are new and change what is told otherwise; what is wrong, and what stays, is told of its row."""
    read = ("id", *LEAVES, *STANDING_SIDES, *COLUMNS["matches"])
    known = records.known(db, "matches", (item.key for item in items), read)
    pairs = records.pairs(db, values)
    drafts = set(db.execute(_DRAFTS, {"ids": [columns["need_id"] for columns in values]}).scalars())
    fresh: list[JsonObject] = []
    changed: list[JsonObject] = []
    for item, columns in zip(items, values, strict=True):
        row = known.get(item.key)
        pair = (columns["need_id"], columns["technology_id"])
        if row is None:
            if pair[0] in drafts:
                fault(item.row, [("need", reasons.catalogue.NEED_IS_DRAFT)], item.raw)
                continue
            if pair in pairs:
                fault(item.row, [("need and technology", reasons.imports.PAIR_THERE(name=pairs[pair][:150]))], item.raw)
                continue
            pairs[pair] = item.external_id
            fresh.append(
                dict(COLUMNS["matches"])
                | columns
                | {"id": str(uuid_utils.uuid7()), "source": item.source, "external_id": item.external_id}
            )
            report.created += 1
            continue
        before = {name: getattr(row, name) for name in COLUMNS["matches"]}
        if (row.need, row.technology) != pair:
            fault(item.row, [("external_id", reasons.imports.OTHER_PAIR)], item.raw)
            continue
        # A record may stand in the place of another by now: its match stays where it is.
        stays = ("need_id", "technology_id")
        differ = {name: value for name, value in columns.items() if name not in stays and value != before[name]}
        why = left_as_it_is(row)
        while differ and why:
            keep(item.row, differ.popitem()[0], why)
        if differ:
            changed.append(before | differ | {"id": row.id})
        report.updated += bool(differ)
        report.unchanged += not differ
    records.insert(db, fresh)
    records.update(db, changed)

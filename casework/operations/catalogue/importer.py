"""Imports: needs, technologies, matches and past projects from a file, checked row by row, written in batches, never twice.

A record is known by its programme, source and external id. Good rows go in and bad ones are told of. Nothing that a
person has confirmed is overwritten, and nothing that is imported counts as confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, BinaryIO

import uuid_utils
from sqlalchemy import Connection, Engine

from casework import reasons
from casework.engine.case_objects.kept_records import IMPORTED, SOURCE
from casework.engine.execution.context import By
from casework.engine.state.events import SYSTEM_ACTOR
from casework.engine.state.register_effects import RegisterEffects
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.catalogue_records import CatalogueRecords
from casework.operations.catalogue.catalogue_text import is_placeholder
from casework.operations.catalogue.import_batches import (
    COLUMNS,
    Item,
    at_hand,
    begun_as,
    columns_of,
    digest_of,
    in_batches,
    json_of,
    placeholders_in,
    programme_of,
    rows_together,
)
from casework.operations.catalogue.import_links import (
    enter_rights,
    leave_expired_owners,
    owners_by_name,
    rights_not_on_record,
)
from casework.operations.catalogue.import_matches import put_matches
from casework.operations.catalogue.import_reader import FILE, Row, read_rows
from casework.operations.catalogue.import_report import Progress, Report, Resume, Tell, Telling
from casework.operations.catalogue.import_schemas import (
    REQUIRED,
    SIDES,
    Kind,
    Match,
    Need,
    Right,
    Technology,
    known_columns,
    parse_sides,
    read,
)
from casework.operations.catalogue.ip_rights import today_of
from casework.operations.catalogue.past_projects import take_past_projects
from casework.operations.catalogue.source_rows import MOST_SOURCES, SourceRows
from casework.operations.core.record_log import (
    TABLES,
    Change,
    Kept,
    Standing,
    begin_record,
    lock_records,
    new_record_log,
    write_records,
)
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.database import transaction
from casework.records.event_log import Log, lock_log
from casework.records.field_encryption import storable, texts_in
from casework.records.register_entries import body_of


def import_records(
    engine: Engine,
    kind: Kind,
    file: BinaryIO,
    *,
    programme: str,
    source: str | None = None,
    name: str = "",
    dry_run: bool = False,
    actor: Actor | None = None,
    progress: Progress | None = None,
    tell: Tell | None = None,
    complete: bool = False,
    fields: Mapping[str, str | None] | None = None,
    resume: Resume | None = None,
) -> Report:
    """Import the records of an open file into the programme with this code, each batch in its own transaction.

    `source` is that of rows without a source of their own; the programme's code where it is None. Of a `complete` file the records of
    its sources that it is without are marked as gone there. Its columns are read as `fields` say; where it is None, as its source says.
    Without an `actor` the system does it. What was begun before is taken up where `resume` says; a dry run that can be is taken back
    batch by batch. Raises NotFound for an unknown programme and NotAllowed for whoever may not import.
    """
    with transaction(engine) as db:
        scope = programme_of(db, programme, actor)
        today = today_of(db, scope)
        rows_there = SourceRows(db, kind, scope, source or programme, complete=complete, fields=fields)
    task = _Import(
        kind,
        scope,
        source=source or programme,
        name=name,
        dry_run=dry_run,
        by=actor.person if actor else SYSTEM_ACTOR,
        tell=tell,
        today=today,
        rows=rows_there,
        resume=resume,
    )
    # The reader is closed before its file, also where the database refuses a batch.
    with (
        at_hand(file, dry_run and resume is None) as readable,
        closing(read_rows(readable, REQUIRED[kind], rows_there.fields)) as rows,
        in_batches(engine, scope, dry_run, apart=resume is not None) as a_batch,
    ):
        for batch in rows_together(rows):
            if resume is not None and batch[-1].number <= resume.after:
                task.pass_over(batch)
                continue
            # Checked first: no transaction waits for it, and that of the rows before is ended meanwhile.
            items = task.check(batch)
            with a_batch() as db:
                task.take(db, batch, items)
                if not dry_run:
                    task.telling.note(db, batch[-1].number)
            if dry_run and resume is not None:
                rows_there.begin_again()
                with transaction(engine) as db:
                    task.telling.note(db, batch[-1].number)
            if progress is not None:
                progress(task.report)
        with a_batch() as db:
            rows_there.finish(db, task.report)
    return task.report


class _Import:
    """One file on its way into the database."""

    def __init__(
        self,
        kind: Kind,
        programme: str,
        *,
        source: str,
        name: str,
        dry_run: bool,
        by: str,
        tell: Tell | None,
        today: str,
        rows: SourceRows,
        resume: Resume | None,
    ) -> None:
        self.today = today
        self.kind, self.programme, self.source, self.name, self.by = kind, programme, source, name, by
        self.report = resume.report if resume is not None else Report(kind, dry_run)
        self.rows = rows
        self.telling = Telling(self.report, tell, resume)
        self.columns = known_columns(kind)
        #: Digests, not the keys themselves: a file may be long.
        self.seen: set[bytes] = set()
        self.records = CatalogueRecords(programme)
        #: The programme's log in the turn of this batch, and how many records' logs were written to in it.
        self.log: Log
        self.told = 0

    # --- checking ---

    def check(self, batch: list[Row]) -> list[Item]:
        """What rows say that are right; of the others is told what is wrong with them."""
        return [item for row in batch if (item := self._check(row)) is not None]

    def take(self, db: Connection, batch: list[Row], items: list[Item]) -> None:
        if not items:
            return
        self.records.written.clear()
        before = self.report.written
        # Locked first: two imports of the same file take their turns. A dry run has it already, from its first batch on.
        self.log = lock_log(db, self.programme)
        self.told = 0
        self.rows.keep(db, items, self.report)  # First: what it asks waits for nothing that is written.
        self._put(db, items)
        counts = [now - then for now, then in zip(self.report.written, before, strict=True)]
        if not self.report.dry_run and any(counts):
            self._note(db, self.log, batch, counts)
        self.rows.tell(db)

    def pass_over(self, batch: list[Row]) -> None:
        """Rows that were taken before: only which records they are counts."""
        for row in batch:
            item, _ = self._read(row)
            if item is None:
                self.rows.meet(row)
            else:
                self.rows.pass_over(item)

    def _note(self, db: Connection, log: Log, batch: list[Row], counts: Sequence[int]) -> None:
        created, updated, nested = counts
        effects: RegisterEffects = {
            "kind": self.kind,
            "file": hashlib.sha256(self.name.encode()).hexdigest(),
            "first_row": batch[0].number,
            "last_row": batch[-1].number,
            "created": created,
            "updated": updated,
            "nested": nested,
            "records": self.told,
        }
        body = {"file": self.name, "source": self.source} | ({"fields": self.rows.fields} if self.rows.fields else {})
        if self.records.written:
            body |= body_of(db, self.kind, self.programme, self.records.written)
        event = log.next_event(IMPORTED, self.by, effects=effects, body=body)
        append(db, log, [event])

    def _check(self, row: Row) -> Item | None:
        self.report.rows += 1
        if row.faults:
            if row.faults[0][0] in (FILE, "header"):
                self.report.whole = False
        elif len(self.report.left_out) < 50 and not self.columns.issuperset(row.values):
            self.report.left_out |= {str(name)[:60] for name in row.values if name not in self.columns}
        item, faults = self._read(row)
        if item is None:
            self.rows.meet(row)
            self.telling.refuse(row.number, faults, row.raw)
            return None
        for name in placeholders_in(item.record):
            self.telling.mark(row.number, name, reasons.imports.PLACEHOLDER)
        return item

    def _read(self, row: Row) -> tuple[Item | None, Sequence[tuple[str, Why]]]:
        """The record of a row, which is seen now; or everything that is wrong with it."""
        if row.faults:
            return None, row.faults
        record, faults = read(self.kind, row.values, self.today, semicolons=row.semicolons)
        sides: JsonObject = {}
        if self.kind == "matches":
            sides, more = parse_sides(row.values, self.today)
            faults = [*faults, *more]
        if record is None or faults:
            return None, faults
        if not storable(texts_in(row.raw)):
            return None, [("row", reasons.fields.UNSTORABLE)]
        if not self.rows.may_be_of(record.source):
            return None, [("source", reasons.imports.TOO_MANY_SOURCES(most=MOST_SOURCES))]
        item = Item(row.number, record.source or self.source, record.external_id, record, sides, row.raw)
        if (mark := digest_of(self.kind, *item.key)) in self.seen:
            return None, [("external_id", reasons.imports.ROW_BEFORE(name=item.external_id[:150]))]
        self.seen.add(mark)
        return item, []

    # --- writing ---

    def _put(self, db: Connection, items: list[Item]) -> None:
        stamp = instant(self.log.now)
        if self.kind == "past_projects":
            self.records.written |= take_past_projects(db, self.log, items, self.report)
            return
        if self.kind != "matches":
            noun: Kept = "need" if self.kind == "needs" else "technology"
            self._upsert(db, noun, items, [columns_of(item) for item in items], stamp, count=True)
            return
        ids = {side: self._side(db, side, items, stamp) for side in SIDES}
        good: list[Item] = []
        values: list[JsonObject] = []
        for item in items:
            faults = []
            side_ids: JsonObject = {}
            for side in SIDES:
                key = self._side_key(item, side)
                side_ids[f"{side}_id"] = ids[side].get(key)
                if side_ids[f"{side}_id"] is None:
                    faults.append((side, reasons.imports.SIDE_UNKNOWN(name=key[1][:150], source=key[0][:100])))
            if faults:
                self.telling.refuse(item.row, faults, item.raw)
                continue
            assert isinstance(item.record, Match)
            columns = {
                name: getattr(item.record, name) for name in ("proposed_on", "proposed_by", "score", "rationale")
            }
            good.append(item)
            values.append(side_ids | {name: value for name, value in columns.items() if value is not None})
        put_matches(db, self.records, good, values, self.report, fault=self.telling.refuse, keep=self.telling.keep)

    def _side_key(self, item: Item, side: str) -> tuple[str, str]:
        record = item.sides[side]
        return record.source or self.source, record.external_id

    def _side(self, db: Connection, side: Kept, items: list[Item], stamp: str) -> dict[tuple[str, str], str]:
        """The ids of the needs or technologies that matches are about, those that came with them included."""
        kind = SIDES[side]
        whole: dict[tuple[str, str], Item] = {}
        for item in items:
            key = self._side_key(item, side)
            if not isinstance(item.sides[side], Match) and key not in whole:
                whole[key] = Item(item.row, *key, item.sides[side])
        if whole:
            nested = list(whole.values())
            self._upsert(db, side, nested, [columns_of(item) for item in nested], stamp, count=False)
        keys = {self._side_key(item, side) for item in items}
        records = self.records.known(db, kind, keys, ("id", "merged_into"))
        return {key: str(row.merged_into or row.id) for key, row in records.items()}

    def _upsert(
        self, db: Connection, noun: Kept, items: list[Item], values: list[JsonObject], stamp: str, *, count: bool
    ) -> None:
        self._owners(db, items, values, stamp)
        table = TABLES[noun]
        columns_read = ("id", "provenance", "merged_into", *COLUMNS[table])
        known = self.records.known(db, table, (item.key for item in items), columns_read)
        items, values = self._standing(items, values, known, count=count)
        named = [(item.row, item.key, columns) for item, columns in zip(items, values, strict=True)]
        leave_expired_owners(db, named, known, self.telling.keep)
        rights = self._new_rights(db, items, known)
        ids: dict[tuple[str, str], str] = {}
        changes: list[tuple[Standing, Change]] = []
        differing: dict[str, tuple[Item, JsonObject]] = {}
        cause: RegisterEffects = {"cause": {"log": self.programme, "seq": self.log.seq + 1}}
        for item, columns in zip(items, values, strict=True):
            row = known.get(item.key)
            ids[item.key] = str(uuid_utils.uuid7()) if row is None else str(row.id)
            if row is None:
                log = new_record_log(ids[item.key], noun, self.log)
                fields = {name: json_of(value) for name, value in columns.items()} | begun_as(item)
                changes.append(
                    begin_record(
                        noun, log, source=item.source, external_id=item.external_id, fields=fields, effects=cause
                    )
                )
                self.report.created += count
                self.report.nested += not count
                continue
            differ = self._differing(item, row, {name: getattr(row, name) for name in COLUMNS[table]}, columns)
            if differ:
                differing[ids[item.key]] = (item, {name: json_of(value) for name, value in differ.items()})
            elif item.key not in rights:
                self.report.unchanged += count
            else:
                self.report.updated += count
                self.report.nested += not count
        changes += self._changed(db, noun, differing, cause, count=count)
        write_records(db, By(self.by, None), changes)
        self.told += len(changes)
        for key, new in rights.items():
            enter_rights(db, By(self.by, None), self.programme, ids[key], new)

    def _standing(
        self, items: list[Item], values: list[JsonObject], known: Mapping[tuple[str, str], Any], *, count: bool
    ) -> tuple[list[Item], list[JsonObject]]:
        """Those that stand for themselves: what was merged says nothing anew, neither of itself nor of the one in its place."""
        left: tuple[list[Item], list[JsonObject]] = ([], [])
        for item, columns in zip(items, values, strict=True):
            row = known.get(item.key)
            if row is not None and row.merged_into is not None:
                self.telling.keep(item.row, "row", reasons.imports.KEPT_MERGED)
                self.report.unchanged += count
                continue
            left[0].append(item)
            left[1].append(columns)
        return left

    def _changed(
        self,
        db: Connection,
        noun: Kept,
        differing: Mapping[str, tuple[Item, JsonObject]],
        cause: RegisterEffects,
        *,
        count: bool,
    ) -> Iterator[tuple[Standing, Change]]:
        """What happens to records that are known; one that is not what its log says is left as it is."""
        standing = lock_records(db, noun, differing) if differing else {}
        for id, (item, fields) in differing.items():
            if standing[id].altered:
                self.telling.keep(item.row, "row", reasons.imports.KEPT_ALTERED)
                self.report.unchanged += count
                continue
            self.report.updated += count
            self.report.nested += not count
            yield standing[id], Change(IMPORTED, fields, {SOURCE: item.source}, cause)

    def _differing(self, item: Item, row: Any, before: JsonMapping, columns: JsonMapping) -> JsonObject:
        differ: JsonObject = {}
        for name, value in columns.items():
            if value == before[name]:
                continue
            if row.provenance.get(name, {}).get("confirmed_by"):
                self.telling.keep(item.row, name, reasons.imports.KEPT_VALUE)
                continue
            differ[name] = value
        # Both ends of a range stand or fall together: a confirmed one would contradict the other.
        low = differ.get("readiness_low", before.get("readiness_low"))
        high = differ.get("readiness_high", before.get("readiness_high"))
        if low is not None and high is not None and low > high:
            for name in [name for name in ("readiness_low", "readiness_high") if name in differ]:
                del differ[name]
                self.telling.keep(item.row, name, reasons.imports.KEPT_RANGE)
        return differ

    # --- owners and rights ---

    def _owners(self, db: Connection, items: list[Item], values: list[JsonObject], stamp: str) -> None:
        """Owners are told by name: one that is not known yet is registered, and one that names nobody is left out."""
        named: list[tuple[str, JsonObject]] = []
        countries: dict[str, str | None] = {}
        for item, columns in zip(items, values, strict=True):
            record = item.record
            if not isinstance(record, Need | Technology) or record.owner is None:
                continue
            if is_placeholder(record.owner):
                self.telling.mark(item.row, "owner", reasons.imports.PLACEHOLDER_OWNER)
                continue
            countries.setdefault(record.owner, record.owner_country)
            named.append((record.owner, columns))
        known = owners_by_name(db, self.programme, countries, source=self.source, by=self.by, stamp=stamp)
        for owner, columns in named:
            columns["owner_id"] = known[owner]

    def _new_rights(
        self, db: Connection, items: list[Item], known: Mapping[tuple[str, str], Any]
    ) -> dict[tuple[str, str], list[Right]]:
        """The rights that came with technologies and are not on record yet."""
        incoming = {
            item.key: (item.row, item.record.rights)
            for item in items
            if isinstance(item.record, Technology) and item.record.rights
        }
        return rights_not_on_record(db, self.programme, incoming, known, self.telling.keep) if incoming else {}

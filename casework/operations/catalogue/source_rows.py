"""What was read of a record at its source, kept beside what was understood; and which records a source has no more."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.import_batches import Item, digest_of
from casework.operations.catalogue.import_reader import Row, column_name
from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.import_schemas import SIDES, Kind, read, said
from casework.operations.catalogue.service import read_seen
from casework.operations.catalogue.sources import SOURCE_OPENED, find_source, named_source, read_as
from casework.operations.core.record_log import TABLES, Kept
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.records.database import run_ahead

#: Of some records what was read last, as its digest, and whether they were gone.
_THERE = text("""
    SELECT source_id, external_id, encode(sha256(convert_to(row, 'UTF8')), 'hex') AS digest, gone_since IS NOT NULL AS gone
    FROM source_rows WHERE kind = :kind
    AND (source_id, external_id) IN (SELECT * FROM unnest(CAST(:sources AS uuid[]), CAST(:ids AS text[])))
""")
#: Keep what was read of some records; they are at their source.
_KEEP = """
    INSERT INTO source_rows (source_id, kind, external_id, row, read_at)
    SELECT r.source_id, $1, r.external_id, r.row, casework_now()
    FROM jsonb_to_recordset(CAST($2 AS jsonb)) AS r(source_id uuid, external_id text, row text)
    ON CONFLICT (source_id, kind, external_id) DO UPDATE SET row = excluded.row, read_at = excluded.read_at, gone_since = NULL
"""
#: The records of a source that it had when it was read last.
_STANDING = text("""
    SELECT external_id FROM source_rows WHERE source_id = CAST(:source AS uuid) AND kind = :kind AND gone_since IS NULL ORDER BY external_id
""")
#: Some records that a source has no more.
_GONE = text("""
    UPDATE source_rows SET gone_since = casework_now()
    WHERE source_id = CAST(:source AS uuid) AND kind = :kind AND external_id = ANY(:ids)
""")
#: That some sources were read now.
_FETCHED = text("UPDATE sources SET fetched_at = casework_now() WHERE id = ANY(CAST(:sources AS uuid[]))")
#: The source of a record, and what was read of the record there last.
_OF_RECORD = text("""
    SELECT s.id::text AS source, s.fields, r.row FROM sources s
    LEFT JOIN source_rows r ON r.source_id = s.id AND r.kind = :kind AND r.external_id = :external_id
    WHERE s.programme_id = CAST(:programme AS uuid) AND s.name = :source
""")


#: So many sources the rows of a file name at most.
MOST_SOURCES = 100


class SourceRows:
    """The rows of one file beside the records that they became. Of matches and past projects nothing is kept."""

    def __init__(
        self,
        db: Connection,
        kind: Kind,
        programme: str,
        source: str,
        *,
        complete: bool,
        fields: Mapping[str, str | None] | None = None,
    ) -> None:
        self.kind, self.programme, self.source, self.complete = kind, programme, source, complete
        self.kept = kind in SIDES.values()
        if fields is None:
            known = named_source(db, programme, source)
            fields = known.fields.get(kind, {}) if known else {}
        #: By the file's column ours.
        self.fields: dict[str, str | None] = dict(fields)
        self._ids: dict[str, str] = {}
        #: Those of them that are in no event yet.
        self._new: list[str] = []
        #: Those that its rows name.
        self._named: set[str] = set()
        #: Digests of all records of the file, of refused ones too: those are still there.
        self._met: set[bytes] = set()
        #: Whether each row told which record it is.
        self._all_told = True
        #: Sources of what was taken before.
        self._passed: set[str] = set()

    def may_be_of(self, source: str | None) -> bool:
        """Whether a row may be of a source: a file has so many at most, lest each of its rows makes one."""
        if not self.kept or source is None or source in self._named:
            return True
        if len(self._named) == MOST_SOURCES:
            return False
        self._named.add(source)
        return True

    def meet(self, row: Row) -> None:
        """A row that is not taken: of a complete file its record is there all the same. Where it cannot be told which one that is, it
        may be any, and none is gone."""
        if not self.complete:
            return
        key = said({name: row.values.get(name) for name in ("external_id", "source")})
        record, _ = read("matches", key)
        faulty = {self.fields.get(name, name) for name, _ in row.faults}
        if record is not None and "source" not in faulty:
            self._met.add(digest_of(record.source or self.source, record.external_id))
        elif faulty or "external_id" in key:
            self._all_told = False

    def pass_over(self, item: Item) -> None:
        """One that was taken before."""
        self._passed.add(item.source)
        if self.complete:
            self._met.add(digest_of(*item.key))

    def begin_again(self) -> None:
        """What was opened for a batch was taken back with it."""
        self._passed.update(self._ids)
        self._ids.clear()
        self._new.clear()

    def keep(self, db: Connection, items: Sequence[Item], report: Report) -> None:
        """Keep what was read of these, where it is new or says something else."""
        if not self.kept or not items:
            return
        if self.complete:
            self._met.update(digest_of(*item.key) for item in items)
        self._open(db, {item.source for item in items})
        read = {(self._ids[item.source], item.external_id): _written(item.raw) for item in items}
        given = {"kind": self.kind, "sources": [key[0] for key in read], "ids": [key[1] for key in read]}
        there = {(str(row.source_id), row.external_id): row for row in db.execute(_THERE, given)}
        new: list[JsonObject] = []
        for key, row in read.items():
            known = there.get(key)
            if known is not None and not known.gone and known.digest == hashlib.sha256(row.encode()).hexdigest():
                continue
            report.back += known is not None and known.gone
            new.append({"source_id": key[0], "external_id": key[1], "row": row})
        if new:
            run_ahead(db, _KEEP, (self.kind, orjson.dumps(new).decode()))

    def tell(self, db: Connection) -> None:
        """Say in the programme's log which sources are new, once whoever has its turn has written there."""
        note_entries(db, "sources", self.programme, self._new, kind=SOURCE_OPENED)
        self._new = []

    def finish(self, db: Connection, report: Report) -> None:
        """Note when the sources were read; of a complete file, read to its end, that what it is without is gone."""
        if not self.kept:
            return
        self._open(db, {self.source, *self._passed})
        self.tell(db)
        db.execute(_FETCHED, {"sources": sorted(self._ids.values())})
        if not self.complete or not report.whole or not self._all_told:
            return
        for name, id in sorted(self._ids.items()):
            given = {"source": id, "kind": self.kind}
            gone = list(self._gone(name, db.execute(_STANDING, given).scalars()))
            if gone:
                db.execute(_GONE, given | {"ids": gone})
            report.gone += len(gone)

    def _open(self, db: Connection, names: set[str]) -> None:
        for name in sorted(names - self._ids.keys()):
            self._ids[name], new = find_source(db, self.programme, name)
            self._new += [self._ids[name]] if new else []

    def _gone(self, name: str, ids: Iterable[str]) -> Iterable[str]:
        return (id for id in ids if digest_of(name, id) not in self._met)


def _written(raw: JsonMapping) -> str:
    # A number may have an exponent that nobody writes out, or be longer than 64 bits.
    try:
        return orjson.dumps(raw, default=str).decode()
    except orjson.JSONEncodeError:
        return json.dumps(raw, default=str, ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Read:
    """What was read of a record at its source last, and as what."""

    #: Id of the source; None of a record that came otherwise.
    source: str | None
    #: By the source's column what it says; without a name where words were taken out of it.
    row: list[tuple[str, Any]]
    #: By the source's column the field of ours as which it is read, where it is one.
    fields: dict[str, str]


def read_source_row(db: Connection, actor: Actor, noun: Kept, id: str) -> Read:
    """What was read of a need or a technology last, name by name; nothing of one that came otherwise. Raises NotFound."""
    record = read_seen(db, actor, noun, id)
    given = {
        "programme": record.programme_id,
        "source": record.source,
        "kind": TABLES[noun],
        "external_id": record.external_id,
    }
    row = db.execute(_OF_RECORD, given).one_or_none()
    if row is None:
        return Read(source=None, row=[], fields={})
    try:
        told = json.loads(row.row) if row.row else {}
    except json.JSONDecodeError:
        # Words that named a person were taken out of it.
        return Read(source=row.source, row=[("", row.row)], fields={})
    said = [(str(name), value) for name, value in told.items() if value not in (None, "", [], {})]
    fields = row.fields.get(TABLES[noun], {})
    ours = {name: read_as(column_name(name), fields, TABLES[noun]) for name, _ in said}
    return Read(source=row.source, row=said, fields={name: field for name, field in ours.items() if field})

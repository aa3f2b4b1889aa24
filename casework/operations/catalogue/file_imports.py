"""Files of records that a person hands in: looked at first, tried, and taken over. A worker brings them in (`import_worker`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any, BinaryIO, cast

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.import_batches import placeholders_in
from casework.operations.catalogue.import_content import keep_content, open_content, size_of
from casework.operations.catalogue.import_faults import Faults
from casework.operations.catalogue.import_reader import MOST_COLUMNS, Row, read_rows
from casework.operations.catalogue.import_schemas import REQUIRED, SIDES, Kind, Record, parse_sides, read
from casework.operations.catalogue.refused_rows import drop_refused
from casework.operations.catalogue.sources import (
    checked_fields,
    insist_keeps,
    named_source,
    open_source,
    set_source,
)
from casework.operations.catalogue.table_import import called
from casework.permissions.actors import Actor
from casework.reasons import Why

#: So many bytes a file has at most; what has more comes in by the command line.
MOST_BYTES = 500_000_000
#: So many rows are tried before it is brought in, out of so many bytes, and so many are shown.
TRIED, LOOKED_BYTES, SHOWN = 500, 1_000_000, 3
#: So many files of a programme are kept at once that were only looked at.
MOST_LOOKED_AT = 10
LOOKED_AT, TRYING, WAITING, DONE, FAILED = "looked_at", "trying", "waiting", "done", "failed"


@dataclass(frozen=True, kw_only=True, slots=True)
class FileImport:
    """A file on its way, or brought in."""

    id: str
    kind: str
    source: str
    #: Of the file.
    name: str
    complete: bool
    #: looked_at, trying, waiting, done or failed.
    state: str
    #: By its column ours; none where it is not read.
    fields: dict[str, str | None]
    rows_read: int
    #: What came of it so far; of a file that is looked at what its trial found, as long as its columns are read so.
    report: dict[str, Any]
    created_at: str
    #: When its trial was begun last.
    tried_at: str | None

    @property
    def open(self) -> bool:
        """Whether it is yet to be taken over."""
        return self.state in (LOOKED_AT, TRYING)


@dataclass(kw_only=True, slots=True)
class Look:
    """What is read of the first rows of a file."""

    rows: int = 0
    #: Whether the file goes on behind them.
    more: bool = False
    #: Column by column: what the file calls it, what it is read as, and what stands there in the first rows.
    columns: dict[str, list[str]] = field(default_factory=dict)
    #: Row, column and why.
    faults: list[tuple[int, str, Why]] = field(default_factory=list)
    #: The same of texts that stand for one which nobody has written yet.
    marked: list[tuple[int, str, Why]] = field(default_factory=list)


_COLUMNS = "i.id::text, i.kind, i.source, i.name, i.complete, i.state, i.fields, i.rows_read, i.report, i.created_at, i.tried_at"
#: A file of a programme.
_ONE = text(
    f"SELECT {_COLUMNS} FROM imports i WHERE i.id = CAST(:id AS uuid) AND i.programme_id = CAST(:programme AS uuid)"
)
#: The last files of a kind that were handed in to a programme.
_LAST = text(f"""
    SELECT {_COLUMNS} FROM imports i WHERE i.programme_id = CAST(:programme AS uuid) AND i.kind = :kind
    AND i.state NOT IN ('looked_at', 'trying')
    ORDER BY i.created_at DESC, i.id DESC LIMIT 20
""")
#: A file that is handed in.
_ADD = text("""
    INSERT INTO imports (id, programme_id, kind, source, name, size, complete, person_id, state, fields, created_at)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), :kind, :source, :name, :size, :complete, CAST(:person AS uuid), 'looked_at',
        CAST(:fields AS jsonb), casework_now())
""")
#: How many of a programme were only looked at.
_LOOKED_AT = text(
    "SELECT count(*) FROM imports WHERE programme_id = CAST(:programme AS uuid) AND state IN ('looked_at', 'trying')"
)
#: What somebody handed in before of a source, and did not let bring in.
_REPLACE = text("""
    DELETE FROM imports WHERE programme_id = CAST(:programme AS uuid) AND kind = :kind AND source = :source
    AND state IN ('looked_at', 'trying') AND person_id = CAST(:person AS uuid)
""")
#: That a whole file is to be tried.
_TRY = text("""
    UPDATE imports SET state = 'trying', report = '{}', rows_read = 0, tried_at = casework_now()
    WHERE id = CAST(:id AS uuid) AND state = 'looked_at'
""")
#: How the columns of one are read; what a trial found of it counts no longer, where that is otherwise than before.
_READ_AS = text("""
    UPDATE imports SET fields = CAST(:fields AS jsonb), state = CASE WHEN fields = CAST(:fields AS jsonb) THEN state ELSE 'looked_at' END,
        report = CASE WHEN fields = CAST(:fields AS jsonb) THEN report ELSE '{}' END,
        rows_read = CASE WHEN fields = CAST(:fields AS jsonb) THEN rows_read ELSE 0 END
    WHERE id = CAST(:id AS uuid) AND state IN ('looked_at', 'trying')
""")
#: That a worker is to bring one in.
_TAKE = text("""
    UPDATE imports SET state = 'waiting', report = '{}', rows_read = 0 WHERE id = CAST(:id AS uuid) AND state IN ('looked_at', 'trying')
""")
#: Files that nobody took over, a week after they were handed in.
_FORGET = text(
    "DELETE FROM imports WHERE state = 'looked_at' AND created_at < casework_now() - CAST(:kept AS interval)"
)
#: So long one is kept that was looked at alone.
KEPT = timedelta(days=7)


def add_file(
    db: Connection,
    actor: Actor,
    programme: str,
    kind: Kind,
    *,
    content: bytes | BinaryIO,
    name: str,
    source: str,
    complete: bool,
    fields: Mapping[str, str | None] | None = None,
) -> str:
    """Hand a file in, to be looked at; gives its id. Its columns are read as `fields` say, else as its source keeps them.

    Raises InvalidForm, NotFound and NotAllowed.
    """
    insist_keeps(actor, programme)
    source = line(source, "source", 200)
    file = BytesIO(content) if isinstance(content, bytes) else content
    size = size_of(file)
    if size > MOST_BYTES:
        raise InvalidForm(fields={"file": reasons.catalogue.FILE_TOO_LARGE(most=MOST_BYTES // 1_000_000)})
    if complete and kind not in SIDES.values():
        raise InvalidForm(fields={"complete": reasons.imports.COMPLETE_KINDS})
    known = named_source(db, programme, source)
    id = str(uuid_utils.uuid7())
    given: dict[str, Any] = {"id": id, "programme": programme, "kind": kind, "source": source, "person": actor.person}
    full = db.execute(_LOOKED_AT, given).scalar_one() >= MOST_LOOKED_AT
    if full and not db.execute(_REPLACE, given).rowcount:
        raise InvalidForm(fields={"file": reasons.imports.TOO_MANY_LOOKED_AT(most=MOST_LOOKED_AT)})
    if fields is None:
        fields = {} if known is None else known.fields.get(kind, {})
    told = json.dumps(checked_fields(kind, fields))
    given |= {"name": called(name), "size": size, "complete": complete, "fields": told}
    db.execute(_ADD, given)
    keep_content(db, id, file)
    return id


def show_file(db: Connection, actor: Actor, programme: str, id: str) -> FileImport:
    """One of them. Raises NotFound and NotAllowed."""
    insist_keeps(actor, programme)
    row = db.execute(_ONE, {"id": id, "programme": programme}).one_or_none()
    if row is None:
        raise NotFound("entry")
    return _file(row)


def list_files(db: Connection, actor: Actor, programme: str, kind: Kind) -> list[FileImport]:
    """The last ones of a kind that were brought in or are on their way. Raises NotFound and NotAllowed."""
    insist_keeps(actor, programme)
    return [_file(row) for row in db.execute(_LAST, {"programme": programme, "kind": kind})]


def _file(row: Any) -> FileImport:
    moments = {"created_at": instant(row.created_at), "tried_at": row.tried_at and instant(row.tried_at)}
    return FileImport(**{**row._mapping, **moments})


def read_head(db: Connection, one: FileImport) -> bytes:
    """What the file begins with: as much as is looked at, and one byte where it goes on."""
    return open_content(db, one.id).read(LOOKED_BYTES + 1)


def look_at(one: FileImport, head: bytes) -> Look:
    """What is read of its first rows, and what is refused of them. Nothing is recorded, and no transaction waits for it."""
    kind, found = cast(Kind, one.kind), Look(more=len(head) > LOOKED_BYTES)
    for row in _first_rows(head, one.fields):
        if found.rows == TRIED:
            found.more = True
            break
        found.rows += 1
        for name, value in row.raw.items():
            told = found.columns.get(name)
            if told is None and len(found.columns) < MOST_COLUMNS:
                told = found.columns.setdefault(name, [])
            if told is not None and len(told) < SHOWN:
                told.append("" if value is None else str(value)[:200])
        record, faults = (None, row.faults) if row.faults else _read(kind, row)
        found.faults += [(row.number, where, why) for where, why in faults]
        if record is not None:
            found.marked += [(row.number, name, reasons.imports.PLACEHOLDER) for name in placeholders_in(record)]
    missing = [name for name in REQUIRED[kind] if not set(name.split("|")) & _read_as(found, one.fields)]
    if missing and found.columns:
        names = ", ".join(name.split("|")[0] for name in missing)
        found.faults.insert(0, (1, "header", reasons.imports.NO_COLUMN(names=names)))
    return found


def _read(kind: Kind, row: Row) -> tuple[Record | None, Faults]:
    """What a row says, and what is wrong with it by itself: whether what a match names is on record is asked by who brings it in."""
    record, faults = read(kind, row.values, semicolons=row.semicolons)
    return record, [*faults, *parse_sides(row.values)[1]] if kind == "matches" else faults


#: What a file shows where it is cut off, whatever follows there.
_CUT = {"imports.cells", "imports.open_quote", "imports.no_json", "imports.no_comma", "imports.not_one_object"}


def _first_rows(head: bytes, fields: Mapping[str, str | None]) -> Iterator[Row]:
    """The rows that a file begins with; of one that goes on not the row within which it was cut."""
    if len(head) <= LOOKED_BYTES:
        yield from read_rows(BytesIO(head), (), fields)
        return
    # Neither byte stands within a character, in any encoding that is read.
    whole = head[: max(head.rfind(b"\n"), head.rfind(b",")) + 1]
    rows = read_rows(BytesIO(whole or head), (), fields)
    last = next(rows, None)
    for row in rows:
        if last is not None:
            yield last
        last = row
    if last is not None and last.faults and _CUT.isdisjoint(why.code for _, why in last.faults):
        yield last


def _read_as(found: Look, fields: Mapping[str, str | None]) -> set[str]:
    return {fields.get(name, name) or "" for name in found.columns}


def set_fields(db: Connection, actor: Actor, programme: str, id: str, fields: Mapping[str, str | None]) -> None:
    """Say how its columns are read. Raises InvalidForm, NotFound and NotAllowed."""
    one = show_file(db, actor, programme, id)
    _insist_open(one)
    told = checked_fields(cast(Kind, one.kind), fields)
    if not db.execute(_READ_AS, {"id": id, "fields": json.dumps(told)}).rowcount:
        raise InvalidForm(fields={"file": reasons.imports.BROUGHT_IN})
    if told != one.fields:
        drop_refused(db, id)


def _insist_open(one: FileImport) -> None:
    if not one.open:
        raise InvalidForm(fields={"file": reasons.imports.BROUGHT_IN})


def try_out(db: Connection, actor: Actor, programme: str, id: str) -> None:
    """Let a worker read the whole file and do all that bringing it in would do, and take it back. Pressed twice it is once.

    Raises InvalidForm, NotFound and NotAllowed.
    """
    one = show_file(db, actor, programme, id)
    _insist_open(one)
    if db.execute(_TRY, {"id": id}).rowcount:
        drop_refused(db, id)


def take_over(db: Connection, actor: Actor, programme: str, id: str, *, licence: str | None) -> None:
    """Let a worker bring it in. Its source keeps the licence and how its columns are read. Pressed twice it is once."""
    one = show_file(db, actor, programme, id)
    if one.state == WAITING:
        return
    _insist_open(one)
    # Whoever pressed at the same time may have been first, and a worker done with it.
    if db.execute(_TAKE, {"id": id}).rowcount:
        drop_refused(db, id)
        known = open_source(db, programme, one.source)
        set_source(db, actor, programme, known.id, cast(Kind, one.kind), licence=licence, fields=one.fields)


def forget_looked_at(db: Connection) -> int:
    """Remove the files that were looked at and not taken over; gives how many."""
    return db.execute(_FORGET, {"kept": KEPT}).rowcount

"""What programs ask of files of records: hand one in, say how it is read, try it, let it be brought in, and see what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from casework import reasons
from casework.errors import NotAllowed
from casework.operations.catalogue import file_imports, sources
from casework.operations.catalogue.file_imports import FileImport
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.refused_rows import list_refused
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, from_cursor, insist_limit, page
from casework.operations.core.views import Items
from casework.permissions.actors import Actor

#: What a report counts.
_COUNTED = ("rows", "created", "updated", "unchanged", "bad", "kept", "marked", "nested", "gone", "back", "share")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportCounts:
    """What became of its rows; of a trial what would."""

    rows: int
    created: int
    updated: int
    unchanged: int
    #: Refused rows.
    bad: int
    #: Values that a person has confirmed, and placeholders.
    kept: int
    marked: int
    #: Needs and technologies that came whole with matches, and were new or changed.
    nested: int
    #: Records that a complete file is without, and those that are back.
    gone: int
    back: int
    #: How much of the file is read, of a hundred.
    share: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportStanding:
    """A file on its way, or brought in."""

    id: str
    records: str
    source: str
    name: str
    complete: bool
    state: str
    fields: dict[str, str | None]
    #: None of what was neither tried nor taken over.
    counts: ImportCounts | None
    #: Columns that nobody reads.
    left_out: list[str]
    created_at: str
    tried_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedField:
    """What is wrong with a row, and why."""

    field: str
    reason: str
    code: str
    values: dict[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRow:
    """A row that is refused, with what the file has there."""

    row: int
    faults: list[RefusedField]
    cells: dict[str, Any]


def _standing(one: FileImport) -> ImportStanding:
    counts = ImportCounts(**{name: one.report.get(name, 0) for name in _COUNTED}) if one.report else None
    return ImportStanding(
        id=one.id,
        records=one.kind,
        source=one.source,
        name=one.name,
        complete=one.complete,
        state=one.state,
        fields=one.fields,
        counts=counts,
        left_out=sorted(one.report.get("left_out", ())),
        created_at=one.created_at,
        tried_at=one.tried_at,
    )


def _insist_imports(actor: Actor, programme: str) -> None:
    """Raises NotFound and NotAllowed, which also says that a token lacks the scope."""
    sources.insist_keeps(actor, programme)
    if "import" not in actor.scopes:
        raise NotAllowed(why=reasons.requests.SCOPE_MISSING(scope="import"))


def list_imports(db: Connection, actor: Actor, programme: str, kind: Kind) -> Items[ImportStanding]:
    """The last ones that were taken over. Raises NotFound and NotAllowed."""
    return Items(items=[_standing(one) for one in file_imports.list_files(db, actor, programme, kind)])


def show_import(db: Connection, actor: Actor, programme: str, id: str) -> ImportStanding:
    """One of them. Raises NotFound and NotAllowed."""
    return _standing(file_imports.show_file(db, actor, programme, id))


def list_refused_rows(
    db: Connection, actor: Actor, programme: str, id: str, *, cursor: str | None, limit: int | None
) -> Page[RefusedRow]:
    """Those of its rows that its trial or its import refused, in the order of the file. Raises NotFound, NotAllowed and InvalidForm."""
    most, keys = insist_limit(limit), from_cursor(cursor, 1)
    one = file_imports.show_file(db, actor, programme, id)
    rows = list_refused(db, one.id, after=_row_of(keys), most=most + 1)
    shown, following = page(rows, most, lambda row: (row.row,))
    items = [
        RefusedRow(
            row=row.row,
            faults=[
                RefusedField(field=name, reason=str(why), code=why.code, values=dict(why.values))
                for name, why in row.faults
            ],
            cells=dict(row.cells),
        )
        for row in shown
    ]
    return Page(items=items, next=following)


def hand_in(
    db: Connection,
    actor: Actor,
    programme: str,
    kind: Kind,
    *,
    content: bytes,
    name: str,
    source: str,
    complete: bool,
    fields: Mapping[str, str | None] | None,
    request: Request,
) -> Done:
    """Hand a file in; nothing of it is recorded yet. Raises InvalidForm, NotFound and NotAllowed."""
    _insist_imports(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id = file_imports.add_file(
        db, actor, programme, kind, content=content, name=name, source=source, complete=complete, fields=fields
    )
    return finish(db, actor, request, Done({"id": id}, 201))


def read_as(
    db: Connection, actor: Actor, programme: str, id: str, *, fields: Mapping[str, str | None], request: Request
) -> Done:
    """Say how its columns are read. Raises InvalidForm, NotFound and NotAllowed."""
    _insist_imports(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    file_imports.set_fields(db, actor, programme, id, fields)
    return finish(db, actor, request, Done({"id": id}))


def try_import(db: Connection, actor: Actor, programme: str, id: str, request: Request) -> Done:
    """Let a worker try the whole of it. Raises InvalidForm, NotFound and NotAllowed."""
    _insist_imports(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    file_imports.try_out(db, actor, programme, id)
    return finish(db, actor, request, Done({"id": id}))


def take_over(db: Connection, actor: Actor, programme: str, id: str, *, licence: str | None, request: Request) -> Done:
    """Let a worker bring it in; without a `licence` its source keeps the one it has. Raises InvalidForm, NotFound and NotAllowed."""
    _insist_imports(actor, programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    one = file_imports.show_file(db, actor, programme, id)
    known = sources.named_source(db, programme, one.source)
    kept = licence if licence is not None else known.licence if known is not None else None
    file_imports.take_over(db, actor, programme, id, licence=kept)
    return finish(db, actor, request, Done({"id": id}))


def map_source(
    db: Connection,
    actor: Actor,
    id: str,
    kind: Kind,
    *,
    fields: Mapping[str, str | None],
    licence: str | None,
    request: Request,
) -> Done:
    """Say how the next files of a source are read; without a `licence` it keeps the one it has. Raises InvalidForm, NotFound and
    NotAllowed."""
    known = sources.show_source(db, actor, None, id)
    _insist_imports(actor, known.programme)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    kept = known.licence if licence is None else licence
    sources.set_source(db, actor, known.programme, id, kind, licence=kept, fields=fields)
    return finish(db, actor, request, Done({"id": id}))


def _row_of(keys: list[Any] | None) -> int:
    """The row after which a page starts; what we have not given out starts behind all."""
    if not keys:
        return -1
    return keys[0] if isinstance(keys[0], int) and -1 <= keys[0] < 2**31 else 2**31 - 1


__all__ = [
    "ImportCounts",
    "ImportStanding",
    "RefusedField",
    "RefusedRow",
    "hand_in",
    "list_imports",
    "list_refused_rows",
    "map_source",
    "read_as",
    "show_import",
    "take_over",
    "try_import",
]

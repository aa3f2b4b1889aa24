"""Where needs and technologies come from: what each source is called, under which licence, and how its columns are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.import_reader import LONGEST_NAME, MOST_COLUMNS, column_name
from casework.operations.catalogue.import_schemas import MODELS
from casework.operations.catalogue.kept_records import EDITORS
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.permissions.work import in_the_programme

#: So long the licence of a source is.
LONGEST = 2_000
#: What a column may be read as.
OURS: Mapping[str, tuple[str, ...]] = {
    kind: tuple(name for name in MODELS[kind].model_fields if name not in ("rights", "verification"))
    for kind in ("needs", "technologies")
}


def read_as(name: str, fields: Mapping[str, str | None], kind: str) -> str:
    """As which field of ours a column is read; none where it is not."""
    ours = fields.get(name, "title" if name == "title_en" else name)
    return ours if ours in OURS[kind] else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A source of a programme."""

    id: str
    name: str
    #: Of its data.
    licence: str | None
    #: By its column ours; none where it is not read.
    fields: dict[str, str | None]
    #: When it was imported last.
    fetched_at: str | None
    #: Of how many records a row was read, and how many of these are gone from it.
    records: int
    gone: int


#: A source of a name, where there is none yet.
_OPEN = text("""
    INSERT INTO sources (id, programme_id, name, created_at) VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), :name, casework_now())
    ON CONFLICT (programme_id, name) DO NOTHING
""")
#: The sources of a programme with how many records they have, by name.
_LISTED = text("""
    SELECT s.id::text, s.name, s.licence, s.fields, s.fetched_at, count(r.external_id) AS records, count(r.gone_since) AS gone
    FROM sources s LEFT JOIN source_rows r ON r.source_id = s.id
    WHERE s.programme_id = CAST(:programme AS uuid) AND (CAST(:id AS uuid) IS NULL OR s.id = CAST(:id AS uuid))
    GROUP BY s.id ORDER BY s.name, s.id
""")
#: One by its name.
_NAMED = text("""
    SELECT id::text, name, licence, fields, fetched_at, 0 AS records, 0 AS gone FROM sources
    WHERE programme_id = CAST(:programme AS uuid) AND name = :name
""")
#: What is said of a source.
_SET = text("""
    UPDATE sources SET licence = :licence, fields = CAST(:fields AS jsonb) WHERE id = CAST(:id AS uuid)
""")


def _source(row: Any) -> Source:
    return Source(**{**row._mapping, "fetched_at": row.fetched_at and instant(row.fetched_at)})


def named_source(db: Connection, programme: str, name: str) -> Source | None:
    """The source of a name, where an import has named it before."""
    row = db.execute(_NAMED, {"programme": programme, "name": name}).one_or_none()
    return None if row is None else _source(row)


def open_source(db: Connection, programme: str, name: str) -> Source:
    """The source of a name, which is made where an import names it first."""
    db.execute(_OPEN, {"id": str(uuid_utils.uuid7()), "programme": programme, "name": name})
    return _source(db.execute(_NAMED, {"programme": programme, "name": name}).one())


def keeps(actor: Actor, programme: str) -> bool:
    """Whether somebody imports into a programme."""
    return programme in reach(actor).all_of and in_the_programme(actor, programme, EDITORS) is not None


def insist_keeps(actor: Actor, programme: str) -> None:
    """Raises NotFound for whoever knows nothing of the programme, and NotAllowed for who does not import into it."""
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    if in_the_programme(actor, programme, EDITORS) is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))


def list_sources(db: Connection, actor: Actor, programme: str) -> list[Source]:
    """The sources of a programme. Raises NotFound and NotAllowed."""
    insist_keeps(actor, programme)
    return [_source(row) for row in db.execute(_LISTED, {"programme": programme, "id": None})]


def show_source(db: Connection, actor: Actor, programme: str, id: str) -> Source:
    """One of them. Raises NotFound and NotAllowed."""
    insist_keeps(actor, programme)
    row = db.execute(_LISTED, {"programme": programme, "id": id}).one_or_none()
    if row is None:
        raise NotFound("entry")
    return _source(row)


def set_source(
    db: Connection, actor: Actor, programme: str, id: str, *, licence: str | None, fields: Mapping[str, str | None]
) -> None:
    """Say under which licence its data are, and how its columns are read from now on. Raises InvalidForm, NotFound and NotAllowed."""
    show_source(db, actor, programme, id)
    words = (licence or "").strip()
    if len(words) > LONGEST:
        raise InvalidForm(fields={"licence": reasons.imports.LONG(length=f"{len(words):,}", most=f"{LONGEST:,}")})
    db.execute(_SET, {"id": id, "licence": words or None, "fields": json.dumps(checked_fields(fields))})


def checked_fields(fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """How columns are read: each by its name as files are compared, and only where that is not ours. Raises InvalidForm."""
    if len(fields) > MOST_COLUMNS:
        raise InvalidForm(fields={"fields": reasons.imports.TOO_MANY_FIELDS(most=MOST_COLUMNS)})
    known = {name for names in OURS.values() for name in names}
    told: dict[str, str | None] = {}
    for theirs, ours in fields.items():
        name, meant = column_name(theirs), (ours or "").strip() or None
        if not name or len(name) > LONGEST_NAME or "\0" in name:
            raise InvalidForm(fields={"fields": reasons.imports.NO_COLUMN_NAME})
        if meant is not None and meant not in known:
            raise InvalidForm(fields={"fields": reasons.imports.NOT_OUR_FIELD(name=meant[:60])})
        if name != meant:
            told[name] = meant
    return told

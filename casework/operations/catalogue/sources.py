"""Where records come from: what each source is called, under which licence, and how the columns of its files are read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import uuid_utils
from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.import_reader import LONGEST_NAME, MOST_COLUMNS, column_name
from casework.operations.catalogue.import_schemas import MODELS, SIDES, Kind
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.core.paging import Page, cursor_id, from_cursor, insist_limit, page
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import TABLES, Kept
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.reasons.base import Template
from casework.records.access_sql import shows_need

#: Databases of technologies that many offices fetch files from, by the names that are offered for them.
PUBLIC = ("WIPO GREEN", "PATENTSCOPE", "Bluetech")
#: So long the licence of a source is.
LONGEST = 2_000
#: What a column may be read as.
OURS: Mapping[str, tuple[str, ...]] = {
    kind: (*model.model_fields, *(SIDES if kind == "matches" else ())) for kind, model in MODELS.items()
}


def read_as(name: str, fields: Mapping[str, str | None], kind: str) -> str:
    """As which field of ours a column is read; none where it is not."""
    ours = fields.get(name, "title" if name == "title_en" else name)
    return ours if ours in OURS[kind] else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """A source of a programme."""

    id: str
    programme: str
    name: str
    #: Of its data.
    licence: str | None
    #: Of each kind of record apart: by its column ours, and none where it is not read.
    fields: dict[str, dict[str, str | None]]
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
#: Whether somebody is shown what a row `r` became, of a need `n` where it is one.
_SHOWN = f"(r.kind <> 'needs' OR {shows_need('n')})"
#: The next sources of some programmes after a name, or the one of an id, with how many records they have. One that has
#: only closed needs is there for who is shown these.
_LISTED = text(f"""
    SELECT s.id::text, s.programme_id::text AS programme, s.name, s.licence, s.fields, s.fetched_at, r.records, r.gone
    FROM sources s CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE {_SHOWN}) AS records, count(r.gone_since) FILTER (WHERE {_SHOWN}) AS gone,
            count(*) = 0 OR count(*) > count(*) FILTER (WHERE NOT {shows_need("n")}) AS listed
        FROM source_rows r LEFT JOIN needs n ON r.kind = 'needs' AND n.programme_id = s.programme_id AND n.source = s.name
            AND n.external_id = r.external_id
        WHERE r.source_id = s.id
    ) r
    WHERE s.programme_id = ANY(CAST(:programmes AS uuid[])) AND (CAST(:id AS uuid) IS NULL OR s.id = CAST(:id AS uuid))
    AND (CAST(:after AS text) IS NULL OR (s.name, s.id) > (CAST(:after AS text), CAST(:after_id AS uuid)))
    AND r.listed ORDER BY s.name, s.id LIMIT :most
""")
#: One by its name.
_NAMED = text("""
    SELECT id::text, programme_id::text AS programme, name, licence, fields, fetched_at, 0 AS records, 0 AS gone FROM sources
    WHERE programme_id = CAST(:programme AS uuid) AND name = :name
""")
#: What is said of a source.
_SET = text("""
    UPDATE sources SET licence = :licence, fields = fields || jsonb_build_object(CAST(:kind AS text), CAST(:fields AS jsonb))
    WHERE id = CAST(:id AS uuid)
""")


#: What the log of a programme says of them.
SOURCE_OPENED, SOURCE_CHANGED = "source_opened", "source_changed"
#: So many records that are gone stand on the page of a source.
MOST_GONE = 50


def _gone(noun: Kept) -> TextClause:
    """The records of a source that it has no more, the newest of them first, as far as who asks is shown them."""
    shown = shows_need("x") if noun == "need" else "true"
    return text(f"""
        SELECT x.id::text, {entitled("x")} AS name, r.external_id, r.gone_since FROM source_rows r JOIN sources s ON s.id = r.source_id
        JOIN {TABLES[noun]} x ON x.programme_id = s.programme_id AND x.source = s.name AND x.external_id = r.external_id
        WHERE s.id = CAST(:id AS uuid) AND r.kind = '{TABLES[noun]}' AND r.gone_since IS NOT NULL AND {shown}
        ORDER BY r.gone_since DESC, x.id LIMIT :most
    """)


_GONE: Mapping[Kept, TextClause] = {"need": _gone("need"), "technology": _gone("technology")}


@dataclass(frozen=True, kw_only=True, slots=True)
class GoneRecord:
    """A record that its source has no more."""

    noun: Kept
    id: str
    name: str
    external_id: str
    gone_since: str


def list_gone(db: Connection, actor: Actor, id: str) -> list[GoneRecord]:
    """Records that a source which the actor reads has no more, of each kind the newest."""
    given = {"id": id, "most": MOST_GONE, "closed_of": sorted(closed_of(actor))}
    return [
        GoneRecord(noun=noun, id=row.id, name=row.name, external_id=row.external_id, gone_since=instant(row.gone_since))
        for noun, query in _GONE.items()
        for row in db.execute(query, given)
    ]


def _source(row: Any) -> Source:
    return Source(**{**row._mapping, "fetched_at": row.fetched_at and instant(row.fetched_at)})


def named_source(db: Connection, programme: str, name: str) -> Source | None:
    """The source of a name, where an import has named it before."""
    row = db.execute(_NAMED, {"programme": programme, "name": name}).one_or_none()
    return None if row is None else _source(row)


def open_source(db: Connection, programme: str, name: str) -> Source:
    """The source of a name, which is made where an import names it first."""
    id, new = find_source(db, programme, name)
    note_entries(db, "sources", programme, [id] if new else [], kind=SOURCE_OPENED)
    return _source(db.execute(_NAMED, {"programme": programme, "name": name}).one())


def find_source(db: Connection, programme: str, name: str) -> tuple[str, bool]:
    """The id of the source of a name, and whether it was made now: then whoever asks says so in the programme's log."""
    id = str(uuid_utils.uuid7())
    new = bool(db.execute(_OPEN, {"id": id, "programme": programme, "name": name}).rowcount)
    return (id, True) if new else (db.execute(_NAMED, {"programme": programme, "name": name}).one().id, False)


def keeps(actor: Actor, programme: str) -> bool:
    """Whether somebody imports into a programme."""
    return programme in reach(actor).all_of and in_the_programme(actor, programme, EDITORS) is not None


def insist_keeps(actor: Actor, programme: str) -> None:
    """Raises NotFound for whoever knows nothing of the programme, and NotAllowed for who does not import into it."""
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    if in_the_programme(actor, programme, EDITORS) is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))


def _read_by(actor: Actor, programme: str | None) -> list[str]:
    """The programmes whose sources somebody asks for: one, or all whose register is read. Raises NotFound."""
    read = reach(actor).all_of
    if programme is None:
        return sorted(read)
    if programme not in read:
        raise NotFound("programme")
    return [programme]


def _asking(actor: Actor, programme: str | None, id: str | None, **more: Any) -> dict[str, Any]:
    given = {"programmes": _read_by(actor, programme), "id": id, "closed_of": sorted(closed_of(actor))}
    return {**given, "after": None, "after_id": None, "most": 1, **more}


def list_sources(
    db: Connection, actor: Actor, programme: str | None = None, *, cursor: str | None = None, limit: int | None = None
) -> Page[Source]:
    """The sources of a programme, or of all, by name. Raises NotFound for whoever does not read its register."""
    most, after = insist_limit(limit), dict[str, Any]()
    if keys := from_cursor(cursor, 2):
        after = {"after": str(keys[0]), "after_id": cursor_id(keys[1])}
    rows = db.execute(_LISTED, _asking(actor, programme, None, most=most + 1, **after)).all()
    shown, following = page(rows, most, lambda row: (row.name, row.id))
    return Page(items=[_source(row) for row in shown], next=following)


def show_source(db: Connection, actor: Actor, programme: str | None, id: str) -> Source:
    """One of them. Raises NotFound."""
    row = db.execute(_LISTED, _asking(actor, programme, id)).one_or_none()
    if row is None:
        raise NotFound("entry")
    return _source(row)


def set_source(
    db: Connection,
    actor: Actor,
    programme: str,
    id: str,
    kind: Kind,
    *,
    licence: str | None,
    fields: Mapping[str, str | None],
) -> None:
    """Say under which licence its data are, and how the columns of its files of a kind are read from now on.

    Raises InvalidForm, NotFound and NotAllowed.
    """
    insist_keeps(actor, programme)
    before = show_source(db, actor, programme, id)
    words = (licence or "").strip()
    if len(words) > LONGEST:
        raise InvalidForm(fields={"licence": reasons.imports.LONG(length=f"{len(words):,}", most=f"{LONGEST:,}")})
    told = checked_fields(kind, fields)
    if (before.licence or "", before.fields.get(kind)) != (words, told):
        db.execute(_SET, {"id": id, "licence": words or None, "kind": kind, "fields": json.dumps(told)})
        note_entries(db, "sources", programme, [id], kind=SOURCE_CHANGED, by=actor.person)


#: Why a column is read as nothing of a kind.
_NOT_OURS: Mapping[Kind, Template] = {
    "needs": reasons.imports.NOT_OUR_FIELD, "technologies": reasons.imports.NOT_OUR_FIELD,
    "matches": reasons.imports.NO_FIELD_OF_MATCH, "past_projects": reasons.imports.NO_FIELD_OF_PROJECT,
}  # fmt: skip


def checked_fields(kind: Kind, fields: Mapping[str, str | None]) -> dict[str, str | None]:
    """How columns are read: each by its name as files are compared, and only where that is not ours. Raises InvalidForm."""
    if len(fields) > MOST_COLUMNS:
        raise InvalidForm(fields={"fields": reasons.imports.TOO_MANY_FIELDS(most=MOST_COLUMNS)})
    known = OURS[kind]
    told: dict[str, str | None] = {}
    for theirs, ours in fields.items():
        name, meant = column_name(theirs), (ours or "").strip() or None
        if not name or len(name) > LONGEST_NAME or "\0" in name:
            raise InvalidForm(fields={"fields": reasons.imports.NO_COLUMN_NAME})
        if meant is not None and meant not in known:
            raise InvalidForm(fields={"fields": _NOT_OURS[kind](name=meant[:60])})
        if name != meant:
            told[name] = meant
    return told

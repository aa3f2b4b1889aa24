"""Needs, technologies and rights: list them and show one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import CLOSED
from casework.engine.case_objects.record_use import DRAFT
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.views import IpRight, Need, Technology
from casework.operations.core.organisations import has_expired
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.reader_names import entitled
from casework.operations.core.right_links import with_links
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need

Noun = Literal["need", "technology", "right"]
Kind = TypeVar("Kind", Need, Technology, IpRight)

_TABLES: Mapping[str, str] = {"need": "needs", "technology": "technologies", "right": "rights"}
_NOUNS: Mapping[type, Noun] = {Need: "need", Technology: "technology", IpRight: "right"}


def list_records(
    db: Connection,
    actor: Actor,
    kind: type[Kind],
    *,
    filters: Mapping[str, Any] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Kind]:
    """Records of the actor's programmes, the newest first. `filters`: by the names of `_FILTERS`."""
    most = insist_limit(limit)
    given: dict[str, Any] = {**_asking(actor), "most": most + 1}
    more = ""
    for name, value in (filters or {}).items():
        more += f" AND {_FILTERS[name]}"
        given[name] = value
    if keys := from_cursor(cursor, 2):
        more += " AND (created_at, id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"SELECT x.*{_BESIDE[_NOUNS[kind]]} FROM {_TABLES[_NOUNS[kind]]} x WHERE programme_id = ANY(CAST(:all_of AS uuid[]))"
            f"{_LISTED[_NOUNS[kind]]}{_SHOWN[_NOUNS[kind]]}{more} ORDER BY created_at DESC, id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.created_at, str(row.id)))
    return Page(items=[_shown(kind, row) for row in shown], next=following)


_FILTERS: Mapping[str, str] = {
    "programme": "programme_id = CAST(:programme AS uuid)",
    # Of needs and technologies: a part of their titles or of what their source calls them.
    "title": "(strpos(lower(title), lower(:title)) > 0 OR strpos(lower(title_zh), lower(:title)) > 0"
    " OR strpos(lower(external_id), lower(:title)) > 0)",
    "ids": "x.id = ANY(CAST(:ids AS uuid[]))",
    "external_id": "x.external_id = :external_id",
    "publication": "x.publication = :publication",
    "source": "source = :source",
    "since": "x.created_at > CAST(:since AS timestamptz)",
    "until": "x.created_at <= CAST(:until AS timestamptz)",
    "stands": "jsonb_path_exists(provenance, '$.*.confirmed_by') = (:stands = 'confirmed')",
    # Of rights: whether somebody stands for them, and whether their record has expired.
    "confirmed": "x.confirmed = CAST(:confirmed AS boolean)",
    "expired": "(x.expired_at IS NOT NULL) = CAST(:expired AS boolean)",
    # What they protect, whose they are, and a part of their number or of their owner's name.
    "technology": (
        "EXISTS (SELECT FROM right_technologies l WHERE l.right_id = x.id AND l.technology_id = CAST(:technology AS uuid))"
    ),
    "organisation": (
        "EXISTS (SELECT FROM right_owners o WHERE o.right_id = x.id AND o.organisation_id = CAST(:organisation AS uuid))"
    ),
    "words": (
        "(strpos(lower(number), lower(:words)) > 0 OR strpos(lower(owner), lower(:words)) > 0"
        " OR strpos(lower(application_number), lower(:words)) > 0 OR EXISTS (SELECT FROM rights h WHERE h.merged_into = x.id"
        " AND (strpos(lower(h.number), lower(:words)) > 0 OR strpos(lower(h.application_number), lower(:words)) > 0))"
        " OR EXISTS (SELECT FROM right_owners o JOIN organisations g"
        " ON g.id = o.organisation_id WHERE o.right_id = x.id AND strpos(lower(concat_ws(' ', g.name, g.name_zh)), lower(:words)) > 0))"
    ),
}


#: Which of them are listed: of those that were merged the ones in their places.
_LISTED: Mapping[str, str] = {
    "need": " AND merged_into IS NULL",
    "technology": " AND merged_into IS NULL",
    "right": " AND merged_into IS NULL",
}
#: Which of them are shown at all to who reads their programme.
_SHOWN: Mapping[str, str] = {"need": f" AND {shows_need('x')}", "technology": "", "right": ""}


def _asking(actor: Actor) -> dict[str, Any]:
    return {"all_of": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}


_OWNER_EXPIRED = f", {has_expired('x.owner_id')} AS owner_expired"
#: What is read of a record `x` beside its own columns: whether the record of its owner has expired, since when its source has it no
#: more; of a right what it belongs to.
_GONE = (
    ", (SELECT r.gone_since FROM sources s JOIN source_rows r ON r.source_id = s.id AND r.kind = '{kind}' AND r.external_id = x.external_id"
    " WHERE s.programme_id = x.programme_id AND s.name = x.source) AS gone_since"
)
_BESIDE: Mapping[str, str] = {
    "need": _OWNER_EXPIRED + _GONE.format(kind="needs"), "technology": _OWNER_EXPIRED + _GONE.format(kind="technologies"),
    "right": f", {with_links('x')}",
}  # fmt: skip


def titles_of(db: Connection, actor: Actor, noun: Noun, ids: Collection[str | None]) -> dict[str, str]:
    """By id what those needs or technologies are called that the actor sees, in their language."""
    given = {"ids": sorted(id for id in ids if id), **_asking(actor)}
    rows = db.execute(
        text(
            f"SELECT x.id::text, {entitled('x')} FROM {_TABLES[noun]} x WHERE x.id = ANY(CAST(:ids AS uuid[]))"
            f" AND x.programme_id = ANY(CAST(:all_of AS uuid[])){_SHOWN[noun]}"
        ),
        given,
    )
    return {row[0]: row[1] for row in rows}


def show_record(db: Connection, actor: Actor, kind: type[Kind], id: str) -> Kind:
    """One record with where each field comes from and who has confirmed it. Raises NotFound."""
    return _shown(kind, read_seen(db, actor, _NOUNS[kind], id))


def read_seen(db: Connection, actor: Actor, noun: Noun, id: str) -> Any:
    """A record's row. Raises NotFound for whoever does not see it."""
    statement = f"SELECT x.*{_BESIDE[noun]} FROM {_TABLES[noun]} x WHERE x.id = CAST(:id AS uuid)"
    row = db.execute(text(statement), {"id": id}).one_or_none()
    if row is None or row.programme_id not in reach(actor).all_of:
        raise NotFound(noun)
    kept_back = noun == "need" and (row.publication == CLOSED or row.status == DRAFT)
    if kept_back and row.programme_id not in closed_of(actor):
        raise NotFound(noun)
    return row


def _shown(kind: type[Kind], row: Any) -> Kind:
    """A row as its kind of record: columns that hold an id lose that ending."""
    columns = row._mapping.items()
    given = {name if name == "external_id" else name.removesuffix("_id"): plain_value(value) for name, value in columns}
    return kind(**given)


def plain_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value

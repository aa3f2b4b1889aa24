"""Needs, technologies and rights: list them, confirm what was imported, and say whose they are."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.views import IpRight, Need, Technology
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.reader_names import entitled
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole
from casework.records.tables import metadata

Noun = Literal["need", "technology", "right"]
Kind = TypeVar("Kind", Need, Technology, IpRight)

_TABLES: Mapping[str, str] = {"need": "needs", "technology": "technologies", "right": "rights"}
_NOUNS: Mapping[type, Noun] = {Need: "need", Technology: "technology", IpRight: "right"}
#: What is no statement about the world and cannot be confirmed.
_NO_FIELDS = frozenset({"id", "programme_id", "source", "external_id", "provenance", "created_at", "updated_at"})


def list_records(
    db: Connection,
    actor: Actor,
    kind: type[Kind],
    *,
    filters: Mapping[str, str] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Kind]:
    """Records of the actor's programmes, the newest first. `filters`: programme, and technology of rights."""
    most = insist_limit(limit)
    given: dict[str, Any] = {"all_of": sorted(reach(actor).all_of), "most": most + 1}
    more = ""
    for name, value in (filters or {}).items():
        more += f" AND {_FILTERS[name]}"
        given[name] = value
    if keys := from_cursor(cursor, 2):
        more += " AND (created_at, id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            f"SELECT * FROM {_TABLES[_NOUNS[kind]]} WHERE programme_id = ANY(CAST(:all_of AS uuid[])){more}"
            " ORDER BY created_at DESC, id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.created_at, str(row.id)))
    return Page(items=[_shown(kind, row) for row in shown], next=following)


_FILTERS: Mapping[str, str] = {
    "programme": "programme_id = CAST(:programme AS uuid)",
    "technology": "technology_id = CAST(:technology AS uuid)",
    # Of rights: a part of their number or of their owner's name.
    "words": "(strpos(lower(number), lower(:words)) > 0 OR strpos(lower(owner), lower(:words)) > 0)",
}


def titles_of(db: Connection, actor: Actor, noun: Noun, ids: Collection[str | None]) -> dict[str, str]:
    """By id what those needs or technologies are called that the actor sees, in their language."""
    given = {"ids": sorted(id for id in ids if id), "all_of": sorted(reach(actor).all_of)}
    rows = db.execute(
        text(
            f"SELECT x.id::text, {entitled('x')} FROM {_TABLES[noun]} x WHERE x.id = ANY(CAST(:ids AS uuid[]))"
            " AND x.programme_id = ANY(CAST(:all_of AS uuid[]))"
        ),
        given,
    )
    return {row[0]: row[1] for row in rows}


def show_record(db: Connection, actor: Actor, kind: type[Kind], id: str) -> Kind:
    """One record with where each field comes from and who has confirmed it. Raises NotFound."""
    return _shown(kind, _seen(db, actor, _NOUNS[kind], id))


def confirm_field(db: Connection, actor: Actor, noun: Noun, id: str, *, field: str, request: Request) -> Done:
    """An officer stands for a field as it is; until then no guard believes it. Of two at once the first one does."""
    row = _editable(db, actor, noun, id)
    columns = {column.name for column in metadata.tables[_TABLES[noun]].columns} - _NO_FIELDS
    if field not in columns:
        raise InvalidForm(fields={"field": reasons.catalogue.NOT_CONFIRMABLE})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _take_turn(db, row.programme_id)
    # As it stands now: an import or another person may have had the turn before.
    row = _editable(db, actor, noun, id)
    if getattr(row, field) in (None, "", [], {}):
        raise InvalidForm(fields={"field": reasons.catalogue.NOTHING_TO_CONFIRM})
    provenance = row.provenance.get(field, {})
    if not provenance.get("confirmed_by"):
        provenance = _confirm(db, noun, id, field, actor.person)
        _note(db, noun, row, actor, "field_confirmed")
    return finish(db, actor, request, Done({"id": id, "field": field, "provenance": provenance}))


def set_owner(db: Connection, actor: Actor, noun: Noun, id: str, *, organisation: str, request: Request) -> Done:
    """Say whose a need or technology is: cases opened from now on take the organisation as their party."""
    row = _editable(db, actor, noun, id)
    known = db.execute(
        text("SELECT 1 FROM organisations WHERE id = CAST(:id AS uuid)"), {"id": organisation}
    ).one_or_none()
    if known is None:
        raise InvalidForm(fields={"organisation": reasons.fields.NOT_KNOWN})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _take_turn(db, row.programme_id)
    db.execute(
        text(
            f"UPDATE {_TABLES[noun]} SET owner_id = CAST(:owner AS uuid), updated_at = casework_now()"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"owner": organisation, "id": id},
    )
    _confirm(db, noun, id, "owner_id", actor.person)
    _note(db, noun, row, actor, "owner_set")
    return finish(db, actor, request, Done({"id": id, "owner": organisation}))


def _take_turn(db: Connection, programme: str) -> None:
    """Before a record is written: an import holds the programme's log while it waits for records."""
    with whole(db):
        lock_log(db, programme)


def _note(db: Connection, noun: Noun, row: Any, actor: Actor, kind: str) -> None:
    note_entries(db, _TABLES[noun], row.programme_id, [str(row.id)], kind=kind, by=actor.person)


def _confirm(db: Connection, noun: Noun, id: str, field: str, person: str) -> JsonObject:
    confirmation = {"confirmed_by": person, "confirmed_at": instant(now(db))}
    confirmed: JsonObject = db.execute(
        text(
            f"UPDATE {_TABLES[noun]} SET updated_at = casework_now(), provenance = jsonb_set(provenance,"
            " ARRAY[CAST(:field AS text)], coalesce(provenance->CAST(:field AS text), '{}') || CAST(:told AS jsonb))"
            " WHERE id = CAST(:id AS uuid) RETURNING provenance->CAST(:field AS text)"
        ),
        {"field": field, "told": json.dumps(confirmation), "id": id},
    ).scalar_one()
    return confirmed


def _seen(db: Connection, actor: Actor, noun: Noun, id: str) -> Any:
    row = db.execute(text(f"SELECT * FROM {_TABLES[noun]} WHERE id = CAST(:id AS uuid)"), {"id": id}).one_or_none()
    if row is None or row.programme_id not in reach(actor).all_of:
        raise NotFound(noun)
    return row


def _editable(db: Connection, actor: Actor, noun: Noun, id: str) -> Any:
    row = _seen(db, actor, noun, id)
    if not actor.in_programme(row.programme_id, (Role.OFFICER, Role.SUPERVISOR)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    return row


def _shown(kind: type[Kind], row: Any) -> Kind:
    """A row as its kind of record: columns that hold an id lose that ending."""
    columns = row._mapping.items()
    given = {name if name == "external_id" else name.removesuffix("_id"): _plain(value) for name, value in columns}
    return kind(**given)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return value

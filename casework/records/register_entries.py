"""Entries of registers: rows that no fold of actions gives. The event that writes one says what stands in it.

An event's body has a field for each row that it writes, named by table and key: the columns that were written with their
values, nothing where the row went, or, of what comes by thousands, a digest of the whole row, with those columns alone that a
fold must know. Of a secret, and of bytes, the digest alone is told. A field of the body can be erased, and holds a salted hash as any
other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Column, Connection, DateTime, LargeBinary, Numeric, text

from casework.records.tables import metadata

#: Between the table and the key in the name of a field; no form has a field with it.
MARK = "/"
#: By what the digest of a whole row is called, where something is told beside it.
DIGEST = "digest"


@dataclass(frozen=True)
class Register:
    """A table whose rows are entries: in which log each is told, by which name, and what of it is not."""

    #: The kind of the log.
    log: str
    #: The column that names the log; none where there is one log of that kind.
    home: str | None
    key: tuple[str, ...] = ("id",)
    #: What is told by its digest alone.
    secret: frozenset[str] = frozenset()
    #: What is not told here, each with the reason or with what tells it.
    left: Mapping[str, str] = field(default_factory=dict)
    #: Told by one digest of the whole row.
    whole: bool = False
    #: What is told beside that digest.
    beside: tuple[str, ...] = ()


_USE = "when it was last used, which no action depends on"
REGISTERS: Mapping[str, Register] = {
    "people": Register(
        "person", "id", secret=frozenset({"password_hash"}),
        left=dict.fromkeys(("tour_seen", "list_columns"), "what the person's own pages show, and nobody else relies on"),
    ),
    "tokens": Register("person", "person_id", left={"used_at": _USE}),
    "second_factors": Register(
        "person", "person_id", ("person_id",), left={"last_step": "counts with each sign-in, so that no code opens twice"}
    ),
    "passkeys": Register(
        "person", "person_id", left={"used_at": _USE, "sign_count": "counts with each sign-in, as the authenticator says"}
    ),
    "recovery_codes": Register("person", "person_id", ("person_id", "hash")),
    "identities": Register("person", "person_id", left={"used_at": _USE}),
    "recoveries": Register("person", "person_id", secret=frozenset({"first_half", "second_half"})),
    "notification_preferences": Register("person", "person_id", ("person_id",)),
    "organisations": Register("organisation", "id"),
    "organisation_contacts": Register("organisation", "organisation_id"),
    "organisation_owners": Register("organisation", "organisation_id"),
    "organisation_screenings": Register("organisation", "organisation_id"),
    "webhook_endpoints": Register("organisation", "organisation_id"),
    "incoming_webhooks": Register("organisation", "organisation_id"),
    "programmes": Register(
        "programme", "id",
        left={
            "calendar": "told by every event that makes a version of it",
            "editions": "told by every event that changes them",
            "weights": "told by the event that sets them",
            "retention": "told by the event that sets it",
            "routing": "told by the event that sets it",
            "removal": "told by the events of the removal",
            "batch": "told by the events of the batch",
            "providers": "told by every event that changes them",
            "recount_after": "how far the clocks have been counted again; the clocks themselves are compared",
        },
    ),
    "phases": Register("programme", "programme_id"),
    "letterheads": Register("programme", "programme_id"),
    "legal_holds": Register("programme", "programme_id"),
    "public_catalogues": Register("programme", "programme_id"),
    "list_entries": Register("programme", "programme_id"),
    "case_hygiene_days": Register("programme", "programme_id", ("programme_id", "day")),
    "past_projects": Register("programme", "programme_id"),
    "reports": Register("programme", "programme_id"),
    "matches": Register(
        "programme", "programme_id", whole=True, beside=("need_id", "technology_id"),
        left={"case_id": "compared with the match that the case names"},
    ),
    "match_runs": Register("programme", "programme_id", whole=True),
    "match_proposals": Register("programme", "programme_id", whole=True),
    "sources": Register("programme", "programme_id", left={"fetched_at": "told by the events of what was brought in"}),
    "need_statements": Register("programme", "programme_id", whole=True),
    "interest_requests": Register("programme", "programme_id", whole=True),
    "success_stories": Register("programme", "programme_id", whole=True),
    "story_consents": Register("programme", "programme_id", whole=True, beside=("story_id", "side")),
    "public_figures": Register("programme", "programme_id", whole=True),
    "needs_assessments": Register("programme", "programme_id"),
    "assessment_enterprises": Register("programme", "programme_id"),
    "assessment_visits": Register("programme", "programme_id"),
    "assessment_needs": Register("programme", "programme_id"),
    "editions": Register("installation", None, ("fingerprint",), secret=frozenset({"rules", "texts"})),
    "witnesses": Register("installation", None),
}  # fmt: skip


def told(table: str) -> list[str]:
    """The columns of which entries of a table tell."""
    return [column.name for column in metadata.tables[table].columns if column.name not in REGISTERS[table].left]


def keys_told(table: str) -> set[str]:
    """What is said of a row where all of it is told."""
    register = REGISTERS[table]
    return {DIGEST, *register.beside} if register.whole else {*told(table)}


def name_of(table: str, key: str) -> str:
    """The field of an event's body that tells of this row."""
    return f"{table}{MARK}{key}"


def entries(
    db: Connection,
    table: str,
    home: str | None,
    *,
    keys: Collection[str] | None = None,
    columns: Collection[str] | None = None,
) -> dict[str, Any]:
    """What stands in the rows of a log now, or of any where none is named, by key, as an event tells it; of some keys, and some columns,
    where they are named."""
    register = REGISTERS[table]
    where, given = [], dict[str, Any]()
    if register.home is not None and (home is not None or keys is None):
        where, given = [f"x.{register.home} = CAST(:home AS uuid)"], {"home": home}
    key = key_of(table)
    if keys is not None:
        # By the key as it is stored where it is an id, so that an index serves it.
        plain = register.key == ("id",)
        where.append("x.id = ANY(CAST(:keys AS uuid[]))" if plain else f"{key} = ANY(:keys)")
        given["keys"] = list(keys)
    query = f"SELECT {key} AS key, {_told(table, columns)} AS told FROM {table} x WHERE {' AND '.join(where) or 'true'} ORDER BY key"
    return {row.key: row.told for row in db.execute(text(query), given)}


def body_of(
    db: Connection, table: str, home: str | None, keys: Collection[str], *, columns: Collection[str] | None = None
) -> dict[str, Any]:
    """The fields of an event's body that tell of these rows: what stands in them now, or that they are gone."""
    rows = entries(db, table, home, keys=keys, columns=columns)
    return {name_of(table, key): rows.get(key) for key in sorted(keys)}


def rows_as_told(db: Connection, table: str, ids: Collection[str]) -> dict[str, dict[str, Any]]:
    """All columns of some rows, by id, as an event tells them."""
    pairs = ", ".join(f"'{column.name}', {_plain(column, secret=False)}" for column in metadata.tables[table].columns)
    query = text(
        f"SELECT x.id, jsonb_build_object({pairs}) AS told FROM {table} x WHERE x.id = ANY(CAST(:ids AS uuid[]))"
    )
    return {row.id: row.told for row in db.execute(query, {"ids": list(ids)})}


def key_of(table: str) -> str:
    """A row's key as the history writes it: an expression of SQL over the table as `x`."""
    columns = metadata.tables[table].columns
    parts = [_plain(columns[name], secret=False, as_text=True) for name in REGISTERS[table].key]
    return " || ':' || ".join(parts)


def _told(table: str, some: Collection[str] | None) -> str:
    register, columns = REGISTERS[table], metadata.tables[table].columns
    names = [name for name in told(table) if register.whole or some is None or name in some]
    pairs = ", ".join(f"'{name}', {_plain(columns[name], secret=name in register.secret)}" for name in names)
    built = f"jsonb_build_object({pairs})"
    if not register.whole:
        return built
    if not register.beside:
        return f"to_jsonb(encode(sha256(convert_to({built}::text, 'UTF8')), 'hex'))"
    beside = ", ".join(
        f"'{name}', {_plain(columns[name], secret=False)}" for name in told(table) if name in register.beside
    )
    return f"jsonb_build_object('{DIGEST}', encode(sha256(convert_to({built}::text, 'UTF8')), 'hex'), {beside})"


def _plain(column: Column[Any], *, secret: bool, as_text: bool = False) -> str:
    """A column as it is told, the same whatever the session's time zone is. The names come from our own metadata."""
    name = f'x."{column.name}"'
    if isinstance(column.type, LargeBinary):
        return f"encode(sha256({name}), 'hex')"
    if secret:
        return f"encode(sha256(convert_to({name}::text, 'UTF8')), 'hex')"
    if isinstance(column.type, DateTime):
        return f"to_char({name} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
    if as_text or isinstance(column.type, Numeric):
        return f"{name}::text"
    return name

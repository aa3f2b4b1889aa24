"""Organisations that a programme keeps: enter one, confirm or correct it, and its contacts and owners row by row."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.organisations import (
    CONFIRMED,
    CONTACT,
    EDITORS,
    FIELDS,
    IMPORTED,
    KEPT,
    KINDS,
    OWNER,
    OWNER_KINDS,
    PROVIDER,
    REASON,
    REMOVED,
    SOURCE,
    cleaned,
    look_alike,
)
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.roles import Role
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound, OrganisationInDoubt, RecordHasMoved
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import KNOWN, KNOWN_TO_READERS, OCCURS
from casework.operations.core.register_log import append
from casework.operations.people.registry import register_organisation
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.records.event_log import Log, lock_log
from casework.records.register_entries import body_of
from casework.records.row_security import whole

#: With how it begins what a person need not say.
_BEGINS: JsonMapping = {"kind": "company", "language": "en"}
#: Of one organisation so many contacts, and so many owners.
MOST_ROWS = 50
#: Of so many names one is looked for that looks like a new one.
_MOST_NAMES = 20_000


@dataclass(frozen=True)
class Rows:
    """What an organisation has several of: their table, what one says of each, and how it begins."""

    table: str
    fields: tuple[str, ...]
    begins: JsonMapping


#: By what they are called in addresses.
ROWS: Mapping[str, Rows] = {
    "contacts": Rows("organisation_contacts", CONTACT, {"language": "en"}),
    "owners": Rows("organisation_owners", OWNER, {"kind": "organisation"}),
}


# --- who -------------------------------------------------------------------------------------------------------------

#: An organisation that who reads these programmes has a reason to know.
_SEEN = text(f"SELECT o.* FROM organisations o WHERE o.id = CAST(:id AS uuid) AND {KNOWN_TO_READERS}")
#: Whether it occurs in these programmes.
_OCCURS = text(f"SELECT 1 FROM organisations o WHERE o.id = CAST(:id AS uuid) AND {OCCURS}")


def read_seen(db: Connection, actor: Actor, organisation: str) -> Any:
    """The row of an organisation that the actor has a reason to know. Raises NotFound."""
    asking = {"id": organisation, "seen": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}
    row = db.execute(_SEEN, asking).one_or_none()
    if row is None:
        raise NotFound("organisation")
    return row


def find_home(db: Connection, actor: Actor, row: Any, roles: tuple[Role, ...]) -> tuple[str, By] | None:
    """The programme for which the actor keeps something of an organisation that is seen, and in which capacity: the one that keeps
    it, or one in which it occurs."""
    homes = [str(row.programme_id)] if row.programme_id else sorted(reach(actor).all_of)
    for programme in homes:
        by = in_the_programme(actor, programme, roles)
        if by is None:
            continue
        if row.programme_id or db.execute(_OCCURS, {"id": row.id, "seen": [programme]}).first() is not None:
            return programme, by
    return None


def insist_home(
    db: Connection, actor: Actor, organisation: str, roles: tuple[Role, ...], *, itself: bool = False
) -> tuple[str, By]:
    """The same of one by its id. Raises NotFound, and NotAllowed also for a provider, for one that was merged and, where the record
    `itself` is to say something else and not what the programme alone says of it, for one that no programme keeps."""
    row = read_seen(db, actor, organisation)
    if row.kind == PROVIDER:
        raise NotAllowed(why=reasons.catalogue.KEPT_BY_ADMINISTRATORS)
    home = find_home(db, actor, row, roles)
    if home is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=roles))
    if itself and row.programme_id is None:
        raise NotAllowed(why=reasons.catalogue.ORGANISATION_SHARED)
    if row.merged_into is not None:
        raise NotAllowed(why=reasons.catalogue.ORGANISATION_MERGED)
    return home


def read_seq(db: Connection, organisation: str) -> int:
    """How long its log is: whoever fills in a form about it says so with it."""
    return int(db.execute(text("SELECT seq FROM logs WHERE id = CAST(:id AS uuid)"), {"id": organisation}).scalar_one())


# --- the record itself -----------------------------------------------------------------------------------------------


def record_organisation(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    fields: JsonMapping,
    source: str,
    request: Request,
    confirmed: bool = True,
) -> Done:
    """Enter an organisation; what a person enters counts as confirmed by that person, unless it comes from a table.

    Raises OrganisationInDoubt where the programme knows one with a name like it, unless the request is sure.
    """
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    values = cleaned({**_BEGINS, **fields} | {"name": fields.get("name")})
    _insist_kind(values, KINDS)
    told = {SOURCE: line(source, SOURCE, 300)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    _insist_number_free(db, programme, None, values.get("register_number"))
    if not request.sure and (alike := list_alike(db, programme, values)):
        raise OrganisationInDoubt(alike)
    id = register_organisation(
        db,
        name=values["name"],
        name_zh=values.get("name_zh"),
        country=values.get("country"),
        kind=values["kind"],
        register_number=values.get("register_number"),
        language=values["language"],
        programme=programme,
        more={name: values.get(name) for name in ("address", "size", "state_owned")} | {"confirmed": confirmed},
        words=told,
        by=by,
    )
    return finish(db, actor, request, Done({"id": id}, 201))


def confirm_organisation(
    db: Connection,
    actor: Actor,
    organisation: str,
    *,
    fields: JsonMapping,
    source: str,
    request: Request,
    reason: str | None = None,
    seen: int | None = None,
) -> Done:
    """Stand for all that the record says, from one source, with what `fields` puts right in it.

    A field that is None is emptied; one that is not named stays. What was confirmed before is corrected with a reason. Raises
    RecordHasMoved where its log is longer than it was when the record was `seen`.
    """
    programme, by = insist_home(db, actor, organisation, EDITORS, itself=True)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    log = lock_home(db, organisation, seen)
    before = read_seen(db, actor, organisation)
    values = cleaned({name: fields[name] for name in FIELDS if name in fields}, before.country)
    if "country" in values and "register_number" not in values:
        # The number that stands is one of that country.
        values |= cleaned({"register_number": before.register_number, "country": values["country"]})
    _insist_kind(values, KINDS)
    changed = {name: value for name, value in values.items() if value != getattr(before, name)}
    words = _words(source, reason, needs_reason=before.confirmed and bool(changed))
    _insist_number_free(db, programme, organisation, values.get("register_number"))
    write_columns(db, "organisations", organisation, {**changed, "confirmed": True})
    tell(
        db,
        log,
        by,
        CONFIRMED,
        programme=programme,
        entries={"organisations": [organisation]},
        words=words,
        columns=[*changed, "confirmed"],
    )
    return finish(db, actor, request, Done({"id": organisation, "confirmed": True}))


def complete_organisation(db: Connection, actor: Actor, organisation: str, *, fields: JsonMapping, source: str) -> None:
    """Put what a table says where the record says nothing yet and nobody stands for it; it is confirmed by nobody then, too."""
    programme, by = insist_home(db, actor, organisation, EDITORS, itself=True)
    take_turn(db, programme)
    log = lock_home(db, organisation)
    before = read_seen(db, actor, organisation)
    values = cleaned(dict(fields), before.country)
    _insist_number_free(db, programme, organisation, values.get("register_number"))
    write_columns(db, "organisations", organisation, values)
    entries = {"organisations": [organisation]}
    words = _words(source, None, needs_reason=False)
    tell(db, log, by, IMPORTED, programme=programme, entries=entries, words=words, columns=[*values])


def list_alike(db: Connection, programme: str, fields: JsonMapping) -> list[str]:
    """What organisations are called that the programme knows and that may be the same, ten at most."""
    rows = db.execute(_NAMES, {"seen": [programme], "most": _MOST_NAMES}).all()
    places = look_alike((fields.get("name"), fields.get("name_zh")), [(row.name, row.name_zh) for row in rows])
    return [rows[place].name for place, _ in zip(places, range(10), strict=False)]


#: What the organisations are called that a programme knows, the newest first.
_NAMES = text(f"""
    SELECT o.name, o.name_zh FROM organisations o WHERE o.merged_into IS NULL AND {KNOWN} ORDER BY o.created_at DESC, o.id LIMIT :most
""")
#: Whether a programme knows another organisation than one by a number.
_NUMBERED = text(f"""
    SELECT 1 FROM organisations o WHERE replace(upper(o.register_number), ' ', '') = replace(upper(:number), ' ', '')
    AND o.merged_into IS NULL AND o.id IS DISTINCT FROM CAST(:id AS uuid) AND {KNOWN} LIMIT 1
""")


def _insist_number_free(db: Connection, programme: str, organisation: str | None, number: str | None) -> None:
    given = {"id": organisation, "number": number, "seen": [programme]}
    if number and db.execute(_NUMBERED, given).first() is not None:
        raise InvalidForm(fields={"register_number": reasons.catalogue.ORGANISATION_RECORDED})


def _insist_kind(values: JsonMapping, kinds: tuple[str, ...]) -> None:
    if values.get("kind", kinds[0]) not in kinds:
        raise InvalidForm(fields={"kind": reasons.fields.ONE_OF(choices=kinds)})


# --- its contacts and owners -----------------------------------------------------------------------------------------


def keep_row(
    db: Connection,
    actor: Actor,
    organisation: str,
    what: str,
    id: str | None,
    *,
    fields: JsonMapping,
    request: Request,
    source: str | None = None,
    reason: str | None = None,
    seen: int | None = None,
) -> Done:
    """Enter a contact or an owner, or change one; a change has a reason. Raises what `confirm_organisation` raises."""
    rows = ROWS[what]
    programme, by = insist_home(db, actor, organisation, EDITORS)
    if id is not None:
        _insist_row(db, rows, organisation, programme, id)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_home(db, organisation, seen)
    new = id is None
    given = {name: fields[name] for name in rows.fields if name in fields}
    values = cleaned(given if not new else {**rows.begins, **given} | {"name": given.get("name")})
    if what == "owners":
        _insist_kind(values, OWNER_KINDS)
    words = _words(source, reason, needs_reason=not new)
    if id is not None:
        _insist_row(db, rows, organisation, programme, id)
        write_columns(db, rows.table, id, values)
    else:
        id = _add_row(db, rows, organisation, programme, values)
    tell(db, log, by, KEPT, programme=programme, entries={rows.table: [id]}, words=words)
    return finish(db, actor, request, Done({"id": id}, 201 if new else 200))


def remove_row(
    db: Connection,
    actor: Actor,
    organisation: str,
    what: str,
    id: str,
    *,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Take a contact or an owner out, with a reason. Raises what `confirm_organisation` raises."""
    rows = ROWS[what]
    programme, by = insist_home(db, actor, organisation, EDITORS)
    _insist_row(db, rows, organisation, programme, id)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_home(db, organisation, seen)
    _insist_row(db, rows, organisation, programme, id)
    words = {REASON: line(reason, REASON)}
    db.execute(text(f"DELETE FROM {rows.table} WHERE id = CAST(:id AS uuid)"), {"id": id})
    tell(db, log, by, REMOVED, programme=programme, entries={rows.table: [id]}, words=words)
    return finish(db, actor, request, Done({"id": id}))


def _add_row(db: Connection, rows: Rows, organisation: str, programme: str, values: JsonMapping) -> str:
    home = {"organisation": organisation, "programme": programme}
    count = f"SELECT count(*) FROM {rows.table} WHERE organisation_id = CAST(:organisation AS uuid)"
    if db.execute(text(count), home).scalar_one() >= MOST_ROWS:
        raise InvalidForm(fields={"name": reasons.catalogue.MOST_ROWS(most=MOST_ROWS)})
    id = str(uuid_utils.uuid7())
    columns = ", ".join(values)
    db.execute(
        text(
            f"INSERT INTO {rows.table} (id, organisation_id, programme_id, {columns}) SELECT CAST(:id AS uuid),"
            f" CAST(:organisation AS uuid), CAST(:programme AS uuid), {columns}"
            f" FROM jsonb_populate_record(NULL::{rows.table}, CAST(:values AS jsonb))"
        ),
        {"id": id, **home, "values": json.dumps(values)},
    )
    return id


def _insist_row(db: Connection, rows: Rows, organisation: str, programme: str, id: str) -> None:
    """Raises NotFound unless it is one of that organisation that the programme has entered."""
    statement = text(
        f"SELECT 1 FROM {rows.table} WHERE id = CAST(:id AS uuid) AND organisation_id = CAST(:organisation AS uuid)"
        " AND programme_id = CAST(:programme AS uuid)"
    )
    if db.execute(statement, {"id": id, "organisation": organisation, "programme": programme}).first() is None:
        raise NotFound


# --- what all of them do ---------------------------------------------------------------------------------------------


def tell(
    db: Connection,
    log: Log,
    by: By,
    kind: str,
    *,
    programme: str,
    entries: Mapping[str, list[str]],
    words: Mapping[str, str] | None = None,
    columns: list[str] | None = None,
    effects: RegisterEffects | None = None,
) -> None:
    """Say in the log of an organisation what stands in these rows now, by table, and the words of whoever did it.

    `columns`: those of the organisation itself that were changed, as of the others nothing is said.
    """
    body: JsonObject = {}
    for table, keys in entries.items():
        body |= body_of(db, table, log.id, keys, columns=columns if table == "organisations" else None)
    told: RegisterEffects = {"programme": programme, **(effects or {})}
    event = log.next_event(
        kind, by.person, role=by.role, acting_for=by.acting_for, effects=told, body={**body, **(words or {})}
    )
    append(db, log, [event])


def write_columns(db: Connection, table: str, id: str, values: JsonMapping) -> None:
    if not values:
        return
    columns = ", ".join(f"{name} = r.{name}" for name in values)
    db.execute(
        text(
            f"UPDATE {table} t SET {columns} FROM jsonb_populate_record(NULL::{table}, CAST(:values AS jsonb)) r"
            " WHERE t.id = CAST(:id AS uuid)"
        ),
        {"id": id, "values": json.dumps(values)},
    )


def _words(source: str | None, reason: str | None, *, needs_reason: bool) -> dict[str, str]:
    """The words of whoever enters or corrects something. Raises InvalidForm without a reason where one is needed."""
    if needs_reason and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    given = {SOURCE: (source, 300), REASON: (reason, 10_000)}
    return {name: line(said, name, most) for name, (said, most) in given.items() if said and said.strip()}


def take_turn(db: Connection, programme: str) -> None:
    """Before a number or a name is looked for: others hold the programme's log while they write organisations."""
    with whole(db):
        lock_log(db, programme)


def lock_home(db: Connection, organisation: str, seen: int | None = None) -> Log:
    """The log of an organisation that is to be changed. Raises RecordHasMoved where it is longer than when it was `seen`, and
    NotAllowed where the organisation was merged, be it while one waited for the lock."""
    with whole(db):
        log = lock_log(db, organisation)
        merged = db.execute(_MERGED, {"id": organisation}).scalar_one()
    if merged:
        raise NotAllowed(why=reasons.catalogue.ORGANISATION_MERGED)
    if seen not in (None, log.seq):
        raise RecordHasMoved
    return log


#: Whether another organisation stands in the place of one.
_MERGED = text("SELECT merged_into IS NOT NULL FROM organisations WHERE id = CAST(:id AS uuid)")

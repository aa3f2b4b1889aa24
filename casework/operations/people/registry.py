"""Programmes, organisations, people and their roles: registers whose every change is history too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.names import insist_name
from casework.engine.execution.context import By
from casework.engine.roles import ORGANISATION_ROLES, PERSONAL_ROLES, Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonMapping
from casework.operations.core.email_addresses import insist_address
from casework.operations.core.register_log import CHANGED, ENDED, GRANTED, REGISTERED, append, append_each
from casework.permissions.actors import DECIDES, apart_from
from casework.records.event_log import Log, lock_log, new_log, now
from casework.records.register_entries import body_of, entries, name_of


def _register(
    db: Connection,
    kind: str,
    by: By,
    effects: RegisterEffects,
    values: JsonMapping,
    *,
    words: Mapping[str, str] | None = None,
) -> str:
    """A new row of one of `_HOMES`, and its log, whose first event tells what stands in it, with some words about that."""
    return _register_each(db, kind, by, [(effects, values, words or {})])[0]


def _register_each(
    db: Connection, kind: str, by: By, new: Sequence[tuple[RegisterEffects, JsonMapping, Mapping[str, str]]]
) -> list[str]:
    """The same of several of a kind that fill the same columns: in as many statements as for one."""
    moment, table = now(db), _HOMES[kind]
    ids = [str(uuid_utils.uuid7()) for _ in new]
    columns = ", ".join(new[0][1])
    rows = [{"id": id, **values} for id, (_, values, _) in zip(ids, new, strict=True)]
    db.execute(
        text(
            f"INSERT INTO {table} (id, created_at, {columns}) SELECT id, CAST(:moment AS timestamptz), {columns}"
            f" FROM jsonb_populate_recordset(NULL::{table}, CAST(:values AS jsonb))"
        ),
        {"moment": moment, "values": json.dumps(rows)},
    )
    told = entries(db, table, None, keys=ids)
    begun: list[tuple[Log, RegisterEvent]] = []
    for id, (effects, values, words) in zip(ids, new, strict=True):
        log = new_log(id, kind, id if kind == "programme" else values.get("programme_id"), moment)
        event = RegisterEvent(
            log=id,
            seq=1,
            at=moment,
            kind=REGISTERED,
            actor=by.person,
            role=by.role,
            acting_for=by.acting_for,
            effects=effects,
            body={name_of(table, id): told[id], **words},
        )
        begun.append((log, event))
    append_each(db, begun)
    return ids


_HOMES = {"programme": "programmes", "organisation": "organisations", "person": "people"}


def register_programme(
    db: Connection, *, code: str, name: str, name_zh: str | None, calendar: Calendar, by: str = SYSTEM_ACTOR
) -> str:
    """A programme with its calendar; gives its id. Case numbers begin with its code."""
    if not (code.isascii() and code.isalnum() and code.isupper() and 2 <= len(code) <= 8):
        raise InvalidForm(fields={"code": reasons.people.PROGRAMME_CODE})
    if db.execute(text("SELECT 1 FROM programmes WHERE code = :code"), {"code": code}).first():
        raise InvalidForm(fields={"code": reasons.fields.OF_ANOTHER(noun="programme")})
    name, name_zh = _names(name, name_zh)
    written = calendar.to_json()
    values = {"code": code, "name": name, "name_zh": name_zh, "calendar": written}
    return _register(db, "programme", By(by, None), {"code": code, "calendar": written}, values)


def register_phase(
    db: Connection,
    programme: str,
    *,
    name: str,
    name_zh: str | None,
    starts_on: date,
    ends_on: date | None = None,
    by: str = SYSTEM_ACTOR,
) -> str:
    """A phase of a programme; gives its id."""
    name, name_zh = _names(name, name_zh)
    id = str(uuid_utils.uuid7())
    db.execute(
        text(
            "INSERT INTO phases (id, programme_id, name, name_zh, starts_on, "
            "ends_on) VALUES (:id, :programme, :name, :name_zh, :starts, :ends)"
        ),
        {"id": id, "programme": programme, "name": name, "name_zh": name_zh, "starts": starts_on, "ends": ends_on},
    )
    effects: RegisterEffects = {
        "phase": id,
        "starts_on": starts_on.isoformat(),
        "ends_on": ends_on.isoformat() if ends_on else None,
    }
    log = lock_log(db, programme)
    append(db, log, [log.next_event(CHANGED, by, effects=effects, body=body_of(db, "phases", programme, [id]))])
    return id


def register_organisation(
    db: Connection,
    *,
    name: str,
    name_zh: str | None = None,
    country: str | None = None,
    kind: str = "company",
    services: Sequence[str] = (),
    register_number: str | None = None,
    language: str = "en",
    provenance: JsonMapping | None = None,
    programme: str | None = None,
    more: JsonMapping | None = None,
    words: Mapping[str, str] | None = None,
    by: str | By = SYSTEM_ACTOR,
) -> str:
    """An organisation: a party, or a provider of services; gives its id.

    `programme`: the one that keeps it; `more`: address, size, whether it is state-owned, and whether a person stands for it all;
    `words`: the source of that.
    """
    effects, values = _organisation(
        name=name,
        name_zh=name_zh,
        country=country,
        kind=kind,
        services=services,
        register_number=register_number,
        language=language,
        provenance=provenance,
        programme=programme,
    )
    capacity = by if isinstance(by, By) else By(by, None)
    return _register(db, "organisation", capacity, effects, {**values, **(more or {})}, words=words)


def register_owners(
    db: Connection,
    countries: Mapping[str, str | None],
    *,
    origin: JsonMapping,
    programme: str,
    by: str,
) -> dict[str, str]:
    """Parties that are told by name with their country, each a record of its own; gives their ids by name."""
    if not countries:
        return {}
    new: list[tuple[RegisterEffects, JsonMapping, Mapping[str, str]]] = []
    for name, country in countries.items():
        provenance = {"name": origin} | ({"country": origin} if country else {})
        new.append((*_organisation(name=name, country=country, provenance=provenance, programme=programme), {}))
    return dict(zip(countries, _register_each(db, "organisation", By(by, None), new), strict=True))


def _organisation(
    *,
    name: str,
    name_zh: str | None = None,
    country: str | None = None,
    kind: str = "company",
    services: Sequence[str] = (),
    register_number: str | None = None,
    language: str = "en",
    provenance: JsonMapping | None = None,
    programme: str | None = None,
) -> tuple[RegisterEffects, JsonMapping]:
    """What the log says of a new one, and its columns."""
    name, name_zh = _names(name, name_zh)
    effects: RegisterEffects = {"kind": kind, "services": list(services), "country": country}
    if programme is not None:
        effects["programme"] = programme
    values = {
        "name": name,
        "name_zh": name_zh,
        "country": country,
        "kind": kind,
        "services": list(services),
        "register_number": register_number,
        "language": language,
        "profile": {},
        "provenance": provenance or {},
        "programme_id": programme,
        "confirmed": False,
    }
    return effects, values


def register_person(
    db: Connection,
    *,
    email: str,
    name: str,
    name_zh: str | None = None,
    password_hash: str | None = None,
    language: str = "en",
    zone: str = "Asia/Shanghai",
    service: bool = False,
    by: str = SYSTEM_ACTOR,
) -> str:
    """A person with an account; gives the id that stands for that person in the history."""
    email = insist_address(email)
    taken = db.execute(text("SELECT 1 FROM people WHERE lower(email) = :email"), {"email": email}).first()
    if taken:
        raise InvalidForm(fields={"email": reasons.fields.OF_ANOTHER(noun="account")})
    name, name_zh = _names(name, name_zh)
    values = {
        "email": email,
        "name": name,
        "name_zh": name_zh,
        "password_hash": password_hash,
        "language": language,
        "zone": zone,
        "theme": "auto",
        "single_keys": True,
        "active": True,
        "service": service,
    }
    return _register(db, "person", By(by, None), {}, values)


def grant_role(
    db: Connection,
    person: str,
    role: str,
    *,
    programme: str | None = None,
    organisation: str | None = None,
    deputy_for: str | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    absence: str | None = None,
    via: str | None = None,
    invitation: str | None = None,
    request: str | None = None,
    because: RegisterEffects | None = None,
    by: str = SYSTEM_ACTOR,
) -> str:
    """A membership: a role within a programme or an organisation, for a time; gives its id.

    `absence` and `via`: it is a deputy's, because of that absence, and passes on that membership. `invitation`: the person
    accepted it. `request`: a second person agreed to what was asked for (`role_requests`); whether that is needed is for
    the caller to know. `because`: the file of people, or the group at the provider of sign-in, by which it is given.
    """
    scope = programme or organisation
    if role not in PERSONAL_ROLES:
        raise InvalidForm(fields={"role": reasons.fields.ONE_OF(choices=PERSONAL_ROLES)})
    if scope is None or (programme and organisation) or (role in ORGANISATION_ROLES) != (organisation is not None):
        raise InvalidForm(fields={"role": reasons.people.HELD_WITHIN})
    log = lock_log(db, scope)
    id, start = str(uuid_utils.uuid7()), starts_at or log.now
    insist_given(db, person, role, scope, start, end=ends_at)
    effects: RegisterEffects = {
        "membership": id,
        "person": person,
        # What is hashed is plain text.
        "role": str(role),
        "deputy_for": deputy_for,
        "starts_at": _text(start),
        "ends_at": _text(ends_at),
    }
    if absence is not None:
        effects |= {"absence": absence, "via": via}
    if invitation is not None:
        effects |= {"invitation": invitation}
    if request is not None:
        effects |= {"request": request}
    effects |= because or {}
    append(db, log, [log.next_event(GRANTED, by, effects=effects)])
    db.execute(
        text(
            "INSERT INTO memberships (id, person_id, role, programme_id, organisation_id, deputy_for, starts_at, ends_at,"
            " absence_id, via_id) VALUES (:id, :person, :role, :programme, :organisation, :deputy_for, :starts_at, :ends_at,"
            " :absence, :via)"
        ),
        {
            "id": id,
            "person": person,
            "role": role,
            "programme": programme,
            "organisation": organisation,
            "deputy_for": deputy_for,
            "starts_at": start,
            "ends_at": ends_at,
            "absence": absence,
            "via": via,
        },
    )
    return id


def insist_given(db: Connection, person: str, role: str, scope: str, start: datetime, *, end: datetime | None) -> None:
    """That the person may have the role in that time, beside the others and with an open account. Raises InvalidForm.

    Reads no mediation.
    """
    if end is not None and end <= start:
        raise InvalidForm(fields={"ends_at": reasons.fields.AFTER_START})
    # Held, so that an account that is being closed beside this is closed before or after it.
    if (
        db.execute(text("SELECT active FROM people WHERE id = CAST(:id AS uuid) FOR SHARE"), {"id": person}).scalar()
        is False
    ):
        raise InvalidForm(fields={"person": reasons.people.CLOSED_ACCOUNT})
    if not (others := apart_from(role)):
        return
    given = {"person": person, "programme": scope, "others": sorted(others), "start": start, "end": end}
    other = db.execute(_HOLDS_OTHER, given).scalar()
    if role == Role.DISPUTE_OFFICER and other in DECIDES:
        raise InvalidForm(fields={"role": reasons.people.DECIDES_HERE})
    if other is not None:
        beside = reasons.people.JUDGE_HERE if other in _JUDGE_OR_JUDGED else reasons.people.ROLE_HERE
        raise InvalidForm(fields={"role": beside(role=other)})
    if role == Role.DISPUTE_OFFICER and db.execute(_HAS_CASES, given).first():
        raise InvalidForm(fields={"role": reasons.people.OPEN_CASES})


#: Whose work an auditor judges, or who judges it: nobody has both in that time.
_JUDGE_OR_JUDGED = {Role.AUDITOR, Role.SUPERVISOR, Role.COMPLIANCE, Role.ADMINISTRATOR}
#: A role out of some others that a person holds in a programme within that time.
_HOLDS_OTHER = text("""
    SELECT role FROM memberships WHERE person_id = CAST(:person AS uuid) AND programme_id = CAST(:programme AS uuid)
    AND role = ANY(:others) AND (ends_at IS NULL OR ends_at > CAST(:start AS timestamptz))
    AND (CAST(:end AS timestamptz) IS NULL OR starts_at < CAST(:end AS timestamptz)) ORDER BY role LIMIT 1
""")
#: Whether a person owns or works on an open case of a programme.
_HAS_CASES = text("""
    SELECT 1 FROM cases WHERE programme_id = CAST(:programme AS uuid) AND closed_at IS NULL
    AND (owner_id = CAST(:person AS uuid) OR CAST(:person AS uuid) = ANY(team)) LIMIT 1
""")


def end_role(
    db: Connection, membership: str, *, because: RegisterEffects | None = None, by: str = SYSTEM_ACTOR
) -> bool:
    """End a membership now, or before it has begun; False where it had ended. `because` as when it is given."""
    row = db.execute(
        text(
            "SELECT coalesce(programme_id, organisation_id) AS scope, starts_at, ends_at FROM memberships WHERE id = CAST(:id AS uuid)"
        ),
        {"id": membership},
    ).one_or_none()
    if row is None:
        raise NotFound("membership")
    log = lock_log(db, row.scope)
    if row.ends_at is not None and row.ends_at <= log.now:
        return False
    # A role that has not begun never will.
    end = max(log.now, row.starts_at)
    effects: RegisterEffects = {"membership": membership, "ends_at": _text(end)}
    effects |= because or {}
    append(db, log, [log.next_event(ENDED, by, effects=effects)])
    db.execute(
        text("UPDATE memberships SET ends_at = :end WHERE id = CAST(:id AS uuid)"), {"end": end, "id": membership}
    )
    return True


def _names(name: str, name_zh: str | None) -> tuple[str, str | None]:
    """A name in both languages; nobody has one that could pass for another's. Raises InvalidForm."""
    return insist_name(name), insist_name(name_zh, "name_zh") if name_zh and name_zh.strip() else None


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()

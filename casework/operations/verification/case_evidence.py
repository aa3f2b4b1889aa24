"""By what a case can be judged without us, as parts of its file: the editions and calendars that it names, and the roles used in it.

An edition and a calendar are written in the canonical form, so that the SHA-256 of the part is the digest that the history
names. Of the registers the file has what whoever acted in the case rests on and nothing else: of these people the roles in
which they acted, given and ended by then, with who asked and who agreed, and the absences that passed them on. Their words
are kept behind hashes. Nobody who reads the case whole learns of another person's roles, or of another role of the same one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.deadlines.calendars import Calendar
from casework.engine.removals import digest_of_case
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.case import Case
from casework.engine.state.events import HANDED_OVER, INTEREST_DECLARED, NO_PERSONS, OPENED
from casework.engine.tasks.routing_tables import ROUTING_SET
from casework.json_values import JsonObject
from casework.ledger.canonical_json import canonical
from casework.ledger.redactable_bodies import erase
from casework.operations.core.register_log import AWAY, BACK, CHANGED, ENDED, GRANTED, REGISTERED, ROLE_ASKED
from casework.operations.verification.event_proofs import told_event
from casework.records.row_security import whole

EDITIONS, CALENDARS, ROLES = "editions/", "calendars/", "roles.json"
#: Of the part with the roles.
FORM = 1

#: Of its opener and of whoever declared an interest it is not told in whose name the role was held, nor to whom a case was handed over.
_IN_ANY_NAME = frozenset({OPENED, INTEREST_DECLARED})


@dataclass(frozen=True, slots=True)
class _Used:
    """A role of a person within a programme or an organisation."""

    scope: str
    person: str
    role: str
    #: In whose place it was held; None of who held it in the own name.
    acting_for: str | None = None
    #: When it was held, where in whose name does not matter.
    in_any_name: datetime | None = None


@dataclass(frozen=True, slots=True)
class Judging:
    """What belongs into the file of a case beside its history."""

    #: By name the content of each part.
    parts: Mapping[str, bytes]
    #: Of registers the events that these tell, by log.
    registers: Mapping[str, Sequence[int]]


def gather_judging(db: Connection, case: Case, rows: Sequence[Any]) -> Judging:
    """By what a history can be judged, which is given as it is stored."""
    library, calendars = load_library().editions, _calendars(db, case.programme, rows)
    parts = {
        f"{EDITIONS}{fingerprint}.json": canonical(library[fingerprint].rules)
        for fingerprint in sorted(set(_editions(rows)))
        if fingerprint in library
    }
    parts |= {f"{CALENDARS}{digest}.json": content for digest, (content, _) in sorted(calendars.items())}
    said = [
        *_roles(db, case, rows),
        *(row for _, row in calendars.values()),
        *_decided(db, case, rows),
        *_routed(db, case, rows),
    ]
    told = {(row.log_id, row.seq): row for row in said}
    written = {"form": FORM, "programme": case.programme, "events": [_sealed(told[key]) for key in sorted(told)]}
    parts[ROLES] = (json.dumps(written, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    registers: dict[str, list[int]] = {}
    for log, seq in sorted(told):
        registers.setdefault(log, []).append(seq)
    return Judging(parts, registers)


def _editions(rows: Iterable[Any]) -> Iterator[str]:
    """The editions that a history names: of its tracks, and of tasks that come from another track's."""
    for row in rows:
        if row.header["edition"]:
            yield row.header["edition"]
        for opened in (*row.effects.get("tracks", ()), *row.effects.get("tasks", ())):
            yield opened["edition"]
        if (migration := row.effects.get("migration")) is not None:
            yield from (migration["from"], migration["to"])


def _sealed(row: Any) -> JsonObject:
    """An event of a register as it is sealed, with the words of its body behind their hashes."""
    return told_event(row) | {"body": erase(row.body, row.body.keys())}


# --- calendars -------------------------------------------------------------------------------------------------------


def _calendars(db: Connection, programme: str, rows: Iterable[Any]) -> dict[str, tuple[bytes, Any]]:
    """The versions of the programme's calendar that a history names: as the digest is made of, and the event that said it."""
    named = set(_digests(rows))
    found: dict[str, tuple[bytes, Any]] = {}
    with whole(db):
        told = db.execute(_SAID_CALENDAR, {"log": programme, "kinds": [REGISTERED, CHANGED]}).all()
    for row in told:
        calendar = Calendar.from_json(row.effects["calendar"])
        if calendar.digest in named and calendar.digest not in found:
            found[calendar.digest] = (canonical(calendar.to_json()), row)
    return found


def _digests(rows: Iterable[Any]) -> Iterator[str]:
    for row in rows:
        if "calendar" in row.effects:
            yield row.effects["calendar"]
        for clock in (*row.effects.get("clocks", ()), *row.effects.get("clock_states", ())):
            if "calendar" in clock:
                yield clock["calendar"]


# --- routing tables -----------------------------------------------------------------------------------------------------


def _routed(db: Connection, case: Case, rows: Iterable[Any]) -> Sequence[Any]:
    """The events that set the versions of the programme's routing table by which tasks of a case were given to people."""
    routed = [row.effects["allocation"]["routed"] for row in rows if "routed" in row.effects.get("allocation", ())]
    if not routed:
        return ()
    with whole(db):
        versions = sorted({one["version"] for one in routed})
        return db.execute(_TABLES, {"log": case.programme, "kind": ROUTING_SET, "versions": versions}).all()


# --- what two persons decided ------------------------------------------------------------------------------------------


def _decided(db: Connection, case: Case, rows: Iterable[Any]) -> list[Any]:
    """The events by which two persons decided that the contents of a case were removed, or that it moved with others, and that the worker
    came to it."""
    found: list[Any] = []
    for effect, name, agreed, kind, told in (
        ("removal", "decision", "removal_agreed", "case_removed", "case_removal"),
        ("migration", "batch", "batch_agreed", "batch_case", "batch_case"),
    ):
        decisions = [row.effects[effect][name] for row in rows if name in row.effects.get(effect, ())]
        if decisions:
            given = {"log": case.programme, "decisions": decisions, "case": digest_of_case(case.log)}
            with whole(db):
                found += db.execute(_DECISIONS, {**given, "agreed": agreed, "kind": kind, "told": told}).all()
    return found


# --- roles -----------------------------------------------------------------------------------------------------------


def _used(case: Case, rows: Iterable[Any]) -> set[_Used]:
    """The roles in which people acted in a case, and that of those to whom it was given."""
    used = set[_Used]()
    given_to = str(Role.DISPUTE_OFFICER if case.kind == "mediation" else Role.OFFICER)
    for row in rows:
        header, role = row.header, row.header["role"]
        if header["actor"] not in NO_PERSONS and role:
            provider = role in ORGANISATION_ROLES
            scope = str(header["organisation"] if provider else case.programme)
            any_name = row.at if header["kind"] in _IN_ANY_NAME and not provider else None
            used.add(_Used(scope, header["actor"], role, None if any_name else header["acting_for"], any_name))
        named = {row.effects.get("owner"), *row.effects.get("team", ())} - {None}
        any_name = row.at if header["kind"] == HANDED_OVER else None
        used |= {_Used(case.programme, str(person), given_to, None, any_name) for person in named}
    return used


def _roles(db: Connection, case: Case, rows: Sequence[Any]) -> list[Any]:
    """The events that gave and ended these roles until the newest of the case, and that passed them on or asked for them."""
    used, until = _used(case, rows), rows[-1].at
    found: list[Any] = []
    with whole(db):
        for scope in sorted({one.scope for one in used}):
            found += _in_scope(db, scope, [one for one in used if one.scope == scope], until)
    return found


def _in_scope(db: Connection, scope: str, used: Collection[_Used], until: Any) -> Iterator[Any]:
    asked = {"log": scope, "until": until, "people": sorted({one.person for one in used})}

    def by_key(key: str, kinds: Sequence[str], rows: Iterable[Any]) -> Sequence[Any]:
        ids = sorted({row.effects[key] for row in rows if row.effects.get(key)})
        return db.execute(_BY_KEY, {**asked, "kinds": kinds, "key": key, "ids": ids}).all() if ids else ()

    given = db.execute(_GIVEN, {**asked, "kind": GRANTED}).all()
    ends = {row.effects["membership"]: row.effects["ends_at"] for row in by_key("membership", [ENDED], given)}
    needed = {row.effects["membership"]: row for one in used for row in _needed(one, given, ends)}
    mine = list(needed.values())
    # What was passed on rests on the role of whoever is away, which may have been passed on in turn.
    known = set(needed)
    while missing := {row.effects.get("via") for row in mine} - known - {None}:
        known |= missing
        mine += db.execute(_BY_KEY, {**asked, "kinds": [GRANTED], "key": "membership", "ids": sorted(missing)}).all()
    yield from mine
    for key, kinds in (("membership", [ENDED]), ("request", [ROLE_ASKED]), ("absence", [AWAY, BACK])):
        yield from by_key(key, kinds, mine)


def _needed(one: _Used, given: Iterable[Any], ends: Mapping[str, str | None]) -> list[Any]:
    """The events that gave this role in the name in which it was used; where any would do, in another's only if the own was not held."""
    mine = [row for row in given if (row.effects["person"], row.effects["role"]) == (one.person, one.role)]
    same = [row for row in mine if row.effects["deputy_for"] == one.acting_for]
    at = one.in_any_name
    if at is None or any(_held(row, ends.get(row.effects["membership"], row.effects["ends_at"]), at) for row in same):
        return same
    return mine


def _held(row: Any, ends_at: str | None, at: datetime) -> bool:
    begins = max(row.at, datetime.fromisoformat(row.effects["starts_at"]))
    return begins <= at and (ends_at is None or at < datetime.fromisoformat(ends_at))


_COLUMNS = "e.log_id::text AS log_id, e.seq, e.at, e.header, e.effects, e.body, e.hash"
#: Decisions of a programme, what was proposed, and that they came to a case.
_DECISIONS = text(f"""
    SELECT {_COLUMNS} FROM events e WHERE e.log_id = CAST(:log AS uuid) AND (e.seq = ANY(:decisions) OR e.seq IN (
        SELECT CAST(d.effects->CAST(:agreed AS text)->>'asked' AS bigint) FROM events d
        WHERE d.log_id = CAST(:log AS uuid) AND d.seq = ANY(:decisions)
    ) OR e.kind = :kind AND e.effects->CAST(:told AS text)->>'case' = :case
        AND CAST(e.effects->CAST(:told AS text)->>'decision' AS bigint) = ANY(:decisions)) ORDER BY e.seq
""")
#: The events that set some versions of a programme's routing table.
_TABLES = text(f"""
    SELECT {_COLUMNS} FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = :kind
    AND CAST(e.effects->'routing'->>'version' AS bigint) = ANY(:versions) ORDER BY e.seq
""")
#: The events by which a programme said when people work.
_SAID_CALENDAR = text(f"""
    SELECT {_COLUMNS} FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = ANY(:kinds) AND e.effects ? 'calendar' ORDER BY e.seq
""")
#: The events that gave some people roles in a scope until a moment.
_GIVEN = text(f"""
    SELECT {_COLUMNS} FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = :kind AND e.at <= :until
    AND e.effects->>'person' = ANY(:people) ORDER BY e.seq
""")
#: The events of a scope until a moment that speak of these memberships, requests or absences.
_BY_KEY = text(f"""
    SELECT {_COLUMNS} FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.kind = ANY(:kinds) AND e.at <= :until
    AND e.effects->>:key = ANY(:ids) ORDER BY e.seq
""")

"""What was read: every page and answer that an auditor, or somebody let in for a time, was shown; what anybody took out,
a document, the file of a case or a list; and who opened a sealed mediation. Kept for those who watch the watchers, of a
mediation for those named for it alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.core.paging import Page, cursor_count, from_cursor, insist_limit, page
from casework.operations.core.reader_names import called
from casework.permissions.actors import PROVIDER_ROLES, Actor
from casework.records.row_security import whole

LONGEST = 300
#: No more lines are taken out at once.
MOST_EXPORTED = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """That somebody was shown something."""

    at: str
    #: Of whom it was shown to.
    name: str
    #: Of the case, where it was one.
    number: str | None
    #: Path and query that were asked for.
    address: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedReading:
    """Who has opened a sealed mediation."""

    name: str
    #: The last time, and how often.
    at: str
    times: int


def is_watched(actor: Actor) -> bool:
    """Whose readings are all kept: an auditor's, and those of whom something was opened for."""
    return Role.AUDITOR in actor.roles() or bool(actor.opened)


def may_read_sealed(actor: Actor) -> bool:
    """Whether something sealed may be shown to somebody who is not watched: to those who mediate, on whichever side."""
    return bool(actor.roles() & {Role.DISPUTE_OFFICER, *PROVIDER_ROLES})


def note_reading(
    db: Connection,
    actor: Actor,
    address: str,
    number: str | None = None,
    *,
    within: Mapping[str, Any] | None = None,
    only_sealed: bool = False,
) -> None:
    """Keep that somebody was shown this; of `only_sealed`, where it is a sealed mediation's.

    `within` names the mediation, task or referral that stands in the address.
    """
    kept = "".join(letter for letter in address if letter.isprintable())[:LONGEST]
    places = {name: (within or {}).get(name) for name in ("mediation", "task", "referral")}
    given: dict[str, Any] = {name: str(value) if value else None for name, value in places.items()}
    given |= {"person": actor.person, "number": number[:100] if number else None}
    given |= {"address": kept, "only_sealed": only_sealed}
    # Whoever was shown it: that it was sealed is kept, and not told.
    with whole(db):
        db.execute(_NOTE, given)


#: Notes that somebody read something. What is a sealed mediation's is kept apart, by whatever address it was reached.
_NOTE = text("""
    WITH home AS (
        SELECT m.id FROM mediations m WHERE m.id = CAST(:mediation AS uuid)
        OR m.id = (SELECT log_id FROM tasks WHERE id = CAST(:task AS uuid))
        OR m.id = (SELECT log_id FROM tracks WHERE id = CAST(:referral AS uuid))
    ), sealed AS (
        INSERT INTO sealed_readings (log_id, person_id, at, address)
        SELECT home.id, CAST(:person AS uuid), casework_now(), split_part(:address, '?', 1) FROM home
    )
    INSERT INTO readings (person_id, at, number, address)
    SELECT CAST(:person AS uuid), casework_now(), :number, :address WHERE NOT :only_sealed AND NOT EXISTS (SELECT FROM home)
""")


def note_sealed(db: Connection, actor: Actor, log: str, address: str) -> None:
    """Keep that somebody, on whichever side, opened a sealed mediation."""
    db.execute(
        _NOTE,
        {
            "person": actor.person,
            "number": None,
            "address": address[:LONGEST],
            "mediation": log,
            "task": None,
            "referral": None,
            "only_sealed": True,
        },
    )


def note_document(db: Connection, actor: Actor, address: str, number: str | None, document: str) -> None:
    """Keep that somebody, in whatever role, took a document's file out."""
    db.execute(
        text(
            "INSERT INTO readings (person_id, at, number, address, document_id)"
            " VALUES (CAST(:person AS uuid), casework_now(), :number, :address, CAST(:document AS uuid))"
        ),
        {"person": actor.person, "number": number, "address": address[:LONGEST], "document": document},
    )


def list_readings(
    db: Connection, actor: Actor, *, number: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[Reading]:
    """What the auditors of the actor's programmes have read, and others in an emergency, and what anybody took out, the
    newest first; for auditors and managers. Of sealed mediations nothing."""
    most = insist_limit(limit)
    more, given = _asked(actor, number)
    if keys := from_cursor(cursor, 1):
        more, given["after"] = more + " AND r.id < :after", cursor_count(keys[0])
    rows = db.execute(text(f"{_LISTED}{more} ORDER BY r.id DESC LIMIT :most"), given | {"most": most + 1}).all()
    shown, following = page(rows, most, lambda row: (row.id,))
    return Page(items=[_shown(row) for row in shown], next=following)


def export_readings(db: Connection, actor: Actor, *, number: str | None = None) -> list[Reading]:
    """The same at once, to be taken out: the newest `MOST_EXPORTED`."""
    more, given = _asked(actor, number)
    rows = db.execute(text(f"{_LISTED}{more} ORDER BY r.id DESC LIMIT :most"), given | {"most": MOST_EXPORTED})
    return [_shown(row) for row in rows]


def _asked(actor: Actor, number: str | None) -> tuple[str, dict[str, Any]]:
    """The condition on what the reading log shows somebody, and its values. Raises NotFound."""
    programmes = sorted(
        {m.programme for m in actor.memberships if m.programme and m.role in (Role.AUDITOR, Role.MANAGER)}
    )
    if not programmes:
        raise NotFound
    given: dict[str, Any] = {"programmes": programmes, "role": Role.AUDITOR}
    return (" AND r.number = :number", given | {"number": number}) if number else ("", given)


def _shown(row: Any) -> Reading:
    return Reading(at=instant(row.at), name=row.name, number=row.number, address=row.address)


#: How addresses end of what is taken out.
_TAKEN_OUT = "(/file|/sheet|/certificate[.a-z]*|/history[.]pdf|/(findings|readings)[.]json|[.]csv|[.]xlsx)$"
#: That everything that somebody read is shown: what an auditor of one of the programmes did.
_ALL_OF = "r.person_id IN (SELECT person_id FROM memberships WHERE role = :role AND programme_id = ANY(CAST(:programmes AS uuid[])))"
#: Who read what in some programmes.
#: Of a provider's people what they took out of the programme's cases, of its own people lists of cases as well.
_SHOWN = f"""
    (
        {_ALL_OF}
        OR EXISTS (
            SELECT FROM openings o JOIN cases c ON c.id = o.log_id WHERE o.kind = 'break_glass' AND o.reader_id = r.person_id
            AND c.number = r.number AND r.at >= o.asked_at AND c.programme_id = ANY(CAST(:programmes AS uuid[]))
        ) OR (r.document_id IS NOT NULL OR split_part(r.address, '?', 1) ~ '{_TAKEN_OUT}')
        AND CASE
            WHEN r.number IS NULL THEN r.person_id IN (SELECT person_id FROM memberships
                WHERE programme_id = ANY(CAST(:programmes AS uuid[])))
            ELSE r.number IN (SELECT number FROM cases WHERE programme_id = ANY(CAST(:programmes AS uuid[]))) END
    )
"""
#: The newest first, as a page lists them.
_LISTED = f"""
    SELECT r.id, r.at, r.number, r.address, {called("p")} AS name FROM readings r JOIN people p ON p.id = r.person_id
    WHERE {_SHOWN}
"""
#: The same with what binds each to its chain, as far as a chain is published; and whether somebody is shown the whole chain.
_CHAINED = f"""
    SELECT r.id, r.person_id, r.n, r.nonce, b.hash AS prev, r.at, r.number, split_part(r.address, '?', 1) AS path,
        substr(r.address, length(split_part(r.address, '?', 1)) + 1) AS asked, r.salt, r.query, r.document_id, r.hash, {_ALL_OF} AS whole
    FROM readings r LEFT JOIN readings b ON b.person_id = r.person_id AND b.n = r.n - 1
    WHERE {_SHOWN} AND NOT EXISTS (
        SELECT FROM unnest(CAST(:readers AS uuid[]), CAST(:waiting AS bigint[])) AS later (reader, n)
        WHERE later.reader = r.person_id AND r.n >= later.n
    )
"""


#: Those of whole chains that are older than all that were found, and whose places are after the first of the chain that was.
_BETWEEN = text(f"""
    {_CHAINED} AND r.id < :oldest AND EXISTS (
        SELECT FROM unnest(CAST(:chains AS uuid[]), CAST(:firsts AS bigint[])) AS x (reader, n)
        WHERE x.reader = r.person_id AND r.n > x.n
    )
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Chained:
    """Readings as their chains have them, each chain in its order: the newest ones, and whether there are older ones."""

    programmes: list[str]
    rows: list[Any]
    more: bool


def chained_readings(
    db: Connection, actor: Actor, *, number: str | None, waiting: Mapping[str, int], most: int
) -> Chained:
    """The same with what binds each to its chain, of each reader before the one that is said to be `waiting`. Raises NotFound.

    Of somebody whose whole chain is shown nothing is left out between the first of them and the last.
    """
    more, given = _asked(actor, number)
    given |= {"readers": list(waiting), "waiting": list(waiting.values())}
    found = db.execute(text(f"{_CHAINED}{more} ORDER BY r.id DESC LIMIT :most"), given | {"most": most + 1}).all()
    rows = {row.id: row for row in found}
    if len(found) > most and number is None:
        # Two of one person that came at once may have their places in the chain the other way round.
        first = {row.person_id: row.n for row in sorted(found, key=lambda row: -row.n) if row.whole}
        of = {"oldest": found[-1].id, "chains": list(first), "firsts": list(first.values())}
        rows |= {row.id: row for row in db.execute(_BETWEEN, given | of)}
    newest, latest = [], dict[str, int]()
    for row in sorted(rows.values(), key=lambda row: (row.person_id, row.n)):
        # No later one of a chain is left out for an earlier one of it.
        latest[row.person_id] = max(row.id, latest.get(row.person_id, 0))
        newest.append((latest[row.person_id], row))
    newest.sort(key=lambda one: (-one[0], -one[1].n))
    taken = sorted((row for _, row in newest[:most]), key=lambda row: (row.person_id, row.n))
    return Chained(programmes=given["programmes"], rows=taken, more=len(rows) > most)


def list_sealed_readings(db: Connection, mediation: str, *, most: int = 50) -> list[SealedReading]:
    """Who has opened a sealed mediation and when, the last first; for a caller who sees it whole."""
    rows = db.execute(
        text(
            f"SELECT {called('p')} AS name, max(r.at) AS at, count(*) AS times FROM sealed_readings r JOIN people p ON p.id = r.person_id"
            " WHERE r.log_id = CAST(:log AS uuid) GROUP BY p.id ORDER BY at DESC, p.id LIMIT :most"
        ),
        {"log": mediation, "most": most},
    )
    return [SealedReading(name=row.name, at=instant(row.at), times=row.times) for row in rows]

"""What no single log can tell: rows without a log, editions, numbers without gaps, answered requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, text

from casework.ledger.canonical_json import NotCanonical, digest
from casework.operations.verification.kept_rows import PARTS
from casework.operations.verification.rows import HOMES, HOMES_OF_EVIDENCE, Finding, later_than_head
from casework.records.register_entries import REGISTERS

#: In which logs there are files, and papers of registers.
_WHERE_FILES_LIE = {"files": ("case", "mediation", *HOMES_OF_EVIDENCE), "evidence": HOMES_OF_EVIDENCE}


def check_rest(db: Connection, since: datetime | None = None) -> Iterator[Finding]:
    """What no single log can tell: rows without a log, editions, numbers without gaps, answered requests; with `since` only those requests
    that were made since then, since they alone take long."""
    yield from _orphans(db)
    yield from _editions(db)
    yield from _numbers(db)
    yield from _letter_numbers(db)
    yield from _requests(db, since)
    yield from _contents(db)
    yield from later_than_head(db)
    yield from _matches(db)


def _orphans(db: Connection) -> Iterator[Finding]:
    """Rows of a log that is not there, and events likewise."""
    for kind, table in (*HOMES.items(), ("case", "case_dates")):
        query = text(
            f"SELECT id FROM {table} x WHERE NOT EXISTS (SELECT FROM logs l WHERE l.id = x.id AND l.kind = :kind)"
        )
        for id in db.execute(query, {"kind": kind}).scalars():
            yield Finding("orphan", f"A row of {table} has no log: {id}.", None, None, None, table, id)
    for table in (*PARTS, "evidence", "events"):
        query = text(
            f"SELECT DISTINCT log_id FROM {table} x WHERE NOT EXISTS (SELECT FROM logs l WHERE l.id = x.log_id)"
        )
        for id in db.execute(query).scalars():
            yield Finding("orphan", f"Rows of {table} belong to a log that is not there: {id}.", id, None, None, table)
    for table, kinds in _WHERE_FILES_LIE.items():
        query = text(
            f"SELECT DISTINCT x.log_id FROM {table} x JOIN logs l ON l.id = x.log_id WHERE l.kind <> ALL(CAST(:kinds AS text[]))"
        )
        for id in db.execute(query, {"kinds": list(kinds)}).scalars():
            yield Finding("orphan", f"Rows of {table} belong to a log that has none: {id}.", id, None, None, table)
    for table, register in REGISTERS.items():
        if register.home is None or table in HOMES.values():
            continue
        query = text(
            f"SELECT DISTINCT x.{register.home} FROM {table} x"
            f" WHERE NOT EXISTS (SELECT FROM logs l WHERE l.id = x.{register.home} AND l.kind = :kind)"
        )
        for id in db.execute(query, {"kind": register.log}).scalars():
            yield Finding("orphan", f"Rows of {table} belong to a log that is not there: {id}.", id, None, None, table)
    query = text(
        "SELECT m.id FROM memberships m WHERE NOT EXISTS"
        " (SELECT FROM logs l WHERE l.id = coalesce(m.programme_id, m.organisation_id))"
    )
    for id in db.execute(query).scalars():
        yield Finding("orphan", f"A membership is held in no log: {id}.", None, None, None, "memberships", id)


def _contents(db: Connection) -> Iterator[Finding]:
    """Every version that was not erased has a file in the store's books. Whether it lies there, taking it out tells."""
    query = text("""
        SELECT f.id, f.log_id FROM files f WHERE f.digest IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM contents k JOIN blobs b ON b.id = k.blob_id JOIN compartments c ON c.id = b.compartment_id
            WHERE k.file_id = f.id AND c.log_id = f.log_id
        ) ORDER BY f.id
    """)
    for row in db.execute(query):
        yield Finding(
            "contents", f"A version of a document has no file: {row.id}.", row.log_id, None, None, "files", row.id
        )


def _editions(db: Connection) -> Iterator[Finding]:
    """Stored editions fit their fingerprints."""
    for row in db.execute(text("SELECT fingerprint, workflow, number, rules FROM editions ORDER BY fingerprint")):
        try:
            fits = digest(row.rules) == row.fingerprint
        except NotCanonical:
            fits = False
        if not fits:
            sentence = f"The stored edition {row.workflow} {row.number} does not fit its fingerprint."
            yield Finding("edition", sentence, None, None, None, "editions", row.fingerprint, "rules")


def _matches(db: Connection) -> Iterator[Finding]:
    """A match names the case that was opened of it, and no other."""
    query = text("""
        SELECT m.id FROM matches m LEFT JOIN cases c ON c.match_id = m.id WHERE m.case_id IS DISTINCT FROM c.id ORDER BY m.id
    """)
    for id in db.execute(query).scalars():
        sentence = f"The match {id} does not name the case that was opened of it."
        yield Finding("rows", sentence, None, None, None, "matches", id, "case_id")


def _numbers(db: Connection) -> Iterator[Finding]:
    """The case numbers of each programme and year run from 1 to the counter, each once."""
    query = text("""
        WITH given AS (
            SELECT programme_id, substring(number FROM '^[A-Z0-9]+-([0-9]{1,6})-[0-9]{1,9}$')::int AS year,
                substring(number FROM '^[A-Z0-9]+-[0-9]{1,6}-([0-9]{1,9})$')::int AS n FROM cases
        ), sums AS (
            SELECT programme_id, year, count(*) AS given, count(DISTINCT n) AS different, min(n) AS low, max(n) AS high
            FROM given GROUP BY programme_id, year
        )
        SELECT programme_id, year, p.code, coalesce(s.given, 0) AS given, s.low, s.high, n.last
        FROM sums s FULL JOIN numbers n USING (programme_id, year) JOIN programmes p ON p.id = programme_id
        WHERE n.last IS NULL OR coalesce(s.given, 0) <> n.last OR s.different <> s.given OR s.low <> 1
            OR s.high <> n.last
        ORDER BY p.code, year
    """)
    for row in db.execute(query):
        sentence = (
            f"The numbers of {row.code} in {row.year} have a fault: {row.given} cases, the counter says"
            f" {row.last or 'nothing'}, the highest is {row.high or 'none'}."
        )
        yield Finding("numbers", sentence, None, None, None, "numbers", row.programme_id)


def _letter_numbers(db: Connection) -> Iterator[Finding]:
    """The numbers of the letters of each programme and year run from 1 to the counter, each once."""
    query = text("""
        WITH given AS (
            SELECT c.programme_id, (d.numbered->>'year')::int AS year, (d.numbered->>'n')::int AS n
            FROM documents d JOIN cases c ON c.id = d.log_id WHERE d.numbered IS NOT NULL
        ), sums AS (
            SELECT programme_id, year, count(*) AS given, count(DISTINCT n) AS different, min(n) AS low, max(n) AS high
            FROM given GROUP BY programme_id, year
        )
        SELECT programme_id, year, p.code, coalesce(s.given, 0) AS given, s.high, n.last
        FROM sums s FULL JOIN letter_numbers n USING (programme_id, year) LEFT JOIN programmes p ON p.id = programme_id
        WHERE n.last IS NULL OR coalesce(s.given, 0) <> n.last OR s.different <> s.given OR s.low <> 1
            OR s.high <> n.last
        ORDER BY p.code, year
    """)
    for row in db.execute(query):
        sentence = (
            f"The letters of {row.code} in {row.year} have a fault in their numbers: {row.given} letters, the counter says"
            f" {row.last or 'nothing'}, the highest is {row.high or 'none'}."
        )
        yield Finding("numbers", sentence, None, None, None, "letter_numbers", row.programme_id)


#: Requests without an answer, and answered ones of a log in which no event up to the one that they name bears their key and their person;
#: all, or those made since a moment. All at once: request by request it takes six times as long.
_REQUESTS = text("""
    SELECT s.log_id, s.seq, s.actor_id, false AS untold FROM requests s
    WHERE s.status IS NULL AND (CAST(:since AS timestamptz) IS NULL OR s.made_at >= :since)
    UNION ALL
    SELECT s.log_id, s.seq, s.actor_id, true FROM requests s
    WHERE s.log_id IS NOT NULL AND (CAST(:since AS timestamptz) IS NULL OR s.made_at >= :since) AND NOT EXISTS (
        SELECT FROM events e WHERE e.log_id = s.log_id AND e.seq <= s.seq AND e.actor_id = s.actor_id::text
        AND e.header->>'key' = encode(sha256(convert_to(s.key, 'UTF8')), 'hex')
    ) ORDER BY log_id, seq, actor_id, untold
""")


def _requests(db: Connection, since: datetime | None) -> Iterator[Finding]:
    """Every request that was answered for a case has the event that carries its key's hash."""
    for row in db.execute(_REQUESTS, {"since": since}):
        if row.untold:
            sentence = f"A request was answered, but no event up to {row.seq} carries its key."
            yield Finding("request", sentence, row.log_id, None, row.seq, "requests", row.actor_id)
        else:
            sentence = "A request was kept without its answer."
            yield Finding("request", sentence, row.log_id, None, None, "requests", row.actor_id)

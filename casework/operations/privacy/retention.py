"""What must be kept for now of a person who is to be erased: said in sentences, with until when."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.privacy.personal_data import Naming

#: Workflows whose closed cases are financing records.
FINANCING = ("pledge", "finance")
#: How long financing records are kept after a case is closed, unless the settings say otherwise.
YEARS = 10

_OPEN_ACCOUNT = "The account is open. Close it first: then nobody acts under the name any more."
_CASES = text("""
    SELECT g.name, count(*) AS count FROM cases c JOIN programmes g ON g.id = c.programme_id
    WHERE c.closed_at IS NULL AND (c.owner_id = CAST(:id AS uuid) OR CAST(:id AS uuid) = ANY(c.team)) GROUP BY g.name ORDER BY g.name
""")
_FINDINGS = text("""
    SELECT g.name, count(*) AS count FROM findings f JOIN programmes g ON g.id = f.programme_id
    WHERE f.state <> 'closed' AND (
        CAST(:id AS uuid) IN (f.raised_by, f.answered_by)
        OR EXISTS (SELECT FROM events e WHERE e.log_id = f.case_id AND e.seq = f.seq AND e.actor_id = CAST(:id AS text))
        OR EXISTS (SELECT FROM events e WHERE e.log_id IN (f.id, f.case_id) AND e.body::text ~* :named)
    ) GROUP BY g.name ORDER BY g.name
""")
_RECORDS = text("""
    SELECT g.name, count(*) AS count, max(((c.closed_at + make_interval(years => :years)) AT TIME ZONE (g.calendar->>'zone'))::date) AS until
    FROM cases c JOIN programmes g ON g.id = c.programme_id
    WHERE EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.kind = ANY(:financing))
    AND (c.closed_at IS NULL OR c.closed_at + make_interval(years => :years) > casework_now())
    AND EXISTS (SELECT FROM events e WHERE e.log_id = c.id AND e.body::text ~* :named) GROUP BY g.name ORDER BY g.name
""")


def find_duties(db: Connection, person: str | None, named: Naming, *, years: int = YEARS) -> list[str]:
    """Everything that stands against erasing the person now. Of sealed mediations nothing is said."""
    db.execute(text("SET LOCAL statement_timeout = 0"))
    found = []
    active = db.execute(
        text("SELECT active FROM people WHERE id = CAST(:id AS uuid)"), {"id": person}
    ).scalar_one_or_none()
    if active:
        found.append(_OPEN_ACCOUNT)
    given = {"id": person, "named": named.pattern, "years": years, "financing": list(FINANCING)}
    for row in db.execute(_CASES, {"id": person}):
        found.append(
            f"{row.name}: {row.count} open cases are in this person's hands, until they are handed over or closed."
        )
    for row in db.execute(_FINDINGS, {"id": person, "named": named.pattern}):
        found.append(f"{row.name}: {row.count} findings of the audit are open, until they are closed.")
    for row in db.execute(_RECORDS, given):
        until = f"{row.until:%Y-%m-%d} at least" if row.until else f"{years} years after they are closed"
        found.append(f"{row.name}: {row.count} records of financing name this person, until {until}.")
    return found

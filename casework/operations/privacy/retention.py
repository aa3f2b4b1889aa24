"""What must be kept for now of a person who is to be erased: as reasons, with until when."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.retention import FINANCING, FINANCING_YEARS
from casework.operations.privacy.legal_holds import ON_CASE, STANDS
from casework.operations.privacy.personal_data import Naming
from casework.reasons import Why

#: How long financing records are kept after a case is closed, unless the settings say otherwise.
YEARS = FINANCING_YEARS

_OPEN_ACCOUNT = reasons.privacy.ACCOUNT_OPEN
#: How many open cases a person owns or works on, by programme.
_CASES = text("""
    SELECT g.name, count(*) AS count FROM cases c JOIN programmes g ON g.id = c.programme_id
    WHERE c.closed_at IS NULL AND (c.owner_id = CAST(:id AS uuid) OR CAST(:id AS uuid) = ANY(c.team)) GROUP BY g.name ORDER BY g.name
""")
#: How many open findings have to do with a person, by programme.
_FINDINGS = text("""
    SELECT g.name, count(*) AS count FROM findings f JOIN programmes g ON g.id = f.programme_id
    WHERE f.state <> 'closed' AND (
        CAST(:id AS uuid) IN (f.raised_by, f.answered_by, f.owner_id, f.assigned_by)
        OR EXISTS (SELECT FROM events e WHERE e.log_id = f.case_id AND e.seq = f.seq AND e.actor_id = CAST(:id AS text))
        OR EXISTS (SELECT FROM events e WHERE e.log_id IN (f.id, f.case_id) AND e.body::text ~* :named)
    ) GROUP BY g.name ORDER BY g.name
""")
#: How many records of financing name a person and must be kept, and until when, by programme.
_RECORDS = text("""
    SELECT g.name, count(*) AS count, max(((c.closed_at + make_interval(years => :years)) AT TIME ZONE (g.calendar->>'zone'))::date)
        AS until
    FROM cases c JOIN programmes g ON g.id = c.programme_id
    WHERE EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.kind = ANY(:financing))
    AND (c.closed_at IS NULL OR c.closed_at + make_interval(years => :years) > casework_now())
    AND EXISTS (SELECT FROM events e WHERE e.log_id = c.id AND e.body::text ~* :named) GROUP BY g.name ORDER BY g.name
""")
#: How many cases on which a legal hold stands name a person, by programme.
_HELD = text(f"""
    SELECT p.name, count(*) AS count FROM cases c JOIN programmes p ON p.id = c.programme_id
    WHERE EXISTS (SELECT FROM legal_holds h WHERE h.programme_id = p.id AND {STANDS} AND {ON_CASE})
    AND EXISTS (SELECT FROM events e WHERE e.log_id = c.id AND e.body::text ~* :named) GROUP BY p.name ORDER BY p.name
""")


def find_duties(db: Connection, person: str | None, named: Naming, *, years: int = YEARS) -> list[Why]:
    """Everything that stands against erasing the person now. Of sealed mediations nothing is said."""
    db.execute(text("SET LOCAL statement_timeout = 0"))
    duties: list[Why] = []
    active = db.execute(
        text("SELECT active FROM people WHERE id = CAST(:id AS uuid)"), {"id": person}
    ).scalar_one_or_none()
    if active:
        duties.append(_OPEN_ACCOUNT)
    given = {"id": person, "named": named.pattern, "years": years, "financing": list(FINANCING)}
    for row in db.execute(_CASES, {"id": person}).mappings():
        duties.append(reasons.privacy.OPEN_CASES(programme=row["name"], count=row["count"]))
    for row in db.execute(_FINDINGS, {"id": person, "named": named.pattern}).mappings():
        duties.append(reasons.privacy.OPEN_FINDINGS(programme=row["name"], count=row["count"]))
    for row in db.execute(_HELD, given).mappings():
        duties.append(reasons.privacy.HELD(programme=row["name"], count=row["count"]))
    for row in db.execute(_RECORDS, given).mappings():
        facts = {"programme": row["name"], "count": row["count"]}
        if row["until"]:
            duties.append(reasons.privacy.RECORDS_UNTIL(**facts, until=f"{row['until']:%Y-%m-%d}"))
        else:
            duties.append(reasons.privacy.RECORDS_FOR(**facts, years=years))
    return duties

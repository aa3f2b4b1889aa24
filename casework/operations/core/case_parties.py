"""Who the parties of a case are, in SQL: whoever owns its need and its technology now, or, where a record says nobody, as it was opened.

A case keeps by whom it was opened, for its history only grows. Whoever corrects an owner changes who is asked, screened and signs.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.parties import PARTIES
from casework.engine.state.case import Case
from casework.json_values import JsonObject
from casework.operations.core.merged_records import in_its_place


def parties_of(need: str, technology: str, need_owner: str, technology_owner: str) -> str:
    """Rows `p` (party, id) of what is given as expressions: the records of a case, and its parties as it was opened."""
    return f"""(VALUES
        ('need_owner', coalesce((SELECT owner_id FROM needs WHERE id = {in_its_place("needs", need)}), {need_owner})),
        ('technology_owner', coalesce((
            SELECT owner_id FROM technologies WHERE id = {in_its_place("technologies", technology)}
        ), {technology_owner}))
    ) AS p (party, id)"""


#: Those of a case whose records and parties are given by name.
GIVEN = parties_of(
    "CAST(:need AS uuid)", "CAST(:technology AS uuid)", "CAST(:need_owner AS uuid)", "CAST(:technology_owner AS uuid)"
)
#: Those of a case `c`.
OF_CASE = parties_of(
    "c.need_id",
    "c.technology_id",
    "CAST(c.parties->>'need_owner' AS uuid)",
    "CAST(c.parties->>'technology_owner' AS uuid)",
)
#: How an id is written.
_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


def _id_of(said: str) -> str:
    """An expression as an id, and nothing of what is none: a log that somebody changed is told of, and stops no verification."""
    return f"CASE WHEN {said} ~ '{_ID}' THEN CAST({said} AS uuid) END"


#: Whoever was a party of a case by a moment `:at`: as it was opened with `:party`, and each that its `:record`, or one that stands in the
#: place of that, named as its owner by then; one that stood there until a merging was taken back, as long as it did. What was recorded
#: meanwhile was read a moment before.
BY_THEN = f"""
    SELECT CAST(:party AS uuid) AS id
    UNION SELECT {_id_of("e.body->'owner_id'->>'value'")} FROM (
        SELECT coalesce(n.merged_into, n.id) AS id, CAST(NULL AS timestamptz) AS until FROM needs n WHERE n.id = CAST(:record AS uuid)
        UNION SELECT coalesce(t.merged_into, t.id), NULL FROM technologies t WHERE t.id = CAST(:record AS uuid)
        UNION SELECT CAST(:record AS uuid), NULL
        UNION SELECT {_id_of("m.effects->'merger'->>'kept'")}, (
            SELECT min(u.at) FROM events u WHERE u.log_id = m.log_id AND u.kind = 'unmerged' AND u.seq > m.seq
        ) FROM events m WHERE m.log_id = CAST(:record AS uuid) AND m.kind = 'merged'
    ) stood JOIN events e ON e.log_id = stood.id
    WHERE e.body ? 'owner_id' AND e.at <= CAST(:at AS timestamptz) AND (stood.until IS NULL OR e.at < stood.until)
"""

#: Who the parties of a case are now; of an organisation that was merged the one in its place.
_NOW = text(
    f"SELECT p.party, coalesce(o.merged_into, o.id)::text AS id FROM {GIVEN} JOIN organisations o ON o.id = p.id"
)
#: Whether an organisation, or the one in its place, is a party of a case now.
_IS = text(f"""
    SELECT 1 FROM {GIVEN} JOIN organisations o ON o.id = p.id JOIN organisations g ON g.id = CAST(:organisation AS uuid)
    WHERE p.party = :party AND coalesce(g.merged_into, g.id) = coalesce(o.merged_into, o.id)
""")


def parties_now(db: Connection, case: Case) -> dict[str, str]:
    """By party the organisation that is it by the record now; whom the case was opened with, where that is one with it."""
    now = {row.party: row.id for row in db.execute(_NOW, given_of(case))}
    return {
        party: opened if is_party(db, case, party, opened) else now.get(party, opened)
        for party, opened in case.parties.items()
    }


def is_party(db: Connection, case: Case, party: str, organisation: str) -> bool:
    """Whether an organisation is that party of a case by the record now."""
    return db.execute(_IS, {**given_of(case), "party": party, "organisation": organisation}).first() is not None


def given_of(case: Case) -> JsonObject:
    """The records and parties of a case, by the names that `GIVEN` has for them."""
    return {"need": case.need, "technology": case.technology, **{party: case.parties.get(party) for party in PARTIES}}


__all__ = ["BY_THEN", "GIVEN", "OF_CASE", "given_of", "is_party", "parties_now", "parties_of"]

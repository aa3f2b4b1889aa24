"""What was decided on technologies for a need, by whom and when, as runs tell it of what they list."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from casework.json_values import JsonObject
from casework.operations.core.merged_records import one_with
from casework.operations.core.presenters import names_of, when

#: Of the matches `m` that are one by merging the one that counts comes first.
COUNTS_FIRST = "m.case_id IS NULL, m.refused_at IS NOT NULL OR m.expired_at IS NOT NULL, m.id"
#: What became of some technologies, by the ids that a list has of them, whatever they and the need were merged into since, and by whom and
#: when: who accepted one opened its case.
_DECISIONS = text(f"""
    SELECT DISTINCT ON (g.id) g.id::text AS technology, m.id::text AS match, c.number AS "case",
        m.refusal_code AS code, m.refusal AS reason, x.decision,
        CASE x.decision WHEN 'accept' THEN o.actor_id WHEN 'refuse' THEN m.refused_by::text
            WHEN 'shortlist' THEN m.shortlisted_by::text END AS by,
        CASE x.decision WHEN 'accept' THEN o.at WHEN 'refuse' THEN m.refused_at WHEN 'shortlist' THEN m.shortlisted_at END AS at
    FROM matches m JOIN technologies t ON t.id = m.technology_id
    JOIN technologies g ON g.id = ANY(CAST(:listed AS uuid[])) AND coalesce(g.merged_into, g.id) = coalesce(t.merged_into, t.id)
    CROSS JOIN LATERAL (SELECT CASE WHEN m.case_id IS NOT NULL THEN 'accept' WHEN m.refused_at IS NOT NULL THEN 'refuse'
        WHEN m.shortlisted_at IS NOT NULL THEN 'shortlist' ELSE 'open' END) AS x(decision)
    LEFT JOIN cases c ON c.id = m.case_id LEFT JOIN events o ON o.log_id = c.id AND o.seq = 1
    WHERE m.need_id IN {one_with("needs", "CAST(:need AS uuid)")} AND m.expired_at IS NULL ORDER BY g.id, {COUNTS_FIRST}
""")


def decided_on(db: Connection, need: str, listed: Iterable[str]) -> list[JsonObject]:
    """What was decided on these technologies for a need; `by` is a person's id."""
    rows = db.execute(_DECISIONS, {"need": need, "listed": list(listed)})
    return [{**one._mapping, "at": when(one.at)} for one in rows]


def with_names(db: Connection, decisions: Iterable[JsonObject]) -> list[JsonObject]:
    """The same with what is told of the persons: each by id and name."""
    told = list(decisions)
    names = names_of(db, {one["by"] for one in told})
    return [
        {**one, "by": {"id": one["by"], "name": names.get(one["by"])} if one["by"] is not None else None}
        for one in told
    ]

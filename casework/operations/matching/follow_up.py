"""What follows from decisions on candidates: records that a refusal says are wrong, and how often each rank was accepted. Reads only."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.ledger.canonical_json import instant
from casework.operations.core.reader_names import entitled
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need

#: By the reasons of fact for a refusal, the fields of the technology's record that it speaks of.
OF_FACT = {
    "not_ready": ("readiness_low", "readiness_high", "readiness_text"),
    "rights_unclear": ("ip_text",),
    "technology_gone": ("status",),
}
#: So many records to put right are told at once, the longest waiting first.
MOST_TOLD = 50
#: Technologies of which a match was refused for a reason of fact, and whose record nobody has corrected or confirmed in that since.
_TO_CORRECT = text(f"""
    SELECT DISTINCT ON (t.id, m.refusal_code) t.id::text, {entitled("t")} AS title, m.id::text AS match, m.refusal_code AS code,
        m.refusal AS reason, m.refused_at
    FROM matches m JOIN technologies t ON t.id = m.technology_id JOIN needs n ON n.id = m.need_id
    JOIN unnest(CAST(:codes AS text[]), CAST(:fields AS text[])) f(code, field) ON f.code = m.refusal_code
    WHERE m.programme_id = ANY(CAST(:all_of AS uuid[])) AND m.refused_at IS NOT NULL AND {shows_need("n")} AND t.merged_into IS NULL
    AND t.status = 'published' AND (CAST(:technology AS uuid) IS NULL OR t.id = CAST(:technology AS uuid))
    AND NOT EXISTS (
        SELECT FROM unnest(CAST(:codes AS text[]), CAST(:fields AS text[])) g(code, field)
        WHERE g.code = m.refusal_code AND greatest(
            CAST(t.provenance->g.field->>'at' AS timestamptz), CAST(t.provenance->g.field->>'confirmed_at' AS timestamptz)
        ) > m.refused_at
    )
    ORDER BY t.id, m.refusal_code, m.refused_at
""")
#: Of each rank of the programmes' runs, how many candidates stood there and what became of those that were found there.
_BY_RANK = text(f"""
    WITH listed AS (
        SELECT l.rank, count(*) AS listed FROM match_runs r JOIN needs n ON n.id = r.need_id
        CROSS JOIN LATERAL generate_series(1, json_array_length(CAST(r.list AS json)->'candidates')) l(rank)
        WHERE r.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")} AND left(r.list, 1) = '{{' GROUP BY l.rank
    ), decided AS (
        SELECT m.run_rank AS rank, count(*) FILTER (WHERE m.case_id IS NOT NULL) AS accepted,
            count(*) FILTER (WHERE m.refused_at IS NOT NULL) AS refused,
            count(*) FILTER (WHERE m.case_id IS NULL AND m.shortlisted_at IS NOT NULL) AS shortlisted
        FROM matches m JOIN needs n ON n.id = m.need_id
        WHERE m.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")} AND m.run_rank IS NOT NULL GROUP BY m.run_rank
    )
    SELECT g.low, g.high, coalesce(sum(l.listed), 0) AS listed, coalesce(sum(d.accepted), 0) AS accepted,
        coalesce(sum(d.shortlisted), 0) AS shortlisted, coalesce(sum(d.refused), 0) AS refused
    FROM unnest(CAST(:lows AS integer[]), CAST(:highs AS integer[])) g(low, high)
    LEFT JOIN listed l ON l.rank BETWEEN g.low AND g.high LEFT JOIN decided d ON d.rank = l.rank
    GROUP BY g.low, g.high ORDER BY g.low
""")
#: Ranks that are counted together.
_GROUPS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 10), (11, 20), (21, 100))


@dataclass(frozen=True, kw_only=True, slots=True)
class ToCorrect:
    """A record that a refusal says is wrong."""

    technology: str
    title: str
    #: The match that was refused, why as the programme's list has it, and in words.
    match: str
    code: str
    reason: str
    since: str


@dataclass(frozen=True, kw_only=True, slots=True)
class OfRank:
    """What became of candidates of some ranks."""

    low: int
    high: int
    listed: int
    accepted: int
    shortlisted: int
    refused: int


def list_to_correct(db: Connection, actor: Actor, technology: str | None = None) -> list[ToCorrect]:
    """Records that refusals say are wrong, of one technology or of all; each until somebody corrects or confirms what is meant."""
    pairs = [(code, field) for code, fields in OF_FACT.items() for field in fields]
    rows = db.execute(
        _TO_CORRECT,
        {
            "all_of": sorted(reach(actor).all_of),
            "closed_of": sorted(closed_of(actor)),
            "technology": technology,
            "codes": [code for code, _ in pairs],
            "fields": [field for _, field in pairs],
        },
    )
    told = [
        ToCorrect(
            technology=row.id,
            title=row.title,
            match=row.match,
            code=row.code,
            reason=row.reason,
            since=instant(row.refused_at),
        )
        for row in rows
    ]
    return sorted(told, key=lambda one: (one.since, one.technology, one.code))[:MOST_TOLD]


def count_by_rank(db: Connection, actor: Actor) -> list[OfRank]:
    """How often candidates of each rank were accepted; it changes no ranking by itself."""
    given = {
        "all_of": sorted(reach(actor).all_of),
        "closed_of": sorted(closed_of(actor)),
        "lows": [low for low, _ in _GROUPS],
        "highs": [high for _, high in _GROUPS],
    }
    return [
        OfRank(
            low=row.low,
            high=row.high,
            listed=int(row.listed),
            accepted=int(row.accepted),
            shortlisted=int(row.shortlisted),
            refused=int(row.refused),
        )
        for row in db.execute(_BY_RANK, given)
        if row.listed
    ]

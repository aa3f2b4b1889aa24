"""Proposals of technologies that may be one count once for a need: the best of them stands for the others, as on the list of a run.

Whoever said of two that they are two has both proposed. Once somebody decided on one, so has he on those that may be the same, unless it
was refused for what its record says alone. In SQL, so that lists, counts and alerts tell the same at any moment, whichever came first:
the proposal, or what says that two may be one.
"""

from __future__ import annotations

from casework.operations.catalogue.doubted_fields import OF_FACT
from casework.operations.core.reader_names import entitled

_FACTS = ", ".join(f"'{code}'" for code in sorted(OF_FACT))


def _waits(x: str, t: str) -> str:
    """Whether a proposal of a technology waits for a person: no match was made of it, and the technology is in use."""
    return f"""{x}.dismissed_at IS NULL AND {t}.status = 'published' AND {t}.merged_into IS NULL
        AND NOT EXISTS (SELECT FROM matches m WHERE m.need_id = {x}.need_id AND m.technology_id = {x}.technology_id)"""


def _twins(x: str) -> str:
    """The technologies that may be the same as that of a proposal."""
    return f"""(SELECT p.other_id AS id FROM twin_pairs p WHERE p.one_id = {x}.technology_id AND NOT p.apart
        UNION ALL SELECT p.one_id FROM twin_pairs p WHERE p.other_id = {x}.technology_id AND NOT p.apart)"""


def _decided(x: str) -> str:
    """Whether somebody decided on a twin for the need of a proposal, or has it before him there."""
    return f"""EXISTS (SELECT FROM {_twins(x)} e WHERE
        EXISTS (SELECT FROM matches d WHERE d.need_id = {x}.need_id AND d.technology_id = e.id AND d.expired_at IS NULL
            AND (d.refusal_code IS NULL OR d.refusal_code NOT IN ({_FACTS})))
        OR EXISTS (SELECT FROM match_proposals d WHERE d.need_id = {x}.need_id AND d.technology_id = e.id
            AND d.dismissed_at IS NOT NULL))"""


def _better_twins(x: str) -> str:
    """The proposals of twins for the same need that wait, on which nobody has decided, and that say more of it."""
    return f"""SELECT y.id, y.need_id, y.technology_id, y.share FROM {_twins(x)} w
        JOIN match_proposals y ON y.need_id = {x}.need_id AND y.technology_id = w.id JOIN technologies u ON u.id = y.technology_id
        WHERE {_waits("y", "u")} AND (y.share > {x}.share OR (y.share = {x}.share AND y.id < {x}.id)) AND NOT {_decided("y")}"""


def _stands_for(x: str) -> str:
    """The proposal that stands for one: the best of its twins that stand for themselves; none where it stands for itself.

    Whether a twin does depends on better ones alone, and on theirs: these are gone through, the best first, and each stands that is
    no twin of one that stands.
    """
    return f"""(WITH RECURSIVE better AS (
            {_better_twins(x)} UNION SELECT z.* FROM better b CROSS JOIN LATERAL ({_better_twins("b")}) z
        ), ranked AS (SELECT b.*, row_number() OVER (ORDER BY b.share DESC, b.id) AS n FROM better b), gone_through AS (
            SELECT CAST(0 AS bigint) AS n, CAST('{{}}' AS uuid[]) AS standing
            UNION ALL SELECT r.n, CASE WHEN EXISTS (SELECT FROM {_twins("r")} v WHERE v.id = ANY(g.standing)) THEN g.standing
                ELSE g.standing || r.technology_id END
            FROM gone_through g JOIN ranked r ON r.n = g.n + 1
        )
        SELECT r.id FROM ranked r JOIN {_twins(x)} w ON w.id = r.technology_id
        WHERE r.technology_id = ANY(CAST((SELECT g.standing FROM gone_through g ORDER BY g.n DESC LIMIT 1) AS uuid[]))
        ORDER BY r.n LIMIT 1)"""


def _stands_alone(x: str) -> str:
    """Whether no twin stands for a proposal, as hardly any has one, and on none somebody decided."""
    return f"""(NOT EXISTS (SELECT FROM {_twins(x)} w) OR (NOT {_decided(x)} AND {_stands_for(x)} IS NULL))"""


#: Of proposals `x` of technologies `t` those that wait for a person and stand for themselves.
WAIT = f"{_waits('x', 't')} AND {_stands_alone('x')}"
#: Of a proposal `x` the technologies behind it, each proposed for the same need, the best first: each stands behind one alone.
BEHIND = f"""(SELECT coalesce(
        json_agg(json_build_object('technology', q.technology_id::text, 'title', {entitled("s")}) ORDER BY q.share DESC, q.id), '[]')
    FROM {_twins("x")} f JOIN match_proposals q ON q.need_id = x.need_id AND q.technology_id = f.id
    JOIN technologies s ON s.id = q.technology_id WHERE {_waits("q", "s")} AND NOT {_decided("q")} AND {_stands_for("q")} = x.id)"""

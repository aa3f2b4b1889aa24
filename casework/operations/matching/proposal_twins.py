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


def _decided(x: str, twin: str) -> str:
    """Whether somebody decided on a twin for the need of a proposal, or has it before him there."""
    return f"""(EXISTS (SELECT FROM matches d WHERE d.need_id = {x}.need_id AND d.technology_id = {twin} AND d.expired_at IS NULL
            AND (d.refusal_code IS NULL OR d.refusal_code NOT IN ({_FACTS})))
        OR EXISTS (SELECT FROM match_proposals d WHERE d.need_id = {x}.need_id AND d.technology_id = {twin}
            AND d.dismissed_at IS NOT NULL))"""


def _better(y: str, u: str, x: str) -> str:
    """Whether another proposal for the same need waits, and says more of it."""
    return f"{_waits(y, u)} AND ({y}.share > {x}.share OR ({y}.share = {x}.share AND {y}.id < {x}.id))"


def _folded() -> str:
    """Whether a twin stands for a proposal: one on which somebody decided, or a better one that itself stands for itself."""
    of_other = f"""EXISTS (SELECT FROM {_twins("y")} v LEFT JOIN match_proposals z ON z.need_id = y.need_id AND z.technology_id = v.id
            LEFT JOIN technologies s ON s.id = z.technology_id WHERE {_decided("y", "v.id")} OR ({_better("z", "s", "y")}))"""
    return f"""EXISTS (SELECT FROM {_twins("x")} w LEFT JOIN match_proposals y ON y.need_id = x.need_id AND y.technology_id = w.id
        LEFT JOIN technologies u ON u.id = y.technology_id
        WHERE {_decided("x", "w.id")} OR ({_better("y", "u", "x")} AND NOT {of_other}))"""


#: Of proposals `x` of technologies `t` those that wait for a person and stand for themselves.
WAIT = f"{_waits('x', 't')} AND NOT {_folded()}"
#: Of a proposal `x` the technologies behind it, each proposed for the same need, the best first.
BEHIND = f"""(SELECT coalesce(
        json_agg(json_build_object('technology', u.id::text, 'title', {entitled("u")}) ORDER BY y.share DESC, y.id), '[]')
    FROM {_twins("x")} w JOIN match_proposals y ON y.need_id = x.need_id AND y.technology_id = w.id
    JOIN technologies u ON u.id = y.technology_id WHERE {_waits("y", "u")})"""

"""What a refusal for a reason of fact says is wrong in a technology's record, until somebody puts it right or stands for it again.

Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, text

#: The one reason of fact that speaks of no field: it ends where two records are merged, or are said to be two.
DUPLICATE = "duplicate"
#: By the reasons of fact for a refusal, the fields of the technology's record that each speaks of.
OF_FACT: Mapping[str, Sequence[str]] = {
    "not_ready": ("readiness_low", "readiness_high", "readiness_text"),
    "rights_unclear": ("ip_text",),
    "rights_unavailable": ("licences", "ip_text"),
    "region_or_standard": ("standards", "restrictions", "deployed_in"),
    "technology_gone": ("status",),
    "owner_silent": ("owner_id",),
    DUPLICATE: (),
}
#: Whether a refusal has said that a field is wrong since it was written or somebody stood for it last.
_DOUBTED = text("""
    SELECT EXISTS (
        SELECT FROM matches m JOIN technologies t ON t.id = m.technology_id
        WHERE t.id = CAST(:id AS uuid) AND m.refused_at IS NOT NULL AND m.refusal_code = ANY(CAST(:codes AS text[]))
        AND m.refused_at >= coalesce(greatest(
            CAST(t.provenance->CAST(:field AS text)->>'at' AS timestamptz),
            CAST(t.provenance->CAST(:field AS text)->>'confirmed_at' AS timestamptz)
        ), m.refused_at)
    )
""")


def is_doubted(db: Connection, technology: str, field: str) -> bool:
    """Whether a refusal says that a field of a technology is wrong, and nobody has looked since."""
    codes = [code for code, fields in OF_FACT.items() if field in fields]
    doubted: bool = (
        bool(codes) and db.execute(_DOUBTED, {"id": technology, "field": field, "codes": codes}).scalar_one()
    )
    return doubted


def doubted_by(codes: Sequence[str]) -> frozenset[str]:
    """The fields that some reasons for a refusal speak of."""
    return frozenset(field for code in codes for field in OF_FACT.get(code, ()))


__all__ = ["DUPLICATE", "OF_FACT", "doubted_by", "is_doubted"]

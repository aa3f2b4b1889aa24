"""What is on record between the owner of a need and the owners of technologies that might meet it. Reads only."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, text

from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.matching.conflicts import Conflict, Owner, Party, conflict_of
from casework.operations.core.organisations import STANDING

#: Some organisations, each as the one that stands in its place is known in a programme, and whether a person has declared an interest in a
#: case of it; cases alone are asked, and never a mediation.
_PARTIES = text(f"""
    SELECT g.id::text AS called, o.id::text, o.name, o.name_zh, o.register_number, o.profile->'conflicts' AS conflicts,
        (SELECT json_agg(json_build_object('kind', x.kind, 'name', x.name, 'country', x.country) ORDER BY x.id) FROM organisation_owners x
            WHERE x.organisation_id = o.id AND x.programme_id = CAST(:programme AS uuid) AND x.name <> :erased) AS owners,
        CAST(o.id AS text) IN (
            SELECT CAST(coalesce(y.merged_into, y.id) AS text) FROM cases c CROSS JOIN LATERAL jsonb_path_query(c.parties, '$.*') p(party)
            JOIN organisations y ON y.id = CAST(p.party #>> '{{}}' AS uuid)
            WHERE c.interests <> '{{}}' AND CAST(:person AS text) = ANY(c.interests) AND c.programme_id = CAST(:programme AS uuid)
        ) AS interest
    FROM {STANDING} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY g.id
""")


def conflicts_of(
    db: Connection, programme: str, person: str | None, owner: str, owners: Collection[str]
) -> dict[str, Conflict]:
    """By owner of a technology what stands between it and the owner of a need, of those of which that is known.

    `person`: whoever searches, unless nobody does.
    """
    given = {"programme": programme, "person": person, "ids": sorted({owner, *owners}), "erased": ERASED_WORDS}
    parties = {row.called: _party(row) for row in db.execute(_PARTIES, given)}
    found = {id: conflict_of(parties[owner], parties[id]) for id in owners}
    return {id: conflict for id, conflict in found.items() if conflict is not None}


def _party(row: Any) -> Party:
    return Party(
        id=row.id,
        names=[name for name in (row.name, row.name_zh) if name],
        register_number=row.register_number,
        owners=[Owner(**one) for one in row.owners or ()],
        conflicts=row.conflicts or (),
        interest=row.interest,
    )

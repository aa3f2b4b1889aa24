"""Technologies and organisations by what they are called, for whoever says what an IP right belongs to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.errors import InvalidForm
from casework.operations.core.organisations import KNOWN, STANDING


def technologies_named(db: Connection, programme: str, names: Sequence[str]) -> list[str]:
    """The ids of a programme's technologies with these titles or numbers. Raises InvalidForm."""
    return [_only(db, _TECHNOLOGY, "technologies", name, programme) for name in names]


def organisations_named(db: Connection, programme: str, names: Sequence[str], field: str = "owners") -> list[str]:
    """The ids of organisations with these names, of those that the programme knows. Raises InvalidForm for the field."""
    return [_only(db, _ORGANISATION, field, name, programme) for name in names]


def _only(db: Connection, statement: TextClause, field: str, name: str, programme: str) -> str:
    found = (
        db.execute(statement, {"name": name.strip().lower(), "programme": programme, "seen": [programme]})
        .scalars()
        .all()
    )
    if len(found) == 1:
        return str(found[0])
    why = reasons.catalogue.NAME_OF_SEVERAL if found else reasons.catalogue.NAME_NOT_KNOWN
    raise InvalidForm(fields={field: why(name=name.strip()[:100])})


#: The technologies of a programme with a title or a number: two of them at most. Of one that was merged the one in its place.
_TECHNOLOGY = text(
    "SELECT DISTINCT coalesce(merged_into, id) FROM technologies WHERE programme_id = CAST(:programme AS uuid)"
    " AND (lower(title) = :name OR lower(title_zh) = :name OR lower(external_id) = :name) LIMIT 2"
)
#: The organisations that a programme knows by a name: two of them at most. Of one that was merged the one in its place.
_ORGANISATION = text(
    f"SELECT DISTINCT o.id FROM {STANDING} WHERE (lower(g.name) = :name OR lower(g.name_zh) = :name) AND {KNOWN} LIMIT 2"
)

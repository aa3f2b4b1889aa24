"""What is on record of a row of a table of rights, and where the row says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.offices import one_form
from casework.errors import InvalidForm
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.table_schemas import RightRow
from casework.operations.core.merged_records import OF_RIGHTS
from casework.operations.core.right_links import with_links
from casework.operations.core.right_numbers import plain
from casework.reasons import Why

#: What a record of an encumbrance calls by another name than the column.
COLUMN_OF: Mapping[str, str] = {"from": "begins_on", "until": "ends_on", "fields": "uses"}


def standing_right(
    db: Connection, programme: str, row: RightRow, technologies: Sequence[str], owners: Sequence[JsonMapping]
) -> Any:
    """The right that is on record under one of its numbers; of one without, of the same kind, technologies and owners.

    Raises InvalidForm where several without a number are of the same.
    """
    given = {
        "programme": programme,
        "kind": row.kind,
        "office": one_form(row.office),
        "number": row.number,
        "application": row.application_number,
        "technologies": list(technologies),
        "owners": sorted(str(one["organisation"]) for one in owners),
    }
    if row.number or row.application_number:
        return db.execute(_NUMBERED, given).first()
    found = db.execute(_NUMBERLESS, given).all()
    if len(found) > 1:
        raise InvalidForm(fields={"number": reasons.imports.SEVERAL_NUMBERLESS})
    return found[0] if found else None


def right_differs(
    stands: Any, row: RightRow, said: JsonMapping, technologies: Sequence[str], owners: Sequence[JsonMapping]
) -> Iterator[tuple[str, Why]]:
    """Where a row says otherwise than the right that stands: the column, and that it was left as it is."""
    if stands.expired_at is not None:
        yield "row", reasons.imports.KEPT_EXPIRED
    told = {"kind": row.kind, **said}
    if differing := [name for name, value in told.items() if not same(name, getattr(stands, name), value)]:
        yield differing[0], reasons.imports.KEPT_OTHERWISE(names=", ".join(differing))
    if set(technologies) - set(stands.technologies):
        yield "technologies", reasons.imports.KEPT_TECHNOLOGIES
    if owners and list(owners) != stands.owners:
        yield "owners", reasons.imports.KEPT_OWNERS


def lying(db: Connection, right: str, values: JsonMapping, number: str | None) -> JsonObject | None:
    """What is on record of an encumbrance: of its kind, its holder and its first day; of several the one of its number."""
    given = {
        "right": right,
        "kind": values["kind"],
        "holder": values["holder"],
        "first": values["from"],
        "number": number,
    }
    found: JsonObject | None = db.execute(_LIES, given).scalar()
    return found


def burden_differs(stands: JsonMapping, values: JsonMapping, number: str | None) -> list[str]:
    """The columns in which a row says of an encumbrance otherwise than its record."""
    names = [name for name in ("licence", "territories", "fields", "until", "amount") if values.get(name)]
    differing = [COLUMN_OF.get(name, name) for name in names if not same(name, stands.get(name), values[name])]
    # A record that does not say it does not allow it.
    if values.get("sublicence") is not None and values["sublicence"] is not (stands.get("sublicence") is True):
        differing.append("sublicence")
    if number and not same("number", stands.get("number"), number):
        differing.append("encumbrance_number")
    return differing


def same(name: str, stands: Any, said: Any) -> bool:
    """Whether a record says what a row says, however the number is written and in whatever order."""
    if isinstance(stands, Decimal):
        return stands == Decimal(str(said))
    if isinstance(stands, Mapping):
        return {**stands, "amount": Decimal(stands["amount"])} == {**said, "amount": Decimal(said["amount"])}
    if isinstance(stands, list):
        return set(stands) == set(said)
    if name == "office":
        return plain(stands, None) == plain(said, None)
    if name in ("number", "application_number"):
        return plain(None, stands) == plain(None, said)
    return bool(as_typed(stands) == said)


def as_typed(value: Any) -> Any:
    """As a row of a table says it."""
    return value.isoformat() if isinstance(value, date) else value


#: A right of a programme under a number, of its grant or its application; of one that was merged the one in its place.
_NUMBERED = text(f"""
    SELECT r.*, {with_links("r")} FROM {OF_RIGHTS} WHERE g.programme_id = CAST(:programme AS uuid)
    AND coalesce(lower(g.office), '') = coalesce(lower(CAST(:office AS text)), '')
    AND (replace(lower(g.number), ' ', '') = replace(lower(CAST(:number AS text)), ' ', '')
        OR replace(lower(g.application_number), ' ', '') = replace(lower(CAST(:application AS text)), ' ', ''))
    ORDER BY g.merged_into IS NOT NULL, g.id LIMIT 1
""")
#: Rights of a programme without a number, of a kind, of just these technologies and owners: two of them at most.
_NUMBERLESS = text(f"""
    SELECT y.* FROM (SELECT x.*, {with_links("x")} FROM rights x
        WHERE x.programme_id = CAST(:programme AS uuid) AND x.merged_into IS NULL AND x.kind = :kind
        AND coalesce(x.number, x.application_number) IS NULL
    ) y WHERE CAST(:technologies AS text[]) = ARRAY(
        SELECT CAST(l.technology_id AS text) FROM right_technologies l WHERE l.right_id = y.id ORDER BY 1
    ) AND CAST(:owners AS text[]) = ARRAY(
        SELECT CAST(l.organisation_id AS text) FROM right_owners l WHERE l.right_id = y.id ORDER BY 1
    ) ORDER BY y.id LIMIT 2
""")
#: What lies on a right, of a kind, a holder and a first day.
_LIES = text("""
    SELECT b FROM rights r CROSS JOIN LATERAL jsonb_array_elements(r.encumbrances) b WHERE r.id = CAST(:right AS uuid)
    AND b->>'kind' = :kind AND b->>'holder' IS NOT DISTINCT FROM CAST(:holder AS text)
    AND b->>'from' IS NOT DISTINCT FROM CAST(:first AS text)
    ORDER BY b->>'number' IS NOT DISTINCT FROM CAST(:number AS text) DESC LIMIT 1
""")

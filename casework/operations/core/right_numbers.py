"""Numbers of IP rights: the same wherever one wrote blanks or capitals."""

from __future__ import annotations

from sqlalchemy import Connection, text


def find_rights(db: Connection, programme: str, number: str) -> list[str]:
    """The rights that a programme has recorded under a number, alone or after its office: two of them at most."""
    office, _, rest = number.strip().partition(" ")
    given = {"programme": programme, "number": number, "office": office, "rest": rest or None}
    return [str(id) for id in db.execute(_NUMBERED, given).scalars()]


#: Rights of a programme with a number, alone or after its office. The index of the table holds the same words.
_NUMBERED = text("""
    SELECT id FROM rights WHERE programme_id = CAST(:programme AS uuid) AND (
        replace(lower(number), ' ', '') = replace(lower(:number), ' ', '')
        OR coalesce(lower(office), '') = lower(:office) AND replace(lower(number), ' ', '') = replace(lower(CAST(:rest AS text)), ' ', '')
    ) ORDER BY id LIMIT 2
""")


def is_recorded(db: Connection, programme: str, office: str | None, number: str | None, *, but: str | None) -> bool:
    """Whether another right of a programme has this number of this office."""
    given = {"programme": programme, "id": but, "office": office, "number": number}
    return db.execute(_TAKEN, given).first() is not None


#: Whether another right than one has a number of an office.
_TAKEN = text("""
    SELECT 1 FROM rights WHERE programme_id = CAST(:programme AS uuid) AND coalesce(lower(office), '') = coalesce(lower(:office), '')
    AND replace(lower(number), ' ', '') = replace(lower(:number), ' ', '') AND id IS DISTINCT FROM CAST(:id AS uuid)
""")


def plain(office: str | None, number: str | None) -> tuple[str, str]:
    """Number and office as they are compared."""
    return (number or "").lower().replace(" ", ""), (office or "").lower()


#: Of some numbers with their offices, as `plain` gives them, and of some technologies the rights that a programme has recorded.
OF_NUMBERS = text("""
    SELECT technology_id, kind, office, number FROM rights WHERE programme_id = CAST(:programme AS uuid)
    AND (technology_id = ANY(CAST(:ids AS uuid[])) OR (replace(lower(number), ' ', ''), coalesce(lower(office), '')) IN
        (SELECT * FROM unnest(CAST(:numbers AS text[]), CAST(:offices AS text[]))))
""")
#: Of some technologies every number under which a log of theirs ever had a right, also where it was corrected since.
EVER_RECORDED = text("""
    SELECT DISTINCT r.technology_id, e.body->'number'->>'value' AS number FROM rights r JOIN events e ON e.log_id = r.id
    WHERE r.technology_id = ANY(CAST(:ids AS uuid[])) AND e.kind IN ('recorded', 'confirmed') AND e.body->'number'->>'value' <> ''
""")

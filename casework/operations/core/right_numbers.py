"""Numbers of IP rights: the same wherever one wrote blanks or capitals, and however one called the office."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Connection, text

from casework.engine.case_objects.offices import one_form


def find_rights(db: Connection, programme: str, number: str) -> list[str]:
    """The rights that a programme has recorded under a number, alone or after its office: two of them at most.

    Of one that was merged the one in its place.
    """
    office, _, rest = number.strip().partition(" ")
    given = {"programme": programme, "number": number, "office": one_form(office), "rest": rest or None}
    return [str(id) for id in db.execute(_NUMBERED, given).scalars()]


#: Rights of a programme with a number, alone or after its office. The index of the table holds the same words.
_NUMBERED = text("""
    SELECT DISTINCT coalesce(merged_into, id) AS id FROM rights WHERE programme_id = CAST(:programme AS uuid) AND (
        replace(lower(number), ' ', '') = replace(lower(:number), ' ', '')
        OR coalesce(lower(office), '') = lower(:office) AND replace(lower(number), ' ', '') = replace(lower(CAST(:rest AS text)), ' ', '')
        OR replace(lower(application_number), ' ', '') = replace(lower(:number), ' ', '')
        OR coalesce(lower(office), '') = lower(:office)
        AND replace(lower(application_number), ' ', '') = replace(lower(CAST(:rest AS text)), ' ', '')
    ) ORDER BY id LIMIT 2
""")


def is_recorded(
    db: Connection,
    programme: str,
    office: str | None,
    number: str | None,
    *,
    but: str | None,
    column: Literal["number", "application_number"] = "number",
) -> bool:
    """Whether another right of a programme has this number, of its grant or its application, of this office.

    What was merged into a right is no other one.
    """
    given = {"programme": programme, "id": but, "office": one_form(office), "number": number}
    return number is not None and db.execute(_TAKEN[column], given).first() is not None


#: Whether another right than one has a number of an office.
_TAKEN = {
    column: text(f"""
    SELECT 1 FROM rights WHERE programme_id = CAST(:programme AS uuid) AND coalesce(lower(office), '') = coalesce(lower(:office), '')
    AND replace(lower({column}), ' ', '') = replace(lower(:number), ' ', '')
    AND coalesce(merged_into, id) IS DISTINCT FROM CAST(:id AS uuid)
""")
    for column in ("number", "application_number")
}


def plain(office: str | None, number: str | None) -> tuple[str, str]:
    """Number and office as they are compared."""
    return (number or "").lower().replace(" ", ""), str(one_form(office) or "").lower()


#: Of some numbers with their offices, as `plain` gives them, and of some technologies the rights that a programme has recorded.
OF_NUMBERS = text("""
    SELECT l.technology_id, r.kind, r.office, named.number FROM rights r
    LEFT JOIN right_technologies l ON l.right_id = coalesce(r.merged_into, r.id)
    CROSS JOIN LATERAL (
        SELECT number FROM unnest(ARRAY[r.number, r.application_number]) AS n(number)
        WHERE number IS NOT NULL OR coalesce(r.number, r.application_number) IS NULL
    ) named
    WHERE r.programme_id = CAST(:programme AS uuid) AND (
        l.technology_id = ANY(CAST(:ids AS uuid[]))
        OR (replace(lower(r.number), ' ', ''), coalesce(lower(r.office), '')) IN
            (SELECT * FROM unnest(CAST(:numbers AS text[]), CAST(:offices AS text[])))
        OR (replace(lower(r.application_number), ' ', ''), coalesce(lower(r.office), '')) IN
            (SELECT * FROM unnest(CAST(:numbers AS text[]), CAST(:offices AS text[]))))
""")
#: Of some technologies every number under which a log of theirs ever had a right, also where it was corrected since.
EVER_RECORDED = text("""
    SELECT DISTINCT l.technology_id, said.number FROM right_technologies l
    JOIN rights r ON r.id = l.right_id OR r.merged_into = l.right_id JOIN events e ON e.log_id = r.id
    CROSS JOIN LATERAL unnest(ARRAY[e.body->'number'->>'value', e.body->'application_number'->>'value']) AS said(number)
    WHERE l.technology_id = ANY(CAST(:ids AS uuid[])) AND e.kind IN ('recorded', 'confirmed') AND said.number <> ''
""")

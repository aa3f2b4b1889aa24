"""Needs, technologies and rights that were merged, in SQL: which record stands in the place of one, and which are one with it.

A case names its need, its technology and its rights by id, and its history only grows: so it keeps those by which it knows them,
and is shown and judged by the ones that stand in their places.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.record_use import DRAFT, OWNER_EXPIRED
from casework.operations.core.organisations import has_expired
from casework.reasons import Reason

#: Needs `n` and technologies `t` that stand in the place of those of some cases `c`.
OF_CASES = (
    "LEFT JOIN needs gn ON gn.id = c.need_id LEFT JOIN needs n ON n.id = coalesce(gn.merged_into, gn.id)"
    " LEFT JOIN technologies gt ON gt.id = c.technology_id LEFT JOIN technologies t ON t.id = coalesce(gt.merged_into, gt.id)"
)

#: Rights `r` that stand in the places of some rights `g`, by whose ids a case or whoever looks calls them.
OF_RIGHTS = "rights g JOIN rights r ON r.id = coalesce(g.merged_into, g.id)"

#: Whether one of `:named` is a right `r`, or was merged into it: what a case has named before goes on there, though its record has expired.
RIGHT_NAMED_BEFORE = (
    "r.id IN (SELECT coalesce(x.merged_into, x.id) FROM rights x WHERE x.id = ANY(CAST(:named AS uuid[])))"
)

#: By which of its ids a form calls each of some rights: of several that are one by merging, by that of the one that stays, if it is there.
_CALLED = text(f"""
    SELECT g.id::text AS id, first_value(g.id::text) OVER (PARTITION BY r.id ORDER BY g.id <> r.id, g.id) AS called
    FROM {OF_RIGHTS} WHERE g.id = ANY(CAST(:ids AS uuid[])) ORDER BY 1
""")


def called_once(db: Connection, rights: Collection[str]) -> dict[str, str]:
    """By its id what each right of a case goes by, so that no form offers one twice; nothing where it is about one alone."""
    return {row.id: row.called for row in db.execute(_CALLED, {"ids": list(rights)})} if len(rights) > 1 else {}


#: Today's day in the zone of a programme `p`.
TODAY = "CAST(casework_now() AT TIME ZONE (p.calendar->>'zone') AS date)"


def ended(alias: str, day: str) -> str:
    """How a need or a technology ended, as `engine.case_objects.record_use` has it: `expired`, `withdrawn`, `owner_expired` or null; a
    technology has no last day, and a need none while a case runs for it or ran well. A need that is a `draft` has not begun."""
    last = "CASE WHEN n.status NOT IN ('matched', 'met') THEN n.valid_until END" if alias == "n" else "NULL"
    not_used = "'expired', 'withdrawn'" + (f", '{DRAFT}'" if alias == "n" else "")
    return (
        f"CASE WHEN {alias}.status IN ({not_used}) THEN {alias}.status WHEN {last} < {day} THEN 'expired'"
        f" WHEN {has_expired(f'{alias}.owner_id')} THEN '{OWNER_EXPIRED}' END"
    )


def why_over(how: str | None) -> Reason:
    """Why a match opens no case, of which a need or a technology ended so."""
    if how == DRAFT:
        return reasons.catalogue.MATCH_OF_DRAFT
    return reasons.catalogue.MATCH_OWNER_EXPIRED if how == OWNER_EXPIRED else reasons.catalogue.MATCH_ENDED


def in_its_place(table: str, id: str) -> str:
    """The id of the record that stands in the place of one: its own, unless it was merged."""
    return f"(SELECT coalesce(g.merged_into, g.id) FROM {table} g WHERE g.id = {id})"


def one_with(table: str, id: str) -> str:
    """The ids of all records that are one with one by merging, itself included."""
    return f"(SELECT w.id FROM {table} w WHERE {in_its_place(table, id)} IN (w.id, w.merged_into))"

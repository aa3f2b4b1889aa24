"""Organisations as several subjects read them: which of them somebody has a reason to know, and whom one writes to there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.records.access_sql import shows_need

#: Organisations `o` that stand in the place of some `g`: each for itself, unless it was merged.
STANDING = "organisations g JOIN organisations o ON o.id = coalesce(g.merged_into, g.id)"
#: Whether an organisation `o` is a party of a case `c`: an index of cases serves it.
IS_PARTY = "jsonb_path_query_array(c.parties, '$.*') ?| ARRAY[CAST(o.id AS text)]"


def _occurs(counts: str) -> str:
    return f"""(EXISTS (SELECT FROM needs n WHERE n.owner_id = o.id AND n.programme_id = ANY(CAST(:seen AS uuid[])) AND {counts})
    OR EXISTS (SELECT FROM technologies h WHERE h.owner_id = o.id AND h.programme_id = ANY(CAST(:seen AS uuid[])))
    OR EXISTS (SELECT FROM cases c WHERE {IS_PARTY} AND c.programme_id = ANY(CAST(:seen AS uuid[]))))"""


def _known(occurs: str) -> str:
    return f"""(o.programme_id = ANY(CAST(:seen AS uuid[]))
    OR o.programme_id IS NULL AND (o.kind = 'provider' AND cardinality(CAST(:seen AS uuid[])) > 0 OR {occurs}))"""


#: Whether it has a need or a technology, or is a party of a case, in one of the programmes `:seen`.
OCCURS = _occurs("true")
#: Whether who works in these programmes has a reason to know it: one of them keeps it, it takes requests of all, or it occurs there.
KNOWN = _known(OCCURS)
#: The same of who reads there: a closed need is a reason in the programmes `:closed_of` alone.
KNOWN_TO_READERS = _known(_occurs(shows_need("n")))


#: Whether it can be a party in one of these programmes: known there, no provider of services, and not merged into another. Whether it
#: has expired is asked beside.
MAY_SIGN = f"o.kind <> 'provider' AND o.merged_into IS NULL AND {KNOWN}"


#: Whether one of `:named` is it, or was merged into it: what a case has named before goes on there, though its record has expired.
NAMED_BEFORE = (
    """o.id IN (SELECT coalesce(x.merged_into, x.id) FROM organisations x WHERE x.id = ANY(CAST(:named AS uuid[])))"""
)


def has_expired(id: str) -> str:
    """Whether the record of an organisation, or of the one in its place, has expired: an expression of SQL."""
    return f"EXISTS (SELECT FROM {STANDING} WHERE g.id = {id} AND o.expired_at IS NOT NULL)"


#: Whether `:words` are a part of its names, or of its number however its blanks are written.
CALLED = """(strpos(lower(o.name), lower(:words)) > 0 OR strpos(coalesce(o.name_zh, ''), :words) > 0
    OR strpos(replace(upper(o.register_number), ' ', ''), replace(upper(:words), ' ', '')) > 0)"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """Somebody whom one writes to at an organisation."""

    id: str
    name: str
    #: What the person does there.
    role: str | None
    email: str | None
    telephone: str | None
    #: zh or en.
    language: str


#: The contacts of some organisations in some programmes; one who was erased is somebody to the history alone.
_CONTACTS = text("""
    SELECT x.organisation_id::text AS organisation, x.id::text, x.name, x.role, x.email, x.telephone, x.language
    FROM organisation_contacts x WHERE x.organisation_id = ANY(CAST(:ids AS uuid[]))
    AND x.programme_id = ANY(CAST(:seen AS uuid[])) AND x.name <> :erased ORDER BY x.name, x.id
""")


def contacts_of(
    db: Connection, organisations: Collection[str], programmes: Collection[str]
) -> dict[str, list[Contact]]:
    """By organisation whom one writes to there, as the people of these programmes have entered it."""
    found: dict[str, list[Contact]] = {id: [] for id in organisations}
    given = {"ids": sorted(found), "seen": sorted(programmes), "erased": ERASED_WORDS}
    for row in db.execute(_CONTACTS, given):
        values = dict(row._mapping)
        found[values.pop("organisation")].append(Contact(**values))
    return found

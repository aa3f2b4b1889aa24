"""Who holds what stands in the way of an agreement, or signs it: by name for those who may see whose case it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection, text

from casework.errors import Refused
from casework.operations.core.organisations import STANDING
from casework.operations.core.reader_names import called
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.reasons import Reason, Why
from casework.reasons.rights import Holder

#: Some organisations by id and name, of those whose case lies in one of these programmes, and of those that hold it by no case.
_HOLDERS = text(f"""
    SELECT held.id::text, {called("o")} AS name FROM unnest(CAST(:ids AS uuid[]), CAST(:cases AS uuid[])) AS held(id, case_id)
    JOIN organisations o ON o.id = (SELECT o.id FROM {STANDING} WHERE g.id = held.id) LEFT JOIN cases c ON c.id = held.case_id
    WHERE c.programme_id = ANY(CAST(:seen AS uuid[])) OR held.case_id IS NULL AND CAST(:seen AS uuid[]) <> '{{}}'
""")


def name_holders(db: Connection, actor: Actor, refused: Refused) -> Refused:
    """The same refusal, with the names of the holders that the actor may know."""
    names = names_within(db, actor, refused.reasons)
    return type(refused)(*(with_names(why, names) for why in refused.reasons)) if names else refused


def names_within(db: Connection, actor: Actor, told: Iterable[Why]) -> Mapping[str, str]:
    """By id what those are called of whom some reasons tell, and whom the actor may know."""
    holders = [holder for why in told for holder in _holders(why) if holder.organisation]
    if not holders:
        return {}
    rows = db.execute(
        _HOLDERS,
        {
            "ids": [holder.organisation for holder in holders],
            "cases": [holder.case or None for holder in holders],
            "seen": sorted(reach(actor).all_of),
        },
    )
    return {row.id: row.name for row in rows}


def _holders(why: Why) -> Iterable[Holder]:
    return (value for value in why.values.values() if isinstance(value, Holder)) if isinstance(why, Reason) else ()


def with_names(why: Why, names: Mapping[str, str]) -> Why:
    """The same reason, which calls them so."""
    if not isinstance(why, Reason):
        return why
    values = {
        name: names.get(value.organisation, value) if isinstance(value, Holder) else value
        for name, value in why.values.items()
    }
    return replace(why, values=values)

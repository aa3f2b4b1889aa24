"""Lists of needs and technologies as a search, and what they are narrowed to, leave them: the best first, or the newest. Reads only."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects.kept_records import CLOSED
from casework.errors import InvalidForm
from casework.matching.facets import FACETS, Facet
from casework.operations.catalogue.service import list_records
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.paging import cursor_id, from_cursor, insist_limit, page
from casework.operations.matching.search_box import (
    COUNTED,
    LONGEST,
    Choice,
    FoundRecords,
    count_records,
    find_records,
    list_among,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach

Kind = TypeVar("Kind", Need, Technology)
_NOUNS: Mapping[type, str] = {Need: "need", Technology: "technology"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Listed(Generic[Kind]):
    """A part of a list, and what the whole of it may be narrowed to."""

    items: list[Kind]
    #: The cursor of the part after it; None where there is none.
    next: str | None
    #: How many there are in all; of a search that finds more than are counted, so many at least.
    records: int
    at_least: bool
    #: By name the values by which it may be narrowed; an empty one is that it is not known.
    facets: dict[str, list[Choice]]
    #: No record says all that was searched for: these say some of it.
    some: bool
    #: The terms that were searched for, in order.
    terms: list[str]


def cleaned(said: str) -> str:
    """What was typed into a search box, without what no text has and no more of it than is read."""
    kept = "".join(letter if letter.isprintable() else " " for letter in said[: LONGEST * 4])
    return " ".join(kept.split())[:LONGEST]


def facets_asked(noun: str, asked: Mapping[str, str | None]) -> list[Facet]:
    """What of an address narrows a list; `unknown` is that a record does not say."""
    told = {name: cleaned(value) for name in FACETS[noun] if (value := asked.get(name))}
    return [Facet(name, "" if value == "unknown" else value) for name, value in told.items() if value]


def list_found(
    db: Connection,
    actor: Actor,
    kind: type[Kind],
    *,
    said: str = "",
    facets: Sequence[Facet] = (),
    programme: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Listed[Kind]:
    """Records of the actor's programmes, or of one of them: of a search the best first, else the newest."""
    noun, said, seen = _NOUNS[kind], cleaned(said), reach(actor).all_of
    programmes = seen if programme is None else seen & {programme}
    of_one = {} if programme is None else {"programme": programme}
    some, terms = False, list[str]()
    if said:
        found = find_records(db, programmes, noun, said, facets)
        ids, following = _part(found, cursor, insist_limit(limit))
        # What its source calls so comes before all; closed needs, which are in no index, by a part of their titles.
        named = [{"external_id": said}, *([{"title": said, "publication": CLOSED}] if kind is Need else [])]
        before = {
            one.id: one
            for filters in ([] if cursor or facets else named)
            for one in list_records(db, actor, kind, filters=filters | of_one, limit=limit).items
        }
        items = list(before.values())
        items += _in_order(db, actor, kind, [id for id in ids if id not in before])
        some = found.some and all(getattr(one, "publication", "") != CLOSED for one in items)
        records, told, terms = max(found.records, len(items)), dict(found.facets), sorted(found.terms)
    else:
        records, told = count_records(db, programmes, noun, facets)
        if facets:
            most, keys = insist_limit(limit), from_cursor(cursor, 1)
            after = cursor_id(keys[0]) if keys else None
            every = list_among(db, programmes, noun, facets, after=after, most=most + 1)
            shown, following = page(every, most, lambda id: (id,))
            items = _in_order(db, actor, kind, shown)
        else:
            newest = list_records(db, actor, kind, filters=of_one, cursor=cursor, limit=limit)
            items, following = newest.items, newest.next
    return Listed(
        items=items,
        next=following,
        records=records,
        at_least=records >= COUNTED and bool(said or facets),
        facets=told,
        some=some,
        terms=terms,
    )


def _part(found: FoundRecords, cursor: str | None, most: int) -> tuple[list[str], str | None]:
    """The ids of the next of what was found, and the cursor of those after them."""
    ranked = [(one.score, one.id) for one in found.ranked]
    if keys := from_cursor(cursor, 2):
        after = (-_score(keys[0]), cursor_id(keys[1]))
        ranked = [(score, id) for score, id in ranked if (-score, id) > after]
    shown, following = page(ranked[: most + 1], most, lambda one: (repr(one[0]), one[1]))
    return [id for _, id in shown], following


def _in_order(db: Connection, actor: Actor, kind: type[Kind], ids: Sequence[str]) -> list[Kind]:
    if not ids:
        return []
    read = {one.id: one for one in list_records(db, actor, kind, filters={"ids": ids}, limit=len(ids)).items}
    return [read[id] for id in ids if id in read]


def _score(key: Any) -> float:
    try:
        score = float(key)
    except (TypeError, ValueError):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS}) from None
    if not math.isfinite(score):
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS})
    return score

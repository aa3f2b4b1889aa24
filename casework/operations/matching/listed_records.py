"""Lists of needs and technologies as a search, and what they are narrowed to, leave them: the best first, or the newest. Reads only."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection

from casework import reasons
from casework.errors import InvalidForm
from casework.matching.bm25 import Scored
from casework.matching.facets import FACETS, Facet, value_of
from casework.operations.catalogue.service import list_records
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.paging import FIRST_ID, cursor_id, from_cursor, insist_limit, page, to_cursor
from casework.operations.matching.search_box import (
    COUNTED,
    LONGEST,
    Choice,
    count_records,
    find_records,
    list_among,
    list_new,
)
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach

Kind = TypeVar("Kind", Need, Technology)
#: After what the first part goes on, where what comes before all has filled it.
_BEFORE_ALL = repr(sys.float_info.max), FIRST_ID
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
    #: How many of them all parts of the list have: of a search those alone that fit best.
    listed: int
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


def facets_asked(noun: str, asked: Mapping[str, str | None], names: Sequence[str] | None = None) -> list[Facet]:
    """What of an address narrows a list, or one that has but some `names` for it; `unknown` is that a record does not say."""
    told = {name: value for name in names or FACETS[noun] if (value := cleaned(asked.get(name) or ""))}
    return [Facet(name, value_of(value)) for name, value in told.items()]


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
    noun, said, seen, closed = _NOUNS[kind], cleaned(said), reach(actor).all_of, closed_of(actor)
    programmes = seen if programme is None else seen & {programme}
    of_one = {} if programme is None else {"programme": programme}
    some, terms = False, list[str]()
    if said:
        found = find_records(db, programmes, noun, said, facets, closed_of=closed)
        before = [] if facets else _named(db, actor, kind, said, of_one, most=insist_limit(limit))
        named = {one.id for one in before}
        rest = [one for one in found.ranked if one.id not in named]
        shown_first = [] if cursor else before
        ids, following = _part(rest, cursor, insist_limit(limit) - len(shown_first))
        items = shown_first + _in_order(db, actor, kind, ids)
        records = found.records + len(named) - (len(found.ranked) - len(rest))
        many = len(rest) + len(named)
        some, told, terms = found.some, dict(found.facets), sorted(found.terms)
    else:
        records, told = count_records(db, programmes, noun, facets, closed_of=closed)
        many = records
        if facets:
            most, keys = insist_limit(limit), from_cursor(cursor, 1)
            after = cursor_id(keys[0]) if keys else None
            every = list_among(db, programmes, noun, facets, closed_of=closed, after=after, most=most + 1)
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
        listed=many,
        facets=told,
        some=some,
        terms=terms,
    )


def find_new(
    db: Connection,
    actor: Actor,
    kind: type[Kind],
    *,
    said: str = "",
    facets: Sequence[Facet] = (),
    since: datetime,
    until: datetime,
) -> Kind | None:
    """A record that came between two moments and stands in the list that a search leaves, where it says all that is searched for."""
    said, came = cleaned(said), {"since": since, "until": until}
    if said and not facets and (named := _named(db, actor, kind, said, came, most=1)):
        return named[0]
    among: dict[str, Any] = came
    if said or facets:
        seen, closed = reach(actor).all_of, closed_of(actor)
        among = {"ids": list_new(db, seen, _NOUNS[kind], said, facets, closed_of=closed, **came)}
    return next(iter(list_records(db, actor, kind, filters=among, limit=1).items), None)


def _named(
    db: Connection, actor: Actor, kind: type[Kind], said: str, narrowed: Mapping[str, Any], *, most: int
) -> list[Kind]:
    """What comes before all: what its source calls so."""
    return list(list_records(db, actor, kind, filters={"external_id": said, **narrowed}, limit=most).items)


def _part(found: Sequence[Scored], cursor: str | None, most: int) -> tuple[list[str], str | None]:
    """The ids of the next of what was found, and the cursor of those after them."""
    ranked = [(one.score, one.id) for one in found]
    if most == 0:
        return [], to_cursor(*_BEFORE_ALL) if ranked else None
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

"""What a list of cases may be filtered by: what each filter asks, and what it offers. Reads only.

Of whom a filter may say something the same policy decides as of what is listed: it finds no case by what its reader does not see of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.state.case_dates import HOLD, NOBODY, OUTSIDE, PROVIDER, US
from casework.errors import InvalidForm
from casework.operations.core.views import NamedInBoth, rows_as
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.access_sql import reach_values, tells_title
from casework.records.search_terms import holds_unspaced, of_programmes, terms_of, terms_within, terms_within_plain

#: The cases that a person sees whole.
WHOLE = "c.programme_id = ANY(CAST(:all_of AS uuid[]))"
#: The cases that a person sees at least in outline.
_OUTLINE = f"({WHOLE} OR c.programme_id = ANY(CAST(:outlines_of AS uuid[])))"
#: The cases whose titles a person is told: no other is found by the words of its title.
_TOLD = tells_title("c")
#: A case is late by now.
LATE = "d.late_at < (SELECT casework_now())"
#: By name: of which cases one must see how much before the filter says anything of them, and what it asks.
_FILTERS: Mapping[str, tuple[str, str]] = {
    "number": ("true", "c.number = :number"),
    # Several, with blanks between.
    "numbers": ("true", "c.number = ANY(string_to_array(:numbers, ' '))"),
    "words": ("true", f"(c.number ILIKE :words OR {_TOLD} AND c.title ILIKE :words)"),
    "state": (_OUTLINE, "c.state = :state"),
    "outcome": (_OUTLINE, "c.outcome = :outcome"),
    "programme": (_OUTLINE, "c.programme_id = CAST(:programme AS uuid)"),
    "phase": (WHOLE, "c.phase_id = CAST(:phase AS uuid)"),
    "owner": (WHOLE, "c.owner_id = CAST(:owner AS uuid)"),
    "provider": (
        WHOLE,
        "EXISTS (SELECT FROM tracks t WHERE t.log_id = c.id AND t.provider_id = CAST(:provider AS uuid) AND NOT t.replaced)",
    ),
    # By `case_dates`. The moment is asked for once: one that could change from row to row leads through no index.
    "overdue": (WHOLE, LATE),
    "open": (WHOLE, "(c.closed_at IS NULL) = (:open = 'yes')"),
    # Those that the reader follows, and reads whole still: nobody asks who else does.
    "followed": (WHOLE, "c.id = ANY(ARRAY(SELECT f.log_id FROM follows f WHERE f.person_id = CAST(:person AS uuid)))"),
    "waits_for": (WHOLE, "d.waits_for = ANY(CAST(:waits AS text[]))"),
}
#: Words that are written without spaces are also looked for in what a reader of Chinese reads in place of the title, see `titled`;
#: Latin ones where a word begins there: so far the index of needs keeps them.
_TITLED = "EXISTS (SELECT FROM needs y WHERE y.id = c.need_id AND y.title = c.title AND y.title_zh"
_IN_BOTH = f"(c.number ILIKE :words OR {_TOLD} AND (c.title ILIKE :words OR {_TITLED} ILIKE :words)))"
_AT_A_BEGINNING = f"(c.number ILIKE :words OR {_TOLD} AND (c.title ILIKE :words OR {_TITLED} ~* :begun)))"
#: The cases that the indexes of words have for what a filter asks, by themselves or by their need; null where they are more than so
#: many, and so are soon met anyway.
_BY_TERMS = text("""
    WITH named AS (SELECT ARRAY(
        SELECT n.id FROM needs n WHERE casework_terms_of_both(n.title, n.title_zh) @@ CAST(:of_needs AS tsquery) LIMIT :most + 1
    ) AS ids)
    SELECT CASE WHEN greatest(cardinality(x.ids), cardinality(named.ids)) <= :most THEN CAST(x.ids AS text) END FROM named, LATERAL (
        SELECT ARRAY(
            SELECT c.id FROM cases c WHERE casework_case_terms(c.programme_id, c.number, c.title) @@ CAST(:terms AS tsquery)
            UNION ALL SELECT c.id FROM cases c WHERE c.need_id = ANY(named.ids)
            AND (CAST(:programmes AS uuid[]) IS NULL OR c.programme_id = ANY(CAST(:programmes AS uuid[]))) LIMIT :most + 1
        )
    ) x(ids)
""")
#: Whom a list may be filtered by as waited for.
WAITS_FOR = (US, PROVIDER, OUTSIDE, HOLD)
#: The filters that `case_dates` answers.
_BY_DATES = frozenset({"overdue", "waits_for"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the filters ask: of rows of cases, of their dates, and its values."""

    more: str
    dates: str
    given: dict[str, Any]
    #: Whether only cases are found that are seen whole.
    whole: bool
    #: Whether anything is asked of their dates; and that they be late.
    dated: bool
    late: bool


def read_filters(db: Connection, actor: Actor, filters: Mapping[str, str], most: int) -> Asked:
    """What the filters ask; of words, of no more cases than so many. Raises InvalidForm for what is no filter, or no id."""
    if unknown := filters.keys() - _FILTERS.keys():
        raise InvalidForm(fields=dict.fromkeys(unknown, reasons.cases.NOT_A_FILTER))
    given: dict[str, Any] = dict(reach_values(reach(actor)))
    more, dates = list[str](), list[str]()
    for name, value in filters.items():
        sees, asks = _FILTERS[name]
        if name in ("programme", "phase", "owner", "provider"):
            value = _insist_id(name, value)
        if name == "words":
            given["known"] = _known(db, value, given, most)
            # Of a word too short for an index the needs would be read one by one.
            both = _IN_BOTH if holds_unspaced(value) else _AT_A_BEGINNING if terms_within(value) else asks
            given["begun"] = "(?<![A-Za-z0-9])" + re.sub(r"([^\w\s])", r"\\\1", value)
            asks = f"c.id = ANY(CAST(:known AS uuid[])) AND {both}" if given["known"] is not None else both
            value = "%" + re.sub(r"([\\%_])", r"\\\1", value) + "%"
        if name not in _BY_DATES:
            given[name] = value
        (dates if name in _BY_DATES else more).append(f"AND {sees} AND {asks}")
    if dates:
        # Another word than one of ours finds nothing.
        waits = filters.get("waits_for")
        given["waits"] = [one for one in (*WAITS_FOR, NOBODY) if waits is None or one == waits and one in WAITS_FOR]
    return Asked(
        more=" ".join(more),
        dates=" ".join(dates),
        given=given,
        whole=any(_FILTERS[name][0] == WHOLE for name in filters),
        dated=bool(dates),
        late="overdue" in filters,
    )


def _known(db: Connection, words: str, given: Mapping[str, Any], most: int) -> str | None:
    """The ids of all cases that may hold the words, where these are few; of the person's own programmes alone, but for who sees cases
    of others by a referral."""
    terms, programmes = terms_within(words), [*given["all_of"], *given["outlines_of"]]
    if terms is None:
        return None
    among = None if given["organisations"] else programmes
    if among is not None:
        terms = of_programmes(terms, among)
    asked = {"terms": terms, "most": most, "programmes": among}
    asked["of_needs"] = terms_within_plain(words) if holds_unspaced(words) else terms_of(words)
    known: str | None = db.execute(_BY_TERMS, asked).scalar_one()
    return known


def _insist_id(name: str, value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        raise InvalidForm(fields={name: reasons.fields.NOT_AN_ID}) from None


# --- what the filters offer ------------------------------------------------------------------------------------------

#: Who may own a case of some programmes, to filter by.
_OWNERS = text("""
    SELECT p.id, p.name, p.name_zh FROM people p WHERE p.id IN (
        SELECT m.person_id FROM memberships m WHERE m.role = 'officer'
        AND m.programme_id = ANY(CAST(:all_of AS uuid[]))
    ) ORDER BY p.name, p.id LIMIT 500
""")
#: The providers that some programmes ask, and those that have worked on a case of theirs, to filter by. From one provider of a track to
#: the next by the index: their number counts, not that of the tracks.
_PROVIDERS = text("""
    WITH RECURSIVE at_work AS (
        SELECT CAST('00000000-0000-0000-0000-000000000000' AS uuid) AS id UNION ALL
        SELECT (SELECT t.provider_id FROM tracks t WHERE t.provider_id > w.id ORDER BY t.provider_id LIMIT 1)
        FROM at_work w WHERE w.id IS NOT NULL
    )
    SELECT o.id, o.name, o.name_zh FROM organisations o WHERE o.services <> '{}' AND EXISTS (
        SELECT FROM programmes p WHERE p.id = ANY(CAST(:all_of AS uuid[])) AND (p.providers IS NULL OR o.id = ANY(p.providers))
    ) OR o.id IN (
        SELECT w.id FROM at_work w WHERE EXISTS (
            SELECT FROM tracks t JOIN cases c ON c.id = t.log_id
            WHERE t.provider_id = w.id AND NOT t.replaced AND c.programme_id = ANY(CAST(:all_of AS uuid[]))
        )
    ) ORDER BY o.name, o.id LIMIT 500
""")
#: The phases of some programmes, to filter by.
_PHASES = text("""
    SELECT id, name, name_zh FROM phases WHERE programme_id = ANY(CAST(:all_of AS uuid[])) ORDER BY starts_on, id LIMIT 500
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class FilterChoices:
    """By what a list of cases may be filtered."""

    owner: list[NamedInBoth]
    provider: list[NamedInBoth]
    phase: list[NamedInBoth]


def filter_choices(db: Connection, actor: Actor) -> FilterChoices:
    """Officers, providers and phases that a list may be filtered by; nothing for those who see outlines only."""
    mine = reach(actor)
    if not mine.all_of:
        return FilterChoices(owner=[], provider=[], phase=[])
    given = {"all_of": sorted(mine.all_of)}
    return FilterChoices(
        owner=rows_as(NamedInBoth, db.execute(_OWNERS, given)),
        provider=rows_as(NamedInBoth, db.execute(_PROVIDERS, given)),
        phase=rows_as(NamedInBoth, db.execute(_PHASES, given)),
    )

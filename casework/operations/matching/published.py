"""The catalogue as whoever has no account reads it: what is published, in use, and of a programme that shows its catalogue.

Nobody signs in for it, so that row security shows the transaction no case, no task and no history. What is not published is in no
statement here: not in lists and counts, not in what a list may be narrowed to, and not in the index that a search asks, which holds
the published alone. How common a word is among all records plays no part in the order. Reads only.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import NEED, ON_REQUEST, PUBLIC, TECHNOLOGY
from casework.engine.case_objects.technology_details import LACKED
from casework.errors import NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.matching.facets import PUBLIC_FACETS, Facet, facet_of
from casework.matching.wanted import narrowed, query_of
from casework.operations.catalogue.catalogue_text import is_placeholder
from casework.operations.catalogue.service import plain_value
from casework.operations.core.catalogue_index import TITLED
from casework.operations.core.merged_records import ended
from casework.operations.core.paging import PAGE, cursor_count, cursor_id, from_cursor, to_cursor
from casework.operations.core.record_log import TABLES, Kept
from casework.operations.core.views import rows_as
from casework.operations.matching.candidates import CANDIDATES
from casework.operations.matching.published_views import Office, Published, PublishedList
from casework.operations.matching.ranking import read_glossary
from casework.operations.matching.search_box import COUNTED, Choice, choices, ways_in
from casework.records.access_sql import is_published
from casework.records.database import plan_by_values

#: What of a record is told to everybody as soon as it is not closed; its titles come with it.
OUTLINE: Mapping[str, tuple[str, ...]] = {
    TECHNOLOGY: (
        "readiness_low", "readiness_high", "developed_in", "deployed_in", "ipc", "green_topics", "licences", "standards",
    ),
    NEED: ("sector", "district", "readiness_low", "readiness_high"),
}  # fmt: skip
#: What is told besides of one that is public. Never what leads to whose it is, as numbers of patents and a page of its own do; what it
#: may cost; or what has no field of its own.
WHOLE: Mapping[str, tuple[str, ...]] = {
    TECHNOLOGY: (
        "description", "problem", "advantage", "cost_compared", "benefits", "sdgs", "reference_sites", "readiness_text",
        "published_on", "last_confirmed_on",
    ),
    NEED: ("problem", "target", "figures", "ipc", "wanted_form", "wanted_by", "valid_until"),
}  # fmt: skip
#: What a source claims and only a person's word makes true: told once somebody of the office stands for it.
_ONCE_CONFIRMED: Mapping[str, tuple[str, ...]] = {TECHNOLOGY: ("verification",), NEED: ()}
_ALIAS: Mapping[str, str] = {TECHNOLOGY: "t", NEED: "n"}
_EMPTY: tuple[Any, ...] = (None, "", [], {})

#: The programmes that show their catalogue.
_OFFICES = text("""
    SELECT p.id::text, p.code, p.name, p.name_zh, c.contact, c.contact_zh, c.email
    FROM public_catalogues c JOIN programmes p ON p.id = c.programme_id WHERE c.open ORDER BY p.code, p.id
""")


def _shown(noun: Kept) -> str:
    """A record is shown, and no day or owner speaks against it."""
    alias = _ALIAS[noun]
    today = f"(SELECT CAST(casework_now() AT TIME ZONE (d.calendar->>'zone') AS date) FROM programmes d WHERE d.id = {alias}.programme_id)"
    # A need is shown until its day also where it does not end by it any more: nothing tells that it is met.
    in_its_days = f" AND (n.valid_until IS NULL OR n.valid_until >= {today})" if noun == NEED else ""
    return f"{is_published(alias)} AND {ended(alias, today)} IS NULL{in_its_days}"


def _columns(noun: Kept) -> str:
    """What is read of a record: of one that is not public nothing but its outline leaves the database."""
    alias = _ALIAS[noun]
    whole = [f"CASE WHEN {alias}.publication = '{PUBLIC}' THEN {alias}.{name} END AS {name}" for name in WHOLE[noun]]
    sure = [
        f"CASE WHEN {alias}.publication = '{PUBLIC}' AND {alias}.provenance->'{name}'->>'confirmed_by' IS NOT NULL THEN {alias}.{name} END"
        f" AS {name}"
        for name in _ONCE_CONFIRMED[noun]
    ]
    outline = [f"{alias}.{name}" for name in ("title", "title_zh", *OUTLINE[noun])]
    checked = f"ARRAY(SELECT o.key FROM jsonb_each({alias}.provenance) o WHERE o.value->>'confirmed_by' IS NOT NULL ORDER BY 1) AS checked"
    return ", ".join(
        [f"{alias}.id::text", f"{alias}.programme_id::text", f"{alias}.publication", *outline, *whole, *sure, checked]
    )


_NOUNS: tuple[Kept, ...] = ("need", "technology")
_FROM: Mapping[str, str] = {noun: f"{TABLES[noun]} {_ALIAS[noun]}" for noun in _NOUNS}
_ID: Mapping[str, str] = {noun: f"{_ALIAS[noun]}.id" for noun in _NOUNS}
_SHOWN: Mapping[str, str] = {noun: _shown(noun) for noun in _NOUNS}
_COLUMNS: Mapping[str, str] = {noun: _columns(noun) for noun in _NOUNS}
#: Some records, as far as they are shown.
_RECORDS = {
    noun: text(
        f"SELECT {_COLUMNS[noun]} FROM {_FROM[noun]} WHERE {_ID[noun]} = ANY(CAST(:ids AS uuid[])) AND {_SHOWN[noun]}"
    )
    for noun in _NOUNS
}
#: Of indexed records `r` the published ones of one kind, in the programmes that show theirs.
_OF = "r.published IS NOT NULL AND r.noun = :noun AND r.programme_id = ANY(CAST(:programmes AS uuid[]))"
#: Indexed records `r` that say what is wanted, as far as they are published.
_WANTED = f"(SELECT CAST(:wanted AS tsquery) AS wanted OFFSET 0) q JOIN indexed_records r ON r.published @@ q.wanted AND {_OF}"
#: All of these.
_ALL = f"(SELECT * FROM indexed_records r WHERE {_OF}) r"
#: Whether such a record is shown.
_IS_SHOWN: Mapping[str, str] = {
    noun: f"EXISTS (SELECT FROM {_FROM[noun]} WHERE {_ID[noun]} = r.record_id AND {_SHOWN[noun]})" for noun in _NOUNS
}
#: How many were found, and by term how many of them say it.
_TOLD = """SELECT (SELECT count(*) FROM found) AS records, (
        SELECT coalesce(json_object_agg(f.term, f.records), '{}') FROM (
            SELECT t.term, count(*) AS records FROM found, unnest(found.facets) t(term) GROUP BY t.term
        ) f
    ) AS facets"""
#: How many of those that are wanted there are, and by term how many are among what the list is narrowed to: of so many at most.
_COUNTS = {
    noun: text(f"""
        WITH found AS MATERIALIZED (SELECT r.facets FROM {_WANTED} WHERE {_IS_SHOWN[noun]} LIMIT :most) {_TOLD}
    """)
    for noun in _NOUNS
}
#: The same of all.
_ALL_COUNTS = {
    noun: text(f"""
        WITH found AS MATERIALIZED (SELECT r.facets FROM {_ALL} WHERE {_IS_SHOWN[noun]} LIMIT :most) {_TOLD}
    """)
    for noun in _NOUNS
}
#: The newest first, after one of them.
_AFTER = "(CAST(:after AS uuid) IS NULL OR r.record_id < CAST(:after AS uuid)) ORDER BY r.record_id DESC LIMIT :most"
#: The newest of those that are wanted, after one of them.
_AMONG = {
    noun: text(f"SELECT r.record_id::text FROM {_WANTED} WHERE {_IS_SHOWN[noun]} AND {_AFTER}") for noun in _NOUNS
}
#: The same of all.
_NEWEST = {noun: text(f"SELECT r.record_id::text FROM {_ALL} WHERE {_IS_SHOWN[noun]} AND {_AFTER}") for noun in _NOUNS}


def list_offices(db: Connection) -> list[Office]:
    """The programmes that show their catalogue. Raises NotFound where none does."""
    offices = rows_as(Office, db.execute(_OFFICES))
    if not offices:
        raise NotFound()
    return list(offices)


@dataclass(frozen=True)
class _Catalogue:
    """The catalogue of one kind of record, of the programmes that show it."""

    db: Connection
    noun: Kept
    programmes: list[str]

    def ids(self, wanted: str, *, after: str | None, most: int) -> list[str]:
        given = {**self._of, "wanted": wanted, "after": after, "most": most}
        return list(self.db.execute((_AMONG if wanted else _NEWEST)[self.noun], given).scalars())

    def count(self, wanted: str) -> tuple[int, dict[str, int]]:
        given = {**self._of, "wanted": wanted, "most": COUNTED}
        row = self.db.execute((_COUNTS if wanted else _ALL_COUNTS)[self.noun], given).one()
        return int(row.records), dict(row.facets)

    @property
    def _of(self) -> dict[str, Any]:
        return {"noun": self.noun, "programmes": self.programmes}


def list_published(
    db: Connection, noun: Kept, *, said: str = "", facets: Sequence[Facet] = (), cursor: str | None = None
) -> PublishedList:
    """What is published: of a search those first whose titles say it, else the newest first. Raises NotFound where nothing is shown."""
    plan_by_values(db)
    of = _Catalogue(db, noun, [office.id for office in list_offices(db)])
    keys = from_cursor(cursor, 1)
    if not said:
        ids = of.ids(narrowed("", facets), after=cursor_id(keys[0]) if keys else None, most=PAGE + 1)
        part, following = ids[:PAGE], to_cursor(ids[PAGE - 1]) if len(ids) > PAGE else None
        query = ""
    else:
        words = ways_in(said, [read_glossary(db, programme) for programme in of.programmes])
        query = query_of(words)
        ids = _best(of, (query_of(words, mark=TITLED), query), facets)
        start = cursor_count(keys[0]) if keys else 0
        part, following = ids[start : start + PAGE], to_cursor(start + PAGE) if len(ids) > start + PAGE else None
        if not query:
            return PublishedList(items=[], next=None, records=0, at_least=False, listed=0)
    records, told = _counted(of, query, facets)
    many = len(ids) if said else records
    read = {one.id: one for one in _read(db, noun, part)}
    return PublishedList(
        items=[read[id] for id in part if id in read],
        next=following,
        records=records,
        at_least=records >= COUNTED,
        listed=many,
        facets=_narrowing(noun, told),
    )


def _best(of: _Catalogue, queries: Sequence[str], facets: Sequence[Facet]) -> list[str]:
    """The newest of those that say every word, in either language, before them those whose titles do."""
    found: dict[str, None] = {}
    for query in filter(None, queries):
        if len(found) < CANDIDATES:
            found |= dict.fromkeys(of.ids(narrowed(query, facets), after=None, most=CANDIDATES))
    return list(found)[:CANDIDATES]


def _counted(of: _Catalogue, query: str, facets: Sequence[Facet]) -> tuple[int, dict[str, int]]:
    """How many are found, and among what; of what the list is narrowed to what else there would be."""
    records, told = of.count(narrowed(query, facets))
    for one in facets:
        _, beside = of.count(narrowed(query, [other for other in facets if other != one]))
        told |= {term: many for term, many in beside.items() if facet_of(term).name == one.name}
    return records, told


def _narrowing(noun: Kept, told: Mapping[str, int]) -> dict[str, list[Choice]]:
    every = choices(noun, {term: many for term, many in told.items() if facet_of(term).name in PUBLIC_FACETS[noun]})
    return {name: every[name] for name in PUBLIC_FACETS[noun]}


def show_published(db: Connection, noun: Kept, id: str) -> tuple[Published, Office]:
    """A record as far as it is published, and whom one asks about it. Raises NotFound for all others alike."""
    offices = {office.id: office for office in list_offices(db)}
    for one in _read(db, noun, [id]):
        return one, offices[one.programme]
    raise NotFound(noun)


def _read(db: Connection, noun: Kept, ids: Collection[str]) -> list[Published]:
    return [_published(noun, row) for row in db.execute(_RECORDS[noun], {"ids": sorted(ids)})]


def public_ones(db: Connection, noun: Kept, ids: Collection[str]) -> set[str]:
    """Those of some records that everybody reads, and not their outline alone."""
    return {one.id for one in _read(db, noun, ids) if not one.on_request} if ids else set()


def _named(value: JsonMapping, *names: str) -> JsonObject:
    return {name: value[name] for name in names if name in value}


def _published(noun: Kept, row: Any) -> Published:
    told = {name: plain_value(row._mapping[name]) for name in (*WHOLE[noun], *OUTLINE[noun], *_ONCE_CONFIRMED[noun])}
    # The number of a certificate or a statement, and who gave it, lead to whose it is.
    if told.get("standards"):
        told["standards"] = [
            _named(one, "name", "valid_until") for one in told["standards"] if one.get("held") != LACKED
        ]
    if told.get("verification"):
        told["verification"] = _named(told["verification"], "verdict", "valid_until")
    fields = {
        name: value
        for name, value in told.items()
        if value not in _EMPTY and not (isinstance(value, str) and is_placeholder(value))
    }
    return Published(
        id=row.id,
        programme=row.programme_id,
        title=row.title,
        title_zh=row.title_zh,
        on_request=row.publication == ON_REQUEST,
        fields=fields,
        checked=frozenset(row.checked) & fields.keys(),
    )


__all__ = ["OUTLINE", "WHOLE", "list_offices", "list_published", "public_ones", "show_published"]

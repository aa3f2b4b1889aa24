"""Keeps the index of needs and technologies: what each says that others may find, in the same transaction as the record.

A technology is found by what it is, which problem it solves and what it is better at. A need is found by what it wants: its problem, its
target, the words of its figures, its sector, and inside its programme the function wanted, which has no field of its own and is told
to nobody else. All else that stands in `more`, such as what was tried, its site and its contact, its budget and whose it is are in no
index. Records that are not in use are counted apart (`IDLE`): lists find them, and no need is matched with them. Closed needs
are counted apart as well (`CLOSED_NEED`), and each of their terms has a mark that is in no other: whoever may not read them asks for
none of these, and looks at nothing of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import CLOSED, NEED, PUBLIC, TECHNOLOGY
from casework.engine.case_objects.need_figures import words_of_figures
from casework.engine.case_objects.record_use import DRAFT, IN_USE
from casework.engine.case_objects.technology_details import still_valid
from casework.json_values import JsonMapping, JsonObject
from casework.matching.bm25 import length_of
from casework.matching.facets import facets_of, in_public
from casework.matching.terms import tally
from casework.operations.core.merged_records import TODAY
from casework.operations.core.paging import FIRST_ID
from casework.records.access_sql import CLOSED_NEED
from casework.records.database import run_ahead, run_later

#: By which rules terms are made; a higher number makes every record again.
RULES = 7
#: As what records are indexed that are not in use.
IDLE: Mapping[str, str] = {NEED: "idle_need", TECHNOLOGY: "idle_technology"}
#: Before all that a closed need says.
CLOSED_MARK = "!"
#: Before a term that a title says.
TITLED = "^"
#: Records that are brought after in one transaction.
BATCH = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class Findable:
    """A record as it stands, with what of it can be found; without a title it cannot be found at all."""

    id: str
    programme: str
    title: str | None
    body: str = ""
    #: What it says besides, that only those are told who read it inside its programme.
    inside: str = ""
    #: What lists may be narrowed to that it is among.
    facets: Sequence[str] = ()
    #: Whether it is not in use.
    idle: bool = False
    #: Whether it is a closed need, or a draft.
    closed: bool = False
    #: When the record was written.
    told_at: Any = None
    #: The last day on which its facets are these: a certificate ends then.
    told_until: str | None = None
    #: How far it is published: public, on_request or closed.
    publication: str = CLOSED


#: What is asked of every record; one that was merged cannot be found.
_EACH = f"""t.id::text, t.programme_id::text AS programme, t.updated_at AS told_at, t.status, t.source, t.publication, t.readiness_low,
        t.readiness_high, CASE WHEN t.merged_into IS NULL THEN concat_ws(' ', t.title, t.title_zh) END AS title,
        jsonb_path_exists(t.provenance, '$.*.confirmed_by') AS confirmed,
        (SELECT CAST({TODAY} AS text) FROM programmes p WHERE p.id = t.programme_id) AS today"""
#: Technologies with what of them can be found.
_TECHNOLOGIES = f"""
    SELECT {_EACH}, t.developed_in || t.deployed_in AS countries, t.ipc, t.green_topics,
        t.licences, t.standards, t.description, t.benefits, t.problem, t.advantage
    FROM technologies t
"""
#: Needs with what of them can be found.
_NEEDS = f"""
    SELECT {_EACH}, t.sector, t.district, t.ipc, t.problem, t.target, t.figures, t.function
    FROM needs t
"""
_OF: Mapping[str, str] = {TECHNOLOGY: _TECHNOLOGIES, NEED: _NEEDS}
#: Some records with what of them can be found.
_BY_ID = {
    noun: text(f"{_OF[noun]} WHERE t.id = ANY(CAST(:ids AS uuid[])) ORDER BY t.id") for noun in (NEED, TECHNOLOGY)
}
#: Of a programme the next records after one that are not in the index as they stand.
_STALE = {
    noun: text(f"""{_OF[noun]} LEFT JOIN indexed_records x ON x.record_id = t.id
        WHERE t.programme_id = CAST(:programme AS uuid) AND t.id > CAST(:after AS uuid)
        AND CASE WHEN t.merged_into IS NULL
            THEN x.record_id IS NULL OR x.rules <> :rules OR x.told_at IS DISTINCT FROM t.updated_at
                OR x.told_until < (SELECT {TODAY} FROM programmes p WHERE p.id = t.programme_id)
            ELSE x.record_id IS NOT NULL END
        ORDER BY t.id LIMIT :most""")
    for noun in (NEED, TECHNOLOGY)
}
#: The programmes with records of which lists are narrowed to what has expired by now.
_EXPIRED = text(f"""
    SELECT p.id::text FROM programmes p
    WHERE EXISTS (SELECT FROM indexed_records x WHERE x.programme_id = p.id AND x.told_until < {TODAY}) ORDER BY p.id
""")
#: Which day it is in some programmes.
_TODAY = text(
    f"SELECT p.id::text, CAST({TODAY} AS text) AS today FROM programmes p WHERE p.id = ANY(CAST(:programmes AS uuid[]))"
)
#: What an index has of some records.
_BEFORE = text("""
    SELECT record_id::text, noun, counts, facets, length FROM indexed_records WHERE record_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY record_id FOR UPDATE
""")
#: Takes records out.
_FORGET = text("DELETE FROM indexed_records WHERE record_id = ANY(CAST(:ids AS uuid[]))")
#: Puts records in, or in the place of what was there.
_KEEP = """
    INSERT INTO indexed_records (record_id, programme_id, noun, terms, counts, facets, published, length, rules, told_at, told_until)
    SELECT r.id, r.programme, r.noun, array_to_tsvector(ARRAY(
        SELECT r.mark || t.term FROM unnest(ARRAY(SELECT json_object_keys(CAST(r.counts AS json))) || r.facets || r.titled) t(term)
    )), r.counts, r.facets, array_to_tsvector(r.published), r.length, $1, r.told_at, r.told_until
    FROM jsonb_to_recordset(CAST($2 AS jsonb))
        r(id uuid, programme uuid, noun text, mark text, counts text, facets text[], titled text[], published text[], length integer,
            told_at timestamptz, told_until date)
    ON CONFLICT (record_id) DO UPDATE SET programme_id = excluded.programme_id, noun = excluded.noun, terms = excluded.terms,
        counts = excluded.counts, facets = excluded.facets,
        published = excluded.published, length = excluded.length, rules = excluded.rules, told_at = excluded.told_at,
        told_until = excluded.told_until
"""
#: Counts in how many records terms stand from now on.
_COUNT = """
    INSERT INTO index_terms (programme_id, noun, term, records)
    SELECT CAST($1 AS uuid), $2, t.key, CAST(t.value AS integer) FROM json_each_text(CAST($3 AS json)) t
    ON CONFLICT (programme_id, noun, term) DO UPDATE SET records = greatest(0, index_terms.records + excluded.records)
"""
#: Forgets those of some terms that no record says.
_FORGET_TERMS = """
    DELETE FROM index_terms WHERE programme_id = CAST($1 AS uuid) AND noun = $2
    AND term IN (SELECT json_array_elements_text(CAST($3 AS json))) AND records = 0
"""
#: Says that something else can be found now.
_GO_ON = """
    INSERT INTO index_states (programme_id, noun, version, records, length) VALUES (CAST($1 AS uuid), $2, 1, $3, $4)
    ON CONFLICT (programme_id, noun) DO UPDATE SET version = index_states.version + 1,
        records = index_states.records + excluded.records, length = index_states.length + excluded.length
"""


#: Forgets in how many records of a programme terms stand.
_FORGET_COUNTS = text("DELETE FROM index_terms WHERE programme_id = CAST(:programme AS uuid)")
#: Counts that again, of the records in the index.
_COUNT_AGAIN = text("""
    INSERT INTO index_terms (programme_id, noun, term, records)
    SELECT r.programme_id, r.noun, t.term, count(*)
    FROM indexed_records r CROSS JOIN LATERAL (SELECT json_object_keys(CAST(r.counts AS json)) UNION ALL SELECT unnest(r.facets)) t(term)
    WHERE r.programme_id = CAST(:programme AS uuid) GROUP BY 1, 2, 3
""")
#: How many records are in the index and how long, counted again.
_SUM_AGAIN = text("""
    INSERT INTO index_states (programme_id, noun, version, records, length)
    SELECT CAST(:programme AS uuid), n.noun, 1, count(r.record_id), coalesce(sum(r.length), 0)
    FROM unnest(CAST(:nouns AS text[])) n(noun)
    LEFT JOIN indexed_records r ON r.programme_id = CAST(:programme AS uuid) AND r.noun = n.noun GROUP BY n.noun
    HAVING count(r.record_id) > 0
        OR EXISTS (SELECT FROM index_states s WHERE s.programme_id = CAST(:programme AS uuid) AND s.noun = n.noun)
    ON CONFLICT (programme_id, noun) DO UPDATE SET version = index_states.version + 1, records = excluded.records, length = excluded.length
""")


def count_again(db: Connection, programme: str) -> None:
    """Count the records in a programme's index again, whatever was counted; whoever asks has the programme's turn."""
    db.execute(_FORGET_COUNTS, {"programme": programme})
    db.execute(_COUNT_AGAIN, {"programme": programme})
    db.execute(_SUM_AGAIN, {"programme": programme, "nouns": sorted([*_OF, *IDLE.values(), CLOSED_NEED])})


def follow_records(db: Connection, noun: str, ids: Collection[str]) -> None:
    """Bring the index after some records that were written; whoever wrote them has the programme's turn."""
    if ids:
        rows = db.execute(_BY_ID[noun], {"ids": sorted(ids)}).all()
        put_in_index(db, noun, [_findable(noun, row._mapping) for row in rows])


def follow_new(db: Connection, noun: str, rows: Sequence[JsonMapping]) -> None:
    """Put records into the index that are new, by the columns that were written: nothing is read again, and nothing waited for."""
    if not rows:
        return
    # The day is asked for where anything can expire alone.
    lapsing = sorted({str(row["programme_id"]) for row in rows if row.get("standards")})
    today = {row.id: row.today for row in db.execute(_TODAY, {"programmes": lapsing})} if lapsing else {}
    told = [_told(noun, row) | {"today": today.get(row["programme_id"], "")} for row in rows]
    put_in_index(db, noun, [_findable(noun, row) for row in told], new=True)


def _told(noun: str, row: JsonMapping) -> JsonObject:
    """What `_OF` reads of a record, by its columns."""
    own = {
        "programme": row["programme_id"],
        "told_at": row["updated_at"],
        "title": _joined(row["title"], row["title_zh"]),
        "confirmed": any("confirmed_by" in origin for origin in row["provenance"].values()),
    }
    if noun == TECHNOLOGY:
        return {**row, **own, "countries": [*row["developed_in"], *row["deployed_in"]]}
    return {**row, **own, "countries": []}


def body_of(noun: str, row: JsonMapping) -> str:
    """What a record says beside its title, as far as it is told wherever the record is."""
    if noun == TECHNOLOGY:
        return _joined(row["problem"], row["advantage"], row["description"], *row["benefits"])
    return _joined(row["problem"], row["target"], row["sector"], words_of_figures(row["figures"]))


def _joined(*texts: str | None) -> str:
    return " ".join(text for text in texts if text is not None)


def list_expired(db: Connection) -> list[str]:
    """The programmes whose index tells of certificates that have expired."""
    return list(db.execute(_EXPIRED).scalars())


def follow_stale(db: Connection, programme: str, noun: str, after: str | None) -> list[str]:
    """Bring the index after the next records of a programme that are not in it as they stand; gives which they were."""
    given = {"programme": programme, "after": after or FIRST_ID, "rules": RULES, "most": BATCH}
    rows = db.execute(_STALE[noun], given).all()
    put_in_index(db, noun, [_findable(noun, row._mapping) for row in rows])
    return [row.id for row in rows]


def _findable(noun: str, row: Any) -> Findable:
    given = {name: row[name] for name in ("id", "programme", "title", "told_at", "publication")}
    given |= {"body": body_of(noun, row), "inside": row.get("function") or ""}
    closed = noun == NEED and (row["publication"] == CLOSED or row["status"] == DRAFT)
    # Lists are narrowed to a certificate as long as it has not expired.
    valid = still_valid(row.get("standards") or (), row["today"])
    given["facets"] = facets_of(noun, {**row, "standards": valid})
    given["told_until"] = min((str(one["valid_until"]) for one in valid if one.get("valid_until")), default=None)
    return Findable(**given, idle=row["status"] not in IN_USE, closed=closed)


def mark_of(noun: str) -> str:
    """What stands before all that records say which are indexed as this."""
    return CLOSED_MARK if noun == CLOSED_NEED else ""


def put_in_index(db: Connection, noun: str, records: Sequence[Findable], *, new: bool = False) -> None:
    """Put records into the index as they stand, or take them out of it; what stands there already changes nothing. None of those
    stands there that are `new`."""
    ids = [] if new else [one.id for one in records]
    before = {row.record_id: row for row in db.execute(_BEFORE, {"ids": ids})} if ids else {}
    told: dict[tuple[str, str], _Change] = {}
    kept, gone = [], []
    for one in records:
        counts = {} if one.title is None else tally(one.title, _joined(one.body, one.inside or None))
        as_what = CLOSED_NEED if one.closed else IDLE[noun] if one.idle else noun
        was = before.get(one.id)
        said: Any = None if was is None else orjson.loads(was.counts)
        if one.title is None:
            gone += [one.id] if was is not None else []
        else:
            written = orjson.dumps(counts).decode()
            length = length_of(counts.values())
            row = {"id": one.id, "programme": one.programme, "counts": written, "length": length}
            titled = [f"{TITLED}{term}" for term, (in_title, _) in counts.items() if in_title]
            row |= {"noun": as_what, "mark": mark_of(as_what), "facets": one.facets, "titled": titled}
            kept.append(
                row | {"told_at": one.told_at, "told_until": one.told_until, "published": _published(noun, one, counts)}
            )
            told.setdefault((one.programme, as_what), _Change()).add(counts, one.facets, length)
        if was is not None:
            told.setdefault((one.programme, was.noun), _Change()).take(said, was.facets, was.length)
        if said != (None if one.title is None else counts) or was is not None and was.noun != as_what:
            for name in {as_what, as_what if was is None else was.noun}:
                told.setdefault((one.programme, name), _Change()).changed = True
    if gone:
        db.execute(_FORGET, {"ids": gone})
    if kept:
        run_ahead(db, _KEEP, (str(RULES), orjson.dumps(kept).decode()))
    for (programme, name), change in sorted(told.items()):
        change.write(db, programme, name)


def _published(noun: str, one: Findable, counts: Mapping[str, Sequence[int]]) -> list[str] | None:
    """The terms by which a record is found without an account: of one that is shown on request those of its title alone."""
    if one.idle or one.publication == CLOSED:
        return None
    if one.inside:
        # Counted without what nobody else is told.
        counts = tally(one.title or "", one.body)
    titled = [term for term, (in_title, _) in counts.items() if in_title]
    said = list(counts) if one.publication == PUBLIC else titled
    return [*said, *(f"{TITLED}{term}" for term in titled), *in_public(noun, one.facets)]


class _Change:
    """What becomes of the counts of a programme's catalogue."""

    def __init__(self) -> None:
        self.terms: Counter[str] = Counter()
        self.records = self.length = 0
        self.changed = False

    def add(self, counts: Mapping[str, Sequence[int]], facets: Sequence[str], length: int) -> None:
        self.terms.update([*counts, *facets])
        self.records += 1
        self.length += length

    def take(self, counts: Mapping[str, Sequence[int]], facets: Sequence[str], length: int) -> None:
        self.terms.subtract([*counts, *facets])
        self.records -= 1
        self.length -= length

    def write(self, db: Connection, programme: str, noun: str) -> None:
        terms = sorted(term for term, more in self.terms.items() if more)
        if terms:
            # In one order, as two that write do not wait for each other then.
            more = orjson.dumps({term: self.terms[term] for term in terms}).decode()
            run_ahead(db, _COUNT, (programme, noun, more))
        if gone := [term for term in terms if self.terms[term] < 0]:
            # A term that no record says any more may be somebody's name.
            run_later(db, _FORGET_TERMS, (programme, noun, orjson.dumps(gone).decode()))
        if self.changed:
            run_ahead(db, _GO_ON, (programme, noun, str(self.records), str(self.length)))

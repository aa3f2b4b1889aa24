"""The cases that hold all the words of a search, without reading every case: reads only.

What is found, and in which order, is what `_HOLDS` and `_ORDER` say of all cases that a person sees. The indexes only say where to
look first: among the newest, which a frequent word soon fills, or among those that an index has for the rarest of the words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from casework.operations.core.organisations import STANDING
from casework.operations.core.reader_names import told_title
from casework.records.access_sql import tells_title
from casework.records.search_terms import rarest_terms

#: A party `p` is an id.
_IS_ID = """p.value LIKE '________-____-____-____-____________' AND length(replace(p.value, '-', '')) = 32
            AND translate(p.value, '-0123456789abcdef', '') = ''"""
#: What parties are called, also as the one that stands in their place is.
#: Each by its id, and by nothing that is none: whoever else is registered is not read.
PARTIES = f"""(
    SELECT string_agg((
        SELECT concat_ws(' ', g.name, g.name_zh, nullif(o.name, g.name), nullif(o.name_zh, g.name_zh)) FROM {STANDING}
        WHERE g.id = CASE WHEN {_IS_ID} THEN CAST(p.value AS uuid) END
    ), ' ') FROM jsonb_each_text({{parties}}) p
)"""
#: What a record is called, also as the one that stands in its place is.
_TITLES = (
    "SELECT concat_ws(' ', g.title, g.title_zh, nullif(t.title, g.title), nullif(t.title_zh, g.title_zh)) FROM {records} g"
    " JOIN {records} t ON t.id = coalesce(g.merged_into, g.id) WHERE g.id = {id}"
)
_OUTLINE = f"concat_ws(' ', c.number, CASE WHEN {tells_title('c')} THEN c.title END)"
#: What a case `c` is called by its owner, both records and its parties, too.
_WHOLE = f"""concat_ws(' ', c.number, c.title, (SELECT p.name FROM people p WHERE p.id = c.owner_id),
            ({_TITLES.format(records="needs", id="c.need_id")}),
            ({_TITLES.format(records="technologies", id="c.technology_id")}), {PARTIES.format(parties="c.parties")})"""
#: A case holds all the words: by number and title for who sees it in outline, by the rest only for who sees it whole.
_HOLDS = f"""(c.programme_id = ANY(CAST(:all_of AS uuid[])) AND {_WHOLE} ~* ALL(CAST(:patterns AS text[]))
        OR c.programme_id = ANY(CAST(:outlines_of AS uuid[])) AND {_OUTLINE} ~* ALL(CAST(:patterns AS text[])))"""
_ORDER = "c.named DESC, c.closed, c.opened_at DESC, c.id"
#: Cases, with what they are sorted by.
_CASES = "SELECT c.*, lower(c.number) = lower(:exact) AS named, c.closed_at IS NOT NULL AS closed FROM cases c"
#: What is shown of a case.
_SHOWN = f"""SELECT c.number, {told_title("c")} AS title, c.parties, c.state,
        c.programme_id = ANY(CAST(:all_of AS uuid[])) AS whole, c.closed_at"""
#: Of cases in their order those that hold all the words: no more are compared than are shown.
_HOLDING = f"c WHERE {_HOLDS} ORDER BY {_ORDER} LIMIT :most"
#: Of all that there are.
_ALL = text(f"{_SHOWN} FROM ({_CASES}) {_HOLDING}")
#: Of some that may.
_AMONG = text(f"""
    {_SHOWN} FROM (SELECT c.* FROM ({_CASES} WHERE c.id = ANY(CAST(:among AS uuid[]))) c ORDER BY {_ORDER} OFFSET 0) {_HOLDING}
""")
#: Of so many live ones, the newest.
_NEWEST = text(f"""
    {_SHOWN} FROM (
        SELECT c.* FROM (
            SELECT unnest(CAST(:all_of AS uuid[])) UNION SELECT unnest(CAST(:outlines_of AS uuid[]))
        ) s(id) CROSS JOIN LATERAL (
            {_CASES} WHERE c.programme_id = s.id AND c.closed_at IS NULL ORDER BY c.opened_at DESC, c.id LIMIT :newest
        ) c ORDER BY {_ORDER} LIMIT :newest
    ) {_HOLDING}
""")
#: The one that is asked for by its number, of those that are seen.
_BY_NUMBER = text("""
    SELECT FROM cases WHERE number = upper(:exact)
    AND programme_id = ANY(CAST(:all_of AS uuid[]) || CAST(:outlines_of AS uuid[]))
""")
#: What an index has for a word; null where that is too much.
_CANDIDATES = text(
    "SELECT CAST(casework_find_cases(CAST(:asked AS tsquery), CAST(:all_of AS uuid[]), CAST(:outlines_of AS uuid[]), :most) AS text)"
)
#: How many of the newest are looked through before an index is asked, and where none helps.
_FIRST, _MORE = 150, 3_000
#: How many an index may name, and how many words are asked for.
_CANDIDATES_MOST, _WORDS_ASKED = 5_000, 3


def found_cases(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of the cases that hold all the words; `given` are the values of `_ALL`."""
    if not given["all_of"] and not given["outlines_of"]:
        return []
    # The one with this number comes first of all, so that the newest are not.
    numbered = db.execute(_BY_NUMBER, given).first() is not None
    rows: Sequence[Row[Any]]
    if not numbered and len(rows := _newest(db, given, _FIRST)) == given["most"]:
        return rows
    for terms in rarest_terms(words, _WORDS_ASKED):
        among = db.execute(_CANDIDATES, {**given, "asked": terms, "most": _CANDIDATES_MOST}).scalar_one()
        if among is not None:
            return db.execute(_AMONG, {**given, "among": among}).all()
    if not numbered and len(rows := _newest(db, given, _MORE)) == given["most"]:
        return rows
    return db.execute(_ALL, given).all()


def _newest(db: Connection, given: Mapping[str, Any], newest: int) -> Sequence[Row[Any]]:
    return db.execute(_NEWEST, {**given, "newest": newest}).all()

"""The past projects that hold all the words of a search: in their titles, the names of both owners, or what their source calls them.
Reads only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from casework.operations.search.found_by_words import Ways, found_by_words
from casework.records.search_terms import PROJECT_SAYS, PROJECT_TERMS

#: Whether a project is of a programme whose registers one reads.
_SEEN = "programme_id = ANY(CAST(:all_of AS uuid[]))"
#: Of some rows `p` those that hold the words, and what is shown of them; those first that ended last.
_SHOWN = f"""
    SELECT p.id::text, p.external_id, p.title, p.title_zh, p.need_owner, p.technology_owner, p.outcome, p.ended_on
    FROM {{rows}} p WHERE p.{_SEEN} AND {PROJECT_SAYS} ~* ALL(CAST(:patterns AS text[]))
    ORDER BY p.ended_on DESC, p.id DESC LIMIT :most
"""
#: Those that an index has for all the words, each by its key.
_NAMED = f"""(
    SELECT * FROM past_projects WHERE id = ANY(ARRAY(
        SELECT id FROM past_projects WHERE {_SEEN} AND {PROJECT_TERMS} @@ (SELECT CAST(:asked AS tsquery))
        ORDER BY ended_on DESC, id DESC LIMIT :compared
    )) OFFSET 0
)"""
#: The newest.
_NEWEST = f"(SELECT * FROM past_projects WHERE {_SEEN} ORDER BY ended_on DESC, id DESC LIMIT :compared)"
#: The past projects that hold all the words.
_WAYS = Ways(named=text(_SHOWN.format(rows=_NAMED)), newest=text(_SHOWN.format(rows=_NEWEST)))


def found_projects(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of the past projects that hold all the words; `given` are what a search gives."""
    return found_by_words(db, _WAYS, words, given)

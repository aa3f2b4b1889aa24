"""The assessments of needs that hold all the words of a search, in their titles or conclusion, and the visits and events of assessments
that do, in their title, place or notes. Reads only.

Of the programmes `:closed_of` alone, whose closed needs one reads: so are their lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row, text

from casework.operations.search.found_by_words import Ways, found_by_words
from casework.records.search_terms import ASSESSMENT_SAYS, ASSESSMENT_TERMS, VISIT_SAYS, VISIT_TERMS

#: Whether an assessment, or a visit of one, is of a programme whose assessments one reads.
_SEEN = "programme_id = ANY(CAST(:closed_of AS uuid[]))"
#: Of some assessments `a` those that hold the words, and what is shown of them; those first that begin last.
_ASSESSMENTS = f"""
    SELECT a.id::text, a.title, a.title_zh, a.status, a.starts_on
    FROM {{rows}} a WHERE a.{_SEEN} AND {ASSESSMENT_SAYS} ~* ALL(CAST(:patterns AS text[]))
    ORDER BY a.starts_on DESC, a.id DESC LIMIT :most
"""
#: The same of visits and events, with what their assessments are called; the newest first.
_VISITS = f"""
    SELECT x.id::text, x.kind, x.day, x.title, x.assessment_id::text AS assessment, a.title AS assessment_title,
        a.title_zh AS assessment_title_zh
    FROM (
        SELECT * FROM {{rows}} v WHERE v.{_SEEN} AND {VISIT_SAYS} ~* ALL(CAST(:patterns AS text[]))
        ORDER BY v.day DESC, v.id DESC LIMIT :most
    ) x JOIN needs_assessments a ON a.id = x.assessment_id ORDER BY x.day DESC, x.id DESC
"""
#: Those assessments that an index has for all the words, each by its key.
_ASSESSMENTS_NAMED = f"""(
    SELECT * FROM needs_assessments WHERE id = ANY(ARRAY(
        SELECT id FROM needs_assessments WHERE {_SEEN} AND {ASSESSMENT_TERMS} @@ (SELECT CAST(:asked AS tsquery))
        ORDER BY starts_on DESC, id DESC LIMIT :compared
    )) OFFSET 0
)"""
#: The newest assessments.
_NEWEST_ASSESSMENTS = (
    f"(SELECT * FROM needs_assessments WHERE {_SEEN} ORDER BY starts_on DESC, id DESC LIMIT :compared)"
)
#: The assessments that hold all the words.
_WAYS_TO_ASSESSMENTS = Ways(
    named=text(_ASSESSMENTS.format(rows=_ASSESSMENTS_NAMED)),
    newest=text(_ASSESSMENTS.format(rows=_NEWEST_ASSESSMENTS)),
)
#: Those visits and events that an index has for all the words, each by its key.
_VISITS_NAMED = f"""(
    SELECT * FROM assessment_visits WHERE id = ANY(ARRAY(
        SELECT id FROM assessment_visits WHERE {_SEEN} AND {VISIT_TERMS} @@ (SELECT CAST(:asked AS tsquery))
        ORDER BY day DESC, id DESC LIMIT :compared
    )) OFFSET 0
)"""
#: The newest visits and events.
_NEWEST_VISITS = f"(SELECT * FROM assessment_visits WHERE {_SEEN} ORDER BY day DESC, id DESC LIMIT :compared)"
#: The visits and events that hold all the words.
_WAYS_TO_VISITS = Ways(
    named=text(_VISITS.format(rows=_VISITS_NAMED)),
    newest=text(_VISITS.format(rows=_NEWEST_VISITS)),
)


def found_assessments(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The first `most` of the assessments that hold all the words; `given` are what a search gives."""
    return found_by_words(db, _WAYS_TO_ASSESSMENTS, words, given)


def found_visits(db: Connection, words: Sequence[str], given: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """The same of visits and events."""
    return found_by_words(db, _WAYS_TO_VISITS, words, given)

"""How many technologies would be candidates for a need, were they in use: what has expired or was withdrawn is matched with none."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import TECHNOLOGY
from casework.matching.pruning import queries_for, weight_of
from casework.operations.core.catalogue_index import IDLE, mark_of
from casework.operations.matching.candidates import CANDIDATES
from casework.operations.matching.ranking import Evidence, telling_of

#: How many records say so much of some terms at least; those are found first that any of some queries finds.
_SAYING = text("""
    SELECT count(*) FROM (
        SELECT f.record_id FROM (
            SELECT DISTINCT r.record_id FROM unnest(CAST(:queries AS text[])) q(query)
            JOIN indexed_records r ON r.terms @@ CAST(q.query AS tsquery)
            WHERE r.programme_id = CAST(:programme AS uuid) AND r.noun = :noun
        ) f JOIN indexed_records r USING (record_id)
        JOIN unnest(CAST(:terms AS text[]), CAST(:weights AS bigint[])) t(term, weight)
            ON r.terms @@ CAST('''' || CAST(:mark AS text) || t.term || '''' AS tsquery)
        GROUP BY f.record_id HAVING sum(t.weight) >= :least LIMIT :most
    ) x
""")
#: Whether any record of a catalogue is not in use.
_ANY = text("SELECT records > 0 FROM index_states WHERE programme_id = CAST(:programme AS uuid) AND noun = :noun")


def count_idle(db: Connection, programme: str, evidence: Evidence) -> int:
    """How many technologies that are not in use say as much of a need as the last of its candidates, as many as there are candidates at
    most; of a list that has room for more as many as say any of it."""
    of = {"programme": programme, "noun": IDLE[TECHNOLOGY]}
    telling = telling_of(evidence.asked, evidence.corpus)
    if not telling or not db.execute(_ANY, of).scalar():
        return 0
    weights = sorted((weight_of(telling, one.counts) for one in evidence.candidates), reverse=True)
    least = max(1, weights[CANDIDATES - 1]) if len(weights) >= CANDIDATES else 1
    given = {
        **of,
        "queries": queries_for(telling, least, mark=mark_of(IDLE[TECHNOLOGY])),
        "mark": mark_of(IDLE[TECHNOLOGY]),
        "terms": [one.term for one in telling],
        "weights": [one.weight for one in telling],
        "least": least,
        "most": CANDIDATES,
    }
    return int(db.execute(_SAYING, given).scalar_one())

"""The functions of the database that name what may hold words where policies stand before it: papers, and logs with messages.

They read `searched_words`, which nobody else may, in the rights of whoever owns the tables, and name nothing beyond what the person
reaches who reads.
"""

from __future__ import annotations

from casework.records.access_sql import by_arguments, is_referral, own_paper, own_referral, sent

#: Who asks, by the arguments of the functions that find words.
_OWN = by_arguments("person", "person::uuid")
#: As far as a person reaches who reads, whatever the arguments say; then as the engine. `mine`: the logs with a referral of one's own.
_WITHIN_REACH = f"""    IF reader IS DISTINCT FROM 'engine' THEN
        person := coalesce(reader, '');
        programmes := ARRAY(SELECT unnest(programmes) INTERSECT SELECT unnest(casework_reach('programmes')));
        organisations := ARRAY(SELECT unnest(organisations) INTERSECT SELECT unnest(casework_reach('organisations')));
    END IF;
    PERFORM set_config('casework.reader', 'engine', true);
    mine := ARRAY(
        SELECT t.log_id FROM tracks t
        WHERE t.provider_id = ANY(organisations) AND {is_referral("t")} AND {sent("t")} AND NOT person = ANY(t.barred) LIMIT 2001
    );"""


#: What both are asked, and what they give.
FIND_ARGUMENTS = (
    "asked tsquery, person text, programmes uuid[], organisations uuid[], most integer, newest integer,"
    " OUT ids uuid[], OUT since timestamptz"
)


def _find_words(kind: str, id: str, own: str) -> str:
    """What holds words: all of it where that is not more than `most`, else the newest, and since when; null where nothing is known."""
    ours = f"w.document_id IS {'NULL' if kind == 'said' else 'NOT NULL'}"
    interest = "" if kind == "said" else "JOIN cases c ON c.id = w.log_id AND NOT person = ANY(c.interests)"
    return f"""DECLARE
    reader text := current_setting('casework.reader', true);
    mine uuid[];
    here tsquery;
BEGIN
{_WITHIN_REACH}
    here := asked && CAST((SELECT string_agg(quote_literal('#{kind}-' || p), ' | ') FROM unnest(programmes) p) AS tsquery);
    ids := ARRAY(SELECT {id} FROM searched_words w {interest} WHERE w.terms @@ here LIMIT most + 1);
    IF cardinality(ids) > most THEN
        SELECT array_agg(x.id), min(x.at) INTO ids, since FROM (
            SELECT n.id, n.at FROM unnest(programmes) p(id) CROSS JOIN LATERAL (
                SELECT {id} AS id, w.at FROM searched_words w {interest}
                WHERE w.programme_id = p.id AND {ours} AND coalesce(w.terms @@ asked, false) ORDER BY w.at DESC LIMIT newest
            ) n ORDER BY n.at DESC LIMIT newest
        ) x;
    END IF;
    IF cardinality(mine) > 2000 THEN
        ids := NULL;
    ELSIF cardinality(mine) > 0 THEN
        ids := ids || ARRAY(
            SELECT {id} FROM searched_words w {own}
        );
    END IF;
    PERFORM set_config('casework.reader', coalesce(reader, ''), true);
END"""


#: What `casework_find_papers` does.
FIND_PAPERS = _find_words(
    "paper",
    "w.document_id",
    f"""JOIN documents d ON d.id = w.document_id JOIN cases c ON c.id = d.log_id
            WHERE w.log_id = ANY(mine) AND w.document_id IS NOT NULL AND w.terms @@ asked AND {own_paper("d", "c.interests", _OWN)}""",
)
#: What `casework_find_messages` does.
FIND_MESSAGES = _find_words(
    "said",
    "w.log_id",
    f"""JOIN cases c ON c.id = w.log_id
            JOIN events e ON e.log_id = w.log_id AND e.seq = CASE WHEN w.document_id IS NULL THEN CAST(w.source AS bigint) END
            JOIN tracks a ON a.id = e.track_id
            WHERE w.log_id = ANY(mine) AND w.document_id IS NULL AND w.terms @@ asked AND {own_referral("a", "c.interests", _OWN)}""",
)

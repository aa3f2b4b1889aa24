"""What the tables hold of cases and mediations, read for several logs at a time: a round trip costs more than the rows do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.engine.case_objects.case_links import DEEPEST, FROM_THERE
from casework.engine.state.events import ERASED
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import ERASED_WORDS
from casework.operations.cases.opening import SAID_AT
from casework.operations.core.merged_records import one_with
from casework.records.tables import metadata
from casework.records.write_statements import json_of

#: Tables that hold what belongs to a case, each row with its log_id.
PARTS = (
    "tracks",
    "tasks",
    "clocks",
    "proposals",
    "consents",
    "documents",
    "files",
    "grants",
    "openings",
    "party_links",
    "impacts",
    "statements",
)
#: Tables with a row for each case or mediation itself.
_OWN = ("cases", "mediations", "case_dates")


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRows:
    """What the tables hold of a case or mediation, and where they disagree with its events."""

    #: By table: those of `PARTS`, and the row of the case, of the mediation and of the dates.
    rows: Mapping[str, list[JsonObject]]
    #: Events that burden or free a right whose log does not know it, with that right.
    rights: list[tuple[int, str]]
    #: Events that name a right as the case's which its programme had not recorded by then, with that right.
    unknown_rights: list[tuple[int, str]]
    #: What the opening names as the case that it follows from, where its programme had no such case by then.
    unknown_earlier: list[str]
    #: Events that screen an organisation whose log does not know it, with that organisation.
    untold_screenings: list[tuple[int, str]]
    #: Events that tell of a link to another case whose log does not say the same, with that case.
    untold_links: list[tuple[int, str]]
    #: The line of its parents is a ring, or too long.
    line_wrong: bool
    #: Questions of which the opening does not say what was answered by then, or says what was not.
    untold_answers: list[str]
    #: Of the need and the match, field and words where the opening says something else, and where it says nothing.
    told_otherwise: list[tuple[str, str]]
    left_unsaid: list[tuple[str, str]]
    #: The field of technology that the opening says, and the codes of the technology by then.
    fields_said: list[tuple[str, list[str]]]
    #: The need and the technology, where what the opening says of them is not how they ended by then.
    otherwise_then: list[str]
    #: Messages, each with a person whom it or the mentions kept of it lack.
    mentions: list[tuple[str, str]]
    #: What is said, or a file, whose words are not those by which searches find it.
    words: list[str]

    def link_faults(self) -> Iterator[tuple[int | None, str, str | None]]:
        """What is wrong with its links to other cases: the event, a sentence, and the other case."""
        for seq, other in self.untold_links:
            yield seq, f"Event {seq} tells of a link to the case {other}, whose log does not say the same.", other
        if self.line_wrong:
            yield None, "The line of its parents comes back to a case that stands in it already, or is too long.", None


def read_kept(db: Connection, logs: Iterable[str]) -> dict[str, KeptRows]:
    """Of each of these logs what is kept; six statements, however many logs there are."""
    given: dict[str, Any] = {"logs": list(logs), "erased": ERASED_WORDS, "erasure": ERASED}
    given |= {"from_there": json_of(dict(FROM_THERE)), "deepest": DEEPEST}
    if not given["logs"]:
        return {}
    rights, mentions, words = (
        _by_log(db, query, given) for query in (_TOLD_OF_RECORDS, _MENTIONS_DIFFER, _WORDS_DIFFER)
    )
    lines = set(db.execute(_LINES_WRONG, given).scalars())
    return {
        row.log: KeptRows(
            rows={table: getattr(row, table) for table in (*PARTS, *_OWN)},
            rights=_of(rights[row.log], "burdens"),
            unknown_rights=_of(rights[row.log], "about"),
            unknown_earlier=[earlier for _, earlier in _of(rights[row.log], "earlier")],
            untold_screenings=_of(rights[row.log], "screened"),
            untold_links=_of(rights[row.log], "linked"),
            line_wrong=row.log in lines,
            untold_answers=[asked for _, asked in _of(rights[row.log], "answered")],
            told_otherwise=_fields(rights[row.log], "opened"),
            left_unsaid=_fields(rights[row.log], "unsaid"),
            fields_said=[(said, orjson.loads(codes)) for said, codes in _fields(rights[row.log], "codes")],
            otherwise_then=[record for _, record in _of(rights[row.log], "then")],
            mentions=[(differ.message, differ.person) for differ in mentions[row.log]],
            words=[differ.source for differ in words[row.log]],
        )
        for row in db.execute(_KEPT, given)
    }


def _of(differing: Iterable[Any], what: str) -> list[tuple[int, str]]:
    return [(differ.seq, differ.record) for differ in differing if differ.what == what]


def _fields(differing: Iterable[Any], what: str) -> list[tuple[str, str]]:
    return [(field, words) for _, told in _of(differing, what) for field, _, words in (told.partition("="),)]


def _by_log(db: Connection, query: Any, given: Mapping[str, Any]) -> defaultdict[str, list[Any]]:
    rows = defaultdict[str, list[Any]](list)
    for row in db.execute(query, given):
        rows[row.log].append(row)
    return rows


def _all_rows(table: str, log: str) -> str:
    order = "x.position, x.id" if "position" in metadata.tables[table].columns else "x.id"
    rows = f"SELECT jsonb_agg(to_jsonb(x) ORDER BY {order}) FROM {table} x WHERE x.{log} = l.id"
    return f"coalesce(({rows}), '[]') AS {table}"


#: How an id is written.
_ID = "'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'"
#: The case that an event names in what is `told` of a link; null where that is no id.
_TOLD_CASE = f"CASE WHEN told->>'case' ~ {_ID} THEN CAST(told->>'case' AS uuid) END"
#: The same of what a row names in a link `r`.
_KEPT_CASE = f"CASE WHEN r->>'case' ~ {_ID} THEN CAST(r->>'case' AS uuid) END"
#: These logs.
_LOGS = "unnest(CAST(:logs AS uuid[])) AS l(id)"
#: All rows of each log, by table.
_KEPT = text(
    f"SELECT l.id AS log, {', '.join([*(_all_rows(table, 'log_id') for table in PARTS), *(_all_rows(table, 'id') for table in _OWN)])}"
    f" FROM {_LOGS}"
)
#: The events of a log that change a right, but that right's own log does not say so; and those that say that the case is about
#: a right which its programme had not recorded by then; and those that screen an organisation whose own log does not say so;
#: and openings that name an earlier case which their programme did not have; and openings that do not say what both sides had answered
#: by then, or of need and match something else than these did, or nothing where these said something, or another event as the last of a
#: record than the log of that had by then; and of each opening that says the field of its technology, that and the codes by then. Where
#: what was said is erased nobody can tell; that it was is told in a log whenever it happens, and says nothing new of the record.
_TOLD_OF_RECORDS = text(f"""
    SELECT e.log_id AS log, e.seq, c->>'right' AS record, 'burdens' AS what FROM events e, jsonb_path_query(e.effects, 'lax $.rights[*]') c
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND NOT EXISTS (
        SELECT FROM events r WHERE r.log_id IN {one_with("rights", "CAST(c->>'right' AS uuid)")}
        AND r.effects->'cause' = jsonb_build_object('log', CAST(e.log_id AS text), 'seq', e.seq)
    )
    UNION ALL
    SELECT e.log_id, e.seq, e.effects->'screened'->>'organisation', 'screened' FROM events e
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.effects ? 'screened' AND NOT EXISTS (
        SELECT FROM events r WHERE r.log_id = CAST(e.effects->'screened'->>'organisation' AS uuid) AND r.kind = 'screened'
        AND r.effects->'cause' = jsonb_build_object('log', CAST(e.log_id AS text), 'seq', e.seq)
    )
    UNION ALL
    SELECT e.log_id, e.seq, c #>> '{{}}', 'about' FROM events e JOIN logs l ON l.id = e.log_id CROSS JOIN LATERAL (
        SELECT jsonb_path_query(e.effects, 'lax $.case.rights[*]') UNION ALL SELECT jsonb_path_query(e.effects, 'lax $.case_rights[*]')
    ) AS named(c)
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND NOT EXISTS (
        SELECT FROM logs r JOIN events f ON f.log_id = r.id AND f.seq = 1
        WHERE r.id = CAST(c #>> '{{}}' AS uuid) AND r.kind = 'right' AND r.programme_id = l.programme_id AND f.at <= e.at
    )
    UNION ALL
    SELECT e.log_id, e.seq, told->>'case', 'linked' FROM events e JOIN logs l ON l.id = e.log_id
    CROSS JOIN (VALUES ('related'), ('related_ended')) AS k(key) CROSS JOIN LATERAL (SELECT e.effects->k.key AS told) s
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.effects ? k.key AND NOT EXISTS (
        SELECT FROM events o JOIN cases r ON r.id = o.log_id CROSS JOIN LATERAL (SELECT o.effects->k.key AS there) t
        WHERE o.log_id = {_TOLD_CASE} AND r.programme_id = l.programme_id AND r.number = told->>'number'
        AND o.kind = e.kind AND there->>'id' = told->>'id' AND there->>'case' = CAST(e.log_id AS text)
        AND there->>'kind' = CAST(:from_there AS jsonb)->>(told->>'kind') AND there->>'done_in' = told->>'done_in'
        AND (o.header->'actor', o.header->'acting_for', o.header->'role') = (e.header->'actor', e.header->'acting_for', e.header->'role')
    )
    UNION ALL
    SELECT e.log_id, e.seq, s.earlier, 'earlier' FROM events e JOIN logs l ON l.id = e.log_id
    CROSS JOIN LATERAL (SELECT e.effects->'case'->>'follows_from' AS earlier) s
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.seq = 1 AND s.earlier IS NOT NULL AND NOT EXISTS (
        SELECT FROM logs r JOIN events f ON f.log_id = r.id AND f.seq = 1
        WHERE r.id = CAST(s.earlier AS uuid) AND r.kind = 'case' AND r.programme_id = l.programme_id AND f.at <= e.at AND r.id <> e.log_id
    )
    UNION ALL
    SELECT e.log_id, e.seq, a->>'request', 'answered' FROM events e JOIN logs l ON l.id = e.log_id,
        jsonb_path_query(e.effects, 'lax $.case.answers[*]') a
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND NOT EXISTS (
        SELECT FROM interest_requests q WHERE q.id::text = a->>'request' AND q.programme_id = l.programme_id AND q.state = 'answered'
        AND q.side = a->>'side' AND {SAID_AT} = a->>'at'
        AND q.said->'answers'->(e.effects->'case'->>'match')->>'says' IN (a->>'says', :erased)
    )
    UNION ALL
    SELECT e.log_id, e.seq, q.id::text, 'answered' FROM events e JOIN logs l ON l.id = e.log_id
        JOIN interest_requests q ON q.programme_id = l.programme_id AND q.state = 'answered' AND q.ended_at < e.at
        AND q.said->'answers' ? (e.effects->'case'->>'match')
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.seq = 1
    AND NOT EXISTS (SELECT FROM jsonb_path_query(e.effects, 'lax $.case.answers[*].request') a WHERE a #>> '{{}}' = q.id::text)
    UNION ALL
    SELECT e.log_id, e.seq, f.field || '=' || coalesce(told.field->>'value', ''), CASE WHEN s.said IS NULL THEN 'unsaid' ELSE 'opened' END
    FROM events e CROSS JOIN (VALUES ('sector'), ('district')) f(field)
    CROSS JOIN LATERAL (SELECT e.effects->'case'->'as_opened'->>f.field) s(said)
    LEFT JOIN LATERAL (
        SELECT n.body->f.field AS field FROM events n WHERE n.log_id = CAST(e.effects->'case'->>'need' AS uuid)
        AND n.seq <= CAST(e.effects->'case'->'as_opened'->>'need' AS bigint) AND n.body ? f.field ORDER BY n.seq DESC LIMIT 1
    ) told ON true
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.seq = 1 AND e.effects->'case' ? 'as_opened'
    AND (told.field IS NULL OR told.field ? 'value') AND s.said IS DISTINCT FROM told.field->>'value'
    UNION ALL
    SELECT e.log_id, e.seq, 'source=' || m.source, CASE WHEN s.said IS NULL THEN 'unsaid' ELSE 'opened' END
    FROM events e CROSS JOIN LATERAL (SELECT e.effects->'case'->'as_opened'->>'source') s(said)
    JOIN matches m ON m.id = CAST(e.effects->'case'->>'match' AS uuid)
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.seq = 1 AND e.effects->'case' ? 'as_opened' AND s.said IS DISTINCT FROM m.source
    UNION ALL
    SELECT e.log_id, e.seq, coalesce(s.said, '') || '=' || coalesce(told.field->>'value', '[]'), 'codes'
    FROM events e CROSS JOIN LATERAL (SELECT e.effects->'case'->'as_opened'->>'technology_field' AS said,
        coalesce(e.effects->'case'->'found', e.effects->'case'->'records')->'technology'->>'seq' AS last) s
    LEFT JOIN LATERAL (
        SELECT n.body->'ipc' AS field FROM events n WHERE n.log_id = CAST(e.effects->'case'->>'technology' AS uuid)
        AND n.seq <= CAST(s.last AS bigint) AND n.body ? 'ipc' ORDER BY n.seq DESC LIMIT 1
    ) told ON true
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.seq = 1 AND e.effects->'case'->'as_opened' ? 'technology_field'
    AND (told.field IS NULL OR told.field ? 'value')
    UNION ALL
    SELECT e.log_id, e.seq, s.record, 'then' FROM events e CROSS JOIN (VALUES ('found'), ('records')) w(told)
    CROSS JOIN (VALUES ('need'), ('technology')) f(side)
    CROSS JOIN LATERAL (SELECT e.effects->'case'->>f.side AS record, e.effects->'case'->w.told->f.side AS last) s
    LEFT JOIN events x ON x.log_id = CAST(s.record AS uuid) AND CAST(x.seq AS text) = s.last->>'seq'
    WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.seq = 1 AND e.effects->'case' ? w.told
    AND (x.hash IS DISTINCT FROM s.last->>'head' OR x.at > e.at OR EXISTS (
        SELECT FROM events l WHERE l.log_id = x.log_id AND l.seq > x.seq AND l.at < e.at AND l.kind <> :erasure
    ))
    ORDER BY 1, 2, 3
""")
#: The cases whose line of parents comes back to a case that stands in it, or is too long: by the rows, which each case's own log is held
#: against.
_LINES_WRONG = text(f"""
    WITH RECURSIVE line(log, at, steps) AS (
        SELECT l.id, l.id, 0 FROM {_LOGS}
        UNION ALL
        SELECT line.log, {_KEPT_CASE}, line.steps + 1 FROM line JOIN cases c ON c.id = line.at
        CROSS JOIN LATERAL jsonb_path_query(c.related, 'lax $[*]') r
        WHERE r->>'kind' = 'parent' AND line.steps < :deepest
    )
    SELECT DISTINCT log FROM line WHERE steps >= :deepest OR steps > 0 AND at = log
""")
#: The events and files of a log whose words are not kept as they are.
_WORDS_DIFFER = text(
    f"SELECT l.id AS log, w.source FROM {_LOGS} CROSS JOIN LATERAL casework_words_differ(l.id) AS w(source)"
)
#: The mentions of a log that stand in its events and not in the table, or the other way round.
_MENTIONS_DIFFER = text("""
    WITH told AS (
        SELECT e.log_id AS log, e.effects->>'message' AS message, p #>> '{}' AS person, e.track_id
        FROM events e, jsonb_path_query(e.effects, 'lax $.mentions[*]') p
        WHERE e.log_id = ANY(CAST(:logs AS uuid[])) AND e.kind IN ('noted', 'said')
    ), kept AS (
        SELECT log_id AS log, message_id::text AS message, person_id::text AS person, track_id FROM mentions
        WHERE log_id = ANY(CAST(:logs AS uuid[]))
    )
    (TABLE told EXCEPT ALL TABLE kept) UNION (TABLE kept EXCEPT ALL TABLE told) ORDER BY log, message, person
""")

"""The opening of a case from a match."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from sqlalchemy import Connection

from casework import reasons
from casework.definitions import playing
from casework.engine.case_objects.programme_lists import ENTRY_FIELDS, find, overlay
from casework.engine.case_objects.technology_fields import technology_field
from casework.engine.definition.list_names import is_code
from casework.engine.execution.commands import Open
from casework.engine.parts import MAIN
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.effects_schema import CaseSubject
from casework.engine.state.found_case import AsOpened, RecordsThen
from casework.errors import InvalidForm, NotAllowed, NotFound, WrongState
from casework.json_values import JsonObject
from casework.operations.cases.queries import find_case
from casework.operations.core.idempotency import Done, Request, ask
from casework.operations.core.merged_records import TODAY, ended, why_over
from casework.operations.core.perform import new_id, open_log, read_calendar
from casework.permissions.actors import READS_ALL, Actor
from casework.permissions.visibility import Sight
from casework.permissions.work import in_the_programme
from casework.records.database import run, run_all, run_later
from casework.records.event_log import LOCK
from casework.records.row_security import whole_after


def open_case(
    db: Connection,
    actor: Actor,
    match: str,
    request: Request,
    *,
    words: Mapping[str, str] | None = None,
    follows_from: str | None = None,
) -> Done:
    """Open the case of a match, in state `proposed`; its number is the next of its programme and year, without gaps.

    `words` are said with the opening. `follows_from` is the number of an earlier case of the programme whose technology it brings to a
    further site. Raises InvalidForm for one that the actor does not see whole, whether there is one or not.
    """
    rows = run(db, _MATCH, (match,))
    if not rows or not actor.in_programme(rows[0][0], READS_ALL):
        raise NotFound("match")
    by = in_the_programme(actor, rows[0][0], (Role.OFFICER, Role.SUPERVISOR))
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    earlier_case = None
    if follows_from:
        earlier_case = case_of_programme(db, actor, rows[0][0], follows_from, field="follows_from")
    # The turn of who changes records: how the need stands follows from what is opened.
    with whole_after(db, [(LOCK, (rows[0][0],))]):
        pass
    # Locked first: two officers may press the button at once. Read again behind the lock: while one waited for the match, its records
    # or their owners may have been merged into others.
    locked, rows = run_all(db, [(_LOCK_MATCH, (match,)), (_MATCH, (match,))])
    taken, moment, written, editions, refused, expired, over = locked[0]
    if taken is not None or refused or expired or over:
        why = reasons.cases.HAS_CASE
        if taken is None:
            named = reasons.catalogue.MATCH_REFUSED if refused else why_over(over)
            why = reasons.catalogue.MATCH_EXPIRED if expired else named
        raise WrongState(action=reasons.actions.OPEN_CASE, why=why)
    (
        programme,
        code,
        need,
        technology,
        title,
        need_owner,
        technology_owner,
        phase,
        rights,
        records,
        found,
        answers,
        told,
        entries,
    ) = rows[0]
    id, calendar = new_id(), read_calendar(programme, written)
    number = _next_number(db, programme, code, calendar.local_date(moment).year)
    case: CaseSubject = {
        "programme": programme,
        "number": number,
        "match": match,
        "need": need,
        "technology": technology,
        "phase": phase,
        "rights": rights,
        "parties": {"need_owner": need_owner, "technology_owner": technology_owner},
        "as_opened": _as_opened(orjson.loads(told), orjson.loads(entries)),
    }
    both: RecordsThen = orjson.loads(records)
    if found is not None:
        case["found"] = orjson.loads(found) | both
    else:
        case["records"] = both
    if earlier_case is not None:
        case["follows_from"] = earlier_case
    if answers is not None:
        case["answers"] = orjson.loads(answers)

    def answer(opened: Case) -> JsonObject:
        return {"number": number, "id": id, "state": opened.main.states[0], "track": opened.main.id}

    command = Open(id, "case", playing(MAIN).workflow, case, title, words=words or {})
    done = open_log(
        db, actor, command, by, calendar=calendar, editions=editions, moment=moment, request=request, answer=answer
    )
    run_later(db, "UPDATE matches SET case_id = $1 WHERE id = $2", (id, match))
    return done


def case_of_programme(db: Connection, actor: Actor, programme: str, number: str, *, field: str) -> str:
    """The log of a case of a programme that the actor reads whole, by its number. Raises InvalidForm for the field."""
    try:
        case, level = find_case(db, actor, number)
    except NotFound:
        level = Sight.NOTHING
    if level < Sight.ALL or case.programme != programme:
        raise InvalidForm(fields={field: reasons.cases.NO_SUCH_CASE})
    return case.log


def _as_opened(told: JsonObject, entries: list[JsonObject]) -> AsOpened:
    """What the need, the technology and the match say, as far as these are codes: what opens a case is never erased."""
    lists = overlay(entries)
    return {
        "need": told["need"],
        "sector": told["sector"] if find(lists["sectors"], told["sector"] or "") else None,
        "district": told["district"] if find(lists["districts"], told["district"] or "") else None,
        "source": told["source"] if is_code(told["source"]) else None,
        "technology_field": technology_field(told["ipc"]),
    }


#: How the need or the technology of a match ended; null where both are in use.
_ENDED = f"coalesce({ended('n', TODAY)}, {ended('t', TODAY)})"
#: When a side answered, as an opening says it. Of `interest_requests q`.
SAID_AT = """to_char(q.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""
#: What of a match opens a case: its records, owners, rights, the phase that runs today, both records as they are, the run that found
#: it, what both sides answered, by what figures tell the case apart, and what the programme has said of these words.
_MATCH = f"""
    SELECT m.programme_id, p.code, m.need_id, m.technology_id, n.title, n.owner_id AS need_owner,
        t.owner_id AS technology_owner, (
            SELECT f.id FROM phases f CROSS JOIN (SELECT (casework_now() AT TIME ZONE (p.calendar->>'zone'))::date) AS d(today)
            WHERE f.programme_id = m.programme_id AND f.starts_on <= d.today
            AND (f.ends_on IS NULL OR f.ends_on >= d.today) ORDER BY f.starts_on DESC, f.id LIMIT 1
        ) AS phase_id,
        (SELECT coalesce(array_agg(r.id::text ORDER BY r.id), '{{}}') FROM rights r
            JOIN right_technologies l ON l.right_id = r.id AND l.technology_id = t.id
            WHERE r.programme_id = m.programme_id AND r.expired_at IS NULL) AS rights,
        (SELECT json_build_object('need', json_build_object('seq', x.seq, 'head', x.head),
                'technology', json_build_object('seq', y.seq, 'head', y.head))::text
            FROM logs x JOIN logs y ON y.id = m.technology_id WHERE x.id = m.need_id) AS records,
        (SELECT json_build_object('run', f.id, 'rank', m.run_rank, 'digest', f.digest)::text
            FROM match_runs f WHERE f.id = m.run_id) AS found,
        (SELECT json_agg(json_build_object('request', q.id, 'side', q.side, 'says', q.said->'answers'->m.id::text->>'says',
                'at', {SAID_AT}) ORDER BY q.ended_at, q.id)::text
            FROM interest_requests q
            WHERE q.programme_id = m.programme_id AND q.state = 'answered' AND q.said->'answers' ? m.id::text) AS answers,
        json_build_object('need', (SELECT seq FROM logs WHERE id = m.need_id), 'sector', n.sector, 'district', n.district,
            'source', m.source, 'ipc', t.ipc)::text AS told,
        (SELECT coalesce(json_agg(json_build_object({", ".join(f"'{field}', e.{field}" for field in ENTRY_FIELDS)})), '[]')::text
            FROM list_entries e WHERE e.programme_id = m.programme_id
            AND (e.list, e.code) IN (('sectors', n.sector), ('districts', n.district))) AS entries
    FROM matches m JOIN programmes p ON p.id = m.programme_id JOIN needs n ON n.id = m.need_id
    JOIN technologies t ON t.id = m.technology_id WHERE m.id = $1
"""
#: Locks a match, and its records against being withdrawn meanwhile; takes the time and the programme's calendar and editions.
#: Materialised: the time is taken after the lock, however long one had to wait for it.
_LOCK_MATCH = f"""
    WITH m AS MATERIALIZED (
        SELECT case_id, programme_id, need_id, technology_id, refused_at, expired_at FROM matches WHERE id = $1 FOR NO KEY UPDATE
    ), n AS MATERIALIZED (
        SELECT x.status, x.valid_until, x.owner_id FROM needs x WHERE x.id = (SELECT need_id FROM m) FOR SHARE
    ), t AS MATERIALIZED (
        SELECT x.status, x.owner_id FROM technologies x WHERE x.id = (SELECT technology_id FROM m) FOR SHARE
    )
    SELECT m.case_id, casework_now(), p.calendar::text, p.editions::text,
        m.refused_at IS NOT NULL, m.expired_at IS NOT NULL, {_ENDED} FROM m
    JOIN programmes p ON p.id = m.programme_id CROSS JOIN n CROSS JOIN t
"""


def _next_number(db: Connection, programme: str, code: str, year: int) -> str:
    """The counter is locked last of all, and rolled back with a refusal: so there are no gaps."""
    last = run(db, _NEXT, (programme, str(year)))[0][0]
    return f"{code}-{year}-{last:04}"


#: The next number of a programme and year, without a gap.
_NEXT = (
    "INSERT INTO numbers (programme_id, year, last) VALUES ($1, $2, 1)"
    " ON CONFLICT (programme_id, year) DO UPDATE SET last = numbers.last + 1 RETURNING last"
)

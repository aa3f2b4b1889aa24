"""Rows of the large databases that no action has made, for load only: consistent as far as lists, counts and searches read them.

What a row holds follows from its number. Of a case: every 5th is closed; every 50th is on hold, every 50th has a Chinese title,
every 5,000th a rare word; in every 500th somebody has declared an interest, and in every 500th a person is kept from the referral.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from benchmarks.world import teach_standard
from casework.definitions import load_library
from casework.engine.parts import ASKED, AT_WORK, HANDED_IN
from casework.operations.core.overdue_sql import CASE_DATES
from casework.operations.referrals.inbox import PLACES

#: Open tasks of a live case; every fifth case is closed and has none.
EACH = 4
#: Of an officer, closed ones among them.
CASES_EACH = 250
#: Live referrals of a busy provider; fewer where there are few cases.
BUSY = 1_500
#: Events of a case with a long history, and its number.
LONG, LONG_CASE = 2_000, "L-00000002"
#: Whom pages and lists are read as, beside the officer and the supervisor: one in every provider's organisation, one in the busy one.
MANY, PROVIDER = "many@bench.example", "busy@bench.example"

_REGISTERS = """
    WITH providers AS (
        INSERT INTO organisations (id, name, kind, services)
        SELECT md5('organisation ' || n)::uuid, 'Provider ' || n, 'provider', '{assessment}'::text[] FROM generate_series(1, %(queues)s) n
        UNION ALL SELECT md5('busy')::uuid, 'Busy provider', 'provider', '{assessment}' RETURNING id
    ), parties AS (
        INSERT INTO organisations (id, name, name_zh, kind)
        SELECT md5('party ' || n)::uuid, 'Works ' || n, '第' || n || '热力公司', 'company' FROM generate_series(0, %(parties)s - 1) n
    ), people AS (
        INSERT INTO people (id, email, name)
        SELECT md5('officer ' || n)::uuid, 'officer' || n || '@bench.example', 'Officer ' || n FROM generate_series(0, %(officers)s) n
        UNION ALL SELECT md5('disputes ' || n)::uuid, 'disputes' || n || '@bench.example', 'Disputes ' || n FROM generate_series(0, 19) n
        UNION ALL SELECT md5('many')::uuid, %(many)s, 'Many' UNION ALL SELECT md5('provider')::uuid, %(provider)s, 'Busy'
    )
    INSERT INTO memberships (id, person_id, role, programme_id, organisation_id, starts_at)
    SELECT gen_random_uuid(), md5('officer ' || n)::uuid, 'officer', %(programme)s::uuid, NULL::uuid, now()
    FROM generate_series(0, %(officers)s) n
    UNION ALL SELECT gen_random_uuid(), md5('disputes ' || n)::uuid, 'dispute_officer', %(programme)s::uuid, NULL, now()
    FROM generate_series(0, 19) n
    UNION ALL SELECT gen_random_uuid(), md5('many')::uuid, 'provider', NULL, id, now() FROM providers WHERE id <> md5('busy')::uuid
    UNION ALL SELECT gen_random_uuid(), md5('provider')::uuid, 'provider', NULL, md5('busy')::uuid, now()
"""
# Every sixth officer is away, and the next one stands in.
_ABSENCES = """
    WITH away AS (
        INSERT INTO absences (id, scope_id, person_id, substitute_id, starts_at, ends_at)
        SELECT md5('absence ' || n)::uuid, %(programme)s::uuid, md5('officer ' || n)::uuid, md5('officer ' || n + 1)::uuid,
            now() - interval '1 day', now() + interval '10 days' FROM generate_series(0, %(officers)s - 1, 6) n RETURNING *
    )
    INSERT INTO memberships (id, person_id, role, programme_id, deputy_for, starts_at, ends_at, absence_id)
    SELECT gen_random_uuid(), substitute_id, 'officer', scope_id, person_id, starts_at, ends_at, id FROM away
"""
_NEEDS = """
    INSERT INTO needs (id, programme_id, source, external_id, title, title_zh, owner_id)
    SELECT md5('need ' || n)::uuid, %(programme)s, 'load', n, 'Heat for district ' || n %% 1000, '第' || n %% 1000 || '区供热',
        md5('party ' || n %% %(parties)s)::uuid FROM generate_series(1, %(cases)s) n
"""
_LOGS = """
    INSERT INTO logs (id, kind, programme_id, seq, head, last_at)
    SELECT md5('case ' || n)::uuid, 'case', %(programme)s::uuid, CASE n WHEN 2 THEN %(long)s ELSE %(each)s + 2 END, repeat('0', 64), now()
    FROM generate_series(1, %(cases)s) n
    UNION ALL SELECT md5('mediation ' || n)::uuid, 'mediation', %(programme)s, 5, repeat('0', 64), now()
    FROM generate_series(1, %(mediations)s) n
"""
# The first officer's own cases are as many as everybody else's.
_CASES = """
    INSERT INTO cases (id, programme_id, number, title, need_id, technology_id, parties, rights, owner_id, team, revision, state,
        interests, hold, frozen, reasons, opened_at, closed_at, outcome)
    SELECT md5('case ' || n)::uuid, %(programme)s, 'L-' || lpad(n::text, 8, '0'), CASE
            WHEN n %% 5000 = 7 THEN '水泥窑余热锅炉 ' || n WHEN n %% 50 = 3 THEN '区域供热过滤器 ' || n
            ELSE 'Filter for a district heating plant, ' || n END,
        md5('need ' || n)::uuid, (SELECT id FROM technologies LIMIT 1), jsonb_build_object(
            'need_owner', md5('party ' || n %% %(parties)s)::uuid, 'technology_owner', md5('party ' || (7 * n) %% %(parties)s)::uuid),
        '{}', CASE WHEN n %% (%(officers)s + 1) = 0 THEN %(officer)s::uuid ELSE md5('officer ' || n %% (%(officers)s + 1))::uuid END,
        '{}', 1, CASE WHEN n %% 5 = 0 THEN 'done' ELSE 'step' || 1 + n %% 9 END,
        CASE WHEN n %% 500 = 4 THEN ARRAY[md5('officer ' || (n + 1) %% (%(officers)s + 1))::uuid::text] ELSE '{}' END,
        CASE WHEN n %% 50 = 1 THEN jsonb_build_object('reason', 'waiting', 'resume_by', NULL, 'waits_for', 'need_owner',
            'paused', '[]'::jsonb) END,
        false, '{}', now() - interval '400 days' + n * interval '30 seconds', CASE WHEN n %% 5 = 0 THEN now() END,
        CASE WHEN n %% 5 = 0 THEN 'done' END
    FROM generate_series(1, %(cases)s) n
"""
_MEDIATIONS = """
    INSERT INTO mediations (id, programme_id, case_id, parties, rights, title, owner_id, team, revision, interests, frozen,
        reasons, opened_at)
    SELECT md5('mediation ' || n)::uuid, %(programme)s, c.id, c.parties, '{}', 'Dispute over ' || c.title,
        md5('disputes ' || n %% 20)::uuid, '{}', 1, '{}', false, '{}', c.opened_at
    FROM generate_series(1, %(mediations)s) n JOIN cases c ON c.id = md5('case ' || n)::uuid
"""
#: What a referral has fired by then, as the events of such a case add up.
_FIRED = """jsonb_build_object('count', 1, 'at', {h}.opened_at, 'actor', 'system', 'acting_for', NULL, 'data', '{{}}'::jsonb)"""
_TRACK = """
    INSERT INTO tracks (id, log_id, programme_id, sealed, shown_to, shut_out, workflow, edition, kind, parent_id, provider_id, states,
        entered_at, opened_at, position, revision, replaced, came_from, fired, given, barred, ended_at, part, played)
"""
_MAIN_TRACKS = f"""{_TRACK}
    SELECT md5('case of ' || c.id)::uuid, c.id, c.programme_id, false, NULL::uuid, NULL::text[], 'case', %(edition)s,
        'case', NULL::uuid, NULL::uuid, ARRAY[c.state], c.opened_at,
        c.opened_at, 0, 1, false, '{{}}'::jsonb, '{{}}'::jsonb, '{{}}'::jsonb, '{{}}'::text[], c.closed_at, 'main', '{{}}'::jsonb
    FROM cases c WHERE c.number LIKE 'L-%%'
    UNION ALL
    SELECT md5('mediation of ' || m.id)::uuid, m.id, m.programme_id, true, NULL, NULL, 'mediation', %(mediation)s,
        'mediation', NULL, NULL, ARRAY[%(dispute)s],
        m.opened_at, m.opened_at, 0, 1, false, '{{}}', '{{}}', '{{}}', '{{}}', NULL, '', '{{}}' FROM mediations m
"""
# A third each is not answered, at work, handed in. Beside the busy provider's, each provider has as many as every other.
_REFERRALS = f"""{_TRACK}
    SELECT md5('referral of ' || h.id)::uuid, h.id, %(programme)s::uuid, h.sealed, p.provider,
        ARRAY(SELECT DISTINCT x FROM unnest(h.interests || b.barred) x(x) ORDER BY x), 'referral', %(referral)s,
        'assessment', NULL, p.provider,
        ARRAY[s.state], h.opened_at, h.opened_at, 1000, 1, false, '{{}}', jsonb_build_object('send', {_FIRED.format(h="h")}) || CASE
            WHEN s.state = %(asked)s THEN '{{}}' ELSE jsonb_build_object('accept', {_FIRED.format(h="h")}) END,
        '{{}}', b.barred, h.closed_at, 'request',
        CASE WHEN s.state = %(asked)s THEN '{{"sends": "send"}}'::jsonb ELSE '{{"sends": "send", "accepts": "accept"}}' END
    FROM (
        SELECT id, substr(number, 3)::int AS n, opened_at, closed_at, closed_at IS NULL AS live, false AS sealed, interests
        FROM cases WHERE number LIKE 'L-%%'
        UNION ALL SELECT md5('mediation ' || n)::uuid, n, now(), NULL, false, true, '{{}}' FROM generate_series(1, %(mediations)s) n
    ) h CROSS JOIN LATERAL (SELECT (ARRAY[%(asked)s, %(at_work)s, %(handed_in)s])[1 + h.n %% 3] AS state) s
    CROSS JOIN LATERAL (SELECT CASE WHEN h.n %% 500 = 6 THEN ARRAY[md5('many')::uuid::text] ELSE '{{}}' END AS barred) b
    CROSS JOIN LATERAL (SELECT CASE WHEN h.live AND h.n <= %(busy)s THEN md5('busy')::uuid
        ELSE md5('organisation ' || 1 + h.n %% %(queues)s)::uuid END AS provider) p
"""
_SERVICES = f"""{_TRACK}
    SELECT md5('service of ' || r.log_id)::uuid, r.log_id, r.programme_id, r.sealed, r.shown_to, r.shut_out,
        'assessment', %(assessment)s, 'assessment', r.id, NULL, ARRAY[%(applied)s],
        r.opened_at, r.opened_at, 2000, 1, false, '{{}}', '{{}}', '{{}}', '{{}}', r.ended_at, '', '{{}}'
    FROM tracks r WHERE r.workflow = 'referral' AND r.states <> ARRAY[%(asked)s]
"""
_TASK = """
    INSERT INTO tasks (id, log_id, programme_id, sealed, shown_to, shut_out, common, track_id, name, edition, rule, type, queue,
        organisation_id, state, opened_at, due_at, turn_at, holder_id, of, result, flagged, aftercare, position)
"""
_DUE = "now() - interval '9 days' + (('x' || substr(md5({k} || {key}), 1, 7))::bit(28)::int %% 7776000) * interval '1 second'"
# One for the case's officer, of which every fourth is taken; two for the supervisors.
_OFFICE_TASKS = f"""{_TASK}
    SELECT md5(k || ' task of ' || c.id)::uuid, c.id, c.programme_id, false, NULL, NULL, true, t.id, s.step, t.edition, s.step, 'step',
        CASE k WHEN 0 THEN 'officer' ELSE 'supervisor' END, NULL, CASE WHEN s.taken THEN 'Reserved' ELSE 'Ready' END, c.opened_at,
        s.due, greatest(c.opened_at, s.due), CASE WHEN s.taken THEN c.owner_id END, s.step, '{{}}', false, false, 1000 * (k + 1)
    FROM cases c CROSS JOIN generate_series(0, 2) k JOIN tracks t ON t.log_id = c.id AND t.workflow = 'case'
    CROSS JOIN LATERAL (SELECT 'step' || 1 + k AS step, k = 0 AND substr(c.number, 3)::int %% 4 = 0 AS taken,
        {_DUE.format(k="k", key="c.number")} AS due) s
    WHERE c.number LIKE 'L-%%' AND c.closed_at IS NULL
"""
# One in each referral: the provider's, who answers it or works on the service inside it; of what was handed in the officer's.
_REFERRAL_TASKS = f"""{_TASK}
    SELECT md5('3 task of ' || r.log_id)::uuid, r.log_id, r.programme_id, r.sealed, r.shown_to, r.shut_out, false,
        coalesce(b.id, r.id), w.step, coalesce(b.edition, r.edition),
        w.step, 'step', CASE WHEN w.theirs THEN 'provider' ELSE 'officer' END, CASE WHEN w.theirs THEN r.provider_id END, 'Ready',
        r.opened_at, w.due, greatest(r.opened_at, w.due), NULL, w.step, '{{}}', false, false, 4000
    FROM tracks r LEFT JOIN tracks b ON b.parent_id = r.id AND r.states = ARRAY[%(at_work)s]
    CROSS JOIN LATERAL (SELECT (coalesce(b.states, r.states))[1] AS step, r.states <> ARRAY[%(handed_in)s] AS theirs,
        {_DUE.format(k="3", key="r.log_id::text")} AS due) w
    WHERE r.workflow = 'referral' AND r.ended_at IS NULL
"""
# Every fortieth stands still.
_CLOCKS = """
    INSERT INTO clocks (id, log_id, track_id, task_id, unit, steps, start, calendar, next, state, "left", fires_at)
    SELECT md5('clock of ' || t.id)::uuid, t.log_id, t.track_id, t.id, 'wd', k.steps, k.start, k.calendar, 0,
        CASE WHEN s.still THEN 'paused' ELSE 'running' END, CASE WHEN s.still THEN '{60}'::bigint[] ELSE '{}' END,
        CASE WHEN NOT s.still THEN now() + interval '400 days' END
    FROM tasks t JOIN cases c ON c.id = t.log_id CROSS JOIN (SELECT * FROM clocks LIMIT 1) k
    CROSS JOIN LATERAL (SELECT substr(c.number, 3)::int %% 40 = 1 AS still) s
    WHERE c.number LIKE 'L-%%' AND t.queue <> 'supervisor'
"""
_EVENT = "INSERT INTO events (log_id, seq, at, kind, track_id, actor_id, header, effects, body, hash)"
_FIRED_EVENT = "(SELECT * FROM events WHERE kind = 'fired' LIMIT 1) e"
_EVENTS = f"""{_EVENT}
    SELECT c.id, n, now(), e.kind, t.id, e.actor_id, e.header, e.effects, e.body, e.hash
    FROM cases c JOIN tracks t ON t.log_id = c.id AND t.workflow = 'case'
    CROSS JOIN LATERAL generate_series(1, CASE c.number WHEN %(long_case)s THEN %(long)s ELSE %(each)s END) n
    CROSS JOIN {_FIRED_EVENT} WHERE c.number LIKE 'L-%%'
    UNION ALL SELECT md5('mediation ' || m)::uuid, n, now(), e.kind, NULL, e.actor_id, e.header, e.effects, e.body, e.hash
    FROM generate_series(1, %(mediations)s) m CROSS JOIN generate_series(1, 5) n CROSS JOIN {_FIRED_EVENT}
"""
# A paper in every second case, with a file in every tenth, granted in every fourth; a message in every third.
_DOCUMENTS = f"""
    WITH papers AS (
        INSERT INTO documents (id, log_id, kind, registered_at, party)
        SELECT md5('document ' || n)::uuid, md5('case ' || n)::uuid, 'report', now() - n * interval '1 second', 'need_owner'
        FROM generate_series(1, %(cases)s, 2) n
    ), copies AS (
        INSERT INTO files (id, log_id, document_id, version, type, size, filed_at, filed_by, name, digest)
        SELECT md5('file ' || n || v)::uuid, md5('case ' || n)::uuid, md5('document ' || n)::uuid, v, 'application/pdf', 20000, now(),
            'system', 'pump_report_' || n || '.pdf', repeat('0', 64)
        FROM generate_series(1, %(cases)s, 10) n CROSS JOIN generate_series(1, 2) v
    ), given AS (
        INSERT INTO grants (id, log_id, track_id, document_id, consents, given_at)
        SELECT md5('grant ' || n)::uuid, md5('case ' || n)::uuid, md5('referral of ' || md5('case ' || n)::uuid)::uuid,
            md5('document ' || n)::uuid, '{{}}', now() FROM generate_series(1, %(cases)s, 4) n
    )
    {_EVENT}
    SELECT md5('case ' || n)::uuid, %(each)s + 1, now() - n * interval '1 second', 'document_registered', NULL::uuid, e.actor_id, e.header,
        jsonb_build_object('documents', jsonb_build_array(jsonb_build_object('id', md5('document ' || n)::uuid))),
        jsonb_build_object('title', jsonb_build_object('salt', repeat('0', 32), 'value', 'Report on the pump of site ' || n)), e.hash
    FROM generate_series(1, %(cases)s, 2) n CROSS JOIN {_FIRED_EVENT}
    UNION ALL
    SELECT md5('case ' || n)::uuid, %(each)s + 2, now() - n * interval '1 second', 'noted', NULL, e.actor_id, e.header,
        jsonb_build_object('message', md5('message ' || n)::uuid, 'what', 'written'), jsonb_build_object('words', jsonb_build_object(
            'salt', repeat('0', 32), 'value', 'The pump of site ' || n || ' ran, 泵房 is dry.')), e.hash
    FROM generate_series(1, %(cases)s, 3) n CROSS JOIN {_FIRED_EVENT}
"""
_CASE_DATES = (
    f"INSERT INTO case_dates (id, programme_id, due_at, late_at, waits_for) {CASE_DATES} ON CONFLICT (id) DO NOTHING"
)
_INBOX = f"""
    UPDATE tracks r SET inbox = p.tab, inbox_at = p.at FROM ({PLACES.replace(":handed_in", "ARRAY[%(handed_in)s]")}) p WHERE p.id = r.id
"""
# As the triggers would have it, which do not fire here.
_WORDS = """
    INSERT INTO searched_words SELECT w.* FROM events e CROSS JOIN LATERAL casework_words_of_event(e) w
    WHERE e.kind IN ('document_registered', 'letter_sent', 'noted', 'said')
    UNION ALL SELECT w.* FROM files f CROSS JOIN LATERAL casework_words_of_file(f) w
"""
# What people have looked at before.
_LOOKS = """
    INSERT INTO looks (person_id, thing_id, seq, at)
    SELECT %(supervisor)s::uuid, md5('case ' || n)::uuid, 1, now() FROM generate_series(1, %(cases)s, 3) n
    UNION ALL SELECT md5('provider')::uuid, id, 1, now() FROM tracks WHERE provider_id = md5('busy')::uuid
"""
#: In this order.
STATEMENTS = (
    _REGISTERS, _ABSENCES, _NEEDS, _LOGS, _CASES, _MEDIATIONS, _MAIN_TRACKS, _REFERRALS, _SERVICES, _OFFICE_TASKS,
    _REFERRAL_TASKS, _CLOCKS, _EVENTS, _DOCUMENTS, _LOOKS,
)  # fmt: skip
#: What each case and referral adds up to, found by their indexes: after these are made.
BY_INDEXES = (_CASE_DATES, _INBOX, _WORDS)


def values(tasks: int, events: int, queues: int) -> Mapping[str, Any]:
    """What the statements are given beside people: sizes, and how the editions in force name their states."""
    cases = max(1, tasks * 5 // (4 * EACH))
    library = load_library()
    edition = {name: library[library.newest[name]] for name in ("referral", "assessment", "mediation")}
    part = {state.part: state.path for state in edition["referral"].states.values()}
    return {
        "cases": cases,
        "each": events // cases,
        "queues": queues,
        "officers": cases // CASES_EACH + 1,
        "mediations": max(1, cases // 125),
        "parties": min(5_000, cases // 10 + 2),
        # Of five cases four live.
        "busy": min(BUSY * 5 // 4, cases * 3 // 5),
        "long": LONG,
        "long_case": LONG_CASE,
        "many": MANY,
        "provider": PROVIDER,
        "edition": teach_standard().fingerprint,
        **{name: edition[name].fingerprint for name in edition},
        "asked": part[ASKED],
        "at_work": part[AT_WORK],
        "handed_in": part[HANDED_IN],
        "applied": edition["assessment"].initial[0],
        "dispute": edition["mediation"].initial[0],
    }

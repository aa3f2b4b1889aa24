"""Case hygiene, and whether anything waits unseen: what breaks it now, and how many cases did on each day.

A live case has one owner, one dated next action and, if it waits, for whom. Every open task has somebody who may do it,
and everything that is to happen by itself has a clock that runs.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, text

from casework.definitions import load_library, names_of_part, side_states_of
from casework.engine.parts import REFERRAL, RETURNS_COPIES
from casework.engine.roles import INTAKE, MEDIATION, QUEUE_ROLES, Role
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.core.presenters import names_of, when
from casework.operations.core.register_entries import note_entries
from casework.operations.oversight.views import (
    Breach,
    BreachedTask,
    BreachFound,
    BreachingCase,
    CaseHygiene,
    CaseHygieneDay,
)
from casework.permissions.actors import Actor
from casework.records.access_sql import COUNTS, referral_of
from casework.records.database import transaction
from casework.records.event_log import now

#: What is wrong with a case itself, with one of its tasks or tracks, and with what should happen by itself.
OF_CASES = ("no_owner", "owner_left", "no_action", "waits_for_nobody")
OF_TASKS = ("holder_left", "nobody_may", "nobody_leads", "left_open")
OF_CLOCKS = ("no_clock", "stands_still", "late")
OF_PAPERS = ("copies_out",)
KINDS = (*OF_CASES, *OF_TASKS, *OF_CLOCKS, *OF_PAPERS)
#: A provider whose access has ended has said after so many days what became of its copies.
COPIES_DAYS = 30
#: So many a page shows; the figure counts them all.
MOST = 200
#: Days that the trend goes back.
DAYS = 30
#: The nightly check belongs to a day from this hour on, on the programme's own clock.
NIGHT_HOUR = 2
#: What is due is late when it has not happened after so many minutes.
PATIENCE_MINUTES = 5

# --- what breaks it --------------------------------------------------------------------------------------------------

#: Who works which queue now: the same policy as `permissions.work.may_work`, for everybody at once.
_STAFF = f"""
    staff AS MATERIALIZED (
        SELECT q.queue, coalesce(m.programme_id, m.organisation_id) AS scope, m.person_id,
            coalesce(m.deputy_for, m.person_id) AS who, m.deputy_for IS NOT NULL AS deputy, array(
                SELECT o.organisation_id FROM memberships o WHERE o.person_id = m.person_id AND o.organisation_id IS NOT NULL
                AND o.starts_at <= casework_now() AND (o.ends_at IS NULL OR o.ends_at > casework_now())
            ) AS own, (
                -- Until when the person was a dispute officer there, or of a provider that mediates; with none of it, before every case.
                SELECT coalesce(max(coalesce(d.ends_at, 'infinity')), '-infinity') FROM memberships d
                LEFT JOIN organisations o ON o.id = d.organisation_id WHERE d.person_id = m.person_id
                AND (d.programme_id = m.programme_id AND d.role = '{Role.DISPUTE_OFFICER}' OR '{MEDIATION}' = ANY(o.services))
                AND d.starts_at <= casework_now() AND d.ends_at IS DISTINCT FROM d.starts_at
            ) AS mediated_until
        FROM jsonb_each(CAST(:roles AS jsonb)) AS q(queue, roles) JOIN memberships m ON q.roles ? m.role
        JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
        WHERE m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
        AND {COUNTS}
    )
"""
#: A member of the staff `s` who does not work for the provider of a task `t`.
#: In a referral to the own organisation nobody acts for the office.
_NOT_BOTH_SIDES = f"""(cardinality(s.own) = 0 OR NOT EXISTS (
        SELECT FROM tracks r JOIN tracks a ON a.id = {referral_of("r")}
        WHERE r.id = t.track_id AND a.provider_id = ANY(s.own)
    ))"""
#: A member of the staff `s` who may do a task `t` of a home `h`.
_MAY = f"""s.queue = t.queue AND s.scope = coalesce(t.organisation_id, t.programme_id)
    AND NOT ARRAY[s.person_id, s.who]::text[] && h.interests
    AND (t.organisation_id IS NOT NULL OR NOT h.case_itself OR h.opened_at >= s.mediated_until)
    AND (t.queue NOT IN ('{Role.OFFICER}', '{INTAKE}', '{Role.DISPUTE_OFFICER}') OR h.owner_id IS NULL
        OR s.who = h.owner_id OR s.who = ANY(h.team))
    AND NOT (t.queue = '{Role.DISPUTE_OFFICER}' AND s.deputy)
    AND (t.organisation_id IS NULL OR NOT EXISTS (
        SELECT FROM tracks r JOIN tracks a ON a.id = {referral_of("r")}
        WHERE r.id = t.track_id AND ARRAY[s.person_id, s.who]::text[] && a.barred
    ))
    AND (t.organisation_id IS NOT NULL OR {_NOT_BOTH_SIDES})
    AND (t.type <> 'decision' OR NOT EXISTS (
        SELECT FROM proposals p WHERE p.log_id = t.log_id AND p.task_id = t.id
        AND (p.actor_id IN (CAST(s.person_id AS text), CAST(s.who AS text))
            OR p.acting_for IN (CAST(s.person_id AS text), CAST(s.who AS text)))
    ))"""
# A supervisor steps in for an officer, but not in a step, whose actions are the officers' own.
_STEPS_IN = f"""s.queue = '{Role.SUPERVISOR}' AND s.scope = t.programme_id AND t.organisation_id IS NULL AND t.type = 'side'
    AND t.queue IN ('{Role.OFFICER}', '{INTAKE}') AND NOT ARRAY[s.person_id, s.who]::text[] && h.interests
    AND (NOT h.case_itself OR h.opened_at >= s.mediated_until) AND {_NOT_BOTH_SIDES}"""
_OPEN = "t.state IN ('Created', 'Ready', 'Reserved', 'InProgress', 'Suspended')"
_HELD = "t.state IN ('Reserved', 'InProgress', 'Suspended') AND t.holder_id IS NOT NULL"
#: The owner of a home `h` who is an officer there still.
_OWNER_STAYS = (
    "EXISTS (SELECT FROM staff s WHERE s.queue = 'officer' AND s.scope = h.programme_id AND s.who = h.owner_id)"
)

#: The cases without an owner, an action with a date, or somebody who is waited for.
#: A case nobody has taken yet lies in the intake, which has an end: that is its dated action, and it has no owner.
_CASES = """
    SELECT x.kind, h.id AS log_id, NULL::uuid AS task_id, NULL::uuid AS track_id FROM {homes} h CROSS JOIN LATERAL (VALUES
        ('no_owner', h.owner_id IS NULL AND h.state <> 'proposed'),
        ('owner_left', EXISTS (
            SELECT FROM people p WHERE p.id = h.owner_id AND (NOT p.active OR NOT EXISTS (
                SELECT FROM memberships m WHERE m.person_id = p.id AND m.programme_id = h.programme_id
                AND m.role = 'officer' AND m.deputy_for IS NULL AND m.starts_at <= casework_now() AND (m.ends_at IS NULL
                    OR m.ends_at > casework_now())
            ))
        )),
        ('no_action', NOT EXISTS (
            SELECT FROM tasks t WHERE t.log_id = h.id AND t.state IN ('Ready', 'Reserved', 'InProgress', 'Suspended')
            AND NOT t.aftercare AND t.due_at IS NOT NULL
        ) AND coalesce(h.hold->>'resume_by', '') = ''),
        ('waits_for_nobody', h.hold IS NOT NULL AND coalesce(h.hold->>'waits_for', '') = '')
    ) AS x(kind, broken) WHERE x.broken AND h.closed_at IS NULL AND h.case_itself
"""
#: Tasks that nobody may do or that should have ended, and mediations that nobody leads.
_TASKS = f"""
    SELECT 'holder_left', t.log_id, t.id, t.track_id FROM tasks t JOIN {{homes}} h ON h.id = t.log_id
    WHERE {_HELD} AND NOT EXISTS (SELECT FROM staff s WHERE s.person_id = t.holder_id AND ({_MAY} OR {_STEPS_IN}))
    UNION ALL
    SELECT 'nobody_may', t.log_id, t.id, t.track_id FROM tasks t JOIN {{homes}} h ON h.id = t.log_id
    WHERE t.state = 'Ready' AND NOT EXISTS (SELECT FROM staff s WHERE {_MAY})
    AND (t.queue NOT IN ('{Role.OFFICER}', '{INTAKE}') OR h.owner_id IS NULL OR {_OWNER_STAYS})
    UNION ALL
    SELECT 'nobody_leads', h.id, NULL, NULL FROM {{homes}} h WHERE NOT h.case_itself AND h.closed_at IS NULL AND NOT EXISTS (
        SELECT FROM staff s WHERE s.queue = '{Role.DISPUTE_OFFICER}' AND s.scope = h.programme_id AND NOT s.deputy
        AND (s.who = h.owner_id OR s.who = ANY(h.team))
    )
    UNION ALL
    SELECT 'left_open', t.log_id, t.id, t.track_id FROM tasks t JOIN {{homes}} h ON h.id = t.log_id
    JOIN tracks r ON r.id = t.track_id WHERE {_OPEN} AND NOT t.aftercare AND t.type <> 'decision' AND r.ended_at IS NOT NULL
    UNION ALL
    -- A loan is served long after the referral to the bank is completed; what was broken off leaves nothing behind.
    SELECT 'left_open', r.log_id, NULL, r.id FROM tracks r JOIN tracks a ON a.id = r.parent_id JOIN {{homes}} h ON h.id = r.log_id
    WHERE r.ended_at IS NULL AND NOT r.replaced AND a.ended_at IS NOT NULL AND a.outcome IS DISTINCT FROM 'completed'
"""
#: Dates without a clock, and clocks that stand still or are late.
#: A date that is still to come has a clock that goes there; one that has passed has fired.
_CLOCKS = f"""
    SELECT 'no_clock', t.log_id, t.id, t.track_id FROM tasks t JOIN {{homes}} h ON h.id = t.log_id
    WHERE {_OPEN} AND t.due_at > casework_now() AND NOT EXISTS (SELECT FROM clocks k WHERE k.log_id = t.log_id AND k.task_id = t.id)
    UNION ALL
    SELECT 'no_clock', h.id, NULL, NULL FROM {{homes}} h WHERE h.state = 'on_hold' AND coalesce(h.hold->>'resume_by', '') <> ''
    AND NOT EXISTS (
        SELECT FROM clocks k JOIN tracks r ON r.id = k.track_id AND r.parent_id IS NULL AND r.provider_id IS NULL
        WHERE k.log_id = h.id AND k.task_id IS NULL AND k.consent_id IS NULL AND k.grant_id IS NULL AND k.state = 'running'
    )
    UNION ALL
    SELECT 'stands_still', k.log_id, k.task_id, k.track_id FROM clocks k JOIN {{homes}} h ON h.id = k.log_id
    WHERE k.state = 'running' AND k.fires_at IS NULL
    UNION ALL
    SELECT 'stands_still', k.log_id, t.id, k.track_id FROM clocks k JOIN {{homes}} h ON h.id = k.log_id
    JOIN tasks t ON t.id = k.task_id AND t.state IN ('Created', 'Ready', 'Reserved', 'InProgress')
    WHERE k.state = 'paused' AND h.hold IS NULL AND NOT h.frozen
    -- A provider's clock rests while its referral has stepped aside.
    AND NOT EXISTS (
        SELECT FROM tracks r JOIN tracks a ON a.id = r.parent_id
        WHERE r.id = k.track_id AND a.states && ARRAY(SELECT jsonb_array_elements_text(CAST(:aside AS jsonb) -> a.edition))
    )
    UNION ALL
    SELECT 'late', k.log_id, k.task_id, k.track_id FROM clocks k JOIN {{homes}} h ON h.id = k.log_id
    WHERE k.fires_at < casework_now() - interval '{PATIENCE_MINUTES} minutes'
"""
#: Papers that a provider has neither returned nor destroyed.
#: Long after the access, in a closed case too, and whether or not the provider's task for it is still there.
_PAPERS = f"""
    SELECT DISTINCT 'copies_out', g.log_id, t.id, g.track_id FROM grants g JOIN {{homes}} h ON h.id = g.log_id
    LEFT JOIN tasks t ON t.track_id = g.track_id AND t.name = ANY(CAST(:copies AS text[])) AND {_OPEN}
    WHERE g.returned_at IS NULL AND g.ended_at < casework_now() - interval '{COPIES_DAYS} days' AND NOT EXISTS (
        SELECT FROM grants o WHERE o.track_id = g.track_id AND o.document_id = g.document_id AND o.ended_at IS NULL
    )
"""
_COLUMNS = "id, programme_id, owner_id, team, interests, hold, frozen, closed_at, opened_at, title"
#: Sealed mediations are not there for a programme's pages and figures; whoever runs the installation has them checked too.
_WITHIN = (
    f"(SELECT {_COLUMNS}, number, state, true AS case_itself FROM cases"
    " WHERE programme_id = ANY(CAST(:programmes AS uuid[])))"
)
#: All cases and mediations as homes of one shape.
_EVERYWHERE = (
    f"(SELECT {_COLUMNS}, number, state, true AS case_itself FROM cases UNION ALL"
    f" SELECT {_COLUMNS}, NULL, NULL, false FROM mediations)"
)


@cache
def _breaches(homes: str, select: str) -> TextClause:
    parts = " UNION ALL ".join(part.format(homes=homes) for part in (_CASES, _TASKS, _CLOCKS, _PAPERS))
    return text(f"WITH {_STAFF}, found AS ({parts}) " + select.format(homes=homes))


#: The breaches that were found, with the case and the task of each, the oldest case first.
_LIST = """
    SELECT f.kind, h.id, h.programme_id, h.number, h.title, h.owner_id, t.id AS task, t.name, t.edition, t.rule, t.type, t.about
    FROM found f JOIN {homes} h ON h.id = f.log_id LEFT JOIN tasks t ON t.id = f.task_id
    ORDER BY h.opened_at, h.id, array_position(CAST(:kinds AS text[]), f.kind), t.position, t.id
"""
#: The breaches that were found, by programme.
_COUNT = "SELECT h.programme_id, f.kind, f.log_id FROM found f JOIN {homes} h ON h.id = f.log_id"


def _given(**more: Any) -> JsonObject:
    roles = {queue: sorted(of) for queue, of in QUEUE_ROLES.items()}
    aside, copies = json.dumps(side_states_of(REFERRAL)), names_of_part(RETURNS_COPIES)
    return {"roles": json.dumps(roles), "kinds": list(KINDS), "aside": aside, "copies": copies} | more


def find_breaches(db: Connection) -> list[BreachFound]:
    """Everything that breaks the rule in the whole installation; a sealed mediation has no number."""
    rows = db.execute(_breaches(_EVERYWHERE, _LIST), _given())
    return [
        BreachFound(
            kind=row.kind,
            number=row.number,
            log=row.id,
            task=_task(row),
        )
        for row in rows
    ]


def show_case_hygiene(db: Connection, actor: Actor) -> CaseHygiene:
    """Cases of the actor's programmes that break the rule now, the oldest first, each with what is wrong; and the trend.

    Raises NotFound for others than supervisors.
    """
    programmes = sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.SUPERVISOR})
    if not programmes:
        raise NotFound
    rows = db.execute(_breaches(_WITHIN, _LIST), _given(programmes=programmes)).all()
    names = names_of(db, {row.owner_id for row in rows})
    cases: dict[str, BreachingCase] = {}
    for row in rows:
        owner = names.get(row.owner_id) if row.owner_id else None
        case = cases.setdefault(
            row.id,
            BreachingCase(
                number=row.number,
                title=row.title,
                owner=owner,
                breaches=[],
            ),
        )
        breach = Breach(
            kind=row.kind,
            task=_task(row),
        )
        if breach not in case.breaches:
            case.breaches.append(breach)
    return CaseHygiene(
        at=when(now(db)),
        count=len(cases),
        items=list(cases.values())[:MOST],
        days=_list_days(db, programmes),
    )


def _task(row: Any) -> BreachedTask | None:
    if row.task is None:
        return None
    edition = load_library().editions.get(row.edition)
    return BreachedTask(
        id=row.task,
        name=row.name,
        edition=edition.fingerprint if edition else None,
        rule=row.rule,
        type=row.type,
        about=row.about,
    )


# --- the figure of each day -------------------------------------------------------------------------------------------

#: The day whose nightly check this moment belongs to, of a programme `g`.
_DAY = f"CAST(casework_now() AT TIME ZONE (g.calendar->>'zone') - interval '{NIGHT_HOUR} hours' AS date)"
#: The programmes whose nightly check of this day is still to be done.
_UNCHECKED = text(f"""
    SELECT g.id FROM programmes g
    WHERE NOT EXISTS (SELECT FROM case_hygiene_days d WHERE d.programme_id = g.id AND d.day = {_DAY}) ORDER BY g.id
""")
#: Keeps a programme's figures of the day.
_KEEP = text(f"""
    INSERT INTO case_hygiene_days (programme_id, day, at, live, broken, breaches)
    SELECT g.id, {_DAY}, casework_now(),
        (SELECT count(*) FROM cases c WHERE c.programme_id = g.id AND c.closed_at IS NULL), :broken, CAST(:breaches AS jsonb)
    FROM programmes g WHERE g.id = CAST(:programme AS uuid)
    ON CONFLICT (programme_id, day) DO UPDATE
    SET at = excluded.at, live = excluded.live, broken = excluded.broken, breaches = excluded.breaches RETURNING day
""")
#: The figures of each day, added up over some programmes.
_DAYS = text("""
    SELECT day, min(at) AS at, sum(live) AS live, sum(broken) AS broken FROM case_hygiene_days
    WHERE programme_id = ANY(CAST(:programmes AS uuid[])) GROUP BY day ORDER BY day DESC LIMIT :most
""")


def list_unchecked(db: Connection) -> list[str]:
    """Programmes whose night has come and which have no figure for the day yet."""
    return list(db.execute(_UNCHECKED).scalars())


def check_programme(db: Connection, programme: str) -> int:
    """Look through a programme and keep the figure of its day; gives how many cases break the rule."""
    rows = db.execute(_breaches(_WITHIN, _COUNT), _given(programmes=[programme])).all()
    counts = Counter(row.kind for row in rows)
    broken = len({row.log_id for row in rows})
    day = db.execute(_KEEP, {"programme": programme, "broken": broken, "breaches": json.dumps(counts)}).scalar_one()
    note_entries(db, "case_hygiene_days", programme, [f"{programme}:{day}"], kind="case_hygiene_checked")
    return broken


def check_due(engine: Engine) -> int:
    """Check every programme whose night has come; gives how many. Whoever does it at once keeps the same figure."""
    with transaction(engine) as db:
        due = list_unchecked(db)
    for programme in due:
        with transaction(engine) as db:
            check_programme(db, programme)
    return len(due)


def _list_days(db: Connection, programmes: list[str]) -> list[CaseHygieneDay]:
    """The last days, the newest first: live cases, and how many of them broke the rule that night."""
    rows = db.execute(_DAYS, {"programmes": programmes, "most": DAYS})
    return [
        CaseHygieneDay(
            day=row.day.isoformat(),
            at=when(row.at),
            live=int(row.live),
            broken=int(row.broken),
        )
        for row in rows
    ]


__all__ = [
    "KINDS", "MOST", "check_due", "check_programme", "find_breaches", "list_unchecked", "show_case_hygiene",
]  # fmt: skip

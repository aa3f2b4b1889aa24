"""Which tasks are overdue, and which one a case goes on with: the same of one case and of many, in a query.

Overdue means one thing everywhere: a task that somebody could do, whose day has passed, and whose clock does not stand
still (`Case.overdue`). A case is late with any such task that it waits for, whosever it is (`Case.late`). That the last
step of its escalation has come is another thing, and called flagged.
"""

from __future__ import annotations

from casework.engine.parts import MAIN

#: Of a task `t` whose day has passed.
NOT_PAUSED = """t.state IN ('Ready', 'Reserved', 'InProgress') AND NOT EXISTS (
        SELECT FROM clocks k WHERE k.log_id = t.log_id AND k.task_id = t.id AND k.state = 'paused' OFFSET 0
    )"""
#: Of a task `t`.
OVERDUE = f"(t.due_at IS NOT NULL AND t.due_at < casework_now() AND {NOT_PAUSED})"
#: Of a task `t` of a case `c`: it is waited for. What is asked after closing counts once the case is closed.
_WAITING = """t.state IN ('Ready', 'Reserved', 'InProgress', 'Suspended')
    AND (NOT t.aftercare OR c.closed_at IS NOT NULL)"""
#: Of these our side does the first one next (`Case.next_task`): on hold, what the hold itself asks for.
OURS = f"""{_WAITING} AND t.organisation_id IS NULL AND (
        c.hold IS NULL OR t.type = 'step' AND t.track_id = (
            SELECT r.id FROM tracks r WHERE r.log_id = c.id AND r.part = '{MAIN}' ORDER BY r.position LIMIT 1
        )
    )"""
#: Of such tasks `t` the day of the first; what somebody lets wait comes after all that can be worked on.
FIRST_DUE = "coalesce(min(t.due_at) FILTER (WHERE t.state <> 'Suspended'), min(t.due_at))"
#: Of these the case waits for the providers; on hold it waits for what the hold names.
THEIRS = f"{_WAITING} AND t.organisation_id IS NOT NULL AND c.hold IS NULL"
#: Of tasks `t` of ours in which a body outside has the next word (`case_dates.awaited`).
AWAITED = f"{_WAITING} AND t.awaits IS NOT NULL AND t.organisation_id IS NULL AND c.hold IS NULL"
#: Of such tasks `t` what is asked of us first, then what is due first of steps and of what a body outside has the next word in.
_FIRST_ASKED = """t.state = 'Suspended' AND t.awaits IS NULL, t.type = 'step' OR t.awaits IS NOT NULL,
                    coalesce(t.due_at, t.opened_at), t.type = 'step', t.id"""
#: What `engine.state.case_dates` says of a case, of each case `c`: what the table of that name is held against.
CASE_DATES = f"""
    SELECT c.id, c.programme_id, coalesce(o.due_at, 'infinity') AS due_at, l.late_at, CASE
            WHEN c.hold IS NOT NULL THEN 'hold' WHEN c.closed_at IS NOT NULL THEN 'nobody'
            WHEN EXISTS (SELECT FROM tasks t WHERE t.log_id = c.id AND {THEIRS}) THEN 'provider'
            WHEN (
                SELECT t.awaits IS NOT NULL FROM tasks t WHERE t.log_id = c.id AND {OURS} ORDER BY {_FIRST_ASKED} LIMIT 1
            ) THEN 'outside' ELSE 'us' END AS waits_for
    FROM cases c
    CROSS JOIN LATERAL (SELECT {FIRST_DUE} AS due_at FROM tasks t WHERE t.log_id = c.id AND {OURS}) o
    CROSS JOIN LATERAL (
        SELECT min(t.due_at) AS late_at FROM tasks t WHERE t.log_id = c.id AND (({OURS}) OR ({THEIRS})) AND {NOT_PAUSED}
    ) l
"""
#: Of a task `t`: nothing holds it up. On hold a case waits, and so does what of ours has no clock that goes on.
AT_WORK = """NOT EXISTS (SELECT FROM clocks k WHERE k.log_id = t.log_id AND k.task_id = t.id AND k.state = 'paused' OFFSET 0)
    AND (t.organisation_id IS NOT NULL OR NOT EXISTS (SELECT FROM cases h WHERE h.id = t.log_id AND h.hold IS NOT NULL OFFSET 0)
        OR EXISTS (SELECT FROM clocks k WHERE k.log_id = t.log_id AND k.task_id = t.id AND k.state = 'running' OFFSET 0))"""
#: Of a task `t`: its day does not count (`Case.stands_still`).
STILL = f"(t.closed_at IS NULL AND NOT ({AT_WORK}))"
#: Of a task `t`, as the lists of tasks ask it: whether it is overdue, and whether its day does not count.
STANDING = f"{OVERDUE} AS late, {STILL} AS still"

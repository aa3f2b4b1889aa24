"""The queue of jobs: how rows that wait for something become Procrastinate's jobs.

What is to be done stands in rows of our own, written with the action that brought it about. A job is only the way there:
it may be lost, and is made again; it may come twice, and finds nothing left to do. So no action inserts a job itself,
whose NOTIFY would take a lock of the whole server at each commit.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, text

#: What our tasks' names begin with in the queue.
NAMESPACE = "casework"
#: Clocks have hands of their own: a mail server that does not answer must not make a deadline late.
CLOCKS, OTHERS = "clocks", "others"
#: A worker says this often that it lives, and is taken for dead after as long without.
HEARTBEAT_S, DEAD_AFTER_S = 0.5, 4.0
#: The longest wait before what failed is tried again.
LONGEST_WAIT_S = 60

# Any number: one dispatcher at a time, whichever worker it runs in.
_ADVISORY_LOCK = 4_215_807_164


@dataclass(frozen=True)
class Job:
    """A task to run. Of one `key` there is never more than one job under way."""

    queue: str
    task: str
    key: str
    args: dict[str, Any] = field(default_factory=dict)
    #: Jobs with the same lock run one after the other.
    lock: str | None = None


def try_dispatching(db: Connection) -> bool:
    """Whether this transaction is the one that dispatches now."""
    held: bool = db.execute(text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK}).scalar_one()
    return held


#: Puts jobs into the queue, in their order; one whose lock is there already is not put in twice.
_DEFER = text(f"""
    INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, lock, args, scheduled_at)
    SELECT j.queue, '{NAMESPACE}:' || j.task, j.key, j.lock, j.args, CASE WHEN j.wait_s > 0 THEN now() + make_interval(secs => j.wait_s) END
    FROM jsonb_to_recordset(CAST(:jobs AS jsonb))
        AS j(n int, queue text, task text, key text, lock text, args jsonb, wait_s float, again boolean)
    WHERE j.again OR NOT EXISTS (SELECT FROM procrastinate_jobs o WHERE o.queueing_lock = j.key AND o.status = 'doing')
    ORDER BY j.n ON CONFLICT DO NOTHING
""")


def defer(db: Connection, jobs: Sequence[Job], *, wait_s: float = 0, again: bool = False) -> int:
    """Put jobs into the queue, in one statement; gives how many were new. `again`: this one is about to end."""
    if not jobs:
        return 0
    written = [
        {
            "n": n,
            "queue": job.queue,
            "task": job.task,
            "key": job.key,
            "lock": job.lock,
            "args": job.args,
            "wait_s": wait_s,
            "again": again,
        }
        for n, job in enumerate(jobs)
    ]
    return db.execute(_DEFER, {"jobs": json.dumps(written)}).rowcount


def wait_before(tries: int) -> float:
    """Seconds before what has failed so often is tried again."""
    return float(min(LONGEST_WAIT_S, 2**tries))


def drop_jobs_of_the_dead(db: Connection) -> int:
    """Take away what a worker was at when it died; the rows that it was for get another job."""
    dropped = db.execute(
        text(
            "DELETE FROM procrastinate_jobs j WHERE j.status = 'doing' AND NOT EXISTS (SELECT FROM procrastinate_workers w"
            " WHERE w.id = j.worker_id AND w.last_heartbeat > now() - make_interval(secs => :dead))"
        ),
        {"dead": DEAD_AFTER_S},
    ).rowcount
    db.execute(
        text("DELETE FROM procrastinate_workers WHERE last_heartbeat < now() - make_interval(secs => :dead)"),
        {"dead": 15 * DEAD_AFTER_S},
    )
    return dropped

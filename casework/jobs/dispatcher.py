"""The dispatcher: looks a few times a second at what has become due by the database's time, and makes jobs of it."""

from __future__ import annotations

from sqlalchemy import Engine

from casework.jobs.queue import CLOCKS, Job, defer, drop_jobs_of_the_dead, try_dispatching
from casework.operations.clocks import list_due
from casework.records.database import transaction

#: How often it looks.
EVERY_S = 0.4
#: Jobs that it makes at once.
MOST = 500

# Who has a job already is left out before the first few are taken, so that a clock that fails does not stand in the way.
_WITHOUT_JOB = "NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.queueing_lock = 'ring ' || c.log_id AND j.status = '{}')"
_NOT_ON_THE_WAY = f"{_WITHOUT_JOB.format('todo')} AND {_WITHOUT_JOB.format('doing')}"


def dispatch(engine: Engine) -> int:
    """Make a job for everything that waits for one; gives how many. 0 too when another dispatcher is at it."""
    with transaction(engine) as db:
        if not try_dispatching(db):
            return 0
        drop_jobs_of_the_dead(db)
        logs = list_due(db, but=_NOT_ON_THE_WAY, most=MOST)
        return defer(db, [Job(CLOCKS, "ring", f"ring {log}", {"log": log}) for log in logs])

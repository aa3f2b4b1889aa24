"""Whether what happens by itself happens: the queue of jobs, and what waits for a worker longer than it should."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import NotFound
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import when
from casework.operations.oversight.views import Delay, FailingJob, Jobs
from casework.permissions.actors import Actor
from casework.records import backup_folders, backup_glance, wal_archive
from casework.records.event_log import now
from casework.records.row_security import whole
from casework.settings import Settings

#: What should have been done waits too long after so many minutes; a mail that its server does not take, after more.
PATIENCE_MINUTES, MAIL_PATIENCE_MINUTES = 5, 60
#: An erasure must be done within a day: said soon enough to do something about it.
ERASURE_PATIENCE_MINUTES = 30
#: An event or reading gets its leaf within seconds of its being there.
LEAF_PATIENCE_S = 60
#: A job that has failed so often has more than a bad moment.
MANY_TRIES = 5
#: A worker that has not been heard of for so long is taken for dead.
SILENT_S = 4.0
#: So many failing jobs are named; all are counted.
MOST = 100

#: What is for a sealed mediation: a job by the log, the mail or the message that it is for, a mail by itself. It waits and
#: fails like any other, and whoever runs the installation is told of it; on an administrator's page it would tell that it is.
_SEALED_JOB = """(
    EXISTS (SELECT FROM mediations d WHERE CAST(d.id AS text) = j.args->>'log')
    OR EXISTS (SELECT FROM mails s WHERE CAST(s.id AS text) = j.args->>'mail' AND s.sealed)
    OR EXISTS (SELECT FROM webhook_messages w JOIN mediations d ON d.id = w.log_id WHERE CAST(w.id AS text) = j.args->>'message')
)"""
#: A job `j` that whoever asks is told of.
_TOLD_JOB = f"(CAST(:sealed AS boolean) OR NOT {_SEALED_JOB})"
#: What waits for longer than it should: how much of each kind, and since when. What waits for its leaf in the tree waits for the sequencer,
#: whatever it is of: it is told only where all is.
_DELAYS = text(f"""
    SELECT 'untold' AS kind, count(*) AS waiting, min(e.at) AS since FROM outbox o
    JOIN events e ON e.log_id = o.log_id AND e.seq = o.seq
    WHERE (CAST(:sealed AS boolean) OR NOT EXISTS (SELECT FROM mediations d WHERE d.id = o.log_id))
        AND e.at < casework_now() - interval '{PATIENCE_MINUTES} minutes'
    UNION ALL
    SELECT 'unsent', count(*), min(m.made_at) FROM mails m
    WHERE m.state = 'queued' AND m.send_at < casework_now() - interval '{MAIL_PATIENCE_MINUTES} minutes'
    AND (CAST(:sealed AS boolean) OR NOT m.sealed)
    UNION ALL
    SELECT 'unerased', count(*), min(e.decided_at) FROM erasures e
    WHERE e.state = 'agreed' AND e.decided_at < casework_now() - interval '{ERASURE_PATIENCE_MINUTES} minutes'
    UNION ALL
    SELECT 'failing', count(*), NULL FROM procrastinate_jobs j WHERE CAST(coalesce(j.args->>'tries', '0') AS int) >= {MANY_TRIES}
        AND {_TOLD_JOB}
    UNION ALL
    SELECT 'overdue_job', count(*), min(j.scheduled_at) FROM procrastinate_jobs j
    WHERE j.status = 'todo' AND j.scheduled_at < now() - interval '{PATIENCE_MINUTES} minutes' AND {_TOLD_JOB}
    UNION ALL
    SELECT 'closed_roles', count(*), NULL FROM memberships m JOIN people p ON p.id = m.person_id
    WHERE NOT p.active AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    UNION ALL
    SELECT 'unsequenced', count(*), min(w.since) FROM awaited_leaves w
    WHERE CAST(:sealed AS boolean) AND w.since < clock_timestamp() - interval '{LEAF_PATIENCE_S} seconds'
""")


def find_delays(db: Connection, *, sealed: bool) -> list[Delay]:
    """Kinds of work that wait too long, each with how many and since when; of sealed mediations only where `sealed` says so."""
    rows = db.execute(_DELAYS, {"sealed": sealed})
    return [
        Delay(
            kind=row.kind,
            count=row.waiting,
            since=when(row.since),
        )
        for row in rows
        if row.waiting
    ]


#: The kinds of what waits that the page tells of, for whoever tells of each that nothing does.
KINDS = ("untold", "unsent", "unerased", "failing", "overdue_job", "closed_roles")


class BackupAge(NamedTuple):
    """Of what time the last good backup is, and until when all that was done is archived; and of each that is too long ago what is told."""

    good_at: str | None = None
    late: Delay | None = None
    archived_at: str | None = None
    behind: Delay | None = None

    @property
    def delays(self) -> list[Delay]:
        return [one for one in (self.late, self.behind) if one is not None]


#: Where no folder of backups is named.
UNKNOWN = BackupAge()


def age_of_backup(settings: Settings) -> BackupAge:
    """What is known of backups here; nothing where no folder of theirs is named."""
    if (glance := backup_glance.look(settings)) is None:
        return UNKNOWN
    every, reached = glance.every, glance.reached
    good = next((one for one in every if one.is_good), None)
    good_at = None if good is None else when(good.made_at)
    now, late, behind = datetime.now(UTC), None, None
    if backup_folders.is_late(settings, good, now):
        since = [one for one in every if good is None or one.made_at > good.made_at]
        late = Delay(kind="no_backup", count=len(since), since=good_at)
    archived_at = None if reached is None else when(reached)
    if wal_archive.is_behind(settings, reached, now):
        minutes = 0 if reached is None else int((now - reached).total_seconds() // 60)
        behind = Delay(kind="not_archived", count=minutes, since=archived_at)
    return BackupAge(good_at, late, archived_at, behind)


#: How many workers there are, and how many jobs wait, run and fail.
#: Workers and jobs live by the server's own time, whatever a simulation has made of casework_now().
_FIGURES = text(f"""
    SELECT
        (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => {SILENT_S})) AS workers,
        (SELECT max(last_heartbeat) FROM procrastinate_workers) AS heard_at,
        count(*) FILTER (WHERE j.status = 'todo' AND NOT j.args ? 'tries') AS waiting,
        count(*) FILTER (WHERE j.status = 'doing') AS running,
        count(*) FILTER (WHERE j.args ? 'tries') AS failing,
        count(*) FILTER (WHERE j.status = 'doing' AND NOT EXISTS (
            SELECT FROM procrastinate_workers w WHERE w.id = j.worker_id AND w.last_heartbeat > now() - make_interval(secs => {SILENT_S})
        )) AS stalled
    FROM procrastinate_jobs j WHERE {_TOLD_JOB}
""")
#: The jobs that have failed, with how often.
#: Neither the case nor the person that a job is for: an administrator sees that it fails, not what for. By an id of its own: its
#: number in the queue counts all jobs, those of sealed mediations too.
_FAILING = text(f"""
    SELECT args->>'id' AS id, split_part(task_name, ':', 2) AS task, CAST(args->>'tries' AS int) AS tries, status::text AS status,
        scheduled_at
    FROM procrastinate_jobs j WHERE args ? 'id' AND {_TOLD_JOB} ORDER BY CAST(args->>'tries' AS int) DESC, j.id LIMIT :most
""")


def hear_workers(db: Connection) -> tuple[int, str | None]:
    """How many workers are alive, and when the last was heard of."""
    row = db.execute(_FIGURES, {"sealed": True}).one()
    return (row.workers + 1) // 2, when(row.heard_at)


def show_jobs(db: Connection, actor: Actor, backup: BackupAge = UNKNOWN) -> Jobs:
    """Workers that are alive, jobs that wait, run, fail or stall, what is late, and of when the last good backup is. Raises NotFound for
    others than administrators."""
    _insist(actor)
    # Which jobs are sealed the engine knows, and not who asks.
    with whole(db):
        row, rows = db.execute(_FIGURES, _UNSEALED).one(), db.execute(_FAILING, _UNSEALED | {"most": MOST}).all()
        late = find_delays(db, sealed=False)
    failing = [
        FailingJob(
            id=row.id,
            task=row.task,
            tries=row.tries,
            running=row.status == "doing",
            next_at=when(row.scheduled_at),
        )
        for row in rows
    ]
    # Each worker shows itself once for each of its two queues.
    return Jobs(
        at=when(now(db)),
        workers=(row.workers + 1) // 2,
        heard_at=when(row.heard_at),
        waiting=row.waiting,
        running=row.running,
        failing=row.failing,
        stalled=row.stalled,
        jobs=failing,
        late=[*late, *backup.delays],
        backup_at=backup.good_at,
        archived_at=backup.archived_at,
    )


def retry_job(db: Connection, actor: Actor, job: str, request: Request) -> Done:
    """Let a job that failed be tried at once, not at its time. Raises NotFound."""
    _insist(actor)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        retried = db.execute(_RETRY, _UNSEALED | {"id": job}).rowcount
    if not retried:
        raise NotFound("job")
    return finish(db, actor, request, Done({"id": job, "retried": True}))


_UNSEALED = {"sealed": False}
#: Lets a job that failed run at once.
_RETRY = text(f"""
    UPDATE procrastinate_jobs j SET scheduled_at = CASE WHEN status = 'todo' THEN NULL ELSE scheduled_at END
    WHERE args->>'id' = :id AND {_TOLD_JOB}
""")


def _insist(actor: Actor) -> None:
    if Role.ADMINISTRATOR not in actor.roles():
        raise NotFound

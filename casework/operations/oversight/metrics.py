"""The state of an installation in figures, as Prometheus reads them: what waits, and for how long.

Nothing of sealed mediations is counted, as on the page of jobs: a series over time would tell that there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, text

from casework.operations.oversight.job_health import KINDS, find_delays, hear_workers
from casework.records import backup_glance, tree_tiles
from casework.settings import Settings

#: What the answer is, as Prometheus's text format has it.
TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metric(NamedTuple):
    """One figure by its name, what it says, and its values by their labels. A gauge is the state of this moment; what is counted has
    another kind, and values that stand under the name with something behind it."""

    name: str
    says: str
    values: Sequence[tuple[Mapping[str, str], float]] = ()
    kind: str = "gauge"
    counted: Sequence[tuple[str, Mapping[str, str], float]] = ()


def write_metrics(metrics: Sequence[Metric]) -> str:
    """The text that Prometheus reads."""
    lines = []
    for metric in metrics:
        lines += [f"# HELP {metric.name} {_escaped(metric.says, quotes=False)}", f"# TYPE {metric.name} {metric.kind}"]
        for behind, labels, value in [*(("", *one) for one in metric.values), *metric.counted]:
            told = ",".join(f'{name}="{_escaped(words, quotes=True)}"' for name, words in labels.items())
            lines.append(f"{metric.name}{behind}{f'{{{told}}}' if told else ''} {value:.17g}")
    return "\n".join([*lines, ""])


def _escaped(words: str, *, quotes: bool) -> str:
    escaped = words.replace("\\", "\\\\").replace("\n", "\\n")
    return escaped.replace('"', '\\"') if quotes else escaped


def measure(db: Connection, settings: Settings) -> list[Metric]:
    """Everything that is measured, in its order. In a transaction of the engine."""
    return [*_work(db), *_log(db), *_database(db), *_cases(db), *_backups(db, settings)]


def _work(db: Connection) -> Iterator[Metric]:
    workers, _ = hear_workers(db)
    yield Metric("casework_workers", "Workers that were heard of in the last seconds.", [({}, workers)])
    jobs = db.execute(_JOBS).one()
    states = [({"state": state}, float(getattr(jobs, state))) for state in ("waiting", "running", "failing")]
    yield Metric(
        "casework_jobs", "Jobs in the queue: waiting, running, and failing, which are to be tried again.", states
    )
    says = "How long the oldest job has waited beyond its time."
    yield Metric("casework_job_wait_seconds", says, [({}, float(jobs.oldest))])
    outbox = db.execute(_OUTBOX).one()
    yield Metric("casework_outbox_events", "Events that may owe somebody a notice.", [({}, outbox.waiting)])
    yield Metric("casework_outbox_age_seconds", "How long the oldest of them has waited.", [({}, float(outbox.oldest))])
    mails = db.execute(_MAILS).one()
    yield Metric("casework_mails_due", "Mails that were to be sent by now.", [({}, mails.waiting)])
    yield Metric("casework_mail_age_seconds", "How long the oldest of them has waited.", [({}, float(mails.oldest))])
    late = {delay.kind: delay.count for delay in find_delays(db, sealed=False)}
    told = [({"kind": kind}, float(late.get(kind, 0))) for kind in KINDS]
    yield Metric("casework_late", "What has waited too long, by kind, as the page Jobs tells it.", told)


def _log(db: Connection) -> Iterator[Metric]:
    newest = tree_tiles.newest_checkpoint(db)
    waits = float(db.execute(_LEAVES).scalar_one())
    yield Metric("casework_tree_leaves", "Leaves of the signed tree.", [({}, newest.size if newest else 0)])
    if newest is not None:
        age = float(db.execute(_CHECKPOINT_AGE, {"made_at": newest.made_at}).scalar_one())
        # It grows where nothing happens, too: it is late that is a fault.
        yield Metric("casework_checkpoint_age_seconds", "How long ago the tree was signed last.", [({}, age)])
    # How many wait would tell of what happens in sealed mediations; that it stands still is for whoever runs this.
    yield Metric(
        "casework_checkpoint_late",
        "1 where something has waited more than a minute for its leaf.",
        [({}, float(waits > 60))],
    )


def _database(db: Connection) -> Iterator[Metric]:
    row = db.execute(_CONNECTIONS).one()
    yield Metric("casework_database_connections", "Connections to this database.", [({}, row.used)])
    yield Metric("casework_database_connections_most", "Connections that its server takes.", [({}, row.most)])
    yield Metric("casework_database_time_seconds", "The database's clock.", [({}, float(row.at))])


def _cases(db: Connection) -> Iterator[Metric]:
    late = [({"programme": row.code}, float(row.late)) for row in db.execute(_LATE)]
    yield Metric("casework_cases_late", "Live cases with a task that is overdue, whosever it is.", late)
    queues = db.execute(_QUEUES).all()
    untaken, oldest = (
        [({"programme": row.code, "queue": row.queue}, float(getattr(row, name))) for row in queues]
        for name in ("untaken", "oldest")
    )
    yield Metric("casework_queue_tasks", "Tasks of the office that nobody has taken, by queue.", untaken)
    yield Metric("casework_queue_oldest_seconds", "How long the oldest of them has been open.", oldest)
    rows = db.execute(_NIGHTS).all()
    live, broken, age = (
        [({"programme": row.code}, float(getattr(row, name))) for row in rows] for name in ("live", "broken", "age")
    )
    yield Metric("casework_cases_live", "Cases that were not closed in the last nightly check.", live)
    yield Metric("casework_cases_broken", "Of these the ones that broke the rule of case hygiene.", broken)
    yield Metric("casework_nightly_check_age_seconds", "How long ago the last nightly check was.", age)


def _backups(db: Connection, settings: Settings) -> Iterator[Metric]:
    if (glance := backup_glance.look(settings)) is None:
        return
    now = db.execute(text("SELECT clock_timestamp()")).scalar_one()
    good = [one for one in glance.every if one.is_good]
    kept = [({"good": "yes"}, float(len(good))), ({"good": "no"}, float(len(glance.every) - len(good)))]
    yield Metric("casework_backups", "Backups that are kept, by whether they were restored and proved.", kept)
    # Without a good one there is no age: an alert asks whether it is absent.
    if good:
        age = (now - good[0].made_at).total_seconds()
        yield Metric("casework_backup_age_seconds", "How old the last good backup is.", [({}, age)])
    if glance.reached is not None:
        says = "How long ago everything that had been done was archived beside the backups."
        yield Metric("casework_archived_age_seconds", says, [({}, (now - glance.reached).total_seconds())])


#: Jobs by their state, and how long the oldest waits; none that is for a sealed mediation.
_JOBS = text("""
    SELECT count(*) FILTER (WHERE j.status = 'todo' AND NOT j.args ? 'tries') AS waiting,
        count(*) FILTER (WHERE j.status = 'doing') AS running, count(*) FILTER (WHERE j.args ? 'tries') AS failing,
        coalesce(extract(epoch FROM now() - min(j.scheduled_at) FILTER (WHERE j.status = 'todo' AND j.scheduled_at < now())), 0) AS oldest
    FROM procrastinate_jobs j WHERE NOT (
        EXISTS (SELECT FROM mediations d WHERE CAST(d.id AS text) = j.args->>'log')
        OR EXISTS (SELECT FROM mails s WHERE CAST(s.id AS text) = j.args->>'mail' AND s.sealed)
        OR EXISTS (SELECT FROM webhook_messages w JOIN mediations d ON d.id = w.log_id WHERE CAST(w.id AS text) = j.args->>'message')
    )
""")
#: Events of which nobody has been told yet, and how long the oldest waits; none of a sealed mediation.
_OUTBOX = text("""
    SELECT count(*) AS waiting, coalesce(greatest(extract(epoch FROM casework_now() - min(e.at)), 0), 0) AS oldest FROM outbox o
    JOIN events e ON e.log_id = o.log_id AND e.seq = o.seq WHERE NOT EXISTS (SELECT FROM mediations d WHERE d.id = o.log_id)
""")
#: Mails that were to be sent by now, and how long the oldest waits; none that is sealed.
_MAILS = text("""
    SELECT count(*) AS waiting, coalesce(extract(epoch FROM casework_now() - min(m.send_at)), 0) AS oldest FROM mails m
    WHERE m.state = 'queued' AND m.send_at < casework_now() AND NOT m.sealed
""")
#: How long ago a checkpoint was made.
_CHECKPOINT_AGE = text("SELECT extract(epoch FROM clock_timestamp() - CAST(:made_at AS timestamptz))")
#: Live cases that are late, by programme; those of a programme without any are none.
_LATE = text("""
    SELECT g.code, count(d.id) AS late FROM programmes g
    LEFT JOIN case_dates d ON d.programme_id = g.id AND d.late_at < casework_now() GROUP BY g.code ORDER BY g.code
""")
#: Tasks of the office that nobody has taken, and how long the oldest is open; none of a sealed mediation.
_QUEUES = text("""
    SELECT g.code, t.queue, count(*) AS untaken, greatest(extract(epoch FROM casework_now() - min(t.opened_at)), 0) AS oldest
    FROM tasks t JOIN programmes g ON g.id = t.programme_id
    WHERE t.state = 'Ready' AND t.organisation_id IS NULL AND NOT t.sealed GROUP BY g.code, t.queue ORDER BY g.code, t.queue
""")
#: How long the oldest has waited that waits for its leaf.
_LEAVES = text("SELECT coalesce(extract(epoch FROM clock_timestamp() - min(since)), 0) FROM awaited_leaves")
#: How many connections there are, how many there may be, and the clock.
_CONNECTIONS = text("""
    SELECT count(*) AS used, current_setting('max_connections')::int AS most, extract(epoch FROM clock_timestamp()) AS at
    FROM pg_stat_activity WHERE datname = current_database()
""")
#: What the last nightly check of each programme found.
_NIGHTS = text("""
    SELECT DISTINCT ON (g.code) g.code, n.live, n.broken, extract(epoch FROM casework_now() - n.at) AS age
    FROM case_hygiene_days n JOIN programmes g ON g.id = n.programme_id ORDER BY g.code, n.day DESC
""")

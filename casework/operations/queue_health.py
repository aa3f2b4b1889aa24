"""Whether what happens by itself happens: what waits for a worker longer than it should."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

Json = Any

#: What should have been done waits too long after so many minutes; a mail that its server does not take, after more.
PATIENCE_MINUTES, MAIL_PATIENCE_MINUTES = 5, 60
#: A job that has failed so often has more than a bad moment.
MANY_TRIES = 5

_DELAYS = text(f"""
    SELECT 'untold' AS kind, count(*) AS waiting, min(e.at) AS since FROM outbox o
    JOIN events e ON e.log_id = o.log_id AND e.seq = o.seq WHERE e.at < casework_now() - interval '{PATIENCE_MINUTES} minutes'
    UNION ALL
    SELECT 'unsent', count(*), min(m.made_at) FROM mails m
    WHERE m.state = 'queued' AND m.send_at < casework_now() - interval '{MAIL_PATIENCE_MINUTES} minutes'
    UNION ALL
    SELECT 'failing', count(*), NULL FROM procrastinate_jobs j WHERE CAST(coalesce(j.args->>'tries', '0') AS int) >= {MANY_TRIES}
    UNION ALL
    SELECT 'overdue_job', count(*), min(j.scheduled_at) FROM procrastinate_jobs j
    WHERE j.status = 'todo' AND j.scheduled_at < now() - interval '{PATIENCE_MINUTES} minutes'
""")


def find_delays(db: Connection) -> list[dict[str, Json]]:
    """Kinds of work that wait too long, each with how many and since when."""
    return [
        {"kind": row.kind, "count": row.waiting, "since": row.since.isoformat() if row.since else None}
        for row in db.execute(_DELAYS)
        if row.waiting
    ]

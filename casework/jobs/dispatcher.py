"""The dispatcher: looks a few times a second at what has become due by the database's time, and makes jobs of it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine

from casework.jobs.queue import CLOCKS, OTHERS, Job, defer, drop_jobs_of_the_dead, try_dispatching
from casework.operations.audit import finding_owners
from casework.operations.catalogue import import_worker, twins
from casework.operations.core import catalogue_index, outbox
from casework.operations.deadlines import calendars, timers
from casework.operations.documents import storage
from casework.operations.integrations import checkpoint_hooks
from casework.operations.integrations.webhooks import MESSAGES
from casework.operations.matching import meanings, proposals
from casework.operations.mediations import succession
from casework.operations.notifications import checkpoint_mails, saved_searches
from casework.operations.notifications.mail_outbox import MAILS
from casework.operations.notifications.service import any_untold
from casework.operations.oversight import case_hygiene, figure_mails, figure_parts, kept_figures
from casework.operations.people import case_batch_worker
from casework.operations.privacy import erasure, removing
from casework.operations.tasks import allocation
from casework.operations.verification import nightly
from casework.records.database import transaction

#: How often it looks.
EVERY_S = 0.4
#: Jobs of a kind that it makes at once.
MOST = 500

#: What has no job in the queue, neither waiting nor running.
#: Who has a job already is left out before the first few are taken, so that what fails does not stand in the way.
_NOT_ON_THE_WAY = (
    "NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.queueing_lock = '{prefix} ' || {id} AND j.status = 'todo')"
    " AND NOT EXISTS (SELECT FROM procrastinate_jobs j WHERE j.queueing_lock = '{prefix} ' || {id} AND j.status = 'doing')"
)


def dispatch(engine: Engine, *, mailing: bool) -> int:
    """Make a job for everything that waits for one; gives how many. 0 too when another dispatcher is at it."""
    with transaction(engine) as db:
        if not try_dispatching(db):
            return 0
        drop_jobs_of_the_dead(db)
        return defer(db, _due(db, mailing=mailing))


def _due(db: Connection, *, mailing: bool) -> list[Job]:
    due = timers.list_due(db, but=_NOT_ON_THE_WAY.format(prefix="fire_timers", id="c.log_id"), most=MOST)
    jobs = [Job(CLOCKS, "fire_timers", f"fire_timers {log}", {"log": log}) for log in due]
    if any_untold(db):
        jobs.append(Job(OTHERS, "tell", "tell"))
    jobs += [
        Job(OTHERS, "check", f"check {programme}", {"programme": programme})
        for programme in case_hygiene.list_unchecked(db)
    ]
    if nightly.any_unverified(db):
        jobs.append(Job(OTHERS, "verify_history", "verify_history"))
    if finding_owners.any_fallen_due(db):
        jobs.append(Job(OTHERS, "note_findings", "note_findings"))
    jobs += [
        Job(OTHERS, "recount", f"recount {programme}", {"programme": programme})
        for programme in calendars.list_to_recount(db)
    ]
    left = succession.list_left(db, but=_NOT_ON_THE_WAY.format(prefix="pass_on", id="m.id"), most=MOST)
    jobs += [Job(OTHERS, "pass_on", f"pass_on {log}", {"log": log}) for log in left]
    jobs += [
        Job(OTHERS, "find_twins", f"find_twins {programme}", {"programme": programme})
        for programme in twins.list_unsearched(db)
    ]
    jobs += [
        Job(OTHERS, "propose", f"propose {programme}", {"programme": programme})
        for programme in proposals.list_waiting(db)
    ]
    jobs += [
        Job(OTHERS, "reindex", f"reindex {programme}", {"programme": programme})
        for programme in catalogue_index.list_expired(db)
    ]
    jobs += [
        Job(OTHERS, "count_figures", f"count_figures {programme}", {"programme": programme})
        for programme in kept_figures.list_due(db)
    ]
    # One after the other: what a second one would count the first one is at.
    jobs += [
        Job(OTHERS, "count_parts", f"count_parts {programme}", {"programme": programme}, f"parts of {programme}")
        for programme in figure_parts.list_due_parts(db)
    ]
    if saved_searches.any_waiting(db):
        jobs.append(Job(OTHERS, "search", "search"))
    jobs += [
        Job(OTHERS, "embed_records", f"embed_records {programme}", {"programme": programme})
        for programme in meanings.list_waiting(db)
    ]
    queues = allocation.list_due(db, but=_NOT_ON_THE_WAY.format(prefix="allocate", id="a.id"), most=MOST)
    jobs += [Job(OTHERS, "allocate", f"allocate {queue}", {"allocation": queue}) for queue in queues]
    if checkpoint_hooks.any_due(db):
        jobs.append(Job(OTHERS, "hook_checkpoints", "hook_checkpoints"))
    hooks = outbox.list_due(db, MESSAGES, but=_NOT_ON_THE_WAY.format(prefix="hook", id="m.id"), most=MOST)
    # One receiver's messages go one after the other, so that a slow one holds up nobody else's.
    jobs += [
        Job(OTHERS, "hook", f"hook {message}", {"message": message}, f"hooks of {endpoint}")
        for message, endpoint in hooks
    ]
    scanning = storage.list_pending(db, but=_NOT_ON_THE_WAY.format(prefix="scan", id="b.id"), most=MOST)
    jobs += [Job(OTHERS, "scan_file", f"scan {blob}", {"blob": blob}) for blob in scanning]
    leaving = erasure.list_agreed(db, but=_NOT_ON_THE_WAY.format(prefix="erase", id="e.id"), most=MOST)
    jobs += [Job(OTHERS, "erase", f"erase {request}", {"erasure": request}) for request in leaving]
    removed = removing.list_waiting(db, but=_NOT_ON_THE_WAY.format(prefix="remove", id="p.id"), most=MOST)
    jobs += [Job(OTHERS, "remove", f"remove {programme}", {"programme": programme}) for programme in removed]
    moving = case_batch_worker.list_waiting(db, but=_NOT_ON_THE_WAY.format(prefix="migrate", id="p.id"), most=MOST)
    jobs += [Job(OTHERS, "migrate", f"migrate {programme}", {"programme": programme}) for programme in moving]
    files = import_worker.list_waiting(db, but=_NOT_ON_THE_WAY.format(prefix="bring_in", id="i.id"), most=MOST)
    # One after the other, as they would lock one another: the others leave their hands to other jobs.
    jobs += [
        Job(OTHERS, "bring_in", f"bring_in {file}", {"file": file}, f"imports of {programme}")
        for file, programme in files
    ]
    if storage.any_left(db):
        jobs.append(Job(OTHERS, "sweep", "sweep"))
    if mailing:
        if figure_mails.any_waiting(db):
            jobs.append(Job(OTHERS, "mail_figures", "mail_figures"))
        if checkpoint_mails.any_waiting(db):
            jobs.append(Job(OTHERS, "mail_checkpoints", "mail_checkpoints"))
        sending = outbox.list_due(db, MAILS, but=_NOT_ON_THE_WAY.format(prefix="send", id="m.id"), most=MOST)
        # One person's mails go one after the other, in the order in which they were written; and so do all that tell figures.
        jobs += [Job(OTHERS, "send", f"send {mail}", {"mail": mail}, f"mails of {person}") for mail, person in sending]
    return jobs

"""What jobs do: each task calls one operation, and comes again later when it could not."""

from __future__ import annotations

import functools

from casework.jobs.job_registry import Hands, NotDone, register_job
from casework.jobs.queue import CLOCKS, OTHERS
from casework.operations.audit.finding_owners import note_due
from casework.operations.auth.identities import forget_trips
from casework.operations.auth.passkeys import forget_challenges
from casework.operations.auth.throttling import forget_attempts
from casework.operations.catalogue import file_imports, import_worker, need_renewals, refused_rows
from casework.operations.catalogue.need_links import forget_statements
from casework.operations.catalogue.twins import search_twins
from casework.operations.core.rate_limits import forget_uses
from casework.operations.deadlines.calendars import recount_programme
from casework.operations.deadlines.timers import fire_timers_of_log
from casework.operations.documents.key_material import document_store_of, secret_box_of
from casework.operations.integrations import checkpoint_hooks
from casework.operations.integrations.incoming_webhooks import forget_messages
from casework.operations.links import office_links
from casework.operations.links.service import forget_over
from casework.operations.matching import meanings, reindexing
from casework.operations.matching.proposals import propose_matches
from casework.operations.mediations import succession
from casework.operations.notifications.catalogue_news import PROPOSAL, tell_keepers
from casework.operations.notifications.checkpoint_mails import queue_checkpoints
from casework.operations.notifications.mail_outbox import OFFICE_LINKS
from casework.operations.notifications.saved_searches import tell_searches
from casework.operations.notifications.service import tell_due
from casework.operations.oversight import figure_parts
from casework.operations.oversight.case_hygiene import check_programme
from casework.operations.oversight.figure_mails import queue_due
from casework.operations.oversight.kept_figures import count_ahead, find_wrong
from casework.operations.people import case_batch_worker
from casework.operations.privacy import removing
from casework.operations.privacy.erasure import StillNamed, carry_out
from casework.operations.tasks.allocation import allocate_queue
from casework.operations.verification import archiving
from casework.operations.verification.nightly import verify_night
from casework.operations.verification.tree_judgement import kept_here
from casework.records.database import transaction


@register_job(CLOCKS)
def fire_timers(hands: Hands, log: str) -> None:
    """Let the clocks of a log do what is due."""
    if stuck := fire_timers_of_log(hands.engine, log).stuck:
        raise NotDone("; ".join(clock.why for clock in stuck))


@register_job(OTHERS)
def tell(hands: Hands) -> None:
    """Write the notices of what has happened, and queue the mails for them."""
    tell_due(hands.engine, mailing=hands.settings.smtp_host is not None)


@register_job(OTHERS)
def note_findings(hands: Hands) -> None:
    """Note of findings that the day has passed by which somebody was to answer them."""
    note_due(hands.engine)


@register_job(OTHERS)
def check(hands: Hands, programme: str) -> None:
    """Keep the figure of the night: how many cases of a programme breach case hygiene. What no longer counts is forgotten, and where mails
    go out whoever stated a need that expires soon is asked whether it still holds. What is kept for figures is folded again."""
    with transaction(hands.engine) as db:
        forgotten = (
            forget_attempts,
            forget_uses,
            forget_challenges,
            forget_trips,
            forget_over,
            file_imports.forget_looked_at,
            refused_rows.forget_refused,
            functools.partial(office_links.forget_over, kinds=OFFICE_LINKS),
            forget_statements,
            forget_messages,
        )
        check_programme(db, programme)
        # After it, for what is forgotten may be told in the logs of others.
        for forget in forgotten:
            forget(db)
    if hands.settings.smtp_host is not None:
        need_renewals.ask_due(hands.engine, programme, secret_box_of(hands.settings))
    find_wrong(hands.engine, programme)


@register_job(OTHERS)
def verify_history(hands: Hands) -> None:
    """Verify the history: what has gone on since the last night, and the rest in its turn."""
    verify_night(hands.engine, kept_here(hands.settings))


@register_job(OTHERS)
def recount(hands: Hands, programme: str) -> None:
    """Count the clocks of a programme again whose calendar has changed."""
    recount_programme(hands.engine, programme)


@register_job(OTHERS)
def find_twins(hands: Hands, programme: str) -> None:
    """Look for the twins of needs and technologies of a programme that have changed."""
    search_twins(hands.engine, programme)


@register_job(OTHERS)
def propose(hands: Hands, programme: str) -> None:
    """Put technologies of a programme that have changed against its open needs."""
    tell_them = functools.partial(tell_keepers, what=PROPOSAL, mailing=hands.settings.smtp_host is not None)
    propose_matches(hands.engine, programme, tell_them)


@register_job(OTHERS)
def reindex(hands: Hands, programme: str) -> None:
    """Bring the index of a programme after its records: a certificate that has expired counts no longer."""
    reindexing.reindex(hands.engine, programme)


@register_job(OTHERS)
def count_figures(hands: Hands, programme: str) -> None:
    """Count the figures of a large programme ahead, where anything has happened since they were counted last."""
    count_ahead(hands.engine, programme)


@register_job(OTHERS)
def count_parts(hands: Hands, programme: str) -> None:
    """Count figures of parts of a large programme, or as of a day, that somebody has asked for."""
    figure_parts.count_parts(hands.engine, programme)


@register_job(OTHERS)
def search(hands: Hands) -> None:
    """Tell whoever has saved a search of new records that fit it."""
    tell_searches(hands.engine, mailing=hands.settings.smtp_host is not None)


@register_job(OTHERS)
def mail_figures(hands: Hands) -> None:
    """Queue the mails with figures that are due."""
    queue_due(hands.engine)


@register_job(OTHERS)
def hook_checkpoints(hands: Hands) -> None:
    """Queue the messages with the published checkpoint to the endpoints that are told it."""
    checkpoint_hooks.queue_checkpoints(hands.engine)


@register_job(OTHERS)
def mail_checkpoints(hands: Hands) -> None:
    """Queue the mails with the published checkpoint that are due."""
    queue_checkpoints(hands.engine)


@register_job(OTHERS)
def embed_records(hands: Hands, programme: str) -> None:
    """Look at what some technologies of a programme mean that have changed; those that are left are for the next job."""
    meanings.embed(hands.engine, programme, most=meanings.A_JOB)


@register_job(OTHERS)
def pass_on(hands: Hands, log: str) -> None:
    """Let a sealed mediation go to another dispute officer, when whoever led it has left."""
    succession.pass_on(hands.engine, log)


@register_job(OTHERS)
def allocate(hands: Hands, allocation: str) -> None:
    """Give what waits in a queue to people, by the rule of the queue."""
    allocate_queue(hands.engine, allocation)


@register_job(OTHERS)
def erase(hands: Hands, erasure: str) -> None:
    """Take out everything that names a person, as two persons agreed."""
    try:
        look = archiving.Archive(hands.engine, hands.settings).look
        carry_out(hands.engine, erasure, years=hands.settings.keep_financing_years, look=look)
    except StillNamed as fault:
        raise NotDone("people go on writing of the person; it is looked for again") from fault


@register_job(OTHERS)
def remove(hands: Hands, programme: str) -> None:
    """Remove the contents of cases under retention, as two persons agreed, from where it was left; or put them into the archive."""
    try:
        removing.carry_on(hands.engine, programme, archiving.Archive(hands.engine, hands.settings))
    except removing.NotYet as fault:
        raise NotDone(f"a case cannot go into the archive yet: {fault}") from fault


@register_job(OTHERS)
def migrate(hands: Hands, programme: str) -> None:
    """Move the cases of a batch to another edition, or back, as two persons agreed, from where it was left."""
    case_batch_worker.carry_on(hands.engine, programme)


@register_job(OTHERS)
def bring_in(hands: Hands, file: str) -> None:
    """Bring a file of records in, or try it, from where it was left."""
    import_worker.carry_on(hands.engine, file)


@register_job(OTHERS)
def sweep(hands: Hands) -> None:
    """Take away what was put into the store by actions that failed."""
    document_store_of(hands.engine, hands.settings).sweep()

"""The command that lets the clocks do what is due."""

from __future__ import annotations

import click

from casework.operations.auth.identities import forget_trips
from casework.operations.auth.passkeys import forget_challenges
from casework.operations.auth.throttling import forget_attempts
from casework.operations.catalogue import need_renewals
from casework.operations.catalogue.need_links import forget_statements
from casework.operations.core.editions import read_editions
from casework.operations.core.rate_limits import forget_uses
from casework.operations.deadlines.calendars import recount_programme
from casework.operations.deadlines.timers import fire_timers
from casework.operations.documents.key_material import secret_box_of
from casework.operations.links import office_links
from casework.operations.links.service import forget_over
from casework.operations.mediations.succession import pass_on_all
from casework.operations.notifications.checkpoint_mails import queue_checkpoints
from casework.operations.notifications.mail_outbox import OFFICE_LINKS
from casework.operations.oversight.case_hygiene import check_due, list_unchecked
from casework.operations.oversight.figure_mails import queue_due
from casework.operations.oversight.figure_parts import count_parts, list_due_parts
from casework.operations.oversight.kept_figures import count_ahead, find_wrong, list_due
from casework.operations.tasks.allocation import allocate_due
from casework.operations.verification.nightly import any_unverified, verify_night
from casework.operations.verification.tree_judgement import kept_here
from casework.records.database import connect_engine, transaction
from casework.records.event_log import now
from casework.settings import load_settings


@click.command()
@click.option("--until-quiet", is_flag=True, help="Go on with what becomes due meanwhile, until nothing is.")
def tick(until_quiet: bool) -> None:
    """Let every clock that is due do what it says: remind, escalate, lapse, come due.

    It also counts again the cases whose calendar has changed, gives sealed mediations whose dispute officer has left to
    another one, gives tasks to people where their queue has a rule for it, removes what no longer counts of attempts to
    sign in, counts the figures of large programmes ahead, and once a night keeps the figure of case hygiene, folds again
    what is kept for figures, verifies the history and, where mails go out, asks whoever stated a need that
    expires soon whether it still holds. It queues the mails with figures and with checkpoints that are due. Several may run at once, beside
    the server; each deadline happens once. Exits with 1 when a clock could not fire.
    """
    settings = load_settings()
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            read_editions(db)
            started = now(db)
            forget_attempts(db)
            forget_uses(db)
            forget_challenges(db)
            forget_trips(db)
            forget_over(db)
            office_links.forget_over(db, OFFICE_LINKS)
            forget_statements(db)
        recount_programme(engine)
        pass_on_all(engine)
        fired = fire_timers(engine, until=None if until_quiet else started)
        given = allocate_due(engine)
        with transaction(engine) as db:
            due, large, asked = list_unchecked(db), list_due(db), list_due_parts(db)
            unverified = any_unverified(db)
        # The figure of the night is kept though one programme's enterprises cannot be asked.
        check_due(engine)
        for programme in due if settings.smtp_host is not None else ():
            need_renewals.ask_due(engine, programme, secret_box_of(settings))
        if settings.smtp_host is not None:
            queue_due(engine)
            queue_checkpoints(engine)
        # Last: what only counts, and takes long, holds up nothing that is due.
        for programme in due:
            find_wrong(engine, programme)
        for programme in large:
            count_ahead(engine, programme)
        for programme in asked:
            count_parts(engine, programme)
        if unverified:
            verify_night(engine, kept_here(settings))
    finally:
        engine.dispose()
    happened = fired.count + given
    click.echo(f"{happened} happened." if happened else "Nothing is due.")
    for clock in fired.stuck:
        click.echo(f"A clock of log {clock.log} could not fire: {clock.why}", err=True)
    if fired.stuck:
        raise click.exceptions.Exit(1)

"""The command that takes one mail from a mail server."""

from __future__ import annotations

import logging
import os
import sys

import click

from casework import logs
from casework.errors import CaseworkError, InvalidSettings
from casework.operations.core.editions import read_editions
from casework.operations.documents.key_material import secret_box_of
from casework.operations.notifications import mail_in as incoming
from casework.operations.notifications.incoming_mail import MOST_BYTES
from casework.records.database import connect_engine, transaction
from casework.settings import Settings, load_settings

log = logging.getLogger("casework.mail_in")
#: What a mail server is told beside 0, and what its sender is told by it.
EXITS = {
    incoming.NO_ADDRESS: (os.EX_NOUSER, "there is no such address, or it has ended."),
    incoming.NOT_YOURS: (os.EX_NOPERM, "answers are taken from the address of one's own account alone."),
    incoming.UNREADABLE: (os.EX_DATAERR, "this is no mail that can be read, or it is too large."),
}


@click.command("mail-in")
@click.option("--to", default="", help="The address that the envelope names; else the one in the mail.")
@click.option("--sender", default=None, help="The sender that the envelope names; empty for bounces.")
def mail_in(to: str, sender: str | None) -> None:
    """Take one mail from standard input: an answer to a mail of this installation becomes a message in its thread.

    A mail server runs it for each mail to CASEWORK_REPLY_ADDRESS. Exits with 0 where the mail is done with: taken, taken before, dropped
    since no person wrote it, or answered by a mail that says why not. Else as sysexits.h has it: 67 no such address, 77 not from the
    account's own address, 65 unreadable, and 75 try again later. In the profile production, unless CASEWORK_PROFILE says otherwise.
    """
    _log_to_people_alone()
    try:
        became = _take(to, sender)
    except CaseworkError as fault:
        raise _later(fault.code) from fault
    except Exception as fault:
        # Whatever it is, it passes or is mended; what its sender wrote is not lost meanwhile.
        log.exception("mail_in")
        raise _later("unforeseen") from fault
    if became in EXITS:
        code, words = EXITS[became]
        click.echo(words, err=True)
        raise click.exceptions.Exit(code)


def _log_to_people_alone() -> None:
    """A mail server tells the sender all that stands on stderr: what is logged goes there only where somebody runs it by hand."""
    logs.configure()
    # What libraries warn of names files.
    logging.captureWarnings(True)
    if sys.stderr is None or not sys.stderr.isatty():
        logging.disable()


def _later(why: str) -> click.exceptions.Exit:
    # No more: what stands here comes back to the sender, when the mail server gives up.
    click.echo(f"not taken now ({why}). `casework doctor` tells more.", err=True)
    return click.exceptions.Exit(os.EX_TEMPFAIL)


def _take(to: str, sender: str | None) -> str:
    settings = load_settings(default_profile="production")
    if settings.reply_address is None:
        raise InvalidSettings("CASEWORK_REPLY_ADDRESS is not set: no mail is taken.")
    raw = sys.stdin.buffer.read(MOST_BYTES + 1)
    engine = connect_engine(settings)
    try:
        with transaction(engine) as db:
            read_editions(db)
        return incoming.take_mail(engine, secret_box_of(settings), how_of(settings), raw, to=to, sender=sender)
    finally:
        engine.dispose()


def how_of(settings: Settings) -> incoming.MailIn:
    """How an installation with these settings takes mail."""
    return incoming.MailIn(
        address=str(settings.reply_address), proved_by=settings.reply_proved_by, mailing=settings.smtp_host is not None
    )


__all__ = ["how_of", "mail_in"]

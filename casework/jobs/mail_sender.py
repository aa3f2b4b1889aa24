"""The job that sends a mail."""

from __future__ import annotations

from dataclasses import replace

from casework.jobs.job_registry import Hands, register_job
from casework.jobs.mail_content import NoAddress, write_mail
from casework.jobs.queue import OTHERS
from casework.jobs.smtp import NotNow, Refused, post
from casework.operations.core import outbox
from casework.operations.documents.key_material import document_store_of, secret_box_of
from casework.operations.letters.mail import LetterMail
from casework.operations.notifications import mail_outbox
from casework.operations.oversight.figures_mail import count_for_mail
from casework.records.database import transaction


@register_job(OTHERS)
def send(hands: Hands, mail: str) -> None:
    """Send a mail that is due. Whoever dies after the server took it sends it again, with the same Message-ID and a
    header that says it may have come before."""
    told = count_for_mail(hands.engine, mail)
    replies = hands.settings.reply_address is not None
    with transaction(hands.engine) as db:
        composed = mail_outbox.compose(db, mail, secret_box_of(hands.settings), told, replies=replies)
        if isinstance(composed, LetterMail):
            pieces = document_store_of(hands.engine, hands.settings).read(db, composed.file)
            composed = replace(composed, content=b"".join(pieces))
        repeated = composed is not None and outbox.begin(db, mail_outbox.MAILS, mail)
    if composed is None:
        return
    # No transaction is open while the mail server makes us wait.
    try:
        message = write_mail(composed, hands.settings)
        if repeated:
            message["X-Casework-Repeat"] = "maybe"
        answer = post(message, hands.settings)
    except (Refused, NoAddress) as fault:
        with transaction(hands.engine) as db:
            outbox.give_up(db, mail_outbox.MAILS, mail, str(fault))
    except NotNow as fault:
        with transaction(hands.engine) as db:
            rest = mail_outbox.rest_after(hands.settings.smtp_retry_s)
            outbox.postpone(db, mail_outbox.MAILS, mail, str(fault), rest=rest)
    else:
        with transaction(hands.engine) as db:
            outbox.taken(db, mail_outbox.MAILS, mail, answer)

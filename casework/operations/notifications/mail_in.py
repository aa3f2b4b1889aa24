"""Mail that comes in: what somebody answers to a mail is a message in the thread that the mail was about.

The address decides in whose name and where; that the mail says it is from that person's own address is asked besides. What is done is
what the page does, with what this person may do now. Each message is done once, however often it is handed in.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, Engine, text

from casework.engine.case_objects.messages import LONGEST
from casework.errors import (
    AskedTooOften,
    AudienceInDoubt,
    InvalidForm,
    KeyReused,
    NotAllowed,
    NotFound,
    Refused,
    WrongState,
)
from casework.operations.core.email_addresses import canonical
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Request, find_done
from casework.operations.messages.service import send_message
from casework.operations.notifications.incoming_mail import Incoming, is_empty_sender, read_mail
from casework.operations.notifications.reply_addresses import Meant, find_meant, find_thread, open_token, token_in
from casework.operations.notifications.reply_answers import (
    CLOSED,
    DOUBT,
    EMPTY,
    FILES,
    LONG,
    OVER,
    answer_reply,
)
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.case_loader import load
from casework.records.database import savepoint, transaction

#: What became of a mail.
TAKEN, AGAIN, DROPPED, ANSWERED = "taken", "again", "dropped", "answered"
NO_ADDRESS, NOT_YOURS, UNREADABLE = "no_address", "not_yours", "unreadable"
#: One person's messages by mail within so long: a mail server hands in the rest later.
MOST, WITHIN = 30, timedelta(minutes=10)
_PREFIX = "mail "


@dataclass(frozen=True)
class MailIn:
    """How this installation takes mail: where it comes to, which server's word on senders counts, and whether it mails back."""

    address: str
    proved_by: str | None
    mailing: bool


def take_mail(
    engine: Engine, box: SecretBox, how: MailIn, raw: bytes, *, to: str = "", sender: str | None = None
) -> str:
    """Do what a mail asks for, once; gives what became of it. `to` and `sender` are the envelope's, where a mail server tells them.

    Raises whatever passes by: the database is away, or one person's mails come too fast.
    """
    mail = None if to and _notification(box, how, [to]) is None else read_mail(raw)
    notification = _notification(box, how, [to] if to else mail.to if mail else ())
    if notification is None:
        return UNREADABLE if not to and mail is None else NO_ADDRESS
    if mail is None:
        return UNREADABLE
    if mail.automatic or sender is not None and is_empty_sender(sender):
        return DROPPED
    with transaction(engine) as db:
        meant = find_meant(db, notification)
        actor = find_actor(db, meant.person) if meant is not None and meant.active else None
        if meant is None or actor is None:
            return NO_ADDRESS
        if not is_theirs(mail, meant.email, how.proved_by):
            return NOT_YOURS
        return _take(db, actor, meant, mail, how)


def is_theirs(mail: Incoming, email: str, proved_by: str | None) -> bool:
    """Whether a mail says that it is from the account's own address, and where a server is named that says so, whether it does."""
    return bool(email) and mail.sender == canonical(email) and (proved_by is None or mail.proved_by(proved_by))


def refusal_of(mail: Incoming, *, over: bool) -> str | None:
    """Why a mail is not taken whatever its thread says; None where that is asked."""
    if over:
        return OVER
    if not mail.words:
        return EMPTY
    return LONG if len(mail.words) > LONGEST else None


def _notification(box: SecretBox, how: MailIn, addresses: list[str] | tuple[str, ...]) -> str | None:
    for address in addresses:
        token = token_in(how.address, address)
        notification = open_token(box, token) if token else None
        if notification is not None:
            return notification
    return None


def _take(db: Connection, actor: Actor, meant: Meant, mail: Incoming, how: MailIn) -> str:
    name = hashlib.sha256(f"{meant.notification} {mail.id}".encode()).hexdigest()
    request = Request(_PREFIX + name, hashlib.sha256(mail.words.encode()).hexdigest())
    try:
        if find_done(db, actor, request) is not None:
            return AGAIN
    except KeyReused:
        # On its way twice, and changed on one of them: it is the same message.
        return AGAIN
    _insist_not_too_often(db, actor)
    why = refusal_of(mail, over=meant.over)
    became = ANSWERED
    if why is None:
        try:
            with savepoint(db):
                became = _write(db, actor, meant, mail, request)
        except AudienceInDoubt:
            why = DOUBT
        except (InvalidForm, NotAllowed, NotFound, Refused, WrongState):
            why = CLOSED
        else:
            why = FILES if mail.files and became == TAKEN else None
    if why is not None and how.mailing:
        answer_reply(db, actor.person, name, why, meant.notification)
    return became


def _write(db: Connection, actor: Actor, meant: Meant, mail: Incoming, request: Request) -> str:
    case = load(db, meant.log, "case")
    thread = find_thread(actor, case, meant.kind, meant.track)
    if thread is None:
        raise NotFound("thread")
    try:
        done = send_message(
            db,
            actor,
            case,
            audience=thread.audience,
            referral=thread.referral.id if thread.referral else None,
            words=mail.words,
            reply_to=meant.message,
            by_mail=True,
            request=request,
        )
    except KeyReused:
        return AGAIN
    return AGAIN if done.repeated else TAKEN


#: How many messages of a person came by mail lately.
_LATELY = text("""
    SELECT count(*) FROM requests WHERE actor_id = CAST(:person AS uuid) AND starts_with(key, :prefix)
    AND made_at > clock_timestamp() - :within
""")


def _insist_not_too_often(db: Connection, actor: Actor) -> None:
    given = {"person": actor.person, "prefix": _PREFIX, "within": WITHIN}
    if db.execute(_LATELY, given).scalar_one() >= MOST:
        raise AskedTooOften(round(WITHIN.total_seconds()))


#: Whether anything has ever come.
_EVER = text("SELECT EXISTS (SELECT FROM requests WHERE starts_with(key, :prefix))")


def any_came(db: Connection) -> bool:
    """Whether a message has ever come by mail."""
    ever: bool = db.execute(_EVER, {"prefix": _PREFIX}).scalar_one()
    return ever


__all__ = [
    "AGAIN", "ANSWERED", "DROPPED", "NOT_YOURS", "NO_ADDRESS", "TAKEN", "UNREADABLE", "MailIn", "any_came", "is_theirs", "refusal_of",
    "take_mail",
]  # fmt: skip

"""Mails: which are due, what is in one when it goes, what became of it, and sending it again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.analysis.notification_rules import (
    ANSWER,
    CANCELLATION,
    CATALOGUE,
    DELIVERY,
    DUE,
    EMERGENCY,
    FINDING,
    LETTER,
    LINKED,
    MENTION,
    MOVED,
    OVERDUE,
    OWNERSHIP,
    READERS,
    REMINDER,
    RETURN,
    STOP,
)
from casework.engine.roles import Role
from casework.errors import NotFound, Refused
from casework.operations.auth.account_log import ACCOUNT
from casework.operations.auth.account_mail import AccountMail, write_account_mail
from casework.operations.auth.password_change import LINK, LinkMail, write_link
from casework.operations.catalogue.need_mail import STATEMENT
from casework.operations.catalogue.need_renewal_mail import RENEWAL
from casework.operations.core import outbox
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.overdue_sql import STILL
from casework.operations.core.paging import Page, insist_limit, newest_after, page
from casework.operations.core.presenters import when
from casework.operations.deadlines.queries import explain_tasks
from casework.operations.deadlines.views import ClockExplained
from casework.operations.letters.mail import LetterMail, write_letter_mail
from casework.operations.links.mail import PARTY_LINK, PartyLinkMail, write_link_mail
from casework.operations.links.office_links import OfficeLinkMail, write_office_mail
from casework.operations.matching.interest_mail import INTEREST
from casework.operations.notifications.alarm_mail import LOG_ALARM, AlarmMail, write_alarm_mail
from casework.operations.notifications.catalogue_news import SEARCH
from casework.operations.notifications.checkpoint_mails import CHECKPOINT, CheckpointMail, write_checkpoint_mail
from casework.operations.notifications.finding_notices import find_about
from casework.operations.notifications.queries import SEEN, read_id, seen_by
from casework.operations.notifications.reply_addresses import ReplyTo, reply_to
from casework.operations.notifications.reply_answers import REPLY, ReplyMail, write_reply_mail
from casework.operations.notifications.views import MailRow
from casework.operations.oversight.figure_mails import FIGURES
from casework.operations.oversight.figures_mail import FiguresMail, Told, write_figures_mail
from casework.operations.people.invitation_mail import InvitationMail, write_invitation
from casework.operations.people.role_notices import ROLE, RoleMail, write_role_mail
from casework.operations.results.consent_mail import STORY
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.case_loader import load

#: What could not be delivered for so long is given up.
GIVEN_UP_AFTER = timedelta(days=3)
LONGEST_PAUSE_S = 1800
#: What is worth saying though its task is done or its track has ended.
DEADLINES = (REMINDER, DUE, OVERDUE)
LASTING = (
    CANCELLATION,
    DELIVERY,
    STOP,
    OWNERSHIP,
    MOVED,
    LINKED,
    MENTION,
    RETURN,
    LETTER,
    READERS,
    EMERGENCY,
    ANSWER,
    CATALOGUE,
    FINDING,
)


@dataclass(frozen=True)
class Item:
    """One thing that a mail says: a kind, and what names it. Nothing else of a case goes into a mail."""

    kind: str
    number: str | None
    edition: str | None
    words: str | None
    due_at: datetime | None
    #: Of a deadline why it is when it is, as `deadlines.explain_tasks` tells it to this reader.
    why: ClockExplained | None
    #: The notification, which the link opens; it leads on from there, once its reader has signed in.
    notification: str
    #: The saved search that it tells of.
    search: str | None = None


@dataclass(frozen=True)
class Mail:
    """A mail that goes now: to whom, in which language, by which clock, and what it says."""

    id: str
    address: str
    language: str
    zone: str
    kind: str
    sealed: bool
    at: datetime
    items: tuple[Item, ...]
    #: Where its reader may answer, if anywhere.
    reply: ReplyTo | None = None


MAILS = outbox.Outbox(
    table="mails",
    # All mails with figures count as one receiver's: counting may take minutes, and holds up no other mail, nor more than one hand.
    receiver=f"CASE WHEN m.kind = '{FIGURES}' THEN '{FIGURES}'"
    " ELSE coalesce(m.person_id, m.invitation_id, m.file_id, m.link_id, m.office_link_id)::text END",
    taken="sent",
    longest=500,
    ends=True,
)


#: A queued mail and whom it goes to, locked.
_QUEUED = text("""
    SELECT m.id, m.kind, m.sealed, m.file_id, p.id AS person, p.email, p.language, p.zone, p.active, casework_now() AS now
    FROM mails m LEFT JOIN people p ON p.id = m.person_id WHERE m.id = CAST(:id AS uuid) AND m.state = 'queued'
    FOR NO KEY UPDATE OF m
""")
#: What a person's mail tells.
#: What was withdrawn, cancelled or done in the meantime is not said any more; nor is what one has read already, nor what a saved search
#: has found whose mails were stopped.
_ITEMS = text(f"""
    SELECT n.id, n.kind, n.edition, n.words, n.task_id, n.track_id, c.number,
        CASE WHEN NOT coalesce({STILL}, false) THEN coalesce(t.due_at, n.due_at) END AS due_at,
        n.log_id, l.kind AS log_kind, CASE WHEN n.kind = '{FINDING}' THEN n.about END AS about,
        CASE WHEN n.kind = '{CATALOGUE}' AND n.words = '{SEARCH}' THEN n.about END AS search
    {SEEN} AND n.mail_id = CAST(:mail AS uuid)
    AND n.read_at IS NULL AND NOT EXISTS (
        SELECT FROM saved_views v WHERE NOT v.mailed
        AND v.id = CASE WHEN n.kind = '{CATALOGUE}' AND n.words = '{SEARCH}' THEN CAST(n.about AS uuid) END
    )
    AND (n.kind = ANY(:lasting) OR CASE WHEN n.task_id IS NOT NULL THEN t.closed_at IS NULL
        ELSE r.ended_at IS NULL AND coalesce(c.closed_at, m.closed_at) IS NULL END)
    ORDER BY n.at, n.id
""")


#: The kinds of links that the office sends beside the cases.
OFFICE_LINKS = (STATEMENT, RENEWAL, INTEREST, STORY)
_OwnMail = (
    AccountMail | LinkMail | PartyLinkMail | OfficeLinkMail | FiguresMail | AlarmMail | CheckpointMail | ReplyMail
)
#: By kind, what writes a mail that tells of no case to its reader.
_OWN: Mapping[str, Callable[[Connection, str, SecretBox], _OwnMail | None]] = {
    ACCOUNT: lambda db, mail, _: write_account_mail(db, mail),
    LINK: write_link,
    LOG_ALARM: lambda db, mail, _: write_alarm_mail(db, mail),
    CHECKPOINT: lambda db, mail, _: write_checkpoint_mail(db, mail),
    REPLY: lambda db, mail, _: write_reply_mail(db, mail),
    PARTY_LINK: write_link_mail,
    **{kind.mail: partial(write_office_mail, kind) for kind in OFFICE_LINKS},
}


def compose(
    db: Connection, mail: str, secret_box: SecretBox, told: Told | None = None, *, replies: bool = False
) -> Mail | InvitationMail | LetterMail | RoleMail | _OwnMail | None:
    """What a queued mail says now; None where it is not queued any more, or has become void and was cancelled. `told`: what was counted for
    it, where it is one with figures. `replies`: answers to mails are taken."""
    row = db.execute(_QUEUED, {"id": mail}).one_or_none()
    if row is None:
        return None
    if row.file_id is not None:
        posted = write_letter_mail(db, mail)
        if posted is None:
            outbox.cancel(db, MAILS, mail, "its address was erased")
        return posted
    if row.kind in _OWN or row.kind == FIGURES:
        own = write_figures_mail(db, mail, told) if row.kind == FIGURES else _OWN[row.kind](db, mail, secret_box)
        if own is None:
            outbox.cancel(db, MAILS, mail, "its account, its link or its subscription is gone")
        return own
    if row.kind == ROLE:
        role = write_role_mail(db, mail)
        if role is None:
            outbox.cancel(db, MAILS, mail, "its reader looks after the programme no more")
        return role
    if row.person is None:
        invitation = write_invitation(db, mail, secret_box)
        if invitation is None:
            outbox.cancel(db, MAILS, mail, "its invitation is not open any more")
        return invitation
    actor = find_actor(db, row.person) if row.active else None
    lines = db.execute(_ITEMS, seen_by(actor) | {"mail": mail, "lasting": list(LASTING)}).all() if actor else []
    if not lines:
        outbox.cancel(db, MAILS, mail, "nothing of it is left to be said")
        return None
    why = _explained(db, actor, lines) if actor else {}
    found = find_about(db, actor, [line.about for line in lines if line.kind == FINDING]) if actor else {}
    items = tuple(
        _item(line, why.get(line.task_id), *found.get(line.about, (line.number, line.due_at))) for line in lines
    )
    reply = reply_to(db, actor, secret_box, lines) if actor and replies and not row.sealed else None
    return Mail(row.id, row.email, row.language, row.zone, row.kind, row.sealed, row.now, items, reply)


def _item(line: Any, why: ClockExplained | None, number: str | None, due_at: datetime | None) -> Item:
    return Item(line.kind, number, line.edition, line.words, due_at, why, line.id, line.search)


def _explained(db: Connection, actor: Actor, lines: Sequence[Any]) -> dict[str, ClockExplained]:
    """Why the tasks are due when they are, of which a deadline is told; a sealed line says nothing of it."""
    wanted: dict[str, list[str]] = {}
    for line in lines:
        if line.kind in DEADLINES and line.due_at is not None and line.task_id is not None and line.number is not None:
            wanted.setdefault(line.log_id, []).append(line.task_id)
    explained: dict[str, ClockExplained] = {}
    for log, tasks in wanted.items():
        explained |= explain_tasks(db, actor, load(db, log, "case"), tasks)
    return explained


def rest_after(first_pause_s: float) -> outbox.Rest:
    """Each rest is twice as long; after three days it is given up."""

    def rest(count: int, age: timedelta) -> timedelta | None:
        if age > GIVEN_UP_AFTER:
            return None
        return timedelta(seconds=min(LONGEST_PAUSE_S, first_pause_s * 2 ** min(count, 20)))

    return rest


# --- the administrator's log -----------------------------------------------------------------------------------------

#: The log of mails, the newest first.
#: Neither what a mail says nor which case it is about: an administrator sees that it went, not what for; and nothing of a
#: sealed mediation's mails, for even that they went would tell that there is one.
_LOG = """
    SELECT m.id, m.kind, m.state, m.made_at, m.send_at, m.ended_at, m.tries, coalesce(p.name, i.name, '') AS name,
        p.name_zh, CASE m.kind WHEN 'checkpoint' THEN coalesce(c.address, '') ELSE coalesce(p.email, i.email, '') END AS email
    FROM mails m LEFT JOIN people p ON p.id = m.person_id LEFT JOIN invitations i ON i.id = m.invitation_id
    LEFT JOIN checkpoint_mails c ON m.kind = 'checkpoint' AND c.id::text = split_part(m.key, ' ', 2)
    WHERE NOT m.sealed AND (CAST(:state AS text) IS NULL OR m.state = :state) {more} ORDER BY m.made_at DESC, m.id DESC LIMIT :most
"""


def list_mails(
    db: Connection, actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int | None = None
) -> Page[MailRow]:
    """Every mail with its attempts, the newest first. Raises NotFound for others than administrators."""
    _insist(actor)
    most, (more, after) = insist_limit(limit), newest_after(cursor, "m.")
    rows = db.execute(text(_LOG.format(more=more)), {"state": state, "most": most + 1, **after}).all()
    shown, following = page(rows, most, lambda row: (row.made_at, row.id))
    items = [
        MailRow(
            id=row.id,
            kind=row.kind,
            state=row.state,
            name=row.name,
            name_zh=row.name_zh,
            email=row.email,
            made_at=when(row.made_at),
            send_at=when(row.send_at),
            ended_at=when(row.ended_at),
            tries=row.tries,
        )
        for row in shown
    ]
    return Page(items=items, next=following)


def resend_mail(db: Connection, actor: Actor, mail: str, request: Request) -> Done:
    """Queue a mail again that was refused or given up, or has gone; its Message-ID stays. Raises NotFound, Refused."""
    _insist(actor)
    mail = read_id(mail, "mail")
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = db.execute(
        text("SELECT state FROM mails WHERE id = CAST(:id AS uuid) AND NOT sealed FOR NO KEY UPDATE"), {"id": mail}
    ).one_or_none()
    if row is None:
        raise NotFound("mail")
    if row.state == "queued":
        raise Refused(reasons.integrations.WAITS_ALREADY)
    outbox.queue_again(db, MAILS, mail)
    note = json.dumps([{"at": None, "what": f"sent again by {actor.name}"}])
    # Whoever sends it again gives it three days more.
    db.execute(
        text(
            "UPDATE mails SET made_at = casework_now(),"
            " tries = tries || jsonb_set(CAST(:note AS jsonb), '{0,at}', to_jsonb(casework_now()))"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"id": mail, "note": note},
    )
    return finish(db, actor, request, Done({"id": mail, "state": "queued"}))


def _insist(actor: Actor) -> None:
    if Role.ADMINISTRATOR not in actor.roles():
        raise NotFound

"""The mail of a one-time link: who asks what, and the link; never the code that may be told beside it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.analysis.notification_rules import action_of
from casework.operations.core.case_parties import OF_CASE
from casework.operations.core.encryption import SecretBox
from casework.operations.core.i18n import Speech
from casework.operations.core.organisations import STANDING
from casework.operations.core.perform import new_id
from casework.operations.links.words import asks_key
from casework.records.case_loader import task_of

#: Where a link leads; what follows the mark never leaves the browser but in a form.
ANSWER_PAGE = "/answer#"
#: Of mails, their kind.
PARTY_LINK = "party_link"
#: So many days before its end a link is mailed again, where it lasts longer than so many: nobody is reminded the day after.
REMINDS, LEAST = 3, 6


@dataclass(frozen=True)
class PartyLinkMail:
    """A link that goes to a party by mail now."""

    id: str
    address: str
    language: str
    at: datetime
    programme: str
    organisation: str
    number: str
    asks: str
    path: str
    until: datetime
    code: bool
    #: Whether the same was asked by a mail before this one.
    again: bool


def link_purpose(link: str) -> str:
    """What the secret of a link is made for, and its mail."""
    return f"party link {link}"


def token_hash(secret: str) -> bytes:
    """What is stored of a link: its 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def secret_again(secret_box: SecretBox, purpose: str, token: bytes) -> str | None:
    """The secret of a link, made again each time and kept nowhere: another key may have come since, and then there is none."""
    return next((one for one in secret_box.secrets_of(purpose) if token_hash(one) == token), None)


def post_link(db: Connection, link: str) -> None:
    """Queue the mail of a link that was just given, in the transaction that gave it, and a reminder, unless it is over by then."""
    given = {"link": link, "kind": PARTY_LINK}
    db.execute(_QUEUE, given | {"id": new_id(), "key": link_purpose(link)})
    db.execute(_REMIND, given | {"id": new_id(), "key": f"{link_purpose(link)} again", "days": REMINDS, "least": LEAST})


def cancel_link_mails(db: Connection, link: str) -> None:
    """What was not sent yet of a link that opens nothing any more is not sent."""
    db.execute(_CANCEL, {"link": link})


#: Queues the mail of a link.
_QUEUE = text("""
    INSERT INTO mails (id, link_id, key, kind, sealed, made_at, send_at)
    VALUES (:id, CAST(:link AS uuid), :key, :kind, false, casework_now(), casework_now())
""")
#: Queues its reminder, where the link lasts long enough for one.
_REMIND = text("""
    INSERT INTO mails (id, link_id, key, kind, sealed, made_at, send_at)
    SELECT :id, l.id, :key, :kind, false, casework_now(), l.until - make_interval(days => :days) FROM party_links l
    WHERE l.id = CAST(:link AS uuid) AND l.until > casework_now() + make_interval(days => :least)
""")
#: Cancels the mails of a link.
_CANCEL = text("""
    UPDATE mails SET state = 'cancelled', ended_at = casework_now() WHERE link_id = CAST(:link AS uuid) AND state = 'queued'
""")
#: Who asks: the office, as its letters have it, or the programme that names none. Of `programmes p` and `letterheads h`.
OFFICE = """coalesce(h.office, p.name) AS office,
    coalesce(h.office_zh, CASE WHEN h.office IS NULL THEN p.name_zh END) AS office_zh"""
#: What the mail of a link that still leads somewhere is written from: one of who is that party no more leads nowhere.
_POSTED = text(f"""
    SELECT m.id, l.id AS link, l.language, l.until, l.code, s.address, s.token, casework_now() AS at, c.number, {OFFICE},
        o.name AS organisation, o.name_zh AS organisation_zh, to_jsonb(t) AS task,
        EXISTS (SELECT FROM mails x WHERE x.link_id = m.link_id AND x.id <> m.id AND x.state = 'sent') AS again
    FROM mails m JOIN party_links l ON l.id = m.link_id JOIN party_link_secrets s ON s.link_id = l.id JOIN tasks t ON t.id = l.task_id
    JOIN cases c ON c.id = l.log_id JOIN programmes p ON p.id = c.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = l.organisation_id
    WHERE m.id = CAST(:mail AS uuid) AND l.state = 'open' AND l.until > casework_now() AND t.closed_at IS NULL
    AND EXISTS (SELECT FROM {OF_CASE} JOIN organisations w ON w.id = p.id WHERE p.party = l.party AND coalesce(w.merged_into, w.id) = o.id)
""")


def write_link_mail(db: Connection, mail: str, secret_box: SecretBox) -> PartyLinkMail | None:
    """What the mail of a link says; None where the link opens nothing any more, or its address was erased."""
    row = db.execute(_POSTED, {"mail": mail}).one_or_none()
    if row is None or row.address is None:
        return None
    secret = secret_again(secret_box, link_purpose(row.link), bytes(row.token))
    if secret is None:
        return None
    chinese = row.language == "zh-Hans"
    edition, key = action_of(task_of(row.task))
    say = Speech(chinese)
    return PartyLinkMail(
        row.id,
        row.address,
        row.language,
        row.at,
        (row.office_zh if chinese else None) or row.office,
        (row.organisation_zh if chinese else None) or row.organisation,
        row.number,
        say.edition_text(edition, asks_key(edition, key)),
        ANSWER_PAGE + secret,
        row.until,
        row.code,
        row.again,
    )


__all__ = [
    "ANSWER_PAGE", "OFFICE", "PARTY_LINK", "PartyLinkMail", "cancel_link_mails", "link_purpose", "post_link", "secret_again",
    "token_hash", "write_link_mail",
]  # fmt: skip

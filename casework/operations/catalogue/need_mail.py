"""The mails of a need that an enterprise states by a link: that it is asked to, and what became of it, each with the link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.operations.core.encryption import SecretBox
from casework.operations.core.notice_words import N_
from casework.operations.core.organisations import STANDING
from casework.operations.links import office_links
from casework.operations.links.mail import OFFICE

#: Where a link leads; what follows the mark never leaves the browser but in a form.
STATEMENT_PAGE = "/state-need#"
#: Of mails, their kind.
NEED_LINK = "need_link"
#: By how a statement stands what its mail is about.
NEED_SAYS = {
    "draft": N_("State your technology need"),
    "submitted": N_("Your technology need has arrived"),
    "asked": N_("A question about your technology need"),
    "accepted": N_("Your technology need is accepted"),
    "refused": N_("Your technology need is not taken in"),
}


@dataclass(frozen=True)
class NeedMail:
    """What an enterprise is told of its need by mail now, with its link."""

    id: str
    address: str
    language: str
    at: datetime
    programme: str
    organisation: str
    #: How the statement stands.
    state: str
    question: str | None
    reason: str | None
    path: str
    until: datetime


def statement_purpose(statement: str) -> str:
    """What the secret of a statement's link is made for."""
    return f"need statement {statement}"


def post_statement(db: Connection, statement: str) -> None:
    """Queue the mail that tells how a statement stands; one that was not sent yet goes, for this one says it."""
    office_links.cancel_mails(db, statement)
    office_links.post(db, statement, NEED_LINK)


#: What the mail of a statement is written from, whose link still leads somewhere.
_POSTED = text(f"""
    SELECT m.id, n.id::text AS statement, n.language, n.state, n.question, n.reason, s.until, s.address, s.token, casework_now() AS at,
        {OFFICE}, o.name AS organisation, o.name_zh AS organisation_zh
    FROM mails m JOIN need_statements n ON n.id = m.office_link_id JOIN office_link_secrets s ON s.id = n.id
    JOIN programmes p ON p.id = n.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = n.organisation_id
    WHERE m.id = CAST(:mail AS uuid) AND s.address IS NOT NULL AND s.until > casework_now()
""")


def write_need_mail(db: Connection, mail: str, secret_box: SecretBox) -> NeedMail | None:
    """What the mail of a statement says; None where its link opens nothing any more, or nothing is left to be said."""
    row = db.execute(_POSTED, {"mail": mail}).one_or_none()
    if row is None or row.state not in NEED_SAYS:
        return None
    secret = office_links.secret_again(secret_box, statement_purpose(row.statement), bytes(row.token))
    if secret is None:
        return None
    chinese = row.language == "zh-Hans"
    return NeedMail(
        id=row.id,
        address=row.address,
        language=row.language,
        at=row.at,
        programme=(row.office_zh if chinese else None) or row.office,
        organisation=(row.organisation_zh if chinese else None) or row.organisation,
        state=row.state,
        question=row.question,
        reason=row.reason,
        path=STATEMENT_PAGE + secret,
        until=row.until,
    )


__all__ = [
    "NEED_LINK", "NEED_SAYS", "STATEMENT_PAGE", "NeedMail", "post_statement", "statement_purpose", "write_need_mail",
]  # fmt: skip

"""The mail that asks a side whether matches are of interest, with its link; near its end once more, if nobody has answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from casework.operations.catalogue.matches import STANDS
from casework.operations.core.encryption import SecretBox
from casework.operations.core.organisations import STANDING
from casework.operations.links import office_links
from casework.operations.links.mail import OFFICE

#: Where a link leads; what follows the mark never leaves the browser but in a form.
INTEREST_PAGE = "/interest#"
#: Of mails, their kind.
INTEREST_LINK = "interest_link"
#: So long before its end a link is mailed again.
REMINDS_BEFORE = timedelta(days=3)


@dataclass(frozen=True)
class InterestMail:
    """What a side is asked by mail now, with its link."""

    id: str
    address: str
    language: str
    at: datetime
    programme: str
    organisation: str
    side: str
    message: str
    #: How many matches it is asked about.
    matches: int
    #: Whether it was asked by a mail before this one.
    again: bool
    path: str
    until: datetime


def interest_purpose(request: str) -> str:
    """What the secret of a question's link is made for."""
    return f"interest request {request}"


#: Whether somebody still has to decide of a match that is asked about: of nothing else is a side told. Of `interest_requests q`.
UNDECIDED = f"""EXISTS (
    SELECT FROM jsonb_array_elements(q.shown->'matches') x JOIN matches m ON m.id = CAST(x->>'match' AS uuid)
    JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id JOIN programmes p ON p.id = m.programme_id
    WHERE m.shortlisted_at IS NOT NULL AND m.case_id IS NULL AND m.refused_at IS NULL AND {STANDS}
)"""
#: What the mail of a question is written from that nobody has answered yet, and whose link still leads somewhere.
_POSTED = text(f"""
    SELECT m.id, q.id::text AS request, q.language, q.side, q.shown, s.until, s.address, s.token, casework_now() AS at,
        EXISTS (SELECT FROM mails x WHERE x.office_link_id = m.office_link_id AND x.id <> m.id AND x.state = 'sent') AS again,
        {OFFICE}, o.name AS organisation, o.name_zh AS organisation_zh
    FROM mails m JOIN interest_requests q ON q.id = m.office_link_id JOIN office_link_secrets s ON s.id = q.id
    JOIN programmes p ON p.id = q.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = q.organisation_id
    WHERE m.id = CAST(:mail AS uuid) AND q.state = 'open' AND s.address IS NOT NULL AND s.until > casework_now() AND {UNDECIDED}
""")


def write_interest_mail(db: Connection, mail: str, secret_box: SecretBox) -> InterestMail | None:
    """What the mail of a question says; None where it is answered, taken back or decided, or its link opens nothing any more."""
    row = db.execute(_POSTED, {"mail": mail}).one_or_none()
    if row is None:
        return None
    secret = office_links.secret_again(secret_box, interest_purpose(row.request), bytes(row.token))
    if secret is None:
        return None
    chinese = row.language == "zh-Hans"
    return InterestMail(
        id=row.id,
        address=row.address,
        language=row.language,
        at=row.at,
        programme=(row.office_zh if chinese else None) or row.office,
        organisation=(row.organisation_zh if chinese else None) or row.organisation,
        side=row.side,
        message=row.shown["message"],
        matches=len(row.shown["matches"]),
        again=row.again,
        path=INTEREST_PAGE + secret,
        until=row.until,
    )


__all__ = [
    "INTEREST_LINK", "INTEREST_PAGE", "REMINDS_BEFORE", "UNDECIDED", "InterestMail", "interest_purpose", "write_interest_mail",
]  # fmt: skip

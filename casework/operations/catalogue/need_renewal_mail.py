"""The link by which an enterprise says whether its need still holds: what it opens, and what its mails say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.engine.definition.own_limits import REMINDED_BEFORE
from casework.operations.catalogue.need_mail import ASKED, DRAFT, IN_USE, SUBMITTED, WAITS, WRITABLE
from casework.operations.core.i18n import Speech
from casework.operations.core.merged_records import TODAY, ended
from casework.operations.core.notice_words import N_
from casework.operations.links.office_links import LINK, Kind, Says

#: How a question stands that asks nothing any more: it holds as it was; the office took the link back; the need is used no more, or is
#: another record's or somebody else's now.
RENEWED, REVOKED, CLOSED = "renewed", "revoked", "closed"
#: By how a question stands what its mail is about.
RENEWAL_SAYS = {
    DRAFT: N_("Does your technology need still hold?"),
    RENEWED: N_("Your technology need holds on"),
    SUBMITTED: N_("What you say of your technology need has arrived"),
    ASKED: N_("A question about your technology need"),
    "accepted": N_("What you say of your technology need is on record"),
    "refused": N_("Your technology need stays as it was"),
}


def _day(row: Any) -> str:
    return "" if row.valid_until is None else Speech(row.language == "zh-Hans").date_of_letter(row.valid_until)


def _says(row: Any) -> Says | None:
    if row.state not in RENEWAL_SAYS:
        return None
    given = {"state": row.state, "question": row.question, "reason": row.reason, "valid_until": _day(row)}
    return Says(subject=RENEWAL_SAYS[row.state], given=given)


#: Whether a need `n` is in use, stands itself, and belongs to whom a question `q` was put. Of `programmes p`.
HOLDS = f"""(n.merged_into IS NULL AND n.status <> 'met' AND {ended("n", TODAY)} IS NULL AND EXISTS (
        SELECT FROM organisations a JOIN organisations b ON b.id = q.organisation_id
        WHERE a.id = n.owner_id AND coalesce(a.merged_into, a.id) = coalesce(b.merged_into, b.id)))"""
#: A question as it stands, and the need that it is about.
_FOUND = f"""
    SELECT {LINK}, q.programme_id::text AS programme, q.organisation_id::text AS organisation, q.language, q.renews_id::text AS need,
        q.said, q.question, q.reason, q.sent_at, q.decided_at, n.valid_until, to_jsonb(n) AS record,
        CASE WHEN q.state IN ('draft', 'asked', 'submitted') AND NOT {HOLDS} THEN 'closed' ELSE q.state END AS state
    FROM office_link_secrets s JOIN need_statements q ON q.id = s.statement_id JOIN needs n ON n.id = q.renews_id
    JOIN programmes p ON p.id = n.programme_id
"""
RENEWAL = Kind(
    mail="renewal_link",
    template="renewal",
    opens="statement_id",
    purpose="need renewal",
    page="/renew-need",
    found=_FOUND,
    writable=WRITABLE,
    says=_says,
    reminds=timedelta(days=REMINDED_BEFORE.n),
    waits=WAITS,
    written_to=IN_USE,
)

__all__ = ["CLOSED", "HOLDS", "RENEWAL", "RENEWAL_SAYS", "RENEWED", "REVOKED"]

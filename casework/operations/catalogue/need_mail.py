"""The link by which an enterprise states a need: what it opens, and what its mails say: that it is asked to, and what became of it."""

from __future__ import annotations

from typing import Any

from casework.operations.core.notice_words import N_
from casework.operations.links.office_links import LINK, Kind, Says

#: How a statement stands that the enterprise may still say something of.
DRAFT, SUBMITTED, ASKED, WITHDRAWN = "draft", "submitted", "asked", "withdrawn"
WRITABLE = (DRAFT, ASKED)
#: By how a statement stands what its mail is about.
NEED_SAYS = {
    DRAFT: N_("State your technology need"),
    SUBMITTED: N_("Your technology need has arrived"),
    ASKED: N_("A question about your technology need"),
    "accepted": N_("Your technology need is accepted"),
    "refused": N_("Your technology need is not taken in"),
}


def _says(row: Any) -> Says | None:
    if row.state not in NEED_SAYS:
        return None
    given = {"state": row.state, "question": row.question, "reason": row.reason}
    return Says(subject=NEED_SAYS[row.state], given=given)


#: A statement as it stands, and how the record stands that came of it.
_FOUND = f"""
    SELECT {LINK}, q.programme_id::text AS programme, q.organisation_id::text AS organisation, q.language, q.state, q.said,
        q.question, q.reason, q.sent_at, q.decided_at, r.status AS becomes
    FROM office_link_secrets s JOIN need_statements q ON q.id = s.statement_id LEFT JOIN needs r ON r.id = q.need_id
"""
STATEMENT = Kind(
    mail="need_link",
    template="need",
    opens="statement_id",
    purpose="need statement",
    page="/state-need",
    found=_FOUND,
    writable=WRITABLE,
    says=_says,
)

__all__ = ["ASKED", "DRAFT", "NEED_SAYS", "STATEMENT", "SUBMITTED", "WITHDRAWN", "WRITABLE"]

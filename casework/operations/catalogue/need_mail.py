"""The link by which an enterprise states a need: what it opens, and what its mails say: that it is asked to, and what became of it."""

from __future__ import annotations

from typing import Any

from casework.operations.core.merged_records import TODAY, ended
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


#: A statement as it stands, and how the record stands that came of it, or stands in the place of that.
_FOUND = f"""
    SELECT {LINK}, q.programme_id::text AS programme, q.organisation_id::text AS organisation, q.language, q.state, q.said,
        q.question, q.reason, q.sent_at, q.decided_at, r.status AS becomes
    FROM office_link_secrets s JOIN need_statements q ON q.id = s.statement_id AND q.renews_id IS NULL
    LEFT JOIN needs g ON g.id = q.need_id LEFT JOIN needs r ON r.id = coalesce(g.merged_into, g.id)
"""
#: Whether a statement waits for the office.
WAITS = "EXISTS (SELECT FROM need_statements x WHERE x.id = s.statement_id AND x.state = 'submitted')"
#: Whether the need that it became, or asks about, is in use, not met, and its enterprise's still: whoever stated it is asked near its end
#: whether it holds.
IN_USE = f"""EXISTS (
    SELECT FROM need_statements x JOIN needs g ON g.id = coalesce(x.need_id, x.renews_id)
    JOIN needs n ON n.id = coalesce(g.merged_into, g.id)
    JOIN programmes p ON p.id = n.programme_id JOIN organisations a ON a.id = n.owner_id JOIN organisations b ON b.id = x.organisation_id
    WHERE x.id = s.statement_id AND n.status <> 'met' AND {ended("n", TODAY)} IS NULL
    AND coalesce(a.merged_into, a.id) = coalesce(b.merged_into, b.id)
)"""
STATEMENT = Kind(
    mail="need_link",
    template="need",
    opens="statement_id",
    purpose="need statement",
    page="/state-need",
    found=_FOUND,
    writable=WRITABLE,
    says=_says,
    waits=WAITS,
    written_to=IN_USE,
)

__all__ = ["ASKED", "DRAFT", "IN_USE", "NEED_SAYS", "STATEMENT", "SUBMITTED", "WAITS", "WITHDRAWN", "WRITABLE"]

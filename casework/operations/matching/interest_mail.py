"""The link that asks a side whether matches are of interest: what it opens, and what its mails say; near its end it is mailed once more."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.operations.catalogue.matches import STANDS
from casework.operations.core.notice_words import N_
from casework.operations.links.office_links import LINK, Kind, Says

#: How a request stands that was not answered; over, its link has ended before.
OPEN, WITHDRAWN, OVER = "open", "withdrawn", "over"


def _says(row: Any) -> Says | None:
    """Nothing of what is answered, taken back or decided."""
    if row.state != OPEN:
        return None
    given = {"side": row.side, "message": row.shown["message"]}
    return Says(subject=N_("Is this of interest to you?"), given=given)


#: How far the technology of a match is published now, or the one in whose place it was merged; and that it was closed since the question
#: was sent: the owner of the need is told of it no longer. Of `x` in what is shown, `technologies t` and `interest_requests q`.
_LEVEL = "(SELECT k.publication FROM technologies k WHERE k.id = coalesce(t.merged_into, t.id))"
_CLOSED_SINCE = f"(q.side = 'need_owner' AND {_LEVEL} = 'closed' AND x->>'publication' <> 'closed')"
#: A question as it stands: once all that it asks about is decided, it is as taken back. By match what somebody still has to decide of; of
#: nothing else is a side told. By match how far its technology is published by now.
_FOUND = f"""
    SELECT {LINK}, q.programme_id::text AS programme, q.organisation_id::text AS organisation, q.language, q.side,
        q.shown, q.ended_at, n.publication, w.undecided, l.levels,
        CASE WHEN q.state = 'open' AND w.undecided = '{{}}' THEN 'withdrawn' ELSE q.state END AS state
    FROM office_link_secrets s JOIN interest_requests q ON q.id = s.request_id
    JOIN needs g ON g.id = q.need_id JOIN needs n ON n.id = coalesce(g.merged_into, g.id)
    CROSS JOIN LATERAL (SELECT ARRAY(
        SELECT x->>'match' FROM jsonb_array_elements(q.shown->'matches') x JOIN matches m ON m.id = CAST(x->>'match' AS uuid)
        JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id JOIN programmes p ON p.id = m.programme_id
        WHERE m.shortlisted_at IS NOT NULL AND m.case_id IS NULL AND m.refused_at IS NULL AND {STANDS}
            AND {_CLOSED_SINCE} IS NOT TRUE
    ) AS undecided) w
    CROSS JOIN LATERAL (
        SELECT coalesce(jsonb_object_agg(x->>'match', {_LEVEL}), '{{}}') AS levels FROM jsonb_array_elements(q.shown->'matches') x
        JOIN matches m ON m.id = CAST(x->>'match' AS uuid) JOIN technologies t ON t.id = m.technology_id
    ) l
"""
#: Holds what is asked about, so that nobody opens a case of it before the answer stands there.
_HOLD = """
    SELECT FROM matches WHERE id IN (
        SELECT CAST(x->>'match' AS uuid) FROM interest_requests q, jsonb_array_elements(q.shown->'matches') x
        WHERE q.id = CAST(:id AS uuid)
    ) ORDER BY id FOR SHARE
"""
INTEREST = Kind(
    mail="interest_link",
    template="interest",
    opens="request_id",
    purpose="interest request",
    page="/interest",
    found=_FOUND,
    holds=_HOLD,
    writable=(OPEN,),
    says=_says,
    reminds=timedelta(days=3),
)

__all__ = ["INTEREST", "OPEN", "OVER", "WITHDRAWN"]

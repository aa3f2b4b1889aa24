"""The link that asks a party whether the story of its case may be told: what it opens, and what its mails say."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from casework.operations.core.notice_words import N_
from casework.operations.links.office_links import LINK, Kind, Says
from casework.operations.results.stories import OPEN, STILL


def _says(row: Any) -> Says | None:
    """Nothing of what is answered or taken back, and nothing to who is that party no more."""
    if row.state != OPEN or not row.still:
        return None
    return Says(subject=N_("May we tell your story?"), given={"message": row.message})


#: What a party was asked, with the story as it stands; nothing of that changes before what it was asked ends.
_FOUND = f"""
    SELECT {LINK}, q.programme_id::text AS programme, q.organisation_id::text AS organisation, q.language, q.state, q.side, q.message,
        q.ended_at, q.said, y.id::text AS story, y.title, y.title_zh, y.words, y.words_zh, y.caption, y.caption_zh, y.impacts,
        y.picture IS NOT NULL AS has_picture, {STILL} AS still
    FROM office_link_secrets s JOIN story_consents q ON q.id = s.consent_id JOIN success_stories y ON y.id = q.story_id
"""
STORY = Kind(
    mail="story_link",
    template="story",
    opens="consent_id",
    purpose="story consent",
    page="/story",
    found=_FOUND,
    writable=(OPEN,),
    says=_says,
    reminds=timedelta(days=3),
)

__all__ = ["STORY"]

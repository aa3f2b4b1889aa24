"""What a party does behind its link: it reads the story as everybody will, consents or not, and withdraws its consent later.

The link stays when it has consented, for as long as it may want to withdraw by it. That the page is asked for changes nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import InvalidForm, NotFound
from casework.operations.core.register_entries import note_entries
from casework.operations.links import office_links
from casework.operations.links.office_links import ShownLink
from casework.operations.results.consent_mail import STORY
from casework.operations.results.stories import GIVEN, OPEN, REFUSED, WITHDRAWN, told_of
from casework.operations.results.views import Told
from casework.records.row_security import whole

#: For so long after its consent a party withdraws it by the same link; after that it tells the office.
STAYS = timedelta(days=366)
#: What the log of a programme says a party did.
CONSENTED, DECLINED, WITHDREW = "story_consented", "story_declined", "story_consent_withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownStory(ShownLink):
    """What a link shows to whoever has opened it; its state is open, given, refused or withdrawn."""

    side: str
    message: str
    #: The story; None once the party has refused it, or it was taken back.
    told: Told | None
    has_picture: bool
    ended_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """What a party says to a story: whether it may be told, who says so and as what, and in its own words."""

    consents: bool
    by: str
    position: str = ""
    words: str = ""


#: Takes the answer in, or that the consent is withdrawn.
_ANSWER = text("""
    UPDATE story_consents SET state = :state, said = said || CAST(:said AS jsonb), ended_at = casework_now()
    WHERE id = CAST(:id AS uuid)
""")
#: Has a link stay open.
_STAY = text("""
    UPDATE office_link_secrets SET until = greatest(until, casework_now() + :stays) WHERE id = CAST(:id AS uuid)
""")
#: The picture of a story.
_PICTURE = text("SELECT picture FROM success_stories WHERE id = CAST(:id AS uuid) AND picture IS NOT NULL")


def _reads(db: Connection, token: str, opened: str) -> Any:
    """The link as this browser has opened it. Raises NotFound, also for who was asked and is no longer on record as that party."""
    row = office_links.read_link(db, STORY, token, opened)
    if row.state == OPEN and not row.still:
        raise NotFound("link")
    return row


def show_story_of(db: Connection, token: str, opened: str) -> ShownStory:
    """What the link shows to the browser that has opened it. Raises NotFound."""
    row = _reads(db, token, opened)
    reads = row.state in (OPEN, GIVEN)
    return ShownStory(
        **office_links.shown_of(db, row),
        side=row.side,
        message=row.message if row.state == OPEN else "",
        told=told_of(row) if reads else None,
        has_picture=reads and row.has_picture,
        ended_at=row.ended_at,
    )


def picture_behind(db: Connection, token: str, opened: str) -> bytes:
    """The picture of the story that a link shows. Raises NotFound."""
    row = _reads(db, token, opened)
    with whole(db):
        found = db.execute(_PICTURE, {"id": row.story}).scalar_one_or_none()
    if row.state not in (OPEN, GIVEN) or found is None:
        raise NotFound("link")
    return bytes(found)


def answer_story(db: Connection, token: str, opened: str, says: Says) -> None:
    """Consent to the story, or not: once. Raises NotFound where that cannot be, and InvalidForm."""
    if not says.by.strip():
        raise InvalidForm(fields={"by": reasons.fields.REQUIRED})
    with whole(db):
        row = office_links.lock_link(db, STORY, token, opened)
        if row.state != OPEN or not row.still:
            raise NotFound("link")
        said = {
            "by": says.by.strip()[:200],
            "position": says.position.strip()[:200],
            "words": says.words.strip()[:4_000],
        }
        _record(db, row, GIVEN if says.consents else REFUSED, said, CONSENTED if says.consents else DECLINED)
        office_links.end(db, row.id)
        if says.consents:
            db.execute(_STAY, {"id": row.id, "stays": STAYS})


def withdraw_story(db: Connection, token: str, opened: str) -> None:
    """The party consents no longer: from now on the story is shown to nobody. Raises NotFound where that cannot be."""
    with whole(db):
        row = office_links.lock_link(db, STORY, token, opened)
        if row.state != GIVEN:
            raise NotFound("link")
        _record(db, row, WITHDRAWN, {}, WITHDREW)


def _record(db: Connection, row: Any, state: str, said: dict[str, str], kind: str) -> None:
    db.execute(_ANSWER, {"id": row.id, "state": state, "said": json.dumps(said)})
    note_entries(db, "story_consents", row.programme, [row.id], kind=kind, by=PARTY_ACTOR, role=Role.PARTY)


__all__ = [
    "CONSENTED",
    "STAYS",
    "Says",
    "ShownStory",
    "answer_story",
    "picture_behind",
    "show_story_of",
    "withdraw_story",
]

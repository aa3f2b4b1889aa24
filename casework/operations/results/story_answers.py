"""What parties said to success stories by their links: told to whoever wrote the story or asked them, until the next step. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.parties import PARTIES
from casework.ledger.canonical_json import instant
from casework.operations.results.stories import CONSENTED, GIVEN, writes_in
from casework.permissions.actors import Actor


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredStory:
    """A story to which a party has said something, and with which something is to be done yet."""

    number: str
    title: str
    title_zh: str
    published: bool
    #: By side what it said last: given, refused or withdrawn. Who has said nothing yet is not in it.
    says: Mapping[str, str]
    answered_at: str

    @property
    def both(self) -> bool:
        """Both consent: the next step is to publish it."""
        return all(self.says.get(side) == GIVEN for side in PARTIES)


#: What parties said last to stories that `:person` wrote or asked them about, the oldest first: not to a draft, and not to one that is
#: out with the consent of both. Of a case in which that person has an interest nothing is to be done.
_CAME = text(f"""
    SELECT y.number, y.title, y.title_zh, y.state = 'published' AS published, q.side, q.state AS says, q.ended_at
    FROM success_stories y JOIN story_consents q ON q.story_id = y.id AND q.state <> 'open' AND q.withdrawn_by IS NULL
    WHERE y.programme_id = ANY(CAST(:programmes AS uuid[])) AND y.state <> 'draft'
    AND (y.written_by = CAST(:person AS uuid)
        OR EXISTS (SELECT FROM story_consents x WHERE x.story_id = y.id AND x.asked_by = CAST(:person AS uuid)))
    AND NOT EXISTS (SELECT FROM story_consents n WHERE n.story_id = y.id AND n.side = q.side AND (n.asked_at, n.id) > (q.asked_at, q.id))
    AND NOT (y.state = 'published' AND {CONSENTED})
    AND EXISTS (SELECT FROM cases c WHERE c.number = y.number AND NOT CAST(:person AS text) = ANY(c.interests))
    ORDER BY q.ended_at, q.id
""")


def list_answered_stories(db: Connection, actor: Actor) -> list[AnsweredStory]:
    """The stories that the actor wrote, or asked parties about, and that were answered; what was answered first comes first."""
    programmes = writes_in(actor)
    if not programmes:
        return []
    rows = list(db.execute(_CAME, {"programmes": programmes, "person": actor.person}))
    says: dict[str, dict[str, str]] = {}
    for row in rows:
        says.setdefault(row.number, {})[row.side] = row.says
    return [
        AnsweredStory(
            number=row.number,
            title=row.title,
            title_zh=row.title_zh,
            published=row.published,
            says=says[row.number],
            answered_at=instant(row.ended_at),
        )
        for row in {row.number: row for row in rows}.values()
    ]


__all__ = ["AnsweredStory", "list_answered_stories"]

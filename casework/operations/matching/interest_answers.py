"""What both sides answered: by match the last of it, and of which matches somebody has to decide now. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.parties import PARTIES
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import STANDS
from casework.operations.core.reader_names import entitled
from casework.operations.matching.interest import YES, Answer, InterestRequest
from casework.operations.matching.interest_mail import WITHDRAWN
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.records.access_sql import shows_need
from casework.records.row_security import whole


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredMatch:
    """A shortlisted match of which a side has answered somebody's question, and of which nobody has decided yet."""

    match: str
    need: str
    need_title: str
    technology: str
    technology_title: str
    #: By side what it said last.
    says: Mapping[str, str]
    answered_at: str

    @property
    def both(self) -> bool:
        """Both sides said yes: the next step is to accept the match."""
        return all(self.says.get(side) == YES for side in PARTIES)


#: What sides answered of shortlisted matches without a case that `:person` asked one of them about, the oldest first.
_CAME = text(f"""
    SELECT m.id::text AS match, n.id::text AS need, {entitled("n")} AS need_title, t.id::text AS technology,
        {entitled("t")} AS technology_title, q.side, q.ended_at, q.said->'answers'->(m.id::text)->>'says' AS says
    FROM matches m JOIN interest_requests q ON q.programme_id = m.programme_id AND q.state = 'answered'
        AND q.said->'answers' ? m.id::text
    JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id JOIN programmes p ON p.id = m.programme_id
    WHERE m.programme_id = ANY(CAST(:programmes AS uuid[])) AND m.shortlisted_at IS NOT NULL AND m.case_id IS NULL AND {STANDS}
    AND EXISTS (SELECT FROM interest_requests x WHERE x.programme_id = m.programme_id AND x.asked_by = CAST(:person AS uuid)
        AND x.shown @> jsonb_build_object('matches', jsonb_build_array(jsonb_build_object('match', m.id::text))))
    AND {shows_need("n")} ORDER BY q.ended_at, q.id
""")


def list_answered(db: Connection, actor: Actor) -> list[AnsweredMatch]:
    """Matches that the actor asked about and that are answered: those first of which both sides said yes."""
    programmes = sorted({one.programme for one in actor.memberships if one.role in EDITORS and one.programme})
    if not programmes:
        return []
    given = {"programmes": programmes, "person": actor.person, "closed_of": sorted(closed_of(actor))}
    with whole(db):
        rows = list(db.execute(_CAME, given))
    says: dict[str, dict[str, str]] = {}
    for row in rows:
        says.setdefault(row.match, {})[row.side] = row.says
    found = [
        AnsweredMatch(
            match=row.match,
            need=row.need,
            need_title=row.need_title,
            technology=row.technology,
            technology_title=row.technology_title,
            says=says[row.match],
            answered_at=instant(row.ended_at),
        )
        for row in {row.match: row for row in rows}.values()
    ]
    return sorted(found, key=lambda one: (not one.both, one.answered_at, one.match))


def answers_by_match(
    requests: Sequence[InterestRequest],
) -> Mapping[tuple[str, str], tuple[InterestRequest, Answer | None]]:
    """By match and side what was asked last, with the answer where there is one; a question taken back counts as none."""
    found: dict[tuple[str, str], tuple[InterestRequest, Answer | None]] = {}
    for one in reversed(requests):
        if one.state == WITHDRAWN:
            continue
        answers = {answer.match: answer for answer in one.answers}
        found |= {(match, one.side): (one, answers.get(match)) for match in one.matches}
    return found


__all__ = ["AnsweredMatch", "answers_by_match", "list_answered"]

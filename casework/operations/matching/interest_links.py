"""What a side does behind its link: it reads what it is told of some matches, keeps what it types, and says once what it thinks of each.

Whoever has the link is the side, and learns nothing but what was fixed when it was asked. That the page is asked for changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.kept_records import CLOSED
from casework.engine.case_objects.programme_lists import Entry, Lists, offered
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import InvalidForm, NotFound
from casework.json_values import Answers, JsonMapping, JsonObject
from casework.operations.catalogue.matches import REFUSALS
from casework.operations.core.organisations import STANDING
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.register_entries import note_entries
from casework.operations.core.views import NamedInBoth
from casework.operations.links import office_links
from casework.operations.links.mail import OFFICE, token_hash
from casework.operations.matching.interest import ANSWERED, NEED_OWNER, NO, OPEN, QUESTION, SENT, TECHNOLOGY_OWNER, YES
from casework.operations.matching.interest_mail import UNDECIDED
from casework.reasons import Why
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: Why a side says no, of what the list `match_refusals` of the programme has.
_WHY = {
    NEED_OWNER: ("need_not_met", "not_ready", "too_dear", "does_not_fit", "need_gone", "known_already", "other"),
    TECHNOLOGY_OWNER: ("technology_gone", "does_not_fit", "known_already", "other"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownInterest:
    """What a link shows to whoever has opened it."""

    id: str
    programme: str
    office: NamedInBoth
    organisation: NamedInBoth
    language: str
    #: need_owner or technology_owner.
    side: str
    #: open, answered or withdrawn.
    state: str
    message: str
    #: By match what is told: match, technology, title, title_zh, says.
    matches: list[JsonObject]
    #: What is told of the need: title, title_zh, problem, target, words; as much of it as may be.
    need: JsonObject
    until: datetime
    ended_at: datetime | None
    typed: JsonObject
    #: Why one may say no.
    why: list[Entry]


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """What a side says of a match: yes, no with why, or a question."""

    says: str
    why: str = ""
    words: str = ""


#: A question by the secret of its link, as it stands: once all that it asks about is decided, it is as taken back.
_FOUND = f"""
    SELECT {office_links.LINK}, q.programme_id::text AS programme, q.organisation_id::text AS organisation, q.language, q.side,
        q.shown, q.ended_at,
        CASE WHEN q.state = 'open' AND NOT {UNDECIDED} THEN 'withdrawn' ELSE q.state END AS state
    FROM office_link_secrets s JOIN interest_requests q ON q.id = s.request_id WHERE s.token = :token
"""
#: The same as it is read.
_FIND = text(_FOUND)
#: Locked, in its programme's turn.
_LOCK = text(f"{_FOUND} FOR UPDATE OF q")
#: Holds what is asked about, so that nobody opens a case of it before the answer stands there.
_HOLD = text("""
    SELECT FROM matches WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR SHARE
""")
#: How a question stands, after who changes it now has done so.
_STATE = text("SELECT state FROM interest_requests WHERE id = CAST(:id AS uuid) FOR SHARE")
#: What the office and the side are called, and how far the need is published now.
_NAMES = text(f"""
    SELECT {OFFICE}, o.name AS organisation, o.name_zh AS organisation_zh, n.publication
    FROM interest_requests q JOIN programmes p ON p.id = q.programme_id LEFT JOIN letterheads h ON h.programme_id = p.id
    JOIN needs g ON g.id = q.need_id JOIN needs n ON n.id = coalesce(g.merged_into, g.id)
    JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = q.organisation_id WHERE q.id = CAST(:id AS uuid)
""")
#: Takes the answer in.
_ANSWER = text("""
    UPDATE interest_requests SET state = 'answered', said = CAST(:said AS jsonb), ended_at = casework_now() WHERE id = CAST(:id AS uuid)
""")


def language_of(db: Connection, token: str) -> tuple[bool, str]:
    """Whether a link still opens something, and its language. Raises NotFound for none."""
    with whole(db):
        row = _find(db, token, "")
    return row.running, row.language


def open_interest(db: Connection, token: str) -> str:
    """The secret that keeps a link open in this browser. Raises NotFound where it opens nothing."""
    with whole(db):
        return office_links.open_here(db, _find(db, token, ""))


def show_interest_of(db: Connection, token: str, opened: str) -> ShownInterest:
    """What the link shows to the browser that has opened it; of what was answered or taken back only that it was. Raises NotFound."""
    with whole(db):
        row = office_links.insist_here(_find(db, token, opened))
        names = db.execute(_NAMES, {"id": row.id}).one()
        lists = read_lists(db, row.programme)
    waits = row.state == OPEN
    return ShownInterest(
        id=row.id,
        programme=row.programme,
        office=NamedInBoth(id=row.programme, name=names.office, name_zh=names.office_zh),
        organisation=NamedInBoth(id=row.organisation, name=names.organisation, name_zh=names.organisation_zh),
        language=row.language,
        side=row.side,
        state=row.state,
        message=row.shown["message"] if waits else "",
        matches=row.shown["matches"] if waits else [],
        need=_need(row, names.publication) if waits else {},
        until=row.until,
        ended_at=row.ended_at,
        typed=row.typed or {} if waits else {},
        why=why_no(lists, row.side),
    )


def _need(row: Any, publication: str) -> JsonObject:
    """What is told of the need: to an owner nothing of one that was closed since but the officer's words."""
    told: JsonObject = row.shown["need"]
    closed = row.side == TECHNOLOGY_OWNER and publication == CLOSED
    return {name: words for name, words in told.items() if name == "words"} if closed else told


def why_no(lists: Lists, side: str) -> list[Entry]:
    """Why a side may say no, as the programme calls it; where it offers nothing of that any more, for another reason."""
    entries = [entry for entry in offered(lists[REFUSALS]) if entry.key in _WHY[side]]
    return entries or [entry for entry in lists[REFUSALS] if entry.key == "other"]


def keep_typed(db: Connection, token: str, opened: str, typed: Answers) -> None:
    """Keep what is typed, sealed, until it is sent or the link is over. Raises NotFound and InvalidForm."""
    kept = office_links.kept(typed)
    with whole(db):
        row = office_links.insist_here(_find(db, token, opened))
        if row.state != OPEN or db.execute(_STATE, {"id": row.id}).scalar_one() != OPEN:
            raise NotFound("link")
        office_links.keep(db, row.id, kept)


def send_interest(
    db: Connection, token: str, opened: str, says: Mapping[str, Says], *, by: str, position: str = ""
) -> None:
    """Say of each match what one thinks of it: the link is used up. Raises NotFound where that cannot be, and InvalidForm."""
    with whole(db):
        row = office_links.insist_here(_find(db, token, opened))
        lock_log(db, row.programme)
        # In the programme's turn: of two who send at once the second one finds it answered.
        db.execute(_HOLD, {"ids": [one["match"] for one in row.shown["matches"]]})
        row = office_links.insist_here(
            db.execute(_LOCK, {"token": token_hash(token), "opened": token_hash(opened)}).one()
        )
        if row.state != OPEN:
            raise NotFound("link")
        lists = read_lists(db, row.programme)
        _check(row, says, {entry.key for entry in why_no(lists, row.side)})
        said = {
            "answers": {match: _told(one) for match, one in sorted(says.items())},
            "by": by.strip()[:200],
            "position": position.strip()[:200],
        }
        db.execute(_ANSWER, {"id": row.id, "said": json.dumps(said)})
        office_links.end(db, row.id)
        note_entries(db, "interest_requests", row.programme, [row.id], kind=SENT, by=PARTY_ACTOR, role=Role.PARTY)


def _check(row: Any, says: Mapping[str, Says], codes: set[str]) -> None:
    """Raises InvalidForm: of each match something is said, of a no why, and what is asked."""
    asked = {one["match"] for one in row.shown["matches"]}
    faults: dict[str, Why] = {}
    for match in asked | says.keys():
        one = says.get(match)
        if one is None or one.says not in (YES, NO, QUESTION):
            faults[f"{match}.says"] = reasons.fields.REQUIRED
        elif one.says == NO and one.why not in codes:
            faults[f"{match}.why"] = reasons.fields.REQUIRED
        elif one.says == QUESTION and not one.words.strip():
            faults[f"{match}.words"] = reasons.fields.REQUIRED
    if faults or asked != says.keys():
        raise InvalidForm(fields=faults or {"form": reasons.fields.NOT_KNOWN})


def _told(one: Says) -> JsonMapping:
    told = {"says": one.says} | ({"why": one.why} if one.says == NO else {})
    return told | ({"words": one.words.strip()} if one.words.strip() else {})


def _find(db: Connection, token: str, opened: str) -> Any:
    row = db.execute(_FIND, {"token": token_hash(token), "opened": token_hash(opened)}).one_or_none()
    if row is None:
        raise NotFound("link")
    return row


__all__ = [
    "ANSWERED", "Says", "ShownInterest", "keep_typed", "language_of", "open_interest", "send_interest", "show_interest_of", "why_no",
]  # fmt: skip

"""What a side does behind its link: it reads what it is told of some matches, keeps what it types, and says once what it thinks of each.

Whoever has the link is the side, and learns nothing but what was fixed when it was asked, and no more of that than what is published by
now. That the page is asked for changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.kept_records import CLOSED, ON_REQUEST, PUBLIC, TECHNOLOGY
from casework.engine.case_objects.programme_lists import Entry, Lists, offered
from casework.engine.roles import Role
from casework.engine.state.events import PARTY_ACTOR
from casework.errors import InvalidForm, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.operations.catalogue.matches import REFUSALS
from casework.operations.core.programme_lists import read_lists
from casework.operations.core.register_entries import note_entries
from casework.operations.links import office_links
from casework.operations.links.office_links import ShownLink
from casework.operations.matching.interest import NEED_OWNER, NO, QUESTION, SENT, TECHNOLOGY_OWNER, YES
from casework.operations.matching.interest_mail import INTEREST, OPEN
from casework.operations.matching.published import OUTLINE
from casework.reasons import Why
from casework.records.row_security import whole

#: Why a side says no, of what the list `match_refusals` of the programme has.
_WHY = {
    NEED_OWNER: (
        "need_not_met",
        "not_ready",
        "too_dear",
        "does_not_fit",
        "region_or_standard",
        "need_gone",
        "known_already",
        "other",
    ),
    TECHNOLOGY_OWNER: ("technology_gone", "rights_unavailable", "does_not_fit", "known_already", "other"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownInterest(ShownLink):
    """What a link shows to whoever has opened it; its state is open, answered or withdrawn."""

    #: need_owner or technology_owner.
    side: str
    message: str
    #: By match what is told: match, technology, title, title_zh, says; of one whose technology was closed since nothing but the match.
    matches: list[JsonObject]
    #: These were closed since.
    withdrawn: frozenset[str]
    #: Of these nothing is asked any more, for the office has decided on them.
    decided: frozenset[str]
    #: What is told of the need: title, title_zh, problem, target, words; as much of it as may be.
    need: JsonObject
    ended_at: datetime | None
    #: Why one may say no.
    why: list[Entry]


@dataclass(frozen=True, kw_only=True, slots=True)
class Says:
    """What a side says of a match: yes, no with why, or a question."""

    says: str
    why: str = ""
    words: str = ""


#: Takes the answer in.
_ANSWER = text("""
    UPDATE interest_requests SET state = 'answered', said = CAST(:said AS jsonb), ended_at = casework_now() WHERE id = CAST(:id AS uuid)
""")


def show_interest_of(db: Connection, token: str, opened: str) -> ShownInterest:
    """What the link shows to the browser that has opened it; of what was answered or taken back only that it was. Raises NotFound."""
    row = office_links.read_link(db, INTEREST, token, opened)
    with whole(db):
        lists = read_lists(db, row.programme)
    waits = row.state == OPEN
    return ShownInterest(
        **office_links.shown_of(db, row),
        side=row.side,
        message=row.shown["message"] if waits else "",
        matches=[_technology(row, told) for told in row.shown["matches"]] if waits else [],
        withdrawn=_closed_since(row) if waits else frozenset(),
        decided=_decided(row) if waits else frozenset(),
        need=_need(row) if waits else {},
        ended_at=row.ended_at,
        why=why_no(lists, row.side),
    )


def _decided(row: Any) -> frozenset[str]:
    return frozenset(one["match"] for one in row.shown["matches"]) - frozenset(row.undecided)


def _closed_since(row: Any) -> frozenset[str]:
    """The matches whose technology was closed after the need's owner was asked; an owner knows its own."""
    return frozenset(
        told["match"]
        for told in row.shown["matches"]
        if row.side == NEED_OWNER and _level(row, told) == CLOSED != _level_then(told)
    )


def _level(row: Any, told: JsonMapping) -> str:
    level: str = row.levels.get(told["match"], CLOSED)
    return level


def _level_then(told: JsonMapping) -> str:
    """How far it was published when the question was sent."""
    level: str = told.get("publication", CLOSED)
    return level


def _technology(row: Any, told: JsonObject) -> JsonObject:
    """What is told of a technology by now: once it is shown on request alone, its outline."""
    if told["match"] in _closed_since(row):
        return {"match": told["match"]}
    if _level_then(told) == PUBLIC and _level(row, told) == ON_REQUEST:
        return {**told, "says": {name: value for name, value in told["says"].items() if name in OUTLINE[TECHNOLOGY]}}
    return told


def _need(row: Any) -> JsonObject:
    """What is told of the need: to an owner of one that is shown on request by now its title, and nothing of one that was closed since, but
    the officer's words."""
    told: JsonObject = row.shown["need"]
    if row.side != TECHNOLOGY_OWNER or row.publication == PUBLIC:
        return told
    names = ("words",) if row.publication == CLOSED else ("title", "title_zh", "words")
    return {name: words for name, words in told.items() if name in names}


def why_no(lists: Lists, side: str) -> list[Entry]:
    """Why a side may say no, as the programme calls it; where it offers nothing of that any more, for another reason."""
    entries = [entry for entry in offered(lists[REFUSALS]) if entry.key in _WHY[side]]
    return entries or [entry for entry in lists[REFUSALS] if entry.key == "other"]


def send_interest(
    db: Connection, token: str, opened: str, says: Mapping[str, Says], *, by: str, position: str = ""
) -> None:
    """Say of each match that is not decided what one thinks of it: the link is used up.

    Raises NotFound where that cannot be, and InvalidForm.
    """
    with whole(db):
        row = office_links.lock_link(db, INTEREST, token, opened)
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
    """Raises InvalidForm: of each match something is said, of a no why, and what is asked; of one that is decided nothing."""
    if says.keys() & _decided(row):
        raise InvalidForm(fields={"form": reasons.catalogue.DECIDED_MEANWHILE})
    asked = frozenset(row.undecided)
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


__all__ = ["Says", "ShownInterest", "send_interest", "show_interest_of", "why_no"]

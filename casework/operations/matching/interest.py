"""Asking both sides of shortlisted matches whether they are interested, each by a one-time link: an enterprise of several, an owner of one.

What a side is told is fixed when it is asked, as the officer looked at it: of a technology what its record publishes, and never whose it
is; of a need what its publication allows, and else the officer's own words alone. What is published less afterwards is told no longer
(`interest_links`).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects import party_links
from casework.engine.case_objects.kept_records import CLOSED, PUBLIC
from casework.engine.parties import PARTIES
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import LOCKED, show_match
from casework.operations.catalogue.service import read_seen
from casework.operations.catalogue.views import Match
from casework.operations.core.email_addresses import canonical, is_address
from casework.operations.core.encryption import SecretBox
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import one_with
from casework.operations.core.organisations import STANDING, Contact, contacts_of
from casework.operations.core.perform import new_id
from casework.operations.core.reader_names import called
from casework.operations.core.register_entries import note_entries
from casework.operations.links import office_links
from casework.operations.matching.interest_mail import INTEREST, WITHDRAWN
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.access_sql import shows_need
from casework.records.event_log import lock_log
from casework.records.row_security import whole

#: For how many days a link is given, and at most.
DAYS, MOST_DAYS = party_links.DAYS, party_links.MOST_DAYS
#: So many matches one link asks about, and so many links are sent in one programme within a day.
MOST, MOST_A_DAY = 10, 50
#: How long a message may be.
LONGEST = 4_000
#: The two sides: the enterprise whose need it is, and whoever the technology belongs to.
NEED_OWNER, TECHNOLOGY_OWNER = PARTIES
Side = Literal["need_owner", "technology_owner"]
#: What somebody says of a match.
YES, NO, QUESTION = "yes", "no", "question"
#: What the log of a programme says was done.
ASKED, SENT, TAKEN_BACK = "interest_asked", "interest_answered", "interest_withdrawn"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """Whom the office asks, what it says to them, and until when they may answer."""

    side: Side
    matches: Sequence[str]
    address: str
    language: str
    message: str
    #: For so many days the link works.
    days: int = DAYS
    #: To an owner: what of the need may be told, in the officer's words.
    need_words: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What a side would be told of some matches, and whom one writes to there."""

    programme: str
    need: str
    organisation: str
    organisation_name: str
    contacts: list[Contact]
    #: How far the need is published: nothing of a closed one is told by itself.
    publication: str
    #: As the link shows it: by match what it is about, and of a need what is told of it.
    matches: list[JsonObject]
    need_told: JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a side says of a match: yes, no or question; of no why, as the list `match_refusals` has it."""

    match: str
    says: str
    why: str | None
    words: str


@dataclass(frozen=True, kw_only=True, slots=True)
class InterestRequest:
    """A question to a side, as the office sees it."""

    id: str
    programme: str
    need: str
    #: need_owner or technology_owner.
    side: str
    organisation: str
    organisation_name: str
    language: str
    #: open, answered, withdrawn, or over: nobody answered in time.
    state: str
    asked_at: str
    asked_by: str
    until: str
    #: Where it was mailed, for who may read closed needs; gone once the link is over.
    address: str | None
    message: str
    matches: list[str]
    answers: list[Answer]
    #: Who answered, and as what, for the same readers.
    by: str
    position: str
    ended_at: str | None


#: What the record of a technology publishes, and whose it is now.
_TECHNOLOGIES = text(f"""
    SELECT m.id::text AS match, t.id::text AS technology, t.title, t.title_zh, t.description, t.problem, t.advantage, t.readiness_low,
        t.readiness_high, t.developed_in, t.deployed_in, t.publication, o.id::text AS owner, {called("o")} AS owner_name
    FROM matches m JOIN technologies g ON g.id = m.technology_id JOIN technologies t ON t.id = coalesce(g.merged_into, g.id)
    LEFT JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = t.owner_id
    WHERE m.id = ANY(CAST(:ids AS uuid[])) ORDER BY array_position(CAST(:ids AS text[]), m.id::text)
""")
#: What a need says, and whose it is now.
_NEED = text(f"""
    SELECT n.id::text, n.title, n.title_zh, n.problem, n.target, n.publication, o.id::text AS owner, {called("o")} AS owner_name
    FROM needs g JOIN needs n ON n.id = coalesce(g.merged_into, g.id)
    LEFT JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = n.owner_id WHERE g.id = CAST(:id AS uuid)
""")
#: What is said of a technology, in this order.
SAYS = ("description", "problem", "advantage", "readiness_low", "readiness_high", "developed_in", "deployed_in")
#: Whether a side is asked about a match already, by a link that still works.
_ASKED_ALREADY = text("""
    SELECT EXISTS (SELECT FROM interest_requests q JOIN office_link_secrets s ON s.request_id = q.id
        WHERE q.programme_id = CAST(:programme AS uuid) AND q.side = :side AND q.state = 'open' AND s.until > casework_now()
        AND q.shown @> jsonb_build_object('matches', jsonb_build_array(jsonb_build_object('match', CAST(:match AS text)))))
""")
#: How many links were sent within a day.
_SENT = text("""
    SELECT count(*) FROM interest_requests
    WHERE programme_id = CAST(:programme AS uuid) AND asked_at > casework_now() - interval '1 day'
""")
#: Keeps what is asked.
_ASK = text("""
    INSERT INTO interest_requests (id, programme_id, need_id, side, organisation_id, asked_by, asked_at, language, shown)
    VALUES (CAST(:id AS uuid), CAST(:programme AS uuid), CAST(:need AS uuid), :side, CAST(:organisation AS uuid), CAST(:by AS uuid),
        casework_now(), :language, CAST(:shown AS jsonb))
""")
#: Takes a question back.
_WITHDRAW = text("""
    UPDATE interest_requests SET state = 'withdrawn', withdrawn_by = CAST(:by AS uuid), ended_at = casework_now()
    WHERE id = CAST(:id AS uuid) AND state = 'open'
""")
#: Questions about needs of the programmes `:all_of`.
_SELECT = f"""
    SELECT q.id::text, q.programme_id::text AS programme, q.need_id::text AS need, q.side, o.id::text AS organisation,
        {called("o")} AS organisation_name, q.language, q.asked_at, {called("a")} AS asked_by, s.until, s.address,
        q.shown, q.said, q.ended_at,
        CASE WHEN q.state = 'open' AND s.until <= casework_now() THEN 'over' ELSE q.state END AS state
    FROM interest_requests q JOIN office_link_secrets s ON s.request_id = q.id JOIN people a ON a.id = q.asked_by
    JOIN needs n ON n.id = q.need_id JOIN (SELECT o.*, g.id AS party FROM {STANDING}) o ON o.party = q.organisation_id
    WHERE q.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")}
"""
#: The newest first.
_ORDER = "ORDER BY q.asked_at DESC, q.id DESC LIMIT 200"
#: Those about one need and what was merged into it.
_OF_NEED = text(f"{_SELECT} AND q.need_id IN {one_with('needs', 'CAST(:need AS uuid)')} {_ORDER}")
#: One of them.
_ONE = text(f"{_SELECT} AND q.id = CAST(:id AS uuid)")


def list_interest(db: Connection, actor: Actor, need: str) -> list[InterestRequest]:
    """What both sides were asked about a need, the newest first. Raises NotFound."""
    read_seen(db, actor, "need", need)
    return [_shown(row, actor) for row in _read(db, actor, _OF_NEED, need=need)]


def show_interest(db: Connection, actor: Actor, id: str) -> InterestRequest:
    """One question. Raises NotFound."""
    rows = _read(db, actor, _ONE, id=id)
    if not rows:
        raise NotFound("match")
    return _shown(rows[0], actor)


def _read(db: Connection, actor: Actor, query: Any, **given: Any) -> list[Any]:
    given |= {"all_of": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}
    with whole(db):
        return list(db.execute(query, given))


def _shown(row: Any, actor: Actor) -> InterestRequest:
    said, whom = row.said, row.programme in closed_of(actor)
    return InterestRequest(
        id=row.id,
        programme=row.programme,
        need=row.need,
        side=row.side,
        organisation=row.organisation,
        organisation_name=row.organisation_name,
        language=row.language,
        state=row.state,
        asked_at=instant(row.asked_at),
        asked_by=row.asked_by,
        until=instant(row.until),
        address=row.address if whom else None,
        message=row.shown["message"],
        matches=[one["match"] for one in row.shown["matches"]],
        answers=[
            Answer(match=match, says=one["says"], why=one.get("why"), words=one.get("words", ""))
            for match, one in sorted(said.get("answers", {}).items())
        ],
        by=said.get("by", "") if whom else "",
        position=said.get("position", "") if whom else "",
        ended_at=instant(row.ended_at) if row.ended_at else None,
    )


def told_to(db: Connection, actor: Actor, side: Side, ids: Sequence[str]) -> Told:
    """What a side would be told of some shortlisted matches of one need. Raises NotFound, NotAllowed, InvalidForm and Refused."""
    matches = [show_match(db, actor, id) for id in dict.fromkeys(ids)]
    if not 1 <= len(matches) <= (1 if side == TECHNOLOGY_OWNER else MOST):
        raise InvalidForm(fields={"matches": reasons.catalogue.ASK_ABOUT_SOME(most=str(MOST))})
    if len({(one.programme, one.need.id) for one in matches}) > 1:
        raise InvalidForm(fields={"matches": reasons.fields.NOT_KNOWN})
    _insist_may(actor, matches[0])
    for one in matches:
        _insist_shortlisted(one.case is not None, one.shortlisted_at is None, one.need.ended or one.technology.ended)
    need = db.execute(_NEED, {"id": matches[0].need.id}).one()
    technologies = list(db.execute(_TECHNOLOGIES, {"ids": [one.id for one in matches]}))
    owner = need if side == NEED_OWNER else technologies[0]
    if owner.owner is None:
        raise Refused(reasons.catalogue.NOBODY_TO_ASK)
    return Told(
        programme=matches[0].programme,
        need=need.id,
        organisation=owner.owner,
        organisation_name=owner.owner_name,
        contacts=contacts_of(db, [owner.owner], [matches[0].programme])[owner.owner],
        publication=need.publication,
        matches=[_technology(row, own=side == TECHNOLOGY_OWNER) for row in technologies],
        need_told=_need(need) if side == TECHNOLOGY_OWNER else {"title": need.title, "title_zh": need.title_zh},
    )


def _insist_may(actor: Actor, match: Match) -> None:
    if in_the_programme(actor, match.programme, EDITORS) is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))


def _insist_shortlisted(case: bool, not_listed: bool, ended: object) -> None:
    if case:
        raise Refused(reasons.catalogue.MATCH_HAS_CASE)
    if ended:
        raise Refused(reasons.catalogue.MATCH_ENDED)
    if not_listed:
        raise Refused(reasons.catalogue.NOT_SHORTLISTED)


def _technology(row: Any, *, own: bool) -> JsonObject:
    """A technology as it is told: to its owner by its name alone, to others with what its record publishes."""
    says = {} if own else {name: value for name in SAYS if (value := getattr(row, name)) not in (None, "", [])}
    return {
        "match": row.match,
        "technology": row.technology,
        "title": row.title,
        "title_zh": row.title_zh,
        "says": says,
        "publication": row.publication,
    }


def _need(row: Any) -> JsonObject:
    """A need as far as its publication goes: nothing of a closed one, the title of one on request."""
    if row.publication == CLOSED:
        return {}
    told = {"title": row.title, "title_zh": row.title_zh}
    if row.publication == PUBLIC:
        told |= {name: value for name in ("problem", "target") if (value := getattr(row, name))}
    return told


def _shows(asked: Asked, told: Told) -> JsonObject:
    """What the link will show."""
    need = told.need_told | ({"words": asked.need_words.strip()} if asked.need_words.strip() else {})
    return {"message": asked.message.strip(), "matches": told.matches, "need": need}


def digest_of(asked: Asked, told: Told) -> str:
    """What whoever asks has looked at, in short: all that goes out, and to whom."""
    seen = [_shows(asked, told), told.organisation, canonical(asked.address), asked.language, asked.days]
    return hashlib.sha256(json.dumps(seen, sort_keys=True).encode()).hexdigest()


def ask_side(
    db: Connection, actor: Actor, secret_box: SecretBox, asked: Asked, request: Request, *, seen: str | None = None
) -> Done:
    """Ask a side by mail whether matches are of interest; by `seen` nothing else than what was looked at.

    Raises NotFound, NotAllowed, InvalidForm and Refused.
    """
    told = told_to(db, actor, asked.side, asked.matches)
    insist_askable(asked, told)
    by = in_the_programme(actor, told.programme, EDITORS)
    assert by is not None
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id = new_id()
    if seen is not None and seen != digest_of(asked, told):
        raise Refused(reasons.catalogue.SHOWN_CHANGED)
    with whole(db):
        lock_log(db, told.programme)
        for one in told.matches:
            row = db.execute(LOCKED, {"id": one["match"]}).one()
            _insist_shortlisted(row.case_id is not None, not row.shortlisted, row.ended)
            given = {"programme": told.programme, "side": asked.side, "match": one["match"]}
            if db.execute(_ASKED_ALREADY, given).scalar_one():
                raise Refused(reasons.catalogue.ASKED_ALREADY(match=one["title"]))
        if db.execute(_SENT, {"programme": told.programme}).scalar_one() >= MOST_A_DAY:
            raise Refused(reasons.catalogue.TOO_MANY_ASKED)
        db.execute(
            _ASK,
            {
                "id": id,
                "programme": told.programme,
                "need": told.need,
                "side": asked.side,
                "organisation": told.organisation,
                "by": by.person,
                "language": asked.language,
                "shown": json.dumps(_shows(asked, told)),
            },
        )
        lasts = timedelta(days=asked.days)
        office_links.give(db, secret_box, INTEREST, id, address=canonical(asked.address), lasts=lasts)
        note_entries(db, "interest_requests", told.programme, [id], kind=ASKED, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": id}, 201))


def insist_askable(asked: Asked, told: Told) -> None:
    """Whether a question can be sent as it is. Raises InvalidForm."""
    faults: dict[str, Why] = {}
    if not is_address(canonical(asked.address)):
        faults["address"] = reasons.fields.NO_EMAIL
    if asked.language not in party_links.LANGUAGES:
        faults["language"] = reasons.fields.NOT_KNOWN
    if not 1 <= asked.days <= MOST_DAYS:
        faults["days"] = reasons.fields.WHOLE_BETWEEN(least="1", most=str(MOST_DAYS))
    for name, words in (("message", asked.message), ("need_words", asked.need_words)):
        if len(words) > LONGEST:
            faults[name] = reasons.fields.LONGEST(most=str(LONGEST))
    if not told.need_told and not asked.need_words.strip():
        faults["need_words"] = reasons.fields.REQUIRED
    if faults:
        raise InvalidForm(fields=faults)


def withdraw_interest(db: Connection, actor: Actor, id: str, request: Request) -> Done:
    """Take a question back that nobody has answered: its link opens nothing any more. Raises NotFound, NotAllowed and Refused."""
    one = show_interest(db, actor, id)
    by = in_the_programme(actor, one.programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, one.programme)
        if not db.execute(_WITHDRAW, {"id": id, "by": by.person}).rowcount:
            raise Refused(reasons.catalogue.INTEREST_ENDED)
        office_links.end(db, id)
        note_entries(db, "interest_requests", one.programme, [id], kind=TAKEN_BACK, by=by.person, role=by.role)
    return finish(db, actor, request, Done({"id": id, "state": WITHDRAWN}))


__all__ = [
    "DAYS", "MOST", "MOST_DAYS", "NO", "QUESTION", "YES", "Answer", "Asked", "InterestRequest", "Side", "Told", "ask_side", "digest_of",
    "insist_askable", "list_interest", "show_interest", "told_to", "withdraw_interest",
]  # fmt: skip

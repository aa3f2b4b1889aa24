"""Matches: a need and a technology that somebody thinks fit together; each may become a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

import uuid_utils
from sqlalchemy import Connection, TextClause, text

from casework import reasons
from casework.engine.case_objects.programme_lists import Lists, find
from casework.engine.case_objects.record_use import DRAFT, OWNER_EXPIRED
from casework.engine.roles import Role
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.views import Match, MatchSide
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import TODAY
from casework.operations.core.merged_records import ended as ended_in_sql
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.perform import calendar_of
from casework.operations.core.programme_lists import insist_listed, read_lists
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import Kept
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.access_sql import shows_need
from casework.records.event_log import lock_log, now
from casework.records.row_security import whole

#: How the need and the technology of a match ended.
_NEED_ENDED, _TECHNOLOGY_ENDED = ended_in_sql("n", TODAY), ended_in_sql("t", TODAY)
#: Whether a match and both of its records stand. Of `matches m`, `needs n`, `technologies t` and `programmes p`.
STANDS = f"({_NEED_ENDED} IS NULL AND {_TECHNOLOGY_ENDED} IS NULL AND m.expired_at IS NULL)"
#: The matches of some programmes with both records, and the number of the case that came of each.
_SELECT = f"""
    SELECT m.id, m.programme_id, m.source, m.external_id, m.need_id, {entitled("n")} AS need_title, m.technology_id,
        {entitled("t")} AS technology_title, m.proposed_on, m.proposed_by, m.score, m.rationale, m.created_at, c.number,
        m.refused_at, m.refusal, m.refusal_code, m.expired_at, m.expiry, m.confirmed_by, m.run_id, m.run_rank, m.shortlisted_at,
        {_NEED_ENDED} AS need_ended,
        {_TECHNOLOGY_ENDED} AS technology_ended,
        n.provenance AS need_told, t.provenance AS technology_told
    FROM matches m JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id
    JOIN programmes p ON p.id = m.programme_id LEFT JOIN cases c ON c.id = m.case_id WHERE m.programme_id = ANY(CAST(:all_of AS uuid[]))
        AND {shows_need("n")}
"""


#: Where a match without a score stands: after all others.
_NO_SCORE = "-Infinity"
_SCORE = f"COALESCE(m.score, '{_NO_SCORE}')"


def _score_of(key: object) -> str:
    """The score after which a page starts. Raises InvalidForm for what is none."""
    try:
        score = Decimal(str(key)[:60])
    except InvalidOperation:
        score = Decimal("NaN")
    if score.is_nan():
        raise InvalidForm(fields={"cursor": reasons.fields.NOT_OURS})
    return str(score)


_OF: Mapping[Kept, str] = {
    "need": "m.need_id = CAST(:need AS uuid)",
    "technology": "m.technology_id = CAST(:technology AS uuid)",
}


def list_matches(
    db: Connection,
    actor: Actor,
    *,
    opened: bool | None = None,
    refused: bool | None = None,
    ended: bool | None = None,
    about: Mapping[Kept, str] | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Match]:
    """Matches of the actor's programmes, by score, those without one last, among equals the newest first.

    `opened` for those with, or without, a case, `refused` for those that are, or are not, refused, `ended` for those that have, or have
    not, expired, themselves or by a record, `about` for those of a record.
    """
    most = insist_limit(limit)
    given: dict[str, Any] = {**_asking(actor), "most": most + 1}
    more = "" if opened is None else f" AND m.case_id IS {'NOT NULL' if opened else 'NULL'}"
    if refused is not None:
        more += f" AND m.refused_at IS {'NOT NULL' if refused else 'NULL'}"
    if ended is not None:
        more += f" AND {'NOT ' if ended else ''}{STANDS}"
    for noun, id in (about or {}).items():
        more += f" AND {_OF[noun]}"
        given[noun] = id
    if keys := from_cursor(cursor, 3):
        more += f" AND ({_SCORE}, m.created_at, m.id) < (CAST(:score AS numeric), :at, CAST(:after AS uuid))"
        given |= {"score": _score_of(keys[0]), "at": cursor_time(keys[1]), "after": cursor_id(keys[2])}
    order = f" ORDER BY {_SCORE} DESC, m.created_at DESC, m.id DESC LIMIT :most"
    rows = db.execute(text(f"{_SELECT}{more}{order}"), given).all()
    shown, following = page(
        rows, most, lambda row: (_NO_SCORE if row.score is None else str(row.score), row.created_at, str(row.id))
    )
    lists = _lists(db, shown)
    return Page(items=[_shown(row, lists) for row in shown], next=following)


def _asking(actor: Actor) -> dict[str, Any]:
    return {"all_of": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}


def show_match(db: Connection, actor: Actor, match: str) -> Match:
    """One match, with the number of its case if it has one. Raises NotFound."""
    row = db.execute(text(_SELECT + " AND m.id = CAST(:id AS uuid)"), {**_asking(actor), "id": match}).one_or_none()
    if row is None:
        raise NotFound("match")
    return _shown(row, _lists(db, [row]))


def _lists(db: Connection, rows: Sequence[Any]) -> dict[str, Lists]:
    """The lists of the programmes in which some of these matches are refused."""
    refused = {str(row.programme_id) for row in rows if row.refusal_code is not None}
    return {programme: read_lists(db, programme) for programme in sorted(refused)}


def create_match(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    need: str,
    technology: str,
    source: str,
    external_id: str | None,
    proposed_on: date | None,
    proposed_by: str | None,
    score: str | None,
    rationale: str | None,
    confirmed: bool = False,
    run: tuple[str, int] | None = None,
    request: Request,
) -> Done:
    """Enter a match of a known need and a known technology, each named by its id or its external id.

    `run` is the run on whose list it was found, and its rank there. With `confirmed` the person who enters it stands for what it
    says: an import overwrites nothing of it then.
    """
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    if not actor.in_programme(programme, (Role.OFFICER, Role.SUPERVISOR)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Nobody merges or ends one of them from here on.
    with whole(db):
        lock_log(db, programme)
    faults: dict[str, Why] = {}
    sides = {"need": ("needs", need), "technology": ("technologies", technology)}
    ids = {side: _find(db, table, programme, name, side, faults=faults) for side, (table, name) in sides.items()}
    for side, id in ids.items():
        if id is not None and (how := db.execute(_ENDED[side], {"id": id}).scalar_one()) is not None:
            faults[side] = _WHY_OVER.get(how, reasons.catalogue.RECORD_ENDED)
    if proposed_on is not None and proposed_on > calendar_of(db, programme).local_date(now(db)):
        faults["proposed_on"] = reasons.fields.NOT_IN_FUTURE
    if faults:
        raise InvalidForm(fields=faults)
    id = str(uuid_utils.uuid7())
    rows = db.execute(
        text(
            "INSERT INTO matches (id, programme_id, source, external_id, need_id, technology_id, proposed_on, proposed_by,"
            " score, rationale, confirmed_by, run_id, run_rank, created_at) VALUES (:id, :programme, :source, :external_id, :need,"
            " :technology, :proposed_on, :proposed_by, CAST(:score AS numeric), :rationale, CAST(:stands AS uuid), CAST(:run AS uuid),"
            " CAST(:rank AS integer), casework_now())"
            " ON CONFLICT DO NOTHING"
        ),
        {
            "id": id,
            "programme": programme,
            "source": source,
            "external_id": external_id or id,
            "need": ids["need"],
            "technology": ids["technology"],
            "proposed_on": proposed_on,
            "proposed_by": proposed_by or actor.name,
            "score": score,
            "rationale": rationale,
            "stands": actor.person if confirmed else None,
            "run": run[0] if run else None,
            "rank": run[1] if run else None,
        },
    ).rowcount
    if not rows:
        raise Refused(reasons.catalogue.MATCHED_ALREADY)
    note_entries(db, "matches", programme, [id], kind="match_entered", by=actor.person)
    return finish(db, actor, request, Done({"id": id}, 201))


def judge_match(
    db: Connection,
    actor: Actor,
    match: str,
    *,
    refused: bool,
    code: str | None = None,
    reason: str,
    request: Request,
) -> Done:
    """Refuse a poor match, so that it becomes no case, or take that back; with a reason that is kept.

    Why it is refused is also chosen from the programme's list (`code`).

    An import changes nothing of a refused match and brings it as no new one. Raises Refused where it has its case.
    """
    programme = show_match(db, actor, match).programme
    by = in_the_programme(actor, programme, (Role.OFFICER, Role.SUPERVISOR))
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    faults: dict[str, Why] = {}
    if not (said := reason.strip()):
        faults["reason"] = reasons.fields.REQUIRED
    if refused is (not code):
        faults["code"] = reasons.fields.REQUIRED if refused else reasons.fields.DOES_NOT_APPLY
    if faults:
        raise InvalidForm(fields=faults)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, programme)
    if code:
        insist_listed(read_lists(db, programme), REFUSALS, code, "code")
    row = db.execute(LOCKED, {"id": match}).one()
    if row.case_id is not None:
        raise Refused(reasons.catalogue.MATCH_HAS_CASE)
    if row.expired:
        raise Refused(reasons.catalogue.MATCH_EXPIRED)
    if row.refused == refused:
        raise Refused(reasons.catalogue.MATCH_REFUSED if refused else reasons.catalogue.MATCH_NOT_REFUSED)
    if not refused and row.merged:
        raise Refused(reasons.catalogue.RECORD_MERGED)
    if not refused and row.doubled:
        raise Refused(reasons.catalogue.MATCHED_ALREADY)
    db.execute(REFUSE if refused else _TAKE_BACK, {"id": match, "by": actor.person, "reason": said, "code": code})
    note_entries(
        db,
        "matches",
        programme,
        [match],
        kind=MATCH_REFUSED if refused else MATCH_TAKEN_BACK,
        by=by.person,
        role=by.role,
        effects=RegisterEffects(refusal=code) if code else None,
        words={"reason": said},
    )
    return finish(db, actor, request, Done({"id": match, "refused": refused}))


#: Why nothing is matched with a record of which something else is said than that it has expired or was withdrawn.
_WHY_OVER: Mapping[str, Why] = {OWNER_EXPIRED: reasons.catalogue.OWNER_EXPIRED, DRAFT: reasons.catalogue.NEED_IS_DRAFT}
MATCH_REFUSED, MATCH_TAKEN_BACK, MATCH_MOVED = "match_refused", "match_taken_back", "match_moved"
MATCH_GIVEN_BACK = "match_given_back"
MATCH_CORRECTED, MATCH_EXPIRED, MATCH_BROUGHT_BACK = "match_corrected", "match_expired", "match_brought_back"
MATCH_FOUND, MATCH_SHORTLISTED, MATCH_TAKEN_OFF = "match_found", "match_shortlisted", "match_taken_off"
#: It becomes a case though a filter removes it, with the reason.
MATCH_ACCEPTED_AGAINST = "match_accepted_against"
#: What officers and supervisors do to a match; it is moved by merging its need or technology into another record.
JUDGED = (
    MATCH_REFUSED,
    MATCH_TAKEN_BACK,
    MATCH_MOVED,
    MATCH_GIVEN_BACK,
    MATCH_CORRECTED,
    MATCH_EXPIRED,
    MATCH_BROUGHT_BACK,
    MATCH_FOUND,
    MATCH_SHORTLISTED,
    MATCH_TAKEN_OFF,
    MATCH_ACCEPTED_AGAINST,
)
#: The list from which the reason of a refusal is chosen.
REFUSALS = "match_refusals"
#: Locks a match that is judged, corrected, or said to have expired.
LOCKED = text(
    "SELECT m.programme_id, m.case_id, m.refused_at IS NOT NULL AS refused, m.expired_at IS NOT NULL AS expired, m.confirmed_by,"
    " m.run_id, m.shortlisted_at IS NOT NULL AS shortlisted,"
    " m.proposed_on, m.proposed_by, m.score, m.rationale,"
    f" coalesce({_NEED_ENDED}, {_TECHNOLOGY_ENDED}) AS ended,"
    " coalesce(n.merged_into, t.merged_into) IS NOT NULL AS merged,"
    " EXISTS (SELECT FROM matches x JOIN needs y ON y.id = x.need_id JOIN technologies z ON z.id = x.technology_id"
    " WHERE x.id <> m.id AND x.refused_at IS NULL AND x.expired_at IS NULL"
    " AND coalesce(y.merged_into, y.id) = coalesce(n.merged_into, n.id)"
    " AND coalesce(z.merged_into, z.id) = coalesce(t.merged_into, t.id)) AS doubled"
    " FROM matches m JOIN needs n ON n.id = m.need_id JOIN technologies t ON t.id = m.technology_id"
    " JOIN programmes p ON p.id = m.programme_id WHERE m.id = CAST(:id AS uuid) FOR NO KEY UPDATE OF m"
)
#: Refuses a match.
REFUSE = text(
    "UPDATE matches SET refused_at = casework_now(), refused_by = CAST(:by AS uuid), refusal = :reason,"
    " refusal_code = :code, shortlisted_at = NULL, shortlisted_by = NULL WHERE id = CAST(:id AS uuid)"
)
#: Takes that back; what was said stays in the history.
_TAKE_BACK = text(
    "UPDATE matches SET refused_at = NULL, refused_by = NULL, refusal = NULL, refusal_code = NULL WHERE id = CAST(:id AS uuid)"
)


#: Whether, and how, a need or a technology ended.
_ENDED: Mapping[str, TextClause] = {
    "need": text(
        f"SELECT {_NEED_ENDED} FROM needs n JOIN programmes p ON p.id = n.programme_id WHERE n.id = CAST(:id AS uuid)"
    ),
    "technology": text(
        f"SELECT {_TECHNOLOGY_ENDED} FROM technologies t JOIN programmes p ON p.id = t.programme_id WHERE t.id = CAST(:id AS uuid)"
    ),
}


def _find(db: Connection, table: str, programme: str, name: str, side: str, *, faults: dict[str, Why]) -> str | None:
    rows = (
        db.execute(
            text(
                f"SELECT DISTINCT coalesce(merged_into, id) FROM {table} WHERE programme_id = CAST(:programme AS uuid)"
                " AND (external_id = :name OR id = CAST(:id AS uuid)) LIMIT 2"
            ),
            {"programme": programme, "name": name, "id": _as_id(name)},
        )
        .scalars()
        .all()
    )
    if len(rows) == 1:
        return str(rows[0])
    faults[side] = reasons.catalogue.SEVERAL(records=table) if rows else reasons.fields.NOT_KNOWN
    return None


def _as_id(name: str) -> str | None:
    try:
        return str(UUID(name))
    except ValueError:
        return None


def _side(id: str, title: str, provenance: Mapping[str, JsonObject], ended: str | None) -> MatchSide:
    confirmed = sum(1 for origin in provenance.values() if origin.get("confirmed_by"))
    return MatchSide(id=id, title=title, values=len(provenance), confirmed=confirmed, ended=ended)


def _shown(row: Any, lists: Mapping[str, Lists]) -> Match:
    why = find(lists[row.programme_id][REFUSALS], row.refusal_code) if row.refusal_code is not None else None
    return Match(
        id=row.id,
        programme=row.programme_id,
        source=row.source,
        external_id=row.external_id,
        need=_side(row.need_id, row.need_title, row.need_told, row.need_ended),
        technology=_side(row.technology_id, row.technology_title, row.technology_told, row.technology_ended),
        proposed_on=row.proposed_on.isoformat() if row.proposed_on else None,
        proposed_by=row.proposed_by,
        score=format(row.score, "f") if row.score is not None else None,
        rationale=row.rationale,
        created_at=instant(row.created_at),
        case=row.number,
        refused_at=instant(row.refused_at) if row.refused_at else None,
        refusal=row.refusal,
        refusal_code=row.refusal_code,
        expired_at=instant(row.expired_at) if row.expired_at else None,
        expiry=row.expiry,
        confirmed=row.confirmed_by is not None,
        run=row.run_id,
        rank=row.run_rank,
        shortlisted_at=instant(row.shortlisted_at) if row.shortlisted_at else None,
        refusal_name=None if why is None else why.label,
        refusal_name_zh=None if why is None else why.label_zh,
    )

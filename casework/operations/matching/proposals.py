"""Matching the other way round: a technology that is new or says something else is put against the open needs of its programme.

What ranks well becomes a proposal, of which the need's analyst is told. Nothing is accepted by itself: a person makes a match of it,
or dismisses it with a reason, and what was dismissed is proposed no more.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import uuid_utils
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.case_objects.kept_records import REASON
from casework.engine.execution.guards import line
from casework.errors import NotAllowed, NotFound, Refused
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.matching.dictionary import cc_cedict
from casework.operations.catalogue.kept_records import EDITORS
from casework.operations.catalogue.matches import create_match
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import has_expired
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.pending_searches import NEEDS, end_pending, first_pending, list_pending
from casework.operations.core.reader_names import entitled
from casework.operations.core.register_entries import note_entries
from casework.operations.core.twin_marks import read_states
from casework.operations.matching.fitting import Fit, fitting, open_needs
from casework.operations.matching.proposal_twins import BEHIND, WAIT
from casework.operations.matching.ranking import read_glossary
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.permissions.work import in_the_programme
from casework.records.access_sql import shows_need
from casework.records.database import transaction
from casework.records.event_log import lock_log
from casework.records.row_security import whole

PROPOSED, DISMISSED = "match_proposed", "proposal_dismissed"
#: Where a match says that it comes from.
FROM_PROPOSAL = "proposal"
Tell = Callable[[Connection, str, Collection[str]], None]
#: So many technologies are looked at in one transaction.
_AT_ONCE = 20
#: So many proposals a page shows of a need, and so many needs with some.
MOST_SHOWN = 30

_TECHNOLOGY_EXPIRED = has_expired("t.owner_id")
#: Whether a programme has an open need: one for which no case came to something.
_ANY_NEED = text("""
    SELECT EXISTS (SELECT FROM needs n WHERE n.programme_id = CAST(:programme AS uuid) AND n.status IN ('published', 'matched')
        AND n.merged_into IS NULL)
""")
#: Technologies as they are put against needs: those in use.
_TECHNOLOGIES = text(f"""
    SELECT t.id::text, concat_ws(' ', t.title, t.title_zh) AS title,
        t.problem, t.advantage, t.description, t.benefits, t.readiness_low, t.readiness_high, t.owner_id
    FROM technologies t
    WHERE t.id = ANY(CAST(:ids AS uuid[])) AND t.status = 'published' AND t.merged_into IS NULL AND NOT {_TECHNOLOGY_EXPIRED}
    ORDER BY t.id
""")
#: Proposes; what is proposed already stays as it is, and what was dismissed stays so.
_PROPOSE = text("""
    INSERT INTO match_proposals (id, programme_id, need_id, technology_id, share, words, filters, made_at)
    VALUES (:id, CAST(:programme AS uuid), CAST(:need AS uuid), CAST(:technology AS uuid), :share, :words, CAST(:filters AS jsonb),
        casework_now())
    ON CONFLICT (need_id, technology_id) DO NOTHING
""")


def list_waiting(db: Connection) -> list[str]:
    """The programmes with technologies that are to be put against needs."""
    return list_pending(db, NEEDS)


def propose_matches(engine: Engine, programme: str, tell: Tell) -> int:
    """Put the technologies of a programme that have changed against its open needs; gives how many it looked at.

    `tell` is given the needs to which something is proposed, in the same transaction.
    """
    # The dictionary takes a moment to read: no transaction waits for it.
    cc_cedict().warm()
    looked = 0
    while True:
        with transaction(engine) as db:
            some = _rank_some(db, programme)
        if some is None:
            return looked
        with transaction(engine) as db:
            done = _propose(db, programme, some, tell)
        if not done:
            return looked
        looked += done


@dataclass(frozen=True, kw_only=True, slots=True)
class _Some:
    """A few records that are to be looked at, with the needs that those among them may meet which are technologies."""

    taken: Collection[str]
    found: Collection[tuple[Any, Sequence[Fit]]]
    #: How far the log of each of them had come when it was read.
    states: Mapping[str, int]


def _rank_some(db: Connection, programme: str) -> _Some | None:
    """Nobody waits for this: what changes meanwhile is left to the next time. Needs among them are passed over."""
    with whole(db):
        taken = first_pending(db, NEEDS, programme, most=_AT_ONCE)
        if not taken:
            return None
        if not db.execute(_ANY_NEED, {"programme": programme}).scalar_one():
            return _Some(taken=taken, found=(), states={})
        states = read_states(db, taken)
        glossary = read_glossary(db, programme)
        rows = db.execute(_TECHNOLOGIES, {"ids": taken}).all()
        return _Some(taken=taken, found=[(row, fitting(db, programme, row, glossary)) for row in rows], states=states)


def _propose(db: Connection, programme: str, some: _Some, tell: Tell) -> int:
    """Keep what was found of those that stand as they were read, to needs that still wait; gives how many these are."""
    with whole(db):
        # Whoever writes a record has the programme's turn first, and its marks after.
        lock_log(db, programme)
        if not db.execute(_ANY_NEED, {"programme": programme}).scalar_one():
            return end_pending(db, NEEDS, programme, None)
        done = [id for id, state in read_states(db, some.taken).items() if state == some.states.get(id)]
        new = []
        for technology, fits in some.found:
            if fits and technology.id in done:
                waiting = open_needs(db, programme, technology, [fit.need for fit in fits])
                still = [replace(fit, filters=waiting[fit.need].filters) for fit in fits if fit.need in waiting]
                ids = [_put(db, programme, fit, technology.id) for fit in still]
                new += [id for id in ids if id is not None]
        end_pending(db, NEEDS, programme, done)
    note_entries(db, "match_proposals", programme, new, kind=PROPOSED)
    tell(db, programme, _needs_of(db, new))
    return len(done)


def _put(db: Connection, programme: str, fit: Fit, technology: str) -> str | None:
    id = str(uuid_utils.uuid7())
    given = {
        "id": id,
        "programme": programme,
        "need": fit.need,
        "technology": technology,
        "share": fit.share,
        "words": orjson.dumps(fit.words).decode(),
        "filters": orjson.dumps(fit.filters).decode(),
    }
    return id if db.execute(_PROPOSE, given).rowcount else None


def _needs_of(db: Connection, proposals: Collection[str]) -> list[str]:
    """The needs to which any of some proposals is new: what may be the same as another that is proposed already is none."""
    return list(db.execute(_TOLD_OF, {"ids": list(proposals)}).scalars())


# --- what was proposed -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A technology that is proposed for a need, by the program alone."""

    id: str
    programme: str
    need: str
    need_title: str
    #: published or, while a case runs for it, matched.
    need_status: str
    technology: str
    technology_title: str
    #: How much of the need it says, from 0 to 1, and by which words.
    share: float
    words: list[str]
    #: What each filter said that was asked, by `name` and `verdict`; what is unknown has passed.
    filters: list[JsonObject]
    #: The technologies that are proposed as well and may be the same: it stands for them; each by `technology` and `title`.
    twins: list[JsonObject]
    made_at: str
    dismissed_at: str | None
    dismissal: str | None


#: Proposals `x` of the programmes and to the needs that who asks reads.
_COLUMNS = f"""
    SELECT x.id::text, x.programme_id::text AS programme, n.id::text AS need, {entitled("n")} AS need_title, n.status AS need_status,
        t.id::text AS technology, {entitled("t")} AS technology_title, x.share, x.words, x.filters, {BEHIND} AS twins,
        x.made_at, x.dismissed_at, x.dismissal
    FROM match_proposals x JOIN needs n ON n.id = x.need_id JOIN technologies t ON t.id = x.technology_id
    WHERE x.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")}
"""
#: The needs of some proposals that stand for themselves.
_TOLD_OF = text(f"""
    SELECT DISTINCT x.need_id::text FROM match_proposals x JOIN technologies t ON t.id = x.technology_id
    WHERE x.id = ANY(CAST(:ids AS uuid[])) AND {WAIT} ORDER BY 1
""")
#: The proposals of a need that wait, the best first.
_OF_NEED = text(f"""
    {_COLUMNS} AND x.need_id = CAST(:need AS uuid) AND {WAIT} ORDER BY x.share DESC, x.id LIMIT :most
""")
#: The open needs that have some, with how many and how many these are in all; what came last first.
_BY_NEED = text(f"""
    SELECT n.id::text, {entitled("n")} AS title, n.status = 'matched' AS matched, count(*) AS proposals, max(x.made_at) AS newest,
        CAST(sum(count(*)) OVER () AS bigint) AS every
    FROM match_proposals x JOIN needs n ON n.id = x.need_id JOIN technologies t ON t.id = x.technology_id
    WHERE x.programme_id = ANY(CAST(:all_of AS uuid[])) AND {shows_need("n")} AND n.status IN ('published', 'matched')
    AND n.merged_into IS NULL AND {WAIT} GROUP BY n.id ORDER BY newest DESC, n.id LIMIT :most
""")
#: One of them.
_ONE = text(f"{_COLUMNS} AND x.id = CAST(:id AS uuid)")
#: Dismisses one.
_DISMISS = text("""
    UPDATE match_proposals SET dismissed_at = casework_now(), dismissed_by = CAST(:by AS uuid), dismissal = :reason
    WHERE id = CAST(:id AS uuid) AND dismissed_at IS NULL
""")


#: The next that wait, of open needs or of one need, the newest first.
_WAITING = text(f"""
    {_COLUMNS} AND {WAIT} AND CASE WHEN CAST(:need AS uuid) IS NULL THEN n.status IN ('published', 'matched') AND n.merged_into IS NULL
        ELSE n.id = CAST(:need AS uuid) END
    AND (CAST(:technology AS uuid) IS NULL OR t.id = CAST(:technology AS uuid))
    AND (CAST(:at AS timestamptz) IS NULL OR (x.made_at, x.id) < (CAST(:at AS timestamptz), CAST(:after AS uuid)))
    ORDER BY x.made_at DESC, x.id DESC LIMIT :most
""")


def _asking(actor: Actor) -> JsonObject:
    return {"all_of": sorted(reach(actor).all_of), "closed_of": sorted(closed_of(actor))}


def list_proposals(db: Connection, actor: Actor, need: str) -> list[Proposal]:
    """What is proposed for a need and waits for a person, the best first."""
    return [_shown(row) for row in db.execute(_OF_NEED, {**_asking(actor), "need": need, "most": MOST_SHOWN})]


def list_waiting_proposals(
    db: Connection,
    actor: Actor,
    *,
    need: str | None = None,
    technology: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Proposal]:
    """What is proposed and waits for a person, for one need or of one technology where it is asked for; the newest first."""
    most = insist_limit(limit)
    after: JsonObject = {"at": None, "after": None}
    if keys := from_cursor(cursor, 2):
        after = {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    given = {**_asking(actor), "need": need, "technology": technology, "most": most + 1, **after}
    shown, following = page(db.execute(_WAITING, given).all(), most, lambda row: (row.made_at, row.id))
    return Page(items=[_shown(row) for row in shown], next=following)


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedProposed:
    """An open need with proposals that wait for a person."""

    id: str
    title: str
    #: Whether a case runs for it already.
    matched: bool
    proposals: int
    #: When the newest of them was made.
    newest: str


def list_needs_proposed(db: Connection, actor: Actor) -> tuple[list[NeedProposed], int]:
    """The open needs with proposals that wait, those first that came last, and how many proposals wait in all."""
    rows = db.execute(_BY_NEED, {**_asking(actor), "most": MOST_SHOWN}).all()
    listed = [
        NeedProposed(
            id=row.id, title=row.title, matched=row.matched, proposals=row.proposals, newest=instant(row.newest)
        )
        for row in rows
    ]
    return listed, rows[0].every if rows else 0


def show_proposal(db: Connection, actor: Actor, id: str) -> Proposal:
    """One of them. Raises NotFound."""
    row = db.execute(_ONE, {**_asking(actor), "id": id}).one_or_none()
    if row is None:
        raise NotFound("match")
    return _shown(row)


def _shown(row: Any) -> Proposal:
    told: Mapping[str, Any] = row._mapping
    dates = {name: told[name] and instant(told[name]) for name in ("made_at", "dismissed_at")}
    # Of words that were erased what stands in their place.
    words: list[str] = orjson.loads(row.words) if row.words.startswith("[") else [row.words]
    return Proposal(**{**told, **dates, "share": float(row.share), "words": words})


def dismiss(db: Connection, actor: Actor, id: str, *, reason: str, request: Request) -> Done:
    """Say why a technology does not fit a need: it is proposed no more. Raises InvalidForm, NotAllowed and NotFound."""
    one = show_proposal(db, actor, id)
    by = in_the_programme(actor, one.programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        lock_log(db, one.programme)
    if not db.execute(_DISMISS, {"id": id, "by": actor.person, "reason": words[REASON]}).rowcount:
        raise Refused(reasons.catalogue.PROPOSAL_DISMISSED)
    note_entries(db, "match_proposals", one.programme, [id], kind=DISMISSED, by=by.person, role=by.role, words=words)
    return finish(db, actor, request, Done({"id": id, "need": one.need}))


def take_up(db: Connection, actor: Actor, id: str, *, request: Request) -> Done:
    """Make a match of a proposal, which opens no case by itself. Raises NotAllowed, NotFound and Refused."""
    one = show_proposal(db, actor, id)
    if one.dismissed_at is not None:
        raise Refused(reasons.catalogue.PROPOSAL_DISMISSED)
    return create_match(
        db,
        actor,
        programme=one.programme,
        need=one.need,
        technology=one.technology,
        source=FROM_PROPOSAL,
        external_id=one.id,
        proposed_on=None,
        proposed_by=None,
        score=format(one.share, ".4f"),
        rationale=", ".join(one.words),
        request=request,
    )

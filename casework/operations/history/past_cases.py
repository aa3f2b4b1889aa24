"""A case as of an instant: the fold of its log up to it, with what was called how by then. Reads only.

An event counts from the moment that it bears, which is when its log was locked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import DOCUMENT_REGISTERED, LETTER_SENT, Event
from casework.engine.state.events import ERASED as ERASURE
from casework.engine.state.projection import evolve
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.ledger.canonical_json import instant, parse_instant
from casework.ledger.redactable_bodies import ERASED
from casework.operations.cases.impacts import impacts_of
from casework.operations.cases.queries import Told, find_case, named_in, whole_of
from casework.operations.core.access_queries import kin_of
from casework.operations.core.presenters import when
from casework.operations.core.reader_names import title_of
from casework.operations.core.views import Items, fields_of
from casework.operations.deadlines.queries import clocks_of
from casework.operations.deadlines.views import ClockSummary
from casework.operations.history.past_names import listed_then, names_then
from casework.operations.history.point_in_time import Past
from casework.operations.history.views import PastCase
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight
from casework.permissions.work import conflict
from casework.records.event_log import now, read_events

#: Who looks back: those who audit, or answer for, what was done.
LOOKS_BACK = (Role.AUDITOR, Role.COMPLIANCE, Role.MANAGER)


@dataclass(frozen=True, slots=True)
class CaseThen:
    """A case as its log told it by an instant."""

    case: Case
    at: datetime
    #: The moment of the event before the last one by then.
    previous: datetime | None = None
    #: What its documents were entered as, by id; of an erased title there is none.
    titles: Mapping[str, str] = field(default_factory=dict)


def fold_until(events: Iterable[Event], at: datetime) -> CaseThen | None:
    """The case that the events of its log tell of up to an instant; None before the first. What was erased since is gone."""
    case, previous, titles = None, None, dict[str, str]()
    for event in events:
        if event.at > at:
            break
        previous = case.last_at if case is not None else None
        case = evolve(case, event)
        if event.kind in (DOCUMENT_REGISTERED, LETTER_SENT) and isinstance(title := event.body.get("title"), str):
            titles |= {document["id"]: title for document in event.effects.get("documents", ())}
    return None if case is None else CaseThen(_as_loaded(case), at, previous, titles)


#: What a case has of each kind stands in the order of their ids, as it comes from its rows.
_BY_ID = ("clocks", "proposals", "consents", "documents", "files", "grants", "openings", "party_links")


def _as_loaded(case: Case) -> Case:
    """The case as it would have come from its rows, with nothing in the place of words that stand in its log no more."""
    ordered: dict[str, Any] = {name: dict(sorted(getattr(case, name).items())) for name in _BY_ID}
    for id, file in case.files.items():
        if file.name is ERASED:
            ordered["files"][id] = replace(file, name=None)
    return replace(case, title=None if case.title is ERASED else case.title, **ordered)


def find_audited(db: Connection, actor: Actor, number: str) -> Case:
    """A case as it stands now, for those who may see it as it was: who audit it, and see it whole.

    Raises NotFound, and NotAllowed for others and for whoever declared an interest in it, who is not shown what it holds now either.
    """
    case, level = find_case(db, actor, number)
    if level < Sight.ALL:
        raise NotFound("case")
    if not actor.in_programme(case.programme, LOOKS_BACK):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=sorted(LOOKS_BACK)))
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    return case


def may_look_back(actor: Actor, case: Case) -> bool:
    """Whether somebody who sees a case whole may see it as it was."""
    return actor.in_programme(case.programme, LOOKS_BACK) and conflict(actor, case) is None


def find_case_then(db: Connection, actor: Actor, number: str, at: datetime) -> CaseThen:
    """A case as it stood at an instant, for those who audit it and see it whole now.

    Raises NotFound, also before it was opened; NotAllowed; InvalidForm for an instant that is still to come.
    """
    case = find_audited(db, actor, number)
    if at > max(now(db), case.last_at):
        raise InvalidForm(fields={"as_of": reasons.fields.NOT_IN_FUTURE})
    return case_then(db, case, at)


def case_then(db: Connection, case: Case, at: datetime) -> CaseThen:
    """The same of one that was found. Raises NotFound before it was opened."""
    then = fold_until(read_events(db, case.log), at)
    if then is None:
        raise NotFound("case")
    return then


def show_case_then(db: Connection, actor: Actor, number: str, at: datetime) -> PastCase:
    """A case as it stood at an instant: where, who had to do what by when, what was late. Nothing may be done in it."""
    return describe_then(db, actor, find_case_then(db, actor, number, at))


def describe_then(db: Connection, actor: Actor, then: CaseThen) -> PastCase:
    """The same of one that was found."""
    case, at = then.case, then.at
    people, organisations = named_in(case, list(case.open_tasks()))
    people |= {record.by for record in case.impacts.values()}
    names = names_then(db, people, organisations, at)
    listed = listed_then(db, case.programme, (record.measure for record in case.impacts.values()), at)
    above, below = kin_of(db, actor, case.log, until=at) if case.kind == "case" else (None, [])
    told = Told(
        title=title_of(db, actor, case),
        names=names,
        titles=then.titles,
        follows_from=above,
        followed_by=below,
        impacts=impacts_of(case, names, listed),
        live=False,
    )
    after = db.execute(_AFTER, {"log": case.log, "seq": case.seq}).one()
    erased = [parse_instant(written) for written in after.erased]
    return PastCase(
        **fields_of(whole_of(actor, case, told, library_of(db, case), at)),
        as_of=instant(at),
        event_at=instant(case.last_at),
        previous_at=when(then.previous),
        next_at=when(after.next_at),
        erased_at=[instant(moment) for moment in erased],
    )


def list_clocks_then(db: Connection, actor: Actor, number: str, at: datetime) -> Items[ClockSummary]:
    """The clocks of a case that ran or stood still at an instant. Raises as `find_case_then` does."""
    then = find_case_then(db, actor, number, at)
    return Items(items=clocks_of(db, actor, then.case, at))


def library_of(db: Connection, case: Case) -> Library:
    """The editions by which a case went, also those whose files are here no more."""
    known = load_library()
    of_case = {track.edition for track in case.tracks.values()} | {task.edition for task in case.open_tasks()}
    return known if of_case <= known.editions.keys() else Past(db).library


#: Of what follows an event in its log: when the first event came, and when words of events up to it were erased.
_AFTER = text(f"""
    SELECT min(at) AS next_at, coalesce(jsonb_agg(header->>'at' ORDER BY seq) FILTER (WHERE kind = '{ERASURE}' AND EXISTS (
        SELECT FROM jsonb_array_elements(effects->'erased'->'fields') f WHERE CAST(f->>0 AS bigint) <= :seq
    )), '[]') AS erased
    FROM events WHERE log_id = CAST(:log AS uuid) AND seq > :seq
""")

"""A match that is put right, that nobody follows any more, or that is followed again; and what its programme's log tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.errors import InvalidForm, NotAllowed, RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED as GONE
from casework.operations.catalogue.matches import (
    JUDGED,
    LOCKED,
    MATCH_BROUGHT_BACK,
    MATCH_CORRECTED,
    MATCH_EXPIRED,
    show_match,
)
from casework.operations.catalogue.views import MatchEntry
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.merged_records import why_over
from casework.operations.core.perform import calendar_of
from casework.operations.core.presenters import names_of
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.event_log import lock_log, now, register_event_of
from casework.records.register_entries import name_of
from casework.records.row_security import whole

DECIDERS = (Role.OFFICER, Role.SUPERVISOR)
#: What a match says beside its need and its technology, which stay: with others it is another match.
FIELDS = ("proposed_on", "proposed_by", "score", "rationale")
REASON, BEFORE = "reason", "before_"
#: What stands before the name of a filter against which a match was accepted.
AGAINST = "against_"


def correct_match(
    db: Connection,
    actor: Actor,
    match: str,
    *,
    fields: JsonMapping,
    reason: str | None,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Put right what a match says, and stand for it: a field that is None is emptied, one that is not named stays.

    Where somebody stood for it before, or it has its case, it takes a reason. What it said before stands in the history.
    Raises RecordHasMoved where it was changed since `seen`.
    """
    programme, by = _editable(db, actor, match)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _lock(db, programme, match, seen)
    _insist_followed(row)
    before = {name: _written(getattr(row, name)) for name in FIELDS}
    new = {name: _written(fields[name]) for name in FIELDS if name in fields and not _same(fields[name], before[name])}
    said, faults = (reason or "").strip(), dict[str, Why]()
    if not new:
        faults[REASON] = reasons.catalogue.NOTHING_CHANGED
    elif not said and (row.confirmed_by is not None or row.case_id is not None):
        faults[REASON] = reasons.catalogue.SAY_WHY_MATCH_CORRECTED
    day = new.get("proposed_on")
    if day is not None and day > calendar_of(db, programme).local_date(now(db)).isoformat():
        faults["proposed_on"] = reasons.fields.NOT_IN_FUTURE
    if faults:
        raise InvalidForm(fields=faults)
    db.execute(_CORRECT, before | new | {"id": match, "by": actor.person})
    told = {f"{BEFORE}{name}": before[name] or "" for name in new} | {name: new[name] or "" for name in new}
    words = told | ({REASON: said} if said else {})
    _note(db, programme, match, kind=MATCH_CORRECTED, by=by, words=words)
    return finish(db, actor, request, Done({"id": match}))


def expire_match(
    db: Connection, actor: Actor, match: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """Nobody follows the match any more: it fitted, and its time has passed. It becomes no case until it is brought back."""
    programme, by = _editable(db, actor, match)
    said = line(reason, REASON)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _lock(db, programme, match, seen)
    if row.case_id is not None:
        raise Refused(reasons.catalogue.MATCH_HAS_CASE)
    _insist_followed(row)
    db.execute(_EXPIRE, {"id": match, "by": actor.person, "reason": said})
    _note(db, programme, match, kind=MATCH_EXPIRED, by=by, words={REASON: said})
    return finish(db, actor, request, Done({"id": match, "expired": True}))


def bring_match_back(
    db: Connection, actor: Actor, match: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """The match is followed again. Raises Refused where its need or technology ended, or another match of both stands by now."""
    programme, by = _editable(db, actor, match)
    said = line(reason, REASON)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = _lock(db, programme, match, seen)
    if not row.expired:
        raise Refused(reasons.catalogue.MATCH_NOT_EXPIRED)
    if row.merged or row.doubled or row.ended is not None:
        named = reasons.catalogue.MATCHED_ALREADY if row.doubled else why_over(row.ended)
        raise Refused(reasons.catalogue.RECORD_MERGED if row.merged else named)
    db.execute(_BRING_BACK, {"id": match})
    _note(db, programme, match, kind=MATCH_BROUGHT_BACK, by=by, words={REASON: said})
    return finish(db, actor, request, Done({"id": match, "expired": False}))


def _insist_followed(row: Any) -> None:
    """Raises Refused for a match that was refused or has expired."""
    if row.refused or row.expired:
        raise Refused(reasons.catalogue.MATCH_REFUSED if row.refused else reasons.catalogue.MATCH_EXPIRED)


#: What a match says from now on, and that the person stands for it.
_CORRECT = text(
    "UPDATE matches SET proposed_on = CAST(:proposed_on AS date), proposed_by = :proposed_by, score = CAST(:score AS numeric),"
    " rationale = :rationale, confirmed_by = CAST(:by AS uuid) WHERE id = CAST(:id AS uuid)"
)
#: Says that nobody follows a match.
_EXPIRE = text(
    "UPDATE matches SET expired_at = casework_now(), expired_by = CAST(:by AS uuid), expiry = :reason, shortlisted_at = NULL,"
    " shortlisted_by = NULL WHERE id = CAST(:id AS uuid)"
)
#: Takes that back; what was said stays in the history.
_BRING_BACK = text(
    "UPDATE matches SET expired_at = NULL, expired_by = NULL, expiry = NULL WHERE id = CAST(:id AS uuid)"
)
#: The events of a programme's log that tell of one match.
_TOLD = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:programme AS uuid) AND body ? :name ORDER BY seq
""")
#: How many those are: whoever fills in a form about a match says so with it.
_COUNT = text("SELECT count(*) FROM events WHERE log_id = CAST(:programme AS uuid) AND body ? :name")


def read_count(db: Connection, programme: str, match: str) -> int:
    """How many events tell of a match: it grows with each change."""
    with whole(db):
        given = {"programme": programme, "name": name_of("matches", match)}
        return int(db.execute(_COUNT, given).scalar_one())


def read_match_entries(db: Connection, actor: Actor, match: str) -> list[MatchEntry]:
    """The history of a match, the newest first: who entered, corrected, refused it, said that it expired, and why."""
    programme = show_match(db, actor, match).programme
    with whole(db):
        given = {"programme": programme, "name": name_of("matches", match)}
        events = [register_event_of(row.header, row.effects, row.body) for row in db.execute(_TOLD, given)]
    names = names_of(db, {event.actor for event in events})
    return [_entry(event, names) for event in reversed(events)]


def _entry(event: RegisterEvent, names: Mapping[str, str]) -> MatchEntry:
    body = event.body if event.kind in JUDGED else {}
    changed = [name for name in FIELDS if name in body]
    erased = [name for name in changed if body[name] is GONE or body.get(f"{BEFORE}{name}") is GONE]
    return MatchEntry(
        at=instant(event.at),
        kind=event.kind,
        who=names.get(event.actor),
        imported="cause" in event.effects,
        changes={
            name: (_bare(body.get(f"{BEFORE}{name}")), _bare(body[name])) for name in changed if name not in erased
        },
        erased=erased,
        reason=_bare(body.get(REASON)),
        code=event.effects.get("refusal"),
        against={name: _bare(said) for name, said in body.items() if name.startswith(AGAINST)},
    )


def _bare(value: Any) -> str | None:
    return None if value is GONE or not value else str(value)


def _editable(db: Connection, actor: Actor, match: str) -> tuple[str, By]:
    """The programme of a match that the actor may change, and in which capacity. Raises NotFound and NotAllowed."""
    programme = show_match(db, actor, match).programme
    by = in_the_programme(actor, programme, DECIDERS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=DECIDERS))
    return programme, by


def _lock(db: Connection, programme: str, match: str, seen: int | None) -> Any:
    with whole(db):
        lock_log(db, programme)
    row = db.execute(LOCKED, {"id": match}).one()
    if seen not in (None, read_count(db, programme, match)):
        raise RecordHasMoved
    return row


def _note(db: Connection, programme: str, match: str, *, kind: str, by: By, words: Mapping[str, str]) -> None:
    note_entries(db, "matches", programme, [match], kind=kind, by=by.person, role=by.role, words=words)


def _written(value: Any) -> str | None:
    """A value of a match as its history writes it."""
    if value in (None, ""):
        return None
    if isinstance(value, date):
        return value.isoformat()
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _same(given: Any, before: str | None) -> bool:
    """Whether a value says what stood there before; of two amounts whether they are one, however many zeros end them."""
    written = _written(given)
    if written is None or before is None:
        return written == before
    try:
        return written == before or Decimal(written) == Decimal(before)
    except ArithmeticError:
        return False

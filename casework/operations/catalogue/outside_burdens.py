"""What lies on an IP right and came of no case here: officers enter it with evidence, put it right in place, and end it by a deed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import codes_offered
from casework.engine.case_objects.encumbrances import BURDEN_CORRECTED, BURDEN_ENDED, BURDEN_ENTERED, NUMBER, after
from casework.engine.case_objects.ip_rights import REASON, SOURCE
from casework.engine.case_objects.outside_burdens import FIELDS, burden_of, faults, from_outside
from casework.engine.case_objects.right_days import burden_impossible
from casework.engine.execution.context import By
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.right_values import Encumbrance
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused
from casework.json_values import JsonMapping
from casework.operations.catalogue.evidence import DEED, EXTRACT, Papers, file_papers
from casework.operations.catalogue.ip_rights import editable, lock_right
from casework.operations.core.encumbrances import write_encumbrances
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import KNOWN
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.records.event_log import Log


def enter_burden(
    db: Connection,
    actor: Actor,
    right: str,
    *,
    values: JsonMapping,
    source: str,
    request: Request,
    number: str | None = None,
    papers: Papers | None = None,
    seen: int | None = None,
) -> Done:
    """Record what lies on a right. Raises InvalidForm, and RecordHasMoved where its log is longer than when it was `seen`."""
    programme, by = editable(db, actor, right)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    lying = _lying(db, right, seen)
    said = _sound(db, programme, values, lying)
    id = str(uuid_utils.uuid7())
    entered: RegisterEffects = {"encumbrance": burden_of(id, said)}
    _write(db, by, lying, _Told(BURDEN_ENTERED, entered, _words(source=source, number=number)))
    file_papers(db, by, right, programme, about=id, kind=EXTRACT, papers=papers)
    return finish(db, actor, request, Done({"id": id}, 201))


def correct_burden(
    db: Connection,
    actor: Actor,
    right: str,
    burden: str,
    *,
    values: JsonMapping,
    source: str,
    reason: str,
    request: Request,
    number: str | None = None,
    papers: Papers | None = None,
    seen: int | None = None,
) -> Done:
    """Say otherwise, in its place, what an officer has entered. Raises NotFound, Refused for what a case here recorded."""
    programme, by = editable(db, actor, right)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    lying = _lying(db, right, seen)
    stood = _standing(lying, burden)
    told = burden_of(burden, _sound(db, programme, values, lying, stood["holder"]))
    if stood == {**told, "number": (number or "").strip() or None}:
        raise InvalidForm(fields={"kind": reasons.fields.UNCHANGED})
    words = _words(source=source, number=number, reason=_said(reason, reasons.catalogue.SAY_WHY_CORRECTED))
    _write(db, by, lying, _Told(BURDEN_CORRECTED, {"encumbrance": told}, words))
    file_papers(db, by, right, programme, about=burden, kind=EXTRACT, papers=papers)
    return finish(db, actor, request, Done({"id": burden}))


def end_burden(
    db: Connection,
    actor: Actor,
    right: str,
    burden: str,
    *,
    ended_on: date | str,
    source: str,
    reason: str,
    request: Request,
    papers: Papers | None = None,
    seen: int | None = None,
) -> Done:
    """Record by which deed it has ended, and on which day. Raises as `correct_burden` does."""
    programme, by = editable(db, actor, right)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    lying = _lying(db, right, seen)
    stood, day = _standing(lying, burden), str(ended_on)
    words = _words(source=source, reason=_said(reason, reasons.catalogue.SAY_WHY_ENDED))
    today = _today(db, programme)
    if day > today:
        raise InvalidForm(fields={"ended_on": reasons.fields.NOT_IN_FUTURE})
    # What begins later can be undone before it does.
    if day < (stood.get("from") or day) <= today:
        raise InvalidForm(fields={"ended_on": reasons.catalogue.ENDS_BEFORE_IT_BEGINS})
    _write(db, by, lying, _Told(BURDEN_ENDED, {"ended": [burden], "on": day}, words))
    file_papers(db, by, right, programme, about=burden, kind=DEED, papers=papers)
    return finish(db, actor, request, Done({"id": burden}))


@dataclass(frozen=True)
class _Lying:
    """A right's log, locked, and what lies on it."""

    log: Log
    burdens: list[Encumbrance]
    #: Of the right: its kind and its days.
    right: Mapping[str, Any]


def _lying(db: Connection, right: str, seen: int | None) -> _Lying:
    log = lock_right(db, right, seen)
    row = db.execute(_ON_RIGHT, {"id": right}).one()
    if row.merged_into is not None:
        raise NotAllowed(why=reasons.catalogue.RECORD_MERGED)
    return _Lying(log, row.encumbrances, {name: _plain(getattr(row, name)) for name in _OF_RIGHT})


def _standing(lying: _Lying, burden: str) -> Encumbrance:
    """What came from outside and stands. Raises NotFound, and Refused for what is a case's or has ended."""
    stood = from_outside(lying.burdens, burden)
    if stood is not None:
        return stood
    if any(one["id"] == burden for one in lying.burdens):
        raise Refused(reasons.catalogue.BURDEN_OF_CASE)
    raise NotFound("encumbrance")


@dataclass(frozen=True)
class _Told:
    """What an event says: its kind, what follows, and its words."""

    kind: str
    effects: RegisterEffects
    words: Mapping[str, str]


def _write(db: Connection, by: By, lying: _Lying, told: _Told) -> None:
    event = lying.log.next_event(
        told.kind, by.person, role=by.role, acting_for=by.acting_for, effects=told.effects, body=told.words
    )
    append(db, lying.log, [event])
    write_encumbrances(db, lying.log.id, after(lying.burdens, event))


def _words(**words: str | None) -> dict[str, str]:
    """What goes into the event's body: where it was read, under which number, why it says something else or ended."""
    names = {"source": SOURCE, "number": NUMBER, "reason": REASON}
    return {names[name]: value.strip() for name, value in words.items() if value and value.strip()}


def _said(words: str, why: reasons.Why) -> str:
    if not words.strip():
        raise InvalidForm(fields={REASON: why})
    return words


def _sound(
    db: Connection, programme: str, values: JsonMapping, lying: _Lying, stood: str | None = None
) -> dict[str, Any]:
    """What was said of an encumbrance, with days in words; its holder may be whoever `stood` there. Raises InvalidForm."""
    said = {name: _plain(values.get(name)) for name in FIELDS}
    uses = codes_offered("uses") if said["fields"] else ()
    if wrong := burden_impossible(said, lying.right) | faults(said, _today(db, programme), uses):
        raise InvalidForm(fields=wrong)
    holder = said["holder"]
    if holder and holder != stood:
        row = db.execute(_ORGANISATION, {"id": holder, "seen": [programme]}).first()
        if row is None or row.expired:
            why = reasons.fields.NOT_KNOWN if row is None else reasons.catalogue.ORGANISATION_EXPIRED
            raise InvalidForm(fields={"holder": why})
    return said


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _today(db: Connection, programme: str) -> str:
    return str(db.execute(_TODAY, {"id": programme}).scalar_one())


#: Today's day in the zone of a programme, as text.
_TODAY = text(
    "SELECT CAST(CAST(casework_now() AT TIME ZONE (calendar->>'zone') AS date) AS text) FROM programmes"
    " WHERE id = CAST(:id AS uuid)"
)
_OF_RIGHT = ("kind", "filed_on", "granted_on", "expires_on")
#: What lies on a right, and when it can.
_ON_RIGHT = text(
    "SELECT encumbrances, kind, filed_on, granted_on, expires_on, merged_into FROM rights WHERE id = CAST(:id AS uuid)"
)
#: An organisation with an id that a programme knows and that stands for itself, and whether its record has expired.
_ORGANISATION = text(
    "SELECT o.expired_at IS NOT NULL AS expired FROM organisations o"
    f" WHERE o.id::text = CAST(:id AS text) AND o.merged_into IS NULL AND {KNOWN}"
)

"""What an event of a case lays on an IP right, or ends there: written into the right's own log."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, text

from casework.engine.case_objects.encumbrances import (
    BURDEN_INSCRIBED,
    ENCUMBERED,
    NUMBER,
    RELEASED,
    after,
    standing,
)
from casework.engine.state.events import Event
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.right_values import Cause, Encumbrance, RightChange
from casework.operations.core.register_log import append
from casework.records.event_log import lock_log


def encumber(db: Connection, cause: Event, change: RightChange, id: str) -> None:
    """Write into a right's log what an event of a case says of it: a pledge, a licence, its record in a register, or the end of one."""
    log = lock_log(db, change["right"])
    encumbrances, today = db.execute(_LYING, {"id": log.id, "at": cause.at}).one()
    because: Cause = {"log": cause.log, "seq": cause.seq}
    words: dict[str, str] = {}
    if "add" in change:
        kind, burden = ENCUMBERED, {**_UNSAID, **change["add"]}
        effects: RegisterEffects = {
            "encumbrance": cast(Encumbrance, {"id": id, "case": cause.log, **burden}),
            "cause": because,
        }
    elif "inscribe" in change:
        kind, told = BURDEN_INSCRIBED, change["inscribe"]
        which = {"kind": told["kind"], "from": told["from"]}
        effects = {"inscribed": standing(encumbrances, which, cause.log), "on": told["on"], "cause": because}
        number = cause.body.get(told["number_in"])
        words = {NUMBER: number} if isinstance(number, str) else {}
    else:
        kind = RELEASED
        on = change.get("ended_on") or today.isoformat()
        effects = {"ended": standing(encumbrances, change["end"], cause.log), "on": on, "cause": because}
    event = log.next_event(
        kind,
        cause.actor,
        role=cause.role,
        acting_for=cause.acting_for,
        organisation=cause.organisation,
        effects=effects,
        body=words,
    )
    append(db, log, [event])
    write_encumbrances(db, log.id, after(encumbrances, event))


def write_encumbrances(db: Connection, right: str, encumbrances: Sequence[Encumbrance]) -> None:
    """What lies on a right and lay on it, as its log tells it."""
    db.execute(_WRITE, {"id": right, "all": json.dumps(encumbrances)})


#: What lies on a right, anew.
_WRITE = text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)")


#: Of an encumbrance what need not be said.
_UNSAID: Mapping[str, Any] = {
    "holder": None, "licence": None, "territories": [], "fields": [], "until": None, "to": None
}  # fmt: skip
#: What lies on a right, and the programme's day at a moment.
_LYING = text("""
    SELECT r.encumbrances, CAST(CAST(:at AS timestamptz) AT TIME ZONE (p.calendar->>'zone') AS date)
    FROM rights r JOIN programmes p ON p.id = r.programme_id WHERE r.id = CAST(:id AS uuid)
""")

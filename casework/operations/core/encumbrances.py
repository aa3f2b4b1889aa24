"""What an event of a case lays on an IP right, or ends there: written into the right's own log."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Connection, text

from casework.engine.case_objects.encumbrances import (
    BURDEN_CHANGED,
    BURDEN_INSCRIBED,
    ENCUMBERED,
    FEE_CHECKED,
    NUMBER,
    RELEASED,
    after,
    standing,
)
from casework.engine.state.events import Event
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.right_values import Cause, Encumbrance, RightChange
from casework.operations.core.register_log import append
from casework.records.event_log import Log, lock_logs


def lock_rights(db: Connection, rights: Collection[str]) -> dict[str, Log]:
    """Lock some rights and those in whose places they were put: by the id of each the log of the one in its place."""
    locked: dict[str, Log] = {}
    while True:
        stands = {row.id: row.stands for row in db.execute(_STANDING, {"ids": sorted(rights)})}
        # Somebody may have merged one while one waited for it.
        wanted = {*rights, *stands.values()} - locked.keys()
        if not wanted:
            return {id: locked[stands[id]] for id in rights}
        locked |= lock_logs(db, sorted(wanted))


def encumber_all(db: Connection, cause: Event, new_id: Callable[[], str]) -> None:
    """Write what an event of a case says of rights; of two that were made one what is the same is said once."""
    changes = cause.effects.get("rights", ())
    if not changes:
        return
    logs = lock_rights(db, {change["right"] for change in changes})
    said: set[tuple[str, str]] = set()
    for change in changes:
        told = (logs[change["right"]].id, json.dumps({**change, "right": None}, sort_keys=True))
        if told not in said:
            said.add(told)
            encumber(db, cause, change, new_id())


def encumber(db: Connection, cause: Event, change: RightChange, id: str) -> None:
    """Write into a right's log what an event of a case says of it: a pledge, a licence, its record in a register, ...

    Of one that was merged into the log of the one in its place.
    """
    log = lock_rights(db, [change["right"]])[change["right"]]
    encumbrances, today = db.execute(_LYING, {"id": log.id, "at": cause.at}).one()
    words: dict[str, str] = {}
    if "add" in change:
        kind, burden = ENCUMBERED, {**_UNSAID, **change["add"]}
        effects: RegisterEffects = {"encumbrance": cast(Encumbrance, {"id": id, "case": cause.log, **burden})}
    elif "inscribe" in change:
        kind, told = BURDEN_INSCRIBED, change["inscribe"]
        effects = {"inscribed": standing(encumbrances, _which(told), cause.log), "on": told["on"]}
        number = cause.body.get(told["number_in"])
        words = {NUMBER: number} if isinstance(number, str) else {}
    elif "change" in change:
        kind, says = BURDEN_CHANGED, change["change"]
        effects = {"changed": standing(encumbrances, _which(says), cause.log), "on": says["on"]}
        if "amount" in says:
            effects["amount"] = says["amount"]
        if "until" in says:
            effects["until"] = says["until"]
    elif "fee" in change:
        kind, effects = FEE_CHECKED, {"fee_paid_to": change["fee"]["paid_to"]}
    else:
        kind = RELEASED
        on = change.get("ended_on") or today.isoformat()
        effects = {"ended": standing(encumbrances, change["end"], cause.log), "on": on}
    because: Cause = {"log": cause.log, "seq": cause.seq}
    event = log.next_event(
        kind,
        cause.actor,
        role=cause.role,
        acting_for=cause.acting_for,
        organisation=cause.organisation,
        effects={**effects, "cause": because},
        body=words,
    )
    append(db, log, [event])
    if kind == FEE_CHECKED:
        db.execute(_WRITE_FEE, {"id": log.id, "paid_to": effects["fee_paid_to"]})
    else:
        write_encumbrances(db, log.id, after(encumbrances, event))


def _which(told: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if name in _IDENTITY}


def write_encumbrances(db: Connection, right: str, encumbrances: Sequence[Encumbrance]) -> None:
    """What lies on a right and lay on it, as its log tells it."""
    db.execute(_WRITE, {"id": right, "all": json.dumps(encumbrances)})


#: Which right stands in the place of some: each itself, unless it was merged.
_STANDING = text(
    "SELECT id::text, coalesce(merged_into, id)::text AS stands FROM rights WHERE id = ANY(CAST(:ids AS uuid[]))"
)
#: What lies on a right, anew.
_WRITE = text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)")


#: Up to which day the fee of a right is paid.
_WRITE_FEE = text("UPDATE rights SET fee_paid_to = CAST(:paid_to AS date) WHERE id = CAST(:id AS uuid)")


#: Of an encumbrance what need not be said.
_UNSAID: Mapping[str, Any] = {
    "holder": None, "licence": None, "territories": [], "fields": [], "until": None, "to": None, "amount": None
}  # fmt: skip
#: By what a case knows what it laid on a right.
_IDENTITY = frozenset({"kind", "from", "track"})
#: What lies on a right, and the programme's day at a moment.
_LYING = text("""
    SELECT r.encumbrances, CAST(CAST(:at AS timestamptz) AT TIME ZONE (p.calendar->>'zone') AS date)
    FROM rights r JOIN programmes p ON p.id = r.programme_id WHERE r.id = CAST(:id AS uuid)
""")

"""IP rights: record them, confirm what was imported, and what lies on them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, cast

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.encumbrances import CONFIRMED, ENCUMBERED, RECORDED, RELEASED, after, standing
from casework.engine.roles import Role
from casework.engine.state.events import Event, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.right_values import Cause, Encumbrance, RightChange
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.records.event_log import Log, lock_log, new_log, now

KINDS = ("invention", "utility_model", "design", "software", "trade_secret", "know_how")
_FIELDS = ("office", "number", "owner", "in_force", "expires_on", "fee_paid_to", "checked_on")


def encumber(db: Connection, cause: Event, change: RightChange, id: str) -> None:
    """Write into a right's log what an event of a case says of it: a pledge, a licence, or the end of one."""
    log = lock_log(db, change["right"])
    encumbrances, today = db.execute(_LYING, {"id": log.id, "at": cause.at}).one()
    because: Cause = {"log": cause.log, "seq": cause.seq}
    if "add" in change:
        kind, burden = ENCUMBERED, {"holder": None, "territory": None, "exclusive": None, "to": None, **change["add"]}
        effects: RegisterEffects = {
            "encumbrance": cast(Encumbrance, {"id": id, "case": cause.log, **burden}),
            "cause": because,
        }
    else:
        kind = RELEASED
        effects = {"ended": standing(encumbrances, change["end"], cause.log), "on": today.isoformat(), "cause": because}
    event = log.next_event(
        kind,
        cause.actor,
        role=cause.role,
        acting_for=cause.acting_for,
        organisation=cause.organisation,
        effects=effects,
    )
    append(db, log, [event])
    db.execute(
        text("UPDATE rights SET encumbrances = CAST(:all AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"id": log.id, "all": json.dumps(after(encumbrances, event))},
    )


#: What lies on a right, and the programme's day at a moment.
_LYING = text("""
    SELECT r.encumbrances, CAST(CAST(:at AS timestamptz) AT TIME ZONE (p.calendar->>'zone') AS date)
    FROM rights r JOIN programmes p ON p.id = r.programme_id WHERE r.id = CAST(:id AS uuid)
""")


def record_right(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    technology: str | None,
    kind: str,
    fields: JsonMapping,
    confirmed: bool,
    request: Request,
) -> Done:
    """Enter a right of a technology; what a person enters counts as confirmed by that person."""
    if not actor.in_programme(programme, (Role.OFFICER, Role.SUPERVISOR)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    if kind not in KINDS:
        raise InvalidForm(fields={"kind": reasons.fields.ONE_OF(choices=KINDS)})
    _insist_looked_up(db, programme, fields.get("checked_on"))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id = str(uuid_utils.uuid7())
    enter_right(db, actor.person, id, programme, technology, kind=kind, fields=fields, confirmed=confirmed)
    return finish(db, actor, request, Done({"id": id}, 201))


def enter_right(
    db: Connection,
    person: str,
    id: str,
    programme: str,
    technology: str | None,
    *,
    kind: str,
    fields: JsonMapping,
    confirmed: bool,
) -> None:
    moment = now(db)
    log = new_log(id, "right", programme, moment)
    kept = {name: _plain(fields.get(name)) for name in _FIELDS}
    effects: RegisterEffects = {"right": {"kind": kind, "technology": technology, "confirmed": confirmed}}
    append(db, log, [RegisterEvent(log=id, seq=1, at=moment, kind=RECORDED, actor=person, effects=effects, body=kept)])
    db.execute(
        text(
            "INSERT INTO rights (id, programme_id, technology_id, kind, office, number, owner, in_force, expires_on,"
            " fee_paid_to, checked_on, confirmed) VALUES (:id, :programme, :technology, :kind, :office, :number, :owner,"
            " :in_force, :expires_on, :fee_paid_to, :checked_on, :confirmed)"
        ),
        kept | {"id": id, "programme": programme, "technology": technology, "kind": kind, "confirmed": confirmed},
    )


def confirm_right(
    db: Connection, actor: Actor, right: str, *, checked_on: date, fields: JsonMapping, request: Request
) -> Done:
    """An officer has looked the right up and stands for what the record says."""
    programme = db.execute(
        text("SELECT programme_id FROM rights WHERE id = CAST(:id AS uuid)"), {"id": right}
    ).scalar_one_or_none()
    if programme is None or not actor.in_programme(
        programme, (Role.OFFICER, Role.SUPERVISOR, Role.COMPLIANCE, Role.AUDITOR, Role.MANAGER)
    ):
        raise NotFound("right")
    if not actor.in_programme(programme, (Role.OFFICER, Role.SUPERVISOR)):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=(Role.OFFICER, Role.SUPERVISOR)))
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _insist_looked_up(db, programme, checked_on)
    log: Log = lock_log(db, right)
    given = {name: _plain(value) for name, value in fields.items() if name in _FIELDS and value is not None}
    effects: RegisterEffects = {"checked_on": checked_on.isoformat()}
    append(db, log, [log.next_event(CONFIRMED, actor.person, effects=effects, body=given)])
    columns = ["confirmed = true", "checked_on = :checked_on", *(f"{name} = :{name}" for name in given)]
    db.execute(
        text(f"UPDATE rights SET {', '.join(columns)} WHERE id = CAST(:id AS uuid)"),
        given | {"id": right, "checked_on": checked_on},
    )
    return finish(db, actor, request, Done({"id": right, "confirmed": True}))


#: Today's day in the zone of a programme.
_TODAY = text(
    "SELECT CAST(casework_now() AT TIME ZONE (calendar->>'zone') AS date) FROM programmes WHERE id = CAST(:id AS uuid)"
)


def _insist_looked_up(db: Connection, programme: str, checked_on: date | str | None) -> None:
    """Nobody has looked a right up on a day that is to come. Raises InvalidForm."""
    if checked_on is not None and _plain(checked_on) > db.execute(_TODAY, {"id": programme}).scalar_one().isoformat():
        raise InvalidForm(fields={"checked_on": reasons.fields.NOT_IN_FUTURE})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

"""IP rights: enter them, confirm or correct what a look into the register has shown, and read what their logs tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.encumbrances import CONFIRMED, RECORDED
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED, values
from casework.operations.catalogue.views import CaseOfRight, RightEntry
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import titled
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.event_log import Log, lock_log, new_log, now

KINDS = ("invention", "utility_model", "design", "software", "trade_secret", "know_how")
FIELDS = ("office", "number", "owner", "in_force", "expires_on", "fee_paid_to", "checked_on")
#: What a person may put right; the day of the look is said with each.
CORRECTED = tuple(name for name in FIELDS if name != "checked_on")
EDITORS = (Role.OFFICER, Role.SUPERVISOR)
#: Words of whoever looked a right up: where, and why the record says something else now.
SOURCE, REASON = "source", "reason"


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
    source: str | None = None,
) -> Done:
    """Enter a right of a technology; what a person enters counts as confirmed by that person."""
    if not actor.in_programme(programme, EDITORS):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if kind not in KINDS:
        raise InvalidForm(fields={"kind": reasons.fields.ONE_OF(choices=KINDS)})
    _insist_looked_up(db, programme, fields.get("checked_on"))
    _insist_technology(db, programme, technology)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _insist_new(db, programme, None, fields)
    id = str(uuid_utils.uuid7())
    words = {SOURCE: source} if source else {}
    enter_right(db, actor.person, id, programme, technology, kind=kind, fields=fields, confirmed=confirmed, words=words)
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
    words: Mapping[str, str] | None = None,
) -> None:
    moment = now(db)
    log = new_log(id, "right", programme, moment)
    kept = {name: _plain(fields.get(name)) for name in FIELDS}
    effects: RegisterEffects = {"right": {"kind": kind, "technology": technology, "confirmed": confirmed}}
    body = {**kept, **(words or {})}
    append(db, log, [RegisterEvent(log=id, seq=1, at=moment, kind=RECORDED, actor=person, effects=effects, body=body)])
    db.execute(
        text(
            "INSERT INTO rights (id, programme_id, technology_id, kind, office, number, owner, in_force, expires_on,"
            " fee_paid_to, checked_on, confirmed) VALUES (:id, :programme, :technology, :kind, :office, :number, :owner,"
            " :in_force, :expires_on, :fee_paid_to, :checked_on, :confirmed)"
        ),
        kept | {"id": id, "programme": programme, "technology": technology, "kind": kind, "confirmed": confirmed},
    )


def confirm_right(
    db: Connection,
    actor: Actor,
    right: str,
    *,
    checked_on: date,
    fields: JsonMapping,
    request: Request,
    source: str | None = None,
    reason: str | None = None,
) -> Done:
    """An officer has looked the right up and stands for what the record says, with what `fields` puts right in it.

    A field that is None is emptied; one that is not named stays. What was confirmed before is corrected with a reason.
    """
    programme = _editable(db, actor, right)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _insist_looked_up(db, programme, checked_on)
    log: Log = lock_log(db, right)
    before = db.execute(_RIGHT, {"id": right}).one()
    given = {name: _plain(fields[name]) for name in CORRECTED if name in fields}
    changed = {name: value for name, value in given.items() if value != _plain(getattr(before, name))}
    if before.confirmed and changed and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    _insist_new(db, programme, right, {"office": before.office, "number": before.number, **changed})
    words = {name: value.strip() for name, value in ((SOURCE, source), (REASON, reason)) if value and value.strip()}
    effects: RegisterEffects = {"checked_on": checked_on.isoformat()}
    append(db, log, [log.next_event(CONFIRMED, actor.person, effects=effects, body={**changed, **words})])
    columns = ["confirmed = true", "checked_on = :checked_on", *(f"{name} = :{name}" for name in changed)]
    db.execute(
        text(f"UPDATE rights SET {', '.join(columns)} WHERE id = CAST(:id AS uuid)"),
        changed | {"id": right, "checked_on": checked_on},
    )
    return finish(db, actor, request, Done({"id": right, "confirmed": True}))


#: A right as it stands.
_RIGHT = text("SELECT * FROM rights WHERE id = CAST(:id AS uuid)")


def _editable(db: Connection, actor: Actor, right: str) -> str:
    """The programme of a right that the actor may put right. Raises NotFound and NotAllowed."""
    row = db.execute(_RIGHT, {"id": right}).one_or_none()
    if row is None or row.programme_id not in reach(actor).all_of:
        raise NotFound("right")
    if not actor.in_programme(row.programme_id, EDITORS):
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return str(row.programme_id)


# --- what a right's log tells --------------------------------------------------------------------------------------------


def read_entries(db: Connection, actor: Actor, right: str) -> list[RightEntry]:
    """The history of a right, the newest first: each with what its fields said before and after. Raises NotFound."""
    row = db.execute(_RIGHT, {"id": right}).one_or_none()
    if row is None or row.programme_id not in reach(actor).all_of:
        raise NotFound("right")
    events = db.execute(_EVENTS, {"id": right}).all()
    causes = {event.effects["cause"]["log"] for event in events if "cause" in event.effects}
    numbers = {case.id: case for case in cases_of(db, actor, ids=sorted(causes))}
    names = names_of(db, {event.actor_id for event in events})
    state: JsonObject = {}
    entries = []
    for event in events:
        said = values(event.body)
        after = {name: None if value is ERASED else value for name, value in said.items() if name in FIELDS}
        if "checked_on" in event.effects:
            after["checked_on"] = event.effects["checked_on"]
        burden = event.effects.get("encumbrance")
        case = numbers.get(event.effects.get("cause", {}).get("log", ""))
        entries.append(
            RightEntry(
                at=instant(event.at),
                kind=event.kind,
                who=names.get(event.actor_id),
                changes={name: (state.get(name), value) for name, value in after.items() if state.get(name) != value},
                erased=[name for name, value in said.items() if value is ERASED],
                source=_word(said.get(SOURCE)),
                reason=_word(said.get(REASON)),
                burden=burden and burden.get("kind"),
                case=None if case is None else case.number,
            )
        )
        state |= after
    return entries[::-1]


def _word(value: Any) -> str | None:
    return value if isinstance(value, str) else None


#: The events of a right's log.
_EVENTS = text("SELECT at, kind, actor_id, effects, body FROM events WHERE log_id = CAST(:id AS uuid) ORDER BY seq")


def cases_of(
    db: Connection, actor: Actor, *, right: str | None = None, ids: list[str] | None = None
) -> list[CaseOfRight]:
    """The cases that are about a right, or some by id, as far as the actor sees them: the newest first, fifty at most."""
    given = {"right": right, "ids": ids, "seen": sorted(reach(actor).all_of)}
    return [CaseOfRight(**row._mapping) for row in db.execute(_CASES, given)]


#: Cases that are about a right, or that are named.
_CASES = text(f"""
    SELECT c.id::text, c.number, {titled("c")} AS title, c.closed_at IS NOT NULL AS closed FROM cases c
    WHERE (c.rights @> ARRAY[CAST(:right AS uuid)] OR c.id = ANY(CAST(:ids AS uuid[])))
    AND c.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY c.number DESC LIMIT 50
""")


# --- what is refused -----------------------------------------------------------------------------------------------------

#: Today's day in the zone of a programme.
_TODAY = text(
    "SELECT CAST(casework_now() AT TIME ZONE (calendar->>'zone') AS date) FROM programmes WHERE id = CAST(:id AS uuid)"
)


def _insist_looked_up(db: Connection, programme: str, checked_on: date | str | None) -> None:
    """Nobody has looked a right up on a day that is to come. Raises InvalidForm."""
    if checked_on is not None and _plain(checked_on) > db.execute(_TODAY, {"id": programme}).scalar_one().isoformat():
        raise InvalidForm(fields={"checked_on": reasons.fields.NOT_IN_FUTURE})


#: Whether a technology is the programme's.
_TECHNOLOGY = text(
    "SELECT 1 FROM technologies WHERE id = CAST(:id AS uuid) AND programme_id = CAST(:programme AS uuid)"
)


def _insist_technology(db: Connection, programme: str, technology: str | None) -> None:
    given = {"id": technology, "programme": programme}
    if technology is not None and db.execute(_TECHNOLOGY, given).first() is None:
        raise InvalidForm(fields={"technology": reasons.fields.NOT_KNOWN})


#: Whether another right of a programme has this number of this office.
_TAKEN = text("""
    SELECT 1 FROM rights WHERE programme_id = CAST(:programme AS uuid) AND office = :office AND number = :number
    AND id IS DISTINCT FROM CAST(:id AS uuid)
""")


def _insist_new(db: Connection, programme: str, right: str | None, fields: JsonMapping) -> None:
    given = {"programme": programme, "id": right, "office": fields.get("office"), "number": fields.get("number")}
    if db.execute(_TAKEN, given).first() is not None:
        raise InvalidForm(fields={"number": reasons.catalogue.RIGHT_RECORDED})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

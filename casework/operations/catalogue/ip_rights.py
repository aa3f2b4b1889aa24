"""IP rights: enter them, confirm or correct what a look into the register has shown, and read what their logs tell."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.encumbrances import CONFIRMED, RECORDED
from casework.engine.case_objects.ip_rights import FIELDS, REASON, SOURCE, changes, fold
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.canonical_json import instant
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.views import CaseOfRight, RightEntry
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import titled
from casework.operations.core.register_log import append
from casework.operations.core.right_numbers import is_recorded
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.permissions.work import in_the_programme
from casework.records.event_log import Log, lock_log, new_log, now, read_register
from casework.records.row_security import whole

KINDS = ("invention", "utility_model", "design", "software", "trade_secret", "know_how")
#: What a person may put right; the day of the look is said with each.
CORRECTED = tuple(name for name in FIELDS if name != "checked_on")
EDITORS = (Role.OFFICER, Role.SUPERVISOR)


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
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if kind not in KINDS:
        raise InvalidForm(fields={"kind": reasons.fields.ONE_OF(choices=KINDS)})
    _insist_looked_up(db, programme, fields.get("checked_on"))
    _insist_technology(db, programme, technology)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _take_turn(db, programme)
    _insist_new(db, programme, None, fields)
    id = str(uuid_utils.uuid7())
    words = {SOURCE: source} if source else {}
    enter_right(db, by, id, programme, technology, kind=kind, fields=fields, confirmed=confirmed, words=words)
    return finish(db, actor, request, Done({"id": id}, 201))


def enter_right(
    db: Connection,
    by: By,
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
    effects: RegisterEffects = {
        "right": {"programme": programme, "kind": kind, "technology": technology, "confirmed": confirmed}
    }
    event = RegisterEvent(
        log=id,
        seq=1,
        at=moment,
        kind=RECORDED,
        actor=by.person,
        role=by.role,
        acting_for=by.acting_for,
        effects=effects,
        body={**kept, **(words or {})},
    )
    append(db, log, [event])
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
    seen: int | None = None,
) -> Done:
    """An officer has looked the right up and stands for what the record says, with what `fields` puts right in it.

    A field that is None is emptied; one that is not named stays. What was confirmed before is corrected with a reason. Raises
    RecordHasMoved where its log is longer than it was when the record was `seen`.
    """
    programme, by = _editable(db, actor, right)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    _insist_looked_up(db, programme, checked_on)
    _take_turn(db, programme)
    log: Log = lock_log(db, right)
    if seen not in (None, log.seq):
        raise RecordHasMoved
    before = db.execute(_RIGHT, {"id": right}).one()
    given = {name: _plain(fields[name]) for name in CORRECTED if name in fields}
    changed = {name: value for name, value in given.items() if value != _plain(getattr(before, name))}
    if before.confirmed and changed and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    _insist_new(db, programme, right, {"office": before.office, "number": before.number, **changed})
    words = {name: value.strip() for name, value in ((SOURCE, source), (REASON, reason)) if value and value.strip()}
    effects: RegisterEffects = {"checked_on": checked_on.isoformat()}
    event = log.next_event(
        CONFIRMED, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body={**changed, **words}
    )
    append(db, log, [event])
    columns = ["confirmed = true", "checked_on = :checked_on", *(f"{name} = :{name}" for name in changed)]
    db.execute(
        text(f"UPDATE rights SET {', '.join(columns)} WHERE id = CAST(:id AS uuid)"),
        changed | {"id": right, "checked_on": checked_on},
    )
    return finish(db, actor, request, Done({"id": right, "confirmed": True}))


def write_row(db: Connection, right: str) -> None:
    """Bring a right's fields after its log, once words of it were erased: what was said last stands, or nothing where that is gone."""
    with whole(db):
        told = fold(read_register(db, right))
    columns = [f"{name} = :{name}" for name in FIELDS]
    db.execute(
        text(f"UPDATE rights SET {', '.join(columns)} WHERE id = CAST(:id AS uuid)"),
        {name: _bare(told.get(name)) for name in FIELDS} | {"id": right},
    )


#: A right as it stands.
_RIGHT = text("SELECT * FROM rights WHERE id = CAST(:id AS uuid)")


def _editable(db: Connection, actor: Actor, right: str) -> tuple[str, By]:
    """The programme of a right that the actor may put right, and in which capacity. Raises NotFound and NotAllowed."""
    programme = _seen(db, actor, right)
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return programme, by


def _seen(db: Connection, actor: Actor, right: str) -> str:
    """The programme of a right that the actor sees. Raises NotFound."""
    row = db.execute(_RIGHT, {"id": right}).one_or_none()
    if row is None or row.programme_id not in reach(actor).all_of:
        raise NotFound("right")
    return str(row.programme_id)


def _take_turn(db: Connection, programme: str) -> None:
    """Before a number is looked for: an import holds the programme's log while it writes rights, and so do others."""
    with whole(db):
        lock_log(db, programme)


def read_seq(db: Connection, right: str) -> int:
    """How long the log of a right is: whoever fills in a form about it says so with it."""
    return int(db.execute(text("SELECT seq FROM logs WHERE id = CAST(:id AS uuid)"), {"id": right}).scalar_one())


# --- what a right's log tells --------------------------------------------------------------------------------------------


def read_entries(db: Connection, actor: Actor, right: str) -> list[RightEntry]:
    """The history of a right, the newest first: each with what its fields said before and after. Raises NotFound."""
    _seen(db, actor, right)
    with whole(db):
        events = list(read_register(db, right))
    causes = {event.effects["cause"]["log"] for event in events if "cause" in event.effects}
    numbers = {case.id: case.number for case in name_cases(db, actor, causes)}
    names = names_of(db, {event.actor for event in events})
    state: JsonObject = {}
    entries = []
    for event in events:
        burden, cause = event.effects.get("encumbrance"), event.effects.get("cause")
        entries.append(
            RightEntry(
                at=instant(event.at),
                kind=event.kind,
                who=names.get(event.actor),
                changes={name: (_bare(state.get(name)), _bare(value)) for name, value in changes(state, event).items()},
                erased=[name for name, value in event.body.items() if value is ERASED],
                source=_bare(event.body.get(SOURCE)),
                reason=_bare(event.body.get(REASON)),
                burden=burden and burden.get("kind"),
                case=cause and numbers.get(cause["log"]),
            )
        )
        state |= changes(state, event)
    return entries[::-1]


def _bare(value: Any) -> Any:
    return None if value is ERASED else value


#: Cases that are about a right, the newest first. The right first: few cases are about it, and many have later numbers.
_ABOUT = text(f"""
    WITH about AS MATERIALIZED (SELECT * FROM cases WHERE rights @> ARRAY[CAST(:right AS uuid)])
    SELECT c.id::text, c.number, {titled("c")} AS title, c.closed_at IS NOT NULL AS closed FROM about c
    WHERE c.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY c.number DESC LIMIT 50
""")


def cases_of(db: Connection, actor: Actor, right: str) -> list[CaseOfRight]:
    """The cases that are about a right, as far as the actor sees them: the newest first, fifty at most."""
    rows = db.execute(_ABOUT, {"right": right, "seen": sorted(reach(actor).all_of)})
    return [CaseOfRight(**row._mapping) for row in rows]


#: Some cases by id.
_NAMED = text(f"""
    SELECT c.id::text, c.number, {titled("c")} AS title, c.closed_at IS NOT NULL AS closed FROM cases c
    WHERE c.id = ANY(CAST(:ids AS uuid[])) AND c.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY c.number
""")


def name_cases(db: Connection, actor: Actor, ids: Collection[str]) -> list[CaseOfRight]:
    """Those of some cases that the actor sees."""
    rows = db.execute(_NAMED, {"ids": sorted(ids), "seen": sorted(reach(actor).all_of)})
    return [CaseOfRight(**row._mapping) for row in rows]


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


def _insist_new(db: Connection, programme: str, right: str | None, fields: JsonMapping) -> None:
    if is_recorded(db, programme, fields.get("office"), fields.get("number"), but=right):
        raise InvalidForm(fields={"number": reasons.catalogue.RIGHT_RECORDED})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

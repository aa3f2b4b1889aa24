"""IP rights: enter them, confirm or correct what a look into the register has shown, and say what they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.encumbrances import BELONGS, CONFIRMED, RECORDED
from casework.engine.case_objects.ip_rights import FIELDS, REASON, SOURCE, fold
from casework.engine.case_objects.offices import one_form
from casework.engine.case_objects.right_days import filed_after_burdens, impossible
from casework.engine.case_objects.right_kinds import KINDS, missing, out_of_place
from casework.engine.case_objects.right_owners import MOST, plain_share, shares_fit
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.right_values import Encumbrance, OwnerOfRight
from casework.errors import InvalidForm, NotAllowed, RecordHasMoved
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.redactable_bodies import ERASED
from casework.operations.catalogue.right_history import seen_programme
from casework.operations.core.encumbrances import write_encumbrances
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.organisations import KNOWN
from casework.operations.core.register_log import append
from casework.operations.core.right_links import with_links, write_owners, write_technologies
from casework.operations.core.right_numbers import is_recorded
from casework.permissions.actors import Actor
from casework.permissions.work import in_the_programme
from casework.reasons import Why
from casework.records.event_log import Log, lock_log, new_log, now, read_register
from casework.records.row_security import whole

#: What a person may put right; the day of the look is said with each.
CORRECTED = tuple(name for name in FIELDS if name != "checked_on")
EDITORS = (Role.OFFICER, Role.SUPERVISOR)


def record_right(
    db: Connection,
    actor: Actor,
    *,
    programme: str,
    kind: str,
    fields: JsonMapping,
    confirmed: bool,
    request: Request,
    technologies: Sequence[str] = (),
    owners: Sequence[Mapping[str, Any]] = (),
    source: str | None = None,
) -> Done:
    """Enter a right, of technologies or of its owners alone; what a person enters counts as confirmed by that person."""
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    if kind not in KINDS:
        raise InvalidForm(fields={"kind": reasons.fields.ONE_OF(choices=tuple(KINDS))})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    # Nobody merges one of them from here on.
    _insist_technologies(db, programme, technologies)
    theirs = _owners(db, programme, owners)
    kept: JsonObject = {name: _recorded(name, fields.get(name)) for name in FIELDS}
    today = today_of(db, programme)
    insist_sound(kind, kept, kept | {"owners": theirs}, today=today, whole=confirmed)
    insist_new(db, programme, None, kept)
    id = str(uuid_utils.uuid7())
    words = {SOURCE: source} if source else {}
    enter_right(
        db, by, id, programme, technologies, owners=theirs, kind=kind, fields=kept, confirmed=confirmed, words=words
    )
    return finish(db, actor, request, Done({"id": id}, 201))


def enter_right(
    db: Connection,
    by: By,
    id: str,
    programme: str,
    technologies: Sequence[str],
    *,
    kind: str,
    fields: JsonMapping,
    confirmed: bool,
    owners: Sequence[OwnerOfRight] = (),
    words: Mapping[str, str] | None = None,
) -> None:
    moment = now(db)
    log = new_log(id, "right", programme, moment)
    kept = {name: _recorded(name, fields.get(name)) for name in FIELDS}
    protects = sorted(set(technologies))
    effects: RegisterEffects = {
        "right": {
            "programme": programme,
            "kind": kind,
            "technologies": protects,
            "owners": list(owners),
            "confirmed": confirmed,
        }
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
    columns = {**kept, "id": id, "programme_id": programme, "kind": kind, "confirmed": confirmed}
    columns[SOURCE] = (words or {}).get(SOURCE)
    db.execute(
        text(f"INSERT INTO rights ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"), columns
    )
    write_technologies(db, id, protects)
    write_owners(db, id, owners)


def confirm_right(
    db: Connection,
    actor: Actor,
    right: str,
    *,
    checked_on: date,
    fields: JsonMapping,
    request: Request,
    kind: str | None = None,
    source: str | None = None,
    reason: str | None = None,
    seen: int | None = None,
) -> Done:
    """An officer has looked the right up and stands for what the record says, with what `fields` puts right in it.

    A field that is None is emptied; one that is not named stays; what a right of another `kind` does not have goes. What was
    confirmed before is corrected with a reason. Raises RecordHasMoved where its log is longer than it was when the record was
    `seen`.
    """
    programme, by = editable(db, actor, right)
    if kind is not None and kind not in KINDS:
        raise InvalidForm(fields={"kind": reasons.fields.ONE_OF(choices=tuple(KINDS))})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    log = lock_right(db, right, seen)
    before = insist_stands(db, right)
    is_now = kind or before.kind
    given = {name: _recorded(name, fields[name]) for name in CORRECTED if name in fields}
    stood = {name: _plain(getattr(before, name)) for name in CORRECTED}
    given |= {name: None for name in out_of_place(is_now, stood) if is_now != before.kind and not given.get(name)}
    changed = {name: value for name, value in given.items() if value != stood[name]}
    if before.confirmed and (changed or is_now != before.kind) and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    after = {**stood, **changed, "checked_on": _plain(checked_on), "owners": before.owners}
    insist_sound(is_now, changed, after, today=today_of(db, programme), burdens=before.encumbrances)
    insist_new(db, programme, right, {**stood, **changed})
    words = {name: value.strip() for name, value in ((SOURCE, source), (REASON, reason)) if value and value.strip()}
    effects: RegisterEffects = {"checked_on": checked_on.isoformat()}
    if is_now != before.kind:
        effects["right_kind"] = is_now
    event = log.next_event(
        CONFIRMED, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body={**changed, **words}
    )
    append(db, log, [event])
    columns: JsonObject = {**changed, "checked_on": checked_on, "kind": is_now, "confirmed": True}
    if SOURCE in words:
        columns[SOURCE] = words[SOURCE]
    write_columns(db, right, columns)
    return finish(db, actor, request, Done({"id": right, "confirmed": True}))


def set_belonging(
    db: Connection,
    actor: Actor,
    right: str,
    *,
    request: Request,
    technologies: Sequence[str] | None = None,
    owners: Sequence[Mapping[str, Any]] | None = None,
    source: str | None = None,
    reason: str | None = None,
    seen: int | None = None,
) -> Done:
    """Say which technologies a right protects, and whose it is; what is None stays. Raises RecordHasMoved as `confirm_right` does."""
    programme, by = editable(db, actor, right)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    _insist_technologies(db, programme, technologies or ())
    log = lock_right(db, right, seen)
    before = insist_stands(db, right)
    theirs = None if owners is None else _owners(db, programme, owners, before.owners)
    effects: RegisterEffects = {}
    if technologies is not None and (protects := sorted(set(technologies))) != sorted(before.technologies):
        effects["technologies"] = protects
    if theirs is not None and theirs != before.owners:
        effects["owners"] = theirs
    if not effects:
        raise InvalidForm(fields={"owners": reasons.fields.UNCHANGED})
    if before.confirmed and "owners" in effects and before.owners and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_CORRECTED})
    words = {name: value.strip() for name, value in ((SOURCE, source), (REASON, reason)) if value and value.strip()}
    event = log.next_event(BELONGS, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body=words)
    append(db, log, [event])
    if "technologies" in effects:
        write_technologies(db, right, effects["technologies"])
    if "owners" in effects:
        write_owners(db, right, effects["owners"])
    return finish(db, actor, request, Done({"id": right}))


def insist_stands(db: Connection, right: str) -> Any:
    """A right that stands for itself. Raises NotAllowed where it was merged, be it while one waited for its lock."""
    row = db.execute(_RIGHT, {"id": right}).one()
    if row.merged_into is not None:
        raise NotAllowed(why=reasons.catalogue.RECORD_MERGED)
    return row


def write_row(db: Connection, right: str) -> None:
    """Bring a right's fields after its log, once words of it were erased: what was said last stands, or nothing where that is gone."""
    with whole(db):
        told = fold(read_register(db, right))
    write_columns(
        db, right, {name: None if (value := told.get(name)) is ERASED else value for name in (*FIELDS, SOURCE)}
    )
    write_encumbrances(db, right, told["encumbrances"])


def write_columns(db: Connection, right: str, columns: JsonMapping) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in columns)
    db.execute(text(f"UPDATE rights SET {sets} WHERE id = CAST(:id AS uuid)"), {**columns, "id": right})


#: A right as it stands, with what it belongs to.
_RIGHT = text(f"SELECT x.*, {with_links('x')} FROM rights x WHERE x.id = CAST(:id AS uuid)")


def editable(db: Connection, actor: Actor, right: str) -> tuple[str, By]:
    """The programme of a right that the actor may put right, and in which capacity. Raises NotFound and NotAllowed."""
    programme = seen_programme(db, actor, right)
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES(roles=EDITORS))
    return programme, by


def take_turn(db: Connection, programme: str) -> None:
    """Before a number is looked for: an import holds the programme's log while it writes rights, and so do others."""
    with whole(db):
        lock_log(db, programme)


def lock_right(db: Connection, right: str, seen: int | None = None) -> Log:
    """The log of a right that is to be changed. Raises RecordHasMoved where it is longer than when it was `seen`."""
    log: Log = lock_log(db, right)
    if seen not in (None, log.seq):
        raise RecordHasMoved
    return log


# --- what is refused -----------------------------------------------------------------------------------------------------

#: Today's day in the zone of a programme.
_TODAY = text(
    "SELECT CAST(CAST(casework_now() AT TIME ZONE (calendar->>'zone') AS date) AS text) FROM programmes"
    " WHERE id = CAST(:id AS uuid)"
)


def today_of(db: Connection, programme: str) -> str:
    """Which day it is at the office of a programme."""
    return str(db.execute(_TODAY, {"id": programme}).scalar_one())


def insist_sound(
    kind: str,
    changed: JsonMapping,
    after: JsonMapping,
    *,
    today: str,
    burdens: Sequence[Encumbrance] = (),
    whole: bool = True,
) -> None:
    """What was said is of this kind and can be, and where it is to be relied on nothing is missing. Raises InvalidForm."""
    said = {name: value for name, value in changed.items() if name in CORRECTED}
    faults: dict[str, Why] = dict.fromkeys(out_of_place(kind, said), reasons.catalogue.NOT_OF_KIND)
    if (status := after.get("status")) is not None and status not in KINDS[kind].statuses:
        faults.setdefault("status", reasons.fields.ONE_OF(choices=KINDS[kind].statuses))
    right = {**after, "kind": kind}
    faults = filed_after_burdens(right, burdens) | impossible(right, today) | faults
    if whole:
        faults |= dict.fromkeys(missing(kind, after), reasons.fields.REQUIRED)
    if faults:
        raise InvalidForm(fields=faults)


#: How many of some technologies are the programme's.
_TECHNOLOGIES = text(
    "SELECT count(*) FROM technologies WHERE id::text = ANY(CAST(:ids AS text[])) AND programme_id = CAST(:programme AS uuid)"
    " AND merged_into IS NULL"
)
#: Which of some organisations can own a right of a programme, as it knows them, and whether their records have expired.
_ORGANISATIONS = text(
    "SELECT o.id::text, o.expired_at IS NOT NULL AS expired FROM organisations o"
    f" WHERE o.id::text = ANY(CAST(:ids AS text[])) AND o.merged_into IS NULL AND {KNOWN}"
)


def _insist_technologies(db: Connection, programme: str, technologies: Sequence[str]) -> None:
    ids = set(technologies)
    given = {"ids": sorted(ids), "programme": programme}
    if len(ids) > MOST or ids and db.execute(_TECHNOLOGIES, given).scalar_one() != len(ids):
        raise InvalidForm(fields={"technologies": reasons.fields.NOT_KNOWN})


def _owners(
    db: Connection, programme: str, owners: Sequence[Mapping[str, Any]], stood: Sequence[OwnerOfRight] = ()
) -> list[OwnerOfRight]:
    """Owners as they are written down, in order. Raises InvalidForm for one that is not known, for shares above the whole, and for one
    whose record has expired, unless it `stood` there."""
    try:
        told: list[OwnerOfRight] = [
            {"organisation": str(owner["organisation"]), "share": plain_share(owner.get("share"))} for owner in owners
        ]
    except ValueError:
        raise InvalidForm(fields={"owners": reasons.catalogue.SHARE_FORM}) from None
    if len(told) > MOST or not shares_fit(told):
        raise InvalidForm(fields={"owners": reasons.catalogue.SHARES_ABOVE_WHOLE})
    ids = sorted(owner["organisation"] for owner in told)
    known = {row.id: row.expired for row in db.execute(_ORGANISATIONS, {"ids": ids, "seen": [programme]})}
    if len(known) != len(ids):
        raise InvalidForm(fields={"owners": reasons.fields.NOT_KNOWN})
    if any(known[id] for id in known.keys() - {owner["organisation"] for owner in stood}):
        raise InvalidForm(fields={"owners": reasons.catalogue.ORGANISATION_EXPIRED})
    return sorted(told, key=lambda owner: owner["organisation"])


def insist_new(db: Connection, programme: str, right: str | None, fields: JsonMapping) -> None:
    for name in ("number", "application_number"):
        if is_recorded(db, programme, fields.get("office"), fields.get(name), but=right, column=name):
            raise InvalidForm(fields={name: reasons.catalogue.RIGHT_RECORDED})


def _recorded(name: str, value: Any) -> Any:
    """A field as it is written down: days in words, an office in its one form."""
    return one_form(value) if name == "office" else _plain(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

"""Screenings on the record of an organisation: how one is entered, by its own page or by the task of a case."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping

from sqlalchemy import Connection, text

from casework.engine.case_objects.organisations import SCREENED
from casework.engine.case_objects.screenings import RECORD_LIMIT
from casework.engine.state.case import Case
from casework.engine.state.events import Event
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.state.screening_values import ScreenedParty
from casework.json_values import JsonMapping, JsonObject
from casework.operations.core.external_facts import outside
from casework.operations.core.register_log import append
from casework.records.event_log import Log, lock_log
from casework.records.register_entries import body_of

#: Until when a screening `s` counts in a programme `y`: as it says, and no longer than the programme lets one count.
COUNTS_UNTIL = f"""CASE WHEN s.valid_until IS NOT NULL
        THEN least(s.valid_until, s.checked_on + CAST(y.calendar->'limits'->>'{RECORD_LIMIT}' AS int)) END"""
#: What is said of a screening.
FIELDS = ("result", "checked_on", "valid_until", "lists", "finding", "evidence")


def enter_screening(
    db: Connection, log: Log, id: str, programme: str, *, fields: JsonMapping, owners: Mapping[str, str]
) -> JsonObject:
    """Write a screening into the rows of an organisation whose log is locked, and each owner by id; gives what its log tells of it."""
    row: JsonObject = {
        "id": id,
        "organisation_id": log.id,
        "programme_id": programme,
        "made_at": log.now.isoformat(),
        **{name: fields.get(name) or None for name in FIELDS},
    }
    db.execute(_ADD, {"row": json.dumps(row)})
    for owner, screened in owners.items():
        stood = {"owner": owner, "screened": screened, "on": fields["checked_on"], "lists": fields.get("lists")}
        db.execute(_SCREEN_OWNER, stood)
    return _told(db, log.id, id, owners)


def _told(db: Connection, organisation: str, id: str, owners: Collection[str]) -> JsonObject:
    body: JsonObject = body_of(db, "organisation_screenings", organisation, [id])
    return body | (body_of(db, "organisation_owners", organisation, list(owners)) if owners else {})


def lock_party(db: Connection, case: Case, party: str | None) -> None:
    """Before it is read whom a screening of a party is to answer for: nobody enters an owner or merges the organisation meanwhile."""
    known = outside(db, case, ("owners",))["owners"]
    if isinstance(known, Mapping) and (told := known.get(str(party))) is not None:
        lock_log(db, str(told["organisation"]))


def record_of_case(db: Connection, cause: Event, programme: str, said: ScreenedParty, id: str) -> None:
    """Write into an organisation's log what an event of a case says of it."""
    log = lock_log(db, said["organisation"])
    words = {name: cause.body.get(field) for name, field in said["words"].items()}
    fields = {name: said[name] for name in ("result", "checked_on", "valid_until")} | {
        name: word for name, word in words.items() if isinstance(word, str)
    }
    body = enter_screening(db, log, id, programme, fields=fields, owners=said["owners"])
    effects: RegisterEffects = {"programme": programme, "cause": {"log": cause.log, "seq": cause.seq}}
    event = log.next_event(
        SCREENED, cause.actor, role=cause.role, acting_for=cause.acting_for, effects=effects, body=body
    )
    append(db, log, [event])


#: Enters a screening.
_ADD = text("""
    INSERT INTO organisation_screenings (
        id, organisation_id, programme_id, result, checked_on, valid_until, lists, finding, evidence, made_at
    ) SELECT id, organisation_id, programme_id, result, checked_on, valid_until, lists, finding, evidence, made_at
    FROM jsonb_populate_record(NULL::organisation_screenings, CAST(:row AS jsonb))
""")
#: Says how an owner was screened last.
_SCREEN_OWNER = text("""
    UPDATE organisation_owners SET screened = :screened, screened_on = CAST(:on AS date), lists = :lists WHERE id = CAST(:owner AS uuid)
""")


__all__ = ["FIELDS", "enter_screening", "lock_party", "record_of_case"]

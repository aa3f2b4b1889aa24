"""Whether a programme shows its catalogue to whoever has no account: off until its supervisor says so, and where its office is asked.

Each change is one event of the programme's log, which says what stands in the row then; the row comes after it.
"""

from __future__ import annotations

import json

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.letterheads import REASON
from casework.engine.case_objects.public_catalogues import CATALOGUE_SET, FIELDS, cleaned
from casework.engine.execution.guards import line
from casework.errors import InvalidForm, RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.operations.core.email_addresses import insist_address
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_log import append
from casework.operations.people.letterheads import insist_sets
from casework.permissions.actors import Actor
from casework.records.event_log import lock_log
from casework.records.register_entries import body_of
from casework.records.row_security import whole

_TABLE = "public_catalogues"


def set_catalogue(
    db: Connection,
    actor: Actor,
    programme: str,
    *,
    fields: JsonMapping,
    reason: str | None,
    request: Request,
    seen: int | None = None,
) -> Done:
    """Show what is published in a programme to whoever has no account, or do so no more; what is not said is empty.

    What stood there before is changed with a reason. Raises RecordHasMoved where it was set after it was `seen`.
    """
    by = insist_sets(actor, programme)
    values = cleaned(fields)
    if values["email"] is not None:
        values["email"] = insist_address(values["email"])
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    with whole(db):
        log = lock_log(db, programme)
        before = db.execute(_ROW, {"programme": programme}).one_or_none()
        last = db.execute(_LAST, {"log": programme, "kind": CATALOGUE_SET}).scalar() or 0
    if seen not in (None, last):
        raise RecordHasMoved
    if before is not None and all(before._mapping[name] == values[name] for name in FIELDS):
        raise Refused(reasons.catalogue.SHOWN_SO_ALREADY)
    if before is not None and not (reason or "").strip():
        raise InvalidForm(fields={REASON: reasons.catalogue.SAY_WHY_SHOWN})
    words = {REASON: line(reason, REASON)} if reason and reason.strip() else {}
    id = before.id if before is not None else str(uuid_utils.uuid7())
    db.execute(_KEEP, {"values": json.dumps({**values, "id": id, "programme_id": programme})})
    with whole(db):
        body = body_of(db, _TABLE, programme, [id]) | words
        event = log.next_event(CATALOGUE_SET, by.person, role=by.role, acting_for=by.acting_for, body=body)
        append(db, log, [event], request.key_hash)
    return finish(db, actor, request, Done({"id": programme, "version": event.seq}))


#: The row of a programme's public catalogue.
_ROW = text("SELECT * FROM public_catalogues WHERE programme_id = CAST(:programme AS uuid)")
#: When something was done last in a log.
_LAST = text("SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind")
#: Writes the row, or writes it anew.
_KEEP = text("""
    INSERT INTO public_catalogues (id, programme_id, open, contact, contact_zh, email)
    SELECT id, programme_id, open, contact, contact_zh, email
    FROM jsonb_populate_record(NULL::public_catalogues, CAST(:values AS jsonb))
    ON CONFLICT (programme_id) DO UPDATE SET
    open = excluded.open, contact = excluded.contact, contact_zh = excluded.contact_zh, email = excluded.email
""")

__all__ = ["set_catalogue"]

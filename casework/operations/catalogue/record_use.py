"""Needs and technologies that are used no more: said to have expired or to be withdrawn, with a reason, and brought back.

A match of one that ended opens no case; the cases that run go on.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import BROUGHT_BACK, CLOSED, NEED, REASON, WITHDRAWN, changed
from casework.engine.case_objects.kept_records import PUBLISHED as PUT_TO_USE
from casework.engine.case_objects.record_use import (
    DRAFT,
    PUBLISHED,
    against_ending,
    against_publishing,
    against_return,
)
from casework.engine.execution.guards import line
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, RecordHasMoved
from casework.json_values import JsonObject
from casework.operations.catalogue.kept_records import editable
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.need_status import status_of
from casework.operations.core.record_log import Change, Kept, lock_record, write_records
from casework.permissions.actors import Actor


def end_record(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    *,
    status: str,
    reason: str,
    request: Request,
    seen: int | None = None,
) -> Done:
    """A need or a technology is used no more: it `expired`, or its owner has `withdrawn` it. Raises InvalidForm."""
    said: JsonObject = {"status": status}
    return _stand(db, actor, noun, id, said, kind=WITHDRAWN, reason=reason, request=request, seen=seen)


def publish_need(db: Connection, actor: Actor, id: str, *, request: Request, seen: int | None = None) -> Done:
    """A need that was a draft is used from now on, and shown as far as it may be published. Raises InvalidForm."""
    return _stand(
        db, actor, "need", id, {"status": PUBLISHED}, kind=PUT_TO_USE, reason=None, request=request, seen=seen
    )


def bring_back(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    *,
    reason: str,
    request: Request,
    valid_until: str | None = None,
    seen: int | None = None,
) -> Done:
    """It is used again; of a need whose last day has passed a new one is said, and it stands by its cases. Raises InvalidForm."""
    said: JsonObject = {"status": PUBLISHED}
    if valid_until and noun == "need":
        said["valid_until"] = valid_until
    return _stand(db, actor, noun, id, said, kind=BROUGHT_BACK, reason=reason, request=request, seen=seen)


def _stand(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    said: JsonObject,
    *,
    kind: str,
    reason: str | None,
    request: Request,
    seen: int | None,
) -> Done:
    programme, by = editable(db, actor, noun, id)
    words = {} if reason is None else {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    standing = lock_record(db, noun, id, programme)
    if seen not in (None, standing.log.seq):
        raise RecordHasMoved
    today = db.execute(_TODAY, {"programme": programme}).scalar_one().isoformat()
    if kind == WITHDRAWN:
        faults = against_ending(standing.state, said["status"])
        if standing.state["status"] == DRAFT:
            # What was never shown is shown to nobody by being given up.
            said = said | {"publication": CLOSED}
    elif kind == PUT_TO_USE:
        faults = against_publishing(standing.state)
    else:
        faults = against_return(standing.state, said.get("valid_until"), today)
    if faults:
        raise InvalidForm(fields=faults)
    if kind != WITHDRAWN and noun == NEED:
        # A case may run for it, or have come to something meanwhile.
        said = said | {"status": status_of(db, id, PUBLISHED)}
    fields = changed(noun, standing.state, said)
    # What a person says of how it stands no import overwrites.
    effects: RegisterEffects = {"confirmed": sorted(said)}
    write_records(db, by, [(standing, Change(kind, fields, words, effects))])
    return finish(db, actor, request, Done({"id": id, "status": said["status"]}))


#: Today's day in the zone of a programme.
_TODAY = text(
    "SELECT CAST(casework_now() AT TIME ZONE (calendar->>'zone') AS date) FROM programmes WHERE id = CAST(:programme AS uuid)"
)

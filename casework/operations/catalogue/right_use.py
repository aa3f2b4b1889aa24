"""IP rights that are named in nothing new: the record is said to have expired, with a reason, and brought back.

One whose record has expired is of no case that opens, is added to none, and no form offers it; cases that hold it keep it.
"""

from __future__ import annotations

from sqlalchemy import Connection

from casework.engine.case_objects.ip_rights import REASON
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED, against_expiry
from casework.engine.execution.guards import line
from casework.errors import Refused
from casework.operations.catalogue.ip_rights import editable, insist_stands, lock_right, take_turn, write_columns
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor


def expire_right(
    db: Connection, actor: Actor, right: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """Nobody follows the right any more. Raises Refused, and RecordHasMoved where its log is longer than `seen`."""
    return _stand(db, actor, right, EXPIRED, reason=reason, request=request, seen=seen)


def bring_right_back(
    db: Connection, actor: Actor, right: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """The right can be named again. Raises what `expire_right` raises."""
    return _stand(db, actor, right, BROUGHT_BACK, reason=reason, request=request, seen=seen)


def _stand(
    db: Connection, actor: Actor, right: str, kind: str, *, reason: str, request: Request, seen: int | None
) -> Done:
    programme, by = editable(db, actor, right)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    take_turn(db, programme)
    log = lock_right(db, right, seen)
    if why := against_expiry(kind, expired=insist_stands(db, right).expired_at is not None):
        raise Refused(*why)
    event = log.next_event(kind, by.person, role=by.role, acting_for=by.acting_for, body=words)
    append(db, log, [event])
    write_columns(db, right, {"expired_at": event.at if kind == EXPIRED else None})
    return finish(db, actor, request, Done({"id": right, "expired": kind == EXPIRED}))

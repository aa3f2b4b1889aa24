"""Organisations that are named in nothing new: said to have expired, with a reason, and brought back.

One that expired owns and lends nothing new, is no party of a new match or case, and no company of a joint venture; what runs goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from casework.engine.case_objects.organisation_use import against_use
from casework.engine.case_objects.organisations import EDITORS, REASON
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED
from casework.engine.execution.guards import line
from casework.errors import Refused
from casework.ledger.canonical_json import instant
from casework.operations.catalogue.organisations import (
    insist_home,
    lock_home,
    read_seen,
    take_turn,
    tell,
    write_columns,
)
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.permissions.actors import Actor


def expire_organisation(
    db: Connection, actor: Actor, organisation: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """The organisation has ceased, or takes part no more. Raises Refused, and RecordHasMoved where its log is longer than `seen`."""
    return _stand(db, actor, organisation, EXPIRED, instant, reason=reason, request=request, seen=seen)


def bring_organisation_back(
    db: Connection, actor: Actor, organisation: str, *, reason: str, request: Request, seen: int | None = None
) -> Done:
    """The organisation can be named again. Raises what `expire_organisation` raises."""
    return _stand(db, actor, organisation, BROUGHT_BACK, lambda at: None, reason=reason, request=request, seen=seen)


def _stand(
    db: Connection,
    actor: Actor,
    organisation: str,
    kind: str,
    since: Callable[[datetime], str | None],
    *,
    reason: str,
    request: Request,
    seen: int | None,
) -> Done:
    programme, by = insist_home(db, actor, organisation, EDITORS, itself=True)
    words = {REASON: line(reason, REASON)}
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # Nobody makes it the owner or the party of something meanwhile.
    take_turn(db, programme)
    log = lock_home(db, organisation, seen)
    if why := against_use(read_seen(db, actor, organisation)._mapping, kind):
        raise Refused(*why)
    expired_at = since(log.now)
    write_columns(db, "organisations", organisation, {"expired_at": expired_at})
    entries = {"organisations": [organisation]}
    tell(db, log, by, kind, programme=programme, entries=entries, words=words, columns=["expired_at"])
    return finish(db, actor, request, Done({"id": organisation, "expired": expired_at is not None}))

"""The reading log: what auditors, and others in an emergency, were shown, and what anybody took out."""

from __future__ import annotations

from casework.api.audit import access_log_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.operations.core import access_log
from casework.operations.core.access_log import Reading
from casework.operations.core.paging import Page


def list_readings(call: Call) -> Page[Reading]:
    return access_log.list_readings(
        call.db, call.actor, number=call.query.number, cursor=call.query.cursor, limit=call.query.limit
    )


ROUTES: tuple[Route, ...] = (
    get(
        "/readings",
        list_readings,
        "List what was read in your programmes, the newest first; for auditors and managers",
        schemas.ReadingPage,
        query=schemas.ReadingQuery,
        noun="page",
        for_some=True,
    ),
)

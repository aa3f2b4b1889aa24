"""A case opened in an emergency."""

from __future__ import annotations

from casework.api.mediations import emergency_access_schemas as schemas
from casework.api.protocol.routes import Call, Route, post
from casework.operations.core.idempotency import Done
from casework.operations.mediations import emergency_access


def break_glass(call: Call) -> Done:
    return emergency_access.break_glass(
        call.db, call.actor, call.path["number"], reason=call.body.reason, request=call.request
    )


ROUTES: tuple[Route, ...] = (
    post(
        "/cases/{number}/emergency", break_glass, "Open a case in an emergency, to read it for a few hours", schemas.GlassBroken,
        body=schemas.Emergency, status=201,
    ),
)  # fmt: skip

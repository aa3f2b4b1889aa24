"""The limits of a programme's own: all of them, and setting one."""

from __future__ import annotations

from casework.api.deadlines import limit_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.deadlines import limits
from casework.operations.deadlines.views import ProgrammeLimits


def list_limits(call: Call) -> ProgrammeLimits:
    return limits.list_limits(call.db, call.actor, call.path["programme"])


def set_limit(call: Call) -> Done:
    body = call.body
    return limits.set_limit(
        call.db,
        call.actor,
        call.path["programme"],
        body.what,
        n=body.n,
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


_LIMITS = "/programmes/{programme}/settings/limits"

ROUTES: tuple[Route, ...] = (
    get(_LIMITS, list_limits, "List the limits of all workflows, with those that the programme has set for itself",
        schemas.ProgrammeLimits),
    post(_LIMITS, set_limit, "Set a limit for clocks that begin from now on", schemas.LimitMade, body=schemas.NewLimit),
)  # fmt: skip

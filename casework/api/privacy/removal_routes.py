"""Removals of contents under retention: which there are, proposing one, and agreeing to it."""

from __future__ import annotations

from casework.api.privacy import removal_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.privacy import removals
from casework.operations.privacy.views import ProgrammeRemovals


def show_removals(call: Call) -> ProgrammeRemovals:
    return removals.show_removals(call.db, call.actor, call.path["programme"])


def propose_removal(call: Call) -> Done:
    body = call.body
    return removals.propose_removal(
        call.db,
        call.actor,
        call.path["programme"],
        reason=body.reason,
        code=body.code,
        seen=body.seen,
        request=call.request,
    )


def decide_removal(call: Call) -> Done:
    body = call.body
    return removals.decide_removal(
        call.db,
        call.actor,
        call.path["programme"],
        agree=body.agree,
        confirmed=body.confirmed,
        note=body.note,
        seen=body.seen,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/settings/removals", show_removals, "List the removals of contents under retention",
        schemas.ProgrammeRemovals),
    post("/programmes/{programme}/settings/removals", propose_removal, "Propose to remove the contents of the cases that are due today",
        schemas.RemovalAsked, body=schemas.NewRemoval, status=201),
    post("/programmes/{programme}/settings/removals/decision", decide_removal,
        "Agree to a removal as the second person, which cannot be undone, or do not", schemas.RemovalDecided, body=schemas.RemovalDecision),
)  # fmt: skip

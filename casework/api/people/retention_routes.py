"""A programme's retention classes: which they are, proposing others, and agreeing to them."""

from __future__ import annotations

from casework.api.people import retention_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.engine.retention import RetentionClass
from casework.operations.core.idempotency import Done
from casework.operations.people import programme_retention
from casework.operations.people.retention_views import ProgrammeRetention


def show_retention(call: Call) -> ProgrammeRetention:
    return programme_retention.show_retention(call.db, call.actor, call.path["programme"])


def propose_retention(call: Call) -> Done:
    body = call.body
    return programme_retention.propose_retention(
        call.db,
        call.actor,
        call.path["programme"],
        classes=[
            RetentionClass(
                one.code, one.name, one.name_zh, one.years, frozenset(one.kinds), frozenset(one.outcomes), one.fate
            )
            for one in body.classes
        ],
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


def decide_retention(call: Call) -> Done:
    body = call.body
    return programme_retention.decide_retention(
        call.db,
        call.actor,
        call.path["programme"],
        agree=body.agree,
        note=body.note,
        seen=body.seen,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/settings/retention", show_retention, "Show for how long a programme's closed cases are kept",
        schemas.ProgrammeRetention),
    post("/programmes/{programme}/settings/retention", propose_retention, "Propose other retention classes for a programme",
        schemas.RetentionMoved, body=schemas.NewRetention, status=201),
    post("/programmes/{programme}/settings/retention/decision", decide_retention,
        "Agree to proposed retention classes as the second person, or do not", schemas.RetentionMoved, body=schemas.RetentionDecision),
)  # fmt: skip

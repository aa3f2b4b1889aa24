"""The weights of a programme's ranked lists: which they are, proposing others, and agreeing to them."""

from __future__ import annotations

from casework.api.people import weights_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.people import programme_weights
from casework.operations.people.weights_views import ProgrammeWeights


def show_weights(call: Call) -> ProgrammeWeights:
    return programme_weights.show_weights(call.db, call.actor, call.path["programme"])


def propose_weights(call: Call) -> Done:
    body = call.body
    return programme_weights.propose_weights(
        call.db,
        call.actor,
        call.path["programme"],
        values=body.values,
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


def decide_weights(call: Call) -> Done:
    body = call.body
    return programme_weights.decide_weights(
        call.db,
        call.actor,
        call.path["programme"],
        agree=body.agree,
        note=body.note,
        seen=body.seen,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/settings/weights", show_weights, "Show by what weights a programme's lists are ordered",
        schemas.ProgrammeWeights),
    post("/programmes/{programme}/settings/weights", propose_weights, "Propose other weights for a programme's lists",
        schemas.WeightsMoved, body=schemas.NewWeights, status=201),
    post("/programmes/{programme}/settings/weights/decision", decide_weights, "Agree to proposed weights as the second person, or do not",
        schemas.WeightsMoved, body=schemas.WeightsDecision),
)  # fmt: skip

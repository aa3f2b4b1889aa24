"""Erasures of persons: asked for by an administrator, agreed to by a second person, carried out by a worker."""

from __future__ import annotations

from flask import current_app

from casework.api.privacy import schemas
from casework.api.protocol import fields
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.privacy import erasure_requests
from casework.operations.privacy.views import ErasureDetails, ErasureRow


def _years() -> int:
    years: int = current_app.config["KEEP_FINANCING_YEARS"]
    return years


def list_erasures(call: Call) -> Page[ErasureRow]:
    return erasure_requests.list_erasures(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def show_erasure(call: Call) -> ErasureDetails:
    return erasure_requests.show_erasure(call.db, call.actor, call.path["erasure"], years=_years())


def ask_erasure(call: Call) -> Done:
    body = call.body
    return erasure_requests.ask_erasure(
        call.db,
        call.actor,
        programme=str(body.programme),
        person=text_of(body.person),
        words=body.words,
        basis=body.basis,
        reason=body.reason,
        request=call.request,
        years=_years(),
    )


def decide_erasure(call: Call) -> Done:
    return erasure_requests.decide_erasure(
        call.db,
        call.actor,
        call.path["erasure"],
        agree=call.body.agree,
        note=call.body.note,
        request=call.request,
        years=_years(),
    )


ROUTES: tuple[Route, ...] = (
    get("/erasures", list_erasures, "List the erasures of persons in your programmes", schemas.ErasurePage, query=fields.Paged),
    get("/erasures/{erasure}", show_erasure, "See an erasure, and what stands against it", schemas.ErasureDetails),
    post("/erasures", ask_erasure, "Ask that everything that names a person be erased", schemas.ErasureMade,
        body=schemas.NewErasure, status=201, noun="programme or person"),
    post("/erasures/{erasure}/decide", decide_erasure,
        "Agree as the second person, upon which it is carried out for good; or do not", schemas.ErasureMade, body=schemas.ErasureDecision),
)  # fmt: skip

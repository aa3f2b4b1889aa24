"""Legal holds, placed by one person and ended by another; and what may be removed by a day."""

from __future__ import annotations

from casework.api.privacy import hold_schemas as schemas
from casework.api.protocol import fields
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.protocol.schemas import text_of
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.privacy import legal_holds, retention_preview
from casework.operations.privacy.views import HoldDetails, HoldRow, RetentionPreview


def list_holds(call: Call) -> Page[HoldRow]:
    return legal_holds.list_holds(call.db, call.actor, cursor=call.query.cursor, limit=call.query.limit)


def show_hold(call: Call) -> HoldDetails:
    return legal_holds.show_hold(call.db, call.actor, call.path["hold"])


def place_hold(call: Call) -> Done:
    body = call.body
    return legal_holds.place_hold(
        call.db,
        call.actor,
        programme=str(body.programme),
        case=body.case,
        organisation=text_of(body.organisation),
        until=body.until,
        reason=body.reason,
        request=call.request,
    )


def end_hold(call: Call) -> Done:
    return legal_holds.end_hold(call.db, call.actor, call.path["hold"], reason=call.body.reason, request=call.request)


def preview_retention(call: Call) -> RetentionPreview:
    query = call.query
    return retention_preview.preview_retention(
        call.db,
        call.actor,
        call.path["programme"],
        by=query.by,
        code=query.code,
        cursor=query.cursor,
        limit=query.limit,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/retention", preview_retention, "See which closed cases may be removed by a day, and what is held",
        schemas.RetentionPreview, query=schemas.RetentionQuery),
    get("/legal-holds", list_holds, "List the legal holds in your programmes", schemas.LegalHoldPage, query=fields.Paged),
    get("/legal-holds/{hold}", show_hold, "See a legal hold, and why it was placed", schemas.LegalHoldDetails),
    post("/legal-holds", place_hold, "Keep a case, the cases of an organisation or those of a programme, whatever their class says",
        schemas.HoldMoved, body=schemas.NewHold, status=201, noun="programme"),
    post("/legal-holds/{hold}/end", end_hold, "End a legal hold that somebody else has placed", schemas.HoldMoved, body=schemas.HoldEnd),
)  # fmt: skip

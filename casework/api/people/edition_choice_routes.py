"""The editions by which a programme begins: which they are, and setting them."""

from __future__ import annotations

from casework.api.people import edition_choice_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.people import programme_editions
from casework.operations.people.edition_choice_views import ProgrammeEditions


def show_editions(call: Call) -> ProgrammeEditions:
    return programme_editions.show_editions(call.db, call.actor, call.path["programme"])


def set_editions(call: Call) -> Done:
    body = call.body
    return programme_editions.set_editions(
        call.db,
        call.actor,
        call.path["programme"],
        editions=body.editions,
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/settings/editions", show_editions, "Show by which editions a programme begins",
        schemas.ProgrammeEditions),
    post("/programmes/{programme}/settings/editions", set_editions, "Set by which editions a programme begins",
        schemas.EditionsSet, body=schemas.NewEditionChoice),
)  # fmt: skip

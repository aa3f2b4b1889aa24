"""Tables of rights and of organisations: bring one in, or try it first."""

from __future__ import annotations

from casework.api.catalogue import table_schemas as schemas
from casework.api.protocol.routes import Call, Route, post
from casework.operations.catalogue.table_import import MOST_BYTES
from casework.operations.catalogue.table_import import import_table as bring_in
from casework.operations.core.idempotency import Done


def import_table(call: Call) -> Done:
    body = call.body
    return bring_in(
        call.db,
        call.actor,
        programme=call.path["programme"],
        table=body.table,
        content=body.content.encode(),
        source=body.source,
        name=body.name,
        dry_run=body.dry_run,
        request=call.request,
    )


#: As much as the file may have, where most of its letters are written as \\u and four digits, and what stands beside it.
MOST_SENT = MOST_BYTES * 3 + 100_000

ROUTES: tuple[Route, ...] = (
    post("/programmes/{programme}/tables", import_table, "Enter rights or organisations from a table: all rows, or none with every fault",
        schemas.TableReport, body=schemas.NewTable, most=MOST_SENT),
)  # fmt: skip

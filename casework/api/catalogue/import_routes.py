"""Files of records: handed in, tried, taken over, and what came of them; and how the files of a source are read."""

from __future__ import annotations

from casework.api.catalogue import import_schemas as schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.fields import Paged
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.catalogue import import_requests
from casework.operations.catalogue.import_requests import ImportStanding, RefusedRow
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.core.views import Items

#: As much as a file may have, where most of its letters are written as \\u and four digits, and what stands beside it.
MOST_SENT = schemas.MOST_LETTERS * 3 + 100_000


def list_imports(call: Call) -> Items[ImportStanding]:
    return import_requests.list_imports(call.db, call.actor, call.path["programme"], call.query.records)


def show_import(call: Call) -> ImportStanding:
    return import_requests.show_import(call.db, call.actor, call.path["programme"], call.path["handed"])


def list_refused_rows(call: Call) -> Page[RefusedRow]:
    asked = call.query
    return import_requests.list_refused_rows(
        call.db, call.actor, call.path["programme"], call.path["handed"], cursor=asked.cursor, limit=asked.limit
    )


def hand_in_import(call: Call) -> Done:
    body = call.body
    return import_requests.hand_in(
        call.db,
        call.actor,
        call.path["programme"],
        body.records,
        content=body.content.encode("utf-8", "replace"),
        name=body.name,
        source=body.source,
        complete=body.complete,
        fields=body.fields,
        request=call.request,
    )


def read_import_as(call: Call) -> Done:
    return import_requests.read_as(
        call.db, call.actor, call.path["programme"], call.path["handed"], fields=call.body.fields, request=call.request
    )


def try_import(call: Call) -> Done:
    return import_requests.try_import(call.db, call.actor, call.path["programme"], call.path["handed"], call.request)


def take_over_import(call: Call) -> Done:
    return import_requests.take_over(
        call.db,
        call.actor,
        call.path["programme"],
        call.path["handed"],
        licence=call.body.licence,
        request=call.request,
    )


def map_source(call: Call) -> Done:
    body = call.body
    return import_requests.map_source(
        call.db,
        call.actor,
        call.path["source"],
        body.records,
        fields=body.fields,
        licence=body.licence,
        request=call.request,
    )


_ONE = "/programmes/{programme}/imports/{handed}"

ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/imports", list_imports, "List the files of records that were taken over last", schemas.ImportsShown,
        query=schemas.ImportQuery),
    post("/programmes/{programme}/imports", hand_in_import, "Hand in a file of records: nothing of it is recorded yet",
        shared.Made, body=schemas.NewImport, status=201, most=MOST_SENT),
    get(_ONE, show_import, "Show how far a file is, and what came of it or of its trial", schemas.ImportShown, noun="entry"),
    get(f"{_ONE}/refused", list_refused_rows, "List every row that is refused, with why", schemas.RefusedRowPage, query=Paged,
        noun="entry"),
    post(f"{_ONE}/fields", read_import_as, "Say how the columns of a file are read", shared.Made, body=schemas.ReadAs, noun="entry"),
    post(f"{_ONE}/try", try_import, "Let a worker try the whole file: what would be new, changed and refused", shared.Made,
        noun="entry"),
    post(f"{_ONE}/take-over", take_over_import, "Let a worker bring the file in", shared.Made, body=schemas.TakenOver, noun="entry"),
    post("/sources/{source}/mapping", map_source, "Say how the next files of a source are read", shared.Made, body=schemas.NewMapping,
        noun="entry"),
)  # fmt: skip

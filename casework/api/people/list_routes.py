"""The lists of a programme: what stands on them, setting an entry, and bringing many in."""

from __future__ import annotations

from casework.api.people import list_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.people import programme_lists
from casework.operations.people.list_views import ProgrammeLists


def show_lists(call: Call) -> ProgrammeLists:
    return programme_lists.show_lists(call.db, call.actor, call.path["programme"])


def set_entry(call: Call) -> Done:
    fields = {name: getattr(call.body, name) for name in type(call.body).model_fields}
    name, reason, seen = fields.pop("list"), fields.pop("reason"), fields.pop("seen")
    return programme_lists.set_entry(
        call.db, call.actor, call.path["programme"], name, fields=fields, reason=reason, seen=seen, request=call.request
    )


def import_entries(call: Call) -> Done:
    body = call.body
    return programme_lists.import_entries(
        call.db,
        call.actor,
        call.path["programme"],
        body.list,
        content=body.content,
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/lists", show_lists, "Show what the forms of a programme offer to choose from",
        schemas.ProgrammeLists),
    post("/programmes/{programme}/lists", set_entry, "Add an entry to a list, call it otherwise, retire it or offer it again",
        schemas.ListMade, body=schemas.NewEntry),
    post("/programmes/{programme}/lists/import", import_entries, "Add and change many entries of a list, all or none",
        schemas.ListMade, body=schemas.EntryTable),
)  # fmt: skip

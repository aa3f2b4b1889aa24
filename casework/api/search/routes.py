"""One search over what a person may see, and the filters that a person keeps."""

from __future__ import annotations

from casework.api.protocol.routes import Call, Route, get, post
from casework.api.search import schemas
from casework.operations.cases import saved_filters
from casework.operations.cases.views import SavedFilter
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.search.service import search
from casework.operations.search.views import Found


def search_everything(call: Call) -> Found:
    return search(call.db, call.actor, call.query.words)


def list_saved_filters(call: Call) -> Page[SavedFilter]:
    return Page(items=saved_filters.list_filters(call.db, call.actor, call.query.page))


def save_filter(call: Call) -> Done:
    return saved_filters.save_filter(
        call.db, call.actor, call.body.page, name=call.body.name, query=call.body.query, request=call.request
    )


def change_saved_filter(call: Call) -> Done:
    return saved_filters.change_filter(
        call.db,
        call.actor,
        call.path["filter"],
        name=call.body.name,
        shared_with=str(call.body.shared_with) if call.body.shared_with else None,
        request=call.request,
    )


def drop_saved_filter(call: Call) -> Done:
    return saved_filters.drop_filter(call.db, call.actor, call.path["filter"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/search", search_everything, "Search cases, documents, messages and people that you may see", schemas.Found,
        query=schemas.SearchQuery, noun="page"),
    get("/filters", list_saved_filters, "List the filters that you keep for a page, and those of your office", schemas.SavedFilters,
        query=schemas.FilterQuery),
    post("/filters", save_filter, "Keep a filter under a name; one of that name is written anew", schemas.FilterSaved,
        body=schemas.NewFilter, status=201),
    post("/filters/{filter}", change_saved_filter, "Give a filter another name, or share it with your office", schemas.FilterChanged,
        body=schemas.FilterChange),
    post("/filters/{filter}/drop", drop_saved_filter, "Forget a filter", schemas.FilterDropped),
)  # fmt: skip

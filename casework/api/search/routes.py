"""One search over what a person may see, and the filters that a person keeps."""

from __future__ import annotations

from casework.api.protocol.routes import Call, Route, get, post
from casework.api.search import schemas
from casework.operations.cases import saved_views
from casework.operations.cases.views import SavedView
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.matching.ranking import make_ready
from casework.operations.search.service import search
from casework.operations.search.views import Found


def search_everything(call: Call) -> Found:
    return search(call.db, call.actor, call.query.q)


def list_saved_views(call: Call) -> Page[SavedView]:
    return Page(items=saved_views.list_views(call.db, call.actor, call.query.page))


def save_view(call: Call) -> Done:
    return saved_views.save_view(
        call.db,
        call.actor,
        call.body.page,
        name=call.body.name,
        query=call.body.query,
        request=call.request,
        replace=call.body.replace,
    )


def change_saved_view(call: Call) -> Done:
    return saved_views.change_view(
        call.db,
        call.actor,
        call.path["view"],
        name=call.body.name,
        shared_with=str(call.body.shared_with) if call.body.shared_with else None,
        shared_role=call.body.shared_role,
        keep_role="shared_role" not in call.body.model_fields_set,
        mailed=call.body.mailed,
        request=call.request,
    )


def drop_saved_view(call: Call) -> Done:
    return saved_views.drop_view(call.db, call.actor, call.path["view"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/search", search_everything,
        "Search cases, documents, messages, open tasks, needs, technologies, IP rights, needs assessments with their visits, past projects,"
        " organisations and people that you may see", schemas.Found,
        query=schemas.SearchQuery, noun="page", ready=make_ready),
    get("/views", list_saved_views, "List your saved views of a list, and those of your office", schemas.SavedViews,
        query=schemas.ViewQuery),
    post("/views", save_view, "Save a view of a list under a name", schemas.ViewSaved,
        body=schemas.NewView, status=201),
    post("/views/{view}", change_saved_view, "Rename a saved view, or share it with your office", schemas.ViewChanged,
        body=schemas.ViewChange),
    post("/views/{view}/drop", drop_saved_view, "Delete a saved view", schemas.ViewDropped),
)  # fmt: skip

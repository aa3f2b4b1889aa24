"""The providers that a programme asks: which they are, and setting them."""

from __future__ import annotations

from casework.api.people import provider_list_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.people import programme_providers
from casework.operations.people.provider_list_views import ProgrammeProviders


def show_providers(call: Call) -> ProgrammeProviders:
    return programme_providers.show_providers(call.db, call.actor, call.path["programme"])


def set_providers(call: Call) -> Done:
    body = call.body
    return programme_providers.set_providers(
        call.db,
        call.actor,
        call.path["programme"],
        providers=None if body.providers is None else [str(one) for one in body.providers],
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/settings/providers", show_providers, "Show which providers a programme asks",
        schemas.ProgrammeProviders),
    post("/programmes/{programme}/settings/providers", set_providers, "Set which providers a programme asks",
        schemas.ProvidersSet, body=schemas.NewProviderList),
)  # fmt: skip

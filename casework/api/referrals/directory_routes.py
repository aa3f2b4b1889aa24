"""The directory of providers over the API: profiles, figures, and whom to ask."""

from __future__ import annotations

from casework.api.protocol import schemas as shared
from casework.api.protocol.routes import Call, Route, get, post
from casework.api.referrals import directory_schemas as schemas
from casework.operations.core.idempotency import Done
from casework.operations.core.views import Items
from casework.operations.people import provider_directory
from casework.operations.people.views import ProviderDetails, ProviderRow, SuggestedProvider


def list_providers(call: Call) -> Items[ProviderRow]:
    return Items(items=provider_directory.list_providers(call.db, call.actor, service=call.query.service))


def show_provider(call: Call) -> ProviderDetails:
    return provider_directory.show_provider(call.db, call.actor, call.path["provider"])


def describe_provider(call: Call) -> Done:
    return provider_directory.describe_provider(
        call.db, call.actor, call.path["provider"], call.body.model_dump(by_alias=True), call.request
    )


def suggest_providers(call: Call) -> Items[SuggestedProvider]:
    return Items(
        items=provider_directory.suggest_providers(call.db, call.actor, call.path["number"], call.path["service"])
    )


ROUTES: tuple[Route, ...] = (
    get("/providers", list_providers, "List the organisations that take referrals; for a provider its own", schemas.ProviderPage,
        query=schemas.ProvidersQuery),
    get("/providers/{provider}", show_provider, "Show a provider with its figures on both clocks", schemas.ProviderWhole),
    post("/providers/{provider}/profile", describe_provider, "Say what a provider does, where, how much, and when not",
        shared.Made, body=schemas.Profile, noun="provider"),
    get("/cases/{number}/suggestions/{service}", suggest_providers, "List whom to ask for a service in a case, with the reasons",
        schemas.SuggestionPage, noun="case"),
)  # fmt: skip

"""The directory of providers over the API: profiles, figures, and whom to ask."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.routes import Call, Json, Route, get, post
from casework.api.shapes import Answer, Body, Code, Made, Query
from casework.operations import providers
from casework.operations.requests import Done

# --- shapes ----------------------------------------------------------------------------------------------------------


class ProvidersQuery(Query):
    service: Code | None = None


class Closed(Body):
    from_: Annotated[str, Field(alias="from", max_length=10)]
    to: Annotated[str, Field(max_length=10)]


class Profile(Body):
    fields: Annotated[list[str], Field(max_length=100)] = []
    languages: Annotated[list[str], Field(max_length=10)] = []
    places: Annotated[list[str], Field(max_length=100)] = []
    capacity: Annotated[int | None, Field(description="The most referrals at once; null where it is not said")] = None
    closed: Annotated[list[Closed], Field(max_length=50, description="Days on which no request is taken, first and last")] = []
    conflicts: Annotated[list[str], Field(max_length=100, description="Names of organisations with which there is a standing conflict")] = []


class ProviderShown(Answer):
    id: str
    name: str
    services: list[str]
    open: Annotated[int, Field(description="Referrals that are with it now in your programmes; sealed mediations are not counted")]
    closed_now: bool


class ProviderPage(Answer):
    items: list[ProviderShown]


class ProviderWhole(ProviderShown):
    figures: Annotated[list[dict[str, Json]], Field(description="By service: how it answered and delivered, and how the office did beside it")]
    may_edit: bool


class Suggestion(Answer):
    id: str
    name: str
    points: int
    possible: bool
    reasons: Annotated[list[str], Field(description="field, language, place, free, in_time, rated, full, late, declined, closed, conflict, at_work")]


class SuggestionPage(Answer):
    items: list[Suggestion]


# --- views -----------------------------------------------------------------------------------------------------------


def list_providers(call: Call) -> dict[str, Json]:
    return providers.list_providers(call.db, call.actor, service=call.query.service)


def show_provider(call: Call) -> dict[str, Json]:
    return providers.show_provider(call.db, call.actor, call.path["provider"])


def describe_provider(call: Call) -> Done:
    return providers.describe_provider(
        call.db, call.actor, call.path["provider"], call.body.model_dump(by_alias=True), call.request
    )


def suggest_providers(call: Call) -> dict[str, Json]:
    return providers.suggest_providers(call.db, call.actor, call.path["number"], call.path["service"])


ROUTES: tuple[Route, ...] = (
    get("/providers", list_providers, "List the organisations that take referrals; for a provider its own", ProviderPage, query=ProvidersQuery),
    get("/providers/{provider}", show_provider, "Show a provider with its figures on both clocks", ProviderWhole),
    post("/providers/{provider}/profile", describe_provider, "Say what a provider does, where, how much, and when not", Made, body=Profile, noun="provider"),
    get("/cases/{number}/suggestions/{service}", suggest_providers, "List whom to ask for a service in a case, with the reasons", SuggestionPage, noun="case"),
)  # fmt: skip

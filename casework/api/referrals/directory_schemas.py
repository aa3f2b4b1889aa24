"""The schemas of providers."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Query
from casework.api.protocol.schemas import NamedInBoth


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
    closed: Annotated[
        list[Closed], Field(max_length=50, description="Days on which no request is taken, first and last")
    ] = []
    conflicts: Annotated[
        list[str], Field(max_length=100, description="Names of organisations with which there is a standing conflict")
    ] = []


class ProviderShown(Answer):
    id: str
    name: str
    name_zh: str | None
    country: str | None
    services: list[str]
    open: Annotated[
        int, Field(description="Referrals that are with it now in your programmes; sealed mediations are not counted")
    ]
    closed_now: bool
    fields: list[str]
    languages: list[str]
    places: list[str]
    capacity: Annotated[int | None, Field(description="The most referrals at once; null where it is not said")]
    closed: Annotated[list[dict[str, str]], Field(description="Days on which no request is taken, first and last")]
    conflicts: list[str]
    not_asked_by: Annotated[
        list[NamedInBoth],
        Field(description="Programmes of yours that ask providers of a list of their own, on which it does not stand"),
    ]


class ProviderPage(Answer):
    items: list[ProviderShown]


class ProviderFigures(Answer):
    service: str
    sent: int
    accepted: int
    declined: int
    silent: int
    completed: int
    failed: int
    returned: int
    objected: int
    answered: Annotated[int, Field(description="Requests that it answered; in time, those by their day")]
    answered_in_time: int
    worked: Annotated[int, Field(description="Its other tasks that are done")]
    worked_in_time: int
    office: Annotated[int, Field(description="The office's tasks beside them that are done")]
    office_in_time: int
    rating: Annotated[str | None, Field(description="The mean, with one decimal")]


class ProviderWhole(ProviderShown):
    figures: Annotated[
        list[ProviderFigures],
        Field(description="By service: how it answered and delivered, and how the office did beside it"),
    ]
    ours: Annotated[bool, Field(description="You work for it")]
    may_edit: bool


class Suggestion(Answer):
    id: str
    name: str
    name_zh: str | None
    points: int
    possible: bool
    reasons: Annotated[
        list[str],
        Field(
            description="field, language, place, free, in_time, rated, full, late, declined, closed, conflict, at_work, nobody"
        ),
    ]
    open: Annotated[int, Field(description="Referrals that are with it now")]
    capacity: int | None


class SuggestionPage(Answer):
    items: list[Suggestion]

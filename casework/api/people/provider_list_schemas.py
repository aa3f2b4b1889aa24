"""The schemas of the providers that a programme asks."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, SomeWords
from casework.engine.case_objects.programme_providers import MOST


class NewProviderList(Body):
    providers: Annotated[
        list[Id] | None,
        Field(max_length=MOST, description="Who gets new requests, all of them; null: every provider that takes any"),
    ]
    reason: Annotated[SomeWords | None, Field(description="Needed where not only some are added to a list")] = None
    seen: Annotated[int | None, Field(description="`version` of the list that was seen")] = None


class ProvidersSet(Answer):
    id: str
    version: int


class ListedProvider(Answer):
    id: str
    name: str
    name_zh: str | None
    services: list[str]
    asked: Annotated[bool, Field(description="New requests may go to it")]
    since: Annotated[str | None, Field(description="It stands on the programme's list; null where it does not")]


class ProgrammeProviders(Answer):
    id: str
    version: Annotated[int, Field(description="What a change sends back as `seen`")]
    every: Annotated[bool, Field(description="The programme asks every provider, and keeps no list")]
    items: Annotated[list[ListedProvider], Field(description="All that take requests, and those on the list, by name")]
    mine: Annotated[bool, Field(description="You may change it")]

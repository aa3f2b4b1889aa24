"""The schemas of case hygiene."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Id, Query
from casework.operations.oversight.hygiene_nights import MOST


class BreachedTask(Answer):
    id: str
    name: str
    edition: Annotated[str | None, Field(description="Fingerprint of its edition")]
    rule: Annotated[str, Field(description="Its key in the edition")]
    type: str
    about: str | None


class Breach(Answer):
    kind: Annotated[str, Field(description="What is wrong, as a code: no_owner, nobody_may, no_clock and so on")]
    task: BreachedTask | None


class BreachingCase(Answer):
    number: str
    title: str | None
    owner: str | None
    breaches: list[Breach]


class CaseHygieneDay(Answer):
    day: str
    at: str
    live: Annotated[int, Field(description="Cases that were not closed")]
    broken: Annotated[int, Field(description="Of these the ones that broke the rule")]


class CaseHygiene(Answer):
    at: str
    count: Annotated[int, Field(description="Cases that break the rule; `items` names the first of them")]
    items: list[BreachingCase]
    days: Annotated[list[CaseHygieneDay], Field(description="What the nightly check found, the newest day first")]


class NightsQuery(Query):
    programme: Annotated[Id | None, Field(description="Of which of your programmes; the first where none is named")] = (
        None
    )
    nights: Annotated[int | None, Field(ge=1, le=MOST, description=f"The last so many; {MOST} unless told")] = None


class HygieneNights(Answer):
    programme: str
    mean: Annotated[
        str | None,
        Field(description="Per cent of the live cases that broke no rule, each night counting the same"),
    ]
    days: Annotated[list[CaseHygieneDay], Field(description="The newest first")]

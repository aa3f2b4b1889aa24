"""The schemas by which needs and technologies are entered and put right."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Body, Code, Day, Decimals, Id, Line, Words

Level = Annotated[int, Field(ge=1, le=9)]
Several = Annotated[list[Line], Field(max_length=200)]


class NeedFields(Body):
    title: Line | None = None
    title_zh: Line | None = None
    owner: Annotated[Id | None, Field(description="Id of the organisation")] = None
    sector: Line | None = None
    district: Line | None = None
    problem: Words | None = None
    target: Words | None = None
    budget: Annotated[Decimals | None, Field(description="As decimals")] = None
    budget_currency: Code | None = None
    readiness_low: Level | None = None
    readiness_high: Level | None = None
    wanted_form: Line | None = None
    wanted_by: Day | None = None
    valid_until: Day | None = None


class TechnologyFields(Body):
    title: Line | None = None
    title_zh: Line | None = None
    owner: Annotated[Id | None, Field(description="Id of the organisation")] = None
    description: Words | None = None
    developed_in: Several | None = None
    deployed_in: Several | None = None
    benefits: Several | None = None
    website: Line | None = None
    readiness_text: Line | None = None
    readiness_low: Level | None = None
    readiness_high: Level | None = None
    ip_text: Words | None = None


class _New(Body):
    programme: Id
    source: Line
    external_id: Annotated[Line | None, Field(description="What the source calls it; its id where nothing is said")] = (
        None
    )
    confirmed: Annotated[bool, Field(description="You have checked what it says, and stand for it")]


class NewNeed(_New, NeedFields):
    title: Line


class NewTechnology(_New, TechnologyFields):
    title: Line


class _Corrected(Body):
    source: Annotated[Line | None, Field(description="Where it was looked up")] = None
    reason: Annotated[
        Words | None, Field(description="Why it says something else now; needed where it was confirmed before")
    ] = None


class CorrectedNeed(_Corrected, NeedFields):
    """A field that is null is emptied; one that is not sent stays."""


class CorrectedTechnology(_Corrected, TechnologyFields):
    """A field that is null is emptied; one that is not sent stays."""


class ConfirmedSource(Body):
    source: Line

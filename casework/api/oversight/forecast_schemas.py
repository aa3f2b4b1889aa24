"""The schemas of forecasts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Id, Instant, Moment, Query
from casework.api.protocol.schemas import Named


class ForecastQuery(Query):
    without: Annotated[Id | None, Field(description="As if this provider stopped")] = None
    as_of: Annotated[
        Instant | None,
        Field(
            description="From what was known at this moment; now where none is named. The same moment tells the same"
        ),
    ] = None


class StepNamed(Answer):
    workflow: str
    states: list[str]


class DaysBetween(Answer):
    first: str
    last: Annotated[str | None, Field(description="Null: it may come later than all that is known")]


class LikelyEnd(Answer):
    step: Annotated[StepNamed, Field(description="Where it stands")]
    half: Annotated[DaysBetween | None, Field(description="Within which it ends one time in two")]
    most: Annotated[DaysBetween | None, Field(description="Within which it ends four times in five")]
    ended: Annotated[int, Field(description="Stays in this step that ended, on which it rests")]
    cases: Annotated[int, Field(description="Cases on which it rests")]
    why_not: Annotated[
        str | None,
        Field(
            description=(
                "Why nothing is told: thin (too little is known of a step), outlasted (it has lasted longer than nearly all that"
                " ended, or most go on), no_other (no other provider has done it), unsteady (what would have been told of"
                " such earlier came true too seldom)"
            )
        ),
    ]
    of: Annotated[StepNamed | None, Field(description="The step of which too little is known")]


class RequestForecast(Answer):
    track: str
    service: str
    provider: str | None
    end: LikelyEnd


class PastForecasts(Answer):
    forecasts: Annotated[
        int, Field(description="That would have been told earlier, and whose four times in five has passed")
    ]
    half: Annotated[int, Field(description="Of these, ended within one time in two")]
    most: Annotated[int, Field(description="Of these, ended within four times in five")]
    percent: Annotated[int | None, Field(description="The share of that; null of fewer than ten")]


class CaseForecast(Answer):
    number: str
    title: str | None
    programme: str
    at: Moment
    calendar: Annotated[str, Field(description="Digest of the calendar")]
    definitions: Annotated[int, Field(description="The version of what a forecast is")]
    without: Named | None
    case: Annotated[LikelyEnd | None, Field(description="Null once it has ended")]
    step: Annotated[LikelyEnd | None, Field(description="The step that it stands in")]
    requests: list[RequestForecast]
    past_cases: PastForecasts
    past_steps: PastForecasts
    past_requests: PastForecasts
    providers: Annotated[list[Named], Field(description="Whom the programme's cases ever lay with")]

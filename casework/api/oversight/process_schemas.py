"""The schemas of how cases ran."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Id, Instant, Moment, Query

Told = Annotated[str, Field(min_length=1, max_length=100)] | None


class ProcessQuery(Query):
    programme: Annotated[Id | None, Field(description="Of which of your programmes; the first where none is named")] = (
        None
    )
    as_of: Annotated[Instant | None, Field(description="Up to this moment; now where none is named")] = None
    opened_from: Annotated[date | None, Field(description="Of cases alone that were opened on this day or later")] = (
        None
    )
    opened_to: Annotated[date | None, Field(description="Of cases alone that were opened on this day or earlier")] = (
        None
    )
    phase: Annotated[Told, Field(description="Of cases of this phase alone, by its id")] = None
    sector: Annotated[
        Told, Field(description="Of cases of this sector alone, by its code: as it was at the opening")
    ] = None
    district: Annotated[Told, Field(description="Of cases of this district alone, by its code, in the same way")] = None
    source: Annotated[Told, Field(description="Of cases alone whose match came from there, by its code")] = None
    technology_field: Annotated[
        Told, Field(description="Of cases of this field of technology alone, by WIPO's number of it")
    ] = None
    case: Annotated[str | None, Field(max_length=100, description="Of the case with this number alone")] = None


class Variant(Answer):
    actions: Annotated[list[str], Field(description="Of the case's own track, in their order")]
    cases: Annotated[list[str], Field(description="The numbers of the cases that went this way")]
    percent: float
    median_minutes: Annotated[
        int | None, Field(description="From the opening to the closing; null while none is closed")
    ]


class Arc(Answer):
    source: str
    target: Annotated[str, Field(description="The action that came right after it")]
    count: int
    median_minutes: int | None


class TaskMinutes(Answer):
    waiting: Annotated[int, Field(description="For somebody")]
    in_hand: int
    resting: Annotated[int, Field(description="Put off")]


class ProcessState(Answer):
    edition: Annotated[str, Field(description="The workflow and the number of its edition")]
    state: str
    count: Annotated[int, Field(description="How often cases came there")]
    now: Annotated[int, Field(description="How many are there")]
    median_working_minutes: Annotated[int | None, Field(description="Of the stays that ended; null where none did")]
    working_minutes: Annotated[int, Field(description="Of all stays together")]
    dated: Annotated[int, Field(description="Tasks of the state that had a deadline")]
    overdue: Annotated[int, Field(description="Of these, those that ended after it or are open beyond it")]
    task_working_minutes: Annotated[TaskMinutes, Field(description="Of the state's tasks")]


class ProcessTask(Answer):
    workflow: str
    task: str
    count: int
    working_minutes: TaskMinutes


class Deviation(Answer):
    seq: Annotated[int, Field(description="The event of the case's log")]
    workflow: str
    action: str
    what: Annotated[str, Field(description="What is wrong with the action, as a code")]


class DeviatingCase(Answer):
    case: str
    actions: int
    deviations: list[Deviation]


class Conforming(Answer):
    actions: Annotated[int, Field(description="How many were tried again")]
    cases: int
    deviating: list[DeviatingCase]


class Process(Answer):
    as_of: Moment
    calendar: Annotated[str, Field(description="Digest of the calendar by whose working minutes it is told")]
    variants: Annotated[list[Variant], Field(description="The most frequent first")]
    arcs: Annotated[list[Arc], Field(description="The most frequent first")]
    states: Annotated[list[ProcessState], Field(description="Those that took the most working time together first")]
    tasks: Annotated[list[ProcessTask], Field(description="Those that waited the longest together first")]
    conformance: Conforming


class EventFile(Answer):
    """The bytes of a file of events, as they are."""

"""The schemas of findings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from casework.api.protocol.fields import Answer, Body, Paged, some_words
from casework.api.protocol.schemas import Named

FindingText = Annotated[str, Field(min_length=1, max_length=4000), AfterValidator(some_words)]
FindingState = Literal["open", "answered", "closed"]


class FindingQuery(Paged):
    state: FindingState | None = None
    owner: Annotated[UUID | None, Field(description="Who is to answer them")] = None
    late: Annotated[bool, Field(description="Only those that are open though their day has passed")] = False


class NewFinding(Body):
    event: Annotated[int, Field(ge=1, le=2**53, description="seq of the event that it is about")]
    words: FindingText


class FindingWords(Body):
    words: FindingText


class FindingOwner(Body):
    owner: Annotated[
        UUID, Field(description="Who is to answer it: an officer, supervisor or compliance officer who may")
    ]
    due_on: Annotated[
        date, Field(description="By the end of which day of the programme; the next working day where it is none")
    ]


class FindingDone(Answer):
    id: str
    state: FindingState
    revision: int


class Finding(Answer):
    id: str
    number: Annotated[str, Field(description="Of the case")]
    title: str | None
    event: Annotated[int, Field(description="seq of the event that it is about")]
    state: FindingState
    words: Annotated[str | None, Field(description="Null once erased")]
    answer: Annotated[str | None, Field(description="The last one")]
    raised_by: Named
    raised_at: str
    answered_by: Named | None
    answered_at: str | None
    closed_by: Named | None
    closed_at: str | None
    owner: Annotated[Named | None, Field(description="Who is to answer it")]
    due_at: Annotated[str | None, Field(description="By when")]
    late: Annotated[bool, Field(description="Open, and this moment has passed")]
    revision: int


class FindingPage(Answer):
    items: list[Finding]
    next: str | None = None


class FindingAction(Answer):
    at: str
    kind: Annotated[str, Field(description="raised, assigned, fell_due, answered, asked_again or closed")]
    role: str | None
    words: str | None
    actor: Named
    owner: Annotated[Named | None, Field(description="Of one that was given to somebody: to whom")]
    due_at: Annotated[str | None, Field(description="And by when")]


class FindingMay(Answer):
    answer: bool
    close: bool
    assign: Annotated[bool, Field(description="Say who is to answer it by when")]


class FindingShown(Finding):
    actions: list[FindingAction]
    may: Annotated[FindingMay, Field(description="What you may do now")]


class VerdictFault(Answer):
    kind: str
    sentence: str
    event: Annotated[int | None, Field(description="seq of the event, where it is about one")]
    table: str | None
    row: str | None
    column: str | None


class Verdict(Answer):
    number: str
    verified_at: str
    events: int
    whole: Annotated[bool, Field(description="The chain holds, and the rows are what the events add up to")]
    allowed: Annotated[bool, Field(description="Every event was allowed when it was recorded")]
    faults: list[VerdictFault]

"""The schemas of legal holds, and of what may be removed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Line, Paged
from casework.api.protocol.schemas import Named, Names
from casework.operations.privacy.legal_holds import LONGEST

About = Literal["case", "organisation", "programme"]


class NewHold(Body):
    programme: Annotated[Id, Field(description="Whose cases are kept")]
    case: Annotated[Line | None, Field(description="Its number; leave it out for an organisation or all cases")] = None
    organisation: Annotated[Id | None, Field(description="Whose cases are kept, as a party")] = None
    until: Annotated[
        Day | None, Field(description="The last day; leave it out for a hold that stands until it is ended")
    ] = None
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class HoldEnd(Body):
    reason: Annotated[str, Field(min_length=1, max_length=LONGEST)]


class HoldMoved(Answer):
    id: str
    state: Annotated[str, Field(description="`placed` or `ended`")]


class LegalHold(Answer):
    id: str
    programme: Named
    about: About
    case: Annotated[str | None, Field(description="Its number")]
    organisation: Named | None
    until: Annotated[str | None, Field(description="The last day; null: until somebody ends it")]
    stands: bool
    placed_by: Named | None
    placed_at: str
    ended_by: Named | None
    ended_at: str | None


class LegalHoldPage(Answer):
    items: list[LegalHold]
    next: str | None


class LegalHoldDetails(LegalHold):
    reason: Annotated[str | None, Field(description="Null where it was erased")]
    end_reason: str | None
    ends: Annotated[bool, Field(description="You may end it")]
    own: Annotated[bool, Field(description="You placed it, so another person ends it")]


class RetentionQuery(Paged):
    by: Annotated[Day | None, Field(description="The day; today unless told")] = None
    code: Annotated[Code | None, Field(description="List the cases of this class alone")] = None


class ClassDue(Answer):
    code: str
    name: Names
    years: Annotated[int | None, Field(description="After closing; null: for good")]
    fate: Annotated[str, Field(description="`removed` or `archived`: what becomes of its cases then")]
    closed: Annotated[int, Field(description="Closed cases that it takes")]
    due: Annotated[int, Field(description="Of these the ones that may be removed by the day")]
    held: Annotated[int, Field(description="Of those the ones that a legal hold keeps today")]


class CaseDue(Answer):
    number: str
    title: str | None
    outcome: str | None
    closed_at: str
    code: Annotated[str, Field(description="Its class")]
    due: Annotated[str, Field(description="The first day on which it may be removed")]
    held: bool


class RetentionPreview(Answer):
    programme: Named
    by: str
    classes: list[ClassDue]
    items: Annotated[list[CaseDue], Field(description="Those closed first before the others")]
    next: str | None

"""The schemas of questions to both sides of shortlisted matches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Line, Moment, Words
from casework.operations.matching.interest import DAYS, MOST, MOST_DAYS

Side = Literal["need_owner", "technology_owner"]
Spoken = Literal["en", "zh-Hans"]


class NewInterest(Body):
    side: Annotated[Side, Field(description="The enterprise, of several matches, or the technology's owner, of one")]
    matches: Annotated[
        list[Id], Field(min_length=1, max_length=MOST, strict=False, description="On the shortlist of this need")
    ]
    address: Annotated[Line, Field(description="Where the link is mailed")]
    language: Spoken
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Until it ends")] = DAYS
    message: Words | None = None
    need_words: Annotated[
        Words | None, Field(description="To an owner: what of the need may be told; of a closed one nothing else is")
    ] = None


class InterestAsked(Answer):
    id: str


class InterestWithdrawn(Answer):
    id: str
    state: Literal["withdrawn"]


class SideAnswer(Answer):
    match: str
    says: Literal["yes", "no", "question"]
    why: Annotated[str | None, Field(description="Of a no, as the list `match_refusals` has it")] = None
    words: str


class InterestRequest(Answer):
    id: str
    programme: str
    need: str
    side: Side
    organisation: str
    organisation_name: str
    language: Spoken
    state: Annotated[
        Literal["open", "answered", "withdrawn", "over"], Field(description="over: nobody answered in time")
    ]
    asked_at: Moment
    asked_by: str
    until: Moment
    address: Annotated[str | None, Field(description="Where it was mailed; null once the link is over")] = None
    message: str
    matches: list[str]
    answers: list[SideAnswer]
    by: Annotated[str, Field(description="Who answered, as typed")]
    position: str
    ended_at: Moment | None = None


class InterestList(Answer):
    items: Annotated[list[InterestRequest], Field(description="The newest first")]
    next: str | None = None

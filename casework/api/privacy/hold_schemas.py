"""The schemas of legal holds."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Day, Id, Line
from casework.api.protocol.schemas import Named
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

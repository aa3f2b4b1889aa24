"""The schemas of assessments of a city's needs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Line, SomeWords, Words
from casework.api.protocol.schemas import NamedInBoth
from casework.operations.catalogue.need_statements import DAYS, MOST_DAYS

Status = Literal["planned", "under_way", "concluded"]
Count = Annotated[int, Field(ge=1, le=100_000)]
Listed = Annotated[list[Line], Field(max_length=200, description="Codes of the programme's list")]


class AssessmentFields(Body):
    title: Line | None = None
    title_zh: Line | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    sectors: Listed | None = None
    districts: Listed | None = None
    enterprises_target: Annotated[Count | None, Field(description="How many enterprises are to be asked")] = None
    needs_target: Annotated[Count | None, Field(description="How many needs are to be published of it")] = None
    status: Annotated[Code | None, Field(description="planned, under_way or concluded, which takes a conclusion")] = (
        None
    )
    conclusion: Words | None = None


class NewAssessment(AssessmentFields):
    programme: Id
    title: Line
    starts_on: Day
    ends_on: Day
    source: Annotated[Line | None, Field(description="Who asked for it")] = None


class ChangedAssessment(AssessmentFields):
    """A field that is null is emptied; one that is not sent stays."""

    reason: Annotated[Words | None, Field(description="Needed where it was concluded already")] = None


class Enterprises(Body):
    organisations: Annotated[list[Id], Field(min_length=1, max_length=200, description="Those to put on its list")]


class ParticipantGiven(Body):
    organisation: Annotated[Id | None, Field(description="Id of an organisation")] = None
    name: Annotated[Line | None, Field(description="Of a person from there, or of anybody else")] = None
    role: Line | None = None


class NewEnterpriseState(Body):
    state: Annotated[Code, Field(description="to_ask, asked, answered or refused")]
    source: Annotated[Line | None, Field(description="How one knows it")] = None


class EnterpriseLink(Body):
    address: Annotated[
        Line | None, Field(description="Where the link is mailed; without one you hand it over yourself")
    ] = None
    language: Literal["en", "zh-Hans"]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Until it ends")] = DAYS


class PartTakenOut(Body):
    reason: SomeWords


class NewNeedOrigin(Body):
    origin: Annotated[Id | None, Field(description="Id of an assessment, a visit or an event; null: it came of none")]


class VisitFields(Body):
    place: Line | None = None
    district: Annotated[Line | None, Field(description="A code of the programme's list")] = None
    notes: Words | None = None
    participants: Annotated[list[ParticipantGiven], Field(max_length=50, description="Who came from outside")] = []
    staff: Annotated[list[Id], Field(max_length=50, description="Who came from the office")] = []


class NewVisit(VisitFields):
    kind: Annotated[Code, Field(description="visit, interview, meeting or event")]
    day: Day
    title: Line


class ChangedVisit(VisitFields):
    """A field that is null is emptied; one that is not sent stays."""

    kind: Annotated[Code | None, Field(description="visit, interview, meeting or event")] = None
    day: Day | None = None
    title: Line | None = None
    reason: SomeWords


class EnterprisesListed(Answer):
    ids: Annotated[list[str], Field(description="What stands on the list now of those that were sent")]


class EnterpriseState(Answer):
    id: str
    state: Literal["to_ask", "asked", "answered", "refused"]


class EnterpriseAsked(Answer):
    id: Annotated[str, Field(description="Of the need that it is asked to state")]
    path: Annotated[str | None, Field(description="Of a link that is not mailed; in the first answer only")] = None


class NeedOrigin(Answer):
    id: str
    origin: str | None = None


class AssessmentProgress(Answer):
    enterprises: int
    asked: Annotated[int, Field(description="Those of them that were asked, whatever came of it")]
    answered: int
    refused: int
    visits: int
    needs: int
    published: int


class AssessmentShown(Answer):
    id: str
    programme: str
    title: str
    title_zh: str | None = None
    starts_on: str
    ends_on: str
    sectors: list[str]
    districts: list[str]
    status: Status
    enterprises_target: int | None = None
    needs_target: int | None = None
    progress: AssessmentProgress


class AssessmentPage(Answer):
    items: list[AssessmentShown]
    next: str | None = None


class EnterpriseShown(Answer):
    id: str
    organisation: Annotated[str, Field(description="The one that stands in the place of whom was put on the list")]
    name: str
    state: Literal["to_ask", "asked", "answered", "refused"]
    statement: Annotated[str | None, Field(description="The need that it was asked for last by a link")] = None


class ParticipantShown(Answer):
    organisation: str | None = None
    organisation_name: str | None = None
    name: str | None = None
    role: str | None = None


class VisitShown(Answer):
    id: str
    kind: Literal["visit", "interview", "meeting", "event"]
    day: str
    title: str
    place: str | None = None
    district: str | None = None
    notes: str | None = None
    participants: list[ParticipantShown]
    staff: list[NamedInBoth]


class NeedOfAssessment(Answer):
    id: str
    title: str
    status: str
    visit: Annotated[str | None, Field(description="The visit or event at which it was told")] = None


class WholeAssessment(AssessmentShown):
    conclusion: str | None = None
    enterprises: list[EnterpriseShown]
    visits: list[VisitShown]
    needs: list[NeedOfAssessment]

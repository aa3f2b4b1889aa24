"""The schemas of searches and of saved views."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Line, Query
from casework.api.protocol.schemas import Named
from casework.operations.cases.saved_views import LONGEST_QUERY
from casework.operations.search.service import LONGEST, SHORTEST


class SearchQuery(Query):
    q: Annotated[
        str,
        Field(
            max_length=10_000, description=f"At least {SHORTEST} letters; of more than {LONGEST} the rest is not read"
        ),
    ]


class FoundCase(Answer):
    number: str
    title: str | None
    state: str
    parties: Annotated[dict[str, str | None], Field(description="By side, as far as you see them")]


class FoundReferral(Answer):
    id: str
    service: str
    edition: str
    states: list[str]
    number: str | None
    title: str | None
    parties: dict[str, str | None]


class FoundMediation(Answer):
    id: str
    title: str | None
    parties: dict[str, str | None]


class FoundDocument(Answer):
    id: str
    title: str | None
    kind: str
    number: str
    withdrawn: bool
    named: Annotated[bool, Field(description="It is the letter whose number was written")]


class FoundMessage(Answer):
    id: str
    at: str
    excerpt: Annotated[str, Field(description="The part of it in which the first of the words stands")]
    referral: Annotated[str | None, Field(description="In whose shared thread it stands; null for an internal note")]
    number: str
    title: Annotated[str | None, Field(description="Of its case")]


class FoundTask(Answer):
    id: str
    edition: Annotated[str, Field(description="Fingerprint of the edition that opened it")]
    rule: Annotated[str, Field(description="Its key in the edition")]
    type: Literal["step", "side", "decision"]
    about: Annotated[str | None, Field(description="need_owner or technology_owner")]
    do: Annotated[str, Field(description="What is to be done")]
    do_zh: str
    number: str
    title: Annotated[str | None, Field(description="Of its case")]
    track: str
    referral: Annotated[str | None, Field(description="Your own that it is done in; null where you read the case")]


class FoundRecord(Answer):
    id: str
    external_id: Annotated[str, Field(description="What its source calls it")]
    title: str
    title_zh: str | None
    source: str
    status: str


class FoundRight(Answer):
    id: str
    kind: str
    office: str | None
    application_number: str | None
    number: Annotated[str | None, Field(description="Of the grant or the registration")]
    owner: Annotated[str | None, Field(description="By the owners on record, else as the register says it")]
    expired: Annotated[bool, Field(description="It is named in nothing new")]
    named: Annotated[
        bool, Field(description="It, or one merged into it, has the number that was written, however that was")
    ]


class FoundAssessment(Answer):
    id: str
    title: str
    title_zh: str | None
    status: str
    starts_on: str


class FoundVisit(Answer):
    id: str
    kind: str
    day: str
    title: str
    assessment: Annotated[str, Field(description="Of which it is a visit or an event")]
    assessment_title: str
    assessment_title_zh: str | None


class FoundProject(Answer):
    id: str
    external_id: Annotated[str, Field(description="What its source calls it")]
    title: str
    title_zh: str | None
    need_owner: str | None
    technology_owner: str | None
    outcome: str
    ended_on: str


class FoundOrganisation(Answer):
    id: str
    name: str
    name_zh: str | None
    country: str | None
    expired: Annotated[bool, Field(description="It is named in nothing new")]
    named: Annotated[bool, Field(description="It has the registration number that was written")]


class FoundPerson(Answer):
    id: str
    name: str
    name_zh: str | None
    active: bool


class Found(Answer):
    words: Annotated[str, Field(description="What was searched for")]
    cases: list[FoundCase]
    referrals: list[FoundReferral]
    mediations: list[FoundMediation]
    documents: Annotated[list[FoundDocument], Field(description="By their titles and the names of their files")]
    messages: Annotated[list[FoundMessage], Field(description="By what they say now")]
    tasks: Annotated[list[FoundTask], Field(description="Open ones, by what is to be done and the number of the case")]
    needs: Annotated[list[FoundRecord], Field(description="By what they say in either language")]
    technologies: list[FoundRecord]
    rights: Annotated[
        list[FoundRight],
        Field(
            description="By their numbers, office, kind and owners; of those that were merged the ones in their places"
        ),
    ]
    assessments: Annotated[list[FoundAssessment], Field(description="Of needs, by title and conclusion")]
    visits: Annotated[list[FoundVisit], Field(description="And events of assessments, by title, place and notes")]
    past_projects: Annotated[list[FoundProject], Field(description="By title and the names of both owners")]
    organisations: list[FoundOrganisation]
    people: Annotated[list[FoundPerson], Field(description="Those that you work with")]
    more: Annotated[bool, Field(description="There is more than is listed")]


#: The lists that have saved views.
Page = Literal["cases", "figures", "queues", "needs", "technologies"]


class ViewQuery(Query):
    page: Page = "cases"


class NewView(Body):
    page: Page = "cases"
    name: Line
    query: Annotated[
        str, Field(max_length=LONGEST_QUERY, description="As in the page's address: state=structuring&owner=…")
    ]
    replace: Annotated[
        bool, Field(description="Replace yours of that name, which stays shared as it is; else it is refused")
    ] = False


class SavedView(Answer):
    id: str
    name: str
    query: str
    shared_with: Annotated[str | None, Field(description="The programme whose office may use it, too")]
    shared_role: Annotated[str | None, Field(description="There those alone with this role; null: the whole office")]
    owner: Annotated[Named | None, Field(description="Who shares it; null where it is yours")]
    mailed: Annotated[
        bool | None,
        Field(description="Of your own view of needs or technologies: you get mail about new records that fit it"),
    ]


class SavedViews(Answer):
    items: list[SavedView]
    next: None = None


class ViewChange(Body):
    name: Line
    shared_with: Annotated[
        Id | None, Field(description="A programme with whose office you share it; null: with nobody")
    ] = None
    shared_role: Annotated[
        str | None,
        Field(max_length=60, description="Of figures: share it there with this role alone; left out: as until now"),
    ] = None
    mailed: Annotated[
        bool | None,
        Field(description="Of needs and technologies: get mail about new records that fit it; left out: as until now"),
    ] = None


class ViewChanged(Answer):
    id: str


class ViewSaved(Answer):
    id: str
    query: str
    shared_with: Annotated[str | None, Field(description="The programme whose office uses it, too")]


class ViewDropped(Answer):
    id: str
    page: Annotated[str, Field(description="Of which list it was")]

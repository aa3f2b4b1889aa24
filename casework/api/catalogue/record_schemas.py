"""The schemas by which needs and technologies are entered and put right."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Day, Decimals, Id, Line, Paged, Query, Said, Words
from casework.api.protocol.schemas import NamedInBoth

Level = Annotated[int, Field(ge=1, le=9)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Several = Annotated[list[Line], Field(max_length=200)]


class Figure(Body):
    """What is now and what is wanted of one parameter; with a target goes how the value is to stand to it."""

    parameter: Line
    unit: Line | None = None
    now: Annotated[Decimals | None, Field(description="As decimals")] = None
    comparison: Annotated[Code | None, Field(description="at_most, at_least, below, above or equal")] = None
    target: Annotated[Decimals | None, Field(description="As decimals")] = None
    condition: Annotated[Words | None, Field(description="Under which the value holds")] = None


class NeedFields(Body):
    title: Line | None = None
    title_zh: Line | None = None
    owner: Annotated[Id | None, Field(description="Id of the organisation")] = None
    function: Annotated[Words | None, Field(description="What is wanted to be done, by whatever technology")] = None
    sector: Line | None = None
    district: Line | None = None
    site: Annotated[Line | None, Field(description="The works or building where it is to run")] = None
    problem: Words | None = None
    baseline: Annotated[Words | None, Field(description="How it is today, as what comes is measured against it")] = None
    process: Words | None = None
    tried: Annotated[Words | None, Field(description="What has been tried")] = None
    target: Words | None = None
    constraints: Annotated[Words | None, Field(description="Space, power, water, norms, standstill")] = None
    contact: Annotated[Line | None, Field(description="The person to ask about it")] = None
    figures: Annotated[
        list[Figure] | None, Field(max_length=30, description="All rows: these take the place of those on record")
    ] = None
    ipc: Annotated[
        Several | None, Field(description="Codes of the patent classification of what would do, such as F24D3/08")
    ] = None
    budget: Annotated[Decimals | None, Field(description="As decimals")] = None
    budget_currency: Currency | None = None
    readiness_text: Line | None = None
    readiness_low: Level | None = None
    readiness_high: Level | None = None
    wanted_form: Line | None = None
    wanted_by: Day | None = None
    country: Annotated[
        Code | None,
        Field(
            description="Where it is to be used, by its code: what is known to be developed and used elsewhere alone is left out"
        ),
    ] = None
    required_standards: Annotated[
        list[Line] | None,
        Field(max_length=20, description="Certificates and standards: what is known to lack one is left out"),
    ] = None
    publication: Annotated[Code | None, Field(description="public, on_request or closed, which it is until said")] = (
        None
    )
    valid_until: Day | None = None


class Site(Body):
    """Where a technology runs."""

    site: Line
    year: Annotated[Line | None, Field(description="Since when, such as 2024")] = None
    size: Line | None = None


class StandardRow(Body):
    """A certificate that it has, or a standard that it meets."""

    name: Line
    number: Line | None = None
    body: Annotated[Line | None, Field(description="Who gave it")] = None
    valid_until: Day | None = None
    held: Annotated[Literal["yes", "no"] | None, Field(description="no: it is known to lack it; else it has it")] = None


class RestrictionRow(Body):
    """What law or contract lays on it; one row of kind `none`: somebody has looked, and nothing is known."""

    kind: Annotated[Code, Field(description="none, export_control, territory, field_of_use or other")]
    countries: Annotated[
        Line | None,
        Field(
            description="By their codes with commas between; of `territory` those where alone it is to be had, of all others where it"
            " holds, and none: everywhere"
        ),
    ] = None
    words: Line | None = None


class VerificationSaid(Body):
    """A statement by which somebody verified it. No rule relies on it before a person stands for it."""

    number: Line
    verdict: Annotated[Code, Field(description="verified, verified_with_limits or not_verified")]
    valid_until: Day | None = None


class TechnologyFields(Body):
    title: Line | None = None
    title_zh: Line | None = None
    owner: Annotated[Id | None, Field(description="Id of the organisation")] = None
    description: Words | None = None
    developed_in: Several | None = None
    deployed_in: Several | None = None
    benefits: Several | None = None
    problem: Annotated[Words | None, Field(description="What it solves")] = None
    advantage: Annotated[Words | None, Field(description="Over what there is")] = None
    cost_compared: Words | None = None
    cost: Annotated[Decimals | None, Field(description="What it costs to put in place, as decimals")] = None
    cost_currency: Currency | None = None
    ipc: Annotated[Several | None, Field(description="Codes of the patent classification, such as F24D3/08")] = None
    green_topics: Several | None = None
    sdgs: Annotated[Several | None, Field(description="Sustainable Development Goals: 7 or 7.2")] = None
    reference_sites: Annotated[list[Site] | None, Field(max_length=50)] = None
    licences: Annotated[
        list[Code] | None,
        Field(max_length=4, description="exclusive, sole, plain; or none alone: no licence is to be had"),
    ] = None
    standards: Annotated[list[StandardRow] | None, Field(max_length=50)] = None
    restrictions: Annotated[list[RestrictionRow] | None, Field(max_length=20)] = None
    verification: VerificationSaid | None = None
    published_on: Annotated[Day | None, Field(description="At its source")] = None
    last_confirmed_on: Annotated[Day | None, Field(description="At its source")] = None
    website: Line | None = None
    readiness_text: Line | None = None
    readiness_low: Level | None = None
    readiness_high: Level | None = None
    ip_text: Words | None = None
    languages: Annotated[Several | None, Field(description="Of its papers")] = None
    contact: Annotated[Line | None, Field(description="Through whom one reaches its owner")] = None
    source_page: Annotated[Line | None, Field(description="Its own page at its source")] = None
    acronym: Annotated[Line | None, Field(description="Of the project that it came of")] = None
    partner_countries: Several | None = None
    total_cost: Annotated[Decimals | None, Field(description="Of that project, as decimals")] = None
    total_cost_currency: Currency | None = None
    start_date: Day | None = None
    end_date: Day | None = None
    publication: Annotated[Code | None, Field(description="public, on_request or closed, which it is until said")] = (
        None
    )


class _New(Body):
    programme: Id
    source: Line
    external_id: Annotated[Line | None, Field(description="What the source calls it; its id where nothing is said")] = (
        None
    )
    confirmed: Annotated[bool, Field(description="You have checked what it says, and stand for it")]


class NewNeed(_New, NeedFields):
    title: Line
    draft: Annotated[
        bool,
        Field(description="It is there for those alone who keep it, and matched with nothing, until it is published"),
    ] = False


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


class RecordMerging(Body):
    into: Annotated[Id, Field(description="The record that stays")]
    chosen: Annotated[
        list[Code],
        Field(
            max_length=50,
            description="Of the fields in which the two differ those that are taken from the one that goes",
        ),
    ] = []
    reason: Annotated[Words, Field(description="Why they are the same")]


class RecordDouble(NamedInBoth):
    """By its titles."""

    owner: Annotated[str | None, Field(description="Id of the organisation")]
    source: str
    external_id: str


class RecordDoubles(Answer):
    items: list[RecordDouble]


class Unmerging(Body):
    reason: Annotated[Words, Field(description="Why they are not the same")]


class ToldApart(Body):
    other: Annotated[Id, Field(description="The other record")]
    reason: Annotated[Words, Field(description="Why they are two")]


class Twin(Answer):
    id: str
    name: str
    source: str
    external_id: str
    owner: Annotated[str | None, Field(description="Id of the organisation")]


class TwinPair(Answer):
    one: Annotated[str, Field(description="Id of a record of the group")]
    other: str
    likeness: Annotated[float, Field(description="How much of their words is in both, from 0 to 1")]
    titles: Annotated[float, Field(description="The same of their titles alone")]
    order: Annotated[float, Field(description="How much of the shorter stands in the other in the same order")]


class TwinGroup(Answer):
    """Records of one kind that may all be one."""

    noun: Annotated[str, Field(description="need or technology")]
    records: Annotated[list[Twin], Field(description="The oldest first")]
    pairs: list[TwinPair]


class TwinsAsked(Paged):
    record: Annotated[Id | None, Field(description="The groups alone that this need or technology is in")] = None
    noun: Annotated[Literal["need", "technology"] | None, Field(description="Of one kind alone")] = None


class TwinGroups(Answer):
    items: list[TwinGroup]
    next: str | None = None


class MergePreview(Answer):
    """What would become of a record that is merged into another one."""

    matches: Annotated[list[NamedInBoth], Field(description="Those that move, each called by its other side")]
    doubles: Annotated[list[NamedInBoth], Field(description="Those that both have: one of the two is refused")]
    rights: list[dict[str, Any]]
    cases: Annotated[list[NamedInBoth], Field(description="Those that were opened with it, by number")]
    statements: int
    taken: Annotated[dict[str, Any], Field(description="What the one that stays takes over, as it says nothing there")]
    differing: Annotated[list[str], Field(description="The fields in which the two differ: `chosen` names of these")]
    refused: Annotated[list[Said], Field(description="What speaks against it")]


class PreviewQuery(Query):
    into: Annotated[Id, Field(description="The record that stays")]


class RecordEnded(Body):
    status: Annotated[Code, Field(description="expired or withdrawn")]
    reason: Words


class NeedBroughtBack(Body):
    reason: Words
    valid_until: Annotated[Day | None, Field(description="Its new last day; needed where that has passed")] = None


class TechnologyBroughtBack(Body):
    reason: Words

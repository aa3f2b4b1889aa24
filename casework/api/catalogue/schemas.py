"""The schemas of matches."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Day, Decimals, FilterName, Id, Line, Paged, SomeWords, Words


class MatchQuery(Paged):
    opened: Annotated[bool | None, Field(description="Only those that have a case, or only those that have none")] = (
        None
    )
    refused: Annotated[bool | None, Field(description="Only those that are refused, or only those that are not")] = None
    ended: Annotated[
        bool | None,
        Field(
            description="Only those that have expired, or of which the need or the technology has or was withdrawn; or only the others"
        ),
    ] = None


class JudgedMatch(Body):
    refused: Annotated[bool, Field(description="False takes a refusal back")]
    code: Annotated[
        Line | None, Field(description="Of a refusal: why, as the list `match_refusals` of the programme has it")
    ] = None
    reason: Words


class NewMatch(Body):
    programme: Id
    need: Annotated[Line, Field(description="The need's id or external id")]
    technology: Annotated[Line, Field(description="The technology's id or external id")]
    source: Line = "entered"
    external_id: Line | None = None
    proposed_on: Day | None = None
    proposed_by: Line | None = None
    score: Decimals | None = None
    rationale: Words | None = None
    confirmed: Annotated[bool, Field(description="You stand for what it says: no import overwrites it")] = False


class CorrectedMatch(Body):
    """A field that is null is emptied; one that is not sent stays."""

    proposed_on: Day | None = None
    proposed_by: Line | None = None
    score: Decimals | None = None
    rationale: Words | None = None
    reason: Annotated[Words | None, Field(description="Needed where somebody stands for it, or it has its case")] = None


class MatchReason(Body):
    reason: Words


class Side(Answer):
    id: str
    title: str | None = None
    values: Annotated[int | None, Field(description="How many values were imported")] = None
    confirmed: Annotated[int | None, Field(description="How many of them a person has confirmed")] = None
    ended: Annotated[
        str | None,
        Field(description="expired, withdrawn, or owner_expired where its owner’s record has; null for one in use"),
    ] = None


class MatchShown(Answer):
    id: str
    programme: str
    source: str
    external_id: str
    need: Side
    technology: Side
    proposed_on: str | None = None
    proposed_by: str | None = None
    score: str | None = None
    rationale: str | None = None
    created_at: str | None = None
    case: Annotated[str | None, Field(description="The number of its case")] = None
    refused_at: Annotated[str | None, Field(description="Since when it is refused")] = None
    refusal: Annotated[str | None, Field(description="Why it is refused")] = None
    refusal_code: Annotated[str | None, Field(description="The same as the programme's list has it")] = None
    refusal_name: Annotated[str | None, Field(description="What that list calls it")] = None
    refusal_name_zh: str | None = None
    expired_at: Annotated[str | None, Field(description="Since when nobody follows it")] = None
    expiry: Annotated[str | None, Field(description="Why nobody does")] = None
    confirmed: Annotated[bool | None, Field(description="Whether a person of the office stands for what it says")] = (
        None
    )
    run: Annotated[str | None, Field(description="The run on whose list it was found")] = None
    rank: Annotated[int | None, Field(description="Where it stood on that list")] = None
    shortlisted_at: Annotated[str | None, Field(description="Since when it is on its need's short list")] = None


class MatchPage(Answer):
    items: list[MatchShown]
    next: str | None = None


class NewCase(Body):
    relaxed: Annotated[
        dict[FilterName, SomeWords],
        Field(
            description="Hard filters that remove the technology, each with the reason why it is accepted all the same; a filter that"
            " removes it and is not named here refuses the request with 422"
        ),
    ] = {}
    follows_from: Annotated[
        Line | None,
        Field(
            description="The number of an earlier case of the programme, which you see, of which this is a further site"
        ),
    ] = None


class Opened(Answer):
    number: str
    id: str
    state: str
    track: str


class PastProjectQuery(Paged):
    outcome: Annotated[Line | None, Field(description="Only those that ended so, by its code")] = None


class PastProjectShown(Answer):
    id: str
    programme: str
    source: str
    external_id: str
    title: str
    title_zh: str | None = None
    need_owner: str | None = None
    technology_owner: str | None = None
    district: str | None = None
    started_on: str | None = None
    ended_on: str
    outcome: str
    contract_value: str | None = None
    contract_currency: str | None = None
    effect: Annotated[str | None, Field(description="As the source says it; verified by nobody here")] = None


class PastProjectPage(Answer):
    items: list[PastProjectShown]
    next: str | None = None
    counts: Annotated[dict[str, int], Field(description="How many there are of each outcome")]

"""The schemas of rights."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Day, Id, Line, Paged


class RecordQuery(Paged):
    programme: Id | None = None


class RightQuery(RecordQuery):
    technology: Id | None = None


class RightFields(Body):
    office: Line | None = None
    number: Line | None = None
    owner: Line | None = None
    in_force: bool | None = None
    expires_on: Day | None = None
    fee_paid_to: Day | None = None
    source: Annotated[Line | None, Field(description="Where it was looked up")] = None


class NewRight(RightFields):
    programme: Id
    technology: Id | None = None
    kind: Code
    checked_on: Day | None = None


class CheckedRight(RightFields):
    """A field that is null is emptied; one that is not sent stays."""

    checked_on: Day
    reason: Annotated[
        Line | None, Field(description="Why it says something else now; needed where it was confirmed before")
    ] = None


class ConfirmedField(Body):
    field: Code


class Owner(Body):
    organisation: Id


class NeedRecord(Answer):
    """What somebody looks for, as far as it is known."""

    id: str
    programme: str
    source: Annotated[str, Field(description="From where it was imported, and what it is called there")]
    external_id: str
    title: str
    title_zh: str | None
    owner: Annotated[str | None, Field(description="Id of the organisation")]
    sector: str | None
    district: str | None
    problem: str | None
    target: str | None
    budget: Annotated[str | None, Field(description="As decimals")]
    budget_currency: str | None
    readiness_low: int | None
    readiness_high: int | None
    wanted_form: str | None
    wanted_by: str | None
    status: Annotated[str, Field(description="draft, published, matched, met or expired")]
    valid_until: str | None
    more: Annotated[dict[str, Any], Field(description="Process, baseline, site, constraints, contacts")]
    provenance: Annotated[
        dict[str, dict[str, Any]], Field(description="By column: source and moment, and who confirmed it and when")
    ]
    created_at: str
    updated_at: str


class NeedPage(Answer):
    items: list[NeedRecord]
    next: str | None = None


class TechnologyRecord(Answer):
    """What somebody has developed, as far as it is known."""

    id: str
    programme: str
    source: Annotated[str, Field(description="From where it was imported, and what it is called there")]
    external_id: str
    title: str
    title_zh: str | None
    owner: Annotated[str | None, Field(description="Id of the organisation")]
    description: str | None
    developed_in: list[str]
    deployed_in: list[str]
    benefits: list[str]
    website: str | None
    readiness_text: str | None
    readiness_low: int | None
    readiness_high: int | None
    ip_text: str | None
    verification: Annotated[
        dict[str, Any] | None,
        Field(description="Of the statement: number, verdict, valid_until; counts only once confirmed"),
    ]
    more: dict[str, Any]
    provenance: Annotated[
        dict[str, dict[str, Any]], Field(description="By column: source and moment, and who confirmed it and when")
    ]
    created_at: str
    updated_at: str


class TechnologyPage(Answer):
    items: list[TechnologyRecord]
    next: str | None = None


class RightRecord(Answer):
    """An IP right and what lies on it."""

    id: str
    programme: str
    technology: Annotated[str | None, Field(description="Id of the technology that it protects")]
    kind: Annotated[str, Field(description="invention, utility_model, design, software, trade_secret or know_how")]
    office: str | None
    number: str | None
    owner: str | None
    in_force: bool | None
    expires_on: str | None
    fee_paid_to: str | None
    checked_on: str | None
    confirmed: Annotated[bool, Field(description="A person has confirmed the imported record")]
    encumbrances: Annotated[list[dict[str, Any]], Field(description="Pledges, licences, transfers")]
    created_at: str


class RightPage(Answer):
    items: list[RightRecord]
    next: str | None = None

"""The schemas of what auditors look for."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.audit.finding_schemas import VerdictFault
from casework.api.protocol.fields import Answer, Instant, Paged, Query
from casework.api.protocol.schemas import Named


class AuditQuestion(Answer):
    question: str
    count: Annotated[int, Field(description="Up to 1000")]


class AuditQuestions(Answer):
    items: list[AuditQuestion]


class AuditQuery(Paged):
    pass


class AuditTask(Answer):
    edition: str | None
    rule: str
    type: Annotated[str, Field(description="step, side or decision")]
    about: Annotated[str | None, Field(description="need_owner or technology_owner")]


class AuditForm(Answer):
    edition: Annotated[str, Field(description="Fingerprint of the edition")]
    name: str


class AuditEvent(Answer):
    number: Annotated[str, Field(description="Of the case")]
    title: str | None
    seq: int
    at: str
    kind: str
    transition: str | None
    name: Annotated[str | None, Field(description="Of the task")]
    task: Annotated[AuditTask | None, Field(description="Where its words stand in its edition")]
    form: Annotated[AuditForm | None, Field(description="The form by which the task was finished")]
    data: Annotated[dict[str, Any], Field(description="What the form said, without its words")]
    what: str | None
    agreed: bool
    edition: str | None
    role: str | None
    actor: Named
    by_system: bool
    track_kind: str | None
    happened_on: str | None
    late: Annotated[int, Field(description="Working days after it happened, where it was recorded late")]


class AuditPage(Answer):
    items: list[AuditEvent]
    next: str | None = None


class SampleQuery(Query):
    seed: Annotated[str, Field(min_length=1, max_length=100)]
    size: Annotated[int, Field(ge=1, le=50)] = 10
    as_of: Annotated[
        Instant | None, Field(description="From the cases opened by this moment; by now where none is named")
    ] = None


class SampledCase(Answer):
    number: str
    title: str | None
    state: str
    owner: Annotated[str | None, Field(description="By name")]
    opened_at: str
    closed_at: str | None


class Sample(Answer):
    items: list[SampledCase]
    population: Annotated[int, Field(description="How many cases were drawn from")]
    as_of: Annotated[
        str, Field(description="Cases opened later are not drawn from; drawn with it again they are the same")
    ]
    next: None = None


class VerifiedQuery(Paged):
    state: Annotated[
        Literal["wrong", "changed", "unread", "whole"] | None,
        Field(description="`changed`: it has gone on since it was verified; `unread`: it never was"),
    ] = None


class VerifiedCase(Answer):
    number: str
    title: str | None
    state: Annotated[str, Field(description="wrong, changed, unread or whole")]
    entries: Annotated[int, Field(description="Of its history, now")]
    verified_to: Annotated[int | None, Field(description="seq of the last entry that was read")]
    verified_at: str | None
    faults: list[VerdictFault]


class VerifiedCases(Answer):
    items: list[VerifiedCase]
    next: str | None = None

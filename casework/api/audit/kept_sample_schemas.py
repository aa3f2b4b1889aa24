"""The schemas of samples that auditors keep."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id, Instant, Line
from casework.api.protocol.schemas import Named


class NewKeptSample(Body):
    seed: Annotated[Line, Field(max_length=100, description="The same seed, size and moment draw the same cases again")]
    size: Annotated[int, Field(ge=1, le=50)] = 10
    as_of: Annotated[
        Instant | None, Field(description="From the cases opened by this moment; by now where none is named")
    ] = None


class NewLook(Body):
    case: Annotated[Line, Field(description="The number of a case of the sample")]
    result: Annotated[Literal["in_order", "finding"], Field(description="What came of looking at it")]
    finding: Annotated[Id | None, Field(description="With `finding`: the id of the one that was raised")] = None


class SampleKept(Answer):
    programme: str
    number: Annotated[int, Field(description="In the programme, from 1")]


class KeptSample(SampleKept):
    drawn_by: Named
    drawn_at: str
    seed: Annotated[str | None, Field(description="Null once erased")]
    size: Annotated[int, Field(description="So many cases were drawn")]
    as_of: Annotated[str, Field(description="From the cases opened by this moment")]
    population: Annotated[int, Field(description="So many these were")]
    in_order: Annotated[int, Field(description="So many of them are in order")]
    with_finding: Annotated[int, Field(description="About so many a finding was raised")]


class KeptSamples(Answer):
    items: Annotated[list[KeptSample], Field(description="The last one first")]
    next: None = None


class LookedCase(Answer):
    number: str
    title: str | None
    result: Annotated[str | None, Field(description="`in_order` or `finding`; null while nobody has looked")]
    looked_by: Named | None
    looked_at: str | None
    finding: str | None


class FindingOfSample(Answer):
    id: str
    number: Annotated[str, Field(description="Of its case")]
    event: Annotated[int, Field(description="seq of the entry that it is about")]


class KeptSampleShown(KeptSample):
    cases: Annotated[list[LookedCase], Field(description="In the order in which they were drawn; those that you see")]
    findings: Annotated[list[FindingOfSample], Field(description="About these cases")]

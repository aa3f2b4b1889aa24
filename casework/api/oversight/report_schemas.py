"""The schemas of stage reports."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from casework.api.oversight.figure_schemas import Figure, OutsideAsOf, OutsideFigure
from casework.api.protocol.fields import Answer, Body, Id, Instant, Moment, Query, Said
from casework.api.protocol.schemas import Named
from casework.json_values import JsonObject

Digest = Annotated[str, Field(description="SHA-256 of what was frozen")]


class ReportQuery(Query):
    programme: Annotated[Id | None, Field(description="Of which of your programmes; the first where none is named")] = (
        None
    )


class ReportMove(Answer):
    kind: Annotated[
        Literal["report_frozen", "report_worded", "report_agreed", "report_published"],
        Field(description="What was done"),
    ]
    at: Moment
    by: Named
    acting_for: Annotated[Named | None, Field(description="For whom a deputy did it")]


class ReportLine(Answer):
    id: str
    number: int
    state: Literal["draft", "agreed", "published"]
    as_of: Annotated[Moment, Field(description="Up to when its figures were counted")]
    digest: Digest
    among: Annotated[
        dict[str, str], Field(description="Of which cases alone it is: `phase`, or `opened_from` and `opened_to`")
    ]
    words: Annotated[
        dict[str, str], Field(description="Its own words: `title`, `conclusion`, by figure; Chinese with `_zh`")
    ]
    words_digest: Annotated[str, Field(description="Of these; empty where there are none")]
    worded: Annotated[int, Field(description="How often they were written")]
    steps: list[ReportMove]


class Reports(Answer):
    programme: str
    items: list[ReportLine]


class ReportOutside(Answer):
    as_of: OutsideAsOf
    definitions: int
    figures: dict[str, OutsideFigure]
    restated: Annotated[list[JsonObject], Field(description="Lines of the report before, then and now")]


class Report(ReportLine):
    programme: str
    inside: Annotated[dict[str, Figure], Field(description="Nothing of needs for whoever reads no closed ones")]
    restated: Annotated[list[JsonObject], Field(description="Lines of the report before, then and now")]
    outside: ReportOutside
    before: Annotated[int | None, Field(description="Number of the report whose months it tells anew")]
    writes: Annotated[bool, Field(description="Whether you may write its words")]
    next: Annotated[
        Literal["report_agreed", "report_published"] | None, Field(description="What you may do with it next")
    ]
    why_not: Annotated[Said | None, Field(description="Why there is nothing, where you might")]


class ReportVerdict(Answer):
    number: int | None
    holds: Annotated[bool, Field(description="Whether nothing differs")]
    definitions: Annotated[int | None, Field(description="By which version of them it was made")]
    other_definitions: Annotated[
        bool,
        Field(
            description="All else holds, but it was made by other definitions than this release has, and no figure was counted"
        ),
    ]
    logs: int
    events: int
    figures: Annotated[int, Field(description="How many were counted again")]
    left: Annotated[list[str], Field(description="Those that were not, as no event of theirs leaves the database")]
    faults: Annotated[list[str], Field(description="What differs, in sentences")]


class NewReport(Body):
    phase: Annotated[UUID | None, Field(description="Of its cases alone, by its id")] = None
    opened_from: Annotated[date | None, Field(description="Of cases alone that were opened on this day or later")] = (
        None
    )
    opened_to: Annotated[date | None, Field(description="Of cases alone that were opened on this day or earlier")] = (
        None
    )
    as_of: Annotated[Instant | None, Field(description="Up to this moment; now where none is named")] = None


class ReportWords(Body):
    words: Annotated[
        dict[str, str],
        Field(description="`title`, `conclusion` and names of figures, with `_zh` in Chinese; all of them, each time"),
    ]
    seen: Annotated[
        int | None,
        Field(ge=0, description="`worded` as you saw it: 412 where they were written again since"),
    ] = None


class ReportAgreement(Body):
    words_digest: Annotated[
        str | None,
        Field(max_length=64, description="`words_digest` as you read it: 409 where the report has other words by now"),
    ] = None


class ReportMoved(Answer):
    number: int
    digest: Digest
    as_of: Moment


class ReportFrozen(ReportMoved):
    id: str


class ReportTaken(Answer):
    """The bytes of a report, as they are."""

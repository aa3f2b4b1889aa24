"""The schemas of figures."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Id, Instant, Moment, Query

Told = Annotated[str, Field(min_length=1, max_length=100)] | None


class FigureQuery(Query):
    programme: Annotated[Id | None, Field(description="Of which of your programmes; the first where none is named")] = (
        None
    )
    phase: Annotated[Told, Field(description="Of cases of this phase alone, by its id")] = None
    sector: Annotated[
        Told, Field(description="Of cases of this sector alone, by its code: as it was at the opening")
    ] = None
    district: Annotated[Told, Field(description="Of cases of this district alone, by its code, in the same way")] = None
    source: Annotated[Told, Field(description="Of cases alone whose match came from there, by its code")] = None
    technology_field: Annotated[
        Told,
        Field(
            description="Of cases of this field of technology alone, by WIPO's number of it: that of the first code of the technology"
        ),
    ] = None
    event: Annotated[
        Told,
        Field(
            description="Of cases alone whose need came of this assessment, or visit or event of one, by its id; for whoever reads these"
        ),
    ] = None
    opened_from: Annotated[date | None, Field(description="Of cases alone that were opened on this day or later")] = (
        None
    )
    opened_to: Annotated[date | None, Field(description="Of cases alone that were opened on this day or earlier")] = (
        None
    )
    as_of: Annotated[Instant | None, Field(description="Up to this moment; now where none is named")] = None


class FigureRow(Answer):
    of: Annotated[dict[str, str | None], Field(description="What the line is of: the step, the month, the provider")]
    numerator: Annotated[int | None, Field(description="How many; null where nothing but `under` is told")]
    under: Annotated[int | None, Field(description="Fewer than so many, whatever it is; null where the number is told")]
    denominator: Annotated[int | None, Field(description="Among how many; null where nothing is divided")]
    percent: Annotated[str | None, Field(description="To one digit; null among fewer than ten")]
    parts: Annotated[dict[str, int], Field(description="What the denominator adds up from, where it does")]
    median: Annotated[str | None, Field(description="In the figure's unit; null of fewer than five")]
    p90: str | None
    spread: Annotated[
        list[str] | None,
        Field(
            description="Within how many working minutes 5, 25, 50, 75 and 95 of a hundred stays were; null of fewer than five"
        ),
    ]
    money: Annotated[dict[str, str], Field(description="By currency; never added up")]
    amount: str | None
    unripe: Annotated[bool | None, Field(description="Whether the cohort is too young to tell")]
    cases: Annotated[list[str], Field(description="The numbers of the cases behind the numerator")]


class Figure(Answer):
    unit: str | None
    beside: Annotated[dict[str, int], Field(description="What is counted beside the lines")]
    rows: list[FigureRow]


class FiguresAsOf(Answer):
    at: Moment
    programme: str
    among: Annotated[dict[str, str], Field(description="Of which cases alone it was counted; empty for all")]
    logs: Annotated[
        dict[str, int] | None,
        Field(description="Of every log that was read, its last event; null for whoever reads no closed needs"),
    ]
    logs_digest: Annotated[str | None, Field(description="Of that")]
    editions: Annotated[dict[str, str], Field(description="By which the cases run, by fingerprint")]
    calendar: Annotated[str, Field(description="Digest of the calendar")]


class Definitions(Answer):
    version: int
    names: Annotated[str, Field(description="Digest of what the workflows say of their own actions")]


class Figures(Answer):
    as_of: FiguresAsOf
    definitions: Definitions
    figures: Annotated[dict[str, Figure], Field(description="By name: funnel, conversion, referrals and so on")]


class OwnFigureRow(Answer):
    of: Annotated[
        dict[str, str | None], Field(description="What the line is of: what was done, the service, the month")
    ]
    numerator: int
    denominator: Annotated[int | None, Field(description="Among how many; null where nothing is divided")]
    percent: Annotated[str | None, Field(description="To one digit; null among fewer than ten")]
    parts: dict[str, int]
    median: Annotated[str | None, Field(description="In the unit; null of fewer than five")]
    p90: str | None
    amount: str | None
    unripe: bool | None
    referrals: Annotated[list[str], Field(description="The ids of the referrals behind the numerator")]


class OwnFigures(Answer):
    at: Moment
    unit: str | None
    rows: list[OwnFigureRow]


class OutsideQuery(Query):
    programme: Annotated[Id | None, Field(description="Of which of your programmes; the first where none is named")] = (
        None
    )


#: A number, that it is under another one, or nothing where it is hidden lest that could be worked out.
Hidden = Annotated[
    int | str | None, Field(description="A number; a text such as `<3` where it is small; null where it is hidden")
]


class OutsideRow(Answer):
    of: Annotated[dict[str, str | None], Field(description="What the line is of: the step, the month, the provider")]
    numerator: Hidden
    denominator: Hidden
    percent: str | None
    parts: Annotated[dict[str, Hidden], Field(description="What the denominator adds up from, where it does")]
    median: str | None
    p90: str | None
    amount: str | None
    unripe: bool | None


class OutsideFigure(Answer):
    unit: str | None
    rows: list[OutsideRow]


class OutsideAsOf(Answer):
    at: Annotated[Moment, Field(description="The end of the last quarter")]
    programme: str


class OutsideFigures(Answer):
    as_of: OutsideAsOf
    definitions: Annotated[int, Field(description="Which version of them")]
    figures: Annotated[dict[str, OutsideFigure], Field(description="By name; none of a programme that began later")]

"""The schemas of what stands beside a need or a technology: records like it, its cases and what they came to, and its source."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from casework.api.protocol.fields import Answer, Id, Moment, Paged
from casework.api.protocol.schemas import NamedInBoth
from casework.json_values import JsonObject


class SimilarRecord(Answer):
    id: str
    title: str
    twin: Annotated[
        float | None,
        Field(
            description="How much of their words is in both, from 0 to 1, where they may be one; null where it says much of the same"
        ),
    ]


class SimilarRecords(Answer):
    items: Annotated[list[SimilarRecord], Field(description="What may be the same first")]


class SavedMeasure(Answer):
    measure: str
    called: str
    called_zh: str | None
    unit: str
    level: Annotated[str, Field(description="claimed, measured or verified")]
    percent: Annotated[
        str, Field(description="Of what would have been without it, as decimals; negative where it is worse")
    ]
    more_is_better: Annotated[bool, Field(description="More of it is better, so what is saved is what was gained")]


class RecordOutcome(Answer):
    number: Annotated[str, Field(description="Of the case, as far as you read it")]
    other: Annotated[str | None, Field(description="The technology of a need, the need of a technology")]
    other_title: str | None
    state: str
    outcome: Annotated[str | None, Field(description="As it is decided, or, of a case that runs, proposed")]
    opened_at: Moment
    closed_at: Moment | None
    district: str | None
    year: Annotated[int | None, Field(description="The year since which the saving is measured")]
    saved: list[SavedMeasure]


class RecordOutcomePage(Answer):
    items: Annotated[list[RecordOutcome], Field(description="The newest case first")]
    next: str | None = None


class SourceQuery(Paged):
    programme: Annotated[Id | None, Field(description="Of one programme alone")] = None


class SourceShown(Answer):
    id: str
    programme: str
    name: str
    licence: Annotated[str | None, Field(description="Of its data")]
    fields: Annotated[
        dict[str, dict[str, str | None]],
        Field(description="Of `needs` and `technologies` apart: by its column ours, and null where it is not read"),
    ]
    fetched_at: Annotated[Moment | None, Field(description="When it was imported last")]
    records: Annotated[int, Field(description="How many records were read from it")]
    gone: Annotated[int, Field(description="How many of these it no longer has")]


class SourcePage(Answer):
    items: Annotated[list[SourceShown], Field(description="By name")]
    next: str | None = None


class GoneRecordShown(Answer):
    noun: Annotated[str, Field(description="need or technology")]
    id: str
    name: str
    external_id: str
    gone_since: Moment


class GoneRecords(Answer):
    items: Annotated[list[GoneRecordShown], Field(description="Of each kind the newest")]


class RecordEntryShown(Answer):
    at: Moment
    kind: Annotated[
        str,
        Field(
            description="What happened, such as recorded, imported, corrected, confirmed, merged, took_over or followed"
        ),
    ]
    who: Annotated[str | None, Field(description="By name; null for what happened by itself")]
    imported: bool
    changes: Annotated[JsonObject, Field(description="By field what it said before and after, as a pair")]
    confirmed: Annotated[list[str], Field(description="Fields that somebody stands for from then on")]
    erased: Annotated[list[str], Field(description="Fields whose words were erased")]
    source: Annotated[str | None, Field(description="Where it comes from")]
    reason: Annotated[str | None, Field(description="Why it was corrected")]
    other: Annotated[NamedInBoth | None, Field(description="Of a merging the other record, as far as you see it")] = (
        None
    )
    case: Annotated[str | None, Field(description="Of what followed from a case its number, for who sees it")] = None
    role: Annotated[str | None, Field(description="In which it was done")] = None
    by_question: Annotated[bool, Field(description="By a question to its enterprise")] = False
    by_link: Annotated[str | None, Field(description="Who answered it, for who reads statements")] = None
    as_what: str | None = None
    statement: str | None = None


class RecordHistory(Answer):
    items: Annotated[list[RecordEntryShown], Field(description="The newest first")]


class SourceRow(Answer):
    """What was read of a record at its source last."""

    source: Annotated[str | None, Field(description="Id of the source; null of a record that came otherwise")]
    row: Annotated[
        list[list[Any]],
        Field(
            description="A pair each: the source's column, and what it says; without a name where words were taken out of it"
        ),
    ]
    fields: Annotated[dict[str, str], Field(description="By the source's column the field of ours as which it is read")]

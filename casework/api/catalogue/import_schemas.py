"""The schemas of files of records that come in over the API, and of how sources are read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line, Moment, Query

#: So many letters a file has over the API; a larger one comes in on its page or by the command line.
MOST_LETTERS = 10_000_000
Records = Annotated[
    Literal["needs", "technologies", "matches", "past_projects"], Field(description="What its rows are")
]
#: By the file's column ours.
Mapped = Annotated[
    dict[str, str | None],
    Field(description="By the file's column the field of ours as which it is read; null where it is not read"),
]


class NewImport(Body):
    as_typed = frozenset({"content"})

    records: Records
    source: Annotated[Line, Field(description="What it is called, the same each time: its records are known by it")]
    content: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_LETTERS,
            description="CSV with a header, a JSON array, or JSON lines: 10,000,000 letters at most",
        ),
    ]
    name: Annotated[str, Field(max_length=300, description="The name of the file")] = ""
    complete: Annotated[
        bool,
        Field(
            description="It has all needs or technologies of its source: those that it is without are marked; of others not to be said"
        ),
    ] = False
    fields: Annotated[
        dict[str, str | None] | None,
        Field(description="How its columns are read; as its source keeps them where it is left out"),
    ] = None


class ImportQuery(Query):
    records: Records = "technologies"


class ReadAs(Body):
    as_typed = frozenset({"fields"})

    fields: Mapped


class TakenOver(Body):
    licence: Annotated[
        str | None,
        Field(max_length=2_000, description="Of its data; its source keeps the one it has where it is left out"),
    ] = None


class NewMapping(Body):
    as_typed = frozenset({"fields"})

    records: Records
    fields: Mapped
    licence: Annotated[
        str | None, Field(max_length=2_000, description="Of its data; it stays where it is left out")
    ] = None


class ImportCountsShown(Answer):
    rows: Annotated[int, Field(description="Read so far")]
    created: int
    updated: int
    unchanged: int
    bad: Annotated[int, Field(description="Refused rows")]
    kept: Annotated[int, Field(description="Values left as a person has confirmed them")]
    marked: Annotated[int, Field(description="Placeholders")]
    nested: Annotated[int, Field(description="Needs and technologies that came whole with matches, new or changed")]
    gone: Annotated[int, Field(description="Records that a complete file is without")]
    back: Annotated[int, Field(description="Records that are at their source again")]
    share: Annotated[int, Field(description="How much of the file is read, of a hundred")]


class ImportShown(Answer):
    id: str
    records: str
    source: str
    name: str
    complete: bool
    state: Annotated[str, Field(description="looked_at, trying, waiting, done or failed")]
    fields: Mapped
    counts: Annotated[
        ImportCountsShown | None,
        Field(description="What became of its rows; of one that is looked at what its trial found; null before that"),
    ]
    left_out: Annotated[list[str], Field(description="Columns that nobody reads")]
    created_at: Moment
    tried_at: Annotated[Moment | None, Field(description="When its trial was begun last")]


class ImportsShown(Answer):
    items: Annotated[list[ImportShown], Field(description="The last twenty that were taken over, the newest first")]


class RefusedFieldShown(Answer):
    field: Annotated[str, Field(description="Its column, or row, header or file")]
    reason: str
    code: str
    values: Annotated[dict[str, Any], Field(description="What stands in its gaps")]


class RefusedRowShown(Answer):
    row: Annotated[int, Field(description="As a spreadsheet counts: the header of CSV is row 1")]
    faults: list[RefusedFieldShown]
    cells: Annotated[
        dict[str, Any], Field(description="What the file has there; nothing where its cells cannot be told apart")
    ]


class RefusedRowPage(Answer):
    items: Annotated[list[RefusedRowShown], Field(description="In the order of the file")]
    next: str | None = None

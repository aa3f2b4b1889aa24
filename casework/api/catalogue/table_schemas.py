"""The schemas of tables that are brought in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line
from casework.operations.catalogue.table_import import MOST_BYTES
from casework.operations.catalogue.table_schemas import Table


class NewTable(Body):
    as_typed = frozenset({"content"})

    table: Table
    content: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_BYTES,
            description="CSV with a header, a JSON array, or JSON lines: 2,000,000 bytes of UTF-8 at most",
        ),
    ]
    source: Annotated[Line, Field(description="Where it stands, for rows that do not say it")]
    name: Annotated[str, Field(max_length=300, description="The name of the file, for the log of the programme")] = ""
    dry_run: Annotated[bool, Field(description="Check every row and change nothing")] = False


class TableFault(Answer):
    row: int
    field: str
    reason: str
    code: Annotated[str, Field(description="Of the reason; empty where it has none")]
    values: Annotated[dict[str, Any], Field(description="What stands in its gaps")]


class TableRecord(Answer):
    row: int
    id: str
    done: Literal["created", "changed"]


class TableReport(Answer):
    rows: int
    created: int
    changed: int
    unchanged: int
    bad: int
    dry_run: bool
    faults: Annotated[list[TableFault], Field(description="With one nothing was changed")]
    kept: Annotated[list[TableFault], Field(description="What differs from the record, which was left as it is")]
    left_out: Annotated[list[str], Field(description="Columns that nobody reads")]
    records: Annotated[
        list[TableRecord], Field(description="What it made or changed, by row; ids of a trial are gone with it")
    ]
    entry: Annotated[
        int | None, Field(description="The number of the entry in the programme's log; none if nothing was changed")
    ]

"""The schemas of tables that are brought in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line
from casework.operations.catalogue.table_import import MOST_BYTES
from casework.operations.catalogue.table_schemas import Table


class NewTable(Body):
    table: Table
    content: Annotated[
        str,
        Field(min_length=1, max_length=MOST_BYTES, description="CSV with a header, a JSON array, or JSON lines"),
    ]
    source: Annotated[Line, Field(description="Where it stands, for rows that do not say it")]
    dry_run: Annotated[bool, Field(description="Check every row and change nothing")] = False


class TableFault(Answer):
    row: int
    field: str
    reason: str


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

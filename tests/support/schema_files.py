"""Writes `casework/records/sql/tables.sql` anew from the tables as the code has them (part of `make expected`)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table, make_url
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement, SetColumnComment, SetTableComment

from casework.records.tables import metadata
from tests.support.databases import ROOT

TABLES = ROOT / "casework" / "records" / "sql" / "tables.sql"
_DIALECT = make_url("postgresql+psycopg://").get_dialect()()
_HEAD = "-- Every table, its indexes and what its columns mean, as `casework/records/tables` has them: written by `make expected`.\n"


def tables_sql() -> str:
    """What makes all tables, each after those that it refers to."""
    return "\n".join([_HEAD, *("\n".join(_statements(table)) + "\n" for table in metadata.sorted_tables)])


def _statements(table: Table) -> Iterator[str]:
    yield _compiled(CreateTable(table))
    for index in sorted(table.indexes, key=lambda index: str(index.name)):
        yield _compiled(CreateIndex(index))
    if table.comment:
        yield _compiled(SetTableComment(table))
    for column in table.columns:
        if column.comment:
            yield _compiled(SetColumnComment(column))


def _compiled(statement: DDLElement) -> str:
    # Compiled for a driver that reads percent signs; this file goes to the server as it is.
    lines = str(statement.compile(dialect=_DIALECT)).replace("%%", "%").strip().replace("\t", "    ").split("\n")
    return "\n".join(line.rstrip() for line in lines) + ";"


def main() -> None:
    TABLES.write_text(tables_sql(), "utf-8")
    print(TABLES.relative_to(ROOT))


if __name__ == "__main__":
    main()

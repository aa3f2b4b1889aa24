"""Writes `tables.sql` and `policies.sql` of `casework/records/sql` anew, from what the code has (part of `make expected`)."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Table, make_url
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement, SetColumnComment, SetTableComment

from casework.records.policy_source import policies_sql
from casework.records.tables import metadata
from tests.support.databases import ROOT

SQL = ROOT / "casework" / "records" / "sql"
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


def written() -> dict[str, str]:
    """Each file by its name, and what it is to hold."""
    return {"tables.sql": tables_sql(), "policies.sql": policies_sql()}


def main() -> None:
    for name, statements in written().items():
        (SQL / name).write_text(statements, "utf-8")
        print((SQL / name).relative_to(ROOT))


if __name__ == "__main__":
    main()

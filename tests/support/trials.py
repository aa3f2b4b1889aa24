"""What tests of dry runs look at: everything that stands in the database."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.records.tables import metadata

#: What the application may not read: the database itself keeps it beside files and events.
NOT_READ = ("searched_words",)
#: Told of each attempt, whatever becomes of it.
_EVERY = " UNION ALL ".join(
    (
        f"SELECT '{one.name}' AS name, count(*) AS rows, md5(coalesce(string_agg(x::text, "
        f"'|' ORDER BY x::text), '')) AS digest FROM {one.name} x"
    )
    for one in metadata.sorted_tables
    if one.name not in NOT_READ
)


def everything(db: Connection) -> dict[str, tuple[int, str]]:
    """Each table with the number of its rows and a digest of them."""
    return {row.name: (row.rows, row.digest) for row in db.execute(text(_EVERY))}

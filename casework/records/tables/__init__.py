"""What is stored: every table, with what its columns mean. Times are timestamptz in UTC, ids are UUIDv7.

One module for each subject, all in one metadata.
"""

from casework.records.tables import (
    accounts,
    assessments,
    cases,
    catalogue,
    documents,
    history,
    links,
    matching,
    needs,
    notifications,
    oversight,
    people,
    sources,
    stories,
    transparency,
    verification,
)
from casework.records.tables.base import metadata

__all__ = [
    "accounts",
    "assessments",
    "cases",
    "catalogue",
    "documents",
    "history",
    "links",
    "matching",
    "metadata",
    "needs",
    "notifications",
    "oversight",
    "people",
    "sources",
    "stories",
    "transparency",
    "verification",
]

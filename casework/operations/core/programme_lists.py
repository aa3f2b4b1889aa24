"""What stands on the lists of a programme now."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.programme_lists import ENTRY_FIELDS, Entry, Lists, find, overlay
from casework.engine.definition.list_names import CATALOGUES, is_key
from casework.errors import InvalidForm
from casework.reasons import Why


def read_lists(db: Connection, programme: str) -> Lists:
    """Every list of a programme, with what is retired."""
    rows = db.execute(_ENTRIES, {"programme": programme})
    return overlay(dict(row._mapping) for row in rows)


#: What a programme has said of its lists.
_ENTRIES = text(f"SELECT {', '.join(ENTRY_FIELDS)} FROM list_entries WHERE programme_id = CAST(:programme AS uuid)")


def items_named(db: Connection, programme: str, values: Iterable[object]) -> dict[str, Entry]:
    """Of some answers those that are entries of catalogues of a programme, retired ones too."""
    keys = {value for value in values if isinstance(value, str) and is_key(value)}
    if not keys:
        return {}
    lists = read_lists(db, programme)
    return {entry.key: entry for name in sorted(CATALOGUES) for entry in lists[name] if entry.key in keys}


def why_not_listed(lists: Lists, name: str, value: str) -> Why | None:
    """Why a form of the programme does not take this entry."""
    entry = find(lists[name], value)
    return None if entry is not None and not entry.retired else reasons.lists.NOT_LISTED


def insist_listed(lists: Lists, name: str, value: str, field: str) -> None:
    """Refuse what the list does not offer."""
    if (why := why_not_listed(lists, name, value)) is not None:
        raise InvalidForm(fields={field: why})


__all__ = ["insist_listed", "items_named", "read_lists", "why_not_listed"]

"""What stands on the lists of a programme now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeAlias

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.case_objects.programme_lists import ENTRY_FIELDS, LISTED, Entry, Lists, find, overlay
from casework.engine.definition.list_names import CATALOGUES, is_key
from casework.errors import InvalidForm
from casework.operations.core.views import Names
from casework.reasons import Why

#: By field of a record and by what stands there, what the programme calls it.
Called: TypeAlias = dict[str, dict[str, Names]]


def read_lists(db: Connection, programme: str) -> Lists:
    """Every list of a programme, with what is retired."""
    rows = db.execute(_ENTRIES, {"programme": programme})
    return overlay(dict(row._mapping) for row in rows)


#: What a programme has said of its lists.
_ENTRIES = text(f"SELECT {', '.join(ENTRY_FIELDS)} FROM list_entries WHERE programme_id = CAST(:programme AS uuid)")


def items_named(db: Connection, programme: str, values: Iterable[object]) -> dict[str, Entry]:
    """Of some answers those that are entries of catalogues of a programme, retired ones too."""
    keys = keys_among(values)
    return named_in(read_lists(db, programme), keys) if keys else {}


def keys_among(values: Iterable[object]) -> set[str]:
    """The answers that name an entry of a catalogue."""
    return {value for value in values if isinstance(value, str) and is_key(value)}


def named_in(lists: Lists, keys: Collection[str]) -> dict[str, Entry]:
    """The entries of catalogues that some answers name."""
    return {entry.key: entry for name in sorted(CATALOGUES) for entry in lists[name] if entry.key in keys}


#: What a programme has said of the entries that stand in the need `n` and the technology `t` of a `:programme`, as a column.
SAID_OF_RECORDS = f"""
    (SELECT coalesce(jsonb_agg(jsonb_build_object({", ".join(f"'{field}', e.{field}" for field in ENTRY_FIELDS)})), '[]')
     FROM list_entries e WHERE e.programme_id = CAST(:programme AS uuid) AND (
        (e.list, e.code) IN (('sectors', n.sector), ('districts', n.district), ('wanted_forms', n.wanted_form))
        OR e.list = 'benefits' AND e.code = ANY(t.benefits)
    )) AS said_of_records
"""


def called_in(rows: Iterable[Mapping[str, Any]], records: Mapping[str, Mapping[str, Any]]) -> Called:
    """Of each listed field of some records what the programme calls its words; words of another source are left out."""
    lists = overlay(rows)
    return {
        field: {
            word: Names(name=entry.label, name_zh=entry.label_zh)
            for word in _words(record.get(field))
            if (entry := find(lists[name], word)) is not None
        }
        for noun, record in records.items()
        for field, name in LISTED[noun].items()
    }


def names_on(db: Connection, programme: str | None, *names: str) -> dict[str, Names]:
    """What a programme calls the entries of some lists, by their codes in small letters; of no programme what they begin with.

    What providers and people say that they know is compared with what a case asks for whatever its letters are.
    """
    lists = read_lists(db, programme) if programme else overlay(())
    return {
        entry.code.casefold(): Names(name=entry.label, name_zh=entry.label_zh)
        for name in reversed(names)
        for entry in lists[name]
    }


def _words(value: object) -> list[str]:
    return [value] if isinstance(value, str) else list(value) if isinstance(value, list | tuple) else []


def why_not_listed(lists: Lists, name: str, value: str) -> Why | None:
    """Why a form of the programme does not take this entry."""
    entry = find(lists[name], value)
    return None if entry is not None and not entry.retired else reasons.lists.NOT_LISTED


def insist_listed(lists: Lists, name: str, value: str, field: str) -> None:
    """Refuse what the list does not offer."""
    if (why := why_not_listed(lists, name, value)) is not None:
        raise InvalidForm(fields={field: why})


__all__ = [
    "SAID_OF_RECORDS",
    "Called",
    "called_in",
    "insist_listed",
    "items_named",
    "names_on",
    "read_lists",
    "why_not_listed",
]

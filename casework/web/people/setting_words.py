"""What the history of a programme's lists says, in the reader's words."""

from __future__ import annotations

from collections.abc import Mapping

from flask_babel import gettext

from casework.engine.case_objects.letterheads import COPIED
from casework.engine.case_objects.programme_lists import LIST_SET
from casework.json_values import JsonValue
from casework.operations.people.views import SettingsEntry
from casework.web.shell.i18n import N_
from casework.web.shell.i18n import listed as said_in_turn
from casework.web.shell.list_words import LIST_NAMES

#: Of an entry that changes many fields, so many are told: a catalogue has hundreds of items.
MOST_CHANGES = 20
#: Of a list so many versions, the newest.
MOST_VERSIONS = 30
#: Before the list and the key of an entry, in what an event of the history changes.
OF_LISTS = "lists."
#: What was done with lists.
HAPPENED = {
    LIST_SET: N_("%(who)s changed a list"),
    COPIED: N_("%(who)s began the programme with the settings of another"),
}


def say_happened(entry: SettingsEntry) -> str:
    """Who did what with a list."""
    return gettext(HAPPENED[entry.kind], who=entry.who or gettext("The system"))


def say_versions(entry: SettingsEntry) -> str:
    """Which versions of which lists a change has made; nothing where it made none, or too many at once."""
    if entry.kind != LIST_SET:
        return ""
    named = [
        gettext("%(list)s, version %(number)s", list=gettext(LIST_NAMES[name]), number=number)
        for name, number in entry.lists.items()
    ]
    return said_in_turn(named) if named else ""


def say_listed_changes(entry: SettingsEntry, of: str) -> list[tuple[str, str, str]]:
    """By entry of a list what it said before and says then."""
    start = f"{OF_LISTS}{of}."
    return [
        (name.removeprefix(start), _say_listing(pair[0]), _say_listing(pair[1]))
        for name, pair in entry.changes.items()
        if name.startswith(start)
    ]


def say_listed(name: str, before: JsonValue, after: JsonValue) -> tuple[str, str, str]:
    """An entry of a list, before and after."""
    of, key = name.removeprefix(OF_LISTS).split(".", 1)
    label = gettext("%(list)s: %(entry)s", list=gettext(LIST_NAMES[of]), entry=key)
    return label, _say_listing(before), _say_listing(after)


def _say_listing(said: JsonValue) -> str:
    if not isinstance(said, Mapping):
        return ""
    words = gettext(
        "%(english)s / %(chinese)s, place %(place)s",
        english=said["label"],
        chinese=said["label_zh"],
        place=said["position"],
    )
    return gettext("%(entry)s, retired", entry=words) if said["retired"] else words


__all__ = [
    "HAPPENED",
    "MOST_CHANGES",
    "MOST_VERSIONS",
    "OF_LISTS",
    "say_happened",
    "say_listed",
    "say_listed_changes",
    "say_versions",
]

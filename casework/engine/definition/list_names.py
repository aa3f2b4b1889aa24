"""The lists of a programme that a workflow's form may name: those whose entries say in their key under what they stand.

A catalogue's item stands under its version. An indicator of an effect stands under its kind, and its code ends with its unit: as a
code never changes, no record's value ever comes to stand in another unit. A reason to close stands under what it is about.

What stands on one is the programme's (`engine.case_objects.programme_lists`), so a form cannot know it; it takes what looks like a key.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from casework import reasons
from casework.engine.definition.edition_schema import WrittenField
from casework.errors import FieldFault
from casework.json_values import JsonValue

INDICATORS, CLOSING_REASONS = "indicators", "closing_reasons"
#: Catalogues, by the name of their list.
CATALOGUES = frozenset({"green_items", INDICATORS, CLOSING_REASONS})
#: Those whose printed key is told with the words.
PRINTED = frozenset({"green_items"})
#: What an indicator is about.
INDICATOR_KINDS = ("energy", "water", "co2e", "pollutant", "waste", "yield", "cost", "other")
#: What a reason to close is about.
REASON_KINDS = ("money", "technology", "rights", "rules", "site", "parties", "delay", "other")
#: Between the version or the kind of an entry and its code.
OF = "/"
#: A version or a code: no words about anybody, for it stands in facts and is never erased.
CODE = r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,58}[A-Za-z0-9])?"
_KEY = re.compile(f"{CODE}{OF}{CODE}")


def is_key(words: str) -> bool:
    """Whether it looks like an entry of a catalogue: version and code."""
    return _KEY.fullmatch(words) is not None


def is_code(words: str) -> bool:
    """Whether it looks like a code: no words about anybody."""
    return re.fullmatch(CODE, words) is not None


@dataclass(frozen=True, slots=True)
class Chosen:
    """An entry that an answer names: in which field or cell, of which list, by its key."""

    where: str
    catalogue: str
    key: str


def listed_in(rule: WrittenField, given: JsonValue) -> Iterator[Chosen]:
    """What the answer to a question names of lists of the programme, in its rows too."""
    if rule["type"] == "listed" and isinstance(given, str):
        yield Chosen(rule["name"], rule["catalogue"], given)
    elif rule["type"] == "listed_many" and isinstance(given, list | tuple):
        for key in given:
            yield Chosen(rule["name"], rule["catalogue"], str(key))
    elif rule["type"] == "rows" and isinstance(given, list | tuple):
        for n, row in enumerate(given):
            for cell in rule["fields"] if isinstance(row, dict) else ():
                for one in listed_in(cell, row.get(cell["name"])):
                    yield Chosen(f"{rule['name']}.{n}.{one.where}", one.catalogue, one.key)


def insist_key(value: object) -> str:
    """What a form takes as an entry, before the programme's list is asked. Raises FieldFault."""
    if not isinstance(value, str) or not is_key(value):
        raise FieldFault(reasons.lists.KEY)
    return value


def unit_of(code: str) -> str:
    """In what an indicator's value is counted: the last word of its code."""
    return code.split(" ")[-1]


def kind_and_unit(key: str) -> tuple[str, str]:
    """What an indicator is about, and in what it is counted."""
    kind, _, code = key.partition(OF)
    return kind, unit_of(code)


__all__ = [
    "CATALOGUES", "CLOSING_REASONS", "CODE", "INDICATORS", "INDICATOR_KINDS", "OF", "PRINTED", "REASON_KINDS", "Chosen", "insist_key",
    "is_key", "kind_and_unit", "listed_in", "unit_of",
]  # fmt: skip

"""The schemas of a programme's lists."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line, SomeWords
from casework.engine.case_objects.programme_lists import MOST_SIGNS

#: `casework.engine.case_objects.programme_lists.LISTS`.
ListName = Literal[
    "sectors",
    "districts",
    "wanted_forms",
    "benefits",
    "match_refusals",
    "glossary",
    "green_items",
    "indicators",
    "closing_reasons",
]


class NewEntry(Body):
    list: ListName
    code: Annotated[Line, Field(description="Stands in cases and records, and never changes")]
    version: Annotated[
        Line | None,
        Field(description="Of a catalogue its version, of an indicator and a reason to close its kind; null elsewhere"),
    ] = None
    label: Line
    label_zh: Line
    position: Annotated[int | None, Field(description="In which order it is offered; null: last")] = None
    retired: Annotated[bool, Field(description="It is not offered any more, and stays readable where it was used")] = (
        False
    )
    reason: Annotated[SomeWords | None, Field(description="Needed where the entry said something else before")] = None
    seen: Annotated[int | None, Field(description="`version` of the lists that were seen")] = None


class EntryTable(Body):
    list: ListName
    content: Annotated[
        str,
        Field(
            min_length=1,
            max_length=MOST_SIGNS,
            description="CSV with a header: code, label, label_zh, of a catalogue version, of indicators kind; position, retired",
        ),
    ]
    reason: SomeWords
    seen: Annotated[int | None, Field(description="`version` of the lists that were seen")] = None


class ListMade(Answer):
    id: str
    version: int
    number: Annotated[int, Field(description="The version that the list has since")]
    added: int
    changed: int


class ListEntry(Answer):
    key: Annotated[
        str, Field(description="As forms take it: the code, after the version and a slash where there is one")
    ]
    code: str
    version: Annotated[str | None, Field(description="Of an indicator and a reason to close its kind")]
    unit: Annotated[str | None, Field(description="Of an indicator: the last word of its code")]
    label: str
    label_zh: str
    position: int
    retired: bool
    shipped: Annotated[bool, Field(description="As the product has it")]


class ProgrammeList(Answer):
    name: str
    versioned: bool
    kinds: Annotated[list[str], Field(description="What stands in the place of a version, where it is one of these")]
    number: Annotated[int, Field(description="Its version: 1 as the product has it, and one more with each change")]
    mine: Annotated[bool, Field(description="You may change it")]
    entries: list[ListEntry]


class ProgrammeLists(Answer):
    id: str
    version: Annotated[int, Field(description="What a change sends back as `seen`")]
    items: list[ProgrammeList]
    mine: Annotated[bool, Field(description="You may change all of them")]

"""What operations hand out of a programme's lists."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.people.views import SettingsEntry


@dataclass(frozen=True, kw_only=True, slots=True)
class ListEntry:
    """An entry of a list of a programme."""

    #: As it stands in a case or a record: the code, after the version where there is one.
    key: str
    code: str
    version: str | None
    #: In what a value of it is counted, where it is an indicator.
    unit: str | None
    label: str
    label_zh: str
    position: int
    #: Not offered any more.
    retired: bool
    #: As the product has it.
    shipped: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeList:
    """What a form of a programme offers to choose from."""

    name: str
    versioned: bool
    #: What stands in the place of a version, where it is one of these.
    kinds: list[str]
    #: Its version: 1 as the product has it, and one more with each change.
    number: int
    #: Whether who asks may change it.
    mine: bool
    entries: list[ListEntry]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeLists:
    """The lists of a programme."""

    id: str
    #: Of the newest change; whoever changes one says so with it.
    version: int
    items: list[ProgrammeList]
    #: Whether who asks may change all of them.
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ListShown:
    """A list of a programme on a page of its own."""

    id: str
    #: What the programme is called.
    name: str
    name_zh: str | None
    listed: ProgrammeList
    #: Of the newest change of any list of the programme; whoever changes one says so with it.
    version: int
    #: What was done with it, the newest first.
    history: list[SettingsEntry]
    #: Whether who asks looks at the other settings of the programme, too.
    settings: bool

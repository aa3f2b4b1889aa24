"""What operations hand out of the editions by which a programme begins."""

from __future__ import annotations

from dataclasses import dataclass

from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferedEdition:
    """An edition by which a workflow may begin."""

    number: int
    #: Its day of publication here; none where the database does not know it yet.
    published_on: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class EditionChoice:
    """By which edition a workflow begins in a programme."""

    workflow: str
    title: str
    #: The number that the programme has named; none: the newest.
    chosen: int | None
    newest: int
    #: Whether what was named is there still; else the newest begins.
    offered: bool
    #: The newest first.
    editions: list[OfferedEdition]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeEditions:
    """By which editions a programme begins."""

    id: str
    #: Of the newest change; whoever changes them says so with it.
    version: int
    items: list[EditionChoice]
    #: Whether who asks may change it.
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ChoiceApart:
    """Why a programme's choice does not hold any more, at one of the workflows that it named."""

    programme: str
    code: str
    workflow: str
    why: Why


__all__ = ["ChoiceApart", "EditionChoice", "OfferedEdition", "ProgrammeEditions"]

"""The schemas of the editions by which a programme begins."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, SomeWords


class NewEditionChoice(Body):
    editions: Annotated[
        dict[Code, int | None],
        Field(
            max_length=100, description="By workflow the number of an edition; of those left out, or null: the newest"
        ),
    ]
    reason: SomeWords
    seen: Annotated[int | None, Field(description="`version` of the choice that was seen")] = None


class EditionsSet(Answer):
    id: str
    version: int


class OfferedEdition(Answer):
    number: int
    published_on: Annotated[str | None, Field(description="Its day of publication here")]


class EditionChoice(Answer):
    workflow: str
    title: str
    chosen: Annotated[int | None, Field(description="The number that the programme has named; null: the newest")]
    newest: int
    offered: Annotated[bool, Field(description="What was named is installed still; else the newest begins")]
    editions: Annotated[list[OfferedEdition], Field(description="Those that may be named, the newest first")]


class ProgrammeEditions(Answer):
    id: str
    version: Annotated[int, Field(description="What a change sends back as `seen`")]
    items: list[EditionChoice]
    mine: Annotated[bool, Field(description="You may change it")]

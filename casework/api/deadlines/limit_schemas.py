"""The schemas of limits."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line, SomeWords
from casework.engine.definition.own_limits import MOST


class NewLimit(Body):
    what: Annotated[Line, Field(description="As the list calls it: case.states.triage")]
    n: Annotated[
        int | None, Field(ge=1, le=MOST, description="So many, in the workflow's unit; null: as the workflow says")
    ] = None
    reason: SomeWords
    seen: Annotated[int | None, Field(description="`version` of the list that was seen")] = None


class LimitMade(Answer):
    id: str
    version: int


class OwnLimit(Answer):
    what: str
    kind: Annotated[
        str,
        Field(
            description="due, appears, fires, answered, remind, escalate, flag: what happens then; holds: what a rule compares with"
        ),
    ]
    workflow: Annotated[str, Field(description="Or catalogue: a limit that no workflow counts")]
    edition: Annotated[str | None, Field(description="The newest edition, by its fingerprint; null of the catalogue")]
    words: Annotated[str, Field(description="The key of the edition's text that names it")]
    n: Annotated[int, Field(description="As the workflow says")]
    unit: Annotated[
        str, Field(description="wd, working days, cd, calendar days, mo, months, times, or pc, per cent a year")
    ]
    since: Annotated[str | None, Field(description="From the day that this field names; else from the beginning")]
    back: Annotated[bool, Field(description="It counts back from that day")]
    own: Annotated[int | None, Field(description="As the programme has set it")]
    law: Annotated[str | None, Field(description="The article that sets it, by its code")]
    law_text: str | None
    settable: bool
    least: Annotated[int, Field(description="The fewest that may be set")]
    most: int


class ProgrammeLimits(Answer):
    version: Annotated[
        int, Field(description="Of the calendar in which they stand; what a change sends back as `seen`")
    ]
    items: list[OwnLimit]

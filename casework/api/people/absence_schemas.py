"""The schemas of absences."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.case_schemas import PlacedTask
from casework.api.protocol.fields import Answer, Body, Day, Id, Knowingly
from casework.api.protocol.schemas import NamedInBoth


class NewAbsence(Body):
    scope: Annotated[Id, Field(description="The programme or organisation that the person is away from")]
    person: Annotated[Id | None, Field(description="Who is away; yourself unless told")] = None
    substitute: Id
    first_day: Day
    last_day: Annotated[Day, Field(description="Still away on this day")]
    sure: Knowingly = False


class Absence(Answer):
    id: str
    person: NamedInBoth
    substitute: NamedInBoth
    scope: Annotated[NamedInBoth, Field(description="The programme or organisation")]
    starts_at: str
    ends_at: str
    begun: bool
    may_end: Annotated[bool, Field(description="Whether you may end it")]


class AbsencePage(Answer):
    items: list[Absence]
    next: str | None = None


class OfAbsent(Answer):
    person: Annotated[NamedInBoth, Field(description="Who is away")]
    until: Annotated[str, Field(description="When the absence ends")]
    items: list[PlacedTask]


class WorkOfAbsent(Answer):
    items: list[OfAbsent]

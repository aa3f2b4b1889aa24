"""The schemas of allocation and of skills."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Code, Id
from casework.api.protocol.schemas import NamedInBoth
from casework.engine.tasks.allocation import HIGHEST_CAP, STRATEGIES
from casework.operations.people.provider_directory import LANGUAGES
from casework.operations.tasks.skills import SERVICES


class NewAllocation(Body):
    scope: Annotated[Id, Field(description="The programme or organisation whose queue it is")]
    queue: Code
    strategy: Annotated[
        Code, Field(description=f"One of {', '.join(STRATEGIES)}; with none people take tasks themselves")
    ]
    cap: Annotated[
        int | None, Field(description=f"Nobody who has so many open tasks gets another; 1 to {HIGHEST_CAP}")
    ] = None


class Allocation(Answer):
    scope: Annotated[NamedInBoth, Field(description="The programme or organisation")]
    queue: str
    strategy: Annotated[str, Field(description=f"One of {', '.join(STRATEGIES)}")]
    cap: Annotated[int | None, Field(description="Nobody who has so many open tasks gets another")] = None


class AllocationPage(Answer):
    items: list[Allocation]
    next: str | None = None


class NewSkills(Body):
    scope: Annotated[Id, Field(description="The programme or organisation that you lead")]
    person: Annotated[Id, Field(description="Somebody with a role there")]
    fields: Annotated[
        list[str], Field(max_length=100, description="Of technology, in the words of needs and technologies")
    ] = []
    languages: Annotated[list[Code], Field(max_length=10, description=f"Some of {', '.join(LANGUAGES)}")] = []
    services: Annotated[
        list[Code], Field(max_length=20, description=f"Some of {', '.join(SERVICES)}: whose tasks the person can do")
    ] = []


class Skills(Answer):
    scope: Annotated[NamedInBoth, Field(description="The programme or organisation")]
    kind: Annotated[Literal["programme", "organisation"], Field(description="Which of the two it is")]
    person: NamedInBoth
    fields: list[str]
    languages: list[str]
    services: list[str]


class SkillsPage(Answer):
    items: list[Skills]
    next: str | None = None

"""The schemas of mediations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line


class NewMediation(Body):
    case: Annotated[Line, Field(description="The number of the case that it is about")]


class MediationMade(Answer):
    id: str
    track: str
    revision: int


class Outline(Answer):
    number: str
    title: str | None = None
    parties: dict[str, str | None]


class MediationDone(Answer):
    id: str
    revision: int


class Leader(Answer):
    id: str
    name: str


class LeaderPage(Answer):
    items: list[Leader]
    next: None = None


class MediationRow(Answer):
    id: str
    title: str | None = None
    parties: dict[str, str | None]
    edition: str
    states: list[str]
    opened_at: str
    ended: str | None = None
    due_at: Annotated[str | None, Field(description="When the first of its open tasks is due")] = None


class MediationPage(Answer):
    items: list[MediationRow]
    next: str | None = None

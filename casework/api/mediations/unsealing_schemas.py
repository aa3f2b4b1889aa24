"""The schemas of unsealings."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, SomeWords, Words
from casework.engine.case_objects.unsealing import MOST_DAYS

State = Annotated[Literal["asked", "open", "refused", "ended"], Field(description="What has run out is ended")]


class NewUnsealing(Body):
    reader: Annotated[UUID, Field(description="Who is to read it")]
    decider: Annotated[UUID, Field(description="Who is to agree: a third person")]
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="Counted from the second person's word")]
    reason: SomeWords


class UnsealingDecision(Body):
    agree: bool
    note: Annotated[Words | None, Field(description="Why not; required to refuse")] = None


class PartiesTold(Body):
    on: Annotated[date, Field(description="The day on which both had been told")]


class Unsealed(Answer):
    id: str
    state: State
    until: Annotated[str | None, Field(description="When it ends by itself")] = None


class NamedPerson(Answer):
    id: str
    name: str


class Reader(Answer):
    id: str
    kind: Literal["unsealing", "break_glass"]
    state: State
    reader: str | None = None
    asker: str | None = None
    decider: str | None = None
    asked_at: str
    days: int
    until: str | None = None
    decided_at: str | None = None
    ended_at: str | None = None
    told_on: Annotated[str | None, Field(description="When the parties were told")] = None
    reason: Annotated[str | None, Field(description="Null once erased")] = None


class ReaderPage(Answer):
    items: list[Reader]
    next: str | None = None
    may_read: Annotated[
        list[NamedPerson], Field(description="Who may be named as a reader; for who is named for the mediation")
    ]
    may_decide: Annotated[list[NamedPerson], Field(description="Who may be named as the second person")]


class Unsealing(Answer):
    id: str
    state: State
    case: Annotated[str, Field(description="The number of the case that the mediation is about")]
    title: str | None = None
    parties: dict[str, str | None]
    asker: str | None = None
    reader: str | None = None
    asked_at: str
    days: int
    until: str | None = None
    reason: str | None = None
    decides: Annotated[bool, Field(description="Whether you are the second person")]
    mediation: Annotated[str | None, Field(description="Its id, for who may read it now")] = None


class UnsealingPage(Answer):
    items: list[Unsealing]
    next: str | None = None

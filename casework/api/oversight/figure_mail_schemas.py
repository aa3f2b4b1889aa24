"""The schemas of figures by mail."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body
from casework.api.protocol.schemas import Named

Weekday = Annotated[int | None, Field(ge=1, le=7, description="The day of a weekly mail; Monday is 1")]


class MailedView(Answer):
    id: str
    name: str
    query: str
    shared_with: Annotated[str | None, Field(description="The programme whose office may use it, too")]
    shared_role: Annotated[str | None, Field(description="Only this role in that programme; null for the whole office")]
    owner: Annotated[Named | None, Field(description="Who shares it; null where it is yours")]
    mailed: Annotated[bool | None, Field(description="Said of views of needs and technologies alone: null")]


class FigureMail(Answer):
    id: str
    view: MailedView
    programme: Annotated[str, Field(description="The programme whose figures it shows")]
    rhythm: Annotated[str, Field(description="weekly, monthly or quarterly")]
    weekday: Weekday
    next_at: Annotated[str, Field(description="When the next one goes, as the calendar stands")]


class FigureMails(Answer):
    items: list[FigureMail]
    next: None = None


class NewFigureMail(Body):
    rhythm: Literal["weekly", "monthly", "quarterly"]
    weekday: Weekday = None

"""The schemas of the reading log."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Paged


class ReadingQuery(Paged):
    number: Annotated[str | None, Field(max_length=100, description="Of one case alone")] = None


class Reading(Answer):
    at: str
    name: str
    number: Annotated[str | None, Field(description="Of the case, where it was one")] = None
    address: Annotated[str, Field(description="Path and query that were asked for")]


class ReadingPage(Answer):
    items: list[Reading]
    next: str | None = None

"""The shapes of searches and of saved filters."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from casework.api.shapes.shared import Answer, Body, Line, Query
from casework.operations.saved_filters import LONGEST_QUERY
from casework.operations.search import LONGEST, SHORTEST


class SearchQuery(Query):
    words: Annotated[str, Field(max_length=LONGEST, description=f"At least {SHORTEST} letters")]


class FoundCase(Answer):
    number: str
    title: str | None
    state: str
    parties: Annotated[dict[str, Any], Field(description="By side, as far as you see them")]


class FoundReferral(Answer):
    id: str
    service: str
    edition: str
    states: list[str]
    number: str | None
    title: str | None
    parties: dict[str, Any]


class FoundMediation(Answer):
    id: str
    title: str | None
    parties: dict[str, Any]


class Found(Answer):
    words: Annotated[str, Field(description="What was searched for")]
    cases: list[FoundCase]
    referrals: list[FoundReferral]
    mediations: list[FoundMediation]
    more: Annotated[bool, Field(description="There is more than is listed")]


#: The pages that keep filters.
Page = Literal["cases"]


class FilterQuery(Query):
    page: Page = "cases"


class NewFilter(Body):
    page: Page = "cases"
    name: Line
    query: Annotated[str, Field(max_length=LONGEST_QUERY, description="As in the page's address: state=structuring&owner=…")]


class SavedFilter(Answer):
    id: str
    name: str
    query: str


class SavedFilters(Answer):
    items: list[SavedFilter]
    next: None = None


class FilterSaved(Answer):
    id: str
    query: str


class FilterDropped(Answer):
    id: str

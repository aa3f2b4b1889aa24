"""Links between cases, as answers show them and requests ask for them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from casework.api.protocol.fields import Answer, Body

#: What the other case is to the one whose link it is.
Kind: TypeAlias = Literal["related", "parent", "child", "original", "duplicate"]


class CaseLink(Answer):
    id: str
    number: Annotated[str, Field(description="Of the other case")]
    kind: Annotated[
        Kind, Field(description="What the other case is to this one; of the original, this one is a duplicate")
    ]


class LinkedCase(CaseLink):
    title: str | None
    edition: Annotated[str, Field(description="Fingerprint of its main track's edition")]
    state: str
    outcome: str | None
    waits_for: Literal["us", "provider", "outside", "hold", "nobody"]
    removed: Annotated[bool, Field(description="Its contents were removed under retention")]


class CaseLinks(Answer):
    items: list[LinkedCase]


class NewCaseLink(Body):
    other: Annotated[str, Field(min_length=1, max_length=40, description="The number of the other case")]
    kind: Kind

"""The schemas of success stories."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Moment

StoryState = Annotated[
    Literal["draft", "asked", "published"],
    Field(description="It is shown to everybody once it is published, as long as both parties consent"),
]


class StoryLine(Answer):
    number: Annotated[str, Field(description="Of the case")]
    title: str
    title_zh: str
    state: StoryState
    written_at: Moment
    published_at: Moment | None
    consented: Annotated[bool, Field(description="Both parties consent to it, as it stands")]


class Stories(Answer):
    items: list[StoryLine]


class StoryEffect(Answer):
    called: str
    called_zh: str | None
    level: Annotated[str, Field(description="claimed, measured or verified")]
    unit: str
    value: str
    saving: Annotated[str | None, Field(description="Against what was before; negative where it costs more")]
    from_on: str
    to_on: str


class StoryTold(Answer):
    title: str
    title_zh: str
    words: str
    words_zh: str
    caption: Annotated[str | None, Field(description="Below the picture; null where there is none")]
    caption_zh: str | None
    impacts: list[StoryEffect]


class StoryWritten(Answer):
    id: str
    told: StoryTold
    state: StoryState
    revision: int
    written_by: str
    written_at: Moment
    published_by: str | None
    published_at: Moment | None
    consented: Annotated[bool, Field(description="Both parties consent to it, as it stands")]
    shown: Annotated[bool, Field(description="The programme shows its results in public")]


class StoryAnswer(Answer):
    id: str
    side: Annotated[str, Field(description="need_owner or technology_owner")]
    organisation: str
    organisation_name: str
    state: Annotated[
        Literal["open", "given", "refused", "withdrawn", "over"],
        Field(description="`over`: nobody answered in time"),
    ]
    asked_at: Moment
    asked_by: str
    until: Moment
    address: Annotated[str | None, Field(description="Where the question was mailed")]
    by: Annotated[str, Field(description="Who answered, and below as what, as they wrote it themselves")]
    position: str
    words: str
    ended_at: Moment | None


class StoryParty(Answer):
    id: str
    name: str


class StoryOfCase(Answer):
    number: str
    programme: str
    went_well: Annotated[bool, Field(description="Whether the case is closed and went well, so that one can be told")]
    story: StoryWritten | None
    consents: Annotated[list[StoryAnswer], Field(description="What the parties were asked and said, the newest first")]
    parties: Annotated[dict[str, StoryParty], Field(description="By side who may be asked now")]
    publishes: Annotated[bool, Field(description="Whether you may publish it")]

"""What of success stories is handed out: to the office, to the parties, and to everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from casework.json_values import JsonObject
from casework.operations.core.organisations import Contact


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryImpact:
    """What was measured in a case, as its story tells it."""

    called: str
    called_zh: str | None
    #: claimed, measured or verified.
    level: str
    unit: str
    value: str
    #: Against what was before; negative where it costs more.
    saving: str | None
    from_on: str
    to_on: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """A story as everybody reads it."""

    title: str
    title_zh: str
    words: str
    words_zh: str
    #: Below the picture; None where there is none.
    caption: str | None
    caption_zh: str | None
    impacts: list[StoryImpact]


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryConsent:
    """What a party was asked about a story, and what it said."""

    id: str
    #: need_owner or technology_owner.
    side: str
    organisation: str
    organisation_name: str
    #: open, given, refused, withdrawn, or over: nobody answered in time.
    state: str
    asked_at: str
    asked_by: str
    until: str
    address: str | None
    by: str
    position: str
    words: str
    ended_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Story:
    """A success story as the office sees it."""

    id: str
    told: Told
    #: draft, asked or published.
    state: str
    revision: int
    written_by: str
    written_at: str
    published_by: str | None
    published_at: str | None
    #: Both parties consent to it, as it stands.
    consented: bool
    #: The programme shows its results in public.
    shown: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryOfCase:
    """A case that a story can be told of, with what is written, and what both parties have said, the newest first."""

    number: str
    programme: str
    #: Whether it is closed and went well.
    went_well: bool
    story: Story | None
    consents: list[StoryConsent]
    #: By side the organisation that is it now, with what it is called and whom one writes to there.
    parties: dict[str, tuple[str, str, list[Contact]]]
    #: Whether the actor may publish it.
    publishes: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StoryRow:
    """A line of the office's list of stories."""

    number: str
    title: str
    title_zh: str
    state: str
    written_at: str
    published_at: str | None
    consented: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedStory:
    """A story that is shown to everybody."""

    id: str
    programme: str
    published_at: datetime
    has_picture: bool
    told: Told


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownFigures:
    """Figures that a programme shows beside its stories."""

    programme: str
    as_of: datetime
    #: The number of their definitions, and by name each figure with its unit and its lines.
    told: JsonObject


__all__ = ["PublishedStory", "ShownFigures", "Story", "StoryConsent", "StoryImpact", "StoryOfCase", "StoryRow", "Told"]

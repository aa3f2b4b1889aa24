"""A success story in the reader's language, as the public page, the parties' links, the office and the public catalogue tell it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from casework.operations.results.views import StoryImpact, Told
from casework.web.shell.i18n import name_of
from casework.web.shell.impact_words import say_computed, say_level, say_number
from casework.web.shell.layout import day_element


@dataclass(frozen=True)
class ImpactRow:
    """What was measured, as it is said."""

    what: str
    period: Markup
    value: str
    saving: str
    #: It costs more than before.
    worse: bool
    level: str


@dataclass(frozen=True)
class ShownStory:
    """A story as it is read."""

    title: str
    paragraphs: tuple[str, ...]
    caption: str
    rows: tuple[ImpactRow, ...]


def say_story(told: Told) -> ShownStory:
    words = name_of({"name": told.words, "name_zh": told.words_zh})
    return ShownStory(
        title=name_of({"name": told.title, "name_zh": told.title_zh}),
        paragraphs=tuple(line.strip() for line in words.splitlines() if line.strip()),
        caption=name_of({"name": told.caption or "", "name_zh": told.caption_zh}),
        rows=tuple(_row(one) for one in told.impacts),
    )


def _row(one: StoryImpact) -> ImpactRow:
    return ImpactRow(
        what=name_of({"name": one.called, "name_zh": one.called_zh}),
        period=Markup("{} – {}").format(day_element(one.from_on), day_element(one.to_on)),
        value=say_number(one.value),
        saving=say_computed(one.saving) if one.saving is not None else "",
        worse=one.saving is not None and Decimal(one.saving) < 0,
        level=say_level(one.level),
    )


__all__ = ["ImpactRow", "ShownStory", "say_story"]

"""What pages say of a success story, in the reader's language: on the public page, behind the parties' links, and to the office."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from markupsafe import Markup

from casework.operations.results.views import StoryImpact, Told
from casework.web.shell.i18n import N_, name_of
from casework.web.shell.impact_words import say_computed, say_level, say_number
from casework.web.shell.layout import day_element

#: How a story stands, and what a party said to it.
STATES = {"draft": N_("draft"), "asked": N_("the parties are asked"), "published": N_("published")}
ANSWERS = {
    "open": N_("asked, no answer yet"), "over": N_("did not answer in time"), "given": N_("consents"),
    "refused": N_("does not consent"), "withdrawn": N_("ended"),
}  # fmt: skip
#: What a party has said itself.
SAID = {"given": ANSWERS["given"], "refused": ANSWERS["refused"], "withdrawn": N_("consents no longer")}
SIDES = {"need_owner": N_("the need owner"), "technology_owner": N_("the technology owner")}


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


__all__ = ["ANSWERS", "SAID", "SIDES", "STATES", "ShownStory", "say_story"]

"""What the desk says of a match: whom it was asked of, and what they answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from casework.engine.case_objects.programme_lists import Lists, find
from casework.operations.catalogue.matches import REFUSALS
from casework.operations.matching.interest import (
    NEED_OWNER,
    NO,
    QUESTION,
    TECHNOLOGY_OWNER,
    YES,
    Answer,
    InterestRequest,
)
from casework.web.shell.i18n import N_, name_of

#: The two sides, as the desk calls them.
SIDES: Mapping[str, str] = {NEED_OWNER: N_("The enterprise"), TECHNOLOGY_OWNER: N_("The owner")}
_SAID: Mapping[str, str] = {YES: N_("is interested"), NO: N_("is not interested"), QUESTION: N_("asks")}
Asked = Mapping[tuple[str, str], tuple[InterestRequest, Answer | None]]


@dataclass(frozen=True)
class Line:
    """What one side was asked of a match, and what it said."""

    request: str
    side: str
    who: str
    #: open, over, or what was said: yes, no, question.
    state: str
    said: str
    why: str
    words: str
    by: str
    at: str
    until: str


def lines_of(asked: Asked, match: str, lists: Lists) -> list[Line]:
    """What both sides were asked of a match last, the enterprise first."""
    return [_line(*asked[match, side], lists) for side in SIDES if (match, side) in asked]


def _line(one: InterestRequest, answer: Answer | None, lists: Lists) -> Line:
    entry = find(lists[REFUSALS], answer.why) if answer and answer.why else None
    return Line(
        request=one.id,
        side=one.side,
        who=gettext(SIDES[one.side]),
        state=answer.says if answer else one.state,
        said=gettext(_SAID[answer.says]) if answer else "",
        why=name_of({"name": entry.label, "name_zh": entry.label_zh}) if entry else "",
        words=answer.words if answer else "",
        by=", ".join(words for words in (one.by, one.position) if words),
        at=one.ended_at or one.asked_at if answer else one.asked_at,
        until=one.until,
    )


def both_said_yes(lines: list[Line]) -> bool:
    return len(lines) == len(SIDES) and all(line.state == YES for line in lines)


def refused_by(lines: list[Line], asked: Asked, match: str) -> tuple[str, str] | None:
    """Of a match that a side wants not: why, as the programme's list has it, and in words."""
    for line in lines:
        answer = asked[match, line.side][1]
        if answer is not None and answer.says == NO:
            said = gettext("%(who)s is not interested", who=line.who)
            return answer.why or "other", gettext("%(what)s: %(more)s", what=said, more=answer.words or line.why)
    return None


__all__ = ["Asked", "Line", "both_said_yes", "lines_of", "refused_by"]

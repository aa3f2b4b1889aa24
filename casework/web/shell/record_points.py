"""What the record of each right tells of an action's questions, as a page shows it beside the form."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.operations.cases.record_points import RecordOfRight, record_points
from casework.permissions.actors import Actor
from casework.reasons import Reason
from casework.web.shell.dates import say_day
from casework.web.shell.form_actions import Action
from casework.web.shell.i18n import edition_text, say
from casework.web.shell.layout import clock
from casework.web.shell.values import name_right

#: As a day is stored.
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True)
class ShownPoint:
    """A rule, what the record tells of it, and whether it is kept: good, danger or, where a person answers, warn."""

    rule: str
    told: str
    kind: str
    #: The same in words.
    stands: str


@dataclass(frozen=True)
class ShownRight:
    """A right with its points; of a right that one of them speaks against they stand open."""

    name: str
    source: str
    points: tuple[ShownPoint, ...]

    @property
    def against(self) -> int:
        return sum(point.kind == "danger" for point in self.points)


def points_shown(db: Connection, actor: Actor, case: Case, action: Action) -> list[ShownRight]:
    """Right by right what its record tells of the action's questions."""
    return [
        _shown(action, one) for one in record_points(db, actor, case, action.track, action.name, said=action.prefill)
    ]


def days_as_read(why: Any) -> Any:
    """What is told, with its days as the page writes them."""
    if isinstance(why, Reason):
        return Reason(why.template, {name: days_as_read(value) for name, value in why.values.items()})
    if isinstance(why, list | tuple):
        return [days_as_read(part) for part in why]
    return say_day(why, clock()) if isinstance(why, str) and _DAY.fullmatch(why) else why


def _shown(action: Action, one: RecordOfRight) -> ShownRight:
    stands = {True: gettext("in order"), False: gettext("not in order"), None: gettext("a person decides")}
    kinds = {True: "good", False: "danger", None: "warn"}
    day = say_day(one.checked_on, clock()) if one.checked_on else ""
    looked = [one.source or "", gettext("looked up on %(day)s", day=day) if day else gettext("never looked up")]
    return ShownRight(
        name_right(one.kind, one.office, one.number),
        " · ".join(filter(None, looked)),
        tuple(
            ShownPoint(
                edition_text(action.edition, f"rules.{point.guard}"),
                say(days_as_read(point.told.by)),
                kinds[point.told.holds],
                stands[point.told.holds],
            )
            for point in one.told.points
        ),
    )


__all__ = ["ShownPoint", "ShownRight", "points_shown"]

"""What the record of each right tells of an action's questions, as a page shows it beside the form."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.operations.cases.record_points import RecordOfRight, record_points
from casework.permissions.actors import Actor
from casework.web.shell.dates import say_day
from casework.web.shell.form_actions import Action
from casework.web.shell.i18n import edition_text, say
from casework.web.shell.layout import clock
from casework.web.shell.values import name_right


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
    return [_shown(action, one) for one in record_points(db, actor, case, action.track, action.name)]


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
                say(point.told.by),
                kinds[point.told.holds],
                stands[point.told.holds],
            )
            for point in one.told.points
        ),
    )


__all__ = ["ShownPoint", "ShownRight", "points_shown"]

"""How long after a start something happens, as a definition says it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.deadlines.calendars import Unit
from casework.engine.deadlines.deadlines import WrittenLimit


@dataclass(frozen=True)
class Limit:
    """So long after a start: n working or calendar days.

    `since` names where the count starts, when it is not the moment itself: a date field of the same form
    ("effective_on"), of an earlier transition of the track ("confirm.checked_on"), or of a task ("kick_off.held_on").
    A negative n counts back from that day (calendar days only).
    """

    n: int
    unit: Unit
    since: str | None = None

    def rule(self) -> WrittenLimit:
        return {"n": self.n, "unit": self.unit, "since": self.since}


def working_days(n: int, *, since: str | None = None) -> Limit:
    return Limit(n, "wd", since)


def calendar_days(n: int, *, since: str | None = None) -> Limit:
    return Limit(n, "cd", since)


def until(where: str) -> Limit:
    """The day that a form names: "resume_by" in this form, "sign_local.expires_on" in an earlier one."""
    return Limit(0, "cd", where)

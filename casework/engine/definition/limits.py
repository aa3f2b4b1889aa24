"""How long after a start something happens, as a definition says it."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.deadlines.deadlines import Length, WrittenLimit


@dataclass(frozen=True, slots=True)
class Law:
    """An article that sets a limit: `code` is what an edition keeps, `text` what people read."""

    code: str
    text: str


@dataclass(frozen=True)
class Limit:
    """So long after a start: n working days, calendar days or months.

    `since` names where the count starts, when it is not the moment itself: a date field of the same form
    ("effective_on"), of an earlier transition of the track ("confirm.checked_on"), or of a task ("kick_off.held_on").
    A negative n counts back from that day (calendar days only). `law` is the article that sets the limit; without one it is
    the programme's own. Only a limit of law moves off a day on which nobody works.
    """

    n: int
    unit: Length
    since: str | None = None
    law: Law | None = None

    def __post_init__(self) -> None:
        if self.law is not None and self.n < 0:
            raise ValueError("A limit of law counts on from a day, not back from it.")

    def rule(self) -> WrittenLimit:
        rule: WrittenLimit = {"n": self.n, "unit": self.unit, "since": self.since}
        # Only where it is so: an edition that knows no law stays what it is.
        return rule if self.law is None else {**rule, "law": self.law.code}


def working_days(n: int, *, since: str | None = None, law: Law | None = None) -> Limit:
    return Limit(n, "wd", since, law)


def calendar_days(n: int, *, since: str | None = None, law: Law | None = None) -> Limit:
    return Limit(n, "cd", since, law)


def months(n: int, *, since: str | None = None, law: Law | None = None) -> Limit:
    """To the day of the same number, or to the last of its month."""
    return Limit(n, "mo", since, law)


def until(where: str, *, law: Law | None = None) -> Limit:
    """The day that a form names: "resume_by" in this form, "sign_local.expires_on" in an earlier one."""
    return Limit(0, "cd", where, law)

"""How long after a start something happens, as a definition says it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from typing_extensions import TypedDict

from casework.engine.deadlines.deadlines import Length, WrittenLimit


@dataclass(frozen=True, slots=True)
class Law:
    """An article that sets a limit: `code` is what an edition keeps, `text` what people read."""

    code: str
    text: str


#: In what the limit of a guard is told: as those of clocks, in times, of what may be done so often, or in per cent a year.
GuardUnit: TypeAlias = Length | Literal["times", "pc"]


class WrittenGuardLimit(TypedDict):
    """The limit of a guard as an edition says it."""

    n: int
    unit: GuardUnit
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class GuardLimit:
    """What a guard compares with: so many days, months or times. It is the programme's own, from `least` to `most`.

    `what` is how settings call it: the workflow that people look for it in, "limits", and a name. A guard whose limit is one of law
    or of somebody's rules has none of these: its number stands in its words.
    """

    what: str
    n: int
    unit: GuardUnit
    least: int
    most: int
    label: str

    def __post_init__(self) -> None:
        if not 0 < self.least <= self.n <= self.most:
            raise ValueError(f"{self.what}: {self.n} is not between {self.least} and {self.most}.")
        if self.what.split(".")[1:2] != ["limits"] or self.what.count(".") != 2:
            raise ValueError(f"{self.what} names no workflow, or no limit of it.")

    @property
    def name(self) -> str:
        """The key of its text is `limits.` and this."""
        return self.what.rsplit(".", 1)[1]

    def rule(self) -> WrittenGuardLimit:
        return {"n": self.n, "unit": self.unit, "least": self.least, "most": self.most}


@dataclass(frozen=True)
class Limit:
    """So long after a start: n working days, calendar days or months.

    `since` names where the count starts, when it is not the moment itself: a date field of the same form
    ("effective_on"), of an earlier transition of the track ("confirm.checked_on"), or of a task ("kick_off.held_on").
    A negative n counts back from that day (calendar days only). `law` is the article that sets the limit; without one it is
    the programme's own. Only a limit of law moves off a day on which nobody works. `shared` is the limit of a guard that it is as
    well, so that a programme sets both at once.
    """

    n: int
    unit: Length
    since: str | None = None
    law: Law | None = None
    shared: GuardLimit | None = None

    def __post_init__(self) -> None:
        if self.law is not None and self.n < 0:
            raise ValueError("A limit of law counts on from a day, not back from it.")
        if self.shared is not None and (
            self.law is not None or (self.n, self.unit) != (self.shared.n, self.shared.unit)
        ):
            raise ValueError(f"This limit is another than {self.shared.what}.")

    def rule(self) -> WrittenLimit:
        rule: WrittenLimit = {"n": self.n, "unit": self.unit, "since": self.since}
        # Only where it is so: an edition that knows no law stays what it is.
        if self.law is not None:
            rule["law"] = self.law.code
        if self.shared is not None:
            rule["shared"] = self.shared.what
        return rule


def working_days(n: int, *, since: str | None = None, law: Law | None = None) -> Limit:
    return Limit(n, "wd", since, law)


def calendar_days(
    n: int, *, since: str | None = None, law: Law | None = None, shared: GuardLimit | None = None
) -> Limit:
    return Limit(n, "cd", since, law, shared)


def months(n: int, *, since: str | None = None, law: Law | None = None) -> Limit:
    """To the day of the same number, or to the last of its month."""
    return Limit(n, "mo", since, law)


def until(where: str, *, law: Law | None = None) -> Limit:
    """The day that a form names: "resume_by" in this form, "sign_local.expires_on" in an earlier one."""
    return Limit(0, "cd", where, law)

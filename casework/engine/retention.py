"""How long a closed case is kept: the classes of a programme, which of them takes a case, its removal date, and what keeps it.

Pure: the same function says the date on a page, in a list, and when the history is checked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from casework.engine import setting_proposals
from casework.engine.deadlines.calendars import Calendar
from casework.engine.setting_proposals import Proposal
from casework.engine.state.events import RegisterEvent

# --- classes ---------------------------------------------------------------------------------------------------------

#: By code what classes are called, in English and Chinese.
Names: TypeAlias = Mapping[str, Sequence[str]]
#: The class of every case that no other one takes.
OTHER = "other"
#: How many years are the most that a class says; beyond that it says for good.
MOST_YEARS = 100
MOST_CLASSES = 20
#: What becomes of the contents of a case when its years are over: they go, or they go into a sealed file of the archive.
REMOVED, ARCHIVED = "removed", "archived"
FATES = (REMOVED, ARCHIVED)
LONGEST_NAME = 80
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class RetentionClass:
    """A class: for how many years after closing its cases are kept, and which it takes."""

    code: str
    name: str
    name_zh: str
    #: None: for good.
    years: int | None = None
    #: It takes a case in which one of these was asked for, or began.
    kinds: frozenset[str] = frozenset()
    #: It takes a case that ended so; where kinds are said too, both must hold.
    outcomes: frozenset[str] = frozenset()
    #: What becomes of its cases when their years are over.
    fate: str = REMOVED

    def takes(self, facts: CaseFacts) -> bool:
        """Whether a case is one of its; that of all others takes each."""
        if self.code == OTHER:
            return True
        by_kind = not self.kinds or bool(self.kinds & facts.kinds)
        by_outcome = not self.outcomes or facts.outcome in self.outcomes
        return bool(self.kinds or self.outcomes) and by_kind and by_outcome

    def as_json(self) -> dict[str, Any]:
        """Without its names: these are words, and stand in the body of an event, where they can be erased."""
        return {
            "code": self.code,
            "years": self.years,
            "kinds": sorted(self.kinds),
            "outcomes": sorted(self.outcomes),
        } | ({} if self.fate == REMOVED else {"fate": self.fate})


def class_from(written: Mapping[str, Any], names: Names) -> RetentionClass:
    """A class of what is written of it; one whose names were erased is called by its code."""
    name, name_zh = names.get(written["code"], (written["code"], written["code"]))
    return RetentionClass(
        written["code"],
        name,
        name_zh,
        written["years"],
        frozenset(written["kinds"]),
        frozenset(written["outcomes"]),
        written.get("fate", REMOVED),
    )


#: Kinds of tracks that make a case a record of financing.
FINANCING = ("pledge", "finance")
#: How long these are kept after the case is closed, unless somebody says otherwise.
FINANCING_YEARS = 10
#: What a programme begins with: records of financing for ten years, everything else for good.
SHIPPED = (
    RetentionClass("financing", "Records of financing", "融资档案", FINANCING_YEARS, frozenset(FINANCING)),
    RetentionClass(OTHER, "All other cases", "其他案件"),
)
#: The number of that.
FIRST_VERSION = 1


def classes_from(kept: Mapping[str, Any], names: Names) -> tuple[RetentionClass, ...]:
    """The classes that are in force, of what the programme's row holds."""
    return tuple(class_from(one, names) for one in kept["classes"]) if "classes" in kept else SHIPPED


def names_in(body: Mapping[str, Any]) -> Names:
    """What the body of a proposal calls its classes; nothing where that was erased."""
    said = body.get("names")
    return said if isinstance(said, Mapping) else {}


class Fault(StrEnum):
    """What is wrong with classes that somebody proposes."""

    CODE = "code"
    TWICE = "twice"
    NAME = "name"
    YEARS = "years"
    TAKES_NOTHING = "takes_nothing"
    TAKES_ALL = "takes_all"
    NO_OTHER = "no_other"
    TOO_MANY = "too_many"
    FATE = "fate"


def fault_of(classes: Sequence[RetentionClass]) -> Fault | None:
    """The first thing that is wrong with them together; None where they can be in force."""
    codes = [one.code for one in classes]
    if len(codes) > MOST_CLASSES:
        return Fault.TOO_MANY
    if len(set(codes)) < len(codes):
        return Fault.TWICE
    if OTHER not in codes:
        return Fault.NO_OTHER
    return next((fault for one in classes if (fault := _fault_of_one(one))), None)


def _fault_of_one(one: RetentionClass) -> Fault | None:
    if not _CODE.fullmatch(one.code):
        return Fault.CODE
    if not all(name.strip() and len(name) <= LONGEST_NAME for name in (one.name, one.name_zh)):
        return Fault.NAME
    if one.years is not None and not 1 <= one.years <= MOST_YEARS:
        return Fault.YEARS
    if one.fate not in FATES:
        return Fault.FATE
    if one.code == OTHER:
        return Fault.TAKES_ALL if one.kinds or one.outcomes else None
    return None if one.kinds or one.outcomes else Fault.TAKES_NOTHING


# --- the decision ----------------------------------------------------------------------------------------------------


class Kept(StrEnum):
    """Why a case is not removed yet."""

    #: It is open: nothing is counted before it is closed.
    OPEN = "open"
    #: Its class is kept for good.
    FOR_GOOD = "for_good"
    #: Its removal date has not come.
    NOT_DUE = "not_due"
    #: A legal hold stands.
    HELD = "held"


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What of a case decides how long it is kept."""

    #: None while it is open.
    closed_at: datetime | None
    #: What was asked for in it, or began: of a referral the service, of any other track its workflow.
    kinds: frozenset[str] = frozenset()
    outcome: str | None = None


@dataclass(frozen=True, slots=True)
class LegalHold:
    """That something is kept whatever its class says, up to and with a day; None: until somebody ends it."""

    until: date | None = None

    def stands(self, day: date) -> bool:
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Judgement:
    """What follows for a case on a day."""

    by: RetentionClass
    #: The first day on which it may be removed, but for holds; None while it is open, or where it is kept for good.
    due: date | None
    #: Why it is not removed on that day; nothing where it may be.
    why: tuple[Kept, ...] = field(default=())


def class_of(facts: CaseFacts, classes: Iterable[RetentionClass]) -> RetentionClass:
    """The class that takes a case: of several the one that keeps it longest, and that of all others where none does."""
    by_code = sorted(classes, key=lambda one: one.code)
    taking = [one for one in by_code if one.code != OTHER and one.takes(facts)]
    if taking:
        # A case that two classes take is kept for as long as each of them asks, and of equal years by what keeps more of it.
        return max(taking, key=lambda one: (MOST_YEARS + 1 if one.years is None else one.years, one.fate == ARCHIVED))
    return next(one for one in by_code if one.code == OTHER)


def removal_date(closed_at: datetime, years: int, calendar: Calendar) -> date:
    """So many years after the day of closing, as it was where the programme is; never a holiday there."""
    return _removal_day(calendar.local_date(closed_at), years, calendar)


def _removal_day(closed: date, years: int, calendar: Calendar) -> date:
    try:
        day = closed.replace(year=closed.year + years)
    except ValueError:
        # There is no 29 February in that year.
        day = date(closed.year + years, 3, 1)
    return calendar.day_off_the_holiday(day)


def due_if_closed_by(day: date, years: int, calendar: Calendar) -> date:
    """The last day of closing of which cases may be removed on a day: later ones may not, earlier ones may."""
    closed = date(day.year - years, day.month, min(day.day, 28)) + timedelta(days=4)
    while _removal_day(closed, years, calendar) > day:
        closed -= timedelta(days=1)
    return closed


def judge(
    facts: CaseFacts, classes: Iterable[RetentionClass], holds: Iterable[LegalHold], day: date, calendar: Calendar
) -> Judgement:
    """Which class takes a case, when it may be removed, and what keeps it on a day."""
    by = class_of(facts, classes)
    due = None
    why: list[Kept] = []
    if facts.closed_at is None:
        why.append(Kept.OPEN)
    elif by.years is not None:
        due = removal_date(facts.closed_at, by.years, calendar)
        if day < due:
            why.append(Kept.NOT_DUE)
    if by.years is None:
        why.append(Kept.FOR_GOOD)
    if any(hold.stands(day) for hold in holds):
        why.append(Kept.HELD)
    return Judgement(by, due, tuple(why))


# --- how a programme comes to other classes --------------------------------------------------------------------------

#: What the log of a programme says was done.
RETENTION_ASKED, RETENTION_SET, RETENTION_REFUSED = "retention_asked", "retention_set", "retention_refused"
OF_RETENTION = (RETENTION_ASKED, RETENTION_SET, RETENTION_REFUSED)


def classes_in(proposal: Proposal) -> tuple[RetentionClass, ...]:
    """The classes that somebody proposed."""
    names = names_in(proposal.asked.body)
    return tuple(class_from(one, names) for one in proposal.asked.effects.get("retention_asked", ()))


def fold(events: Iterable[RegisterEvent]) -> list[Proposal]:
    """The proposals that a programme's log adds up to, in order; only the last one can wait for the second person."""
    return setting_proposals.fold(events, OF_RETENTION)


def in_order(classes: Iterable[RetentionClass]) -> list[dict[str, Any]]:
    """Classes as events hold them."""
    return [one.as_json() for one in sorted(classes, key=lambda one: one.code)]


def written(version: int, proposal: Proposal) -> dict[str, Any]:
    """What is in force once a proposal is agreed to, as the row and the event hold it; its names stand with the proposal."""
    return {"version": version, "asked": proposal.asked.seq, "classes": in_order(classes_in(proposal))}


def why_not_agreed(proposal: Proposal | None, before: int, event: RegisterEvent) -> str | None:
    """What speaks against an event that sets classes, where the version `before` was in force; None where it may be."""
    if proposal is None or not proposal.matter.waits:
        return "nobody had proposed these retention classes"
    if event.effects.get("retention") != written(before + 1, proposal):
        return "other retention classes were set than those that were proposed, or with another number"
    if proposal.matter.is_party(event.actor):
        return "the person who proposed the retention classes also agreed to them"
    if fault_of(classes_in(proposal)) not in (None, Fault.NAME):
        # What they are called may have been erased since.
        return "retention classes were set that cannot be in force"
    return None


def differences(
    before: Collection[RetentionClass], after: Collection[RetentionClass]
) -> list[tuple[str, RetentionClass | None, RetentionClass | None]]:
    """By code, in order, each class that comes, goes or changes: as it was and as it is."""
    was, now = {one.code: one for one in before}, {one.code: one for one in after}
    return [
        (code, was.get(code), now.get(code))
        for code in sorted(was.keys() | now.keys())
        if was.get(code) != now.get(code)
    ]


__all__ = [
    "ARCHIVED", "FATES", "REMOVED",
    "FINANCING", "FINANCING_YEARS", "FIRST_VERSION", "LONGEST_NAME", "MOST_CLASSES", "MOST_YEARS", "OF_RETENTION", "OTHER",
    "RETENTION_ASKED", "RETENTION_REFUSED", "RETENTION_SET", "SHIPPED", "CaseFacts", "Fault", "Judgement", "Kept",
    "LegalHold", "Names", "RetentionClass", "class_from", "class_of", "classes_from", "classes_in", "differences", "due_if_closed_by",
    "fault_of", "fold", "in_order", "judge", "names_in", "removal_date", "why_not_agreed", "written",
]  # fmt: skip

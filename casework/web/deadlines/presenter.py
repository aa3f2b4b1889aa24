"""Why a date is what it is, in words: the rule, the days that counted, and those that did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.engine.analysis.deadline_explanation import PAUSE
from casework.engine.analysis.time_accounting import OFFICE, PROVIDER
from casework.engine.deadlines.calendars import Calendar
from casework.operations.deadlines.views import ClockCause, ClockExplained, ClockLine, Sides
from casework.operations.deadlines.words import say_days_of, say_kind, say_rule, say_used
from casework.web.shell.i18n import edition_text
from casework.web.shell.reader_language import SPEECH


@dataclass(frozen=True)
class Line:
    """One line of the ledger: the days, why they count or do not, and how much counted."""

    days: str
    why: str
    counted: str


@dataclass(frozen=True)
class Ledger:
    """Why a date is what it is; `total` is what counted in all."""

    rule: str
    #: 1 of 5 working days used.
    used: str
    lines: tuple[Line, ...]
    total: str
    zone: str
    #: How often the calendar changed meanwhile.
    versions: int


def ledger(clock: ClockExplained | None) -> Ledger | None:
    """The explanation of a clock as a page says it; None for none."""
    if clock is None:
        return None
    lines = [line.minutes for line in clock.lines]
    counted = (
        lines if clock.unit == "wd" else days_by_line(lines, clock.given_days if clock.due_at else clock.used_days)
    )
    return Ledger(
        say_rule(clock, SPEECH),
        say_used(clock, SPEECH),
        tuple(_line(line, clock, amount) for line, amount in zip(clock.lines, counted, strict=True)),
        _amount(sum(counted), clock),
        clock.zone,
        len(clock.calendars),
    )


@dataclass(frozen=True)
class Charged:
    """One turn of a referral: from when until when, whose it was, since which action, and how much working time."""

    start: str
    end: str | None
    ours: bool
    since: str
    span: str


@dataclass(frozen=True)
class Account:
    """The time since a referral's offer, each minute charged to one of its sides: in all, and turn by turn."""

    ours: str
    theirs: str
    #: Whose turn it is; None at the end.
    our_turn: bool | None
    turns: tuple[Charged, ...]


def account(sides: Sides, calendar: Calendar, *, provider: bool) -> Account | None:
    """Both sides' time as the reader says it, who is the provider or the office; None before the offer."""
    if not sides.turns:
        return None
    mine, other = (sides.provider, sides.office) if provider else (sides.office, sides.provider)
    ours = PROVIDER if provider else OFFICE
    return Account(
        _working(mine.working_minutes, calendar),
        _working(other.working_minutes, calendar),
        mine.running if mine.running or other.running else None,
        tuple(
            Charged(
                turn.from_,
                turn.until,
                turn.side == ours,
                _cause(turn.because),
                _working(turn.working_minutes, calendar),
            )
            for turn in sides.turns
        ),
    )


def _working(minutes: int, calendar: Calendar) -> str:
    """Working time in days of usual length: 2 working days 3 h."""
    days, rest = divmod(minutes, calendar.usual_minutes)
    if not days:
        return _span(rest)
    words = ngettext("%(num)d working day", "%(num)d working days", days)
    return f"{words} {_span(rest)}" if rest else words


def _line(line: ClockLine, clock: ClockExplained, counted: int) -> Line:
    why = say_kind(line, SPEECH)
    if line.kind == PAUSE and (cause := _cause(line.because)):
        why = gettext("%(what)s: %(why)s", what=why, why=cause)
    return Line(say_days_of(line, clock.zone, SPEECH), why, _amount(counted, clock) if line.minutes else "")


def _amount(counted: int, clock: ClockExplained) -> str:
    """How much counted: hours of work, or days of a clock for which every day counts."""
    return _span(counted) if clock.unit == "wd" else ngettext("%(num)d day", "%(num)d days", counted)


def days_by_line(minutes: Sequence[int], days: int) -> list[int]:
    """So many days as whole ones by line, by how long each counted: what the lines say adds up to what was given."""
    whole = sum(minutes)
    ends = [round(days * so_far / whole) if whole else 0 for so_far in accumulate(minutes)]
    return [end - start for start, end in pairwise([0, *ends])]


def _cause(because: ClockCause | None) -> str:
    """The action that stopped the clock, by the name that people do it by."""
    if because is None or not because.transition:
        return ""
    edition = load_library().editions.get(because.edition or "")
    return edition_text(edition, f"transitions.{because.transition}.do") if edition is not None else ""


def _span(minutes: int) -> str:
    """39 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return gettext("%(hours)d h", hours=hours)
    return (
        gettext("%(hours)d h %(minutes)d min", hours=hours, minutes=rest)
        if hours
        else gettext("%(minutes)d min", minutes=rest)
    )

"""Why a date is what it is, in words: the rule, the days that counted, and those that did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.engine.analysis.deadline_explanation import PAUSE
from casework.engine.analysis.time_accounting import OFFICE, PROVIDER
from casework.engine.deadlines.calendars import Calendar, day_in
from casework.ledger.canonical_json import parse_instant
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
    return Ledger(
        say_rule(clock, SPEECH),
        say_used(clock, SPEECH),
        tuple(_line(line, clock) for line in clock.lines),
        _counted(clock.lines, clock),
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


def _line(line: ClockLine, clock: ClockExplained) -> Line:
    why = say_kind(line, SPEECH)
    if line.kind == PAUSE and (cause := _cause(line.because)):
        why = gettext("%(what)s: %(why)s", what=why, why=cause)
    return Line(say_days_of(line, clock.zone, SPEECH), why, _counted([line], clock) if line.minutes else "")


def _counted(lines: Iterable[ClockLine], clock: ClockExplained) -> str:
    """How much counted: hours of work; of a clock for which every day does, days, and that on which it begins is none of them."""
    counting = [line for line in lines if line.minutes]
    if clock.unit == "wd":
        return _span(sum(line.minutes for line in counting))
    return ngettext("%(num)d day", "%(num)d days", sum(_days_of(line, clock.zone) for line in counting))


def _days_of(line: ClockLine, zone: str) -> int:
    first, last = (day_in(parse_instant(moment), ZoneInfo(zone)) for moment in (line.from_, line.until))
    return (last - first).days


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

"""Why a date is what it is, in words: the rule, the days that counted, and those that did not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext, ngettext

from casework.definitions import load_library
from casework.engine.calendars import HOLIDAY, MAKE_UP, WEEKEND, WORKING, Calendar
from casework.engine.explain import EVERY_DAY, PAUSE, WAITING
from casework.web import dates
from casework.web.frame import clock
from casework.web.texts import N_, edition_text

Json = Any

_KINDS = {
    WORKING: N_("working time"), MAKE_UP: N_("worked although at a weekend"), WEEKEND: N_("weekend"),
    HOLIDAY: N_("holiday"), PAUSE: N_("the clock stood still"), WAITING: N_("not yet counted"),
    EVERY_DAY: N_("every day counts"),
}  # fmt: skip


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
    lines: tuple[Line, ...]
    total: str
    zone: str
    #: How often the calendar changed meanwhile.
    versions: int


def ledger(told: Mapping[str, Json] | None) -> Ledger | None:
    """The explanation of a clock as a page says it; None for none."""
    if told is None:
        return None
    where = ZoneInfo(told["zone"])
    return Ledger(
        _rule(told, where), tuple(_line(one, where) for one in told["lines"]), _span(told["counted_minutes"]), told["zone"],
        len(told["calendars"]),
    )  # fmt: skip


@dataclass(frozen=True)
class Charged:
    """One turn of a referral: from when until when, whose it was, since which deed, and how much working time."""

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


def account(told: Mapping[str, Json], calendar: Calendar, *, provider: bool) -> Account | None:
    """Both sides' time as the reader says it, who is the provider or the office; None before the offer."""
    if not told["turns"]:
        return None
    mine, other = ("provider", "office") if provider else ("office", "provider")
    running = [side for side in (mine, other) if told[side]["running"]]
    return Account(
        _working(told[mine]["working_minutes"], calendar), _working(told[other]["working_minutes"], calendar),
        running[0] == mine if running else None,
        tuple(
            Charged(
                one["from"], one["until"], one["side"] == mine, _cause(one["because"]), _working(one["working_minutes"], calendar)
            )
            for one in told["turns"]
        ),
    )  # fmt: skip


def _working(minutes: int, calendar: Calendar) -> str:
    """Working time in days of usual length: 2 working days 3 h."""
    days, rest = divmod(minutes, calendar.usual_minutes)
    if not days:
        return _span(rest)
    words = ngettext("%(num)d working day", "%(num)d working days", days)
    return f"{words} {_span(rest)}" if rest else words


def _rule(told: Mapping[str, Json], where: ZoneInfo) -> str:
    rule = told["rule"]
    if "day" in rule and not rule["n"]:
        return gettext("A form named the day: %(day)s, until people stop working.", day=_day(date.fromisoformat(rule["day"])))
    if "day" in rule:
        since = _day(date.fromisoformat(rule["day"]))
        if rule["n"] < 0:
            return ngettext("%(num)d day before %(day)s.", "%(num)d days before %(day)s.", -rule["n"], day=since)
    else:
        counting = next((one for one in told["lines"] if one["kind"] != WAITING), None)
        since = _day(dates.read_moment(counting["from"]).astimezone(where).date()) if counting else ""
    if "n" not in rule:
        return gettext("What was left when the clock stood still.")
    if rule["unit"] == "wd":
        words = ngettext("%(num)d working day after %(day)s.", "%(num)d working days after %(day)s.", rule["n"], day=since)
    else:
        words = ngettext("%(num)d calendar day after %(day)s.", "%(num)d calendar days after %(day)s.", rule["n"], day=since)
    return f"{words} {gettext('That day itself is given on top; the last one counts until people stop working.')}"


def _line(one: Mapping[str, Json], where: ZoneInfo) -> Line:
    start = dates.read_moment(one["from"]).astimezone(where)
    # The end itself belongs to what follows.
    end = (dates.read_moment(one["until"]) - timedelta(minutes=1)).astimezone(where)
    days = _day(start.date()) + ("" if start.date() == end.date() else f" – {_day(end.date())}")
    if one["kind"] == PAUSE or start.date() == end.date():
        ends = dates.read_moment(one["until"]).astimezone(where)
        days = f"{_day(start.date())} {start:%H:%M} – " + (
            f"{ends:%H:%M}" if start.date() == end.date() else f"{_day(ends.date())} {ends:%H:%M}"
        )
    why = gettext(_KINDS.get(one["kind"], one["kind"]))
    if one["name"] and one["kind"] in (HOLIDAY, MAKE_UP):
        why = one["name"].get("zh" if clock().chinese else "en") or next(iter(one["name"].values()))
    if one["kind"] == PAUSE and (cause := _cause(one["because"])):
        why = gettext("%(what)s: %(why)s", what=why, why=cause)
    return Line(days, why, _span(one["minutes"]) if one["minutes"] else "")


def _cause(because: Mapping[str, Json] | None) -> str:
    """The deed that stopped the clock, by the name that people do it by."""
    edition = load_library().editions.get((because or {}).get("edition") or "")
    if because is None or edition is None or not because["transition"]:
        return ""
    return edition_text(edition, f"transitions.{because['transition']}.do")


def _day(day: date) -> str:
    return dates.say_day(day, clock())


def _span(minutes: int) -> str:
    """39 h 30 min."""
    hours, rest = divmod(minutes, 60)
    if not rest:
        return gettext("%(hours)d h", hours=hours)
    return gettext("%(hours)d h %(minutes)d min", hours=hours, minutes=rest) if hours else gettext("%(minutes)d min", minutes=rest)

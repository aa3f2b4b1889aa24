"""Why a date is what it is, in the same words in the pages and in mails; who speaks brings the language."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from casework.engine.analysis.deadline_explanation import EVERY_DAY, MOVED, PAUSE, WAITING
from casework.engine.deadlines.calendars import HOLIDAY, MAKE_UP, WEEKEND, WORKING, day_in
from casework.json_values import JsonValue
from casework.ledger.canonical_json import parse_instant
from casework.operations.core.notice_words import N_
from casework.operations.deadlines.views import ClockExplained, ClockLine
from casework.reasons.base import sentences

KINDS = {
    WORKING: N_("working time"), MAKE_UP: N_("working weekend day"), WEEKEND: N_("weekend"),
    HOLIDAY: N_("holiday"), PAUSE: N_("clock paused"), WAITING: N_("not counted yet"),
    EVERY_DAY: N_("every day counts"), MOVED: N_("moved off the holiday"),
}  # fmt: skip


class Speech(Protocol):
    """A language: its catalogue, and how it names a day."""

    @property
    def chinese(self) -> bool: ...

    def gettext(self, words: str, **given: JsonValue) -> str: ...

    def ngettext(self, one: str, many: str, num: int, **given: JsonValue) -> str: ...

    def day(self, day: date) -> str: ...

    def edition_text(self, edition: str | None, key: str | None) -> str: ...


class Progress(Protocol):
    """How many days are used, of those that were given."""

    @property
    def unit(self) -> str | None: ...

    @property
    def used_days(self) -> int | None: ...

    @property
    def given_days(self) -> int | None: ...


def say_rule(clock: ClockExplained, say: Speech) -> str:
    """How a date is counted: 10 working days after Mon 23 Nov; and whether law says so."""
    return sentences((_say_count(clock, say), _say_moved(clock, say), _say_whose(clock, say)))


def _say_moved(clock: ClockExplained, say: Speech) -> str:
    """That the last day was none on which people work."""
    if clock.moved_from is None:
        return ""
    # What ends at midnight ends with the day before.
    last = day_in(parse_instant(clock.moved_from) - timedelta(minutes=1), ZoneInfo(clock.zone))
    return say.gettext(
        "Moved off the holiday: nobody works on %(day)s, so it ends on the next working day.", day=say.day(last)
    )


def _say_whose(clock: ClockExplained, say: Speech) -> str:
    """Which article sets the limit, or that none does; a day that a form named is neither."""
    if law := clock.rule.get("law"):
        return say.gettext("A limit of law: %(law)s.", law=say.edition_text(clock.edition, f"laws.{law}"))
    if not clock.rule.get("n"):
        return ""
    if clock.set_on is not None:
        on = say.day(day_in(parse_instant(clock.set_on), ZoneInfo(clock.zone)))
        if clock.set_by is None:
            return say.gettext("Ours: the programme set this limit on %(day)s.", day=on)
        return say.gettext("Ours: the programme set this limit on %(day)s, by %(who)s.", day=on, who=clock.set_by)
    return say.gettext("No law sets this limit; it is the programme's own.")


def _say_count(clock: ClockExplained, say: Speech) -> str:
    rule, where = clock.rule, ZoneInfo(clock.zone)
    if "day" in rule and not rule["n"]:
        day = say.day(date.fromisoformat(rule["day"]))
        return say.gettext("A form set the day: %(day)s, until the end of the working day.", day=day)
    if "day" in rule:
        since = say.day(date.fromisoformat(rule["day"]))
        if rule["n"] < 0:
            return say.ngettext("%(num)d day before %(day)s.", "%(num)d days before %(day)s.", -rule["n"], day=since)
    else:
        counting = next((line for line in clock.lines if line.kind != WAITING), None)
        since = say.day(day_in(parse_instant(counting.from_), where)) if counting else ""
    if "n" not in rule:
        return say.gettext("The time left when the clock was paused.")
    if rule["unit"] == "wd":
        words = say.ngettext(
            "%(num)d working day after %(day)s.", "%(num)d working days after %(day)s.", rule["n"], day=since
        )
    elif rule["unit"] == "mo":
        words = say.ngettext("%(num)d month after %(day)s.", "%(num)d months after %(day)s.", rule["n"], day=since)
    else:
        words = say.ngettext(
            "%(num)d calendar day after %(day)s.", "%(num)d calendar days after %(day)s.", rule["n"], day=since
        )
    last = say.gettext("That day itself does not count; the last day counts until the end of work.")
    return sentences((words, last))


def say_days_of(line: ClockLine, zone: str, say: Speech) -> str:
    """The days of a line of the ledger; with the hours where it is a pause or a part of one day."""
    where = ZoneInfo(zone)
    start, ends = (parse_instant(moment).astimezone(where) for moment in (line.from_, line.until))
    # The end itself belongs to what follows.
    end: datetime = ends - timedelta(minutes=1)
    first, last = day_in(start, where), day_in(end, where)
    if line.kind != PAUSE and first != last:
        return f"{say.day(first)} – {say.day(last)}"
    if first == last and start.time() == ends.time() == time.min:
        return say.day(first)
    until = f"{ends:%H:%M}" if first == last else f"{say.day(day_in(ends, where))} {ends:%H:%M}"
    return f"{say.day(first)} {start:%H:%M} – {until}"


def say_kind(line: ClockLine, say: Speech) -> str:
    """Why the time of a line counts or does not: a holiday by its name."""
    name = line.name.get("zh" if say.chinese else "en") or next(iter(line.name.values())) if line.name else ""
    if name and line.kind in (HOLIDAY, MAKE_UP):
        return name
    if name and line.kind == MOVED:
        return say.gettext("moved off the holiday: %(name)s", name=name)
    return say.gettext(KINDS.get(line.kind, line.kind))


def say_used(progress: Progress, say: Speech) -> str:
    """1 of 5 working days used."""
    used, given = progress.used_days, progress.given_days
    if progress.unit is None or given is None:
        return ""
    if progress.unit == "wd":
        return say.ngettext(
            "%(used)s of %(num)d working day used", "%(used)s of %(num)d working days used", given, used=used
        )
    return say.ngettext("%(used)s of %(num)d day used", "%(used)s of %(num)d days used", given, used=used)

"""The working-day calendars of countries, made from published holiday lists."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from types import MappingProxyType

from casework.engine.case_objects.countries import HERE
from casework.engine.deadlines.calendars import Calendar

NO_OVERRIDES: Mapping[date, bool] = MappingProxyType({})
SATURDAY = 5
MAKE_UP = {"en": "Worked in exchange for a holiday", "zh": "调休上班"}
#: How the library names a day that is free because a weekend is worked, with an American date.
SWAP = re.compile(r"\(substituted from (?P<month>\d\d)/(?P<day>\d\d)/(?P<year>\d{4})\)$")


def china(
    years: Iterable[int],
    *,
    overrides: Mapping[date, bool] = NO_OVERRIDES,
    name: str = "China",
    version: int = 1,
) -> Calendar:
    """Mainland China's calendar for these years, with the State Council's swaps as far as they are known.

    The swaps of a year are announced in the autumn before it and reach the `holidays` library with a
    release of its own; until then `overrides` says of single days whether they are worked.
    """
    import holidays

    wanted = frozenset(years)
    # A swap can reach over New Year, and the library files it under the year of the holiday.
    known = holidays.country_holidays(HERE, years=wanted | {year + 1 for year in wanted})
    names = _names(wanted)
    days_off = {day for day in known if day.year in wanted}
    make_up = {day for day in known.weekend_workdays if day.year in wanted}
    for day, worked in overrides.items():
        days_off.discard(day)
        make_up.discard(day)
        if not worked:
            days_off.add(day)
        elif day.weekday() >= SATURDAY:
            make_up.add(day)
    return Calendar(
        name=name,
        version=version,
        zone="Asia/Shanghai",
        holidays=frozenset(days_off - make_up),
        make_up=frozenset(make_up),
        names={day: names[day] for day in sorted(days_off | make_up) if day in names},
    )


def _names(years: frozenset[int]) -> dict[date, dict[str, str]]:
    """What the holidays of these years, and the weekends worked in exchange for them, are called in both languages."""
    import holidays

    wanted = years | {year + 1 for year in years}
    names: dict[date, dict[str, str]] = {}
    for language, code in (("en", "en_US"), ("zh", "zh_CN")):
        known = holidays.country_holidays(HERE, years=wanted, language=code)
        for day in known:
            names.setdefault(day, {})[language] = known[day].replace("Labor", "Labour")
        for day in known.weekend_workdays:
            names.setdefault(day, {})[language] = MAKE_UP[language]
    for named in names.values():
        if swap := SWAP.search(named["en"]):
            worked = date(int(swap["year"]), int(swap["month"]), int(swap["day"]))
            named["en"] = f"Day off, worked on {worked:%a} {worked.day} {worked:%b} instead"
            named["zh"] = f"调休放假，{worked.month}月{worked.day}日上班"
    return names


@dataclass(frozen=True)
class PublicHolidays:
    """A country's days off of a year, and the weekends that are worked in exchange, each by name."""

    holidays: dict[date, dict[str, str]]
    make_up: dict[date, dict[str, str]]


@cache
def countries() -> tuple[str, ...]:
    """Countries whose holidays can be taken over, by code."""
    import holidays

    return tuple(sorted(holidays.list_supported_countries()))


def public_holidays(country: str, year: int) -> PublicHolidays:
    """What the `holidays` library knows of a country's year. Raises NotImplementedError for an unknown country."""
    import holidays

    if country == HERE:
        calendar = china([year])
        names = calendar.names
        return PublicHolidays(
            {day: dict(names.get(day, {})) for day in sorted(calendar.holidays)},
            {day: dict(names.get(day, {})) for day in sorted(calendar.make_up)},
        )
    languages = holidays.list_localized_countries().get(country, [])
    english = next((language for language in ("en_US", "en_GB", "en") if language in languages), None)
    known = holidays.country_holidays(country, years=[year], language=english)
    return PublicHolidays({day: {"en": known[day]} for day in sorted(known) if day.year == year}, {})

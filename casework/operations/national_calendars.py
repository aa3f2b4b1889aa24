"""The working-day calendars of countries, made from published holiday lists."""

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType

import holidays

from casework.engine.calendars import Calendar

NO_OVERRIDES: Mapping[date, bool] = MappingProxyType({})
SATURDAY = 5


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
    wanted = frozenset(years)
    # A swap can reach over New Year, and the library files it under the year of the holiday.
    known = holidays.country_holidays("CN", years=wanted | {year + 1 for year in wanted})
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
    )

"""Zones in which it is another day than in one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

#: The first and the last in which a day begins.
_ENDS = ("Pacific/Kiritimati", "Etc/GMT+12")


def elsewhere(zone: str) -> tuple[date, str, date]:
    """The day in a zone, and a zone with another day."""
    moment = datetime.now(UTC)
    here = moment.astimezone(ZoneInfo(zone)).date()
    return next((here, name, there) for name in _ENDS if (there := moment.astimezone(ZoneInfo(name)).date()) != here)

"""The connection on which scripts are played, and its simulated clock, which only moves forward."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar
from casework.operations.deadlines.timers import fire_due_timers_on, next_moment

_note = logging.getLogger(__name__)


def set_clock(db: Connection, moment: datetime) -> None:
    """To the end of the transaction the session's clock goes on from this moment."""
    db.execute(
        text(
            "SELECT set_config('casework.clock_offset', extract(epoch FROM CAST(:moment AS timestamptz)"
            " - clock_timestamp())::text, true)"
        ),
        {"moment": moment},
    )


@dataclass
class Stage:
    """The connection, its simulated clock, and who and what the scripts' names stand for."""

    db: Connection
    calendar: Calendar
    end: datetime
    ids: dict[str, str]
    moment: datetime

    @property
    def today(self) -> date:
        return self.calendar.local_date(self.moment)

    def transaction(self) -> AbstractContextManager[object]:
        """What an action is done in."""
        return self.db.begin()

    @contextmanager
    def action(self) -> Iterator[Connection]:
        """One transaction, at the moment that it is."""
        began = monotonic()
        with self.transaction():
            set_clock(self.db, self.moment)
            yield self.db
        # The simulated clock ran on meanwhile.
        self.moment += timedelta(seconds=monotonic() - began)

    def advance(self, moment: datetime) -> None:
        """Let time pass; every clock that comes due fires at its own moment."""
        while True:
            with self.transaction():
                due = next_moment(self.db)
                if due is None or due > moment:
                    break
                set_clock(self.db, max(due + timedelta(milliseconds=1), self.moment))
                if fire_due_timers_on(self.db) == 0:
                    self.cannot_fire(due)
                    break
        self.moment = max(self.moment, moment)

    def cannot_fire(self, due: datetime) -> None:
        _note.warning("a clock that was due at %s could not fire", due)

    def at_work(self, day: date, n: int, *, exactly: bool = False) -> datetime:
        """A moment in office hours, on this day or the next one that is worked; `n` spreads over the day.

        Of a holiday in which the stage ends the day before it is taken: what has begun by then has begun.
        """
        moment = self._hour_of(day if exactly else self._worked(day, 1), n)
        if moment > self.end and day <= self.calendar.local_date(self.end) and not exactly:
            return min(moment, self._hour_of(self._worked(day, -1), n))
        return moment

    def _hour_of(self, day: date, n: int) -> datetime:
        minutes = 9 * 60 + (n * 37) % (8 * 60)
        return datetime.combine(day, time(minutes // 60, minutes % 60), ZoneInfo(self.calendar.zone))

    def _worked(self, day: date, step: int) -> date:
        """This day, or the nearest one that is worked, before it or after."""
        while not self.calendar.is_working_day(day):
            day += timedelta(days=step)
        return day

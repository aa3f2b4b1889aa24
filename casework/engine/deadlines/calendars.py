"""Working days and hours of a place, and the due dates that follow from them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Any, Literal, NamedTuple, TypeAlias, TypeVar
from zoneinfo import ZoneInfo

from casework import reasons
from casework.errors import FieldFault
from casework.ledger.canonical_json import digest

# Working days and calendar days.
Unit: TypeAlias = Literal["wd", "cd"]
Slots: TypeAlias = Mapping[int, tuple[tuple[time, time], ...]]

MONDAY_TO_FRIDAY: Slots = {weekday: ((time(9), time(17)),) for weekday in range(5)}

_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
# A calendar that has no working time in so many days is wrong, and counting on would never end.
_HORIZON = 20 * 366
# From so many days on whole days are not looked at one by one.
_MANY_DAYS = 40
# So many days and due dates one calendar remembers.
_REMEMBERED = 10_000
_Asked = TypeVar("_Asked")
_Answer = TypeVar("_Answer")


def day_in(moment: datetime, zone: str | ZoneInfo) -> date:
    """The day that it is there at a moment. A day is taken of a moment here and nowhere else: elsewhere it would be UTC's."""
    return moment.astimezone(zone if isinstance(zone, ZoneInfo) else ZoneInfo(zone)).date()


class NoWorkingTime(ValueError):
    """The calendar has too little working time to count that far."""


#: Why time is working time, or is not.
WORKING, MAKE_UP, OUTSIDE, WEEKEND, HOLIDAY = "working", "make_up", "outside", "weekend", "holiday"


class Span(NamedTuple):
    """Time from one moment to another, all of one kind; `day` is the local date that it lies in."""

    start: datetime
    end: datetime
    kind: str
    day: date

    @property
    def minutes(self) -> int:
        return (self.end - self.start) // _MINUTE


@dataclass(frozen=True)
class Calendar:
    """When people of one place work; an edit makes a new version, for due dates are explained by it.

    Weekdays count from Monday = 0. A slot that ends at 00:00 ends with its day. A day of make-up work has
    Monday's slots. All counting is in whole minutes: a moment counts as the minute in which it lies.
    """

    name: str
    version: int = 1
    zone: str = "Asia/Shanghai"
    slots: Slots = field(default_factory=lambda: dict(MONDAY_TO_FRIDAY), hash=False)
    holidays: frozenset[date] = frozenset()
    make_up: frozenset[date] = frozenset()
    #: What a holiday or a day of make-up work is called, by language: {"en": "Labour Day", "zh": "劳动节"}.
    names: Mapping[date, Mapping[str, str]] = field(default_factory=dict, hash=False)
    #: The programme's own limits, by what each is a limit of ("case.states.triage"): so many days, in place of the workflow's.
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)
    # Worked out once: when a day is open, and which day is the n-th after another.
    _open: dict[date, tuple[tuple[datetime, datetime], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _dues: dict[tuple[date, int, Unit], datetime] = field(default_factory=dict, init=False, repr=False, compare=False)
    # By year, for each of its days and after the last: how many working days there were before, and how much working time.
    _years: dict[int, tuple[tuple[int, timedelta], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        ZoneInfo(self.zone)
        if not any(self.slots.values()):
            raise ValueError("A calendar needs at least one working slot.")
        if both := self.holidays & self.make_up:
            raise ValueError(f"{min(both)} is both a holiday and a day of make-up work.")
        for weekday, slots in self.slots.items():
            if weekday not in range(7):
                raise ValueError(f"There is no weekday {weekday}: Monday is 0, Sunday 6.")
            _insist_ordered(slots)

    def to_json(self) -> dict[str, Any]:
        """The calendar as plain data: times as HH:MM, days as YYYY-MM-DD, in a fixed order."""
        written: dict[str, Any] = {
            "name": self.name,
            "version": self.version,
            "zone": self.zone,
            "slots": {
                str(weekday): [[start.isoformat("minutes"), end.isoformat("minutes")] for start, end in slots]
                for weekday, slots in sorted(self.slots.items())
                if slots
            },
            "holidays": [day.isoformat() for day in sorted(self.holidays)],
            "make_up": [day.isoformat() for day in sorted(self.make_up)],
            "names": {day.isoformat(): dict(words) for day, words in sorted(self.names.items())},
        }
        # Only where there are some: a calendar that knows none stays what it is.
        return written | {"limits": dict(sorted(self.limits.items()))} if self.limits else written

    @cached_property
    def digest(self) -> str:
        """SHA-256 of its content: what a clock names the version by that it was counted with."""
        return digest(self.to_json())

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Calendar":
        """The calendar that `to_json` wrote; raises KeyError or ValueError for anything else."""
        return cls(
            name=stored["name"],
            version=stored["version"],
            zone=stored["zone"],
            slots={
                int(weekday): tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in slots)
                for weekday, slots in stored["slots"].items()
            },
            holidays=frozenset(map(date.fromisoformat, stored["holidays"])),
            make_up=frozenset(map(date.fromisoformat, stored["make_up"])),
            names={date.fromisoformat(day): words for day, words in stored.get("names", {}).items()},
            limits=dict(stored.get("limits", {})),
        )

    @cached_property
    def usual_minutes(self) -> int:
        """The length of a usual working day: what working time is told in."""
        spans = (
            (start.hour * 60 + start.minute, end.hour * 60 + end.minute or 24 * 60)
            for start, end in self._usual_slots()
        )
        return sum(closes - opens for opens, closes in spans)

    def local_date(self, moment: datetime) -> date:
        """The date on the wall where this calendar holds; raises ValueError for a naive moment."""
        return day_in(_utc(moment), self.zone)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this local date at all."""
        return bool(self._slots_of(day))

    def working_days(self, after: date, until: date) -> int:
        """How many working days come after one, up to another and with it; none where that comes first."""
        return self._whole_days(after + _DAY, until)[0] if until > after else 0

    def working_minutes(self, start: datetime, end: datetime) -> int:
        """Working minutes from one moment to another; negative when `end` comes first.

        Counts add up exactly: from a to b and from b to c is from a to c.
        """
        if end < start:
            return -self.working_minutes(end, start)
        return self.working_time(_whole_minute(start), _whole_minute(end)) // _MINUTE

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two moments, whichever comes first, to the microsecond."""
        start, end = sorted((_utc(start), _utc(end)))
        total = timedelta()
        first, last = self.local_date(start), self.local_date(end)
        count = (last - first).days
        if count > _MANY_DAYS:
            # All of these but the first and the last are whole.
            total += self._whole_days(first + _DAY, last - _DAY)[1]
        for n in (0, count) if count > _MANY_DAYS else range(count + 1):
            for opens, closes in self._open_times(first + n * _DAY):
                total += max(timedelta(), min(closes, end) - max(opens, start))
        return total

    def _whole_days(self, first: date, last: date) -> tuple[int, timedelta]:
        """How many days from one to another are working days, and how much working time all of them have."""
        count, time_worked = 0, timedelta()
        for year in range(first.year, last.year + 1):
            known = self._year(year)
            days, worked = known[first.timetuple().tm_yday - 1 if year == first.year else 0]
            days_then, worked_then = known[last.timetuple().tm_yday if year == last.year else -1]
            count, time_worked = count + days_then - days, time_worked + worked_then - worked
        return count, time_worked

    def _year(self, year: int) -> tuple[tuple[int, timedelta], ...]:
        known = self._years.get(year)
        if known is None:
            sums, first = [(0, timedelta())], date(year, 1, 1)
            for day in (first + n * _DAY for n in range((date(year, 12, 31) - first).days + 1)):
                worked = sum((closes - opens for opens, closes in self._open_times(day)), timedelta())
                sums.append((sums[-1][0] + self.is_working_day(day), sums[-1][1] + worked))
            known = _remember(self._years, year, tuple(sums))
        return known

    def spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """All the time from one moment to another, in order and without a gap, each with why it is worked or not."""
        start, end = _whole_minute(start), _whole_minute(end)
        day = self.local_date(start)
        while start < end:
            until = min(end, _at(self.zone, day + _DAY, _MIDNIGHT))
            idle = self._why_idle(day)
            work = MAKE_UP if day in self.make_up else WORKING
            for opens, closes in self._open_times(day):
                if start < min(opens, until):
                    yield Span(start, min(opens, until), OUTSIDE, day)
                start = max(start, min(opens, until))
                if start < min(closes, until):
                    yield Span(start, min(closes, until), work, day)
                    start = min(closes, until)
            if start < until:
                yield Span(start, until, idle, day)
                start = until
            day += _DAY

    def _why_idle(self, day: date) -> str:
        if self.is_working_day(day):
            return OUTSIDE
        return HOLIDAY if day in self.holidays else WEEKEND

    def add_working_minutes(self, start: datetime, minutes: int) -> datetime:
        """The first moment that has so many working minutes between `start` and itself, and lies in working time.

        At the end of a slot that is its close, and not the opening of the next. Raises NoWorkingTime.
        """
        start, left = _whole_minute(start), _counted(minutes)
        if not left and self.is_worked(start):
            return start
        for day in self._days_from(self.local_date(start)):
            for opens, closes in self._open_times(day):
                since = max(opens, start)
                if closes <= since:
                    continue
                if left <= closes - since:
                    return since + left
                left -= closes - since
        raise NoWorkingTime(f"{self.name} has no {minutes} working minutes after {start}.")

    def subtract_working_minutes(self, end: datetime, minutes: int) -> datetime:
        """The last moment that has so many working minutes between itself and `end`, and lies in working time.

        At the beginning of a slot that is its opening, and not the close of the one before. Raises NoWorkingTime.
        """
        end, left = _whole_minute(end), _counted(minutes)
        for day in self._days_from(self.local_date(end), step=-1):
            for opens, closes in reversed(self._open_times(day)):
                until = min(closes, end)
                # A slot that opens at this moment is where no time at all leads back to.
                if until < opens or until == opens and left:
                    continue
                if left <= until - opens:
                    return until - left
                left -= until - opens
        raise NoWorkingTime(f"{self.name} has no {minutes} working minutes before {end}.")

    def is_worked(self, moment: datetime) -> bool:
        """Whether people work at this moment, or up to it."""
        moment = _whole_minute(moment)
        # At midnight one slot may end with its day, and another begin.
        days = {self.local_date(moment - _MINUTE), self.local_date(moment)}
        return any(opens <= moment <= closes for day in days for opens, closes in self._open_times(day))

    def worked_near(self, moment: datetime, after: datetime, before: datetime) -> datetime | None:
        """The moment itself if people work then; else when they begin next, before `before`, or stopped last, after `after`."""
        moment = _whole_minute(moment)
        if self.is_worked(moment):
            return moment
        day, last = self.local_date(moment), self.local_date(before)
        while day <= last:
            for opens, _ in self._open_times(day):
                if moment <= opens < before:
                    return opens
            day += _DAY
        day, first = self.local_date(moment), self.local_date(after)
        while day >= first:
            for _, closes in reversed(self._open_times(day)):
                if after < closes <= moment:
                    return closes
            day -= _DAY
        return None

    def due(self, start: datetime, amount: int, unit: Unit) -> datetime:
        """Close of business of the n-th day after the local start day, which itself does not count.

        'wd' counts working days. 'cd' counts every day, and its last day may be one on which nobody
        works: the limit does not move; it then ends at the hour at which a working Monday closes.
        """
        day = self.local_date(start)
        known = self._dues.get((day, amount, unit))
        if known is None:
            known = _remember(self._dues, (day, amount, unit), self._due_after(day, amount, unit))
        return known

    def _due_after(self, day: date, amount: int, unit: Unit) -> datetime:
        if amount < 1:
            raise ValueError("A limit is at least one day.")
        if unit == "cd":
            return self._close_of(day + amount * _DAY)
        if unit != "wd":
            raise ValueError(f"{unit!r} is no unit of a limit.")
        counted = 0
        for later in self._days_from(day + _DAY):
            counted += self.is_working_day(later)
            if counted == amount:
                return self._close_of(later)
        raise NoWorkingTime(f"{self.name} has no {amount} working days after {day}.")

    def off_the_holiday(self, moment: datetime) -> datetime:
        """The same moment on a day on which people work; else close of business of the first such day after it."""
        # What ends at midnight ends with the day before.
        day = self.local_date(moment - _MINUTE)
        moved = self.day_off_the_holiday(day)
        return moment if moved == day else self._close_of(moved)

    def day_off_the_holiday(self, day: date) -> date:
        """The same day if people work on it; else the first such day after it."""
        for later in self._days_from(day):
            if self.is_working_day(later):
                return later
        raise NoWorkingTime(f"{self.name} has no working day after {day}.")

    def remaining(self, now: datetime, due: datetime, unit: Unit) -> int:
        """What a pause must keep: minutes left until `due`, working ones for 'wd', plain ones for 'cd'.

        Never less than 0: a clock that has run out has nothing left.
        """
        if unit == "wd":
            return max(0, self.working_minutes(now, due))
        return max(0, (_whole_minute(due) - _whole_minute(now)) // _MINUTE)

    def resume(self, now: datetime, remaining: int, unit: Unit) -> datetime:
        """The new due date of a clock that was paused with so many minutes remaining."""
        if unit == "wd" and remaining:
            return self.add_working_minutes(now, remaining)
        return _whole_minute(now) + remaining * _MINUTE

    def _slots_of(self, day: date) -> tuple[tuple[time, time], ...]:
        if not _is_there(self.zone, day):
            return ()
        if day in self.make_up:
            return self._usual_slots()
        if day in self.holidays:
            return ()
        return self.slots.get(day.weekday(), ())

    def _usual_slots(self) -> tuple[tuple[time, time], ...]:
        # Monday's, or those of the first weekday that has any where the week begins on another day.
        return next(slots for _, slots in sorted(self.slots.items()) if slots)

    def _open_times(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        known = self._open.get(day)
        if known is None:
            # In order: where an hour is repeated, a slot's second time comes after the first one of the slot that follows.
            spans = sorted(span for start, end in self._slots_of(day) for span in _spans(self.zone, day, start, end))
            known = _remember(self._open, day, tuple(spans))
        return known

    def _close_of(self, day: date) -> datetime:
        start, end = (self._slots_of(day) or self._usual_slots())[-1]
        spans = _spans(self.zone, day, start, end)
        # A slot that the clocks jump over altogether closes at the jump.
        return spans[-1][1] if spans else _at(self.zone, day, end)

    def _days_from(self, day: date, step: int = 1) -> Iterator[date]:
        for offset in range(_HORIZON):
            yield day + step * offset * _DAY


def _remember(known: dict[_Asked, _Answer], asked: _Asked, answer: _Answer) -> _Answer:
    if len(known) >= _REMEMBERED:
        known.clear()
    known[asked] = answer
    return answer


def _insist_ordered(slots: tuple[tuple[time, time], ...]) -> None:
    before = 0
    for start, end in slots:
        opens, closes = start.hour * 60 + start.minute, end.hour * 60 + end.minute or 24 * 60
        if (start.second, start.microsecond, end.second, end.microsecond) != (0, 0, 0, 0):
            raise ValueError("Slots begin and end on whole minutes.")
        # One slot may begin where the other ends.
        if not before <= opens < closes:
            raise FieldFault(reasons.calendars.SLOT_ORDER(start=str(start), end=str(end)))
        before = closes


def _counted(minutes: int) -> timedelta:
    if minutes < 0:
        raise ValueError("Working minutes are counted from 0 up.")
    return minutes * _MINUTE


def _utc(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError(f"{moment} has no time zone.")
    return moment.astimezone(UTC)


def _whole_minute(moment: datetime) -> datetime:
    return _utc(moment).replace(second=0, microsecond=0)


def _at(zone: str, day: date, wall: time) -> datetime:
    return datetime.combine(day, wall, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def _spans(zone: str, day: date, start: time, end: time) -> list[tuple[datetime, datetime]]:
    """When the wall clock shows a time of this slot: none, one or two spans on a day when clocks change."""
    opens = datetime.combine(day, start, tzinfo=UTC)
    closes = datetime.combine(day if end != _MIDNIGHT else day + _DAY, end, tzinfo=UTC)
    spans: list[tuple[datetime, datetime]] = []
    for since, until, offset in _offsets(zone, day):
        span = (max(opens - offset, since), min(closes - offset, until))
        if span[0] < span[1]:
            spans.append(span)
    return spans


@lru_cache(maxsize=4096)
def _is_there(zone: str, day: date) -> bool:
    """Whether the zone has that date: where the date line was moved it went from one day to the next but one."""
    noon = datetime.combine(day, time(12), tzinfo=ZoneInfo(zone)).astimezone(UTC)
    return day_in(noon, zone) == day


@lru_cache(maxsize=4096)
def _offsets(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """The zone's offsets around this day, each with the time in UTC from and until which it holds."""
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    # No zone is further than 14 hours from UTC, so this covers the local day; no zone changes twice in it.
    first, last = noon - 27 * timedelta(hours=1), noon + 27 * timedelta(hours=1)
    before, after = _offset(zone, first), _offset(zone, last)
    if before == after:
        return ((first, last, before),)
    low, high = first, last
    while high - low > _MINUTE:
        middle = low + (high - low) // _MINUTE // 2 * _MINUTE
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return ((first, high, before), (high, last, after))


def _offset(zone: str, moment: datetime) -> timedelta:
    return moment.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()

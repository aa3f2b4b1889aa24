"""Calendars, held against a counter that looks at every single minute."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import MONDAY_TO_FRIDAY, Calendar, NoWorkingTime, Slots, Unit

MINUTE = timedelta(minutes=1)
BEIJING = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(
    name="office",
    holidays=frozenset({date(2026, 10, day) for day in range(1, 8)}),
    make_up=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
# Moments around which the zone's clocks change (Shanghai's last did in 1991), a zone that moved by half an hour, one that
# left out a whole day, and leap days.
ZONES = {
    "Europe/Berlin": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/Sao_Paulo": [datetime(2018, 11, 4, 3, tzinfo=UTC), datetime(2019, 2, 17, 2, tzinfo=UTC)],
    "Asia/Shanghai": [datetime(1991, 9, 14, 15, tzinfo=UTC), datetime(2028, 2, 29, 4, tzinfo=UTC)],
    "Asia/Pyongyang": [datetime(2015, 8, 14, 15, tzinfo=UTC), datetime(2018, 5, 4, 15, tzinfo=UTC)],
    "Pacific/Apia": [datetime(2011, 12, 30, 10, tzinfo=UTC)],
    "Pacific/Kiritimati": [datetime(2026, 1, 1, tzinfo=UTC)],
}


def beijing(*parts: int) -> datetime:
    year, month, day, *clock = parts
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return datetime(year, month, day, hour, minute, second, tzinfo=BEIJING)


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """What a person would say who looks at the wall clock and the calendar: written apart from the code."""
    wall = moment.astimezone(ZoneInfo(calendar.zone))
    day = wall.date()
    if day in calendar.make_up:
        slots = calendar.slots[min(weekday for weekday, some in calendar.slots.items() if some)]
    elif day in calendar.holidays:
        slots = ()
    else:
        slots = calendar.slots.get(day.weekday(), ())
    return any(start <= wall.time() and (wall.time() < end or end == time(0)) for start, end in slots)


def count_by_hand(calendar: Calendar, start: datetime, end: datetime) -> int:
    start, end = (moment.replace(second=0, microsecond=0) for moment in (start, end))
    minutes = (end - start) // MINUTE
    return sum(is_open(calendar, start + index * MINUTE) for index in range(minutes))


@st.composite
def slots(draw: st.DrawFn) -> Slots:
    days: dict[int, tuple[tuple[time, time], ...]] = {}
    for weekday in draw(st.sets(st.integers(0, 6), min_size=1)):
        marks = sorted(draw(st.sets(st.integers(0, 96), min_size=2, max_size=6)))
        # With breaks between them, or each beginning where the one before ends.
        pairs = pairwise(marks) if draw(st.booleans()) else zip(marks[::2], marks[1::2], strict=False)
        days[weekday] = tuple((quarter(start), quarter(end)) for start, end in pairs)
    return days


def quarter(number: int) -> time:
    return time(number // 4 % 24, number % 4 * 15)


@st.composite
def scenes(draw: st.DrawFn) -> tuple[Calendar, datetime, datetime]:
    zone = draw(st.sampled_from(sorted(ZONES)))
    around = draw(st.sampled_from(ZONES[zone]))
    near = st.integers(-2, 4).map(lambda days: (around + timedelta(days=days)).date())
    holidays = draw(st.frozensets(near, max_size=3))
    calendar = Calendar(
        name="any",
        zone=zone,
        slots=draw(slots()),
        holidays=holidays,
        make_up=draw(st.frozensets(near, max_size=2)) - holidays,
    )
    start = around + timedelta(seconds=draw(st.integers(-2 * 86400, 86400)))
    return calendar, start, start + timedelta(seconds=draw(st.integers(0, 3 * 86400)))


@settings(max_examples=60, deadline=None)
@given(scenes())
def test_working_minutes_are_those_counted_by_hand(scene: tuple[Calendar, datetime, datetime]) -> None:
    calendar, start, end = scene
    assert calendar.working_minutes(start, end) == count_by_hand(calendar, start, end)


@settings(max_examples=100, deadline=None)
@given(scenes(), st.integers(1, 5000))
def test_adding_finds_the_first_moment_with_so_many_minutes(
    scene: tuple[Calendar, datetime, datetime], minutes: int
) -> None:
    calendar, start, _ = scene
    found = calendar.add_working_minutes(start, minutes)
    assert calendar.working_minutes(start, found) == minutes
    assert calendar.working_minutes(start, found - MINUTE) == minutes - 1


@settings(max_examples=100, deadline=None)
@given(scenes(), st.floats(0, 1))
def test_counts_add_up(scene: tuple[Calendar, datetime, datetime], share: float) -> None:
    calendar, start, end = scene
    middle = start + (end - start) * share
    whole = calendar.working_minutes(start, end)
    assert calendar.working_minutes(start, middle) + calendar.working_minutes(middle, end) == whole
    assert calendar.working_minutes(end, start) == -whole


@settings(max_examples=100, deadline=None)
@given(scenes(), st.integers(1, 10), st.sampled_from(["wd", "cd"]), st.integers(0, 900_000))
def test_a_pause_loses_and_gives_no_minute(
    scene: tuple[Calendar, datetime, datetime], amount: int, unit: Unit, pause: int
) -> None:
    calendar, start, paused = scene
    due = calendar.due(start, amount, unit)
    kept = calendar.remaining(paused, due, unit)
    resumed = paused + timedelta(seconds=pause)
    later = calendar.resume(resumed, kept, unit)
    assert calendar.remaining(resumed, later, unit) == kept


@settings(max_examples=50, deadline=None)
@given(scenes())
def test_a_calendar_comes_back_from_plain_data(scene: tuple[Calendar, datetime, datetime]) -> None:
    calendar, _, _ = scene
    again = Calendar.from_json(calendar.to_json())
    assert again.to_json() == calendar.to_json()
    assert {**again.slots} == {day: some for day, some in calendar.slots.items() if some}


@pytest.mark.parametrize(
    ("start", "amount", "unit", "due"),
    [
        pytest.param((2026, 9, 1, 10), 1, "wd", (2026, 9, 2, 17), id="the start day does not count"),
        pytest.param((2026, 9, 4, 22), 1, "wd", (2026, 9, 7, 17), id="friday night"),
        pytest.param((2026, 9, 5, 10), 1, "wd", (2026, 9, 7, 17), id="saturday"),
        pytest.param((2026, 9, 18, 10), 1, "wd", (2026, 9, 20, 17), id="a make-up sunday is worked"),
        pytest.param((2026, 9, 30, 10), 3, "wd", (2026, 10, 10, 17), id="over the national holiday"),
        pytest.param((2026, 9, 30, 10), 3, "cd", (2026, 10, 3, 17), id="a legal limit ends on a holiday"),
        pytest.param((2028, 2, 28, 10), 1, "wd", (2028, 2, 29, 17), id="leap day"),
        pytest.param((2028, 2, 28, 10), 2, "cd", (2028, 3, 1, 17), id="over the leap day"),
        pytest.param((2026, 12, 31, 23, 59, 59), 1, "cd", (2027, 1, 1, 17), id="last second of the year"),
    ],
)
def test_limits_end_at_close_of_business(start: tuple[int, ...], amount: int, unit: Unit, due: tuple[int, ...]) -> None:
    assert OFFICE.due(beijing(*start), amount, unit) == beijing(*due)


def test_the_local_day_counts_and_not_the_utc_day() -> None:
    # 23:00 UTC on Tuesday is Wednesday morning in Beijing.
    assert OFFICE.due(datetime(2026, 9, 1, 23, tzinfo=UTC), 1, "wd") == beijing(2026, 9, 3, 17)
    assert OFFICE.local_date(datetime(2026, 9, 1, 23, tzinfo=UTC)) == date(2026, 9, 2)


def test_close_of_business_stays_at_five_when_the_clocks_change() -> None:
    berlin = Calendar(name="berlin", zone="Europe/Berlin")
    friday = datetime(2026, 3, 27, 9, tzinfo=UTC)
    assert berlin.due(friday, 1, "wd") == datetime(2026, 3, 30, 15, tzinfo=UTC)
    assert berlin.due(friday - timedelta(days=7), 5, "wd") == datetime(2026, 3, 27, 16, tzinfo=UTC)


def test_a_make_up_day_has_the_hours_of_a_monday() -> None:
    assert OFFICE.is_working_day(date(2026, 10, 10))
    assert OFFICE.working_minutes(beijing(2026, 10, 10), beijing(2026, 10, 11)) == 8 * 60


def test_a_paused_limit_goes_on_where_it_stood() -> None:
    due = OFFICE.due(beijing(2026, 9, 1, 10), 2, "wd")
    kept = OFFICE.remaining(beijing(2026, 9, 3, 15, 30), due, "wd")
    assert kept == 90
    assert OFFICE.resume(beijing(2026, 9, 7, 16), kept, "wd") == beijing(2026, 9, 8, 9, 30)


@pytest.mark.parametrize("unit", ["wd", "cd"])
def test_a_limit_that_ran_out_before_the_pause_is_due_at_once_after_it(unit: Unit) -> None:
    kept = OFFICE.remaining(beijing(2026, 9, 4, 10), beijing(2026, 9, 3, 17), unit)
    assert kept == 0
    assert OFFICE.resume(beijing(2026, 9, 7, 10), kept, unit) == beijing(2026, 9, 7, 10)
    # Also at night and at the weekend.
    assert OFFICE.resume(beijing(2026, 9, 5, 3), kept, unit) == beijing(2026, 9, 5, 3)


#: People are there until midnight.
EVENINGS = Calendar("evenings", slots=dict.fromkeys(range(5), ((time(16), time(0)),)))
#: And from midnight on.
NIGHTS = Calendar("nights", slots=dict.fromkeys(range(5), ((time(0), time(6)),)))


@pytest.mark.parametrize(
    ("calendar", "moment", "worked"),
    [
        (OFFICE, beijing(2026, 9, 4, 8, 59), False),
        (OFFICE, beijing(2026, 9, 4, 9), True),
        (OFFICE, beijing(2026, 9, 4, 17), True),
        (OFFICE, beijing(2026, 9, 4, 17, 1), False),
        (OFFICE, beijing(2026, 9, 5, 12), False),
        (EVENINGS, beijing(2026, 9, 5, 0), True),
        (EVENINGS, beijing(2026, 9, 5, 0, 1), False),
        (EVENINGS, beijing(2026, 9, 7, 0), False),
        (NIGHTS, beijing(2026, 9, 7, 0), True),
        (NIGHTS, beijing(2026, 9, 6, 23, 59), False),
        (NIGHTS, beijing(2026, 9, 5, 0), False),
    ],
)
def test_a_moment_is_worked_in_a_slot_and_at_both_its_ends(calendar: Calendar, moment: datetime, worked: bool) -> None:
    assert calendar.is_worked(moment) is worked


FRIDAY, SATURDAY, MONDAY = beijing(2026, 9, 4, 17), beijing(2026, 9, 5, 12), beijing(2026, 9, 7, 9)


@pytest.mark.parametrize(
    ("moment", "after", "before", "wanted"),
    [
        (FRIDAY, FRIDAY, MONDAY, FRIDAY),
        (SATURDAY, FRIDAY - MINUTE, MONDAY + MINUTE, MONDAY),
        (SATURDAY, FRIDAY - MINUTE, MONDAY, FRIDAY),
        (SATURDAY, FRIDAY, MONDAY, None),
        (SATURDAY, FRIDAY, MONDAY + MINUTE, MONDAY),
    ],
)
def test_a_telling_is_put_off_to_the_next_opening_or_brought_forward_to_the_last_close(
    moment: datetime, after: datetime, before: datetime, wanted: datetime | None
) -> None:
    """The opening must lie before what it announces, the close after the beginning of the way."""
    assert OFFICE.worked_near(moment, after, before) == wanted


def test_due_dates_are_given_in_utc() -> None:
    assert OFFICE.due(beijing(2026, 9, 1, 10), 1, "wd").tzinfo is UTC


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        OFFICE.due(datetime(2026, 9, 1), 1, "wd")  # noqa: DTZ001  a moment without a zone is what is refused


def test_counting_gives_up_where_there_is_no_working_time() -> None:
    day = date(2026, 1, 5)
    closed = frozenset(day + timedelta(days=offset) for offset in range(21 * 366))
    with pytest.raises(NoWorkingTime):
        Calendar(name="closed", holidays=closed).due(datetime(2026, 1, 4, tzinfo=UTC), 1, "wd")


@pytest.mark.parametrize(
    "wrong",
    [
        {"slots": {}},
        {"slots": {7: ((time(9), time(17)),)}},
        {"slots": {0: ((time(9), time(9)),)}},
        {"slots": {0: ((time(9), time(13)), (time(12), time(17)))}},
        {"slots": {0: ((time(9, 0, 30), time(17)),)}},
        {"holidays": frozenset({date(2026, 1, 4)}), "make_up": frozenset({date(2026, 1, 4)})},
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError):
        Calendar(name="wrong", **wrong)  # type: ignore[arg-type]  # wrong on purpose


@pytest.mark.parametrize(("amount", "unit"), [(0, "wd"), (-1, "cd"), (1, "days")])
def test_a_limit_that_is_none_is_refused(amount: int, unit: str) -> None:
    with pytest.raises(ValueError):
        OFFICE.due(beijing(2026, 9, 1), amount, unit)  # type: ignore[arg-type]  # one that is none, on purpose


def test_calendars_can_be_compared_and_hashed() -> None:
    twin = replace(OFFICE, slots=dict(MONDAY_TO_FRIDAY))
    assert twin == OFFICE
    assert hash(twin) == hash(OFFICE)


@given(scenes())
def test_spans_cover_all_time_once_and_say_the_truth_of_each_minute(scene: tuple[Calendar, datetime, datetime]) -> None:
    calendar, start, end = scene
    spans = list(calendar.spans(start, end))
    start, end = (moment.replace(second=0, microsecond=0) for moment in (start, end))
    assert [span.start for span in spans] + [max(start, end)] == [start, *(span.end for span in spans)]
    for span in spans:
        for index in range(span.minutes):
            moment = span.start + index * MINUTE
            assert moment.astimezone(ZoneInfo(calendar.zone)).date() == span.day
            assert is_open(calendar, moment) == (span.kind in ("working", "make_up"))
        assert (span.kind == "make_up") <= (span.day in calendar.make_up)
        assert (span.kind == "holiday") <= (span.day in calendar.holidays)


def test_a_version_is_known_by_its_content() -> None:
    named = replace(OFFICE, names={date(2026, 10, 1): {"en": "National Day", "zh": "国庆节"}})
    assert Calendar.from_json(named.to_json()).digest == named.digest != OFFICE.digest


def test_nobody_works_on_a_date_that_the_zone_left_out() -> None:
    """Samoa went from 29 to 31 December 2011: a limit of law that ends there ends when people work next."""
    apia = Calendar("any", zone="Pacific/Apia", make_up=frozenset({date(2011, 12, 30)}))
    assert not apia.is_working_day(date(2011, 12, 30))
    assert apia.day_off_the_holiday(date(2011, 12, 30)) == date(2012, 1, 2)
    assert apia.due(datetime(2011, 12, 29, 20, tzinfo=UTC), 1, "wd").astimezone(
        ZoneInfo("Pacific/Apia")
    ).date() == date(2012, 1, 2)


@settings(max_examples=60, deadline=None)
@given(scenes(), st.integers(0, 900), st.integers(0, 1440))
def test_long_times_are_those_of_their_days(
    scene: tuple[Calendar, datetime, datetime], days: int, minutes: int
) -> None:
    calendar, start, _ = scene
    end = start + timedelta(days=days, minutes=minutes)
    pieces = [start + timedelta(days=n) for n in range(days + 1)] + [end]
    counted = sum((calendar.working_time(one, other) for one, other in pairwise(pieces)), timedelta())
    assert calendar.working_time(start, end) == counted
    first, last = calendar.local_date(start), calendar.local_date(end)
    after = [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]
    assert calendar.working_days(first, last) == sum(map(calendar.is_working_day, after))

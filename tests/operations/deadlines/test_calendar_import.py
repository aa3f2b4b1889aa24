"""Days from an iCalendar file and from a form: what is right is taken, what is wrong is named by its line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.errors import InvalidForm
from casework.operations.core.national_holidays import china, public_holidays
from casework.operations.deadlines.calendar_import import MOST_BYTES, MOST_EVENTS, read_ics
from casework.operations.deadlines.calendar_text import read_calendar, write_days, write_slots


def ics(*events: str) -> bytes:
    blocks = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{blocks}END:VCALENDAR\r\n".encode()


def test_whole_days_are_read_by_name_and_make_up_days_apart() -> None:
    found = read_ics(
        ics(
            "DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260504\r\nSUMMARY:劳动节（休）",
            "DTSTART;VALUE=DATE:20260509\r\nSUMMARY:劳动节（班）",
            "DTSTART:20261001T000000Z\r\nSUMMARY:National\r\n  Day",
        )
    )
    assert found.faults == []
    assert sorted(found.holidays) == [date(2026, 5, 1), date(2026, 5, 2), date(2026, 5, 3), date(2026, 10, 1)]
    assert found.make_up == {date(2026, 5, 9): "劳动节（班）"}
    assert found.holidays[date(2026, 10, 1)] == "National Day"


@pytest.mark.parametrize(
    ("event", "why"),
    [
        ("DTSTART;VALUE=DATE:2026xx01", "DTSTART"),
        ("SUMMARY:Nothing", "DTSTART"),
        ("DTSTART;VALUE=DATE:20260501\r\nRRULE:FREQ=SECONDLY", "repeats"),
        ("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20290501", "31 days"),
        ("DTSTART;VALUE=DATE:20260501\r\nDTEND;VALUE=DATE:20260401", "31 days"),
        ("DTSTART;VALUE=DATE:99990501", "too far away"),
        ("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:00010101", "too far away"),
    ],
)
def test_a_fault_names_the_line_of_its_event_and_the_others_are_read(event: str, why: str) -> None:
    found = read_ics(ics("DTSTART;VALUE=DATE:20260101\r\nSUMMARY:New Year", event))
    assert [line for line, _ in found.faults] == [7]
    assert why in str(found.faults[0][1])
    assert list(found.holidays) == [date(2026, 1, 1)]


def test_hostile_files_are_refused_in_bounds() -> None:
    assert read_ics(b"x" * (MOST_BYTES + 1)).faults == [(1, reasons.calendars.FILE_TOO_LARGE(most=f"{MOST_BYTES:,}"))]
    assert read_ics(b"BEGIN:VCALENDAR\n\xff").faults == [(2, reasons.calendars.NOT_UTF_8)]
    assert read_ics(b"%PDF-1.7").faults == [(1, reasons.calendars.NO_ICALENDAR)]
    many = read_ics(ics(*["DTSTART;VALUE=DATE:20260501"] * (MOST_EVENTS + 5)))
    assert many.faults[-1][1] == reasons.calendars.REST_NOT_READ
    assert len(read_ics(ics(*["DTSTART:x"] * 1000)).faults) <= 21
    assert read_ics(b"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20260501\n").faults == [
        (2, reasons.calendars.EVENT_ENDLESS)
    ]
    named = read_ics(ics("DTSTART;VALUE=DATE:20260501\r\nSUMMARY:" + "<script>\u202e\x07" * 99))
    assert all(len(name) <= 100 and "\u202e" not in name and "\x07" not in name for name in named.holidays.values())


@given(st.binary(max_size=300), st.text(max_size=300))
def test_no_file_brings_it_down(raw: bytes, words: str) -> None:
    read_ics(raw)
    read_ics(b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n" + raw + b"\r\nEND:VEVENT\r\n")
    read_ics(ics(words.replace("\r", "")))


def test_what_a_form_shows_is_what_it_reads() -> None:
    calendar = china([2026])
    hours = {weekday: write_slots(calendar, weekday) for weekday in range(7)}
    again = read_calendar(
        calendar.name,
        calendar.version,
        zone=calendar.zone,
        hours=hours,
        holidays=write_days(calendar.holidays, calendar.names),
        make_up=write_days(calendar.make_up, calendar.names),
    )
    assert (again.slots, again.holidays, again.make_up) == (calendar.slots, calendar.holidays, calendar.make_up)
    assert again.names == calendar.names
    assert again.digest == calendar.digest


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"hours": {0: "9 to 5"}}, "hours_0", "is not like 09:00-17:00"),
        ({"hours": {0: "25:00-26:00"}}, "hours_0", "is no time of the day"),
        ({"hours": {0: "09:00-12:00, 11:00-13:00"}}, "hours_0", "not in order"),
        ({"hours": {0: ""}}, "hours_0", "some day people must work"),
        ({"zone": "Mars/Olympus"}, "zone", "is no time zone"),
        ({"holidays": "2026-05-01\n2026-13-01 X"}, "holidays", "line 2: “2026-13-01” is no day"),
        ({"holidays": "9999-01-01"}, "holidays", "line 1: the year 9999"),
        ({"make_up": "2026-05-01", "holidays": "2026-05-01"}, "make_up", "is a holiday too"),
    ],
)
def test_a_form_says_what_is_wrong_and_where(change: dict[str, object], field: str, why: str) -> None:
    typed: dict[str, object] = {"zone": "Asia/Shanghai", "hours": {0: "09:00-17:00"}, "holidays": "", "make_up": ""}
    with pytest.raises(InvalidForm) as refused:
        read_calendar("any", 1, **(typed | change))  # type: ignore[arg-type]  # what a form may send, wrong on purpose
    assert why in str(refused.value.fields[field])


def test_public_holidays_of_other_countries_are_known() -> None:
    german = public_holidays("DE", 2026)
    assert german.holidays[date(2026, 10, 3)] == {"en": "German Unity Day"}
    assert german.make_up == {}
    chinese = public_holidays("CN", 2026)
    assert chinese.make_up.keys() == {
        date(2026, m, d) for m, d in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))
    }
    assert chinese.holidays[date(2026, 10, 1)]["zh"] == "国庆节"
    assert isinstance(china([2026]), Calendar)

"""Days from an iCalendar file: what is right is taken, what is wrong is named by its line."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.operations.deadlines.calendar_import import MOST_BYTES, MOST_EVENTS, read_ics


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

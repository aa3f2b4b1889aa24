"""Why a calendar, or a line of it, cannot be read."""

from __future__ import annotations

from casework.reasons.base import N_, reason, template

UNREADABLE = template("calendars.unreadable", N_("cannot be read: %(fault)s"))
FILE_TOO_LARGE = template("calendars.file_too_large", N_("the file has more than %(most)s bytes"))
NOT_UTF_8 = reason("calendars.not_utf_8", N_("is not UTF-8"))
NO_ICALENDAR = reason("calendars.no_icalendar", N_("is no iCalendar file"))
REST_NOT_READ = reason("calendars.rest_not_read", N_("the rest was not read"))
EVENT_ENDLESS = reason("calendars.event_endless", N_("the event does not end"))
EVENT_REPEATS = reason("calendars.event_repeats", N_("the event repeats; give each day as an event of its own"))
EVENT_WITHOUT_DAY = reason("calendars.event_without_day", N_("the event has no day (DTSTART)"))
EVENT_LENGTH = template("calendars.event_length", N_("the event must last from 1 to %(most)s days"))
EVENT_UNREADABLE = template("calendars.event_unreadable", N_("the event cannot be read: %(fault)s"))
NAMES_NO_DAY = template("calendars.names_no_day", N_("%(name)s is no day"))
YEAR_TOO_FAR = template("calendars.year_too_far", N_("the year %(year)s is too far away"))
NO_ZONE = reason("calendars.no_zone", N_("is no time zone"))
HOLIDAY_TOO = template("calendars.holiday_too", N_("%(day)s is a holiday too"))
NO_WORKING_DAY = reason("calendars.no_working_day", N_("is required: on some day people must work"))
SLOT_FORM = template("calendars.slot_form", N_("“%(slot)s” is not like 09:00-17:00"))
NO_TIME = template("calendars.no_time", N_("“%(slot)s” is no time of the day"))
TOO_MANY_SLOTS = template("calendars.too_many_slots", N_("has more than %(most)s slots"))
SLOT_ORDER = template("calendars.slot_order", N_("The slot from %(start)s to %(end)s is empty or not in order."))
LINE_NO_DAY = template("calendars.line_no_day", N_("line %(line)s: “%(day)s” is no day like 2026-05-01"))
LINE_YEAR = template("calendars.line_year", N_("line %(line)s: the year %(year)s is too far away"))
LINE_NAME = template("calendars.line_name", N_("line %(line)s: the name is too long"))
LINE_TOO_MANY = template("calendars.line_too_many", N_("line %(line)s: there are more than %(most)s days"))
SAME = reason("calendars.same", N_("The calendar is like this already."))

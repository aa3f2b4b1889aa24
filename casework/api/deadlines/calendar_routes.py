"""A programme's calendar: when people work there, what a change of it would move, and changing it."""

from __future__ import annotations

from casework import reasons
from casework.api.deadlines import calendar_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.engine.deadlines.calendars import Calendar
from casework.errors import FieldFault, InvalidForm
from casework.operations.core.idempotency import Done
from casework.operations.deadlines import calendars
from casework.operations.deadlines.views import CalendarMoves, ProgrammeCalendar


def show_calendar(call: Call) -> ProgrammeCalendar:
    return calendars.show_calendar(call.db, call.actor, call.path["programme"])


def preview_calendar(call: Call) -> CalendarMoves:
    calendars.show_calendar(call.db, call.actor, call.path["programme"], to_change=True)
    return calendars.preview_calendar(call.db, call.actor, call.path["programme"], _read(call.body.calendar))


def change_calendar(call: Call) -> Done:
    calendars.show_calendar(call.db, call.actor, call.path["programme"], to_change=True)
    return calendars.change_calendar(
        call.db,
        call.actor,
        call.path["programme"],
        _read(call.body.calendar),
        seen=call.body.seen,
        request=call.request,
    )


def _read(body: schemas.CalendarWritten) -> Calendar:
    """The calendar of a body. Raises InvalidForm."""
    try:
        return Calendar.from_json({"name": "", "version": 0, **body.model_dump()})
    except FieldFault as wrong:
        raise InvalidForm(fields={"calendar": wrong.reason}) from None
    except (KeyError, ValueError, OverflowError) as wrong:
        raise InvalidForm(fields={"calendar": reasons.calendars.UNREADABLE(fault=str(wrong))}) from None


_CALENDAR = "/programmes/{programme}/calendar"

ROUTES: tuple[Route, ...] = (
    get(_CALENDAR, show_calendar, "Show the calendar of a programme and its versions; for administrators", schemas.CalendarShown,
        scope="admin"),
    post(f"{_CALENDAR}/preview", preview_calendar, "Try another calendar: which deadlines and reminders it would move",
        schemas.CalendarMoves, body=schemas.TriedCalendar, scope="admin"),
    post(_CALENDAR, change_calendar, "Make a new version of the calendar; running clocks are counted again",
        schemas.CalendarChanged, body=schemas.NewCalendar, scope="admin"),
)  # fmt: skip

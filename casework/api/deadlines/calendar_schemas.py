"""The schemas of calendars."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Line
from casework.json_values import JsonObject

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Hour = Annotated[str, Field(pattern=r"^\d{2}:\d{2}$")]
Slot = Annotated[list[Hour], Field(min_length=2, max_length=2)]
Slots = Annotated[list[Slot], Field(max_length=10)]


class CalendarWritten(Body):
    zone: Annotated[Line, Field(description="Asia/Shanghai")]
    slots: Annotated[
        dict[Annotated[str, Field(pattern=r"^[0-6]$")], Slots],
        Field(description='By weekday, Monday is 0: [["09:00", "17:00"]]'),
    ]
    holidays: Annotated[list[Day], Field(max_length=2_000)]
    make_up: Annotated[list[Day], Field(max_length=2_000)]
    names: Annotated[dict[Day, dict[str, Line]], Field(description="What a day is called, by language")] = {}


class TriedCalendar(Body):
    calendar: CalendarWritten


class NewCalendar(Body):
    calendar: CalendarWritten
    seen: Annotated[Line, Field(description="`digest` of the calendar that this one replaces")]


class CalendarVersion(Answer):
    version: int
    at: str
    by: str | None
    digest: str


class CalendarShown(Answer):
    id: str
    code: str
    name: str
    name_zh: str | None
    calendar: Annotated[JsonObject, Field(description="As a change sends it, with name and version")]
    digest: str
    versions: list[CalendarVersion]
    counting: Annotated[bool, Field(description="Cases are still to be counted again")]
    mine: Annotated[bool, Field(description="You may change it")]


class MovedTask(Answer):
    name: str
    edition: str | None
    rule: str
    type: str
    about: str | None


class CalendarMoved(Answer):
    clock: str
    number: str
    task: MovedTask | None
    what: str
    before: str
    after: str | None
    late: bool


class CalendarMoves(Answer):
    count: Annotated[int, Field(description="Deadlines that move")]
    reminders: Annotated[int, Field(description="Other moments that move")]
    cases: int
    late: Annotated[int, Field(description="Deadlines that would have passed already")]
    moved: list[CalendarMoved]


class CalendarChanged(Answer):
    id: str
    version: int
    digest: str

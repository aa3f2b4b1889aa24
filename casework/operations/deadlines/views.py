"""Calendars, and the moments that a change of one moves, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject
from casework.operations.core.views import NamedInBoth, TaskKey


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarVersion:
    """A version that a programme's calendar has or had."""

    version: int
    at: str
    #: Who made it.
    by: str | None
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeCalendar(NamedInBoth):
    """A programme with its calendar."""

    code: str
    #: As a change sends it, with name and version.
    calendar: JsonObject
    digest: str
    #: The newest first.
    versions: list[CalendarVersion]
    #: Cases are still to be counted again.
    counting: bool
    #: The reader may change it.
    mine: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedTask(TaskKey):
    """The task whose moment moves."""

    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedMoment:
    """A moment that another calendar moves."""

    clock: str
    #: Of the case.
    number: str
    task: MovedTask | None
    #: due, expire, fire:TRANSITION, or a step of the escalation.
    what: str
    before: str
    #: None for a reminder that falls away.
    after: str | None
    #: It would have passed already.
    late: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarMoves:
    """What another calendar would move."""

    #: Deadlines that move.
    count: int
    #: Other moments that move.
    reminders: int
    cases: int
    #: Deadlines that would have passed already.
    late: int
    #: The first of them.
    moved: list[MovedMoment]

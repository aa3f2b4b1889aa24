"""Calendars and the moments that a change of one moves, clocks and why they come to theirs, as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonMapping, JsonObject
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockCause:
    """An event that stopped a clock, or with which a side's turn began."""

    kind: str
    transition: str | None
    edition: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockSummary:
    """A clock, what it counts, and how far it is."""

    id: str
    track: str
    task: str | None
    #: running, paused or stopped.
    state: str
    #: due, expire, or fire:TRANSITION.
    what: str
    #: wd, working days, or cd, calendar days.
    unit: str
    #: None while the clock stands still.
    due_at: str | None
    #: n and unit, the day from which it counts where a form named one, and the article that sets it, by its code.
    rule: JsonMapping
    #: That article, in English; None where the limit is the programme's own.
    law: str | None
    #: When the programme set it for itself, and who did; None where it is as the workflow says.
    set_on: str | None
    set_by: str | None
    #: When it would have run out, had law not moved it off a day on which nobody works.
    moved_from: str | None
    used_days: int
    given_days: int
    #: Where its calendar holds.
    zone: str
    #: Digests of the versions of the calendar that it was counted with.
    calendars: list[str]
    counted_minutes: int
    other_minutes: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockInterval:
    """Time of one kind, which counted or did not."""

    from_: str
    until: str
    minutes: int
    #: working, make_up, outside, weekend, holiday, paused, waiting, every_day or moved.
    kind: str
    counted: bool
    #: Of a holiday, by language.
    name: dict[str, str] | None
    #: What stopped the clock, where the reader may see it.
    because: ClockCause | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockLine:
    """Days of one kind in a row."""

    from_: str
    until: str
    kind: str
    name: dict[str, str] | None
    because: ClockCause | None
    #: Of these minutes, and on so many days, it counted.
    minutes: int
    days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockExplained(ClockSummary):
    """A clock with its ledger."""

    #: They follow each other without a gap and end at `due_at`.
    intervals: list[ClockInterval]
    #: The same in as few lines as say it.
    lines: list[ClockLine]
    #: What its rules and their texts stand in.
    edition: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClockTrack:
    """The track that a clock belongs to."""

    main: bool
    workflow: str
    kind: str
    edition: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedClock:
    """A clock of a case with what it is for."""

    clock: ClockExplained
    track: ClockTrack
    task: TaskKey | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseClocks:
    """The clocks of a case."""

    number: str | None
    title: str | None
    programme: str
    items: list[PlacedClock]


@dataclass(frozen=True, kw_only=True, slots=True)
class SideAccount:
    """One side of a referral: what it must do first, and the time that it was charged with since the offer."""

    #: It is this side's turn.
    running: bool
    minutes: int
    working_minutes: int
    #: What it must do first.
    task: str | None
    due_at: str | None
    late: bool
    #: wd, working days, or cd, calendar days.
    unit: str | None
    used_days: int | None
    given_days: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """Time that was charged to one side."""

    #: provider or office.
    side: str
    from_: str
    #: None while it goes on.
    until: str | None
    minutes: int
    working_minutes: int
    #: The action that began it, where the reader may see it.
    because: ClockCause | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Sides:
    """Every minute between the offer and the end of a referral, charged to exactly one side."""

    offered_at: str | None
    provider: SideAccount
    office: SideAccount
    turns: list[Turn]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnLimit:
    """A limit of a workflow or of the catalogue, and what a programme has set in its place."""

    #: case.states.triage, case.tasks.nda, referral.transitions.lapse.after, or of a guard case.limits.reopening.
    what: str
    #: due, appears, fires, remind, escalate or flag, of a clock; holds, of a guard.
    kind: str
    #: Or "catalogue".
    workflow: str
    #: None of one of the catalogue.
    edition: str | None
    #: The key of the text that names it.
    words: str
    #: As the workflow says.
    n: int
    #: wd, working days, cd, calendar days, mo, months, times, or pc, per cent a year.
    unit: str
    #: The day from which it counts, where a form names one.
    since: str | None
    #: It counts back from that day.
    back: bool
    own: int | None
    #: The article that sets it, by its code, and what it is called.
    law: str | None
    law_text: str | None
    #: Whether the programme may set it, and from how many to how many.
    settable: bool
    least: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeLimits:
    """The limits of a programme."""

    #: Of the calendar in which they stand; whoever sets one says so with it.
    version: int
    items: list[OwnLimit]

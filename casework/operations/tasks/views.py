"""Tasks as they are handed out: one of a list, one alone, and what lists say besides."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonMapping
from casework.operations.cases.views import Handed, TaskView, Wait
from casework.operations.core.event_views import FormKey
from casework.operations.core.views import Named, NamedInBoth, NamedPerson

# --- in lists --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseTitle:
    """What a case is called."""

    number: str
    #: None once it is erased.
    title: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedWithNote(Handed):
    """The same with what the next one must know."""

    note: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitWithReason(Wait):
    """The same with why."""

    reason: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The place of a task in its queue."""

    at: str
    #: due or age.
    by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTask(TaskView):
    """A task as lists show it, with its case."""

    handed: HandedWithNote | None
    wait: WaitWithReason | None
    #: None in a sealed mediation.
    case: CaseTitle | None
    turn: Turn


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedTask(ListedTask):
    """The same with what is new to the reader."""

    #: new or changed.
    mark: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitsForQueue:
    """That anybody of a queue may do a task."""

    role: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitsForSomebody:
    """The person or the organisation that must do a task."""

    name: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedTask(ListedTask):
    """A task with where it is done and whom it waits for."""

    log: str
    #: case or mediation.
    kind: str
    #: Of a provider's: the referral.
    referral: str | None
    waits_for: WaitsForQueue | WaitsForSomebody
    #: How often.
    reminded: int
    #: It is a provider's to do.
    outward: bool
    closed_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkedPlacedTask(PlacedTask):
    """The same with what is new to the reader."""

    #: new or changed.
    mark: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkGroup:
    """Some of a person's work: the first tasks of a group, and how many it has."""

    name: str
    items: list[MarkedPlacedTask]
    #: Not counted further than `most`.
    count: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DueDay:
    """A day, and how much of a person's work is due on it."""

    day: str
    count: int
    #: It is a working day where the programme is.
    works: bool
    past: bool
    today: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldCase(CaseTitle):
    """A case on hold."""

    waits_for: str | None
    #: Until which day, where that was said.
    resume_by: str | None


# --- one alone -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedItem:
    """An item of a checklist, and who touched it last."""

    id: str
    #: Null where the words of an added item were erased.
    text: str | None
    #: Of its words in the edition's texts; None for an added one.
    key: str | None
    required: bool
    done: bool
    at: str | None
    by: Named | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unallocated:
    """Why the rule of its queue gives a task to nobody."""

    #: nobody, all_full or unskilled.
    why: str
    #: What it asks for, for who reads the whole case.
    asks: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Move:
    """What granting what was asked for would move: a provider's task with its day now and then."""

    task: str
    edition: str
    #: Of what is to be done, in the edition's texts.
    key: str
    do: str
    due_at: str | None
    until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """By whom a task was opened, with which answers, and what granting it would move."""

    seq: int
    at: str
    by: Named
    role: str | None
    form: FormKey | None
    #: What rules read of the answers, and their words.
    data: JsonMapping
    body: JsonMapping
    #: What of the words has been erased.
    erased: list[str]
    #: Of whom the answers speak, by id.
    names: dict[str, str]
    moves: list[Move]


@dataclass(frozen=True, kw_only=True, slots=True)
class SingleTask(ListedTask):
    """A task alone, with what may be done to it and what it is about."""

    operations: list[str]
    checklist: list[ListedItem]
    unallocated: Unallocated | None
    asked: Asked | None
    #: Of a form that asks of each owner of a party: who they are.
    owners: list[NamedInBoth]


# --- lists that say more ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class DueTask(PlacedTask):
    """A task on the day on which it is due where the programme is."""

    day: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AgendaDay:
    """A day, what it is, and how much is due on it."""

    day: str
    #: working, make_up, weekend or holiday.
    kind: str
    #: Of a holiday or a day of make-up work, by language.
    name: dict[str, str]
    due: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Agenda:
    """What is due on which day."""

    #: own, team or waiting.
    whose: str
    #: In which days begin and end.
    zone: str
    today: str
    days: list[AgendaDay]
    items: list[DueTask]
    #: There are more tasks than were asked for.
    more: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkOfAbsent:
    """The tasks of somebody whom one stands in for."""

    person: NamedInBoth
    #: When the absence ends.
    until: str
    items: list[MarkedPlacedTask]


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision(PlacedTask):
    """What waits for somebody's decision."""

    #: A kind of decision as its edition says it, else proposals or others.
    decides: str
    asked_by: Named | None
    #: Whose action opened it, where that was a person's.
    opened_by: Named | None
    asked_by_oneself: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenTask(PlacedTask):
    """One of several that were chosen, and what may be done to it together with others."""

    may: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenTasks:
    """What was chosen, and what may be done to any of it."""

    items: list[ChosenTask]
    #: By operation: to how many.
    may: dict[str, int]
    #: To whom any may be given: names by id.
    people: dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenCase(CaseTitle):
    """One of several cases that were chosen, and what may be done to it together with others."""

    edition: str
    states: list[str]
    may: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenCases:
    """What was chosen, and what may be done to any of it."""

    items: list[ChosenCase]
    #: By transition: to how many.
    may: dict[str, int]


# --- who does it -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPerson(NamedPerson):
    """Somebody who may have a task next, or review it."""

    #: How many tasks of the case the person holds.
    holds: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskPeople:
    """Whom a task may be given to, and who may be asked to review it."""

    items: list[TaskPerson]
    reviewers: list[TaskPerson]


@dataclass(frozen=True, kw_only=True, slots=True)
class Allocation:
    """How a queue gives its tasks to people."""

    #: The programme or organisation.
    scope: NamedInBoth
    queue: str
    strategy: str
    #: Nobody who has so many open tasks gets another.
    cap: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Skills:
    """What somebody can do."""

    #: The programme or organisation.
    scope: NamedInBoth
    #: Which of the two it is.
    kind: str
    person: NamedInBoth
    fields: list[str]
    languages: list[str]
    services: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class SkillsToKeep(Skills):
    """The same for the page on which it is changed."""

    #: The fields of which the programme's cases speak.
    known: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class QueueCount:
    """How many tasks wait in a queue."""

    queue: str
    scope: NamedInBoth
    #: Neither is counted further than `most`.
    count: int
    overdue: int
    most: int


# --- what a supervisor looks after -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class StandIn:
    """That somebody is away, until when, and who stands in."""

    until: str
    substitute: NamedInBoth


@dataclass(frozen=True, kw_only=True, slots=True)
class Load(NamedInBoth):
    """How much work an officer has in a programme."""

    #: Its code.
    programme: str
    away: StandIn | None
    #: Of the cases that the officer owns.
    live: int
    on_hold: int
    #: Of the tasks.
    open: int
    overdue: int
    first_due: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Unowned:
    """How many live cases of a programme nobody owns."""

    programme: str
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Left(NamedInBoth):
    """Somebody who is no officer any more, and how many live cases that person still owns."""

    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Team:
    """The officers of the programmes that a supervisor leads, and what has no officer."""

    items: list[Load]
    unowned: list[Unowned]
    left: list[Left]

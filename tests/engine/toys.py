"""A case played by hand: a library of toy workflows, a clock that is moved, and actions in somebody's name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, cast
from uuid import UUID

from casework.definitions import library_of
from casework.engine.deadlines.calendars import Calendar
from casework.engine.decide import decide
from casework.engine.definition.editions import Edition
from casework.engine.definition.grammar import Workflow
from casework.engine.definition.publisher import publish
from casework.engine.definition.required_documents import SCANS
from casework.engine.execution.available_actions import Offer, offers
from casework.engine.execution.commands import Command, Fire, FireTimer, Open
from casework.engine.execution.context import By, Context, Library
from casework.engine.execution.task_commands import Add, Claim, Complete, Release
from casework.engine.roles import Role
from casework.engine.state.case import Case, Clock, Task, Track
from casework.engine.state.effects_schema import CaseSubject
from casework.engine.state.events import Event
from casework.engine.state.projection import evolve, fold

#: A Monday, ten o'clock in Shanghai.
START = datetime(2026, 3, 2, 2, tzinfo=UTC)
CALENDAR = Calendar("test")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

OFFICER = By("officer-1", Role.OFFICER)
SECOND_OFFICER = By("officer-2", Role.OFFICER)
SUPERVISOR = By("supervisor-1", Role.SUPERVISOR)
SECOND_SUPERVISOR = By("supervisor-2", Role.SUPERVISOR)
COMPLIANCE = By("compliance-1", Role.COMPLIANCE)
SECOND_COMPLIANCE = By("compliance-2", Role.COMPLIANCE)
PROVIDER = By("provider-1", Role.PROVIDER, organisation="lab")
LEAD = By("lead-1", Role.PROVIDER_LEAD, organisation="lab")


def library(*definitions: type[Workflow]) -> Library:
    return library_of(publish(one) for one in definitions)


def uuid(n: int) -> str:
    return str(UUID(int=n))


class Play:
    """A case in the hands of a test: each action is decided, folded in, and kept."""

    def __init__(
        self,
        *definitions: type[Workflow],
        editions: Iterable[Edition] = (),
        facts: Mapping[str, Any] | None = None,
        now: datetime = START,
        calendar: Calendar = CALENDAR,
    ) -> None:
        self.library = library_of([*(publish(one) for one in definitions), *editions])
        # Of no file there is anything to say.
        self.facts: dict[str, Any] = {SCANS: {}} | dict(facts or {})
        self.now = now
        self.calendar = calendar
        self.events: list[Event] = []
        self._case: Case | None = None
        self._ids = count(1)

    @property
    def case(self) -> Case:
        assert self._case is not None
        return self._case

    def context(self, by: By) -> Context:
        return Context(by, self.now, self.calendar, lambda: uuid(next(self._ids)), self.facts)

    def do(self, command: Command, by: By = OFFICER) -> list[Event]:
        events = decide(self.library, self._case, command, self.context(by))
        for event in events:
            self._case = evolve(self._case, event)
        self.events += events
        self.now += timedelta(minutes=1)
        return events

    def start(self, workflow: str = "toy", *, kind: str = "case", **case: Any) -> Play:
        subject = {"programme": uuid(10**6), "parties": {"need_owner": "n", "technology_owner": "t"}} | case
        self.do(Open(uuid(10**6 + 1), kind, workflow, cast(CaseSubject, subject)))
        return self

    def fire(
        self, transition: str, by: By = OFFICER, data: Mapping[str, Any] | None = None, *, on: Track | None = None
    ) -> list[Event]:
        return self.do(Fire((on or self.case.main).id, transition, data or {}), by)

    def complete(self, task: str, by: By = OFFICER, about: str | None = None, **data: Any) -> list[Event]:
        return self.do(Complete(self.task(task, about).id, data), by)

    def claim(self, task: str, by: By = OFFICER) -> list[Event]:
        return self.do(Claim(self.task(task).id), by)

    def release(self, task: str, by: By = OFFICER) -> list[Event]:
        return self.do(Release(self.task(task).id), by)

    def add(self, task: str, by: By = OFFICER) -> list[Event]:
        return self.do(Add(self.case.main.id, task), by)

    def wait(self, time: timedelta) -> list[str]:
        """Let time pass, and fire every clock when it is due; gives what they said."""
        until = self.now + time
        said: list[str] = []
        while True:
            due = [c for c in self.case.clocks.values() if c.fires_at is not None and c.fires_at <= until]
            if not due:
                break
            clock = min(due, key=lambda c: (c.fires_at or until, c.id))
            self.now = max(self.now, clock.fires_at or until)
            said.append(clock.steps[clock.next][1])
            self.do(FireTimer(clock.id), By())
        self.now = max(self.now, until)
        return said

    # --- what stands ---

    @property
    def states(self) -> tuple[str, ...]:
        return self.case.main.states

    def tasks(self, name: str | None = None) -> list[Task]:
        return [task for task in self.case.open_tasks() if name in (None, task.name)]

    def task(self, name: str, about: str | None = None) -> Task:
        return next(task for task in self.tasks(name) if about in (None, task.about))

    def track(self, workflow: str) -> Track:
        return [one for one in self.case.tracks.values() if one.workflow == workflow][-1]

    def clock(self, what: str) -> Clock:
        return next(c for c in self.case.clocks.values() if any(said == what for _, said, _ in c.steps))

    def offer(self, transition: str, by: By = OFFICER) -> Offer:
        return next(one for one in self.offers(by) if one.transition == transition)

    def offers(self, by: By = OFFICER) -> list[Offer]:
        return offers(self.library, self.case, self.context(by))

    def names(self) -> list[str]:
        """What happened, by transition or kind of event."""
        return [str(e.effects.get("transition", e.kind)) for e in self.events]

    def folded(self) -> Case | None:
        return fold(self.events)

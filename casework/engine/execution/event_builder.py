"""An event while it is being made: what stands, its header and effects, until it is committed."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from typing_extensions import Unpack

from casework.engine.deadlines.deadlines import Said
from casework.engine.definition.guard_facts import Facts
from casework.engine.execution.context import By, Context, Library
from casework.engine.parts import UNSENT
from casework.engine.roles import QUEUE_ROLES
from casework.engine.state.case import Case, Clock, Task, Track
from casework.engine.state.effects_schema import ClockValues, Effects, TaskValues
from casework.engine.state.events import OPENED, Event
from casework.engine.state.projection import evolve
from casework.errors import NotFound
from casework.json_values import Answers


class EventBuilder:
    """The events of one action, and the case as it is after those already committed."""

    def __init__(self, library: Library, case: Case | None, context: Context) -> None:
        self.library = library
        self.context = context
        self.by: By = context.by
        self.events: list[Event] = []
        self._case = case
        self._opening = False
        self.effects: Effects = {}
        self.header: dict[str, Any] = {}

    # --- what stands ---

    @property
    def case(self) -> Case:
        assert self._case is not None
        return self._case

    def track(self, id: str) -> Track:
        try:
            return self.case.tracks[id]
        except KeyError:
            raise NotFound("track") from None

    def task(self, id: str) -> Task:
        try:
            return self.case.tasks[id]
        except KeyError:
            raise NotFound("task") from None

    def facts(self, track: Track, data: Answers, task: Task | None = None) -> Facts:
        milestones = {track.edition: self.library[track.edition].milestones for track in self.case.tracks.values()}
        return Facts(
            self.case,
            track,
            self.context.now,
            self.context.calendar,
            self.by.person,
            data,
            self.context.facts,
            task,
            milestones,
            self.by.acting_for,
        )

    def works(self, queue: str) -> bool:
        """Whether the actor's role works this queue."""
        return self.by.role in QUEUE_ROLES.get(queue, frozenset())

    def related(self, track: Track, where: str) -> list[Track]:
        if where == "child":
            return self.case.children(track.id)
        if where == "parent":
            return [self.case.tracks[track.parent]] if track.parent else []
        if where == "replaced":
            return [one for one in self.case.tracks.values() if one.replaced and one.workflow == track.workflow]
        referrals = [track for track in self.case.tracks.values() if track.is_referral]
        if where == "unsent":
            return [one for one in referrals if one.live and self.library[one.edition].stands(UNSENT, one.states)]
        return referrals

    # --- an event from beginning to end ---

    def begin(
        self,
        kind: str,
        track: Track | None,
        effects: Effects,
        body: Answers | None = None,
        *,
        to: tuple[str, ...] = (),
        because: int | None = None,
        system: bool = False,
    ) -> None:
        by = By() if system else self.by
        self.effects = _own(effects)
        self.header = {
            "kind": kind,
            "track": track.id if track else None,
            "frm": track.states if track else (),
            "to": to or (track.states if track else ()),
            "edition": track.edition if track else None,
            "actor": by.person,
            "acting_for": by.acting_for,
            "role": by.role,
            "organisation": by.organisation,
            "because": because,
            "body": dict(body or {}),
        }
        self.system = system

    def begin_log(self, log: str, effects: Effects, body: Answers) -> None:
        """The first event of a log. The case it opens can be looked at while the event is being made."""
        self.begin(OPENED, None, effects, body)
        self._opening = True
        self._case = evolve(None, self._event(log, 1, self.context.now))

    def append(self) -> int:
        """Add the event to what the command does, and let it change the case; gives its number."""
        if self._opening:
            event, self._case = self._event(self.case.log, 1, self.context.now), None
            self._opening = False
        else:
            at = max(self.context.now, self.case.last_at + timedelta(microseconds=1))
            event = self._event(self.case.log, self.case.seq + 1, at)
        self._case = evolve(self._case, event)
        self.events.append(event)
        return event.seq

    def _event(self, log: str, seq: int, at: datetime) -> Event:
        return Event(log=log, seq=seq, at=at, effects=self.effects.copy(), **self.header)

    def set_task(self, task: Task, **change: Unpack[TaskValues]) -> None:
        """Say what is new of a task, beside what the event says of it already."""
        changes = self.effects.setdefault("task_states", [])
        for n, before in enumerate(changes):
            if before["id"] == task.id:
                changes[n] = {**before, **change}
                return
        changes.append({"id": task.id, **change})

    def set_clock(self, clock: Clock, state: str, **change: Unpack[ClockValues]) -> None:
        """Say how a clock is now, beside what the event says of it already."""
        changes = self.effects.setdefault("clock_states", [])
        for n, before in enumerate(changes):
            if before["id"] == clock.id:
                changes[n] = {**before, "state": state, **change}
                return
        changes.append({"id": clock.id, "state": state, **change})

    def said(self, facts: Facts) -> Said:
        """By places with bars between: what this form says; else what that earlier one says which was given last.

        An earlier form among them counts no more once a later one was given, whatever that leaves unsaid: what was signed anew
        ends when the new copy says, and not when the old one did.
        """
        own = self.effects.get("transition") or self.effects.get("name")

        def said(places: str) -> Any:
            parts = [place.partition(".") for place in places.split("|")]
            for name, dot, _ in parts:
                if not dot and facts.data.get(name) is not None:
                    return facts.data[name]
            given = {name: at for name, dot, _ in parts if dot and (at := facts.said_at(name)) is not None}
            mine = facts.data and any(dot and name == own for name, dot, _ in parts)
            last = own if mine else max(given, key=lambda name: given[name], default=None)
            wanted = [field for name, dot, field in parts if dot and name == last]
            values = (facts.data.get(field) if mine else facts.said(f"{last}.{field}") for field in wanted)
            return next((value for value in values if value is not None), None)

        return said


def _own(effects: Effects) -> Effects:
    """A copy to which the event may add; what whoever began it has in hand stays as it is."""
    return cast(Effects, {key: list(value) if isinstance(value, list) else value for key, value in effects.items()})

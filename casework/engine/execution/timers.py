"""The clocks of an event that is being made: which it starts, pauses, lets go on, extends and stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework.engine.deadlines.deadlines import Plan, Rule, Rung, count, left, on_day, plan, recount, resumed, usual
from casework.engine.execution.event_builder import Making
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import CREATED, PAUSED, RUNNING, STOPPED, SUSPENDED, Clock, Task
from casework.ledger.canonical_json import instant

Json = Any

#: What a clock does that ends a task's waiting, and one that ends a provider's access to a document.
WAKE, END_ACCESS = "wake", "end_access"


class Clockwork(Making):
    """What a deed does to the clocks of its case."""

    def _clock(self, track: str, unit: str, planned: Plan, **of: str | None) -> list[Rung]:
        """Start a clock now; gives its rungs, counted by the calendar as it stands."""
        rungs = count(planned, self.context.now, self.context.calendar)
        self._add("clocks", {"id": self.context.new_id(), "track": track, "unit": unit} | self._counted(rungs) | of)
        return rungs

    def _counted(self, rungs: list[Rung]) -> dict[str, Json]:
        """What an event tells of rungs that were counted from now on."""
        return {
            "start": instant(self.context.now),
            "calendar": self.context.calendar.digest,
            "rungs": written(rungs),
        }

    def set_clock(self, clock: Clock, state: str, **change: Json) -> None:
        self._change("clock_states", clock.id, {"state": state} | change)

    def pause_clock(self, clock: Clock) -> None:
        """Keep what is left of each rung. A calendar that has changed since is counted with first."""
        again = self._again(clock)
        kept = left(self.context.calendar, (again or clock.rungs)[clock.next :], self.context.now)
        change: dict[str, Json] = self._recounted(clock, again) if again else {}
        self.set_clock(clock, PAUSED, left=list(kept), start=instant(self.context.now), **change)

    def resume_clock(self, clock: Clock, task: str | None = None) -> list[Rung]:
        rungs = resumed(self.context.calendar, clock.rungs[clock.next :], clock.left, self.context.now)
        change = self._counted(rungs) | {"next": 0}
        if task is not None:
            change["task"] = task
        self.set_clock(clock, RUNNING, **change)
        self._set_due(clock, rungs, task)
        return rungs

    def recount_clock(self, clock: Clock) -> None:
        """Count a running clock again where the calendar has changed since, and it comes to other moments."""
        again = self._again(clock) if clock.state == RUNNING else None
        if again is not None and again != list(clock.rungs):
            self.set_clock(clock, RUNNING, **self._recounted(clock, again))
            self._set_due(clock, again[clock.next :], None)

    @property
    def moves_clocks(self) -> bool:
        """Whether the event that is being made changes a clock that was there before."""
        return bool(self._effects.get("clock_states"))

    def _again(self, clock: Clock) -> list[Rung] | None:
        if clock.calendar == self.context.calendar.digest:
            return None
        return recount(clock.rungs, clock.next, clock.start, self.context.calendar)

    def _recounted(self, clock: Clock, rungs: list[Rung]) -> dict[str, Json]:
        return {"calendar": self.context.calendar.digest, "rungs": written(rungs), "next": clock.next}

    def _set_due(self, clock: Clock, rungs: list[Rung], task: str | None) -> None:
        due = due_of(rungs)
        if due is not None and clock.task and task is None:
            self.set_task(self.case.tasks[clock.task], due=due)

    def stop_clocks_of_consent(self, consent: str) -> None:
        for clock in self.case.clocks.values():
            if clock.consent == consent:
                self.set_clock(clock, "stopped")

    def let_expire(self, track: str, grant: str, day: str) -> None:
        """A provider's access ends with this day."""
        self._clock(track, "cd", [(END_ACCESS, on_day(day))], grant=grant)

    def stop_clocks_of_grant(self, grant: str) -> None:
        for clock in self.case.clocks.values():
            if clock.grant == grant:
                self.set_clock(clock, "stopped")

    def _extend(self, task: Task, day: str | None, anew: tuple[Rule, Plan | None]) -> None:
        """Another due date for a task: a day or, with none, its whole limit `anew` from now on; its ladder begins anew.

        What stands still has no date that could be moved: it gets what is left when it goes on.
        """
        clock = next((one for one in self.case.clocks.values() if one.task == task.id), None)
        # Nor has what has not begun: its time is counted from the day on which it does.
        if task.state in (CREATED, SUSPENDED) or clock is not None and clock.state == PAUSED:
            return
        if day is not None:
            unit = clock.unit if clock else "cd"
            planned = plan(on_day(day), usual(unit, self.library[task.edition].ladder))
        else:
            limit, own = anew
            unit = limit["unit"]
            planned = plan(limit, usual(unit, self.library[task.edition].ladder) if own is None else own)
        if clock is not None and clock.unit == unit:
            rungs = count(planned, self.context.now, self.context.calendar)
            self.set_clock(clock, RUNNING, **self._counted(rungs), next=0)
        else:
            # It had rung for the last time, or counts in other days from here.
            if clock is not None:
                self.set_clock(clock, STOPPED)
            rungs = self._clock(task.track, unit, planned, task=task.id, of=task.of if task.type == "step" else None)
        self.set_task(task, due=due_of(rungs), flagged=False)

    def _pause(self, keep: Iterable[str]) -> None:
        kept, paused = set(keep), []
        for clock in self.case.clocks.values():
            task = self.case.tasks.get(clock.task) if clock.task else None
            # The clock of the step that is being left is paused by the move itself.
            if task is None or task.type == "step" and task.track == self.case.main.id:
                continue
            if clock.state == RUNNING and task.queue not in ORGANISATION_QUEUES and task.id not in kept:
                self.pause_clock(clock)
                paused.append(clock.id)
        self._effects["hold"] = dict(self._effects.get("hold") or {}) | {"paused": paused}

    def _resume(self) -> None:
        for id in (self.case.hold or {}).get("paused", ()):
            clock = self.case.clocks.get(id)
            if clock is not None and clock.state == PAUSED and not self.waits(clock):
                self.resume_clock(clock)
        self._effects["hold"] = None

    def waits(self, clock: Clock) -> bool:
        """Whether a person lets its task wait, so that it stands still whatever else goes on."""
        task = self.case.tasks.get(clock.task or "")
        return task is not None and task.wait is not None and not is_wake(clock)


def is_wake(clock: Clock) -> bool:
    """Whether it only wakes a task that waits; when that is due another clock says."""
    return clock.rungs[0].what == WAKE


def written(rungs: Iterable[Rung]) -> list[Json]:
    """Rungs as an event tells them."""
    return [[instant(rung.moment), rung.what, dict(rung.rule)] for rung in rungs]


def due_of(rungs: Iterable[Rung]) -> str | None:
    """The due moment among rungs, as an event tells it."""
    return next((instant(rung.moment) for rung in rungs if rung.what == "due"), None)

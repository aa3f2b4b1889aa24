"""The clocks of an event that is being made: which it starts, pauses, lets go on, extends and stops."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from casework.engine.cases import PAUSED, RUNNING, Clock, Track
from casework.engine.limits import ladder, left, resumed, runs_out
from casework.engine.making import Making
from casework.engine.roles import ORGANISATION_QUEUES
from casework.ledger.canonical import instant

Json = Any


class Clockwork(Making):
    """What a deed does to the clocks of its case."""

    def _clock(self, track: str, unit: str, rungs: list[tuple[datetime, str]], **of: str | None) -> None:
        made = [[instant(moment), what] for moment, what in rungs]
        self._add("clocks", {"id": self.context.new_id(), "track": track, "unit": unit, "rungs": made} | of)

    def set_clock(self, clock: Clock, state: str, **change: Json) -> None:
        self._change("clock_states", clock.id, {"state": state} | change)

    def pause_clock(self, clock: Clock) -> None:
        rungs = clock.rungs[clock.next :]
        kept = left(self.context.calendar, rungs, self.context.now, clock.unit)
        self.set_clock(clock, PAUSED, left=list(kept))

    def resume_clock(self, clock: Clock, task: str | None = None) -> list[tuple[datetime, str]]:
        rungs = resumed(self.context.calendar, clock.rungs[clock.next :], clock.left, self.context.now, clock.unit)
        change: dict[str, Json] = {"rungs": [[instant(moment), what] for moment, what in rungs]}
        if task is not None:
            change["task"] = task
        self.set_clock(clock, RUNNING, **change)
        due = next((moment for moment, what in rungs if what == "due"), None)
        if due is not None and clock.task and task is None:
            self.set_task(self.case.tasks[clock.task], due=instant(due))
        return rungs

    def stop_clocks_of_consent(self, consent: str) -> None:
        for clock in self.case.clocks.values():
            if clock.consent == consent:
                self.set_clock(clock, "stopped")

    def _close_of(self, day: str) -> datetime:
        moment = runs_out(
            {"n": 0, "unit": "cd", "since": "day"}, self.context.now, self.context.calendar, lambda _: day
        )
        assert moment is not None
        return moment

    def _extend(self, track: Track, day: str) -> None:
        """Another due date for the step that a track stands in; its ladder begins anew from here."""
        due = self._close_of(day)
        for task in self.case.step_tasks(track.id):
            self.set_task(task, due=instant(due), overdue=False)
            for clock in self.case.clocks.values():
                if clock.task == task.id:
                    made = ladder({"unit": clock.unit}, self.context.now, due, self.context.calendar)
                    self.set_clock(clock, RUNNING, rungs=[[instant(moment), what] for moment, what in made])

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
            if clock is not None and clock.state == PAUSED:
                self.resume_clock(clock)
        self._effects["hold"] = None

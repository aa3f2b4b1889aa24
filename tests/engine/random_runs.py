"""Random runs: many lives of cases, each looked at after every action. What a walk tries besides, a run leaves out, and so it is fast."""

from __future__ import annotations

from collections import Counter

from casework.engine.decide import decide_and_evolve
from casework.engine.execution.commands import Command, Fire
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.state.case import Task
from casework.engine.state.events import Event
from casework.errors import CaseworkError, InvalidForm
from tests.engine.random_forms import PEOPLE
from tests.engine.waiting import unattended
from tests.engine.walk_starts import KNOWN, WALKS
from tests.engine.walks import Walk

#: So often somebody tries the same with other answers, until something else happens.
MOST_TRIES = 2
#: A run that has not ended by then is left where it stands.
MOST_STEPS = 250


class RandomRun(Walk):
    """One run from the opening on; `faults` is what was found after some action, with what had led there."""

    #: How often the case was looked at.
    looks = 0
    #: What was refused since something last happened: it is not tried again and again.
    _refused_now: Counter[tuple[str, int]]

    def do(self, command: Command, by: By) -> list[Event]:
        events, self._case = decide_and_evolve(self.library, self._case, command, self.context(by))
        for event in events:
            if event.kind == "fired":
                self.fired[self.case.tracks[str(event.track)].workflow, event.effects["transition"]] += 1
            self._burden(event)
        self.events += events
        self._refused_now = Counter()
        self._pass_minutes()
        self._look()
        return events

    def _look(self) -> None:
        self.looks += 1
        self.faults += [f"{fault}, after {self._way()}" for fault in unattended(self.library, self.case, PEOPLE)]

    def _way(self) -> str:
        return ", ".join(str(event.effects.get("transition", event.kind)) for event in self.events)

    @property
    def over(self) -> bool:
        return not any(self.case.live_tracks())

    def run(self, steps: int = MOST_STEPS) -> RandomRun:
        for _ in range(steps):
            if self.over or self.faults:
                break
            self.step()
        return self

    def step(self) -> None:
        self.dice.choices([self.fire, self.work, self.fire_clock, self.add], [50, 35, 8, 7])[0]()

    def _failed(self, task: Task, error: Exception) -> None:
        """An answer that names a record where there is none is refused, as it should be."""
        if isinstance(error, InvalidForm):
            self.refused += 1
        else:
            super()._failed(task, error)

    def fire(self) -> None:
        """Somebody whose role it is does something that leads out of where a track stands."""
        ways = [
            (track, rule)
            for track in self.case.live_tracks()
            for rule, _ in self.library[track.edition].leaving(track.states)
            if rule.by_people and self._refused_now[track.id, rule.index] < (MOST_TRIES if rule.form else 1)
        ]
        if not ways:
            return
        track, rule = self.dice.choices(ways, [self.weights[rule.kind] for _, rule in ways])[0]
        pending = self.case.proposal_for(track.id, rule.name)
        roles = accepted(self.case, rule.confirm_by if pending else rule.by_people)
        able = [one for one in PEOPLE if one.role in roles and self._mine(one, track)]
        if not able:
            return
        by = self.dice.choice(able)
        if rule.needs and self.dice.random() < 0.9:
            self._hand_in(track, rule)
        data = {}
        if not pending and rule.form is not None:
            edition = self.library[track.edition]
            self._look_at_rights(by, track)
            data = self.form(edition, rule.form, track)
            self._answer_what_is_open(edition.form(rule.form), data, by, track)
        try:
            self.do(Fire(track.id, rule.name, data), by)
        except CaseworkError:
            self.refused += 1
            self._refused_now[track.id, rule.index] += 1


def random_run(name: str, seed: int) -> RandomRun:
    """The run of a seed from one of the places where walks begin. Every other one is of people who want to get on."""
    return RandomRun(seed, WALKS[name][0], calm=seed % 2 == 0, known=KNOWN.get(name)).run()

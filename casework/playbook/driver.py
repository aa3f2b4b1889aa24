"""Play scripts of cases through the operations, side by side on one line of simulated time.

The stage's clock is set from action to action and only moves forward; whatever a clock of a case does in between,
it does at its own moment. A script whose next step would lie in the future simply stands there, as a live case does.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from casework.errors import CaseworkError
from casework.playbook.hand import Do
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.stage import Stage
from casework.playbook.steps import Script, Until, Wait


class Player:
    """One script on its way."""

    def __init__(self, stage: Stage, script: Script, n: int, hand: OperationsHand | None = None) -> None:
        self.stage, self.script, self.n = stage, script, n
        self.hand = hand or OperationsHand(stage, cast_of(script))
        self.place, self.done = 0, 0
        self._clock, self._exactly = float(script.begins), False

    @property
    def over(self) -> bool:
        return self.place >= len(self.script.steps)

    def next_at(self) -> datetime | None:
        """When the next action is, by the script's own time; None when there is none."""
        while not self.over:
            step = self.script.steps[self.place]
            if isinstance(step, Wait):
                self._clock -= step.days
            elif isinstance(step, Until):
                self._clock, self._exactly = min(self._clock, step.days), step.exactly
            else:
                day = self.stage.calendar.local_date(self.stage.end) - timedelta(days=int(self._clock))
                moment = self.stage.at_work(day, self.n * 5 + self.done, exactly=self._exactly)
                return max(moment, self.stage.moment)
            self.place += 1
        return None

    def skip_waits(self) -> list[Wait | Until]:
        """Go on to the next action, whenever it is; gives what the script would wait for."""
        waits: list[Wait | Until] = []
        while not self.over and isinstance(step := self.script.steps[self.place], Wait | Until):
            waits.append(step)
            self.place += 1
        return waits

    def step(self) -> None:
        """Do the next action."""
        step = self.script.steps[self.place]
        self.place, self.done, self._clock = self.place + 1, self.done + 1, self._clock - self.script.pace
        self._exactly = False
        try:
            if isinstance(step, Do):
                self.hand.press(step)
            elif not isinstance(step, Wait | Until):
                step(self.hand)
        except (CaseworkError, LookupError, ValueError) as fault:
            fault.add_note(f"in “{self.script.name}”, step {self.place}, {step}, on {self.stage.today}")
            raise


def cast_of(script: Script) -> dict[str, str]:
    """Whom and what a script calls so; its match is `main`, that of the case which it follows from `earlier`, and of one that it is
    linked to `linked`."""
    cases = {"main": script.match, "earlier": script.follows, "linked": script.linked}
    return {name: match_name(*match) for name, match in cases.items() if match} | dict(script.cast)


def match_name(need: str, technology: str) -> str:
    """What a match is called among the ids of a stage."""
    return f"{need}/{technology}"


def play(
    stage: Stage,
    scripts: Sequence[Script],
    progress: Callable[[], None] = lambda: None,
    hand_of: Callable[[int], OperationsHand | None] = lambda n: None,
) -> list[Player]:
    """Play the scripts side by side, as far as the stage's end; `hand_of` may give the n-th a hand of its own."""
    playing = [Player(stage, script, n, hand_of(n)) for n, script in enumerate(scripts)]
    waiting = [(moment, n) for n, player in enumerate(playing) if (moment := player.next_at())]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= stage.end:
        moment, n = heapq.heappop(waiting)
        stage.advance(moment)
        playing[n].step()
        if (following := playing[n].next_at()) is not None:
            heapq.heappush(waiting, (following, n))
        else:
            progress()
    stage.advance(stage.end)
    return playing

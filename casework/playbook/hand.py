"""What a script is pressed with: operations directly, a client of the API, or pages in a browser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from casework.json_values import Answers


@dataclass(frozen=True)
class Do:
    """Somebody fires `track.transition`, completes the task of a name, or with `+track.task` adds one.

    What the form asks and `data` does not say is filled in with something ordinary. Days are numbers: 0 is today.
    """

    who: str
    what: str
    data: Answers = field(default_factory=dict)
    about: str | None = None
    #: Nothing is done where no such task is open, for a record has answered it.
    where_asked: bool = False


class Hand(Protocol):
    """Presses for everybody in one case. What is `said` are the script's words: the hand fills in the form by them."""

    def fire(self, who: str, action: str, said: Answers, /) -> object:
        """Fire `track.transition`."""

    def complete(self, who: str, task: str, about: str | None, said: Answers, /) -> object:
        """Complete the open task of a name."""

    def add(self, who: str, task: str, about: str | None, /) -> object:
        """Add a task that the workflow offers: `track.task`."""

    def is_open(self, task: str, about: str | None = None) -> bool:
        """Whether a task of the name is open, as far as this hand can tell."""
        return True

    def press(self, step: Do) -> None:
        if step.where_asked and not self.is_open(step.what, step.about):
            return
        if step.what.startswith("+"):
            self.add(step.who, step.what[1:], step.about)
        elif "." in step.what:
            self.fire(step.who, step.what, step.data)
        else:
            self.complete(step.who, step.what, step.about, step.data)

    def play(self, *steps: Do) -> None:
        """Press one after the other."""
        for step in steps:
            try:
                self.press(step)
            except Exception as fault:
                fault.add_note(f"in {step}")
                raise

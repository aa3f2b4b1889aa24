"""What presses is told by each step what to press."""

from __future__ import annotations

from typing import Any

from casework.playbook.hand import Hand
from casework.playbook.steps import add, do

Json = Any


class Notebook(Hand):
    """A hand that writes down what it is to press."""

    def __init__(self) -> None:
        self.lines: list[tuple[Json, ...]] = []

    def fire(self, *pressed: Json) -> None:
        self.lines.append(("fire", *pressed))

    def complete(self, *pressed: Json) -> None:
        self.lines.append(("complete", *pressed))

    def add(self, *pressed: Json) -> None:
        self.lines.append(("add", *pressed))


def test_a_step_says_by_its_form_what_is_pressed() -> None:
    hand = Notebook()
    hand.play(do("chen", "case.take"), do("chen", "nda", "need_owner", signed=True), add("chen", "case.nda"))
    assert hand.lines == [
        ("fire", "chen", "case.take", {}),
        ("complete", "chen", "nda", "need_owner", {"signed": True}),
        ("add", "chen", "case.nda", None),
    ]
